"""What happens in a run, as events: told to whoever listens, and written down one synced line each."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from landing.core import private_files
from landing.core.errors import LandingError
from landing.core.model import WORDS, Diagnostic
from landing.core.version import landing_version

UI = "1.1"
"""Version of the lines: a new minor adds fields and types, a new major changes them."""

LEVELS = {"apply_errored": "error", "settle_errored": "error", "retry": "warn"}
"""`@level` by type, where it is not `info` and the event does not say it."""


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened in a run; `type` is one of those of Terraform's JSON log (`apply_start`, …) or ours.

    Ours: `phase_start` (its message is the phase), `read_progress`, `waiting`, `retry`, `calls`, `run_end`,
    `apply_dropped` (a change that was announced, and has written nothing when the user asked to stop), and
    `settle_start`, `settle_complete`, `settle_errored` of what AWS does by itself because of the changes.
    """

    type: str
    address: str = ""
    action: str = ""
    message: str = ""
    elapsed: float = 0.0
    more: dict[str, Any] = field(default_factory=dict)

    def to_json(self, now: str) -> dict[str, Any]:
        """One line of the JSON log; `now` is ISO 8601."""
        line: dict[str, Any] = {
            "@level": LEVELS.get(self.type, "info"),
            "@message": self.message,
            "@module": "landing.ui",
            "@timestamp": now,
            "type": self.type,
        }
        line |= {key: value for key, value in {"address": self.address, "action": self.action}.items() if value}
        if self.elapsed:
            line["elapsed_seconds"] = round(self.elapsed, 3)
        return line | self.more

    @classmethod
    def from_json(cls, line: dict[str, Any]) -> Event:
        """Read what `to_json` wrote."""
        known = {"@level", "@message", "@module", "@timestamp", "type", "address", "action", "elapsed_seconds"}
        return cls(
            line.get("type", ""),
            line.get("address", ""),
            line.get("action", ""),
            line.get("@message", ""),
            line.get("elapsed_seconds", 0.0),
            {key: value for key, value in line.items() if key not in known},
        )


Listener = Callable[[Event], None]


def version(**more: Any) -> Event:
    """What every log of JSON lines begins with."""
    landing = landing_version()
    return Event("version", message=f"landing {landing}", more={"landing": landing, "ui": UI, **more})


TOTAL = "total"
"""In a summary of changes, how many there are; what is changed and imported at once is one, and counted as both."""


def errored(kind: str, found: Diagnostic, elapsed: float, *, action: str = "") -> Event:
    """Something has failed at an address; what is known of it is told in its parts too."""
    address = str(found.address) if found.address else ""
    return Event(kind, address, action, found.text, elapsed, {"diagnostic": found.to_json()})


def _diagnostic(event: Event) -> Diagnostic:
    """What an event tells of a failure; of a journal that an older version wrote, its text."""
    parts = event.more.get("diagnostic")
    try:
        return Diagnostic.from_json(parts) if isinstance(parts, dict) else Diagnostic("", event.message)
    except (TypeError, ValueError, AttributeError):
        return Diagnostic("", event.message)


def planned(event: Event) -> dict[str, int]:
    """How many changes the run is about to make, by `add`, `change`, `import`, `remove` and `forget`, and in all."""
    changes = event.more.get("changes")
    if event.type != "change_summary" or not isinstance(changes, dict) or changes.get("operation") != "plan":
        return {}
    counts = {key: int(changes.get(key, 0)) for key in WORDS.values()}
    return {**counts, TOTAL: int(changes.get(TOTAL, sum(counts.values())))}


@dataclass
class Standing:
    """How far an apply of `total` changes is: addresses with the time they began, and reasons of failures."""

    total: int = 0
    done: int = 0
    running: dict[str, tuple[float, str]] = field(default_factory=dict)
    failed: dict[str, Diagnostic] = field(default_factory=dict)
    settling: dict[str, tuple[float, str]] = field(default_factory=dict)
    """Where AWS goes on by itself because of what was done."""
    unsettled: dict[str, Diagnostic] = field(default_factory=dict)
    """Where that was not over in the end, with the reason."""

    def take(self, event: Event, now: float) -> None:
        """Count an event."""
        if changes := planned(event):
            self.total = changes[TOTAL]
        match event.type:
            case "apply_start":
                self.running[event.address] = (now, event.message)
            case "apply_complete":
                self.running.pop(event.address, None)
                self.done += 1
            case "apply_dropped":
                self.running.pop(event.address, None)
            case "apply_errored":
                self.running.pop(event.address, None)
                self.failed[event.address] = _diagnostic(event)
            case "settle_start":
                began, _ = self.settling.get(event.address, (now, ""))
                self.settling[event.address] = (began, event.message)
            case "settle_complete":
                self.settling.pop(event.address, None)
            case "settle_errored":
                self.settling.pop(event.address, None)
                self.unsettled[event.address] = _diagnostic(event)

    @property
    def at_work(self) -> dict[str, tuple[float, str]]:
        """What is waited for now, with the time it began: changes of ours, and what AWS does by itself."""
        return {**self.running, **self.settling}

    @property
    def waiting(self) -> int:
        """How many changes have not begun."""
        return max(0, self.total - self.done - len(self.failed) - len(self.running))

    @property
    def counts(self) -> dict[str, int]:
        """Everything as numbers."""
        return {
            "running": len(self.running),
            "waiting": self.waiting,
            "done": self.done,
            "failed": len(self.failed),
            "total": self.total,
        }

    def __str__(self) -> str:
        counts = self.counts
        return (
            f"{counts['done']} of {counts['total']} done · running {counts['running']} · waiting {counts['waiting']} · "
            f"failed {counts['failed']}"
        )


class Journal:
    """A new file of events; every line is on disk before the run goes on.

    While it is open the file is locked (flock), so that anybody can tell a run that goes on from one that was killed.
    """

    def __init__(self, path: Path, now: Callable[[], str]) -> None:
        self._path, self._now = path, now
        try:
            descriptor = private_files.opened(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_EXCL)
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        except OSError as error:
            raise LandingError(f"cannot write {path}: {error.strerror}. Nothing was changed") from error
        self._file = os.fdopen(descriptor, "w", encoding="utf-8")

    def __call__(self, event: Event) -> None:
        """Write one event."""
        try:
            self._file.write(json.dumps(event.to_json(self._now())) + "\n")
            self._file.flush()
            os.fsync(self._file.fileno())
        except OSError as error:
            raise LandingError(
                f"cannot write {self._path}: {error.strerror}. What ran was let finish; make room and run apply again"
            ) from error

    def close(self) -> None:
        """No more events."""
        with suppress(OSError):  # a full disk was told of already
            self._file.close()


def is_open(path: Path) -> bool:
    """Whether a process has this journal open."""
    with os.fdopen(private_files.opened(path, os.O_RDONLY), "rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False
