"""Policies of others: they are in force, they take slots, and they are never written."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from landing.aws.event_history import acts
from landing.core.errors import ImpossiblePlan, UnsafePlan
from landing.core.model import Action, Address, Change
from landing.engine import drift
from landing.guardrails.effects import effects
from landing.guardrails.lock_out import lock_outs, refuse_lock_out
from landing.guardrails.slots import refuse_crowded
from landing.organization import TAG, ForeignPolicy, Organization, Strictness
from landing.organization.resources import foreign_in
from landing.policy import RCP, SCP
from landing.policy.attachment_slots import slots
from landing.report.findings import share
from landing.sandbox import Sandbox
from tests.cloud import BY_NAME, Cloud, Story
from tests.conftest import Load
from tests.meddling import Hands
from tests.samples import SMALL

KINDS = [BY_NAME[name] for name in ("organization", "policy_type", "unit", "account", "policy", "attachments")]
DENY = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "s3:*", "Resource": "*"}]}


@pytest.fixture
def cloud(creation: Story) -> Iterator[Cloud]:
    """A cloud in which everything is as declared."""
    with Sandbox() as sandbox:
        sandbox.load(creation.end)
        yield Cloud(sandbox, creation.organization)


def attach(hands: Hands, name: str, *targets: str, tags: dict[str, str] | None = None, **rest: Any) -> str:
    """A policy that somebody else makes; its id."""
    given = {"Name": name, "Description": "", "Type": SCP, "Content": json.dumps(DENY), **rest}
    marks = [{"Key": key, "Value": value} for key, value in (tags or {}).items()]
    created = hands.organizations.create_policy(**given, Tags=marks)
    policy_id = str(created["Policy"]["PolicySummary"]["Id"])
    for target in targets:
        hands.organizations.attach_policy(PolicyId=policy_id, TargetId=target)
    return policy_id


def look(cloud: Cloud) -> drift.Report:
    return drift.report(cloud.organization, cloud.plan(KINDS))


def test_what_acts_on_our_accounts_is_a_finding_whoever_made_it(cloud: Cloud) -> None:
    hands = Hands(cloud)
    rogue = attach(hands, "rogue", hands.units["root"], hands.accounts["shop-dev"])
    tags = {"tags": {"env": {"tag_key": {"@@assign": "env"}}}}
    hands.organizations.enable_policy_type(RootId=hands.units["root"], PolicyType="TAG_POLICY")
    cloud.sandbox.advance(60)
    other = attach(hands, "rogue", hands.units["workloads/prod"], Type="TAG_POLICY", Content=json.dumps(tags))
    attach(hands, "idle")
    report = look(cloud)
    found = {finding.address.name: finding for finding in report.drifted}
    assert set(found) == {"rogue", other}, "one name in two types hides nothing"
    assert found["rogue"].status is drift.Status.IN_FORCE
    assert found["rogue"].reason == f"rogue ({rogue}, {SCP}) at account/shop-dev, root"
    assert (found["rogue"].severity.value, found[other].severity.value) == ("high", "medium")
    assert [str(f.address) for f in report.findings if f.status is drift.Status.UNMANAGED] == [
        "policy.idle",
        "policy_type.TAG_POLICY",
    ]
    assert report.plan.changes == ()
    assert report.summary["unexpected_in_force"] == 2
    assert share(report) != "100.0 %"


def test_a_copied_mark_hides_nothing(cloud: Cloud) -> None:
    hands = Hands(cloud)
    copy = attach(hands, "a-copy", hands.units["root"], tags={TAG: "no-leaving"})
    report = look(cloud)
    [finding] = report.drifted
    assert (finding.status, finding.address.name) == (drift.Status.IN_FORCE, "a-copy")
    assert copy in finding.reason
    assert report.plan.changes == ()


def test_who_has_attached_it_is_looked_up_and_when(cloud: Cloud) -> None:
    hands = Hands(cloud)
    rogue = attach(hands, "rogue", hands.units["root"])
    aws, plan = cloud.open(), cloud.plan(KINDS)
    told = acts(aws, {rogue})
    assert set(told) == {rogue}
    assert told[rogue].startswith("attached by arn:aws:")
    [finding] = drift.report(cloud.organization, plan, told).drifted
    assert finding.reason.endswith(f"at root, {told[rogue]}")
    assert finding.to_json()["diff"][-1] == {"path": "by", "expected": None, "actual": told[rogue]}
    hands.organizations.update_policy(PolicyId=rogue, Description="other")
    assert ", changed by arn:aws:" in acts(aws, {rogue})[rogue]
    cloud.sandbox.advance(91 * 24 * 3600)
    assert acts(aws, {rogue}) == {}


def test_what_the_config_knows_of_is_shown_and_is_no_drift(cloud: Cloud) -> None:
    hands = Hands(cloud)
    guard = attach(hands, "aws-guardrails-AbCd", hands.units["security"])
    one = attach(hands, "legacy", hands.units["workloads"])
    known = replace(cloud.organization, known_policies=("aws-guardrails-*", one))
    report = look(Cloud(cloud.sandbox, known))
    assert report.drifted == ()
    assert [finding.reason for finding in report.findings] == [
        f"aws-guardrails-AbCd ({guard}, {SCP}) of AWS Control Tower at unit/security, known: aws-guardrails-*",
        f"legacy ({one}, {SCP}) at unit/workloads, known: {one}",
    ]


def test_a_unit_that_the_config_does_not_name_is_not_its_affair(cloud: Cloud) -> None:
    hands = Hands(cloud)
    unit = hands.organizations.create_organizational_unit(ParentId=hands.units["root"], Name="Elsewhere")
    attach(hands, "theirs", unit["OrganizationalUnit"]["Id"])
    report = look(cloud)
    assert report.drifted == ()
    assert "policy.theirs" in {str(finding.address) for finding in report.findings}


LEVELS = {"workloads": Strictness.STRICT, "workloads/prod": Strictness.LENIENT}


def test_how_strict_drift_is_with_others_is_said_by_unit(cloud: Cloud) -> None:
    hands, wanted = Hands(cloud), cloud.organization
    units = {key: replace(unit, strictness=LEVELS.get(key)) for key, unit in wanted.units.items()}
    wanted = replace(wanted, units=units, strictness=Strictness.LENIENT)
    attach(hands, "far", hands.units["security"], hands.units["workloads/prod"])
    attach(hands, "near", hands.accounts["shop-dev"], hands.units["security"])
    for name, parent in (("Elsewhere", "root"), ("Lenient", "workloads/prod"), ("Strict", "workloads")):
        hands.organizations.create_organizational_unit(ParentId=hands.units[parent], Name=name)
    report = drift.report(wanted, Cloud(cloud.sandbox, wanted).plan(KINDS))
    assert {(finding.address.kind, finding.status.value) for finding in report.drifted} == {
        ("policy", "unexpected_in_force"),
        ("unit", "unexpected"),
    }
    [policy, unit] = sorted(report.drifted, key=lambda finding: finding.address.kind)
    assert policy.address.name == "near"
    assert unit.reason.endswith("unit workloads), where the config is strict")
    assert "lenient there" in next(each.reason for each in report.findings if each.address.name == "far")
    counted = {finding.address.name for finding in report.of(drift.Status.UNMANAGED) if finding.address.kind == "unit"}
    assert counted == {"Elsewhere", "workloads/prod/Lenient"}


def test_the_estate_has_policies_of_others(cloud: Cloud) -> None:
    hands = Hands(cloud)
    attach(hands, "rogue", hands.units["root"], Content=json.dumps(DENY).replace("s3:*", "*"))
    seen = cloud.observe(KINDS)
    organization = replace(cloud.organization, foreign=foreign_in(seen.live))
    assert not list(lock_outs(cloud.organization))
    assert any("s3:CreateBucket" in found.actions for found in lock_outs(organization))
    new = Change(Action.CREATE, Address("policy", "mine"), None, {})
    refuse_lock_out(organization, [new])
    moved = Change(Action.UPDATE, Address("account", "shop-dev"), {"unit": "root"}, {"unit": "workloads/dev"})
    with pytest.raises(UnsafePlan, match=r"of others count too, and are theirs to mend: rogue .* at root"):
        refuse_lock_out(organization, [new, moved])
    gone = Address("attachments", "unit/workloads")
    live = seen.live[gone].attributes
    change = Change(Action.UPDATE, gone, live, {"policies": ["FullAWSAccess"]})
    assert "become permitted" in str(effects(cloud.organization, seen.live, [change], {}).sentences[gone])
    assert effects(organization, seen.live, [change], {}).sentences == {}, "what others deny does not become permitted"


PAIR = """
guardrails:
  no-leaving: {target: {units: [workloads]}}
  no-root: {target: {units: [workloads]}}
