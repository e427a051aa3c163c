"""The process that renders the user's blueprints, or lints templates: it answers each call with a line of JSON.

It has no credentials in its environment (`process.py`), and gives up everything else before it imports the first file
(`confinement.py`). What it answers is a stranger's word, and is checked as such by who started it.
"""

from __future__ import annotations

import importlib
import io
import json
import os
import signal
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from types import FrameType
from typing import Any

from landing.blueprint import Blueprint
from landing.blueprint.confinement import confine
from landing.blueprint.file import (
    OUT_OF_TIME,
    PRINTING,
    Failure,
    OutOfTime,
    Rendered,
    blueprint_in,
    failure,
    import_from,
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
    answer = _linted if "templates" in request else _rendered
    importlib.import_module("cfnlint" if "templates" in request else "troposphere")  # while everything can be read
    seconds = request["seconds"]
    signal.signal(signal.SIGALRM, _ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    import_from(folder)
    confine(folder, seconds=int(seconds) + 2)
    sys.stdout = sys.stderr = printed = Printed(folder)
    for line, late in answer(request, folder, printed):
        _write(answers, json.dumps(line, default=str).encode() + b"\n")
        if late:
            os._exit(OUT_OF_TIME)
    os._exit(0)


def _rendered(request: dict[str, Any], folder: Path, printed: Printed) -> Iterator[tuple[object, bool]]:
    known: dict[Path, Blueprint] = {}
    for name, given in request["calls"]:
        answer, late = _answer(folder / name, given, known)
        remark = printed.taken(folder / name)
        yield asdict(answer) | {"printed": asdict(remark) if remark else None}, late


def _linted(request: dict[str, Any], folder: Path, printed: Printed) -> Iterator[tuple[object, bool]]:
    """By cfn-lint, which runs what a template's metadata names (`append_rules`): so it is done here."""
    from cfnlint import lint
    from cfnlint.config import ManualArgs

    for template in request["templates"]:
        found = lint(json.dumps(template), config=ManualArgs(regions=request["regions"]))
        yield [(each.rule.id, each.rule.severity, each.message, each.path or []) for each in found], False


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


def _ring(number: int, frame: FrameType | None) -> None:
    raise OutOfTime


def _write(descriptor: int, line: bytes) -> None:
    while line:
        line = line[os.write(descriptor, line) :]
