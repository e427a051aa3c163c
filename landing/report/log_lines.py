"""A log on a stream, one line an event: as text with the time, or as JSON."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from typing import TextIO

from landing.core.text import safe
from landing.engine.journal import Event, version
from landing.report.style import Style


class TextLines:
    """`TIME address: message`; an event that is for machines alone (`phase_start`) is left out."""

    def __init__(self, stream: TextIO, now: Callable[[], str], style: Style) -> None:
        self._stream, self._now, self._style = stream, now, style

    def __call__(self, event: Event) -> None:
        """Write the event."""
        if event.type == "phase_start":
            return
        subject = f"{safe(event.address)}: " if event.address else ""
        write(self._stream, self._style.plain(f"{self._now()} {subject}{safe(event.message)}") + "\n")


class JsonLines:
    """One object a line, the version first; lines of several threads do not mix."""

    def __init__(self, stream: TextIO, now: Callable[[], str]) -> None:
        self._stream, self._now = stream, now
        self._lock = threading.RLock()
        self(version())

    def __call__(self, event: Event) -> None:
        """Write the event."""
        with self._lock:
            write(self._stream, json.dumps(event.to_json(self._now())) + "\n")


def write(stream: TextIO, text: str) -> None:
    """Write at once; that nobody reads any more must not end an apply half way: its journal goes on."""
    try:
        stream.write(text)
        stream.flush()
    except (OSError, ValueError):
        return
