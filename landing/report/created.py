"""What a long plan creates: a table of each kind of which there are several, the others in a line where they fit."""

from __future__ import annotations

import json
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
from landing.report.style import SHORT, SIGNS, Style, shown

SCREEN = 20
"""More entries that are created than this are told by kind."""

BRIEF = (
    "What is created is told in brief: --expand KIND (or ADDRESS, or all) shows it in full, with requests as examples."
)
CELL = 60
"""Characters of a value in a table."""

WIDE = 1.5
"""A table of more than so many times the width of the terminal is none."""

INSIDE = "    "
INNER = " =,[]"
"""Signs that end a value within another one."""
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
    said = [tuple(notes[row.change.address]) for row in rows]
    named = {tuple(_without_name(note, row) for note in more) for more, row in zip(said, rows, strict=True)}
    told = {*said} if len({*said}) == 1 else named
    shared = told.pop() if len(told) == 1 else ()
    sign = style.sign(SIGNS[Action.CREATE.value])
    shares = [f"{safe(name)} = {shown(attributes[0][name])}" for name in common]
    shares += [f"{name} = (known after apply)" for name in kind.unknown]
    if shares:
        yield f"    each: {', '.join(shares)}"
    yield from (f"    {safe(note)}" for note in shared)
    values = [[each.get(name) for name in columns] for each in attributes]
    told_of = [() if shared else more for more in said]
    lines = _rows([_label(row) for row in rows], [safe(name) for name in columns], values, told_of, style)
    yield from (f"    {sign if is_due else ' '} {text}" for is_due, text in lines)


def _rows(
    labels: Sequence[str],
    columns: Sequence[str],
    values: Sequence[Sequence[Any]],
    said: Sequence[Sequence[str]],
    style: Style,
) -> Iterator[tuple[bool, str]]:
    """The lines of a table, and whether something is created by each: side by side as long as it is not too wide.

    Values are cut more in columns than where they are one below another; settings, as parameters, that are
    cut there come below.
    """
    rows = [[_cell(value, CELL) for value in each] for each in values]
    widths = [max(map(len, column)) for column in zip(columns, *rows, strict=True)]
    wide = max(map(len, labels)) + sum(widths) + 2 * len(widths) > WIDE * style.width
    rows = [[_cell(value, SHORT) for value in each] for each in values] if wide else rows
    cut = [[] for _ in rows] if wide else list(_cut(labels, columns, values, rows))
    first = max(map(len, labels))
    if columns and not wide:
        head = "  ".join(name.ljust(width) for name, width in zip(columns, widths, strict=True))
        yield False, style.paint(f"{'':<{first}}  {head}".rstrip(), "dim")
    for label, cells, below, more in zip(labels, rows, cut, said, strict=True):
        short = [safe(note) for note in more if len(note) <= CELL]
        if wide:
            filled = [f"{name} = {cell}" for name, cell in zip(columns, cells, strict=True) if cell]
            yield True, label
            yield from ((False, line) for line in style.prose(", ".join((*filled, *short)), INSIDE))
        elif columns or more:
            row = (cell.ljust(width) for cell, width in zip((label, *cells), (first, *widths), strict=True))
            yield True, "   ".join(("  ".join(row).rstrip(), *short))
            yield from ((False, f"{INSIDE}{text}") for text in below)
        yield from ((False, f"{INSIDE}{safe(note)}") for note in more if len(note) > CELL)
    plain = [label for label, more in zip(labels, said, strict=True) if not columns and not more]
    yield from ((not number, line) for number, line in enumerate(style.prose(", ".join(plain))))


def _cut(
    labels: Sequence[str], columns: Sequence[str], values: Sequence[Sequence[Any]], rows: Sequence[list[str]]
) -> Iterator[list[str]]:
    """Of each row, the settings that are cut in its cells; a cell says which row above has the same ones."""
    first: dict[tuple[str, str], str] = {}
    for label, given, cells in zip(labels, values, rows, strict=True):
        below = []
        for number, (name, value) in enumerate(zip(columns, given, strict=True)):
            if _is_long(value):
                if (above := first.setdefault((name, _inside(value)), label)) != label:
                    cells[number] = f"(as {above})"
                else:
                    below.append(f"{name} = {_cell(value, SHORT)}")
        yield below


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


def _cell(value: Any, limit: int) -> str:
    """A value without what is empty in it, and without quotes where it can be read without; a document in few words."""
    if not isinstance(value, Mapping | list | tuple) or shown(value).startswith("("):
        text = _plain(value) if isinstance(value, str) else "" if value is None else shown(value, limit)
    else:
        text = _inside(value)
    text = safe(text)
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


def _is_long(value: Any) -> bool:
    structured = isinstance(value, Mapping | list | tuple) and not shown(value).startswith("(")
    return structured and len(_inside(value)) > CELL


def _inside(value: Any) -> str:
    if isinstance(value, Mapping):
        filled = ((key, each) for key, each in value.items() if each not in NOTHING)
        return " ".join(f"{_plain(key, INNER)}={_inside(each)}" for key, each in filled)
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_inside, value))}]"
    return _plain(value, INNER) if isinstance(value, str) else shown(value)


def _plain(text: str, besides: str = "") -> str:
    """Without quotes, unless it has signs, or those of `besides`, that would read as if another value began."""
    apart = any(sign in text for sign in ('"', ", ", " = ", "  ", *besides)) or text != text.strip()
    return json.dumps(text, ensure_ascii=False) if apart else text


def _without_name(note: str, group: Group) -> str:
    return note.replace(group.change.address.name, "NAME")
