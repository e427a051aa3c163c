"""What is counted at the door, from botocore's events alone; time passes only when the test says so."""

from __future__ import annotations

from contextlib import suppress
from types import SimpleNamespace
from typing import Any

from botocore.hooks import HierarchicalEmitter

from landing.aws import Interrupted, Setback, Tally, Use
from landing.aws.queue import longest
from landing.organization import Organization
from landing.sandbox import Sandbox
from tests.cloud import QuickAws

LIST = ("organizations", "ListAccounts")


class Botocore:
    """Emits what botocore emits of a call, an attempt, an answer."""

    def __init__(self) -> None:
        self.seconds = 50.0
        self.tally = Tally(lambda: self.seconds)
        self._emitter = HierarchicalEmitter()
        self.tally.listen(self._emitter)

    def call(self, *answers: tuple[float, str | Exception], operation: tuple[str, str] = LIST) -> None:
        context: dict[str, Any] = {}
        service, name = operation
        model = SimpleNamespace(service_model=SimpleNamespace(service_name=service), name=name)
        self.emit(f"before-call.{service}.{name}", model=model, context=context)
        for seconds, answer in answers:
            self.emit(f"request-created.{service}.{name}", request=SimpleNamespace(context=context))
            self.seconds += seconds
            wrong = isinstance(answer, Exception)
            status = 400 if answer else 200
            parsed = {"Error": {"Code": answer}, "ResponseMetadata": {"HTTPStatusCode": status}}
            self.emit(
                f"response-received.{service}.{name}",
                context=context,
                parsed_response=None if wrong else parsed,
                exception=answer if wrong else None,
            )
            self.seconds += 100  # before it is tried again
        self.emit(f"after-call.{service}.{name}", context=context)

    def emit(self, name: str, **event: Any) -> None:
        assert all(answer is None for _, answer in self._emitter.emit(name, **event))


def test_calls_throttles_retries_and_seconds_by_operation() -> None:
    aws = Botocore()
    aws.call((0.5, ""))
    aws.call((1.0, "TooManyRequestsException"), (2.0, ConnectionResetError()), (0.25, ""))
    aws.call((3.0, "AccessDenied"), operation=("iam", "GetRole"))
    assert aws.tally.uses == {
        ("iam", "GetRole"): Use(1, 0, 0, 3.0, 3.0),
        LIST: Use(2, 1, 2, 3.75, 3.25),
    }
    assert aws.tally.total == Use(3, 1, 2, 6.75, 3.25)
    assert str(aws.tally.total) == "3 calls, 1 throttled"
    assert list(aws.tally.uses) == sorted(aws.tally.uses)


def test_only_attempts_that_are_repeated_are_told() -> None:
    aws, told = Botocore(), []
    aws.tally.on_setback = told.append
    aws.call((1, "TooManyRequestsException"), (1, ConnectionResetError("secret")), (1, "AccessDenied"))
    assert told == [Setback(LIST, 1, "TooManyRequestsException"), Setback(LIST, 2, "ConnectionResetError")]
    assert [str(each) for each in told] == [
        "organizations:ListAccounts throttled at attempt 1: TooManyRequestsException",
        "organizations:ListAccounts failed at attempt 2: ConnectionResetError",
    ]


def test_waiting_for_a_bucket_is_counted_apart() -> None:
    aws = Botocore()
    with suppress(Interrupted), aws.tally.waiting(*LIST):
        aws.seconds += 7
        raise Interrupted
    assert aws.tally.uses == {LIST: Use(waited=7.0)}


def test_the_longest_queue_counts_what_is_still_to_come() -> None:
    queued = [(*LIST, 3, 8.0), ("organizations", "DescribePolicy", 2, 2.0)]
    assert longest([], {LIST: 40}) is None, "nothing waits"
    assert str(longest(queued, {})) == "organizations:DescribePolicy 2 queued, ~1 s at 2/s"
    assert str(longest(queued, {LIST: 40})) == "organizations:ListAccounts 40 queued, ~5 s at 8/s"


def test_the_door_counts_what_botocore_does(full: Organization) -> None:
    with Sandbox(organization=True) as sandbox:
        aws = QuickAws(full)
        sandbox.faults.throttle("organizations", "ListRoots")
        told: list[Setback] = []
        aws.tally.on_setback = told.append
        aws.client("organizations").list_roots()
    use = aws.tally.uses["organizations", "ListRoots"]
    assert (use.calls, use.throttled, use.retried) == (1, 1, 1)
    assert use.seconds > 0
    assert aws.calls == {("organizations", "ListRoots"): 1}
    assert [str(each) for each in told] == ["organizations:ListRoots throttled at attempt 1: TooManyRequestsException"]
