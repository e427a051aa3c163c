"""Beside Control Tower: it is found, its things are named as its own and known, and nobody writes them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from landing.core.errors import ImpossiblePlan
from landing.core.model import Action, Address, Change, Resource, Severity
from landing.engine import drift
from landing.engine.observe import Observation
from landing.engine.plan import Origin, Plan, make, refuse_theirs
from landing.importing.draft import Asked
from landing.importing.live import read, stranger
from landing.organization import Organization
from landing.organization.owners import owner_of
from landing.organization.resources import foreign_in, has_control_tower
from landing.policy import SCP
from landing.policy.attachment_slots import others
from landing.report.plan_text import in_words, said_of
from landing.sandbox import Sandbox
from tests.cloud import BY_NAME, Cloud, QuickAws, Story
from tests.control_tower import PRINCIPAL, launch, register
from tests.meddling import Hands
from tests.samples import GOVERNED
from tests.test_foreign import attach

ZONE = Address("control_tower", "landing-zone")
KINDS = [BY_NAME[name] for name in ("trusted_access", "unit", "account", "policy", "attachments", "control_tower")]


@pytest.fixture
def cloud(creation: Story) -> Iterator[Cloud]:
    """A cloud in which everything is as declared."""
    with Sandbox() as sandbox:
        sandbox.load(creation.end)
        yield Cloud(sandbox, creation.organization)


def set_up(cloud: Cloud, **rest: Any) -> Any:
    """A client of Control Tower, which has a landing zone and governs the unit of workloads."""
    hands, client = Hands(cloud), cloud.sandbox.session().client("controltower", "eu-west-1")
    launch(client, hands.accounts["log-archive"], hands.accounts["security-tooling"], **rest)
    unit = hands.organizations.describe_organizational_unit(OrganizationalUnitId=hands.units["workloads"])
    assert register(client, unit["OrganizationalUnit"]["Arn"]) == "SUCCEEDED"
    return client


def looked(cloud: Cloud) -> tuple[Any, Plan]:
    seen = cloud.observe(KINDS)
    told = replace(cloud.organization, foreign=foreign_in(seen.live), control_tower=has_control_tower(seen.live))
    return told, make(seen, Origin())


def test_its_things_are_named_as_its_own_and_are_known(cloud: Cloud) -> None:
    set_up(cloud)
    organization, plan = looked(cloud)
    report = drift.report(organization, plan)
    assert (plan.changes, plan.gaps, report.drifted) == ((), (), ())
    assert ZONE in plan.unmanaged
    assert plan.owner(ZONE) == "AWS Control Tower"
    [guard] = plan.foreign
    assert guard.name.startswith("aws-guardrails-")
    known = f"{guard.name} ({guard.id}, {SCP}) of AWS Control Tower at unit/workloads, known: its landing zone"
    assert in_words(guard, organization) == known
    assert Plan.from_json(plan.to_json()).foreign == (guard,)
    reasons = {finding.address: finding.reason for finding in report.findings}
    assert reasons[guard.address] == known
    said = "in AWS, neither declared nor ours, but of AWS Control Tower"
    assert reasons[ZONE] == f"{said}: {ZONE} (version 4.0, status ACTIVE, drift IN_SYNC)"
    assert [each.name for each in others(organization, "unit/workloads", SCP)] == [guard.name], "it takes a slot"


def test_a_name_alone_makes_nothing_known(cloud: Cloud) -> None:
    hands = Hands(cloud)
    attach(hands, "aws-guardrails-AbCd", hands.units["root"])
    organization, plan = looked(cloud)
    [finding] = drift.report(organization, plan).drifted
    assert finding.status is drift.Status.IN_FORCE
    assert "of AWS Control Tower at root" in finding.reason


def test_it_is_asked_only_where_it_is_trusted(cloud: Cloud) -> None:
    before = cloud.sandbox.calls.copy()
    looked(cloud)
    assert not [call for call in cloud.sandbox.calls - before if call[0] == "controltower"]
    set_up(cloud)
    before = cloud.sandbox.calls.copy()
    looked(cloud)
    asked = {operation for service, operation in cloud.sandbox.calls - before if service == "controltower"}
    assert asked == {"ListLandingZones", "GetLandingZone"}


def test_its_own_drift_is_drift(cloud: Cloud) -> None:
    set_up(cloud)
    for change in ("disable", "enable"):  # TRUSTED_ACCESS_DISABLED, which is drift until the landing zone is reset
        getattr(Hands(cloud).organizations, f"{change}_aws_service_access")(ServicePrincipal=PRINCIPAL)
    (finding,) = drift.report(*looked(cloud)).drifted
    assert (finding.address, finding.status, finding.severity) == (ZONE, drift.Status.CHANGED, Severity.HIGH)
    assert "its landing zone has drifted: reset it there" in finding.reason
    assert ("drift", None, "DRIFTED") in finding.diff


@pytest.mark.parametrize(
    ("kind", "attributes", "words"),
    [
        ("control_tower", {"version": "4.0", "status": "FAILED", "drift": "IN_SYNC"}, "has failed"),
        ("control_tower", {"version": "4.0", "status": "PROCESSING", "drift": ""}, ""),
        ("control_tower_control", {"status": "SUCCEEDED", "drifted": True}, "it has drifted; others have enabled it"),
        ("control_tower_control", {"status": "UNDER_CHANGE", "drifted": False}, ""),
        ("control_tower_baseline", {"status": "FAILED", "drifted": False}, "could not enable it"),
    ],
)
def test_what_it_says_of_what_is_not_ours_is_told(kind: str, attributes: dict[str, Any], words: str) -> None:
    address = Address(kind, "x")
    seen = Observation({}, {address: Resource(address, attributes, owned=False)}, ())
    plan = make(seen, Origin())
    found = drift.report(stranger("eu-west-1", "OrganizationAccountAccessRole"), plan).drifted
    assert [words in finding.reason for finding in found] == ([True] if words else [])


def test_a_refusal_is_a_gap_and_its_policies_are_known_all_the_same(cloud: Cloud) -> None:
    set_up(cloud)
    cloud.sandbox.faults.reject("controltower", "GetLandingZone", code="AccessDeniedException", times=9)
    organization, plan = looked(cloud)
    assert [gap.kind for gap in plan.gaps] == ["control_tower"]
    assert drift.report(organization, plan).drifted == ()


def test_a_second_organization_trail_is_told_before_it_is_made(cloud: Cloud) -> None:
    theirs, ours = Address("trail", "aws-controltower-BaselineCloudTrail"), Address("trail", "landing-organization")
    made = Change(Action.CREATE, ours, None, {"bucket": "b"})
    (said,) = said_of(Plan((made,), unmanaged=(theirs,)), cloud.organization, {})[ours]
    assert said.startswith(f"{theirs.name} of AWS Control Tower is an organization trail already")
    assert f"`services.cloudtrail.existing: {theirs.name}`" in said
    changed = replace(made, action=Action.UPDATE, before={"bucket": "a"})
    assert not said_of(Plan((changed,), unmanaged=(theirs,)), cloud.organization, {})[ours]


def test_its_trail_is_used_as_it_is(cloud: Cloud) -> None:
    set_up(cloud)
    service = cloud.organization.services["cloudtrail"]
    settings = replace(service.settings, existing="aws-controltower-BaselineCloudTrail")
    named = replace(cloud.organization, services={"cloudtrail": replace(service, settings=settings)})
    plan = Cloud(cloud.sandbox, named).plan([BY_NAME["trail"]])
    assert (plan.gaps, plan.astray) == ((), {}), "it does what ours would"
    assert plan.unmanaged == (), "the config names it"


@pytest.mark.parametrize(
    ("name", "tags", "owner"),
    [
        ("aws-guardrails-AbCd", {}, "AWS Control Tower"),
        ("rcp", {"aws-control-tower": "managed-by-control-tower"}, "AWS Control Tower"),
        ("AWSControlTowerBP-BASELINE-CONFIG", {}, "AWS Control Tower"),
        ("aws-controltower-BaselineCloudTrail", {}, "AWS Control Tower"),
        (PRINCIPAL, {}, "AWS Control Tower"),
        ("AWSAccelerator-Guardrails", {}, "Landing Zone Accelerator"),
        ("mine", {"Accelerator": "AWSAccelerator"}, "Landing Zone Accelerator"),
        ("mine", {"ManagedBy": "Terraform"}, "Terraform"),
        ("mine", {"ManagedBy": "hand"}, ""),
        ("mine", {"aws:cloudformation:stack-name": "x"}, "a CloudFormation stack"),
        ("my-aws-guardrails-", {}, ""),
    ],
)
def test_whose_a_thing_is(name: str, tags: dict[str, str], owner: str) -> None:
    found = owner_of(name, tags)
    assert str(found or "") == owner
    assert found is None or found.page.startswith("https://")


def test_what_it_keeps_is_not_written(cloud: Cloud) -> None:
    organization = replace(cloud.organization, control_tower=True)
    by_name, by_tag = Address("policy", "aws-guardrails-abcd"), Address("policy", "no-leaving")
    live = {
        by_name: Resource(by_name, {"name": by_name.name}, owned=False),
        by_tag: Resource(by_tag, {"name": by_tag.name, "owner": "AWS Control Tower"}, owned=False),
    }
    changes = [Change(Action.UPDATE, address, {"content": 1}, {"content": 2}) for address in live]
    with pytest.raises(ImpossiblePlan, match=r"(?s)Control Tower keeps these.*abcd.*no-leaving.*another name"):
        refuse_theirs(organization, changes, live)
    refuse_theirs(organization, [Change(Action.FORGET, by_name, {"managed": True}, {"managed": False})], live)
    refuse_theirs(organization, [Change(Action.CREATE, by_name, None, {})], {})
    refuse_theirs(cloud.organization, changes, live)  # where it is no more, what it has left is anybody's


def test_import_leaves_it_what_is_its_own(cloud: Cloud) -> None:
    set_up(cloud)
    nobody = stranger("eu-west-1", "OrganizationAccountAccessRole")
    draft = read(nobody, QuickAws(nobody), Asked("test"))
    assert PRINCIPAL not in draft.trusted_access
    told = {str(each.what): each.why for each in draft.left_out}
    assert told[f"trusted access of {PRINCIPAL}"] == "it is of AWS Control Tower"
    assert [each.why.partition(", ")[2] for each in draft.known] == ["of AWS Control Tower"]


def test_its_recorders_are_kept_and_checked(governed: Story, load_text: Callable[[str], Organization]) -> None:
    with Sandbox() as sandbox:
        sandbox.load(governed.end)
        cloud = Cloud(sandbox, load_text(GOVERNED + "  log_archive: {}\n  config: {}\n"))
        assert cloud.apply().complete
        plan = cloud.plan([BY_NAME[name] for name in ("stack", "stack_set", "config_recording")])
        assert (plan.changes, plan.gaps) == ((), ()), "they record what is asked"
        own = Hands(cloud).client("config", "shop-prod", "us-east-1")
        (recorder,) = own.describe_configuration_recorders()["ConfigurationRecorders"]
        assert recorder["name"] == "aws-controltower-BaselineConfigRecorder"
