"""What is asked of AWS, by operation: calls, throttled answers, retries, and seconds of AWS's and of waiting."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from landing.aws.causes import cause_of
from landing.core.errors import Cause

if TYPE_CHECKING:
    from botocore.session import Session

Operation = tuple[str, str]
"""(service, operation), as botocore names them."""

CALL = "landing.call"
"""Where a call's own count stands in botocore's request context."""


@dataclass(slots=True)
class Use:
    """What one operation, or all of them, has cost; times in seconds.

    `seconds`: until AWS answered, all attempts of a call together; `waited`: before our own buckets.
    """

    calls: int = 0
    throttled: int = 0
    retried: int = 0
    seconds: float = 0.0
    longest: float = 0.0
    waited: float = 0.0

    def __add__(self, other: Use) -> Use:
        return Use(
            self.calls + other.calls,
            self.throttled + other.throttled,
            self.retried + other.retried,
            self.seconds + other.seconds,
            max(self.longest, other.longest),
            self.waited + other.waited,
        )

    def __str__(self) -> str:
        return f"{self.calls} call{'s' * (self.calls != 1)}, {self.throttled} throttled"

    def to_json(self) -> dict[str, Any]:
        """The numbers, times to the millisecond."""
        return {name: round(value, 3) for name, value in asdict(self).items()}


@dataclass(frozen=True, slots=True)
class Setback:
    """An attempt after which botocore may try again; nothing of the request but its name."""

    operation: Operation
    attempt: int
    code: str
    """AWS's error code, or the name of the connection's error."""

    def __str__(self) -> str:
        service, name = self.operation
        what = "throttled" if cause_of(service, self.code) is Cause.THROTTLED else "failed"
        return f"{service}:{name} {what} at attempt {self.attempt}: {self.code}"


@dataclass(slots=True)
class _Call:
    operation: Operation
    sent: float = 0.0
    seconds: float = 0.0
    attempts: int = 0
    setback: Setback | None = None


class Tally:
    """Fed by botocore's events of each session it listens to; may be read at any time from any thread.

    `now`: seconds of a clock that only goes forward.
    """

    def __init__(self, now: Callable[[], float]) -> None:
        self.calls: Counter[Operation] = Counter()
        """Calls by operation, those refused at the door too."""
        self.writes = 0
        """Calls that change something."""
        self.on_setback: Callable[[Setback], None] | None = None
        """Told of each attempt that botocore repeats, from the thread that made it."""
        self._now = now
        self._lock = threading.Lock()
        self._uses: dict[Operation, Use] = {}

    @property
    def uses(self) -> dict[Operation, Use]:
        """What each operation has cost so far, in the order of their names."""
        with self._lock:
            return {operation: Use() + use for operation, use in sorted(self._uses.items())}

    @property
    def total(self) -> Use:
        """What all of it has cost."""
        return sum(self.uses.values(), Use())

    @contextmanager
    def waiting(self, service: str, operation: str) -> Iterator[None]:
        """An attempt waits for its bucket for as long as the block takes."""
        began = self._now()
        try:
            yield
        finally:
            with self._lock:
                self._uses.setdefault((service, operation), Use()).waited += self._now() - began

    def listen(self, session: Session) -> None:
        """Count what is called by way of a session."""
        session.register("before-call", self._begin)
        session.register("request-created", self._sent)
        session.register("response-received", self._answered)
        session.register("after-call", self._end)
        session.register("after-call-error", self._end)

    def _begin(self, **event: Any) -> None:
        model = event["model"]
        event["context"][CALL] = _Call((model.service_model.service_name, model.name))

    def _sent(self, **event: Any) -> None:
        """An attempt has waited for its bucket, and goes out: what it takes from here on is AWS's."""
        call: _Call | None = event["request"].context.get(CALL)
        if call is not None:
            call.sent = self._now()

    def _answered(self, **event: Any) -> None:
        call: _Call | None = event["context"].get(CALL)
        if call is None:
            return
        if call.setback and self.on_setback:
            self.on_setback(call.setback)  # it was tried again, so it was one
        call.attempts += 1
        call.seconds += self._now() - call.sent
        code = _code(event)
        call.setback = Setback(call.operation, call.attempts, code) if code else None
        if code and cause_of(call.operation[0], code) is Cause.THROTTLED:
            with self._lock:
                self._uses.setdefault(call.operation, Use()).throttled += 1

    def _end(self, **event: Any) -> None:
        call: _Call | None = event["context"].pop(CALL, None)
        if call is None:
            return
        with self._lock:
            use = self._uses.setdefault(call.operation, Use())
            use.calls += 1
            use.retried += max(0, call.attempts - 1)
            use.seconds += call.seconds
            use.longest = max(use.longest, call.seconds)


def _code(event: dict[str, Any]) -> str:
    """AWS's error code, or the name of what went wrong on the way; empty for a good answer."""
    if event["exception"] is not None:
        return type(event["exception"]).__name__
    answer = event["parsed_response"] or {}
    if answer.get("ResponseMetadata", {}).get("HTTPStatusCode", 200) < 300:
        return ""
    return str(answer.get("Error", {}).get("Code", ""))
