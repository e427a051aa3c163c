"""A change or a finding as lines with signs, for every report alike."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

from landing.core.difference import Difference, differences
from landing.core.model import Action, Change
from landing.core.text import safe
from landing.engine.drift import Finding, Status
from landing.report.statements import Changed, Pair, apart, with_lists
from landing.report.style import SHORT, SIGNS, Style, shown
from landing.services.base import Kind

NOTHING: tuple[Any, ...] = ({}, [], (), None)
CLOSE = " "
MANY, NAMED = 20, 10
"""Of more elements of a list than `MANY`, `NAMED` are shown."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a diff: `sign` is `+`, `-`, `~`, or a space for what is only there to be understood."""

    sign: str
    text: str
    depth: int = 0

    def styled(self, style: Style) -> str:
        """As on a terminal: the sign stands before the text, in its colour."""
        text = style.paint(self.text, "dim") if self.sign == CLOSE and self.text.startswith("#") else self.text
        return f"{'    ' * self.depth}{style.sign(self.sign)} {text}"

    @property
    def fenced(self) -> str:
        """As in a `diff` block of Markdown, where the sign must stand first and `!` means changed."""
        return f"{'!' if self.sign == '~' else self.sign} {'    ' * self.depth}{self.text}"


@dataclass(frozen=True, slots=True)
class Detail:
    """How much is shown of a value: so many characters, 0 for all; and whether documents and lists in full."""

    limit: int = SHORT
    full: bool = False


BRIEF = Detail()
WHOLE = Detail(0, full=True)


def of_change(kind: Kind, change: Change, detail: Detail = BRIEF) -> list[Line]:
    """The attributes of what is created or destroyed; of an update only what differs.

    In full, what documents and lists become is shown as well, whatever of it differs.
    """
    if change.action is Action.UPDATE:
        return list(_of_update(change, detail))
    attributes = change.after or change.before or {}
    sign = SIGNS[change.action.value]
    rows = [(name, value) for name, value in attributes.items() if value not in NOTHING]
    unknown = kind.unknown if change.action is Action.CREATE else ()
    width = max((len(safe(name)) for name in (*(name for name, _ in rows), *unknown)), default=0)
    lines = [line for name, value in rows for line in _row(sign, safe(name).ljust(width), value, detail)]
    return [*lines, *(Line(sign, f"{name:<{width}} = (known after apply)") for name in unknown)]


def _row(sign: str, name: str, value: Any, detail: Detail) -> Iterator[Line]:
    """A name and its value: in full over as many lines as it takes."""
    if not (detail.full and isinstance(value, Mapping | list | tuple) and value):
        yield Line(sign, f"{name} = {shown(value, detail.limit)}")
        return
    text = json.dumps(value, indent=4, ensure_ascii=False, default=dict)
    first, *rest = text.split("\n")
    yield Line(sign, f"{name} = {safe(first)}")
    yield from (Line(sign, safe(line)) for line in rest)


def of_finding(finding: Finding, detail: Detail = BRIEF) -> list[Line]:
    """What was expected against what is there; the sign says what happened behind the config's back.

    A policy that changed is shown by its statements. In full, what documents and lists are in AWS is shown as well.
    """
    if finding.status is Status.CHANGED:
        return list(_of_changed(finding, detail))
    sign, side = ("-", 1) if finding.status is Status.MISSING else ("+", 2)
    rows = [(safe(row[0]), row[side]) for row in finding.diff if row[side] not in NOTHING]
    width = max((len(name) for name, _ in rows), default=0)
    return [line for name, value in rows for line in _row(sign, name.ljust(width), value, detail)]


def _of_changed(finding: Finding, detail: Detail) -> Iterator[Line]:
    *_, policies = apart(*finding.sides)
    for policy in policies:
        yield from _of_policy(policy, detail)
    paths = tuple(f"{policy.path}." for policy in policies)
    for path, expected, actual in finding.diff:
        if not f"{path}.".startswith(paths):
            yield from _leaf(_drifted(path, expected, actual), detail)
    for name, value in finding.sides[1].items() if detail.full else ():
        if isinstance(value, Mapping | list | tuple):
            yield Line(CLOSE, f"# the whole of {safe(name)}, as AWS has it:")
            yield from _row(CLOSE, safe(name), value, detail)


def at_most(lines: Sequence[Line], limit: int) -> list[Line]:
    """The first lines, and how many more there are."""
    if len(lines) <= limit:
        return list(lines)
    return [*lines[: limit - 1], Line(CLOSE, f"# ({len(lines) - limit + 1} more lines)")]


def in_a_line(lines: Sequence[Line]) -> str:
    """All of them in one line of text."""
    parts = [
        ("" if line.depth or line.sign == CLOSE else ";") + f" {f'{line.sign} {line.text}'.strip()}" for line in lines
    ]
    return "".join(parts).removeprefix(";").strip()


def _drifted(path: str, expected: Any, actual: Any) -> Difference:
    sign = "+" if expected is None else "-" if actual is None else "~"
    return Difference(sign, path, expected, actual)


