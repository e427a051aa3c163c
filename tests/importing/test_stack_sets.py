"""Stack sets that are there become baselines where a config can say what they are, and are named with why else."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from landing.config import load
from landing.core.model import Action
from landing.importing.comparison import Compared
from landing.importing.draft import Asked
from landing.importing.live import read, stranger
from landing.importing.live_services import with_services
from landing.importing.output import write_folder
from landing.library import Library, shipped
from landing.sandbox import Sandbox
from tests.cloud import BY_NAME, Cloud, QuickAws
from tests.importing.test_adopting import by_hand

HOME, FAR = "eu-west-1", "us-east-1"
STRANGER = stranger(HOME)
TEXT = """# by corp
Parameters:
  Owner: {Type: String}
  Level: {Type: Number, Default: 3}
Resources:
  Hub:
    Type: AWS::SSM::Parameter
    Properties: {Type: String, Name: !Sub '/corp/${AWS::Region}', Value: !Ref Owner}
"""
NO_ECHO = '{"Parameters": {"Token": {"Type": "String", "NoEcho": true}}, '
TOPIC = json.dumps({"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}})


class Corp:
    """Somebody who makes stack sets by hand."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.live = by_hand(sandbox.world)
        self.client: Any = sandbox.session(region=HOME).client("cloudformation")
        self.client.activate_organizations_access()
        self.units = {unit.name: unit.id for unit in self.live.units.values()}
        self.accounts = {sandbox.world.accounts[each].name: each for each in self.live.members}

    def make(self, name: str, template: str, unit: str, *accounts: str, regions: Any = (HOME,), **values: str) -> None:
        parameters = [{"ParameterKey": key, "ParameterValue": value} for key, value in values.items()]
        self.client.create_stack_set(
            StackSetName=name,
            PermissionModel="SERVICE_MANAGED",
            AutoDeployment={
                "Enabled": not accounts,
                **({"RetainStacksOnAccountRemoval": True} if not accounts else {}),
            },
            TemplateBody=template,
            Parameters=parameters,
        )
        self.deploy(name, unit, *accounts, regions=regions)

    def deploy(self, name: str, unit: str, *accounts: str, regions: Any = (HOME,), **overrides: str) -> None:
        targets: dict[str, Any] = {"OrganizationalUnitIds": [self.units[unit]]}
        if accounts:
            targets |= {"Accounts": [self.accounts[each] for each in accounts], "AccountFilterType": "INTERSECTION"}
        given = [{"ParameterKey": key, "ParameterValue": value} for key, value in overrides.items()]
        operation = self.client.create_stack_instances(
            StackSetName=name, DeploymentTargets=targets, Regions=[*regions], ParameterOverrides=given
        )["OperationId"]
        awaited(self.client, name, operation)


def awaited(client: Any, name: str, operation: str) -> None:
    """Ask until AWS is done with an operation."""
    asked = {"StackSetName": name, "OperationId": operation}
    while client.describe_stack_set_operation(**asked)["StackSetOperation"]["Status"] in ("RUNNING", "QUEUED"):
        pass


