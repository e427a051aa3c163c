"""What a plan says that its changes do to requests."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

import pytest

from landing.core.model import Action, Address, Change
from landing.engine.plan import Origin, Plan, make
from landing.guardrails.effects import NOT_WORKED_OUT, WORK, effects
from landing.organization import Organization
from landing.report.plan_text import render
from landing.report.style import Style
from landing.sandbox import Sandbox
from landing.services.registry import KINDS
from tests.cloud import Cloud, Story
from tests.samples import FULL

POLICY = "attachments.unit/workloads/prod"


@pytest.fixture
def sandbox(creation: Story) -> Iterator[Sandbox]:
    with Sandbox() as sandbox:
        sandbox.load(creation.end)
        yield sandbox


def planned(sandbox: Sandbox, organization: Organization, budget: int = WORK) -> Plan:
    cloud = Cloud(sandbox, organization)
    aws = cloud.open()
    observation = cloud.observe()
    plan = make(observation, Origin())
    found = effects(organization, observation.live, plan.changes, aws.tree.account_ids, budget)
    return replace(plan, effects=found.sentences, effects_in_brief=found.in_brief)


def told(sandbox: Sandbox, organization: Organization) -> Mapping[Address, tuple[str, ...]]:
    return planned(sandbox, organization).effects


def loosened(sandbox: Sandbox) -> None:
    """A policy of ours blocks something else than the config says."""
    client = sandbox.session().client("organizations")
    policies = client.list_policies(Filter="SERVICE_CONTROL_POLICY")["Policies"]
    mine = next(policy["Id"] for policy in policies if policy["Name"] == "no-leaving")
    text = '{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"s3:DeleteBucket","Resource":"*"}]}'
    client.update_policy(PolicyId=mine, Content=text)


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
    loosened(sandbox)
    [sentences] = told(sandbox, full).values()
    assert (
        "organizations:LeaveOrganization becomes denied for 4 accounts below root, by no-leaving/NoLeaving" in sentences
    )
    assert "s3:DeleteBucket becomes permitted for 4 accounts below root, so far denied by no-leaving/#1" in sentences


@pytest.mark.parametrize(
    ("target", "where"),
    [
        ("{units: [workloads/dev, workloads/prod]}", "for 2 accounts below unit/workloads/dev, unit/workloads/prod"),
        ("{units: [root, workloads/dev]}", "for 4 accounts below root"),
        ("{accounts: [shop-dev, shop-prod]}", "for 2 accounts (account/shop-dev, account/shop-prod)"),
    ],
)
def test_what_a_policy_does_alike_at_several_places_is_said_once(
    load_text: Callable[[str], Organization], target: str, where: str
) -> None:
    organization = load_text(FULL.replace("no-leaving: {target: {units: [root]}}", f"no-leaving: {{target: {target}}}"))
    live = {each.address: each for kind in KINDS for each in kind.desired(organization)}
    address = Address("policy", "no-leaving")
    after = live[address].attributes
    was = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "s3:DeleteBucket", "Resource": "*"}]}
    before = {**after, "content": was}
    live[address] = replace(live[address], attributes=before)
    found = effects(organization, live, [Change(Action.UPDATE, address, before, after)], {})
    told = [sentence for sentence in found.sentences[address] if not sentence.startswith("e.g. ")]
    assert told == [
        f"organizations:LeaveOrganization becomes denied {where}, by no-leaving/NoLeaving",
        f"s3:DeleteBucket becomes permitted {where}, so far denied by no-leaving/#1",
    ]


def test_what_is_too_much_work_is_said_to_be_so_and_stops_no_plan(sandbox: Sandbox, full: Organization) -> None:
    loosened(sandbox)
    plan = planned(sandbox, full, budget=1)
    assert plan.effects == {Address("policy", "no-leaving"): (NOT_WORKED_OUT,)}
    assert f"effect: {NOT_WORKED_OUT}" in render(plan, full, Style(width=1_000))
    assert Plan.from_json(plan.to_json()) == plan


def test_the_text_names_what_must_be_allowed_at_the_change(sandbox: Sandbox, full: Organization) -> None:
    loosened(sandbox)
    text = render(planned(sandbox, full), full, Style(width=1_000))
    assert "    needs --allow weaken: e.g. " in text


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


def test_a_declarative_policy_says_what_comes_to_be_set_and_for_how_many_accounts(
    sandbox: Sandbox, load_text: Callable[[str], Organization]
) -> None:
    more = "guardrails:\n  s3-account-public-access: {target: {units: [root]}}\n"
    found = told(sandbox, load_text(FULL.replace("guardrails:\n", more)))
    name = "s3_attributes.public_access_block_configuration"
    accounts = len(Cloud(sandbox, load_text(FULL)).organization.accounts)
    assert found[Address("attachments", "root")][-1] == f"{name} is set to all for {accounts} accounts"
