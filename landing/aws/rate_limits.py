"""Waiting: request rates that AWS documents, slower when AWS says so, and polling with a deadline."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from landing.core.deadlines import shown
from landing.core.errors import TimedOut

Rates = Mapping[tuple[str, str], tuple[float, float]]

UNDOCUMENTED = (10.0, 10.0)
"""(calls a second, burst) of an operation without a documented rate, once AWS has throttled it."""

MARGIN = 1.0
"""Calls of a burst that are not used: calls are on their way for different times, and arrive closer than they left."""

SLOWEST = 1 / 16
"""Of its documented rate, what an operation is slowed to at the most."""

RECOVERY = 1 / 20
"""Of its documented rate, what an answer gives back."""


class Interrupted(Exception):
    """The user asked twice to stop: nothing is waited for any more."""


class NotBegun(Interrupted):
    """The user asked to stop before a change had written anything."""


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

    def poll(
        self, what: str, *, timeout: float, first: float = 0.5, longest: float = 15.0, hint: str = "run again to resume"
    ) -> Iterator[float]:
        """Yield the seconds waited, over and over with growing pauses; raises TimedOut when the time is up.

        What the caller does in between counts too.
        """
        began, waited, pause = self.now(), 0.0, first
        while True:
            yield waited
            waited = max(waited, self.now() - began)
            if waited + pause > timeout:
                raise TimedOut(f"{what} is not done after {shown(timeout)}; {hint}")
            self.sleep(pause)
            waited += pause
            pause = min(pause * 1.5, longest)


@dataclass(slots=True)
class Bucket:
    """A token bucket as two numbers: its present rate, and when the next token would be there, were it empty now."""

    documented: float
    burst: float
    rate: float
    free_at: float = 0.0
    slowed_at: float = float("-inf")


class Pacer:
    """One token bucket per (service, operation), filled at the documented rate as long as AWS agrees.

    Other tools use up the same rates. When AWS throttles all the same, the rate is halved, and grows back with every
    answer (additive increase, multiplicative decrease). An operation without a documented rate has no bucket until
    AWS throttles it.
    """

    def __init__(self, rates: Rates, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._buckets = {key: Bucket(rate, max(1.0, burst - MARGIN), rate) for key, (rate, burst) in rates.items()}
        self.waiting: Counter[tuple[str, str]] = Counter()
        """Calls that wait for a token now."""
        self.waited = 0.0
        """Seconds, all calls together."""

    def wait(self, service: str, operation: str, clock: Clock | None = None) -> None:
        """Return when the call may be made; each attempt at it takes a token. `clock`: to sleep by, if not our own."""
        key = (service, operation)
        with self._lock:
            bucket = self._buckets.get(key)
            if bucket is None:
                return
            now, each = self._clock.now(), 1 / bucket.rate
            free_at = max(bucket.free_at, now - (bucket.burst - 1) * each)
            bucket.free_at = free_at + each
            delay = max(0.0, free_at - now)
            self.waited += delay
            self.waiting[key] += bool(delay)
        if delay:
            try:
                (clock or self._clock).sleep(delay)
            finally:
                with self._lock:
                    self.waiting[key] -= 1

    def answered(self, service: str, operation: str, *, throttled: bool) -> None:
        """AWS has answered an attempt: slow down at once when it was throttled, else speed up again by a little."""
        with self._lock:
            bucket = self._buckets.get((service, operation))
            if bucket is None:
                if not throttled:
                    return
                bucket = self._buckets[service, operation] = Bucket(*UNDOCUMENTED, UNDOCUMENTED[0])
            now = self._clock.now()
            if not throttled:
                bucket.rate = min(bucket.documented, bucket.rate + bucket.documented * RECOVERY)
            elif now - bucket.slowed_at >= 1 / bucket.rate:  # the answers to one burst count once
                bucket.rate = max(bucket.documented * SLOWEST, bucket.rate / 2)
                bucket.slowed_at = now
                bucket.free_at = max(bucket.free_at, now + 1 / bucket.rate)

    def queued(self) -> Iterator[tuple[str, str, int, float]]:
        """(service, operation, calls that wait, calls a second) of every bucket that somebody waits for."""
        with self._lock:
            found = [(*key, count, self._buckets[key].rate) for key, count in self.waiting.items() if count]
        yield from sorted(found)
