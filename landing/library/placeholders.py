"""Values in the place of `{{ name }}` in a parsed document."""

from __future__ import annotations

import re
from collections.abc import Mapping

from landing.core.model import Json

PLACEHOLDER = re.compile(r"\{\{\s*([a-z_][a-z0-9_]*)\s*\}\}")


def fill(value: Json, parameters: Mapping[str, Json]) -> Json:
    """Replace `{{ name }}` in a parsed document; a list in the place of one item is spliced into the list around it.

    `${aws:...}` is left alone: it is AWS's own. Raises KeyError for a name that is not known.
    """
    if isinstance(value, str):
        whole = PLACEHOLDER.fullmatch(value)
        if whole:
            return parameters[whole[1]]
        return PLACEHOLDER.sub(lambda match: str(parameters[match[1]]), value)
    if isinstance(value, list):
        items: list[Json] = []
        for item in value:
            items += _spread(item, parameters)
        return items
    if isinstance(value, dict):
        return {str(fill(key, parameters)): fill(item, parameters) for key, item in value.items()}
    return value


def _spread(item: Json, parameters: Mapping[str, Json]) -> list[Json]:
    if isinstance(item, str):
        names = PLACEHOLDER.findall(item)
        lists = [name for name in names if isinstance(parameters[name], list)]
        if len(lists) == 1:
            values = parameters[lists[0]]
            assert isinstance(values, list)
            return [fill(item, {**parameters, lists[0]: value}) for value in values]
    return [fill(item, parameters)]


def has_placeholder(text: str) -> bool:
    """Whether there is anything to fill in."""
    return PLACEHOLDER.search(text) is not None


def unfilled(node: Json, part: str, values: Mapping[str, Json]) -> str | int | None:
    """The step in a document that leads where `part` leads in the filled one."""
    if isinstance(node, dict):
        return next((key for key in node if fill(key, values) == part), None)
    if isinstance(node, list) and part.isdecimal():
        left = int(part)
        for index, item in enumerate(node):
            left -= len(_spread(item, values))
            if left < 0:
                return index
    return None
