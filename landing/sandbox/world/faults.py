"""Faults on request: what can go wrong between a client and AWS, by service and operation."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from fnmatch import fnmatchcase
from typing import Any, Literal

FaultKind = Literal["reject", "lose", "throttle", "delay", "stale", "fail"]


@dataclass(slots=True)
class Fault:
    """One thing that goes wrong, for the next `times` calls that match (None: for all of them)."""

    kind: FaultKind
    service: str = "*"
    operation: str = "*"
    times: int | None = 1
    probability: float = 1.0
    after: int = 0
    """How many matching calls go well first."""
    code: str = "InternalFailure"
    message: str = "Injected by the sandbox."
    status: int | None = None
    by: Literal["reset", "error"] = "reset"
    """How an answer is lost: the connection is reset, or HTTP 500."""
    seconds: float = 0

    def matches(self, service: str, operation: str) -> bool:
        """Whether a call is meant; service and operation are globs."""
        return fnmatchcase(service, self.service) and fnmatchcase(operation, self.operation)


@dataclass
class Faults:
    """The faults that are armed. Which call they strike depends on the calls and the seed, never on time."""

    armed: list[Fault] = field(default_factory=list)
    dice: random.Random = field(default_factory=lambda: random.Random(0))  # noqa: S311  (reproducible on purpose)

    def reject(self, service: str, operation: str = "*", *, code: str, **settings: Any) -> None:
        """Refuse with `code` (and `message`, `status`); the call has no effect."""
        self.add(Fault("reject", service, operation, code=code, **settings))

    def fail(self, service: str, operation: str = "*", *, code: str, **settings: Any) -> None:
        """Refuse a call that one of AWS's services makes for another: a resource of a stack is not built, or undone."""
        self.add(Fault("fail", service, operation, code=code, **settings))

    def lose(self, service: str, operation: str = "*", **settings: Any) -> None:
        """Let the call take effect, then lose the answer: `by="reset"` or `by="error"`."""
        self.add(Fault("lose", service, operation, **settings))

    def throttle(self, service: str, operation: str = "*", **settings: Any) -> None:
        """Refuse as AWS does when calls come too fast."""
        self.add(Fault("throttle", service, operation, **settings))

    def delay(self, service: str, operation: str = "*", *, seconds: float, **settings: Any) -> None:
        """Let virtual seconds pass before the call is answered."""
        self.add(Fault("delay", service, operation, seconds=seconds, **settings))

    def stale(self, service: str, operation: str = "*", *, reads: int = 1, **settings: Any) -> None:
        """Answer the next `reads` matching reads as things stood before the last change."""
        self.add(Fault("stale", service, operation, times=reads, **settings))

    def add(self, fault: Fault) -> None:
        """Arm a fault."""
        self.armed.append(fault)

    def clear(self) -> None:
        """Disarm everything."""
        self.armed.clear()

    def seed(self, seed: int) -> None:
        """Start the dice of faults with a probability anew."""
        self.dice.seed(seed)

    def awaits_change(self) -> bool:
        """Whether a stale read is armed, so that what was before the next change must be kept."""
        return any(fault.kind == "stale" for fault in self.armed)

    def strike(self, service: str, operation: str, *kinds: FaultKind) -> Iterator[Fault]:
        """The faults that strike this call; each that does is used up a little."""
        for fault in list(self.armed):
            if fault.kind not in kinds or not fault.matches(service, operation):
                continue
            if fault.after > 0:
                fault.after -= 1
                continue
            if fault.probability < 1 and self.dice.random() >= fault.probability:
                continue
            if fault.times is not None:
                fault.times -= 1
                if fault.times <= 0:
                    self.armed.remove(fault)
            yield fault

    def listed(self) -> list[dict[str, Any]]:
        """What is armed, as plain data."""
        return [asdict(fault) for fault in self.armed]
