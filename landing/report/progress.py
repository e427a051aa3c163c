"""How an apply comes on, told line by line; for logs and for pipes."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Protocol, TypeVar

from landing.aws import Queue
from landing.engine.journal import Event, Listener, Standing

HEARTBEAT = 60.0
"""Seconds without a line after which one says that the run is alive."""

QUEUE = 10.0
"""Seconds without a line after which one says for which of AWS's rates calls wait."""

Queued = Callable[[], Queue | None]
"""Tells for what calls are waiting now."""


class Ticking(Protocol):
    """What a pulse can drive."""

    every: float
    """Seconds between two ticks."""

    def tick(self) -> None:
        """Show what has happened since the last tick."""

    def close(self) -> None:
        """Show what is left; nothing more is drawn later on."""


class View(Ticking, Protocol):
    """What shows an apply: told each event by the run, and asked to draw by a pulse."""

    def __call__(self, event: Event) -> None:
        """Take note of an event."""

    def verifying(self, done: int, total: int, what: str) -> None:
        """Take note of how far the second look is."""

    def say(self, text: str) -> None:
        """Show a line of our own, at the next tick: this is safe in a signal handler."""


class Lines:
    """One line an event; another when calls wait for long, and a heartbeat when nothing has happened for a minute."""

    every = 1.0

    def __init__(
        self, total: int, emit: Listener, *, clock: Callable[[], float], queued: Queued = lambda: None
    ) -> None:
        self._standing = Standing(total)
        self._out, self._clock, self._queued = emit, clock, queued
        self._queue: deque[str] = deque()
        self._lock = threading.RLock()
        self._last = clock()

    def __call__(self, event: Event) -> None:
        """Write the event."""
        with self._lock:
            self._standing.take(event, self._clock())
            self._emit(event)

    def verifying(self, done: int, total: int, what: str) -> None:
        """Nothing: the second look is short, and its result is reported."""

    def say(self, text: str) -> None:
        """Have a line written at the next tick."""
        self._queue.append(text)

    def tick(self) -> None:
        """Write what waits to be said, and what is due after a silence."""
        with self._lock:
            while self._queue:
                self._emit(Event("log", message=self._queue.popleft()))
            silence = self._clock() - self._last
            queue = self._queued() if silence >= QUEUE else None
            if queue:
                self._emit(waiting(queue, f"{self._standing}; {queue}"))
            elif self._standing.at_work and silence >= HEARTBEAT:
                address, (began, _) = min(self._standing.at_work.items(), key=lambda item: item[1])
                message = f"still working, {self._standing}, oldest {address} {span(self._clock() - began)}"
                self._emit(Event("apply_progress", message=message, more=self._standing.counts))

    def close(self) -> None:
        """Write what waits to be said."""
        self.tick()

    def _emit(self, event: Event) -> None:
        self._last = self._clock()
        self._out(event)


def waiting(queue: Queue, message: str) -> Event:
    """Says that calls wait for a bucket."""
    service, name = queue.operation
    more = {
        "operation": f"{service}:{name}",
        "queued": queue.waiting,
        "rate": queue.rate,
        "seconds_left": round(queue.seconds),
    }
    return Event("waiting", message=message, more=more)


def span(seconds: float) -> str:
    """A time as `01:10`, or `1:01:10` from an hour on."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes:02}:{rest:02}"


V = TypeVar("V", bound=Ticking)


@contextmanager
def pulse(view: V) -> Iterator[V]:
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
