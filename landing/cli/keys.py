"""`--with KEY=VALUE`: condition keys of a request."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import click


def with_keys(command: Any) -> Any:
    """Add the option to a command; it gets `context`, values by key."""
    return click.option(
        "--with",
        "context",
        multiple=True,
        metavar="KEY=VALUE",
        callback=lambda context, parameter, given: _pairs(given),
        help="A condition key that the request has; repeatable, also for several values of a key.",
    )(command)


def unknown_keys(keys: Iterable[str]) -> Iterator[str]:
    """A warning for each condition key that AWS has not: a request may have it, and no guardrail asks for it."""
    from landing.policy import suggestions
    from landing.policy.keys import find_key

    for key in keys:
        if find_key(key) is None:
            meant = suggestions.of_key(key)
            yield f"Warning: {key} is no condition key that AWS has{f': {meant}' if meant else ''}"


def _pairs(given: Iterable[str]) -> dict[str, str | list[str]]:
    """Values by key; a key that is given more than once has a list of values."""
    found: dict[str, str | list[str]] = {}
    for text in given:
        key, value = _pair(text)
        name = next((name for name in found if name.lower() == key.lower()), key)
        before = found.get(name, [])
        values = [*([before] if isinstance(before, str) else before), value]
        found[name] = values if len(values) > 1 else value
    return found


def _pair(text: str) -> tuple[str, str]:
    key, equals, value = text.partition("=")
    if not equals or not key:
        raise click.BadParameter(f"{text!r} is not KEY=VALUE", param_hint="--with")
    return key, value