def _of_update(change: Change, detail: Detail) -> Iterator[Line]:
    before, after, policies = apart(change.before, change.after)
    leaves = list(differences(before, after))
    for policy in policies:
        yield from _of_policy(policy, detail)
    yield from _of_leaves(leaves, detail)
    attributes = change.after or {}
    touched = {path.split(".")[0] for path in (*(leaf.path for leaf in leaves), *(each.path for each in policies))}
    hidden = len([name for name in attributes if name not in touched])
    if hidden:
        yield Line(CLOSE, f"# ({hidden} unchanged attribute{'s' * (hidden != 1)} hidden)")
    for name in [name for name in attributes if detail.full and name in touched]:
        if isinstance(attributes[name], Mapping | list | tuple):
            yield Line(CLOSE, f"# the whole of {safe(name)}:")
            yield from _row(CLOSE, safe(name), attributes[name], detail)


def _of_leaves(leaves: Iterable[Difference], detail: Detail) -> Iterator[Line]:
    for parent, members in groupby(leaves, _list_of):
        if parent is None:
            for leaf in members:
                yield from _leaf(leaf, detail)
        else:
            yield from _elements(parent, list(members), detail)


def _of_policy(policy: Changed, detail: Detail) -> Iterator[Line]:
    """A policy by its statements: those that come and go whole, of the others what differs."""
    for pair in policy.pairs:
        sign = "+" if pair.before is None else "-" if pair.after is None else "~"
        yield Line(sign, f"{safe(policy.path)} {shown(pair.sid) if pair.sid else f'#{pair.number}'} {{")
        yield from (replace(line, depth=line.depth + 1) for line in _of_statement(pair, detail))
        yield Line(CLOSE, "}")
    if policy.unchanged:
        count = policy.unchanged
        yield Line(CLOSE, f"# ({count} unchanged statement{'s' * (count != 1)} hidden)")


def _of_statement(pair: Pair, detail: Detail) -> Iterator[Line]:
    if pair.before is not None and pair.after is not None:
        yield from _of_leaves(differences(*with_lists(pair.before, pair.after)), detail)
        return
    sign, only = ("+", pair.after) if pair.before is None else ("-", pair.before)
    rows = {name: value for name, value in (only or {}).items() if name != "Sid"}
    width = max((len(safe(name)) for name in rows), default=0)
    for name, value in rows.items():
        yield from _row(sign, safe(name).ljust(width), value, detail)


def _list_of(leaf: Difference) -> str | None:
    """The path of the list of strings that the leaf is an element of."""
    if leaf.unchanged is None:
        return None
    return leaf.path.removesuffix(f".[{leaf.after if leaf.sign == '+' else leaf.before}]")


def _elements(parent: str, leaves: Sequence[Difference], detail: Detail) -> Iterator[Line]:
    """A list of which only some elements changed: the others are counted, not shown.

    Of very many that come, or go, the first are shown, unless it is to be in full.
    """
    yield Line("~", f"{safe(parent)} = [")
    signs = Counter(leaf.sign for leaf in leaves)
    many = {} if detail.full else {sign: count - NAMED for sign, count in signs.items() if count > MANY}
    told = Counter[str]()
    for leaf in leaves:
        told[leaf.sign] += 1
        if leaf.sign not in many or told[leaf.sign] <= NAMED:
            yield Line(leaf.sign, f"{shown(leaf.after if leaf.sign == '+' else leaf.before, detail.limit)},", 1)
    yield from (Line(sign, f"… and {more:,} more", 1) for sign, more in many.items())
    unchanged = leaves[0].unchanged
    if unchanged:
        yield Line(CLOSE, f"# ({unchanged} unchanged element{'s' * (unchanged != 1)} hidden)", 1)
    yield Line(CLOSE, "]")


def _leaf(leaf: Difference, detail: Detail) -> Iterator[Line]:
    path = safe(leaf.path)
    only = leaf.after if leaf.sign == "+" else leaf.before
    if leaf.sign != "~" and isinstance(only, str) and leaf.path.endswith(f".[{only}]"):
        yield Line(leaf.sign, f"{safe(leaf.path.removesuffix(f'.[{only}]'))} = [… {shown(only, detail.limit)}]")
        return
    if leaf.sign == "~":
        yield Line("~", f"{path} = {shown(leaf.before, detail.limit)} -> {shown(leaf.after, detail.limit)}")
    elif detail.full or detail.limit:
        yield from _row(leaf.sign, path, only, detail)
    else:
        yield from (
            line for part, value in _parts(leaf.path, only) for line in _row(leaf.sign, safe(part), value, detail)
        )


def _parts(path: str, value: Any) -> Iterator[tuple[str, Any]]:
    """A value that comes or goes, by what is in it, where that is too much for a line."""
    within = (
        value.items() if isinstance(value, Mapping) else enumerate(value) if isinstance(value, list | tuple) else ()
    )
    if not within or len(shown(value, 0)) <= SHORT:
        yield path, value
        return
    for step, part in within:
        yield from _parts(f"{path}.{f'[{step}]' if isinstance(step, int) else step}", part)
