"""`{{ name }}` in the texts of a case: filled from what a policy knows, once for each item of a list."""

import re
from collections.abc import Iterable, Mapping
from itertools import product
from typing import Any

_PLACEHOLDER = re.compile(r"\{\{\s*([a-z_][a-z0-9_]*)\s*\}\}")


class UnknownNameError(LookupError):
    """A placeholder for which there is no value."""


def fill(text: str, values: Mapping[str, Any]) -> tuple[str, ...]:
    """The text with its placeholders filled; several texts where a value is a list, none if it is empty."""
    names = list(dict.fromkeys(_PLACEHOLDER.findall(text)))
    for name in names:
        if name not in values:
            raise UnknownNameError(f"`{{{{ {name} }}}}` has no value: known are {', '.join(sorted(values))}")
    choices = [_items(values[name]) for name in names]
    return tuple(_replaced(text, dict(zip(names, choice, strict=True))) for choice in product(*choices))


def fill_all(texts: Iterable[str], values: Mapping[str, Any]) -> tuple[str, ...]:
    """Each text filled, in order, without repetition."""
    return tuple(dict.fromkeys(filled for text in texts for filled in fill(text, values)))


def _items(value: Any) -> list[str]:
    if isinstance(value, bool):
        return [str(value).lower()]
    return [str(item) for item in value] if isinstance(value, list | tuple) else [str(value)]


def _replaced(text: str, chosen: Mapping[str, str]) -> str:
    return _PLACEHOLDER.sub(lambda match: chosen[match[1]], text)
