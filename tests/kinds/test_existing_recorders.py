"""Recorders of AWS Config that accounts had before ours: kept and checked, or replaced, as the config says."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from landing.core.errors import UnsafePlan
from landing.core.model import Resource, Scope
from landing.engine.drift import report
from landing.guardrails.exposure import dangers, refuse_unsafe
from landing.organization import Organization
from landing.sandbox import Sandbox
from landing.services.config.declaration import SERVICE as CONFIG
from landing.services.stacks import existing_recorders
from tests.cloud import BY_NAME, Cloud
from tests.samples import SMALL

HOME = "eu-west-1"
KEEP = SMALL.replace(", us-east-1]", "]") + "services: {log_archive: {}, config: {}}\n"
REPLACE = KEEP.replace("config: {}", "config: {existing_recorders: replace}")
BEFORE = [BY_NAME[name] for name in ("organization", "trusted_access", "unit", "account")]
SITE = f"stack_set.config-recorder@shop-dev/{HOME}"
OWN = f"stack.config-recorder@management/{HOME}"
Load = Callable[[str], Organization]


def recorded(sandbox: Sandbox, account: str, *, types: list[str] | None = None) -> None:
    """Somebody made a recorder there, and started it."""
    session = sandbox.session(account, region=HOME)
    trust = {"Effect": "Allow", "Principal": {"Service": "config.amazonaws.com"}, "Action": "sts:AssumeRole"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    role = session.client("iam").create_role(RoleName="corp-config", AssumeRolePolicyDocument=document)["Role"]["Arn"]
    bucket = f"corp-config-{account}"
    session.client("s3").create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": HOME})
    about = {"Service": "config.amazonaws.com"}
    allow = {
        "Effect": "Allow",
        "Principal": about,
        "Action": "s3:*",
        "Resource": [f"arn:aws:s3:::{bucket}{end}" for end in ("", "/*")],
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [allow]})
    session.client("s3").put_bucket_policy(Bucket=bucket, Policy=policy)
    group: Any = {"allSupported": True, "includeGlobalResourceTypes": True}
    if types:
        group = {"allSupported": False, "resourceTypes": types}
    client = session.client("config")
    client.put_configuration_recorder(ConfigurationRecorder={"name": "corp", "roleARN": role, "recordingGroup": group})
    client.put_delivery_channel(DeliveryChannel={"name": "corp", "s3BucketName": bucket})
    client.start_configuration_recorder(ConfigurationRecorderName="corp")


def recorders(cloud: Cloud, account: str) -> list[str]:
    client = cloud.sandbox.session(cloud.open().tree.account_ids[account], region=HOME).client("config")
    return [each["name"] for each in client.describe_configuration_recorders()["ConfigurationRecorders"]]


@pytest.fixture(scope="module")
def worlds(load_text: Load) -> dict[str, bytes]:
    """Recorders in a member and in the management account, before ours and, where they are kept, after them."""
    with Sandbox(organization=True) as sandbox:
        cloud = Cloud(sandbox, load_text(KEEP))
        assert cloud.apply(BEFORE).complete
        recorded(sandbox, cloud.open().tree.account_ids["shop-dev"])
        recorded(sandbox, sandbox.management_account_id)
        before = sandbox.dump()
        result = cloud.apply()
        assert result.complete, (result.failed, result.blocked)
        return {"before": before, "kept": sandbox.dump()}


@pytest.fixture
def kept(worlds: dict[str, bytes], load_text: Load) -> Iterator[Cloud]:
    with Sandbox() as sandbox:
        sandbox.load(worlds["kept"])
        yield Cloud(sandbox, load_text(KEEP))


def test_kept_recorders_are_named_and_leave_nothing_to_do(kept: Cloud) -> None:
    plan = kept.plan()
    assert plan.changes == ()
    assert plan.gaps == ()
    assert SITE in map(str, plan.unmanaged)
    assert recorders(kept, "shop-dev") == recorders(kept, "management") == ["corp"]
    assert recorders(kept, "shop-prod") == ["default"]


def test_a_kept_recorder_that_records_less_is_told(kept: Cloud) -> None:
    ids = kept.open().tree.account_ids
    for account in ("shop-dev", "management"):
        client = kept.sandbox.session(ids[account], region=HOME).client("config")
        client.stop_configuration_recorder(ConfigurationRecorderName="corp")
    plan = kept.plan()
    assert (plan.changes, plan.gaps) == ((), ()), "nothing of ours to do, and all was seen: a pipeline goes on"
    found = {str(finding.address): finding for finding in report(kept.organization, plan).drifted}
    assert {*found} == {f"config_recording.kept@shop-dev/{HOME}", f"stack.config-recorder:kept@management/{HOME}"}
    assert all("corp is kept, and does not record" in finding.reason for finding in found.values())
    said = KEEP.splitlines()
    line = next(number for number, text in enumerate(said, 1) if text.startswith("services:"))
    places = {
        (finding.declared_at.line, finding.declared_at.column) for finding in found.values() if finding.declared_at
    }
    assert places == {(line, said[line - 1].index("config:") + 1)}, "`existing_recorders` is left out"


def test_a_recorder_that_was_kept_and_is_gone_is_told(kept: Cloud) -> None:
    client = kept.sandbox.session(kept.open().tree.account_ids["shop-dev"], region=HOME).client("config")
    client.stop_configuration_recorder(ConfigurationRecorderName="corp")
    client.delete_configuration_recorder(ConfigurationRecorderName="corp")
    (gap,) = kept.plan().gaps
    assert "sees no recorder there" in gap.reason


def test_a_change_of_the_blueprint_passes_by_kept_recorders(kept: Cloud, load_text: Load) -> None:
    daily = Cloud(kept.sandbox, load_text(KEEP.replace("config: {}", "config: {recording_frequency: DAILY}")))
    assert daily.apply().complete
    assert daily.plan().changes == ()
    assert recorders(daily, "shop-dev") == ["corp"]


def test_replacing_needs_its_own_word_and_is_done(kept: Cloud, load_text: Load) -> None:
    cloud = Cloud(kept.sandbox, load_text(REPLACE))
    plan = cloud.plan()
    asked = {str(address): {*words} for address, words in dangers(cloud.organization, plan.changes).items()}
    assert asked == {"stack_set.config-recorder": {"replace"}, OWN: {"replace"}}
    with pytest.raises(UnsafePlan, match="--allow replace"):
        refuse_unsafe(cloud.organization, plan.changes, ("delete",))
    result = cloud.apply()
    assert result.complete, result.failed
    assert cloud.plan().changes == ()
    assert recorders(cloud, "shop-dev") == recorders(cloud, "management") == ["default"]


def test_what_only_the_stack_set_finds_out_is_in_the_next_plan(worlds: dict[str, bytes], load_text: Load) -> None:
    with Sandbox() as sandbox:
        sandbox.load(worlds["before"])
        cloud = Cloud(sandbox, load_text(REPLACE))
        assert OWN in {str(address) for address in dangers(cloud.organization, cloud.plan().changes)}
        assert {str(address) for address in cloud.apply().failed} == {"stack_set.config-recorder"}
        assert recorders(cloud, "shop-dev") == ["corp"]
        assert cloud.apply().complete
        assert cloud.plan().changes == ()


@pytest.mark.parametrize(
    ("reason", "explained"),
    [
        ("ResourceLogicalId:Recorder, ResourceType:AWS::Config::ConfigurationRecorder, ResourceStatusReason:"
         "Failed to put configuration recorder 'default' because the maximum number of configuration recorders: 1 is "
         "reached..", True),
        ("ResourceLogicalId:Recorder, ResourceType:AWS::Config::ConfigurationRecorder, ResourceStatusReason:Resource "
         "handler returned message: \"... (Error Code: MaxNumberOfConfigurationRecordersExceededException)\"", True),
        ("ResourceLogicalId:Channel, ResourceType:AWS::Config::DeliveryChannel, ResourceStatusReason:default already "
         "exists", True),
        ("ResourceLogicalId:Recorder, ResourceType:AWS::Config::ConfigurationRecorder, ResourceStatusReason:The role "
         "does not exist", False),
        ("ResourceLogicalId:Role, ResourceType:AWS::IAM::Role, ResourceStatusReason:it already exists", False),
    ],
)  # fmt: skip
def test_what_a_recorder_in_the_way_looks_like(reason: str, explained: bool) -> None:
    assert existing_recorders.explains(reason) is explained


@pytest.mark.parametrize(
    ("group", "frequency", "lacks"),
    [
        ({"allSupported": True, "includeGlobalResourceTypes": True}, "CONTINUOUS", ""),
        ({"allSupported": True}, "CONTINUOUS", "leaves out global resource types"),
        ({"allSupported": False, "resourceTypes": ["AWS::S3::Bucket"]}, "DAILY",
         "records some resource types only and records once a day"),
    ],
)  # fmt: skip
def test_what_a_recorder_lacks(full: Organization, group: Any, frequency: str, lacks: str) -> None:
    found = {"recording": True, "recordingGroup": group, "recordingMode": {"recordingFrequency": frequency}}
    template = full.deployments["config-recorder"].template
    assert existing_recorders.shortfall(found, template, home=True) == lacks


AWAY = KEEP.replace("config: {}", "config: {target: {units: [root], exclude: {accounts: [shop-dev, management]}}}")


def test_where_recorders_are_is_told_as_for_baselines(kept: Cloud, load_text: Load) -> None:
    """What is excluded is nobody's affair: no stack of ours is tried there, and no recorder started."""
    organization = load_text(AWAY)
    recorder, role = organization.deployments["config-recorder"], organization.deployments["config-role"]
    assert recorder.target == role.target
    assert (recorder.management, role.management) == (False, False)
    away = Cloud(kept.sandbox, organization)
    result = away.apply()
    assert result.complete, (result.failed, result.blocked)
    plan = away.plan()
    assert (plan.changes, plan.gaps) == ((), ())
    assert recorders(away, "shop-dev") == recorders(away, "management") == ["corp"]


