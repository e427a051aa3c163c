"""The user's blueprints, rendered in a process of their own: no credentials, no files, no network, and not for long."""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import subprocess  # our own interpreter
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache, partial
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile
from time import monotonic
from typing import IO, Any, TypeVar

from landing.blueprint import controls_in, shape
from landing.blueprint.file import LOADING, LONGEST, OUT_OF_TIME, PRINTING, REFUSING, RENDERING, Failure, Rendered
from landing.core.model import Json
from landing.core.source_tree import refusal

SECONDS = 20.0
"""For all blueprints of a command together."""
LARGEST = 1 << 20
"""Bytes of one answer; CloudFormation takes templates of 51,200."""
DEEPEST = 100
"""Levels of a template; CloudFormation's own types need some twenty."""

_PROGRAM = "import sys; sys.path[:] = sys.argv[1:]; from landing.blueprint.child import main; main()"
T = TypeVar("T")
Call = tuple[str, Mapping[str, object]]
"""The name of a file in the folder, and the parameters given."""


def rendered(folder: Path, content: str, calls: Sequence[Call], *, seconds: float = SECONDS) -> list[Rendered]:
    """What becomes of each call of a blueprint in a folder; `content` is the digest of all that is in the folder.

    One process for all; another one only for what is left when it died.
    """
    if not calls:
        return []
    return list(_rendered(folder, content, json.dumps(list(calls)), seconds))


@lru_cache(maxsize=64)
def _rendered(folder: Path, content: str, asked: str, seconds: float) -> tuple[Rendered, ...]:
    calls = json.loads(asked)
    results: list[Rendered] = []
    until = monotonic() + seconds
    while len(results) < len(calls):
        left = calls[len(results) :]
        check = partial(_checked, [folder / name for name, _ in left])
        answers, why = ask(folder, {"calls": left}, len(left), check, max(until - monotonic(), 0.1))
        results += answers
        if len(results) < len(calls):
            path = folder / calls[len(results)][0]
            results.append(_failed(path, why))
        if monotonic() >= until:
            late = f"not rendered: the {seconds:g} s for all blueprints were up"
            results += [_failed(folder / name, late) for name, _ in calls[len(results) :]]
    return tuple(results)


def _failed(path: Path, why: str) -> Rendered:
    help_ = "see what the blueprint does beside making its template: loops, threads, native code"
    return Rendered(failure=Failure(RENDERING, f"blueprint `{path.stem}`: {why}", path, 1, help_))


def ask(
    folder: Path, asked: Mapping[str, object], count: int, check: Callable[[int, bytes], T], seconds: float
) -> tuple[list[T], str]:
    """What a process answers, as many times as it is asked, or fewer; and why it did not go on.

    `check` makes of the n-th line what it says, or raises ValueError.
    """
    asked = {**asked, "folder": str(folder), "seconds": seconds}
    with TemporaryDirectory(prefix="landing-") as home, TemporaryFile() as request, TemporaryFile() as complaints:
        request.write(json.dumps(asked).encode())
        request.seek(0)
        until = monotonic() + seconds + 1
        with subprocess.Popen(  # noqa: S603
            [sys.executable, "-I", "-S", "-B", "-X", "utf8", "-c", _PROGRAM, *_import_path()],
            stdin=request,
            stdout=subprocess.PIPE,
            stderr=complaints,
            cwd=home,
            env={"PATH": os.defpath, "LANG": "C.UTF-8", "HOME": home, "TMPDIR": home},
            start_new_session=True,
        ) as child:
            answers: list[T] = []
            why = ""
            try:
                assert child.stdout is not None
                for line in _lines(child.stdout, until):
                    answers.append(check(len(answers), line))
                    if len(answers) == count:
                        break
            except (TimeoutError, ValueError) as error:
                why = str(error)
            finally:
                _end(child)
        complaints.seek(0)
        said = complaints.read(65_536).decode(errors="replace").strip().rsplit("\n", 1)[-1]
    return answers, why or _ended(child.returncode, said)


def _end(child: subprocess.Popen[bytes]) -> None:
    """A process that has said all ends by itself; one that does not is ended, with whatever it has started."""
    try:
        child.wait(timeout=0.2)
    except subprocess.TimeoutExpired:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(child.pid, signal.SIGKILL)


def _import_path() -> list[str]:
    """Where the process finds Python's modules, landing and troposphere: as this one, but for the working directory."""
    ours = str(Path(__file__).parents[2])
    return list(dict.fromkeys([*(path for path in sys.path if path and Path(path).resolve() != Path.cwd()), ours]))


def _ended(code: int, said: str) -> str:
    if code == OUT_OF_TIME:
        return "not rendered: the time for all blueprints was up"
    how = f"by signal {-code} ({signal.strsignal(-code)})" if code < 0 else f"with exit code {code}"
    return f"its process ended {how}" + (f": {said[:LONGEST]}" if said else "")


def _lines(stream: IO[bytes], until: float) -> Iterator[bytes]:
    """Whole lines; raises TimeoutError when the time is up, ValueError when one is too long."""
    held = b""
    while select.select([stream], [], [], max(until - monotonic(), 0))[0]:
        piece = os.read(stream.fileno(), 1 << 16)
        if not piece:
            return
        *whole, held = (held + piece).split(b"\n")
        yield from whole
        if len(held) > LARGEST:
            raise ValueError(f"its template has more than {LARGEST:,} bytes")
    raise TimeoutError("it does not end: the time for all blueprints was up")


def _checked(paths: Sequence[Path], index: int, line: bytes) -> Rendered:
    """The answer about a path, taken apart without trust; raises ValueError when it is none."""
    path = paths[index]
    try:
        answer: Any = json.loads(line, parse_constant=_no_number)
        template = _template(answer["template"])
        wrong = tuple((str(name), str(message), str(hint)) for name, message, hint in answer["wrong"])
        failure, printed = (_remark(answer[key], path) for key in ("failure", "printed"))
        home_only = answer["home_only"] is True
    except (KeyError, TypeError, RecursionError) as error:
        raise ValueError("its process answered something that is no template") from error
    if template is None and not wrong and failure is None:
        raise ValueError("its process answered nothing")
    controls = controls_in(answer.get("controls"))
    return Rendered(template, home_only, wrong, failure, printed, controls=controls)


def _template(value: Any) -> dict[str, Json] | None:
    if value is None or (isinstance(value, dict) and not _deeper(value, DEEPEST)):
        for _, words in shape.problems(value or {}):
            raise ValueError(f"its template is none: {words[:LONGEST]}")
        return value
    raise ValueError(f"its template is nested deeper than {DEEPEST} levels, or no mapping")


def _deeper(value: Json, levels: int) -> bool:
    level: list[Json] = [value]
    for _ in range(levels):
        level = [
            inner
            for each in level
            if isinstance(each, dict | list)
            for inner in (each.values() if isinstance(each, dict) else each)
        ]
        if not level:
            return False
    return True


def _remark(value: Any, path: Path) -> Failure | None:
    """A remark about a file of the blueprint's folder: no other file's lines are ever shown for it."""
    if value is None:
        return None
    file = Path(str(value["file"]))
    if refusal(file, path.parent) or not file.is_relative_to(path.parent):
        file = path
    line = value["line"] if isinstance(value["line"], int) else 1
    code = value["code"] if value["code"] in (LOADING, RENDERING, PRINTING, REFUSING) else RENDERING
    return Failure(code, str(value["message"])[: 2 * LONGEST], file, max(line, 1), str(value["help"])[:LONGEST])


def _no_number(word: str) -> float:
    raise ValueError(f"its template holds {word}, which is no JSON")
