"""What a long plan creates: a table of each kind of which there are several, the others in a line where they fit."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from landing.core.model import Action, Address
from landing.core.text import safe
from landing.organization import Organization
from landing.organization.resources import ATTACHMENTS
from landing.report.diff import NOTHING, of_change
from landing.report.fold import Group, expanded
from landing.report.place import PER_ACCOUNT
from landing.report.style import SIGNS, Style, shown

SCREEN = 20
"""More entries that are created than this are told by kind."""

BRIEF = (
    "What is created is told in brief: --expand KIND (or ADDRESS, or all) shows it in full, with requests as examples."
)
CELL = 48
"""Characters of a value in a table."""

WIDE = 1.5
"""A table of more than so many times the width of the terminal is none."""

INSIDE = "    "
NAMED = 3
"""How many accounts of one entry are named."""

Notes = Mapping[Address, Sequence[str]]
"""What is said of an entry, in sentences, by the address of its first change."""


def in_brief(groups: Iterable[Group], expand: Collection[str]) -> Mapping[Address, list[Group]]:
    """The entries that can be told so, each with those of its kind; none of a plan in which few are created."""
    found = [
        group
        for group in groups
        if group.change.action is Action.CREATE
        and not any(change.adopts for change in group.changes)
        and not expanded(group.change.address, expand)
    ]
    kinds: dict[str, list[Group]] = defaultdict(list)
    for group in found if len(found) > SCREEN else ():
        kinds[group.change.address.kind].append(group)
    return {group.change.address: alike for alike in kinds.values() for group in alike}


def is_table(groups: Sequence[Group]) -> bool:
    """Whether entries of a kind are one: what is attached has effects, which are told at each."""
    return len(groups) > 1 and groups[0].change.address.kind != ATTACHMENTS


def rows_of(groups: Iterable[Group], limit: int) -> list[Group]:
    """An entry for each account where these are few enough, as their names and e-mail addresses are their own."""
    found = list(groups)
    if sum(len(group.changes) for group in found) > limit or not {"name", "email"} & {*_attributes(found[0])}:
        return found
    apart = [
        Group((change,), change, group.out_of, group.kind) if change.address.kind in PER_ACCOUNT else group
        for group in found
        for change in (group.changes if group.change.address.kind in PER_ACCOUNT else group.changes[:1])
    ]
    return sorted(apart, key=lambda group: group.change.address)


def table(rows: Sequence[Group], notes: Notes, style: Style) -> Iterator[str]:
    """What all have in common once, then a line for each with what tells it from the others."""
    kind, attributes = rows[0].kind, [_attributes(row) for row in rows]
    names = list(dict.fromkeys(name for each in attributes for name in each))
    common = [name for name in names if all(each.get(name) == attributes[0].get(name) for each in attributes)]
    columns = [
        name
        for name in names
        if name not in common
        and any(each.get(name) != row.change.address.name for each, row in zip(attributes, rows, strict=True))
    ]
    said = [notes[row.change.address] for row in rows]
    told = {tuple(_without_name(note, row) for note in more) for more, row in zip(said, rows, strict=True) if more}
    shared = told.pop() if len(told) == 1 else ()
    sign = style.sign(SIGNS[Action.CREATE.value])
    shares = [f"{safe(name)} = {shown(attributes[0][name], CELL)}" for name in common]
    shares += [f"{name} = (known after apply)" for name in kind.unknown]
    if shares:
        yield f"    each: {', '.join(shares)}"
    yield from (f"    {safe(note)}" for note in shared)
    values = [[_cell(each.get(name)) for name in columns] for each in attributes]
    told_of = [() if shared else more for more in said]
    lines = _rows([_label(row) for row in rows], [safe(name) for name in columns], values, told_of, style)
    yield from (f"    {sign if is_due else ' '} {text}" for is_due, text in lines)


def _rows(
    labels: Sequence[str],
    columns: Sequence[str],
    values: Sequence[Sequence[str]],
    said: Sequence[Sequence[str]],
    style: Style,
) -> Iterator[tuple[bool, str]]:
    """The lines of a table, and whether something is created by each: side by side as long as it is not too wide."""
    widths = [max(map(len, column)) for column in zip(columns, *values, strict=True)]
    wide = max(map(len, labels)) + sum(widths) + 2 * len(widths) > WIDE * style.width
    first = max(map(len, labels))
    if columns and not wide:
        head = "  ".join(name.ljust(width) for name, width in zip(columns, widths, strict=True))
        yield False, style.paint(f"{'':<{first}}  {head}".rstrip(), "dim")
    for label, cells, more in zip(labels, values, said, strict=True):
        short = [safe(note) for note in more if len(note) <= CELL]
        if wide:
            filled = [f"{name} = {cell}" for name, cell in zip(columns, cells, strict=True) if cell]
            yield True, label
            yield from ((False, line) for line in style.prose(", ".join((*filled, *short)), INSIDE))
        elif columns or more:
            row = (cell.ljust(width) for cell, width in zip((label, *cells), (first, *widths), strict=True))
            yield True, "   ".join(("  ".join(row).rstrip(), *short))
        yield from ((False, f"{INSIDE}{safe(note)}") for note in more if len(note) > CELL)
    plain = [label for label, more in zip(labels, said, strict=True) if not columns and not more]
    yield from ((not number, line) for number, line in enumerate(style.prose(", ".join(plain))))


def in_a_line(group: Group, style: Style) -> str | None:
    """What is created in a line, if there is room for it."""
    lines = of_change(group.kind, group.change)
    inside = ", ".join(" ".join(line.text.split(None, 2)) if " = " in line.text else line.text for line in lines)
    name = shown(group.change.address.name if len(group.changes) == 1 else group.label)
    text = f"{group.change.address.kind} {name}" + (f" {{ {inside} }}" if inside else "")
    return f"  {style.sign(SIGNS[Action.CREATE.value])} {text}" if len(text) + 4 <= style.width else None


def is_everywhere(group: Group, organization: Organization) -> bool:
    """Whether the title says all of where it is: one account, in every governed region."""
    scopes = {change.address.scope for change in group.changes}
    regions = {scope.region for scope in scopes}
    return len({scope.account for scope in scopes}) == 1 and regions == {*organization.governed_regions}


def sources(groups: Iterable[Group]) -> str:
    """The first line of the config that asks, and how many more there are."""
    found = sorted({str(change.source) for group in groups for change in group.changes if change.source})
    return safe(found[0]) + (f" and {len(found) - 1} more" if len(found) > 1 else "") if found else ""


def _attributes(group: Group) -> Mapping[str, Any]:
    return {name: value for name, value in (group.change.after or {}).items() if value not in NOTHING}


def _label(group: Group) -> str:
    if len(group.changes) > 1 and group.change.address.kind in PER_ACCOUNT:
        names = ", ".join(safe(change.address.name) for change in group.changes[:NAMED])
        more = f" and {len(group.changes) - NAMED} more" if len(group.changes) > NAMED else ""
        return names + more
    return safe(group.title.partition(".")[2])


def _cell(value: Any) -> str:
    """A value without what is empty in it, and without quotes; a document in a few words."""
    if not isinstance(value, Mapping | list) or shown(value).startswith("("):
        text = value if isinstance(value, str) else "" if value is None else shown(value, CELL)
    else:
        text = _inside(value)
    return safe(text if len(text) <= CELL else f"{text[: CELL - 1]}…")


def _inside(value: Any) -> str:
    if isinstance(value, Mapping):
        filled = ((key, each) for key, each in value.items() if each not in NOTHING)
        return " ".join(f"{key}={_inside(each)}" for key, each in filled)
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_inside, value))}]"
    return value if isinstance(value, str) else shown(value)


def _without_name(note: str, group: Group) -> str:
    return note.replace(group.change.address.name, "NAME")
