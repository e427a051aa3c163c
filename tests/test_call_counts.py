"""How many calls a plan makes, and that none of them is made once an account.

The bound: ceil(A/20) + ceil((A+U+P)/100) + 2·U + 3·P + (C + 2·ceil(A/50))·R + K, for A accounts, U units, P policies
and R governed regions, with services and one baseline. The second term are the tags, 100 resources a page; a region's
second are GuardDuty's members and their detectors, 50 a page (ListMembers, GetMemberDetectors).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from math import ceil

import pytest

from landing.core.model import Scope
from landing.engine.observe import observe
from landing.engine.plan import Origin, make
from landing.organization import Organization
from landing.sandbox import Sandbox
from tests.cloud import Cloud, QuickAws, Story
from tests.samples import FULL, SMALL
from tests.simulated.configs import Size
from tests.simulated.seeding import land
from tests.simulated.server import Simulated

C = 26
"""Calls a region, with the services of the config: stacks of three accounts, GuardDuty (in two), AWS Config, trails."""
K = 49
"""Calls that are made whatever the size."""

BASE = Size(accounts=60, units=8, policies=4, regions=2, baselines=1, services=True)


@pytest.fixture(scope="session")
def calls(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Size], Counter[tuple[str, str]]]:
    """The calls of a plan that finds nothing to do, by size."""

    @cache
    def count(size: Size) -> Counter[tuple[str, str]]:
        folder = tmp_path_factory.mktemp("size")
        organization = size.organization(folder)
        with Simulated() as sandbox:
            land(sandbox, size, organization, folder)
            aws = QuickAws(organization)
            plan = make(observe(organization, aws), Origin())
        assert plan.changes == ()
        assert plan.gaps == ()
        return aws.calls

    return count


def bound(size: Size) -> int:
    accounts, units, policies = size.accounts, size.units, size.policies
    listed = ceil(accounts / 20) + ceil((accounts + units + policies) / 100)
    return listed + 2 * units + 3 * policies + (C + 2 * ceil(accounts / 50)) * size.regions + K


@pytest.mark.parametrize(
    "size",
    [
        BASE,
        replace(BASE, accounts=560),
        replace(BASE, units=40),
        replace(BASE, policies=30),
        replace(BASE, regions=6),
    ],
    ids=["base", "accounts", "units", "policies", "regions"],
)
def test_calls_are_within_the_bound(size: Size, calls: Callable[[Size], Counter[tuple[str, str]]]) -> None:
    made = calls(size)
    assert sum(made.values()) <= bound(size), made.most_common()


def test_two_hundred_more_accounts_are_pages_and_their_tags(
    calls: Callable[[Size], Counter[tuple[str, str]]],
) -> None:
    """50 members a page in two regions. Beyond a thousand instances of a stack set, only those that are not as they should be are listed."""
    grown = Counter(calls(replace(BASE, accounts=1_220)))
    grown.subtract(calls(replace(BASE, accounts=1_020)))
    assert {key: count for key, count in grown.items() if count} == {
        ("organizations", "ListAccounts"): 10,
        ("resourcegroupstaggingapi", "GetResources"): 2,
        ("guardduty", "ListMembers"): 8,
        ("guardduty", "GetMemberDetectors"): 8,
    }


def test_a_service_that_the_config_does_not_have_and_nobody_administers_costs_no_call(
    calls: Callable[[Size], Counter[tuple[str, str]]],
) -> None:
    asked = {service for service, _ in calls(replace(BASE, services=False))}
    assert asked == {"cloudformation", "organizations", "resourcegroupstaggingapi", "sts"}


EACH = 30
"""Calls of one service in one region, with everything that FULL has of it: Macie has the most."""


def test_no_service_is_asked_once_an_account(creation: Story, load_text: Callable[[str], Organization]) -> None:
    """Every service is in FULL; four accounts more are four rows more on the pages that there are.

    What is asked of Organizations and CloudFormation, tags that are not indexed yet among it, is bounded above.
    """
    names = ("one", "two", "three", "four")
    more = "".join(f"  {each}: {{name: {each}, email: {each}@example.com, unit: workloads/dev}}\n" for each in names)
    with Sandbox() as sandbox:
        sandbox.load(creation.end)
        before = _asked(creation.organization)
        larger = load_text(FULL.replace("\nguardrails:", f"\n{more}guardrails:", 1))
        cloud = Cloud(sandbox, larger, creation.roles)
        for _ in range(2):  # scans that accounts get as they join end in the next run, which shows them
            result = cloud.apply(parallelism=1)
            assert result.complete, [f"{address}: {why.message}" for address, why in result.failed.items()]
        after = _asked(larger)
    regions = len(larger.governed_regions)
    services = Counter[str]()
    for (service, _), count in after.items():
        services[service] += count
    assert {
        name: count for name, count in services.items() if count > EACH * regions and name != "cloudformation"
    } == {}
    grown = after - before
    assert {call: count for call, count in grown.items() if call[0] not in ("organizations", "cloudformation")} == {}


def _asked(organization: Organization) -> Counter[tuple[str, str]]:
    """The calls of a plan that finds nothing to do."""
    aws = QuickAws(organization)
    plan = make(observe(organization, aws), Origin())
    assert [str(each.address) for each in plan.changes] == []
    assert plan.gaps == ()
    return aws.calls


def test_who_administers_is_asked_once(calls: Callable[[Size], Counter[tuple[str, str]]]) -> None:
    made = calls(BASE)
    assert made["organizations", "ListDelegatedAdministrators"] == 1
    assert made["organizations", "ListDelegatedServicesForAccount"] == 1, "there is one that is any"


def test_what_a_run_has_changed_is_looked_at_whoever_administers(load_text: Callable[[str], Organization]) -> None:
    """As when a service was dropped, and with it the mark and the administrator that told of it."""
    changed = ("macie_administrator", Scope("management", "eu-west-1"))
    with Sandbox(organization=True):
        organization = load_text(SMALL)
        aws = QuickAws(organization)
        observe(organization, aws, only={changed})
    assert aws.calls["macie2", "ListOrganizationAdminAccounts"] == 1
