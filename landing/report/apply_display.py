"""How an apply comes on, on a terminal: what runs and what failed is redrawn, what is settled scrolls up."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterator
from typing import TextIO

from rich.console import Console
from rich.live import Live as Redrawn
from rich.text import Text

from landing.core.model import Action
from landing.core.text import safe
from landing.engine.journal import Event, Standing
from landing.report.progress import Queued, span
from landing.report.style import Style
from landing.services.registry import KINDS

SPARE = 6
"""Lines of the terminal that are left alone."""

DONE = {"create": "created", "update": "updated", "adopt": "adopted", "forget": "forgotten"}


def _done(event: Event) -> str:
    kind = event.address.partition(".")[0]
    endings = {each.name: each.ending for each in KINDS} if event.action == Action.DELETE else {}
    return endings.get(kind) or DONE.get(event.action, event.action)


class _Terminal(Console):
    def on_broken_pipe(self) -> None:
        """Go on in silence: rich would end the process, and with it an apply half way."""
        self.quiet = True


class Live:
    """At most four redraws a second, of at most the terminal's height less six rows."""

    every = 0.25

    def __init__(
        self,
        total: int,
        stream: TextIO,
        *,
        style: Style,
        clock: Callable[[], float],
        size: tuple[int, int] | None = None,
        queued: Queued = lambda: None,
    ) -> None:
        self._standing, self._style, self._clock, self._queued = Standing(total), style, clock, queued
        self._queue: deque[Text] = deque()
        self._lock = threading.RLock()
        self._verifying = ""
        self._began = clock()
        width, height = size or (None, None)
        self._console = _Terminal(
            file=stream,
            force_terminal=True,
            force_interactive=True,
            no_color=not style.colour,
            highlight=False,
            markup=False,
            emoji=False,
            width=width,
            height=height,
        )
        self._live = Redrawn(
            console=self._console, auto_refresh=False, transient=True, redirect_stdout=False, redirect_stderr=False
        )

    def __call__(self, event: Event) -> None:
        """Take note; it is drawn at the next tick."""
        with self._lock:
            self._standing.take(event, self._clock())
            if event.type == "apply_complete":
                self._queue.append(self._line("✓", event.address, f"{_done(event):<10} {span(event.elapsed)}", "green"))
            elif event.type == "settle_complete":
                self._queue.append(self._line("✓", event.address, f"{'settled':<10} {span(event.elapsed)}", "green"))
            elif event.type in ("apply_errored", "settle_errored"):
                self._queue.append(self._line("✗", event.address, event.message, "red"))

    def verifying(self, done: int, total: int, what: str) -> None:
        """Say below the rows how far the second look is."""
        self._verifying = f"verifying {done} of {total}"

    def say(self, text: str) -> None:
        """Have a line scroll up at the next tick."""
        self._queue.append(self._text(text))

    def tick(self) -> None:
        """Draw once: with what has settled since, or without."""
        with self._lock:
            settled = list(self._queue)
            for _ in settled:
                self._queue.popleft()
            try:
                self._live.start()
                self._live.update(Text("\n").join(self.rows()))
                with self._console:  # all of it in one write
                    if settled:
                        self._console.print(Text("\n").join(settled), soft_wrap=True)
                    self._live.refresh()
            except (OSError, ValueError):
                return  # nobody looks any more; the journal goes on

    def close(self) -> None:
        """Let the last settled rows scroll up, and take the others away."""
        self.tick()
        with self._lock:
            try:
                self._live.stop()
            except (OSError, ValueError):
                return

    def rows(self) -> list[Text]:
        """What is drawn now: failures, what has been running longest, and the counts."""
        width, height = self._console.size
        queue = self._queued()
        room = max(3, height - SPARE) - 1 - bool(queue)
        failed = list(self._standing.failed.items())
        running = sorted(self._standing.at_work.items(), key=lambda item: (item[1], item[0]))
        most = room if not running else max(1, room // 2)
        failures = [self._line("✗", address, found.text, "red") for address, found in failed[-most:]]
        rows = failures + list(self._running(running, room - len(failures)))
        rows += [self._text(str(queue), "dim")] if queue else []
        rows.append(self._text(" · ".join(self._footer()), "dim"))
        for row in rows:
            row.truncate(width, overflow="ellipsis" if not self._style.ascii else "crop")
        return rows

    def _running(self, running: list[tuple[str, tuple[float, str]]], room: int) -> Iterator[Text]:
        shown = running if len(running) <= room else running[: max(0, room - 1)]
        for address, (began, message) in shown:
            yield self._line("●", address, f"{message:<15} {span(self._clock() - began)}", "cyan")
        if len(shown) < len(running):
            yield self._text(f"  … {len(running) - len(shown)} more running", "dim")

    def _footer(self) -> Iterator[str]:
        yield str(self._standing)
        yield span(self._clock() - self._began)
        if self._verifying:
            yield self._verifying
        elif self._standing.running:
            yield "Ctrl-C stops after what is running"
        elif self._standing.settling:
            yield "Ctrl-C stops waiting: AWS goes on"

    def _line(self, sign: str, address: str, what: str, colour: str) -> Text:
        line = Text(self._style.plain(sign), style=colour, no_wrap=True)
        line.append(self._style.plain(f" {safe(address):<46}  {safe(what)}"), style="default")
        return line

    def _text(self, text: str, style: str = "") -> Text:
        return Text(self._style.plain(safe(text)), style=style, no_wrap=True)