def test_a_recorder_that_is_kept_is_not_started_whatever_its_name(kept: Cloud) -> None:
    client = kept.sandbox.session(kept.open().tree.account_ids["shop-dev"], region=HOME).client("config")
    (recorder,) = client.describe_configuration_recorders()["ConfigurationRecorders"]
    (channel,) = client.describe_delivery_channels()["DeliveryChannels"]
    client.stop_configuration_recorder(ConfigurationRecorderName="corp")
    client.delete_delivery_channel(DeliveryChannelName="corp")
    client.delete_configuration_recorder(ConfigurationRecorderName="corp")
    named = {name: recorder[name] for name in ("roleARN", "recordingGroup")}
    client.put_configuration_recorder(ConfigurationRecorder={"name": "default", **named})  # type: ignore[typeddict-item]
    client.put_delivery_channel(DeliveryChannel={**channel, "name": "default"})
    plan = kept.plan([BY_NAME["config_recording"]])
    assert (plan.changes, plan.gaps) == ((), ())
    ((address, wrong),) = plan.astray.items()
    assert str(address) == f"config_recording.kept@shop-dev/{HOME}"
    assert "is kept, and does not record" in wrong


def test_recorders_of_others_are_checked_by_an_aggregator_of_others(kept: Cloud, load_text: Load) -> None:
    ids = kept.open().tree.account_ids
    tooling = kept.sandbox.session(ids["security-tooling"], region=HOME).client("config")
    (ours,) = tooling.describe_configuration_aggregators()["ConfigurationAggregators"]
    tooling.put_configuration_aggregator(
        ConfigurationAggregatorName="corp-view", OrganizationAggregationSource=ours["OrganizationAggregationSource"]
    )
    text = KEEP.replace("config: {}", "config: {recorders: false, existing_aggregator: corp-view}")
    organization = load_text(text)
    assert not {"config-aggregator", "config-recorder"} & {*organization.deployments}
    others, kinds = Cloud(kept.sandbox, organization), [BY_NAME["config_recording"]]
    assert others.plan(kinds).gaps == ()
    client = kept.sandbox.session(ids["shop-dev"], region=HOME).client("config")
    client.stop_configuration_recorder(ConfigurationRecorderName="corp")
    plan = others.plan(kinds)
    assert (plan.changes, plan.gaps) == ((), ())
    (finding,) = report(organization, plan).drifted
    assert f"the recorder of others does not record: shop-dev/{HOME}" in finding.reason
    assert finding.declared_at is not None
    assert text.splitlines()[finding.declared_at.line - 1][finding.declared_at.column - 1 :].startswith("existing_agg")
    nowhere = Cloud(kept.sandbox, load_text(text.replace("corp-view", "nowhere")))
    (gap,) = nowhere.plan(kinds).gaps
    assert "names nowhere, and there is none" in gap.reason


def test_an_import_names_the_aggregator_that_there_is(kept: Cloud) -> None:
    """Read where no config says anything of AWS Config."""
    without = replace(kept.organization, services={}, deployments={})
    tooling = kept.sandbox.session(kept.open().tree.account_ids["security-tooling"], region=HOME).client("config")
    (ours,) = tooling.describe_configuration_aggregators()["ConfigurationAggregators"]
    source = ours["OrganizationAggregationSource"]
    tooling.put_configuration_aggregator(ConfigurationAggregatorName="corp-view", OrganizationAggregationSource=source)
    tooling.delete_configuration_aggregator(ConfigurationAggregatorName="landing-organization")
    live = list(BY_NAME["config_recording"].read(without, kept.open(), Scope("security-tooling", HOME)))
    assert CONFIG.settings_of is not None
    found = CONFIG.settings_of(without, [each for each in live if isinstance(each, Resource)])
    assert found == {"recorders": False, "existing_aggregator": "corp-view", "rules": {}, "conformance_packs": {}}
