"""For which of AWS's rates calls wait, and for how long."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Queue:
    """Calls that wait for the bucket of their operation, which lets `rate` of them through a second."""

    operation: tuple[str, str]
    waiting: int
    rate: float

    @property
    def seconds(self) -> float:
        """How long until the last of them is through."""
        return self.waiting / self.rate

    def __str__(self) -> str:
        service, name = self.operation
        return f"{service}:{name} {self.waiting} queued, ~{self.seconds:.0f} s at {self.rate:.3g}/s"


def longest(queued: Iterable[tuple[str, str, int, float]], backlog: Mapping[tuple[str, str], int]) -> Queue | None:
    """The bucket that will keep its calls waiting for longest.

    `queued`: (service, operation, calls that wait, calls a second); `backlog`: calls that are still to come to it too.
    """
    queues = [
        Queue((service, operation), max(count, backlog.get((service, operation), 0)), rate)
        for service, operation, count, rate in queued
    ]
    return max(queues, key=lambda queue: queue.seconds, default=None)
