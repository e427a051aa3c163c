"""`{{ name }}` in the texts of a case: filled from what a policy knows, once for each item of a list.

``{{ days - 1 }}`` is a value beside a limit.
"""

import re
from collections.abc import Iterable, Mapping
from itertools import product
from typing import Any

_PLACEHOLDER = re.compile(r"\{\{\s*([a-z_][a-z0-9_]*)\s*(?:([+-])\s*(\d+)\s*)?\}\}")


class UnknownNameError(LookupError):
    """A placeholder for which there is no value."""


def fill(text: str, values: Mapping[str, Any]) -> tuple[str, ...]:
    """The text with its placeholders filled; several texts where a value is a list, none if it is empty."""
    names = list(dict.fromkeys(match[1] for match in _PLACEHOLDER.finditer(text)))
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
    def value(match: re.Match[str]) -> str:
        name, sign, step = match.groups()
        if sign is None:
            return chosen[name]
        if not chosen[name].isdecimal():
            raise UnknownNameError(f"`{match[0]}`: {chosen[name]} is no whole number")
        return str(int(chosen[name]) + (int(step) if sign == "+" else -int(step)))

    return _PLACEHOLDER.sub(value, text)
