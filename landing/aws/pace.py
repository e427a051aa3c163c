"""Waiting: token buckets for AWS's documented request rates, and polling with a deadline."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from landing.errors import AwsError

Rates = Mapping[tuple[str, str], tuple[float, float]]


class Interrupted(Exception):
    """The user asked twice to stop: nothing is waited for any more."""


@dataclass
class Clock:
    """Time and sleep, passed in so that tests and the sandbox need not wait; `hurry` ends every sleep."""

    now: Callable[[], float] = time.monotonic
    hurry: threading.Event = field(default_factory=threading.Event)
    pace: float = 1.0

    def sleep(self, seconds: float) -> None:
        """Sleep, unless told to hurry; raises Interrupted when that has happened."""
        if self.hurry.wait(seconds * self.pace):
            raise Interrupted

    def poll(self, what: str, *, timeout: float, first: float = 0.5, longest: float = 15.0) -> Iterator[float]:
        """Yield the seconds waited, over and over with growing pauses; raises AwsError when the time is up."""
        waited, pause = 0.0, first
        while True:
            yield waited
            if waited + pause > timeout:
                raise AwsError("Timeout", f"{what} is not done after {timeout:.0f} s; run again to resume")
            self.sleep(pause)
            waited += pause
            pause = min(pause * 1.5, longest)


class Pacer:
    """One token bucket per (service, operation); an operation without a documented rate is not held back."""

    def __init__(self, rates: Rates, clock: Clock) -> None:
        self._rates = rates
        self._clock = clock
        self._lock = threading.Lock()
        self._free_at: dict[tuple[str, str], float] = {}
        self.waited = 0.0

    def wait(self, service: str, operation: str) -> None:
        """Return when the call may be made."""
        rate = self._rates.get((service, operation))
        if rate is None:
            return
        each, burst = 1 / rate[0], rate[1]
        with self._lock:
            now = self._clock.now()
            # The bucket as one number: when the next token would be there, were the bucket empty now.
            free_at = max(self._free_at.get((service, operation), 0.0), now - (burst - 1) * each)
            self._free_at[service, operation] = free_at + each
            delay = max(0.0, free_at - now)
            self.waited += delay
        if delay:
            self._clock.sleep(delay)