@pytest.mark.parametrize("begun", ["update", "create", "first"])
def test_one_at_which_an_operation_runs_is_named_with_that(begun: str, tmp_path: Path) -> None:
    with Sandbox() as sandbox:
        corp = Corp(sandbox)
        corp.make("CorpHub" if begun != "first" else "Other", TOPIC, "Workloads")
        if begun == "first":
            corp.client.create_stack_set(
                StackSetName="CorpHub",
                TemplateBody=TOPIC,
                PermissionModel="SERVICE_MANAGED",
                AutoDeployment={"Enabled": True, "RetainStacksOnAccountRemoval": True},
            )
        if begun == "update":
            template = TOPIC.replace('{"Topic', '{"Other')
            corp.client.update_stack_set(StackSetName="CorpHub", TemplateBody=template)
        else:
            targets = {"OrganizationalUnitIds": [corp.units["Security"]]}
            corp.client.create_stack_instances(StackSetName="CorpHub", DeploymentTargets=targets, Regions=[HOME])
        for job in sandbox.world.clock.jobs:
            job.due += 100_000
        draft = read(STRANGER, QuickAws(STRANGER), Asked("corp", HOME, (HOME, FAR)))
        found = with_services(QuickAws(STRANGER), draft, write_folder(draft, tmp_path / "org"), tmp_path / "org")
    assert "CorpHub" not in {each.stack_set for each in found.draft.baselines}
    (told,) = [str(each) for each in found.written.left_out if each.what.startswith("stack set CorpHub")]
    assert "an operation is running; import again when it has ended" in told


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Sandbox, Compared, Path]]:
    """Such an organization, and what an import makes of it."""
    folder = tmp_path_factory.mktemp("import") / "org"
    with Sandbox() as sandbox:
        corp = Corp(sandbox)
        corp.client.create_stack_set(StackSetName="self", TemplateBody=TOPIC)
        corp.make("AWSControlTowerBP-BASELINE-ROLES", TOPIC, "Workloads")
        corp.make("AWS-QuickSetup-SSM-LA-a1b2c", TOPIC, "Workloads")
        corp.make("CorpHub", TEXT, "Workloads", regions=(HOME, FAR), Owner=corp.accounts["Audit"])
        corp.make("audit-only", TOPIC, "Security", "Audit")
        corp.make("uneven", TOPIC, "Security")
        corp.deploy("uneven", "Prod", regions=(FAR,))
        corp.make("own-values", TEXT.replace("/corp/", "/own/"), "Security", "Audit", Owner="a")
        corp.deploy("own-values", "Security", "Log Archive", Owner="b")  # which only a call for each instance shows
        corp.make("secret", TOPIC.replace("{", NO_ECHO, 1), "Security", Token="t")
        corp.client.create_stack_set(
            StackSetName="empty",
            TemplateBody=TOPIC,
            PermissionModel="SERVICE_MANAGED",
            AutoDeployment={"Enabled": False},
        )
        corp.client.create_stack(StackName="corp-portal", TemplateBody=TOPIC)
        corp.client.create_stack(StackName="AWSAccelerator-Core", TemplateBody=TOPIC)
        aws = QuickAws(STRANGER)
        draft = read(STRANGER, aws, Asked("corp", HOME, (HOME, FAR)))
        yield sandbox, with_services(aws, draft, write_folder(draft, folder), folder), folder


def test_what_a_config_can_say_is_a_baseline(imported: tuple[Sandbox, Compared, Path]) -> None:
    _, found, folder = imported
    assert {each.stack_set: each.nodes for each in found.draft.baselines} == {
        "CorpHub": ("unit/workloads",),
        "audit-only": ("account/audit",),
        "own-values": ("unit/security",),
    }
    assert (folder / "blueprints" / "corp_hub.yaml").read_text(encoding="utf-8") == TEXT
    assert (folder / "blueprints" / "audit_only.json").read_text(encoding="utf-8") == TOPIC
    assert {path.name for path in (folder / "blueprints").iterdir()} == {
        "corp_hub.yaml",
        "audit_only.json",
        "own_values.yaml",
    }


def test_every_other_is_named_with_its_reason(imported: tuple[Sandbox, Compared, Path]) -> None:
    _, found, folder = imported
    said = {each.what: each.why for each in found.written.left_out if each.what.startswith("stack set")}
    for what, why in (
        ("stack set AWSControlTowerBP-BASELINE-ROLES", "it is of AWS Control Tower"),
        ("stack set AWS-QuickSetup-SSM-LA-a1b2c", "it is of AWS Systems Manager Quick Setup"),
        ("stack set self", "its permissions are self-managed, which a config does not have"),
        ("stack set empty", "it has no instances"),
        ("stack set secret at unit/security in eu-west-1", "`Token` is NoEcho"),
        ("stack set uneven at unit/security, unit/workloads/prod in eu-west-1, us-east-1", "missing"),
    ):
        assert why in said.pop(what), what
    assert not said
    assert "uneven" in (folder / "config" / "organization.yaml").read_text(encoding="utf-8")


