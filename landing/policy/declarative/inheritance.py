"""What the policies of a type on the way to an account come to: its effective policy.

AWS Organizations user guide, "Understanding policy inheritance operators" and "Inheritance examples".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

ASSIGN, APPEND, REMOVE, ALLOWED = "@@assign", "@@append", "@@remove", "@@operators_allowed_for_child_policies"
VALUE_OPERATORS = (ASSIGN, APPEND, REMOVE)
OPERATORS = (*VALUE_OPERATORS, ALLOWED)
_ANY = frozenset(VALUE_OPERATORS)

Where = tuple[str, ...]
"""The keys that lead to a setting, from the top of the document."""


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two policies of one level assign different values: the one that was attached first wins, which AWS does not tell.

    `level` counts from the root (0), `first` and `second` are places in that level.
    """

    where: Where
    level: int
    first: int
    second: int


@dataclass(frozen=True, slots=True)
class Effective:
    """The document without operators, and where it depends on which policy was attached first."""

    document: Mapping[str, Any]
    conflicts: tuple[Conflict, ...] = ()


@dataclass
class _Level:
    """What the policies of one level have done: who assigned, and what those below may still do."""

    assigned: dict[Where, int] = field(default_factory=dict)
    limits: dict[Where, frozenset[str]] = field(default_factory=dict)


class _Merge:
    """The settings so far, and the operators that are still allowed at each place."""

    def __init__(self) -> None:
        self.values: dict[Where, Any] = {}
        self.allowed: dict[Where, frozenset[str]] = {}
        self.conflicts: list[Conflict] = []

    def add(self, number: int, level: Sequence[Mapping[str, Any]]) -> None:
        """The policies of the next level, in the order in which they were attached."""
        here, known = _Level(), frozenset(self.values)
        for place, document in enumerate(level):
            for where, operators in _nodes(document):
                if ALLOWED in operators:
                    here.limits[where] = here.limits.get(where, _ANY) & _allowing(operators[ALLOWED])
                if operators.keys() & _ANY and not self._closed(where, known):
                    self._operate(where, operators, (number, place), here)
        for where, limit in here.limits.items():
            self.allowed[where] = self.allowed.get(where, _ANY) & limit

    def _closed(self, where: Where, known: frozenset[Where]) -> bool:
        """Whether a level above lets nothing new be set below one of the keys that lead there."""
        return where not in known and any(
            self.allowed.get(where[:depth], _ANY) == frozenset() for depth in range(len(where))
        )

    def _operate(self, where: Where, operators: Mapping[str, Any], at: tuple[int, int], here: _Level) -> None:
        allowed = self.allowed.get(where, _ANY)
        level, place = at
        if ASSIGN in operators and ASSIGN in allowed:
            first = here.assigned.setdefault(where, place)
            if first == place:
                self.values[where] = operators[ASSIGN]
            elif self.values.get(where) != operators[ASSIGN]:
                self.conflicts.append(Conflict(where, level, first, place))
        if APPEND in operators and APPEND in allowed:
            kept = _listed(self.values.get(where, []))
            self.values[where] = kept + [item for item in _listed(operators[APPEND]) if item not in kept]
        if REMOVE in operators and REMOVE in allowed and where in self.values:
            gone = _listed(operators[REMOVE])
            left = [item for item in _listed(self.values[where]) if item not in gone]
            if left:
                self.values[where] = left
            else:
                del self.values[where]


def effective(levels: Iterable[Sequence[Mapping[str, Any]]]) -> Effective:
    """What documents come to, from the root downwards, those of one level in the order in which they were attached.

    What a policy above does not allow is passed over, as AWS does. Documents of any shape are taken; what is neither a
    setting nor leads to one is not there.
    """
    merge = _Merge()
    for number, level in enumerate(levels):
        merge.add(number, level)
    return Effective(_document(merge.values), tuple(merge.conflicts))


def leaves(document: Mapping[str, Any], above: Where = ()) -> dict[Where, Any]:
    """The settings of an effective policy by the keys that lead to them."""
    found: dict[Where, Any] = {}
    for name, value in document.items():
        where = (*above, name)
        found |= leaves(value, where) if isinstance(value, Mapping) and value else {where: value}
    return found


def _nodes(document: object, above: Where = ()) -> Iterator[tuple[Where, Mapping[str, Any]]]:
    """Every object of a document with its operators. Keys of tags differ by more than case."""
    if not isinstance(document, Mapping):
        return
    operators = {key: value for key, value in document.items() if str(key).startswith("@@")}
    if operators:
        yield above, operators
    for key, value in document.items():
        if not str(key).startswith("@@"):
            name = str(key).lower() if above == ("tags",) else str(key)
            yield from _nodes(value, (*above, name))


def _allowing(value: object) -> frozenset[str]:
    names = _listed(value)
    return _ANY if "@@all" in names else frozenset(name for name in VALUE_OPERATORS if name in names)


def _listed(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) else [value]


def _document(values: Mapping[Where, Any]) -> dict[str, Any]:
    document: dict[str, Any] = {}
    for where, value in values.items():
        section = document
        for key in where[:-1]:
            inner = section.setdefault(key, {})
            if not isinstance(inner, dict):
                break
            section = inner
        else:
            if where:
                section[where[-1]] = value
    return document
