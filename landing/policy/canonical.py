"""One form for all documents that AWS reads alike (IAM user guide, "Grammar of the IAM JSON policy language").

One item or a list of one, the order of items and of statements, an item twice, the case of actions, of condition
operators and of condition keys, true and 1 as JSON or as text in a condition, the case of the truth that Bool and Null
compare with, and a condition that asks nothing make no difference. Everything else does, as far as anybody has said:
a Sid, the case of a resource, a number in another notation.

Principals are text: an SCP has none, an RCP takes `"*"` alone, and other policies are not compared here.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from landing.policy.operators import parse_use
from landing.policy.pattern import text_of

_ACTIONS = ("Action", "NotAction")
_LISTS = (*_ACTIONS, "Resource", "NotResource")
_TRUTHS = ("bool", "null")
"""Families of operators that compare with true and false, in whatever case."""


def _same(item: Any) -> Any:
    return item


def canonical(document: Any) -> Any:
    """The document in that form; what has no statements (a declarative policy) as it is."""
    if not isinstance(document, Mapping) or "Statement" not in document:
        return document
    return {**document, "Statement": _items(document["Statement"], _statement)}


def _statement(statement: Any) -> Any:
    if not isinstance(statement, Mapping):
        return statement
    form: dict[str, Any] = {
        key: _items(value, _lower if key in _ACTIONS else _same) if key in _LISTS else value
        for key, value in statement.items()
    }
    if isinstance(form.get("Condition"), Mapping):
        form["Condition"] = _condition(form["Condition"])
        if not form["Condition"]:
            del form["Condition"]
    return form


def _condition(condition: Mapping[str, Any]) -> Mapping[str, Any]:
    asked = {operator: block for operator, block in condition.items() if block != {}}
    return {operator: _block(operator, block) for operator, block in _lowered(asked.items())}


def _block(operator: str, block: Any) -> Any:
    if not isinstance(block, Mapping):
        return block
    use = parse_use(operator)
    truth = not isinstance(use, str) and use.operator.family in _TRUTHS
    return {key: _items(values, _truth if truth else _scalar) for key, values in _lowered(block.items())}


def _lowered(entries: Iterable[tuple[str, Any]]) -> Iterable[tuple[str, Any]]:
    """With names in lower case; as they are where two differ by case alone: what AWS makes of that is undocumented."""
    entries = tuple(entries)
    found = {name.lower(): value for name, value in entries}
    return found.items() if len(found) == len(entries) else entries


def _items(value: Any, form: Callable[[Any], Any] = _same) -> list[Any]:
    listed = value if isinstance(value, list | tuple) else [value]
    found = {json.dumps(item, sort_keys=True): item for item in map(form, listed)}
    return [found[text] for text in sorted(found)]


def _lower(item: Any) -> Any:
    return item.lower() if isinstance(item, str) else item


def _scalar(item: Any) -> Any:
    """How a number with a fraction reads as text is undocumented."""
    return text_of(item) if isinstance(item, bool | int) else item


def _truth(item: Any) -> Any:
    return _lower(_scalar(item))
