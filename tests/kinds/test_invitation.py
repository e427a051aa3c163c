"""Accounts that come by invitation: invited once, waited for without drift, and taken in when they have joined."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from landing.aws import as_joined
from landing.aws.declared_ids import Present, unheld
from landing.core.model import Action, Address, Change
from landing.engine.drift import Status, report
from landing.engine.plan import Plan
from landing.organization import Organization
from landing.report import drift_text, plan_markdown, plan_text
from landing.report.style import Style
from tests.cloud import BY_NAME, Cloud
from tests.kinds.conftest import At
from tests.samples import COMING, SMALL

NAMES = ("organization", "trusted_access", "unit", "invitation", "account")
KINDS = [BY_NAME[name] for name in NAMES]
THERE, OTHER = "555555555555", "666666666666"
ACQUIRED, INVITED = Address("account", "acquired"), Address("invitation", "acquired")
TEXT = "\n".join(
    line
    for line in COMING.partition("services:")[0]
    .replace("log-archive, security_tooling: security-tooling", "shop-prod, security_tooling: shop-prod")
    .splitlines()
    if not line.startswith(("  log-archive:", "  security-tooling:"))
)
"""With as few accounts as there may be."""


def split(cloud: Cloud) -> Cloud:
    """The cloud with the organization that a run would make of the config now."""
    return Cloud(cloud.sandbox, as_joined(cloud.organization, cloud.open().tree.survey))


def answer(cloud: Cloud, how: str) -> None:
    """What the account does about the newest handshake."""
    client: Any = cloud.sandbox.session(THERE).client("organizations")
    (open_,) = [each for each in client.list_handshakes_for_account()["Handshakes"] if each["State"] == "OPEN"]
    getattr(client, how)(HandshakeId=open_["Id"])


@pytest.fixture
def cloud(at: At) -> Cloud:
    """Everybody is there but the account that is to join, which is invited."""
    cloud = at(TEXT)
    result = split(cloud).apply(KINDS)
    assert result.complete, result.failed
    return cloud


def test_who_is_invited_is_waited_for_and_that_is_no_drift(cloud: Cloud) -> None:
    waiting = split(cloud)
    plan = waiting.plan(KINDS)
    assert plan.changes == ()
    (text,) = plan.waiting.values()
    handshake = waiting.observe(KINDS).live[INVITED].attributes["handshake"]
    assert f"account {THERE} has until " in text
    assert text.endswith(f"aws organizations accept-handshake --handshake-id {handshake}")
    assert Plan.from_json(json.loads(json.dumps(plan.to_json()))).waiting == plan.waiting
    for shown in (
        plan_text.render(plan, waiting.organization, Style()),
        plan_markdown.render(plan, waiting.organization),
        drift_text.render(report(waiting.organization, plan), waiting.organization, Style()),
    ):
        assert text in shown
    found = report(waiting.organization, plan)
    assert (found.drifted, [each.status for each in found.findings]) == ((), [Status.WAITING])
    aws = waiting.open(read_only=False)
    (wanted,) = BY_NAME["invitation"].desired(waiting.organization)
    BY_NAME["invitation"].apply(waiting.organization, aws, Change(Action.CREATE, INVITED, None, wanted.attributes))
    assert aws.writes == 0


def test_what_waits_is_told_after_an_apply(at: At) -> None:
    cloud = at(TEXT)
    changes = [change for change in split(cloud).plan(KINDS).changes if change.address.kind == "invitation"]
    assert "must accept within 15 days" in " ".join(BY_NAME["invitation"].notes(cloud.organization, changes[0]))
    result = split(cloud).apply(KINDS, changes=changes)
    assert result.complete
    assert "accept-handshake --handshake-id h-" in result.waiting[INVITED]


def test_who_has_accepted_is_moved_and_has_its_tags(cloud: Cloud) -> None:
    answer(cloud, "accept_handshake")
    joined = split(cloud)
    assert joined.organization.invited == {}
    (change,) = joined.plan(KINDS).changes
    assert (change.address, change.action) == (ACQUIRED, Action.UPDATE)
    assert (change.before or {})["unit"] == "root"
    assert not change.adopts  # the mark came with the account
    said = " ".join(BY_NAME["account"].notes(joined.organization, change))
    assert "no role OrganizationAccountAccessRole" in said
    assert "`join` can go" in said
    assert joined.apply(KINDS).complete
    live = joined.open().tree.accounts["acquired"]
    assert (live.unit, live.marked, live.name) == ("workloads/dev", True, "Acquired")
    assert split(cloud).plan(KINDS).changes == ()


@pytest.mark.parametrize("ended", ["decline_handshake", "expired", "canceled"])
def test_what_came_to_nothing_is_told_and_done_anew(cloud: Cloud, ended: str) -> None:
    if ended == "expired":
        cloud.sandbox.advance(16 * 86_400)
    elif ended == "canceled":
        handshake = split(cloud).observe(KINDS).live[INVITED].attributes["handshake"]
        cloud.sandbox.session().client("organizations").cancel_handshake(HandshakeId=handshake)
    else:
        answer(cloud, ended)
    (change,) = split(cloud).plan(KINDS).changes
    was = {"decline_handshake": "declined"}.get(ended, ended)
    assert (change.before, change.after) == ({"account": THERE, "state": was}, {"account": THERE, "state": "open"})
    assert split(cloud).apply(KINDS).complete
    assert split(cloud).plan(KINDS).changes == ()


def test_an_invitation_by_e_mail_counts(at: At) -> None:
    cloud = at(TEXT.replace("id: '555555555555'", "id: '555555555555', email: acq@example.com"))
    cloud.sandbox.world.account(THERE)
    cloud.sandbox.world.change_email(THERE, "ACQ@example.com")
    client = cloud.sandbox.session().client("organizations")
    client.invite_account_to_organization(Target={"Id": "ACQ@example.com", "Type": "EMAIL"})
    assert not [change for change in split(cloud).plan(KINDS).changes if change.address == INVITED]


def test_invitations_of_others_are_unmanaged(cloud: Cloud) -> None:
    client = cloud.sandbox.session().client("organizations")
    made = client.invite_account_to_organization(Target={"Id": OTHER, "Type": "ACCOUNT"})["Handshake"]["Id"]
    assert split(cloud).plan(KINDS).unmanaged == (Address("invitation", made),)


def test_a_full_organization_says_which_quota_to_raise(at: At) -> None:
    cloud = at(TEXT)
    cloud.sandbox.world.options["account_quota"] = 1
    changes = [change for change in split(cloud).plan(KINDS).changes if change.address == INVITED]
    reason = split(cloud).apply(KINDS, changes=changes).failed[INVITED]
    assert reason.aws_code == "ACCOUNT_NUMBER_LIMIT_EXCEEDED"
    assert "L-E619E033" in reason.text


def test_who_is_in_another_organization_leaves_it_in_the_same_moment(at: At) -> None:
    cloud = at(TEXT)
    other = cloud.sandbox.session(OTHER).client("organizations")
    other.create_organization(FeatureSet="ALL")
    handshake = other.invite_account_to_organization(Target={"Id": THERE, "Type": "ACCOUNT"})["Handshake"]["Id"]
    cloud.sandbox.session(THERE).client("organizations").accept_handshake(HandshakeId=handshake)
    changes = [change for change in split(cloud).plan(KINDS).changes if change.address == INVITED]
    assert split(cloud).apply(KINDS, changes=changes).complete
    answer(cloud, "accept_handshake")
    assert split(cloud).organization.invited == {}
    assert [each["Id"] for each in other.list_accounts()["Accounts"]] == [OTHER]


def test_without_anybody_to_invite_nothing_is_asked(at: At) -> None:
    cloud = at(SMALL)
    aws = cloud.open()
    assert as_joined(cloud.organization, aws.tree.survey) is cloud.organization
    assert aws.calls.total() == 0
    assert list(BY_NAME["invitation"].scopes(cloud.organization)) == []


def test_policies_may_name_an_account_that_is_to_join(cloud: Cloud) -> None:
    waiting = split(cloud)
    assert waiting.open().tree.ids["<account:acquired>"] == THERE


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("id: '555555555555', ", "email: a@example.com, ", "LZ333"),
        ("log_archive: log-archive", "log_archive: acquired", "LZ334"),
        ("organization:\n", "organization:\n  trusted_access: {identity-center: {administrator: acquired}}\n", "LZ334"),
        ("accounts:\n", "lock: {bucket: the-lock, account: acquired}\naccounts:\n", "LZ334"),
        ("accounts:\n", "stacks: {read-role: {accounts: [acquired]}}\naccounts:\n", "LZ334"),
    ],
)
def test_what_cannot_be_of_an_account_that_is_to_join(
    problems: Callable[..., Any], old: str, new: str, code: str
) -> None:
    found = problems(text=COMING.partition("services:")[0].replace(old, new))
    assert [problem.code for problem in found] == [code]


def test_a_member_with_the_key_of_an_account_that_is_to_join_is_told(load_text: Callable[[str], Organization]) -> None:
    wanted = load_text(COMING)
    live = {"Id": "o-abcdefghij", "MasterAccountId": "100000000001"}
    marked = Present("100000000002", "A", "a@example.com", "ACTIVE", "acquired")
    for organization in (wanted, wanted.without_members(["acquired"])):
        assert list(unheld(organization, live, [])) == []
        (problem,) = unheld(organization, live, [marked])
        assert "account 555555555555 is to join, but 100000000002 (A), which is a member, is marked" in problem.message
        closed = replace(marked, id=THERE, state="CLOSED")
        (problem,) = unheld(organization, live, [closed])
        assert "is CLOSED" in problem.message
