"""Virtual time: what AWS does in the background happens here by calls made, never by waiting."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

SECONDS_PER_CALL = 1
PATIENCE = 300
"""Virtual seconds after which background work ends even if nobody asks after it."""


@dataclass(order=True, slots=True)
class Job:
    """Background work: done when its time has come or when it was asked after often enough."""

    due: float
    number: int
    thing: Hashable = field(compare=False)
    polls: int = field(compare=False)
    then: Callable[..., None] = field(compare=False)
    arguments: tuple[Any, ...] = field(compare=False)
    done: bool = field(compare=False, default=False)


@dataclass
class Clock:
    """The time of a world and what is still to happen in it."""

    start: datetime
    seconds: float = 0
    latency: int = 1
    """How often a poll is answered "in progress" before the thing asked after is finished."""
    jobs: list[Job] = field(default_factory=list)
    waiting: dict[Hashable, list[Job]] = field(default_factory=dict)
    count: int = 0

    @property
    def now(self) -> datetime:
        """The virtual time."""
        return self.start + timedelta(seconds=self.seconds)

    def later(
        self,
        then: Callable[..., None],
        *arguments: Any,
        thing: Hashable,
        seconds: float = PATIENCE,
        polls: int | None = None,
    ) -> None:
        """Have `then(world, *arguments)` called once `thing` was polled often enough, or after `seconds`.

        `then` is a function of a module, because a snapshot keeps it by name; the world is the one that `tick`,
        `advance` or `poll` is given.
        """
        self.count += 1
        polls = self.latency + 1 if polls is None else polls
        job = Job(self.seconds + seconds, self.count, thing, polls, then, arguments)
        heapq.heappush(self.jobs, job)
        self.waiting.setdefault(thing, []).append(job)

    def tick(self, world: object) -> None:
        """Let the time of one call pass."""
        self.advance(world, SECONDS_PER_CALL)

    def advance(self, world: object, seconds: float) -> None:
        """Let virtual time pass; work that becomes due is done in the order of its time."""
        until = self.seconds + seconds
        while self.jobs and self.jobs[0].due <= until:
            job = heapq.heappop(self.jobs)
            if not job.done:
                self.seconds = max(self.seconds, job.due)
                self._do(world, job)
        self.seconds = until

    def poll(self, world: object, thing: Hashable) -> None:
        """Someone asks after `thing`: it comes closer, and work whose turn has come is done at once."""
        for job in list(self.waiting.get(thing, ())):
            job.polls -= 1
            if job.polls <= 0:
                self._do(world, job)

    def forget(self, thing: Hashable) -> None:
        """Call off what was to happen to `thing`."""
        for job in self.waiting.pop(thing, ()):
            job.done = True

    def is_waiting(self, thing: Hashable) -> bool:
        """Whether something is still to happen to `thing`."""
        return thing in self.waiting

    def _do(self, world: object, job: Job) -> None:
        job.done = True
        jobs = self.waiting.get(job.thing, [])
        jobs.remove(job)
        if not jobs:
            self.waiting.pop(job.thing, None)
        while self.jobs and self.jobs[0].done:
            heapq.heappop(self.jobs)
        job.then(world, *job.arguments)
