"""What the WHERE of an advanced query asks of an item, and the values that it asks about."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

Value = str | float | bool
Item = Mapping[str, Any]
Condition = Callable[[Item], bool]


class QueryProblem(ValueError):
    """Why an expression is not understood."""


def values_at(item: Any, path: str) -> list[Any]:
    """What is at a dotted path; a list on the way stands for each of its items."""
    found = [item]
    for part in path.split("."):
        found = [value[key] for value in _flat(found) if isinstance(value, Mapping) for key in (part,) if key in value]
    return [value for value in _flat(found) if value is not None]


def _flat(values: list[Any]) -> Iterator[Any]:
    for value in values:
        if isinstance(value, list):
            yield from _flat(value)
        else:
            yield value


def everything(item: Item) -> bool:
    """All items."""
    del item
    return True


def both(left: Condition, right: Condition) -> Condition:
    """Where both hold."""
    return lambda item: left(item) and right(item)


def either(left: Condition, right: Condition) -> Condition:
    """Where one holds."""
    return lambda item: left(item) or right(item)


def inverted(condition: Condition) -> Condition:
    """Where it does not hold."""
    return lambda item: not condition(item)


def is_null(path: str, *, negated: bool) -> Condition:
    """Where a property has no value; `negated`: where it has one."""
    return lambda item: bool(values_at(item, path)) == negated


def any_of(path: str, wanted: list[Value]) -> Condition:
    """Where a value is one of these."""
    return lambda item: any(_equal(value, other) for value in values_at(item, path) for other in wanted)


def like(path: str, pattern: str) -> Condition:
    """Where a value matches a pattern; % stands for anything."""
    compiled = re.compile(re.escape(pattern).replace("%", ".*"), re.DOTALL)
    return lambda item: any(compiled.fullmatch(str(value)) for value in values_at(item, path))


def between(path: str, low: Value, high: Value) -> Condition:
    """Where a value lies between two, both included."""
    return both(compared(path, ">=", low), compared(path, "<=", high))


def compared(path: str, mark: str, wanted: Value) -> Condition:
    """Where a value compares to another as the sign says."""
    match mark:
        case "=":
            return lambda item: any(_equal(value, wanted) for value in values_at(item, path))
        case "<>":
            return lambda item: any(not _equal(value, wanted) for value in values_at(item, path))
    signs = {"<": (-1,), "<=": (-1, 0), ">": (1,), ">=": (0, 1)}
    if mark not in signs:
        raise QueryProblem(f"Encountered {mark} where a comparison is expected")
    return lambda item: any(_order_of(value, wanted) in signs[mark] for value in values_at(item, path))


def _equal(value: Any, wanted: Value) -> bool:
    if isinstance(value, bool) or isinstance(wanted, bool):
        return str(value).lower() == str(wanted).lower()
    if isinstance(wanted, float):
        return _number(value) == wanted
    return str(value) == wanted


def _order_of(value: Any, wanted: Value) -> int | None:
    """-1, 0 or 1; None where the two cannot be compared."""
    left, right = (_number(value), wanted) if isinstance(wanted, float) else (str(value), str(wanted))
    return None if left is None else (left > right) - (left < right)  # type: ignore[operator]


def _number(value: Any) -> float | None:
    try:
        return float(value)
    except (TypeError, ValueError):
        return None
