"""Request rates: kept to as documented, halved when AWS throttles, and growing back."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from landing.aws.rate_limits import Clock, Interrupted, Pacer
from landing.core.quotas import RATES
from tests.simulated.rates import ACCOUNT_TABLE, Buckets

KEY = ("organizations", "DescribePolicy")


@dataclass
class Watch(Clock):
    """A clock that moves only when somebody sleeps."""

    at: float = 100.0
    slept: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.now = lambda: self.at

    def sleep(self, seconds: float) -> None:
        if self.hurry.is_set():
            raise Interrupted
        self.at += seconds
        self.slept.append(seconds)


@pytest.fixture
def watch() -> Watch:
    return Watch()


def _calls(pacer: Pacer, watch: Watch, number: int, key: tuple[str, str] = KEY) -> float:
    started = watch.at
    for _ in range(number):
        pacer.wait(*key)
    return watch.at - started


def test_calls_keep_to_the_rate_and_to_the_burst_but_one(watch: Watch) -> None:
    assert _calls(Pacer({KEY: (2.0, 4.0)}, watch), watch, 23) == pytest.approx(10.0)


def test_an_operation_without_a_documented_rate_is_not_held_back(watch: Watch) -> None:
    assert _calls(Pacer({}, watch), watch, 1_000) == 0


def test_no_documented_rate_of_ours_is_faster_than_aws_admits(watch: Watch) -> None:
    """At the rates of `landing.core.quotas`, the buckets of the simulated AWS refuse nothing."""
    pacer, buckets = Pacer(RATES, watch), Buckets(lambda: watch.at)
    for service, operation in RATES:
        for _ in range(100):
            pacer.wait(service, operation)
            assert buckets.take(service, operation, "123456789012", "us-east-1"), operation


def test_everything_that_is_documented_for_organizations_is_paced_where_landing_calls_it() -> None:
    called = {"ListAccounts", "DescribePolicy", "ListTargetsForPolicy", "CreateAccount", "MoveAccount", "TagResource"}
    for operation in called:
        assert RATES["organizations", operation] == ACCOUNT_TABLE["organizations", operation]


def test_a_throttled_answer_halves_the_rate_once_for_all_of_a_burst(watch: Watch) -> None:
    pacer = Pacer({KEY: (8.0, 2.0)}, watch)
    for _ in range(5):
        pacer.answered(*KEY, throttled=True)
    assert _calls(pacer, watch, 5) == pytest.approx(5 / 4.0, abs=0.3)
    pacer.answered(*KEY, throttled=True)
    assert _calls(pacer, watch, 8) == pytest.approx(8 / 2.0, abs=0.6)


def test_the_rate_never_falls_below_a_sixteenth(watch: Watch) -> None:
    pacer = Pacer({KEY: (16.0, 1.0)}, watch)
    for _ in range(20):
        watch.at += 10
        pacer.answered(*KEY, throttled=True)
    assert _calls(pacer, watch, 11) == pytest.approx(11.0, abs=1.0)


def test_the_rate_grows_back_with_the_answers(watch: Watch) -> None:
    pacer = Pacer({KEY: (8.0, 1.0)}, watch)
    pacer.answered(*KEY, throttled=True)
    for _ in range(10):
        pacer.answered(*KEY, throttled=False)
    watch.at += 10
    assert _calls(pacer, watch, 9) == pytest.approx(1.0)


def test_throttling_gives_an_operation_a_bucket_and_leaves_the_others_alone(watch: Watch) -> None:
    pacer, other = Pacer({}, watch), ("guardduty", "ListDetectors")
    pacer.answered("guardduty", "GetDetector", throttled=True)
    assert _calls(pacer, watch, 100, other) == 0
    assert _calls(pacer, watch, 6, ("guardduty", "GetDetector")) > 0.9


def test_who_waits_for_what_can_be_told_while_it_waits(watch: Watch) -> None:
    pacer = Pacer({KEY: (2.0, 1.0)}, watch)
    seen: list[tuple[str, str, int, float]] = []
    sleep = watch.sleep
    watch.sleep = lambda seconds: (seen.extend(pacer.queued()), sleep(seconds))[1]  # type: ignore[method-assign]
    _calls(pacer, watch, 3)
    assert seen == [(*KEY, 1, 2.0), (*KEY, 1, 2.0)]
    assert list(pacer.queued()) == []


def test_hurry_ends_every_wait(watch: Watch) -> None:
    pacer = Pacer({KEY: (1.0, 1.0)}, watch)
    pacer.wait(*KEY)
    watch.hurry.set()
    with pytest.raises(Interrupted):
        pacer.wait(*KEY)
    assert list(pacer.queued()) == []
