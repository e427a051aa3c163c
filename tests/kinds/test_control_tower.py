"""Controls, baselines and enrolment by Control Tower: what is there before, what others do, what AWS refuses."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from landing.core.errors import ConfigError, ImpossiblePlan
from landing.core.model import MARK, Action, Address, Change, Diagnostic, Resource
from landing.engine import drift
from landing.engine.order.unique_names import refuse_impossible
from landing.organization import Organization
from landing.sandbox import Sandbox
from tests.cloud import BY_NAME, Cloud, Story
from tests.control_tower import Place, settled
from tests.meddling import Hands
from tests.samples import GOVERNED, SMALL

NAMES = ("control_tower_baseline", "control_tower_enrolment", "control_tower_control")
KINDS = [BY_NAME[name] for name in NAMES]
TREE = [BY_NAME[name] for name in ("organization", "policy_type", "trusted_access", "unit", "account")]
ROOT_USER = "AWS-GR_RESTRICT_ROOT_USER"
DECLARE = "services:\n  control_tower:\n"
Load = Callable[[str], Organization]


@pytest.fixture(scope="session")
def small(load_text: Load) -> bytes:
    """The units and accounts of SMALL, without Control Tower."""
    with Sandbox() as sandbox:
        assert Cloud(sandbox, load_text(SMALL)).apply(TREE).complete
        return sandbox.dump()


@pytest.fixture
def sandbox(small: bytes) -> Iterator[Sandbox]:
    with Sandbox() as sandbox:
        sandbox.load(small)
        yield sandbox


@pytest.fixture
def as_declared(governed: Story) -> Iterator[Cloud]:
    """Everything is as GOVERNED has it."""
    with Sandbox() as sandbox:
        sandbox.load(governed.end)
        yield Cloud(sandbox, governed.organization)


def changes(cloud: Cloud) -> dict[str, Action]:
    return {str(change.address): change.action for change in cloud.plan(KINDS).changes}


def client(cloud: Cloud) -> Any:
    return cloud.sandbox.session().client("controltower", "eu-west-1")


def enabled(cloud: Cloud, control: str) -> Any:
    """The first that is enabled of a control, by the end of its ARN or by its parameters."""
    found = client(cloud).list_enabled_controls()["enabledControls"]
    return next(each for each in found if each["controlIdentifier"].endswith(control))


def test_without_a_landing_zone_it_says_where_the_config_asks_for_one(sandbox: Sandbox, load_text: Load) -> None:
    cloud = Cloud(sandbox, load_text(SMALL + DECLARE + "    baselines: [{units: [workloads]}]\n"))
    with pytest.raises(ConfigError) as refused:
        cloud.plan(KINDS)
    problem = refused.value.problems[0]
    assert (problem.code, problem.pointer) == ("LZ521", ("services", "control_tower"))
    assert problem.source
    assert problem.source.line == GOVERNED[: GOVERNED.index("  control_tower:")].count("\n")


def test_what_others_have_enabled_is_theirs(sandbox: Sandbox, load_text: Load) -> None:
    place = Place(sandbox)
    place.register("workloads")
    cloud = Cloud(sandbox, load_text(SMALL))
    assert changes(cloud) == {}
    assert [str(each) for each in cloud.plan(KINDS).unmanaged] == [
        "control_tower_baseline.workloads/AWSControlTowerBaseline"
    ]


def test_what_is_there_is_adopted_by_a_tag_and_nothing_else(sandbox: Sandbox, load_text: Load) -> None:
    place = Place(sandbox, version="3.3")
    place.register("workloads", version="4.0")
    asked = {"controlIdentifier": f"arn:aws:controltower:eu-west-1::control/{ROOT_USER}"}
    settled(place.client, place.client.enable_control(**asked, targetIdentifier=place.arns["workloads"]), "control")
    text = f"    baselines: [{{units: [workloads]}}]\n    controls: [{{control: {ROOT_USER}, units: [workloads]}}]\n"
    cloud = Cloud(sandbox, load_text(SMALL + DECLARE + text))
    assert set(changes(cloud).values()) == {Action.ADOPT}
    aws = cloud.open(read_only=False)
    assert cloud.apply(changes=cloud.plan(KINDS).changes, aws=aws).complete
    assert aws.writes == aws.calls["controltower", "TagResource"] == 2
    assert changes(cloud) == {}


def test_a_control_may_be_called_by_any_of_its_names(as_declared: Cloud, load_text: Load) -> None:
    catalog = as_declared.sandbox.session().client("controlcatalog", "eu-west-1")
    arn = next(each["Arn"] for each in catalog.list_controls()["Controls"] if ROOT_USER in each["Aliases"])
    for name in (arn, arn.rpartition("/")[2], f"arn:aws:controltower:eu-west-1::control/{ROOT_USER}"):
        cloud = Cloud(as_declared.sandbox, load_text(GOVERNED.replace(ROOT_USER, name)))
        assert changes(cloud) == {}


@pytest.mark.parametrize(
    ("entry", "code", "words"),
    [
        ("{control: CT.S3.PR.11, units: [workloads]}", "LZ522", "no control `CT.S3.PR.11`"),
        ("{control: CT.S3.PR.1, units: [workloads], parameters: {A: 1}}", "LZ523", "no parameter `A`.*none"),
        (
            "{control: CT.MULTISERVICE.PV.1, units: [security], parameters: {AllowedRegion: []}}",
            "LZ523",
            "no parameter `AllowedRegion`.*AllowedRegions",
        ),
    ],
)
def test_what_the_catalogue_does_not_have_is_told_where_it_stands(
    as_declared: Cloud, load_text: Load, entry: str, code: str, words: str
) -> None:
    cloud = Cloud(as_declared.sandbox, load_text(f"{GOVERNED}      - {entry}\n"))
    with pytest.raises(ConfigError, match=words) as refused:
        cloud.plan(KINDS)
    assert [each.code for each in refused.value.problems] == [code]


def test_one_control_by_two_names_is_told(as_declared: Cloud, load_text: Load) -> None:
    catalog = as_declared.sandbox.session().client("controlcatalog", "eu-west-1")
    arn = next(each["Arn"] for each in catalog.list_controls()["Controls"] if ROOT_USER in each["Aliases"])
    cloud = Cloud(as_declared.sandbox, load_text(f"{GOVERNED}      - {{control: '{arn}', units: [security]}}\n"))
    with pytest.raises(ConfigError, match="are one control"):
        cloud.plan(KINDS)


@pytest.mark.parametrize(
    ("entries", "code", "words"),
    [
        ("controls: [{control: CT.S3.PR.1, units: [workload]}]", "LZ301", "no unit `workload`"),
        ("baselines: [{units: [root]}]", "LZ301", "no unit `root`"),
        (
            "controls: [{control: A.1, units: [security]}, {control: A.1, units: [security, workloads]}]",
            "LZ381",
            "`A.1`",
        ),
        ("baselines: [{units: [security]}, {units: [security, workloads]}]", "LZ381", "AWSControlTowerBaseline"),
        ("baselines: [{baseline: BackupBaseline, units: [security]}]", "LZ382", "BackupBaseline needs a version"),
    ],
)
def test_what_cannot_be_is_told_offline(
    problems: Callable[..., list[Diagnostic]], entries: str, code: str, words: str
) -> None:
    (problem,) = problems(f"services: {{control_tower: {{{entries}}}}}\n")
    assert (problem.code, words in problem.message) == (code, True)
    assert problem.source


def test_what_is_let_go_of_stays_as_it_is(as_declared: Cloud, load_text: Load) -> None:
    name = "control_tower_control.workloads/dev/CT.MULTISERVICE.PV.1"
    text = GOVERNED[: GOVERNED.index("      - {control: CT.MULTI")] + f"removed: [{name}]\n"
    cloud = Cloud(as_declared.sandbox, load_text(text))
    assert changes(cloud) == {name: Action.FORGET}
    assert cloud.apply(changes=cloud.plan(KINDS).changes).complete
    assert len(enabled_all(cloud)) == 2
    kept = Cloud(cloud.sandbox, load_text(text.partition("removed:")[0]))
    assert changes(kept) == {}


def test_recorders_that_would_keep_accounts_out_are_told(problems: Callable[..., list[Diagnostic]]) -> None:
    found = problems("services: {control_tower: {}, log_archive: {}, config: {}}\n")
    assert [(each.code, each.severity) for each in found] == [("LZ383", "warning")]


def test_what_is_inherited_is_not_enabled_again(as_declared: Cloud) -> None:
    names = {(each["controlIdentifier"], each["targetIdentifier"]) for each in enabled_all(as_declared)}
    assert len([name for name, _ in names if name.endswith(ROOT_USER)]) == 1, "workloads/prod has it from workloads"
    assert changes(as_declared) == {}


def enabled_all(cloud: Cloud) -> list[Any]:
    found: list[Any] = client(cloud).list_enabled_controls()["enabledControls"]
    return found


def test_what_is_inherited_with_other_parameters_is_enabled_all_the_same(as_declared: Cloud, load_text: Load) -> None:
    more = "      - {control: CT.MULTISERVICE.PV.1, units: [workloads], parameters: {AllowedRegions: [%s]}}\n"
    name = "control_tower_control.{}/CT.MULTISERVICE.PV.1"
    for regions, wanted in (("eu-west-1", True), ("eu-west-1, us-east-1", False)):
        organization = load_text(GOVERNED + more % regions)
        found = {str(each.address): each for kind in KINDS for each in kind.desired(organization)}
        above = any(str(need) == name.format("workloads") for need in found[name.format("workloads/dev")].requires)
        assert above is not wanted
    cloud = Cloud(
        as_declared.sandbox,
        load_text(
            GOVERNED.replace("[workloads/dev]", "[workloads]")
            + (more % "us-east-1").replace("[workloads]", "[workloads/prod]")
        ),
    )
    assert cloud.apply(changes=cloud.plan(KINDS).changes).complete
    assert changes(cloud) == {}
    assert len([each for each in enabled_all(cloud) if not each["controlIdentifier"].endswith(ROOT_USER)]) == 2


def test_what_is_inherited_is_enabled_before_it_is_no_more(as_declared: Cloud, load_text: Load) -> None:
    text = GOVERNED.replace("units: [workloads, workloads/prod]", "units: [workloads/prod]")
    cloud = Cloud(as_declared.sandbox, load_text(text))
    assert changes(cloud) == {
        f"control_tower_control.workloads/{ROOT_USER}": Action.DELETE,
        f"control_tower_control.workloads/prod/{ROOT_USER}": Action.CREATE,
    }
    assert cloud.apply(changes=cloud.plan(KINDS).changes).complete
    assert changes(cloud) == {}


def test_a_control_that_others_disable_or_change_is_put_right(as_declared: Cloud) -> None:
    own = client(as_declared)
    regions = [{"key": "AllowedRegions", "value": ["us-east-1"]}]
    theirs = next(each for each in enabled_all(as_declared) if not each["controlIdentifier"].endswith(ROOT_USER))
    asked = {"enabledControlIdentifier": theirs["arn"]}
    settled(own, own.update_enabled_control(**asked, parameters=regions), "control")
    gone = {"enabledControlIdentifier": enabled(as_declared, ROOT_USER)["arn"]}
    settled(own, own.disable_control(**gone), "control")
    (lost, lost_below, changed) = sorted(as_declared.plan(KINDS).changes, key=lambda change: change.action)
    assert (lost.action, lost_below.action, changed.action) == (Action.CREATE, Action.CREATE, Action.UPDATE)
    assert changed.before
    assert changed.before["parameters"] == {"AllowedRegions": ["us-east-1"]}
    assert as_declared.apply(changes=[lost, lost_below, changed]).complete
    assert changes(as_declared) == {}


def test_drift_of_a_control_is_a_finding_and_is_put_right(as_declared: Cloud) -> None:
    organizations = as_declared.sandbox.session().client("organizations")
    listed = organizations.list_policies(Filter="SERVICE_CONTROL_POLICY")["Policies"]
    (guard,) = [
        (policy["Id"], target["TargetId"])
        for policy in listed
        if policy["Name"].startswith("aws-guardrails-")
        for target in organizations.list_targets_for_policy(PolicyId=policy["Id"])["Targets"]
        if target["Name"] == "Workloads"
    ]
    organizations.detach_policy(PolicyId=guard[0], TargetId=guard[1])
    plan = as_declared.plan(KINDS)
    (finding,) = drift.report(as_declared.organization, plan).drifted
    assert (str(finding.address), finding.diff) == (
        f"control_tower_control.workloads/{ROOT_USER}",
        (("drifted", False, True),),
    )
    aws = as_declared.open(read_only=False)
    assert as_declared.apply(changes=plan.changes, aws=aws).complete
    assert aws.calls["controltower", "ResetEnabledBaseline"] == 1, "an SCP comes back with its unit"
    assert changes(as_declared) == {}


def test_what_control_tower_is_at_is_no_drift(as_declared: Cloud) -> None:
    theirs = next(each for each in enabled_all(as_declared) if not each["controlIdentifier"].endswith(ROOT_USER))
    own, asked = client(as_declared), {"enabledControlIdentifier": theirs["arn"]}
    for value in (["us-east-1"], ["eu-west-1", "us-east-1"]):
        started = own.update_enabled_control(**asked, parameters=[{"key": "AllowedRegions", "value": value}])
        if value == ["us-east-1"]:
            settled(own, started, "control")
    report = drift.report(as_declared.organization, as_declared.plan(KINDS))
    (finding,) = report.of(drift.Status.UNDER_WAY)
    assert (finding.reason, report.drifted) == ("AWS Control Tower is at it", ())


def test_accounts_are_enrolled_by_control_tower_where_it_does_that(sandbox: Sandbox, load_text: Load) -> None:
    place = Place(sandbox)
    place.register("workloads")
    place.register("workloads/dev")
    text = SMALL + "  shop-new: {name: Shop New, email: sn@example.com, unit: workloads/dev}\n" + DECLARE + "    {}\n"
    cloud = Cloud(sandbox, load_text(text))
    planned = cloud.plan([*TREE, *KINDS]).changes
    assert [str(change.address) for change in planned] == ["account.shop-new", "control_tower_enrolment.workloads/dev"]
    aws = cloud.open(read_only=False)
    assert cloud.apply(changes=planned, aws=aws).complete
    assert not aws.calls["controltower", "ResetEnabledBaseline"]
    assert cloud.plan([*TREE, *KINDS]).changes == ()


def test_a_unit_that_is_registered_is_so_with_the_accounts_that_come_into_it(sandbox: Sandbox, load_text: Load) -> None:
    place = Place(sandbox, remediation=False, version="3.3")
    place.register("workloads", version="4.0")
    text = SMALL.replace("      dev: {name: Dev}", "      dev: {name: Dev}\n      new: {name: New}")
    text += "  shop-new: {name: Shop New, email: sn@example.com, unit: workloads/new}\n"
    text += DECLARE + "    baselines: [{units: [workloads/new]}]\n"
    cloud = Cloud(sandbox, load_text(text))
    aws = cloud.open(read_only=False)
    assert cloud.apply(changes=cloud.plan([*TREE, *KINDS]).changes, aws=aws).complete
    assert aws.calls["controltower", "EnableBaseline"] == 1
    assert not aws.calls["controltower", "ResetEnabledBaseline"]
    found = place.client.list_enabled_baselines(includeChildren=True)["enabledBaselines"]
    assert len([each for each in found if each.get("parentIdentifier")]) == 1
    assert cloud.plan([*TREE, *KINDS]).changes == ()


def test_who_manages_access_is_named_to_the_baseline(sandbox: Sandbox, load_text: Load) -> None:
    Place(sandbox, identity=True)
    cloud = Cloud(sandbox, load_text(SMALL + DECLARE + "    baselines: [{units: [workloads], parameters: {}}]\n"))
    assert cloud.apply(changes=cloud.plan(KINDS).changes).complete
    assert changes(cloud) == {}


def test_a_recorder_keeps_an_account_from_being_enrolled_and_that_is_said(sandbox: Sandbox, load_text: Load) -> None:
    place = Place(sandbox)
    place.move("shop-dev", "workloads/dev", "workloads")
    cloud = Cloud(sandbox, load_text(SMALL + DECLARE + "    baselines: [{units: [workloads]}]\n"))
    hands = Hands(cloud)
    role = hands.client("iam", "shop-dev").create_service_linked_role(AWSServiceName="config.amazonaws.com")["Role"]
    config = hands.client("config", "shop-dev")
    config.put_configuration_recorder(ConfigurationRecorder={"name": "default", "roleARN": role["Arn"]})
    result = cloud.apply(changes=cloud.plan(KINDS).changes)
    (failed,) = result.failed.values()
    assert "has an AWS Config recorder" in failed.text
    config.delete_configuration_recorder(ConfigurationRecorderName="default")
    (again,) = cloud.plan(KINDS).changes
    assert (again.action, again.before and again.before["status"]) == (Action.UPDATE, "FAILED")
    assert cloud.apply(changes=[again]).complete
    assert changes(cloud) == {}


ZONE = Address("control_tower", "landing-zone")


def _zone(version: str) -> dict[Address, Resource]:
    return {ZONE: Resource(ZONE, {"version": version, "foundational": ["Security"]}, owned=False)}


def _new(kind: str, name: str, **after: Any) -> Change:
    return Change(Action.CREATE, Address(kind, name), None, {MARK: True, **after})


@pytest.mark.parametrize(
    ("change", "version", "words"),
    [
        (_new(NAMES[2], "workloads/CT.S3.PR.1"), "3.3", "workloads is not registered"),
        (_new(NAMES[2], "workloads/CT.S3.PR.1"), "4.0", ""),
        (
            _new(NAMES[0], "workloads/AWSControlTowerBaseline", version="4.0"),
            "4.0",
            "5.0 in a landing zone of version 4.0",
        ),
        (_new(NAMES[0], "workloads/AWSControlTowerBaseline", version="5.0"), "4.0", ""),
        (_new(NAMES[0], "workloads/AWSControlTowerBaseline", version="9.0"), "5.1", ""),
        (_new(NAMES[0], "workloads/prod/AWSControlTowerBaseline"), "4.0", "workloads above is not registered"),
    ],
)
def test_what_aws_refuses_is_refused_in_the_plan(change: Change, version: str, words: str) -> None:
    if not words:
        refuse_impossible(BY_NAME, [change], _zone(version))
        return
    with pytest.raises(ImpossiblePlan, match=words):
        refuse_impossible(BY_NAME, [change], _zone(version))


def test_what_the_landing_zone_or_the_plan_registers_is_registered() -> None:
    unit = Address("unit", "security")
    there = _zone("3.3") | {unit: Resource(unit, {"name": "Security"})}
    refuse_impossible(BY_NAME, [_new(NAMES[2], "security/CT.S3.PR.1")], there)
    needs = (Address(NAMES[0], "workloads/AWSControlTowerBaseline"),)
    refuse_impossible(BY_NAME, [replace(_new(NAMES[2], "workloads/CT.S3.PR.1"), requires=needs)], _zone("3.3"))
    below = replace(_new(NAMES[0], "workloads/prod/AWSControlTowerBaseline"), requires=needs)
    refuse_impossible(BY_NAME, [below], _zone("3.3"))


def test_a_baseline_does_not_go_back() -> None:
    change = Change(Action.UPDATE, Address(NAMES[0], "workloads/B"), {"version": "10.0"}, {"version": "9.0"})
    with pytest.raises(ImpossiblePlan, match=r"does not go back from 10\.0 to 9\.0"):
        refuse_impossible(BY_NAME, [change], {})
