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


def unknown_names(action: str, keys: Iterable[str]) -> Iterator[str]:
    """A warning for an action (or a pattern of them), and for each key, that AWS has none such."""
    from landing.policy import catalog, suggestions
    from landing.policy.keys import find_key

    if not catalog.expand(action):
        meant = suggestions.of_action(action)
        yield f"Warning: the catalogue of actions ({catalog.version()}) has no {action}{f': {meant}' if meant else ''}"
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
