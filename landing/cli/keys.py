"""`--with KEY=VALUE`: condition keys of a request."""

from __future__ import annotations

from typing import Any

import click


def with_keys(command: Any) -> Any:
    """Add the option to a command; it gets `context`, values by key."""
    return click.option(
        "--with",
        "context",
        multiple=True,
        metavar="KEY=VALUE",
        callback=lambda context, parameter, given: dict(_pair(text) for text in given),
        help="A condition key that the request has; repeatable.",
    )(command)


def _pair(text: str) -> tuple[str, str]:
    key, equals, value = text.partition("=")
    if not equals or not key:
        raise click.BadParameter(f"{text!r} is not KEY=VALUE", param_hint="--with")
    return key, value
