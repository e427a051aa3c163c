"""The sandbox's gateway with rates, weather, latency, and a sudden end of the caller."""

from __future__ import annotations

import pickle
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from landing.sandbox.endpoint.gateway import AnswerLost, Gateway
from landing.sandbox.protocol.http import HttpAnswer, HttpRequest
from landing.sandbox.protocol.model import Operation
from landing.sandbox.protocol.refusal import Refusal
from landing.sandbox.world import Identity, World
from tests.simulated.rates import REFUSALS, Buckets
from tests.simulated.weather import AFTER, BEFORE, Weather, is_read, refusal


@dataclass
class Death:
    """`kill` is called at the write of this number (from 0 on): before it, or when it has taken effect."""

    write: int
    after_effect: bool
    kill: Callable[[], None]


class SimulatedGateway(Gateway):
    """Counts calls and throttles; nobody waits for latency while holding the lock."""

    def __init__(self, world: World, *, sleep: Callable[[float], None] = time.sleep) -> None:
        super().__init__(world)
        self.latency = 0.0
        """Seconds that every answer takes longer."""
        self.hang = 0.0
        """Seconds after which a caller that gets no answer is hung up on. botocore's time-out cannot be set from
        outside the process, so it is not waited for; a hang-up is tried again just as a time-out is."""
        self.buckets: Buckets | None = None
        self.weather: Weather | None = None
        self.death: Death | None = None
        self.after_write: Callable[[], None] | None = None
        """Told of every write that has taken effect."""
        self.calls: Counter[tuple[str, str]] = Counter()
        """Every call from outside, those that were throttled too."""
        self.throttles: Counter[tuple[str, str]] = Counter()
        self.writes = 0
        self._sleep = sleep
        self._hidden: dict[str, list[Any]] = {}
        """Service to [the world before the write that is hidden, reads that do not see it yet]."""

    def reset_counts(self) -> None:
        """Count anew."""
        with self.lock:
            self.calls.clear()
            self.throttles.clear()
            self.writes = 0

    def calm(self) -> None:
        """Good weather from now on, and everything is visible."""
        with self.lock:
            self.weather = None
            self._hidden.clear()

    def answer(self, request: HttpRequest) -> HttpAnswer:
        """The answer, after the latency; raises `AnswerLost` when there is none."""
        if self.latency:
            self._sleep(self.latency)
        try:
            return super().answer(request)
        except AnswerLost:
            if self.hang:
                self._sleep(self.hang)
            raise

    def _call(self, request: HttpRequest, operation: Operation, caller: Identity, region: str) -> HttpAnswer:
        service, name = names = operation.service, operation.name
        self.calls[names] += 1
        if self.buckets is not None and not self.buckets.take(service, name, caller.account, region):
            self.throttles[names] += 1
            raise Refusal(*_rate_exceeded(service))
        fate = self.weather.fate(service, name, caller.account, region) if self.weather else None
        if fate == "hang":
            raise AnswerLost(f"{service}:{name}")
        if fate in BEFORE:
            raise refusal(fate, service)
        if fate == "stale":
            assert self.weather is not None
            self._hidden[service] = [pickle.dumps(vars(self.world)), self.weather.reads]
        is_write = not is_read(name)
        self._die(is_write, after_effect=False)
        answer = super()._call(request, operation, caller, region)
        self._die(is_write, after_effect=True)
        self.writes += is_write
        if is_write and self.after_write is not None:
            self.after_write()
        if fate == "late_error":
            raise refusal(fate, service)
        if fate in AFTER:
            raise AnswerLost(f"{service}:{name}")
        return answer

    def _die(self, is_write: bool, *, after_effect: bool) -> None:
        death = self.death
        if death and is_write and death.after_effect == after_effect and death.write == self.writes:
            death.kill()
            raise AnswerLost("nobody is there any more")

    def _carry_out(self, request: HttpRequest, operation: Operation, caller: Identity, region: str) -> HttpAnswer:
        """A read of what is hidden sees the world before; only our services' state, not what moto keeps.

        Time does not pass in that other world, and polls there bring nothing closer: what is done in the background
        would be done again, in moto.
        """
        hidden = self._hidden.get(operation.service)
        if hidden is None or not is_read(operation.name):
            return super()._carry_out(request, operation, caller, region)
        hidden[1] -= 1
        if hidden[1] <= 0:
            del self._hidden[operation.service]
        now = self.world
        before: World = object.__new__(World)
        vars(before).update(pickle.loads(hidden[0]))
        before.clock.jobs, before.clock.waiting = [], {}
        self.world = before
        try:
            return self._execute(request, operation, caller, region)
        finally:
            self.world = now


def _rate_exceeded(service: str) -> tuple[str, str, int]:
    code, status = REFUSALS[service]
    return code, "Rate exceeded", status
