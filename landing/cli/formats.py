"""`--format FORMAT[=FILE]`, given once or more: a result in several formats, at most one of them to stdout."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import click

from landing.cli.config_names import completed


def with_formats(formats: Sequence[str]) -> Callable[[Any], Any]:
    """Add the option to a command; it gets `forms`, for `outputs` to read."""
    return click.option(
        "--format",
        "forms",
        multiple=True,
        default=("text",),
        metavar="FORMAT[=FILE]",
        shell_complete=completed(lambda context: formats),
        help=f"One of {', '.join(formats)}, to stdout or to FILE; repeatable.",
    )


def outputs(forms: Iterable[str], formats: Sequence[str]) -> list[tuple[str, Path | None]]:
    """Each format and its file, none for stdout; raises click.BadParameter."""
    found = [_output(form, formats) for form in forms]
    if sum(file is None for _, file in found) > 1:
        raise click.BadParameter("only one format can go to stdout; give the others a file", param_hint="--format")
    return found


def _output(text: str, formats: Sequence[str]) -> tuple[str, Path | None]:
    form, _, file = text.partition("=")
    if form not in formats:
        raise click.BadParameter(f"{form!r} is none of {', '.join(formats)}", param_hint="--format")
    return form, Path(file) if file else None
