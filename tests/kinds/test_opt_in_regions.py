"""Regions that are off until an account enables them."""

from __future__ import annotations

import pytest

from landing.core.model import Address
from landing.engine.observe import observe
from landing.engine.plan import Origin, make
from landing.organization import Organization
from landing.sandbox.world import regions
from landing.services.base import Kinds
from landing.services.registry import KINDS as ALL
from tests.cloud import Cloud, Cut, DyingAws
from tests.kinds.conftest import At, converged
from tests.kinds.test_account import KINDS as BEFORE
from tests.samples import OPTED, SMALL

OFF = "me-south-1"
KINDS = [*BEFORE, ALL["opt_in_regions"]]
ALONE = OPTED.replace(", me-south-1]", "]") + (
    "baselines:\n  account-baseline: {target: {accounts: [shop-dev]}, regions: [eu-west-1, me-south-1]}\n"
)


@pytest.fixture
def cloud(at: At) -> Cloud:
    converged(at(SMALL), BEFORE)
    return at(OPTED)


def status(cloud: Cloud) -> dict[str, str]:
    ids = cloud.open().tree.account_ids
    return {key: regions.status(cloud.sandbox.world, ids[key], OFF) for key in ids}


def test_every_account_has_it_when_apply_ends(cloud: Cloud) -> None:
    assert {*status(cloud).values()} == {"DISABLED"}
    cloud.sandbox.world.clock.latency = 5
    converged(cloud, KINDS)
    assert status(cloud) == dict.fromkeys(cloud.organization.accounts, "ENABLED")


def test_only_where_something_goes(cloud: Cloud, at: At) -> None:
    alone = converged(at(ALONE), KINDS)
    on = {key for key, each in status(alone).items() if each == "ENABLED"}
    assert on == {"management", "shop-dev"}


def test_a_plan_asks_only_accounts_that_lack_something_and_a_search_for_drift_all(cloud: Cloud) -> None:
    converged(cloud, KINDS)
    for detect, asked in ((False, 0), (True, 5)):
        aws = cloud.open(detect=detect)
        assert make(observe(cloud.organization, aws, kinds=Kinds(KINDS)), Origin()).changes == ()
        assert aws.calls["account", "ListRegions"] == asked
    account = cloud.open().tree.account_ids["shop-dev"]
    cloud.sandbox.session(account).client("account").disable_region(RegionName=OFF)
    (change,) = cloud.plan(KINDS, detect=True).changes
    assert (change.address, (change.before or {})["regions"]) == (Address("opt_in_regions", "shop-dev"), [])


def test_cut_off_at_each_write_it_ends_the_same(cloud: Cloud) -> None:
    for _ in range(40):
        try:
            assert cloud.apply(KINDS, aws=DyingAws(cloud.organization, writes=0, after_effect=True)).complete
            break
        except Cut:
            continue
    assert cloud.plan(KINDS, detect=True).changes == ()
    assert {*status(cloud).values()} == {"ENABLED"}


def test_who_switches_more_than_aws_lets_waits(cloud: Cloud) -> None:
    account = cloud.open().tree.account_ids["shop-dev"]
    client = cloud.sandbox.session(account).client("account")
    for region in ("af-south-1", "ap-east-1", "ap-east-2", "ap-south-2", "ca-west-1", "il-central-1"):
        client.enable_region(RegionName=region)
    converged(cloud, KINDS)


def test_nothing_is_asked_where_nothing_is_off(at: At) -> None:
    aws = converged(at(SMALL), KINDS).open()
    assert list(ALL["opt_in_regions"].scopes(at(SMALL).organization)) == []
    assert aws.calls["account", "ListRegions"] == 0


def test_stacks_reach_it_in_the_same_run(cloud: Cloud, at: At) -> None:
    alone = at(ALONE)
    assert isinstance(alone.organization, Organization)
    plan = alone.plan()
    assert [gap for gap in plan.gaps if gap.kind == "stack_set"] == []
    result = alone.apply()
    assert result.complete, (result.failed, result.blocked)
    assert alone.plan().changes == ()
    account = alone.open().tree.account_ids["shop-dev"]
    stacks = alone.sandbox.session(account, region=OFF).client("cloudformation").list_stacks()["StackSummaries"]
    assert [each["StackStatus"] for each in stacks] == ["CREATE_COMPLETE"]
