"""The simulated AWS throttles at the documented rates; time is a number here, nobody waits."""

from __future__ import annotations

import pytest

from landing.core.quotas import RATES
from landing.sandbox.protocol.model import service_model
from tests.simulated.rates import ACCOUNT_TABLE, ORGANIZATION_TABLE, Buckets, lower_bound


class Time:
    """A clock that goes when it is told to."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


@pytest.mark.parametrize("names", sorted(ACCOUNT_TABLE), ids=":".join)
def test_every_rate_is_of_an_operation_that_exists(names: tuple[str, str]) -> None:
    assert names[1] in service_model(names[0]).operation_names


@pytest.mark.parametrize("names", sorted(ACCOUNT_TABLE), ids=":".join)
def test_a_bucket_admits_its_burst_and_then_its_rate(names: tuple[str, str]) -> None:
    time = Time()
    buckets = Buckets(time)
    rate, burst = ACCOUNT_TABLE[names]
    burst = min(burst, ORGANIZATION_TABLE.get(names, (rate, burst))[1])
    for _ in range(int(burst)):
        assert buckets.take(*names, "1", "eu-west-1")
    assert not buckets.take(*names, "1", "eu-west-1")
    admitted, steps = 0, 2_000
    for _ in range(steps):
        time.seconds += 0.1 / rate
        admitted += buckets.take(*names, "1", "eu-west-1")
    assert admitted == pytest.approx(steps * 0.1, abs=1)


def test_a_refused_call_takes_no_token() -> None:
    time = Time()
    buckets = Buckets(time)
    asked = [buckets.take("organizations", "EnablePolicyType", "1", "us-east-1") for _ in range(100)]
    assert asked.count(True) == 1
    time.seconds += 1
    assert buckets.take("organizations", "EnablePolicyType", "1", "us-east-1")


def test_accounts_share_the_bucket_of_their_organization() -> None:
    buckets = Buckets(Time())
    taken = [buckets.take("organizations", "ListAccounts", account, "us-east-1") for account in "12" for _ in range(12)]
    assert taken.count(True) == 15


def test_cloudformation_counts_by_region() -> None:
    buckets = Buckets(Time())
    regions = ("eu-west-1", "us-east-1")
    assert all(buckets.take("cloudformation", "CreateStackSet", "1", region) for region in regions for _ in range(5))
    assert not buckets.take("cloudformation", "CreateStackSet", "1", "eu-west-1")


def test_what_has_no_documented_rate_is_not_throttled() -> None:
    buckets = Buckets(Time())
    assert all(buckets.take("guardduty", "ListDetectors", "1", "eu-west-1") for _ in range(1_000))


def test_the_tool_keeps_to_the_documented_rates() -> None:
    paced = {names: rate for names, rate in RATES.items() if names in ACCOUNT_TABLE}
    assert {names: ACCOUNT_TABLE[names] for names in paced if names[0] == "organizations"} == {
        names: rate for names, rate in paced.items() if names[0] == "organizations"
    }


def test_the_lower_bound_is_that_of_the_slowest_bucket() -> None:
    calls = {("organizations", "ListAccounts"): 500, ("organizations", "DescribePolicy"): 12}
    seconds, slowest = lower_bound(calls)
    assert slowest == "organizations:ListAccounts"
    assert seconds == pytest.approx((500 - 12) / 8)
