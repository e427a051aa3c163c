"""What a plan says that its changes do to requests."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from landing.effects import effects
from landing.model import Address
from landing.organization import Organization
from landing.plan import Origin, make
from landing.sandbox import Sandbox
from tests.cloud import Cloud, Story
from tests.samples import FULL

POLICY = "attachments.unit/workloads/prod"


@pytest.fixture
def sandbox(creation: Story) -> Iterator[Sandbox]:
    with Sandbox() as sandbox:
        sandbox.load(creation.end)
        yield sandbox


def told(sandbox: Sandbox, organization: Organization) -> dict[Address, tuple[str, ...]]:
    cloud = Cloud(sandbox, organization)
    aws = cloud.open()
    observation = cloud.observe()
    plan = make(observation, Origin())
    return effects(organization, observation.live, plan.changes, aws.tree.account_ids)


def test_nothing_to_do_has_no_effect(sandbox: Sandbox, full: Organization) -> None:
    assert told(sandbox, full) == {}


def test_a_new_guardrail_says_what_it_denies_for_how_many_accounts(
    sandbox: Sandbox, load_text: Callable[[str], Organization]
) -> None:
    more = "guardrails:\n  deny-leave-organization: {target: {units: [workloads/dev]}}\n"
    found = told(
        sandbox, load_text(FULL.replace("guardrails:\n", more).replace("  no-leaving: {target: {units: [root]}}\n", ""))
    )
    by_name = {str(address): sentences for address, sentences in found.items()}
    shop = sandbox.session().client("organizations").list_accounts()["Accounts"]
    dev = next(account["Id"] for account in shop if account["Name"] == "Shop Dev")
    assert any(
        "organizations:LeaveOrganization" in text and "permitted" in text for text in by_name["attachments.root"]
    )
    denied = by_name["attachments.unit/workloads/dev"]
    # Next to what is attached to the root now, only accepting handshakes is new.
    assert denied[0] == ("organizations:AcceptHandshake becomes denied for 1 account, by deny-leave-organization/Leave")
    assert dev in denied[1]


def test_an_edited_policy_says_what_it_permits(sandbox: Sandbox, full: Organization) -> None:
    client = sandbox.session().client("organizations")
    policies = client.list_policies(Filter="SERVICE_CONTROL_POLICY")["Policies"]
    mine = next(policy["Id"] for policy in policies if policy["Name"] == "no-leaving")
    text = '{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"s3:DeleteBucket","Resource":"*"}]}'
    client.update_policy(PolicyId=mine, Content=text)
    [sentences] = told(sandbox, full).values()
    assert (
        "organizations:LeaveOrganization becomes denied for 4 accounts below root, by no-leaving/NoLeaving" in sentences
    )
    assert "s3:DeleteBucket becomes permitted for 4 accounts below root, so far denied by no-leaving/#1" in sentences


def test_a_move_says_what_becomes_of_the_account(sandbox: Sandbox, full: Organization) -> None:
    client = sandbox.session().client("organizations")
    account = next(a["Id"] for a in client.list_accounts()["Accounts"] if a["Name"] == "Shop Prod")
    root = client.list_roots()["Roots"][0]["Id"]
    parent = client.list_parents(ChildId=account)["Parents"][0]["Id"]
    client.move_account(AccountId=account, SourceParentId=parent, DestinationParentId=root)
    found = told(sandbox, full)
    sentences = found[Address.parse("account.shop-prod")]
    assert any("become denied" in text and "for this account" in text for text in sentences)
    assert any(f"e.g. arn:aws:iam::{account}:" in text for text in sentences)


def test_a_guardrail_that_moves_down_is_told_of_those_that_lose_it_only(
    sandbox: Sandbox, load_text: Callable[[str], Organization]
) -> None:
    whole = "  no-leaving: {target: {units: [root]}}\n"
    found = told(sandbox, load_text(FULL.replace(whole, "  no-leaving: {target: {units: [workloads/prod]}}\n")))
    by_name = {str(address): sentences for address, sentences in found.items()}
    assert [text for text in by_name["attachments.root"] if "permitted" in text] == [
        "organizations:LeaveOrganization becomes permitted for 3 accounts, so far denied by no-leaving/NoLeaving"
    ]
    assert "attachments.unit/workloads/prod" not in by_name, "nothing is new there"


def test_the_example_of_an_rcp_is_on_a_resource_of_the_account(
    sandbox: Sandbox, load_text: Callable[[str], Organization]
) -> None:
    more = "guardrails:\n  rcp-protect-kms-keys: {target: {units: [workloads/dev]}}\n"
    found = told(sandbox, load_text(FULL.replace("guardrails:\n", more)))
    accounts = sandbox.session().client("organizations").list_accounts()["Accounts"]
    dev = next(account["Id"] for account in accounts if account["Name"] == "Shop Dev")
    examples = [text for text in found[Address.parse("attachments.unit/workloads/dev")] if text.startswith("e.g.")]
    assert examples
    assert all(f" on arn:aws:kms:eu-west-1:{dev}:key/" in example for example in examples)
