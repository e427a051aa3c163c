"""Where output goes: results to stdout or a file, everything else to stderr."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import click

from landing.cli.stderr import STDERR
from landing.core.errors import AwsError, ConfigError, LandingError
from landing.core.files import write
from landing.core.text import safe
from landing.report.style import Style

if TYPE_CHECKING:
    from landing.aws import Use
    from landing.core.model import Diagnostic


def style_of(stream: TextIO, colour: str = "auto") -> Style:
    """Colour when asked for, or on a terminal that did not say no (NO_COLOR, FORCE_COLOR, TERM)."""
    environment = os.environ
    if colour != "auto":
        on = colour == "always"
    elif environment.get("NO_COLOR"):
        on = False
    elif environment.get("FORCE_COLOR") or environment.get("CLICOLOR_FORCE"):
        on = True
    else:
        on = stream.isatty() and environment.get("TERM") != "dumb"
    width = shutil.get_terminal_size((100, 24)).columns if stream.isatty() else 100
    return Style(colour=on, ascii="utf" not in (stream.encoding or "").lower(), width=width)


def result(text: str, file: Path | None = None) -> None:
    """The result of a command: to stdout, or all of it or nothing to a file."""
    if file is None:
        stream = sys.stdout
        encoding = stream.encoding or "utf-8"
        stream.write(text.encode(encoding, errors="replace").decode(encoding))
        return
    write(file, text)


MOST_OF_SUMMARY = 1_000_000
"""Bytes of a step's summary; GitHub takes 1 MiB, and refuses all of a longer one."""
LEAST_OF_SUMMARY = 2_000


def appended(file: Path, page: Callable[[int], str]) -> None:
    """Add a page of Markdown to a step's summary; `page` is told how many bytes there is room for.

    Raises LandingError when it cannot be written, or hardly anything has room.
    """
    try:
        used = file.stat().st_size if file.exists() else 0
        room = MOST_OF_SUMMARY - used
        if room < LEAST_OF_SUMMARY:
            raise LandingError(f"{file} has {used:,} bytes: there is no room for a summary. Write it in another step")
        with file.open("a", encoding="utf-8") as stream:
            stream.write(page(room))
    except OSError as error:
        raise LandingError(f"cannot write {file}: {error.strerror}") from error


def note(text: str) -> None:
    """Something that is not the result."""
    STDERR.note(text)


def warn(text: str) -> None:
    """Something that is not as it should be, and ends nothing."""
    if STDERR.log:
        STDERR.diagnostic(text, "", severity="warning")
    else:
        note(f"{style_of(sys.stderr).paint('Warning:', 'yellow', 'bold')} {safe(text)}")


def note_calls(total: Use, seconds: float) -> None:
    """What was asked of AWS in `seconds`: `412 calls, 3 throttled, 41.2 s`."""
    from landing.engine.journal import Event

    text = f"{total}, {seconds:.1f} s"
    if STDERR.copy:
        STDERR.copy(text)
    if STDERR.log:
        STDERR.tell(Event("calls", message=text, elapsed=seconds, more=total.to_json()))
    else:
        sys.stdout.flush()
        click.echo(style_of(sys.stderr).paint(text, "dim"), err=True)


def say_error(error: LandingError) -> None:
    """An error as a person wants to read it."""
    style = style_of(sys.stderr)
    if STDERR.log:
        _diagnose(error)
    elif isinstance(error, ConfigError):
        from landing.report.problems import render

        note(render(error.problems, style).rstrip("\n"))
    else:
        title = style.paint("Error:", "red", "bold")
        lines = str(error).splitlines() or [type(error).__name__]
        note("\n".join([f"{title} {safe(lines[0])}", *(safe(line) for line in lines[1:])]))


def _diagnose(error: LandingError) -> None:
    if isinstance(error, ConfigError):
        for problem in error.problems:
            STDERR.diagnostic(problem.message, problem.help, severity=problem.severity, **told(problem))
        return
    summary, _, detail = (str(error) or type(error).__name__).partition("\n")
    STDERR.diagnostic(summary, detail, **(told(error.diagnostic) if isinstance(error, AwsError) else {}))


def told(found: Diagnostic) -> dict[str, Any]:
    """What the JSON log says of a diagnostic besides its text."""
    parts = {name: part for name, part in found.to_json().items() if name not in ("message", "help", "source")}
    if source := found.source:
        parts["range"] = {"filename": source.file, "start": {"line": source.line, "column": source.column}}
    return parts
