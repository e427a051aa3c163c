"""The record of a run on disk: plan.json, events.jsonl, log and summary.json, for the user alone."""

from __future__ import annotations

import getpass
import json
import os
import socket
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from landing.core import private_files
from landing.core.errors import LandingError, Refused
from landing.core.files import write
from landing.core.interrupt import Stopped
from landing.core.model import WORDS, Diagnostic
from landing.core.text import safe
from landing.core.version import landing_version
from landing.engine.journal import Event, Journal, Standing, planned, version

if TYPE_CHECKING:
    from landing.aws import Tally

RUNS = Path("runs")
FORMAT = "1.1"
EVENTS, SUMMARY = "events.jsonl", "summary.json"


@dataclass(frozen=True, slots=True)
class Left:
    """What was not done: failed and blocked with the reason, by address, and what was not started.

    `unsettled`: what AWS was still at by itself, or failed at.
    """

    failed: Mapping[str, Diagnostic] = field(default_factory=dict)
    blocked: Mapping[str, str] = field(default_factory=dict)
    not_started: tuple[str, ...] = ()
    unsettled: Mapping[str, Diagnostic] = field(default_factory=dict)


class Run:
    """One run; every event is on disk before it goes on, and the summary is written however it ends.

    `now`: ISO 8601 to the second; `clock`: seconds. Two runs of the same second get folders of their own.
    Raises LandingError when the folder cannot be written.
    """

    def __init__(self, now: Callable[[], str], clock: Callable[[], float], root: Path) -> None:
        self._now, self._clock = now, clock
        self._began, self._started = clock(), now()
        self.folder = _made(root, self._started)
        self._journal = Journal(self.folder / EVENTS, now)
        self._log = _Log(self.folder / "log", now)
        self._lock = threading.RLock()
        self._phases: dict[str, float] = {}
        self._phase = ("", self._began)
        self._standing = Standing()
        self._planned = dict.fromkeys(WORDS.values(), 0)
        self._about: dict[str, str] = {"who": _who()}
        self._left: Left | None = None
        self._outcome, self._reason = "error", ""
        self._waves: dict[str, str] = {}
        self.tally: Tally | None = None
        self.copied: Callable[[], None] = lambda: None
        """Called when the record is whole."""
        self(version(run=self.folder.name, who=self._about["who"], pid=os.getpid(), command="apply"))

    def __call__(self, event: Event) -> None:
        """Write one event down."""
        with self._lock:
            self._standing.take(event, self._clock())
            if changes := planned(event):
                self._planned = {key: changes[key] for key in self._planned}
            if event.type == "phase_start":
                self._turn_to(event.message)
            self._journal(event)
            self._log(_worded(event))

    def say(self, text: str) -> None:
        """Have something that was shown in the log too."""
        with self._lock:
            for line in filter(str.strip, text.splitlines()):
                self._log(line)

    def about(self, **known: str) -> None:
        """What is known of the run: organization, caller, …; no secrets."""
        self._about |= known

    def end(
        self, outcome: str, left: Left | None = None, reason: str = "", waves: Mapping[str, str] | None = None
    ) -> None:
        """How it ended; without this, the exception that leaves the block tells.

        `waves`: `made`, the last that was made, and `held`, why the next does not begin.
        """
        self._outcome, self._left, self._reason, self._waves = outcome, left, reason, dict(waves or {})

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._lock:
            if error is not None:
                self._outcome, self._reason = _outcome_of(error), str(error) or type(error).__name__
            self._turn_to("")
            try:
                ended = f"{self._outcome}: {self._reason}" if self._reason else self._outcome
                self(Event("run_end", message=ended, more={"outcome": self._outcome}))
                write(self.folder / SUMMARY, json.dumps(self._summary(), indent=1) + "\n", private=True)
            except LandingError as full:
                self._log(str(full))
            self._journal.close()
            self._log.close()
        self.copied()

    def _turn_to(self, phase: str) -> None:
        name, since = self._phase
        now = self._clock()
        if name:
            self._phases[name] = self._phases.get(name, 0.0) + now - since
        self._phase = (phase, now)

    def _summary(self) -> dict[str, Any]:
        uses = self.tally.uses if self.tally else {}
        standing, left = (
            self._standing,
            self._left or Left(failed=self._standing.failed, unsettled=self._standing.unsettled),
        )
        not_started = len(left.not_started) if self._left else standing.waiting + len(standing.running)
        return {
            "format_version": FORMAT,
            "run": self.folder.name,
            "landing": landing_version(),
            **self._about,
            "started": self._started,
            "ended": self._now(),
            "seconds": round(self._clock() - self._began, 3),
            "outcome": self._outcome,
            "reason": self._reason,
            **({"waves": self._waves} if self._waves else {}),
            "planned": self._planned,
            "changes": {
                "total": standing.total,
                "done": standing.total - len(left.failed) - len(left.blocked) - not_started,
                "failed": len(left.failed),
                "blocked": len(left.blocked),
                "not_started": not_started,
            },
            "failed": {address: each.text for address, each in left.failed.items()},
            "blocked": dict(left.blocked),
            "not_started": list(left.not_started),
            "unsettled": {address: each.text for address, each in left.unsettled.items()},
            "diagnostics": {address: each.to_json() for address, each in {**left.unsettled, **left.failed}.items()},
            "calls": self.tally.total.to_json() if self.tally else {},
            "phases": {phase: round(seconds, 3) for phase, seconds in self._phases.items()},
            "operations": {f"{service}:{name}": use.to_json() for (service, name), use in uses.items()},
        }


class _Log:
    """Lines of text with the time; a log that cannot be written ends nothing, for the events are the record."""

    def __init__(self, path: Path, now: Callable[[], str]) -> None:
        self._now = now
        descriptor = private_files.opened(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_EXCL)
        self._file = os.fdopen(descriptor, "w", encoding="utf-8", errors="backslashreplace", buffering=1)

    def __call__(self, text: str) -> None:
        try:
            self._file.write(f"{self._now()} {safe(text)}\n")
        except (OSError, ValueError):
            return

    def close(self) -> None:
        try:
            self._file.close()
        except OSError:
            return


def _worded(event: Event) -> str:
    if event.address:
        return f"{event.address}: {event.message}"
    return f"phase: {event.message}" if event.type == "phase_start" else event.message


def _made(root: Path, started: str) -> Path:
    """A folder that no other run has, named by the time it began."""
    stamp = started.replace(":", "").replace("-", "")
    try:
        private_files.made(root)
        for number in count(1):
            folder = root / (stamp if number == 1 else f"{stamp}-{number}")
            try:
                folder.mkdir(mode=0o700)
            except FileExistsError:
                continue
            return folder
    except OSError as error:
        raise LandingError(f"cannot write the run's record in {root}: {error.strerror}. Nothing was changed") from error
    raise AssertionError("count has no end")


def _outcome_of(error: BaseException) -> str:
    if isinstance(error, Stopped | KeyboardInterrupt):
        return "interrupted"
    return "refused" if isinstance(error, Refused) else "error"


def _who() -> str:
    try:
        user = getpass.getuser()
    except (KeyError, OSError):  # a container in which the user has no name
        user = str(os.getuid())
    return f"{user}@{socket.gethostname()}"
