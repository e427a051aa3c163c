"""How an apply comes on, told line by line: as text with the time, or as JSON; for logs and for pipes."""

from __future__ import annotations

import json
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Protocol, TextIO

from landing import __version__
from landing.journal import Event
from landing.report.style import Style, safe

HEARTBEAT = 60.0
"""Seconds without a line after which one says that the run is alive."""


class View(Protocol):
    """What shows an apply: told each event by the run, and asked to draw by a pulse."""

    every: float
    """Seconds between two ticks."""

    def __call__(self, event: Event) -> None:
        """Take note of an event."""

    def verifying(self, done: int, total: int, what: str) -> None:
        """Take note of how far the second look is."""

    def say(self, text: str) -> None:
        """Show a line of our own, at the next tick: this is safe in a signal handler."""

    def tick(self) -> None:
        """Show what has happened since the last tick."""

    def close(self) -> None:
        """Show what is left; nothing more is drawn later on."""


@dataclass
class Tally:
    """What an apply of `total` changes is doing: addresses with the time they began, and reasons of failures."""

    total: int
    done: int = 0
    running: dict[str, tuple[float, str]] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)

    def take(self, event: Event, now: float) -> None:
        """Count an event."""
        match event.type:
            case "apply_start":
                self.running[event.address] = (now, event.message)
            case "apply_complete":
                self.running.pop(event.address, None)
                self.done += 1
            case "apply_errored":
                self.running.pop(event.address, None)
                self.failed[event.address] = event.message

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


class Lines:
    """One line an event; and a heartbeat when nothing has happened for a minute."""

    every = 1.0

    def __init__(
        self,
        total: int,
        stream: TextIO,
        *,
        style: Style,
        clock: Callable[[], float],
        now: Callable[[], str],
        as_json: bool = False,
    ) -> None:
        self._tally = Tally(total)
        self._stream, self._style, self._clock, self._now, self._json = stream, style, clock, now, as_json
        self._queue: deque[str] = deque()
        self._lock = threading.RLock()
        self._last = clock()
        if as_json:
            self._emit(Event("version", message=f"landing {__version__}", more={"landing": __version__, "ui": "1.0"}))

    def __call__(self, event: Event) -> None:
        """Write the event."""
        with self._lock:
            self._tally.take(event, self._clock())
            self._emit(event)

    def verifying(self, done: int, total: int, what: str) -> None:
        """Nothing: the second look is short, and its result is reported."""

    def say(self, text: str) -> None:
        """Have a line written at the next tick."""
        self._queue.append(text)

    def tick(self) -> None:
        """Write what waits to be said, and the heartbeat when it is due."""
        with self._lock:
            while self._queue:
                self._emit(Event("log", message=self._queue.popleft()))
            if self._tally.running and self._clock() - self._last >= HEARTBEAT:
                address, (began, _) = min(self._tally.running.items(), key=lambda item: item[1])
                message = f"still working, {self._tally}, oldest {address} {span(self._clock() - began)}"
                self._emit(Event("apply_progress", message=message, more=self._tally.counts))

    def close(self) -> None:
        """Write what waits to be said."""
        self.tick()

    def _emit(self, event: Event) -> None:
        self._last = self._clock()
        if self._json:
            line = json.dumps(event.to_json(self._now()))
        else:
            subject = f"{safe(event.address)}: " if event.address else ""
            line = self._style.plain(f"{self._now()} {subject}{safe(event.message)}")
        write(self._stream, line + "\n")


def write(stream: TextIO, text: str) -> None:
    """Write at once; that nobody reads any more must not end an apply half way: its journal goes on."""
    try:
        stream.write(text)
        stream.flush()
    except (OSError, ValueError):
        return


def span(seconds: float) -> str:
    """A time as `01:10`, or `1:01:10` from an hour on."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes:02}:{rest:02}"


@contextmanager
def pulse(view: View) -> Iterator[View]:
    """Let the view tick on a thread of its own; close it in the end."""
    stopped = threading.Event()

    def beat() -> None:
        while not stopped.wait(view.every):
            view.tick()

    thread = threading.Thread(target=beat, name="view", daemon=True)
    thread.start()
    try:
        yield view
    finally:
        stopped.set()
        thread.join()
        view.close()
