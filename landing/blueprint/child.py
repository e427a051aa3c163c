"""The process that renders the user's blueprints: it reads calls from stdin and answers a line of JSON for each.

It has no credentials in its environment (`process.py`), and gives up everything else before it imports the first file
(`confinement.py`). What it answers is a stranger's word, and is checked as such by who started it.
"""

from __future__ import annotations

import io
import json
import os
import signal
import sys
from dataclasses import asdict
from pathlib import Path
from types import FrameType
from typing import Any

from landing.blueprint import Blueprint
from landing.blueprint.confinement import confine, readable
from landing.blueprint.file import (
    OUT_OF_TIME,
    PRINTING,
    Failure,
    OutOfTime,
    Rendered,
    blueprint_in,
    failure,
    rendered,
)


class Printed(io.TextIOBase):
    """What blueprints write to stdout or stderr: kept, with the line that wrote it, and shown to nobody else."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.text = ""
        self.place: tuple[Path, int] | None = None

    def write(self, text: str) -> int:
        """Keep the beginning of what is written."""
        frame: FrameType | None = sys._getframe(1)
        while self.place is None and frame is not None:
            if Path(frame.f_code.co_filename).is_relative_to(self.folder):
                self.place = (Path(frame.f_code.co_filename), frame.f_lineno)
            frame = frame.f_back
        self.text = (self.text + text)[:200]
        return len(text)

    def taken(self, path: Path) -> Failure | None:
        """What was written since it was asked last."""
        words, (file, line) = " ".join(self.text.split()), self.place or (path, 1)
        self.text, self.place = "", None
        if not words:
            return None
        message = f"blueprint `{path.stem}` prints: {words}"
        return Failure(PRINTING, message, file, line, "remove it: a blueprint returns a template, and nothing else")


def main() -> None:
    """Answer every call, then end without running anything that a blueprint may have left behind."""
    request: dict[str, Any] = json.load(sys.stdin)
    folder = Path(request["folder"])
    answers = os.dup(1)
    null = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(null, descriptor)
    sys.stdin = None
    import troposphere  # noqa: F401  # while everything can still be read

    seconds = request["seconds"]
    signal.signal(signal.SIGALRM, _ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    sys.path.append(str(folder))
    confine(readable(folder), seconds=int(seconds) + 2)
    sys.stdout = sys.stderr = printed = Printed(folder)
    known: dict[Path, Blueprint] = {}
    for name, given in request["calls"]:
        path = folder / name
        answer, late = _answer(path, given, known)
        line = json.dumps(asdict(answer) | {"printed": _plain(printed.taken(path))}, default=str)
        _write(answers, line.encode() + b"\n")
        if late:
            os._exit(OUT_OF_TIME)
    os._exit(0)


def _answer(path: Path, given: dict[str, object], known: dict[Path, Blueprint]) -> tuple[Rendered, bool]:
    """What became of a call, and whether the time is up."""
    try:
        if path not in known:
            known[path] = blueprint_in(path)
        return rendered(known[path], given), False
    except OutOfTime as error:
        return Rendered(failure=failure(error, path, known.get(path))), True
    except BaseException as error:  # noqa: BLE001  # also SystemExit: it is the blueprint's own code
        return Rendered(failure=failure(error, path, known.get(path))), False


def _plain(remark: Failure | None) -> dict[str, object] | None:
    return asdict(remark) if remark else None


def _ring(number: int, frame: FrameType | None) -> None:
    raise OutOfTime


def _write(descriptor: int, line: bytes) -> None:
    while line:
        line = line[os.write(descriptor, line) :]
