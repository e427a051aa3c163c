"""A policy that changes, by its statements: which come, which go, and which become others."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any

from landing.policy.canonical import canonical

Statement = Mapping[str, Any]

ENOUGH = 10_000
"""Of so many pairs of statements the likeness is looked at; of more, none is taken for another."""
LIKE = 0.25
"""The share of what two statements say, of actions, resources and conditions, that makes one of them the other."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A statement before and after, either of which may not be there; `number` is its place, counted from 1."""

    number: int
    before: Statement | None
    after: Statement | None

    @property
    def sid(self) -> str:
        """The name that it has; nothing of one without."""
        return str((self.after or self.before or {}).get("Sid") or "")


@dataclass(frozen=True, slots=True)
class Changed:
    """The statements of a document that changes, in the order of the new text, and how many stay."""

    path: str
    pairs: tuple[Pair, ...]
    unchanged: int


def apart(before: Any, after: Any, path: str = "") -> tuple[Any, Any, list[Changed]]:
    """Both sides without the statements of policies that differ, at any depth, and those statements."""
    if _is_policy(before) and _is_policy(after):
        changed = compared(f"{path}.Statement".lstrip("."), before["Statement"], after["Statement"])
        old, new = ({name: part for name, part in side.items() if name != "Statement"} for side in (before, after))
        return old, new, [changed] if changed.pairs else []
    keys: Any = ()
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        keys = [key for key in before if key in after and before[key] != after[key]]
        sides: tuple[Any, Any] = dict(before), dict(after)
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        keys = [number for number in range(len(before)) if before[number] != after[number]]
        sides = list(before), list(after)
    found: list[Changed] = []
    for key in keys:
        step = f"[{key}]" if isinstance(key, int) else str(key)
        one, other, more = apart(before[key], after[key], f"{path}.{step}".lstrip("."))
        if more:
            sides[0][key], sides[1][key] = one, other
            found += more
    return (sides[0], sides[1], found) if found else (before, after, found)


def _is_policy(value: Any) -> bool:
    return isinstance(value, Mapping) and all(isinstance(one, Mapping) for one in _listed(value.get("Statement", 0)))


def _listed(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) else [value]


def compared(path: str, before: Any, after: Any) -> Changed:
    """Statements that have one Sid are one; of the others those are that say the most in common."""
    old, new = dict(enumerate(_listed(before), 1)), dict(enumerate(_listed(after), 1))
    same = dict(_matched(old, new, _text))
    was = {number: one for number, one in old.items() if number not in same.values()}
    will = {number: one for number, one in new.items() if number not in same}
    became = dict(_matched(was, will, _sid))
    left = {number: one for number, one in was.items() if number not in became.values()}
    became |= _alike(left, {number: one for number, one in will.items() if number not in became})
    pairs = [Pair(number, was.get(became.get(number, 0)), one) for number, one in will.items()]
    gone = [Pair(number, one, None) for number, one in was.items() if number not in became.values()]
    return Changed(path, (*pairs, *gone), len(same))


def _matched(
    old: Mapping[int, Statement], new: Mapping[int, Statement], key: Callable[[Statement], str]
) -> Iterator[tuple[int, int]]:
    """Numbers of statements of one key, if they have any: the new one, and the old one."""
    places: dict[str, list[int]] = {}
    for number, statement in old.items():
        places.setdefault(key(statement), []).append(number)
    for number, statement in new.items():
        if (text := key(statement)) and (here := places.get(text)):
            yield number, here.pop(0)


def _text(statement: Statement) -> str:
    return json.dumps(canonical({"Statement": [statement]}), sort_keys=True, default=str)


def _sid(statement: Statement) -> str:
    return str(statement.get("Sid") or "")


def _alike(old: Mapping[int, Statement], new: Mapping[int, Statement]) -> Iterator[tuple[int, int]]:
    """Numbers of statements that are taken for one, the new and the old one; those most alike first."""
    if len(old) * len(new) > ENOUGH:
        return
    said = [{number: frozenset(_said(one)) for number, one in side.items()} for side in (old, new)]
    scores = [(_share(said[0][was], said[1][will]), was, will) for was, will in product(old, new)]
    taken: set[tuple[str, int]] = set()
    for share, was, will in sorted(scores, key=lambda each: (-each[0], *each[1:])):
        if share >= LIKE and not {("old", was), ("new", will)} & taken:
            taken |= {("old", was), ("new", will)}
            yield will, was


def _share(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / (len(one | other) or 1)


def _said(statement: Statement) -> Iterator[str]:
    """What a statement says, but for what most do."""
    for name, value in statement.items():
        if name == "Condition" and isinstance(value, Mapping):
            blocks = [(operator, lines) for operator, lines in value.items() if isinstance(lines, Mapping)]
            yield from (f"{op} {key} {item}" for op, lines in blocks for key in lines for item in _listed(lines[key]))
        elif name not in ("Sid", "Effect"):
            yield from (f"{statement.get('Effect')} {name} {item}" for item in _listed(value) if item != "*")


def with_lists(before: Any, after: Any) -> tuple[Any, Any]:
    """Both sides with a list where either has one: a single action is a list of one."""
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        both = {key: with_lists(before[key], after[key]) for key in before if key in after}
        return tuple(  # type: ignore[return-value]
            {key: both[key][number] if key in both else side[key] for key in side}
            for number, side in enumerate((before, after))
        )
    if isinstance(before, list | tuple) or isinstance(after, list | tuple):
        return _listed(before), _listed(after)
    return before, after
