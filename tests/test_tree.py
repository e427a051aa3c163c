"""The live organization as the kinds see it while they change it."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from concurrent.futures import CancelledError
from dataclasses import replace
from typing import Any

import pytest

from landing.aws import Aws
from landing.aws.survey import AT_ONCE, FoundUnit, Survey
from landing.core.errors import ConfigError
from landing.core.model import Action, Address, Change
from landing.organization import STACKS_TAG, TAG
from landing.organization.marks import FIREWALL_TAG, SHIELD_TAG
from landing.sandbox import Sandbox
from landing.services.organizations.tags import with_marks
from tests.cloud import BY_NAME, Cloud, Story

SCP = "SERVICE_CONTROL_POLICY"
RCP = "RESOURCE_CONTROL_POLICY"


def test_a_policy_is_still_known_when_a_policy_type_was_enabled_after_it(creation: Story) -> None:
    changes = {change.address: change for change, _ in creation.steps}
    wanted = [Address("policy_type", SCP), Address("policy", "no-leaving"), Address("policy_type", RCP)]
    before = next(state for change, state in creation.steps if change.address in wanted)
    with Sandbox() as sandbox:
        sandbox.load(before)
        aws = Cloud(sandbox, creation.organization).open(read_only=False)
        assert set(aws.tree.policies) == set()
        for address in wanted:
            BY_NAME[address.kind].apply(creation.organization, aws, changes[address])
        assert set(aws.tree.policies) == {"FullAWSAccess", "RCPFullAWSAccess", "no-leaving"}


def test_whoever_goes_through_what_is_there_is_not_disturbed_by_what_comes(creation: Story) -> None:
    with Sandbox() as sandbox:
        sandbox.load(creation.end)
        tree = Cloud(sandbox, creation.organization).open().tree
        for known, add, drop in (
            (lambda: tree.accounts, tree.add_account, None),
            (lambda: tree.units, tree.add_unit, tree.drop_unit),
            (lambda: tree.policies, tree.add_policy, tree.drop_policy),
        ):
            before = dict(known())
            going = iter(known().items())
            key, first = next(going)
            add(replace(first, key="new"))
            assert dict([(key, first), *going]) == before
            assert known() == {**before, "new": replace(first, key="new")}
            if drop is not None:
                going = iter(known().items())
                next(going)
                drop(key)
                assert "new" in dict(going)
                assert key not in known()


def test_what_this_run_has_tagged_is_seen_although_the_bulk_answer_is_older(creation: Story) -> None:
    with Sandbox() as sandbox:
        sandbox.load(creation.end)
        aws = Cloud(sandbox, creation.organization).open(read_only=False)
        shop = aws.tree.accounts["shop-prod"]
        assert aws.tree.tags_of(shop.id)["env"] == "prod"
        wanted = {"name": shop.name, "email": shop.email, "unit": shop.unit, "tags": {"env": "live"}, "managed": True}
        change = Change(Action.UPDATE, Address("account", "shop-prod"), {**wanted, "tags": {"env": "prod"}}, wanted)
        BY_NAME["account"].apply(creation.organization, aws, change)
        tags = {
            "env": "live",
            TAG: "shop-prod",
            STACKS_TAG: "governed",
            FIREWALL_TAG: "governed",
            SHIELD_TAG: "governed",
        }
        assert aws.tree.tags_of(shop.id) == with_marks("shop-prod", {"env": "live"}) | tags
        assert aws.calls["organizations", "ListTagsForResource"] == 1


def test_tags_are_asked_for_one_by_one_where_they_may_not_be_read_in_bulk(creation: Story) -> None:
    with Sandbox() as sandbox:
        sandbox.load(creation.end)
        sandbox.faults.reject("resourcegroupstaggingapi", "*", code="AccessDeniedException", times=None, status=400)
        cloud = Cloud(sandbox, creation.organization)
        aws = cloud.open()
        assert all(account.marked for key, account in aws.tree.accounts.items() if key != "management")
        tagged = len(aws.tree.accounts) + len(aws.tree.units)
        assert aws.calls["organizations", "ListTagsForResource"] == tagged


def test_an_organization_without_a_tag_costs_no_call_an_account(creation: Story) -> None:
    with Sandbox() as sandbox:
        sandbox.load(creation.end)
        client = sandbox.session().client("organizations")
        for account in client.get_paginator("list_accounts").paginate().build_full_result()["Accounts"]:
            client.untag_resource(ResourceId=account["Id"], TagKeys=[TAG, "env"])
        aws = Cloud(sandbox, creation.organization).open()
        assert not any(account.marked for account in aws.tree.accounts.values())
        assert aws.calls["organizations", "ListTagsForResource"] == 0


def test_an_account_with_a_role_is_entered_before_all_accounts_are_listed(creation: Story) -> None:
    with Sandbox() as sandbox:
        sandbox.load(creation.end)
        aws = Cloud(sandbox, creation.organization).open()
        assert aws.tree.account_id("log-archive")
        assert aws.calls["organizations", "ListAccounts"] == 0
        assert aws.tree.account_id("shop-prod")
        assert aws.calls["organizations", "ListAccounts"] == 1
        assert aws.tree.account_id("log-archive") == aws.tree.account_ids["log-archive"]


class Held(Survey):
    """An organization of a root with twelve units, below which nothing is listed before it is `opened`."""

    def __init__(self, aws: Aws) -> None:
        super().__init__(aws)
        self.reached, self.opened = threading.Semaphore(0), threading.Event()

    @property
    def root(self) -> Mapping[str, Any]:
        return {"Id": "r"}

    def _children(self, node_id: str) -> list[FoundUnit]:
        if node_id != "r":
            self.reached.release()
            self.opened.wait()
            return []
        return [FoundUnit(f"u{number}", f"u{number}", "r") for number in range(12)]


def test_who_reads_ahead_lets_go_when_that_is_called_off(creation: Story) -> None:
    """Else the lock of what was being read would never be free, and the process would never end."""
    with Sandbox() as sandbox:
        survey = Held(Cloud(sandbox, creation.organization).open())
    reading = survey.soon("units", lambda: survey.units)
    for _ in range(AT_ONCE):
        survey.reached.acquire()
    survey.rest()
    assert isinstance(reading.exception(), CancelledError)
    survey.opened.set()
    assert len(survey.units) == 12


def test_a_connection_asks_nothing_again_under_the_names_of_another_organization(creation: Story) -> None:
    """What AWS has answered is shared, what follows from the names of a config is not."""
    with Sandbox() as sandbox:
        sandbox.load(creation.end)
        aws = Cloud(sandbox, creation.organization).open()
        shop = aws.tree.accounts["shop-prod"]
        known = {key: account for key, account in creation.organization.accounts.items() if key != shop.key}
        asked = dict(aws.calls)
        other = aws.with_names_of(replace(creation.organization, accounts=known, units={}))
        assert other.tree.account_ids.keys() == aws.tree.account_ids.keys()
        assert shop.id not in other.tree.tokens
        assert aws.tree.accounts["shop-prod"] is shop
        assert other.calls == aws.calls == asked
        assert not hasattr(aws, "organization"), "whoever needs the desired one is given it"


def test_a_mark_that_was_copied_to_where_it_means_nothing_is_no_problem(creation: Story) -> None:
    with Sandbox() as sandbox:
        sandbox.load(creation.end)
        cloud = Cloud(sandbox, creation.organization)
        aws = cloud.open(read_only=False)
        ours, other = aws.tree.units["security"].id, aws.tree.units["workloads"].id
        client = aws.client("organizations")
        for name in ("First", "Second"):
            tags = [{"Key": TAG, "Value": "security"}]
            client.create_organizational_unit(ParentId=other, Name=name, Tags=tags)
        units = cloud.open().tree.units
        assert units["security"].id == ours
        assert not units["workloads/First"].marked


def test_of_two_units_with_one_mark_nobody_tells_which_is_ours(creation: Story) -> None:
    with Sandbox() as sandbox:
        sandbox.load(creation.end)
        cloud = Cloud(sandbox, creation.organization)
        aws = cloud.open(read_only=False)
        known, root = aws.tree.units["security"], aws.tree.node_id("root")
        tags = [{"Key": TAG, "Value": "security"}]
        client = aws.client("organizations")
        rogue = client.create_organizational_unit(ParentId=root, Name="Rogue", Tags=tags)["OrganizationalUnit"]["Id"]
        with pytest.raises(ConfigError) as raised:
            cloud.plan()
        (problem,) = raised.value.problems
        assert problem.code == "LZ448"
        assert problem.source == creation.organization.units["security"].source
        assert f"{known.id} ({known.name})" in problem.message
        assert f"{rogue} (Rogue)" in problem.message
        client.untag_resource(ResourceId=rogue, TagKeys=[TAG])
        assert cloud.open().tree.units["security"].id == known.id
