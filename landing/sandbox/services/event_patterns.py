"""Whether an event fits a pattern (EventBridge User Guide, "Comparison operators for use in event patterns")."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from landing.sandbox.protocol.refusal import Refusal


def parsed(text: str) -> dict[str, Any]:
    """The pattern in a text; refused where it is no object of objects and lists."""
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    if not isinstance(found, dict) or not _formed(found):
        raise Refusal("InvalidEventPatternException", "Event pattern is not valid.")
    return found


def _formed(pattern: Mapping[str, Any]) -> bool:
    return all(_formed(value) if isinstance(value, Mapping) else isinstance(value, list) for value in pattern.values())


def matches(pattern: Mapping[str, Any], event: Mapping[str, Any]) -> bool:
    """Every field of the pattern is met; `$or` by one of its patterns; a list of objects by one of them."""
    return any(_met(pattern, one) for one in _unrolled(event))


def _unrolled(value: Any) -> Iterator[Any]:
    """The value with each list of objects replaced by one of its objects, in every combination."""
    if isinstance(value, Mapping):
        rests: list[dict[str, Any]] = [{}]
        for name, item in value.items():
            rests = [{**rest, name: one} for rest in rests for one in _unrolled(item)]
        yield from rests
    elif isinstance(value, list) and value and all(isinstance(item, Mapping) for item in value):
        for item in value:
            yield from _unrolled(item)
    else:
        yield value


def _met(pattern: Mapping[str, Any], event: Any) -> bool:
    for name, wanted in pattern.items():
        if name == "$or":
            if not any(_met(each, event) for each in wanted):
                return False
            continue
        there = isinstance(event, Mapping) and name in event
        if isinstance(wanted, Mapping):
            if not _met(wanted, event[name] if there else {}):
                return False
        elif not any(_one(filter_, there, event[name] if there else None) for filter_ in wanted):
            return False
    return True


def _one(filter_: Any, there: bool, found: Any) -> bool:
    """One value or operator of a field's list; a list in the event is met by one of its values."""
    if isinstance(filter_, Mapping):
        ((operator, argument),) = filter_.items()
        if operator == "exists":
            return bool(there == argument)
        if operator not in OPERATORS:
            reason = f"Unrecognized match type {operator}"
            raise Refusal("InvalidEventPatternException", f"Event pattern is not valid. Reason: {reason}")
        values = found if isinstance(found, list) else [found]
        return there and any(OPERATORS[operator](argument, value) for value in values)
    return there and bool(filter_ in (found if isinstance(found, list) else [found]))


def _wildcard(argument: str, value: Any) -> bool:
    return isinstance(value, str) and bool(re.fullmatch(".*".join(map(re.escape, argument.split("*"))), value, re.S))


def _but(argument: Any, value: Any) -> bool:
    if isinstance(argument, Mapping):
        return not _one(argument, True, value)
    return value not in (argument if isinstance(argument, list) else [argument])


def _numeric(argument: list[Any], value: Any) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return all(COMPARISONS[sign](value, bound) for sign, bound in zip(argument[::2], argument[1::2], strict=True))


COMPARISONS: Mapping[str, Callable[[float, float], bool]] = {
    "=": lambda value, bound: value == bound,
    "<": lambda value, bound: value < bound,
    "<=": lambda value, bound: value <= bound,
    ">": lambda value, bound: value > bound,
    ">=": lambda value, bound: value >= bound,
}
OPERATORS: Mapping[str, Callable[[Any, Any], bool]] = {
    "prefix": lambda argument, value: isinstance(value, str) and value.startswith(argument),
    "suffix": lambda argument, value: isinstance(value, str) and value.endswith(argument),
    "equals-ignore-case": lambda argument, value: isinstance(value, str) and value.lower() == argument.lower(),
    "wildcard": _wildcard,
    "anything-but": _but,
    "numeric": _numeric,
}
