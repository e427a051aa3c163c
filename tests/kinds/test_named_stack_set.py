"""Stack sets that are there already and that a baseline names: used as they are, changed as asked, never deleted."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from landing.core.errors import ConfigError
from landing.core.model import Action, Address
from landing.organization import Organization
from landing.sandbox import Sandbox
from landing.services.stacks.shards import key_of, name_of
from tests.cloud import BY_NAME, Cloud, Cut, DyingAws
from tests.samples import LIBRARY, SMALL

KIND = BY_NAME["stack_set"]
KINDS = [BY_NAME[name] for name in ("organization", "trusted_access", "unit", "account")]
HOME, FAR = "eu-west-1", "us-east-1"
NAME, SET = "CorpHubs", Address("stack_set", "hubs")
TEXT = (
    SMALL + f"baselines:\n  hubs: {{blueprint: hub, stack_set: {NAME}, target: {{units: [workloads]}}, "
    "parameters: {Title: one}}\n"
)
TWO = TEXT.replace("Title: one", "Title: two")
Load = Callable[[str], Organization]


@pytest.fixture(scope="module")
def world(load_text: Load) -> bytes:
    """The accounts of SMALL, and a stack set that somebody has made over the shops."""
    with Sandbox(organization=True) as sandbox:
        cloud = Cloud(sandbox, load_text(SMALL))
        assert cloud.apply(KINDS).complete
        units = {key: unit.id for key, unit in cloud.open().tree.units.items()}
        client = cloud.open(read_only=False).client("cloudformation")
        client.create_stack_set(
            StackSetName=NAME,
            Description="ours, says corp",
            PermissionModel="SERVICE_MANAGED",
            AutoDeployment={"Enabled": True, "RetainStacksOnAccountRemoval": False},
            TemplateBody=(LIBRARY / "blueprints" / "hub.yaml").read_text(encoding="utf-8"),
            Parameters=[{"ParameterKey": "Title", "ParameterValue": "one"}],
            Tags=[{"Key": "team", "Value": "corp"}],
        )
        client.create_stack_instances(
            StackSetName=NAME, DeploymentTargets={"OrganizationalUnitIds": [units["workloads"]]}, Regions=[HOME, FAR]
        )
        return sandbox.dump()


@pytest.fixture
def sandbox(world: bytes) -> Iterator[Sandbox]:
    with Sandbox() as sandbox:
        sandbox.load(world)
        yield sandbox


def found(cloud: Cloud) -> Any:
    return cloud.open().client("cloudformation").describe_stack_set(StackSetName=NAME)["StackSet"]


def test_it_is_used_as_it_is_and_changed_only_as_asked(sandbox: Sandbox, load_text: Load) -> None:
    cloud = Cloud(sandbox, load_text(TEXT))
    before = found(cloud)
    live = cloud.observe([KIND]).live[SET]
    assert not live.owned
    assert (cloud.plan([KIND]).changes, cloud.plan([KIND]).gaps) == ((), ())
    two = Cloud(sandbox, load_text(TWO))
    (change,) = two.plan([KIND]).changes
    assert change.before is not None
    assert change.after is not None
    assert (change.action, change.address) == (Action.UPDATE, SET)
    assert [part for part in change.after if change.before[part] != change.after[part]] == ["parameters"]
    for writes in range(10):
        try:
            assert two.apply([KIND], aws=DyingAws(two.organization, writes=writes, after_effect=True)).complete
        except Cut:
            continue
        break
    assert two.plan([KIND]).changes == ()
    kept = ("Description", "Tags", "AutoDeployment", "ManagedExecution", "OrganizationalUnitIds", "Regions")
    assert {part: found(two).get(part) for part in kept} == {part: before.get(part) for part in kept}
    assert found(two)["Parameters"] == [{"ParameterKey": "Title", "ParameterValue": "two"}]
    updates = two.open().client("cloudformation").list_stack_set_operations(StackSetName=NAME)["Summaries"]
    assert [each["Action"] for each in updates].count("UPDATE") == 1


def test_taken_out_of_the_config_it_stays(sandbox: Sandbox, load_text: Load) -> None:
    without = Cloud(sandbox, load_text(SMALL))
    assert without.plan([KIND]).changes == ()
    assert found(without)["Status"] == "ACTIVE"


@pytest.mark.parametrize(("model", "why"), [("", "there is no stack set"), ("SELF_MANAGED", "self-managed")])
def test_what_is_not_there_or_another_kind_is_a_gap(sandbox: Sandbox, load_text: Load, model: str, why: str) -> None:
    cloud = Cloud(sandbox, load_text(TEXT.replace(NAME, "Other")))
    if model:
        client = cloud.open(read_only=False).client("cloudformation")
        client.create_stack_set(StackSetName="Other", TemplateBody='{"Resources": {"A": {"Type": "AWS::SNS::Topic"}}}')
    plan = cloud.plan([KIND])
    assert plan.changes == ()
    (gap,) = plan.gaps
    assert gap.name == "hubs"
    assert why in gap.reason


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (TEXT.replace(NAME, "landing-hubs"), "is the name of a stack set that a config makes"),
        (TEXT + TEXT.splitlines()[-1].replace("  hubs:", "  other:") + "\n", "is the stack set of `hubs` already"),
    ],
)
def test_a_name_that_another_has_is_refused(load_text: Load, text: str, words: str) -> None:
    with pytest.raises(ConfigError) as refused:
        load_text(text)
    assert [each.code for each in refused.value.problems if words in each.message] == ["LZ339"]


def test_names_and_keys_lead_to_each_other(load_text: Load) -> None:
    text = TEXT.replace("  name: test", "  name: test\n  stack_sets_by_region_group: true")
    organization = load_text(text)
    for name, key in (
        (NAME, "hubs"),
        ("landing-hubs", "landing-hubs (by name)"),
        ("landing-dropped", "dropped"),
        ("Another", "Another (by name)"),
    ):
        assert key_of(organization, name) == key
        assert name_of(organization, key) == name
    assert {each.address for each in KIND.desired(organization)} == {SET}, "one set, however many groups of regions"
