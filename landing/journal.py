"""The record of a run: append-only lines on disk, each one synced; a convenience and an audit trail."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TextIO

from landing.errors import LandingError


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened in an apply; `type` is one of those of Terraform's JSON log (`apply_start`, …)."""

    type: str
    address: str = ""
    action: str = ""
    message: str = ""
    elapsed: float = 0.0
    more: dict[str, Any] = field(default_factory=dict)

    def to_json(self, now: str) -> dict[str, Any]:
        """One line of the JSON log; `now` is ISO 8601."""
        fields = {"address": self.address, "action": self.action, "message": self.message}
        line: dict[str, Any] = {
            "@timestamp": now,
            "@level": "error" if self.type == "apply_errored" else "info",
            "type": self.type,
        }
        line |= {key: value for key, value in fields.items() if value}
        if self.elapsed:
            line["elapsed_seconds"] = round(self.elapsed, 3)
        return line | self.more


Listener = Callable[[Event], None]


class Journal:
    """`events.jsonl` of one run; every line is on disk before the run goes on."""

    def __init__(self, folder: Path, now: Callable[[], str]) -> None:
        self.folder = folder
        self._now = now
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._file: TextIO = (folder / "events.jsonl").open("a", encoding="utf-8")
        except OSError as error:
            raise LandingError(
                f"cannot write the run's record in {folder}: {error.strerror}. Nothing was changed"
            ) from error

    def __call__(self, event: Event) -> None:
        """Write one event."""
        self._file.write(json.dumps(event.to_json(self._now())) + "\n")
        self._file.flush()
        os.fsync(self._file.fileno())

    def close(self) -> None:
        """No more events."""
        self._file.close()
