"""Two applies at once, without any lock: what each asks before it writes keeps the result right."""

from __future__ import annotations

import threading
from collections import Counter
from typing import Any

from landing.engine.apply import Result
from landing.organization import Organization
from landing.sandbox import Sandbox
from tests.cloud import Cloud, Story
from tests.samples import PEOPLE


def test_two_applies_at_once_double_nothing(full: Organization, creation: Story) -> None:
    with Sandbox() as sandbox:
        sandbox.load(creation.end)
        wanted = held(Cloud(sandbox, full))
    with Sandbox(identity_center=PEOPLE) as sandbox:
        cloud = Cloud(sandbox, full)
        plans = [cloud.plan().changes for _ in range(2)]
        results: list[Result] = []
        together = threading.Barrier(2)

        def carry_out(run: int) -> None:
            together.wait()
            results.append(cloud.apply(changes=plans[run]))

        runs = [threading.Thread(target=carry_out, args=(run,)) for run in range(2)]
        for run in runs:
            run.start()
        for run in runs:
            run.join()
        assert len(results) == 2
        for result in results:
            assert not result.not_started
            ours = [why for why in result.failed.values() if why.code == "LZ514"]
            assert ours == [], "AWS may refuse what the other run has done already; nothing else may go wrong"
        # More than once: stacks in a new account may need what another stack set brings there a moment later.
        assert any(cloud.apply().complete for _ in range(3))
        assert cloud.plan().changes == ()
        assert held(cloud) == wanted


def held(cloud: Cloud) -> Counter[str]:
    """Everything that could be there twice, by its name."""
    session = cloud.sandbox.session(region="eu-west-1")
    organizations, stacks = session.client("organizations"), session.client("cloudformation")

    def listed(client: Any, operation: str, key: str, **which: str) -> list[Any]:
        found: list[Any] = client.get_paginator(operation).paginate(**which).build_full_result()[key]
        return found

    units = [organizations.list_roots()["Roots"][0]]
    for parent in units:
        found = listed(
            organizations, "list_organizational_units_for_parent", "OrganizationalUnits", ParentId=parent["Id"]
        )
        units += found
    accounts = {account["Id"]: account["Email"] for account in listed(organizations, "list_accounts", "Accounts")}
    sets = [each["StackSetName"] for each in listed(stacks, "list_stack_sets", "Summaries", Status="ACTIVE")]
    policies = [
        policy["Name"]
        for kind in ("SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY")
        for policy in listed(organizations, "list_policies", "Policies", Filter=kind)
    ]
    instances = [
        f"{name} in {accounts[each['Account']]}/{each['Region']}"
        for name in sets
        for each in listed(stacks, "list_stack_instances", "Summaries", StackSetName=name)
    ]
    return Counter([*(unit["Name"] for unit in units), *accounts.values(), *sets, *policies, *instances])
