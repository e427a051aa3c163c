"""How reading comes on: one line that is redrawn on a terminal; elsewhere a line now and then while calls wait."""

from __future__ import annotations

from collections.abc import Callable
from typing import TextIO

from landing.core.text import safe
from landing.engine.journal import Listener
from landing.report.log_lines import write
from landing.report.progress import QUEUE, Queued, Ticking, waiting
from landing.report.style import Style

ERASE = "\r\x1b[2K"


class ReadingLine(Ticking):
    """`Reading… 12 of 40 · organizations:DescribePolicy 34 queued, ~17 s at 2/s`, drawn over and over."""

    every = 0.25

    def __init__(self, stream: TextIO, *, style: Style, queued: Queued) -> None:
        self._stream, self._style, self._queued = stream, style, queued
        self._done, self._total, self._what = 0, 0, ""
        self._shown = ""

    def __call__(self, done: int, total: int, what: str) -> None:
        """Take note of (done, total, what was just read)."""
        self._done, self._total, self._what = done, total, what

    def tick(self) -> None:
        """Draw the line, if it has changed."""
        line = self._line()[: self._style.width - 1]
        if line != self._shown:
            self._shown = line
            write(self._stream, f"{ERASE}{line}")

    def close(self) -> None:
        """Take the line away."""
        if self._shown:
            write(self._stream, ERASE)

    def _line(self) -> str:
        far = f"{self._done} of {self._total}" if self._total else "the organization"
        queue = self._queued()
        return self._style.plain(f"Reading… {far}" + (f" · {safe(queue or self._what)}" if queue or self._what else ""))


class ReadingEvents(Ticking):
    """An event at most every ten seconds, and only while calls wait for a bucket."""

    every = 1.0

    def __init__(self, emit: Listener, *, clock: Callable[[], float], queued: Queued) -> None:
        self._emit, self._clock, self._queued = emit, clock, queued
        self._done, self._total = 0, 0
        self._last = clock()

    def __call__(self, done: int, total: int, what: str) -> None:
        """Take note of (done, total, what was just read)."""
        self._done, self._total = done, total

    def tick(self) -> None:
        """Say for what calls wait, if that was not said a moment ago."""
        if self._clock() - self._last < QUEUE:
            return
        if queue := self._queued():
            self._last = self._clock()
            event = waiting(queue, f"Reading, {self._done} of {self._total}; {queue}")
            event.more.update(done=self._done, total=self._total)
            self._emit(event)

    def close(self) -> None:
        """Nothing is left to show."""
