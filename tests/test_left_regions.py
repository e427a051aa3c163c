"""Regions that the config has left: what was set there is in the plan until it is gone, whatever kind it is."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from landing.core.errors import UnsafePlan
from landing.core.model import Action, Address
from landing.engine.observe import needed_for, observe
from landing.engine.plan import Origin, make
from landing.guardrails.exposure import refuse_unsafe
from landing.organization import Organization
from landing.sandbox import Sandbox
from landing.services.registry import KINDS
from tests.cloud import BY_NAME, Cloud, Story, tell
from tests.samples import FULL

HOME, LEFT = "eu-west-1", "us-east-1"
OF_ALL_REGIONS = ("firewall_administrator", "firewall_part_administrator")
"""Kinds that are there for all regions."""


@pytest.fixture(scope="session")
def smaller(load_text: Callable[[str], Organization]) -> Organization:
    """Everything that there is, in one region less."""
    text = re.sub(f', {LEFT}: "arn:aws:sns:[^"]+"', "", FULL.replace(f", {LEFT}]", "]"))
    return load_text(text.replace(f"rollup: {LEFT}", f"rollup: {HOME}"))


@pytest.fixture(scope="session")
def departure(creation: Story, smaller: Organization) -> Story:
    """What was set in that region is removed."""
    with Sandbox() as sandbox:
        sandbox.load(creation.end)
        return tell(sandbox, smaller, creation.roles)


@pytest.fixture
def cloud(creation: Story, departure: Story, smaller: Organization) -> Iterator[Cloud]:
    """A cloud in which two regions are governed, and a config that has one."""
    with Sandbox() as sandbox:
        sandbox.load(creation.end)
        yield Cloud(sandbox, smaller, creation.roles)


def _is_left(address: Address) -> bool:
    return address.scope.region == LEFT and address.kind not in OF_ALL_REGIONS


def test_what_is_ours_in_a_left_region_is_in_the_plan(cloud: Cloud, creation: Story) -> None:
    was = Cloud(cloud.sandbox, creation.organization, creation.roles).observe()
    ours = {each.address for each in was.live.values() if each.owned and _is_left(each.address)}
    plan = cloud.plan()
    gone = {change.address: change for change in plan.changes if change.action is Action.DELETE}
    assert ours
    assert ours <= {*gone}
    assert all(list(BY_NAME[address.kind].dangers(gone[address])) for address in ours)
    with pytest.raises(UnsafePlan):
        refuse_unsafe(cloud.organization, plan.changes, ())


def test_nothing_of_ours_is_left_there_afterwards(departure: Story, creation: Story) -> None:
    with Sandbox() as sandbox:
        sandbox.load(departure.end)
        seen = Cloud(sandbox, creation.organization, creation.roles).observe()
        ours = [each for each in seen.live.values() if each.owned and _is_left(each.address)]
        assert ours == []
        sets = [each.attributes["regions"] for address, each in seen.live.items() if address.kind == "stack_set"]
        assert sets
        assert all(LEFT not in regions for regions in sets)


def test_the_region_is_forgotten_last(departure: Story) -> None:
    addresses = [str(change.address) for change, _ in departure.steps]
    assert addresses[-1] == f"governed_region.{LEFT}"


def test_a_region_is_remembered_before_anything_is_in_it(creation: Story) -> None:
    addresses = [change.address for change, _ in creation.steps]
    first = next(n for n, address in enumerate(addresses) if address.scope.region == LEFT)
    assert [str(address) for address in addresses].index(f"governed_region.{LEFT}") < first


def test_a_region_that_cannot_be_cleared_stays_remembered(cloud: Cloud) -> None:
    cloud.sandbox.faults.reject(
        "guardduty", "DisableOrganizationAdminAccount", code="BadRequestException", message="no", times=None, status=400
    )
    assert not cloud.apply().complete
    cloud.sandbox.faults.clear()
    left = {str(change.address) for change in cloud.plan().changes}
    assert {f"guardduty_administrator.organization@management/{LEFT}", f"governed_region.{LEFT}"} <= left


def test_a_target_in_a_left_region_is_found(cloud: Cloud) -> None:
    target = f"guardduty_administrator.organization@management/{LEFT}"
    aws = cloud.open()
    tasks = needed_for(cloud.organization, [target], aws.tree.marked_regions)
    plan = make(observe(cloud.organization, aws, only=tasks), Origin())
    assert [str(change.address) for change in plan.changes] == [target]


def test_a_mark_of_no_region_is_only_taken_off(cloud: Cloud) -> None:
    client = cloud.sandbox.session().client("organizations")
    root = client.list_roots()["Roots"][0]["Id"]
    client.tag_resource(ResourceId=root, Tags=[{"Key": "landing:region:nowhere", "Value": "governed"}])
    before = cloud.plan()
    assert "governed_region.nowhere" in {str(change.address) for change in before.changes}
    assert not before.gaps


def test_a_baseline_alone_makes_a_region_remembered(cloud: Cloud) -> None:
    wanted = cloud.organization
    key = next(key for key, each in wanted.deployments.items() if not each.accounts)
    abroad = replace(wanted.deployments[key], regions=(*wanted.deployments[key].regions, "eu-north-1"))
    wider = replace(wanted, deployments={**wanted.deployments, key: abroad})
    marks = [str(each.address) for each in KINDS["governed_region"].desired(wider)]
    assert marks == ["governed_region.eu-west-1", "governed_region.eu-north-1"]