def test_what_may_have_parameters_of_single_instances_is_named_and_no_instance_is_asked_for(
    imported: tuple[Sandbox, Compared, Path],
) -> None:
    sandbox, found, folder = imported
    told = "parameters that single instances of CorpHub, own-values override, if any: AWS tells them of one instance a call"
    assert [each for each in map(str, found.written.left_out) if each.startswith(told)]
    assert told in (folder / "config" / "organization.yaml").read_text(encoding="utf-8")
    assert not sandbox.calls["cloudformation", "DescribeStackInstance"]


def test_plain_stacks_of_the_management_account_are_named(imported: tuple[Sandbox, Compared, Path]) -> None:
    _, found, _ = imported
    (left,) = (each for each in found.written.left_out if each.what.startswith("stacks of the management account"))
    assert left.what.endswith(HOME)
    assert left.why.endswith("AWSAccelerator-Core (of Landing Zone Accelerator); corp-portal")


def test_a_plan_of_it_writes_nothing_and_one_change_is_that_change(imported: tuple[Sandbox, Compared, Path]) -> None:
    sandbox, found, folder = imported
    cloud = Cloud(sandbox, found.written.organization)
    plan = cloud.plan()
    assert {change.action for change in plan.changes} == {Action.ADOPT}
    assert "stack_set" not in {change.address.kind for change in plan.changes}
    path = folder / "config" / "baselines.yaml"
    text = path.read_text(encoding="utf-8")
    assert 'Level: "3"' in text
    path.write_text(text.replace('Level: "3"', 'Level: "4"', 1), encoding="utf-8")
    try:
        changed, _ = load(folder / "config", Library.load(shipped(), folder.resolve()))
    finally:
        path.write_text(text, encoding="utf-8")
    (change,) = Cloud(sandbox, changed).plan([BY_NAME["stack_set"]]).changes
    assert (change.action, change.address.name) == (Action.UPDATE, "corp-hub")
    assert change.before is not None
    assert change.after is not None
    assert [part for part in change.after if change.after[part] != change.before[part]] == ["parameters"]


def test_what_a_config_cannot_say_of_a_stack_set_is_as_before_after_an_apply(
    imported: tuple[Sandbox, Compared, Path],
) -> None:
    """Parameters that an instance was given, and how AWS deploys: also where a stack that is gone is made again."""
    sandbox, found, _ = imported
    before = sandbox.dump()
    try:
        cloud = Cloud(sandbox, found.written.organization)
        client = sandbox.session(region=HOME).client("cloudformation")
        operation = client.update_stack_set(
            StackSetName="own-values", UsePreviousTemplate=True, ManagedExecution={"Active": True},
            Parameters=[{"ParameterKey": "Owner", "UsePreviousValue": True}],
        )["OperationId"]  # fmt: skip
        awaited(client, "own-values", operation)
        assert [str(each.address) for each in cloud.plan().changes if each.action is not Action.ADOPT] == []
        ids = cloud.open().tree.account_ids
        about = {"StackSetName": "own-values", "StackInstanceAccount": ids["log-archive"], "StackInstanceRegion": HOME}
        stack = client.describe_stack_instance(**about)["StackInstance"]["StackId"]
        member = sandbox.session(ids["log-archive"], region=HOME).client("cloudformation")
        member.delete_stack(StackName=stack)
        member.get_waiter("stack_delete_complete").wait(StackName=stack, WaiterConfig={"Delay": 0})
        plan = cloud.plan(detect=True)
        assert [str(each.address) for each in plan.changes if each.action is not Action.ADOPT] == [
            "stack_set.own-values"
        ]
        result = cloud.apply(changes=plan.changes)
        assert result.complete, result.failed
        instance = client.describe_stack_instance(**about)["StackInstance"]
        assert instance["StackId"] != stack
        assert [each["ParameterValue"] for each in instance["ParameterOverrides"]] == ["b"]
        assert client.describe_stack_set(StackSetName="own-values")["StackSet"]["ManagedExecution"] == {"Active": True}
        assert cloud.plan(detect=True).changes == ()
    finally:
        sandbox.load(before)
