"""A change or a finding as lines with signs, for every report alike."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from landing.core.difference import Difference, differences
from landing.core.model import Action, Change
from landing.core.text import safe
from landing.engine.drift import Finding, Status
from landing.report.style import SIGNS, Style, shown
from landing.services.base import Kind

NOTHING: tuple[Any, ...] = ({}, [], (), None)
CLOSE = " "


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


def of_change(kind: Kind, change: Change) -> list[Line]:
    """The attributes of what is created or destroyed; of an update only what differs."""
    if change.action is Action.UPDATE:
        return list(_of_update(change))
    attributes = change.after or change.before or {}
    rows = [(safe(name), shown(value)) for name, value in attributes.items() if value not in NOTHING]
    if change.action is Action.CREATE:
        rows += [(name, "(known after apply)") for name in kind.unknown]
    width = max((len(name) for name, _ in rows), default=0)
    return [Line(SIGNS[change.action.value], f"{name:<{width}} = {text}") for name, text in rows]


def of_finding(finding: Finding) -> list[Line]:
    """What was expected against what is there; the sign says what happened behind the config's back."""
    if finding.status is Status.CHANGED:
        leaves = [_drifted(path, expected, actual) for path, expected, actual in finding.diff]
        return [line for leaf in leaves for line in _leaf(leaf)]
    sign, side = ("-", 1) if finding.status is Status.MISSING else ("+", 2)
    rows = [(safe(row[0]), shown(row[side])) for row in finding.diff if row[side] not in NOTHING]
    width = max((len(name) for name, _ in rows), default=0)
    return [Line(sign, f"{name:<{width}} = {text}") for name, text in rows]


def at_most(lines: Sequence[Line], limit: int) -> list[Line]:
    """The first lines, and how many more there are."""
    if len(lines) <= limit:
        return list(lines)
    return [*lines[: limit - 1], Line(CLOSE, f"# ({len(lines) - limit + 1} more lines)")]


def _drifted(path: str, expected: Any, actual: Any) -> Difference:
    sign = "+" if expected is None else "-" if actual is None else "~"
    return Difference(sign, path, expected, actual)


def _of_update(change: Change) -> Iterator[Line]:
    leaves = list(differences(change.before, change.after))
    for parent, members in groupby(leaves, _list_of):
        if parent is None:
            for leaf in members:
                yield from _leaf(leaf)
        else:
            yield from _elements(parent, list(members))
    touched = {leaf.path.split(".")[0] for leaf in leaves}
    hidden = len([name for name in change.after or {} if name not in touched])
    if hidden:
        yield Line(CLOSE, f"# ({hidden} unchanged attribute{'s' * (hidden != 1)} hidden)")


def _list_of(leaf: Difference) -> str | None:
    """The path of the list of strings that the leaf is an element of."""
    if leaf.unchanged is None:
        return None
    return leaf.path.removesuffix(f".[{leaf.after if leaf.sign == '+' else leaf.before}]")


def _elements(parent: str, leaves: Sequence[Difference]) -> Iterator[Line]:
    """A list of which only some elements changed: the others are counted, not shown."""
    yield Line("~", f"{safe(parent)} = [")
    for leaf in leaves:
        yield Line(leaf.sign, f"{shown(leaf.after if leaf.sign == '+' else leaf.before)},", 1)
    unchanged = leaves[0].unchanged
    if unchanged:
        yield Line(CLOSE, f"# ({unchanged} unchanged element{'s' * (unchanged != 1)} hidden)", 1)
    yield Line(CLOSE, "]")


def _leaf(leaf: Difference) -> Iterator[Line]:
    path = safe(leaf.path)
    only = leaf.after if leaf.sign == "+" else leaf.before
    if leaf.sign != "~" and isinstance(only, str) and leaf.path.endswith(f".[{only}]"):
        yield Line(leaf.sign, f"{safe(leaf.path.removesuffix(f'.[{only}]'))} = [… {shown(only)}]")
        return
    match leaf.sign:
        case "+":
            yield Line("+", f"{path} = {shown(leaf.after)}")
        case "-":
            yield Line("-", f"{path} = {shown(leaf.before)}")
        case _:
            yield Line("~", f"{path} = {shown(leaf.before)} -> {shown(leaf.after)}")