"""


def others(number: int, policy_type: str = SCP, *nodes: str) -> tuple[ForeignPolicy, ...]:
    return tuple(
        ForeignPolicy(f"p-other{n:03}", f"other-{n}\x1b", policy_type, nodes, Address("policy", f"other-{n}"))
        for n in range(number)
    )


def refusal(organization: Organization, changes: list[Change]) -> str:
    with pytest.raises(ImpossiblePlan) as caught:
        refuse_crowded(organization, changes, {}, lambda node: "ou-abcd-11111111")
    return str(caught.value)


def test_a_plan_for_which_no_slot_is_left_is_refused_with_who_takes_them(
    load_text: Callable[[str], Organization],
) -> None:
    made = load_text(SMALL + PAIR)
    node = "unit/workloads"
    wanted = next(each for each in BY_NAME["attachments"].desired(made) if each.address.name == node)
    change = Change(
        Action.UPDATE, wanted.address, {"policies": ["FullAWSAccess"]}, wanted.attributes, source=wanted.source
    )
    scps = sum(made.policies[key].type == SCP for key in made.attached[node])
    fits = replace(made, foreign=others(9 - scps, SCP, node) + others(9, SCP, "unit/security"))
    refuse_crowded(fits, [change], {})
    said = refusal(replace(made, foreign=others(10 - scps, SCP, node)), [change])
    assert (
        f"attachments.{node} ({wanted.source}): {node} (ou-abcd-11111111) would have 11 policies of type {SCP}" in said
    )
    for words in (
        "AWS allows 10",
        "no-leaving",
        "(p-other000)",
        "FullAWSAccess (p-FullAWSAccess)",
        "`pack: true` there",
    ):
        assert words in said
    assert "\x1b" not in said
    raised = replace(made, foreign=others(10 - scps, SCP, node), limits={SCP: {"attached": 11}})
    refuse_crowded(raised, [change], {})
    refuse_crowded(replace(made, foreign=others(20, SCP, node)), [replace(change, before=change.after)], {})


def test_rcps_count_the_one_of_aws_too(organization: Load) -> None:
    made = organization("guardrails:\n  rcp-tls-only: {target: {accounts: [shop-dev]}}\n")
    [key] = made.attached["account/shop-dev"]
    change = Change(Action.CREATE, Address("attachments", "account/shop-dev"), None, {"policies": [key]})
    refuse_crowded(replace(made, foreign=others(3, RCP, "account/shop-dev")), [change], {})
    assert "5" in refusal(replace(made, foreign=others(4, RCP, "account/shop-dev")), [change])


def test_packing_knows_the_slots_that_are_left(load_text: Callable[[str], Organization]) -> None:
    made = load_text(SMALL + PAIR)
    theirs = replace(made, foreign=others(3, SCP, "unit/workloads"))
    assert slots(made, "unit/workloads", SCP) - slots(theirs, "unit/workloads", SCP) == 3
    assert slots(theirs, "unit/security", SCP) == 9
