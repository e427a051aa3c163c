"""The three streams of the process, such that none of them can end a command with a traceback.

Standard output is the result: what cannot be written is an error, said in a line. Standard error is for people who may
have gone: nobody hears what cannot be written there, and a run that makes changes goes on.
"""

from __future__ import annotations

import io
import os
import sys
from typing import TextIO


class Unwritable(Exception):
    """The result cannot be written: a full disk, a device that fails, a stream that is closed."""


class _Result(io.FileIO):
    def write(self, text: object, /) -> int:
        try:
            return super().write(text)  # type: ignore[arg-type]
        except BrokenPipeError:
            raise
        except OSError as error:
            raise Unwritable(error.strerror or str(error)) from error


class _Heard(io.FileIO):
    def write(self, text: object, /) -> int:
        try:
            return super().write(text)  # type: ignore[arg-type]
        except OSError:
            return memoryview(text).nbytes  # type: ignore[arg-type]


def open_all() -> bool:
    """Make the streams such; whether there is a standard output at all.

    What is closed is opened on the null device: else the next file or socket would get its number.
    """
    there = sys.stdout is not None
    for number, mode in ((0, os.O_RDONLY), (1, os.O_WRONLY), (2, os.O_WRONLY)):
        try:
            os.fstat(number)
        except OSError:
            opened = os.open(os.devnull, mode)
            if opened != number:
                os.dup2(opened, number)
                os.close(opened)
    sys.stdout = _text(_Result(1, "w", closefd=False), sys.stdout)
    sys.stderr = _text(_Heard(2, "w", closefd=False), sys.stderr, errors="backslashreplace")
    return there


def _text(raw: io.FileIO, like: TextIO | None, errors: str | None = None) -> TextIO:
    encoding, as_before = (like.encoding, like.errors) if like else ("utf-8", "strict")
    return io.TextIOWrapper(
        io.BufferedWriter(raw),
        encoding=encoding,
        errors=errors or as_before,
        line_buffering=raw.fileno() == 2 or raw.isatty(),
    )


def give_up() -> None:
    """What is still in the buffer of the result goes nowhere, instead of failing once more at the end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.__stdout__.fileno() if sys.__stdout__ else 1)
