"""One form for all documents that AWS reads alike (IAM user guide, "Grammar of the IAM JSON policy language").

One item or a list of one, the order of items and of statements, an item twice, the case of actions, and a condition
that asks nothing make no difference. Everything else does, as far as anybody has said.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

_ACTIONS = ("Action", "NotAction")
_LISTS = (*_ACTIONS, "Resource", "NotResource")


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
    form = {
        key: _items(value, _lower if key in _ACTIONS else _same) if key in _LISTS else value
        for key, value in statement.items()
    }
    if isinstance(condition := form.get("Condition"), Mapping):
        blocks = {
            operator: {key: _items(value) for key, value in block.items()} if isinstance(block, Mapping) else block
            for operator, block in condition.items()
            if block != {}
        }
        form["Condition"] = blocks
        if not blocks:
            del form["Condition"]
    return form


def _items(value: Any, form: Callable[[Any], Any] = _same) -> list[Any]:
    listed = value if isinstance(value, list | tuple) else [value]
    found = {json.dumps(item, sort_keys=True): item for item in map(form, listed)}
    return [found[text] for text in sorted(found)]


def _lower(item: Any) -> Any:
    return item.lower() if isinstance(item, str) else item
