"""Bad weather: what goes wrong by chance between a client and AWS, the same for the same seed and calls.

What becomes of a call depends on the seed, its operation and how many such calls there were in its account and
Region, so that threads which overtake each other do not change everything after them.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Literal

from landing.core.operation_names import READING
from landing.sandbox.endpoint.gateway import THROTTLED
from landing.sandbox.protocol.refusal import Refusal

FaultKind = Literal["error", "late_error", "reset", "hang", "late_hang", "throttle", "concurrent", "busy", "stale"]

STACK_SET_WRITES = frozenset({
    "UpdateStackSet", "DeleteStackSet", "CreateStackInstances", "UpdateStackInstances", "DeleteStackInstances",
    "DetectStackSetDrift",
})  # fmt: skip
"""Operations that answer OperationInProgressException while another operation of the set runs (API reference)."""

BEFORE = frozenset({"error", "hang", "throttle", "concurrent", "busy"})
"""The call has no effect."""
AFTER = frozenset({"late_error", "reset", "late_hang"})
"""The call takes effect, and the caller does not hear so."""
KINDS: tuple[FaultKind, ...] = (
    "error", "late_error", "reset", "hang", "late_hang", "throttle", "concurrent", "busy", "stale",
)  # fmt: skip


def is_read(operation: str) -> bool:
    """Whether the operation changes nothing, by its name."""
    return operation.startswith(READING)


@dataclass
class Weather:
    """Each call is struck with this probability, by one of the kinds that can happen to it, evenly.

    `stale`: a write is hidden from the next `reads` reads of its service, as by eventual consistency.
    """

    probability: float
    seed: int = 0
    kinds: Collection[FaultKind] = KINDS
    services: Collection[str] = ()
    """Only these; empty for all."""
    reads: int = 2
    struck: Counter[str] = field(default_factory=Counter)
    _calls: Counter[tuple[str, ...]] = field(default_factory=Counter)

    def fate(self, service: str, operation: str, *where: str) -> FaultKind | None:
        """What becomes of the next call."""
        call = (service, operation, *where)
        self._calls[call] += 1
        dice = random.Random(f"{self.seed} {call} {self._calls[call]}")
        if dice.random() >= self.probability:
            return None
        possible = [kind for kind in KINDS if kind in self.kinds and self._can(kind, service, operation)]
        if not possible or (self.services and service not in self.services):
            return None
        kind = dice.choice(possible)
        self.struck[kind] += 1
        return kind

    def _can(self, kind: FaultKind, service: str, operation: str) -> bool:
        if kind == "concurrent":
            return service == "organizations" and not is_read(operation)
        if kind == "busy":
            return service == "cloudformation" and operation in STACK_SET_WRITES
        if kind in ("late_error", "reset", "late_hang", "stale"):
            return not is_read(operation)
        return True


def refusal(kind: FaultKind, service: str) -> Refusal:
    """What AWS answers."""
    if kind == "throttle":
        code, status = THROTTLED.get(service, ("ThrottlingException", 400))
        return Refusal(code, "Rate exceeded", status)
    if kind == "concurrent":
        return Refusal("ConcurrentModificationException", "The target of the operation is being modified.", 400)
    if kind == "busy":
        return Refusal("OperationInProgressException", "Another operation on the stack set is in progress.", 409)
    return Refusal("InternalFailure", "An internal error occurred.", 500)
