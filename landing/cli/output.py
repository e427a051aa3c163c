"""Where output goes: results to stdout or a file, everything else to stderr."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import TextIO

import click

from landing.atomic import write
from landing.errors import ConfigError, LandingError
from landing.report.style import Style, safe


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


def note(text: str) -> None:
    """Something that is not the result."""
    click.echo(text, err=True)


def say_error(error: LandingError) -> None:
    """An error as a person wants to read it."""
    style = style_of(sys.stderr)
    if isinstance(error, ConfigError):
        from landing.report.problems import render

        note(render(error.problems, style).rstrip("\n"))
        return
    title = style.paint("Error:", "red", "bold")
    lines = str(error).splitlines() or [type(error).__name__]
    note("\n".join([f"{title} {safe(lines[0])}", *(safe(line) for line in lines[1:])]))


class Ticker:
    """One line on a terminal that says how far reading is; silent elsewhere."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._live = sys.stderr.isatty() and not os.environ.get("CI")

    def __call__(self, done: int, total: int, what: str) -> None:
        """Show (done, total, what was just read)."""
        if self._live:
            line = f"{self._what}… {done} of {total} · {safe(what)}"[:100]
            sys.stderr.write(f"\r\x1b[2K{line}" if done < total else "\r\x1b[2K")
            sys.stderr.flush()
