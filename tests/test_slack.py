"""Alarms that are told to channels of Slack: what a channel may do, who is named, and what a person must do first."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from landing.report import plan_text
from landing.report.style import Style
from landing.sandbox import Sandbox
from landing.services.alarm_drill import READS, subscriptions
from landing.services.alarms.settings import AlarmsSettings
from tests.cloud import Cloud
from tests.conftest import Load
from tests.samples import SMALL

HOME = "eu-west-1"
TEXT = SMALL + "services: {alarms: {slack: {on-call: {workspace: T0123ABCD, channel: C0123ABCDEF}}}}\n"
AUTHORIZED = {"T0123ABCD": "Acme"}


@pytest.fixture(scope="module")
def world(load_text: Load) -> bytes:
    """Where nobody had authorized the workspace at first."""
    with Sandbox(organization=True) as sandbox:
        cloud = Cloud(sandbox, load_text(TEXT))
        result = cloud.apply()
        assert [str(address) for address in result.failed] == [f"stack.alarms-slack@security-tooling/{HOME}"]
        assert not result.blocked, "nothing waits for a channel"
        assert f"stack.alarms@security-tooling/{HOME}" in {str(each.address) for each in result.done}
        (failed,) = result.failed.values()
        assert "is not authorized" in failed.message
        assert "docs/alarms.md" in failed.help
        plan = cloud.plan()
        deaf = next(address for address in plan.unmanaged if address.name == "slack/on-call")
        said = plan.kinds[deaf.kind].astray(plan.described[deaf])
        assert "channel C0123ABCDEF of the Slack workspace T0123ABCD hears nothing" in said
        assert "authorize the workspace once in the security tooling account" in said
        shown = plan_text.render(plan, cloud.organization, Style())
        alarms = cloud.organization.service(AlarmsSettings)
        assert alarms
        place = alarms.at("slack", "on-call")
        assert f"(Configure new client, Slack) ({place})" in shown
        assert "nmanaged" not in shown, "it is told once, and it is declared"
        sandbox.world.options["slack_workspaces"] = AUTHORIZED
        result = cloud.apply()
        assert result.complete, result.failed
        return sandbox.dump()


@pytest.fixture
def cloud(world: bytes, load_text: Load) -> Iterator[Cloud]:
    with Sandbox() as sandbox:
        sandbox.load(world)
        yield Cloud(sandbox, load_text(TEXT))


def chatbot(cloud: Cloud) -> Any:
    tooling = cloud.open().tree.account_ids["security-tooling"]
    return cloud.sandbox.session(tooling, region="us-east-2").client("chatbot")


def test_a_channel_hears_and_may_do_nothing(cloud: Cloud) -> None:
    plan = cloud.plan(detect=True)
    assert plan.changes == ()
    assert not [each for each in plan.unmanaged if each.kind == "alarm_subscription"], "what hears for it is ours"
    (channel,) = chatbot(cloud).describe_slack_channel_configurations()["SlackChannelConfigurations"]
    assert (channel["ConfigurationName"], channel["SlackChannelId"]) == ("landing-alarms-on-call", "C0123ABCDEF")
    assert channel["GuardrailPolicyArns"] == ["arn:aws:iam::aws:policy/AWSDenyAll"]
    tooling = cloud.open().tree.account_ids["security-tooling"]
    assert channel["SnsTopicArns"] == [f"arn:aws:sns:{HOME}:{tooling}:landing-alarms"]
    iam = cloud.sandbox.session(tooling, region=HOME).client("iam")
    assert iam.list_role_policies(RoleName="landing-alarms-chat")["PolicyNames"] == []
    assert iam.list_attached_role_policies(RoleName="landing-alarms-chat")["AttachedPolicies"] == []


def test_alarms_are_planned_for_an_organization_that_is_not_there_yet(load_text: Load) -> None:
    with Sandbox() as sandbox:
        plan = Cloud(sandbox, load_text(TEXT.replace("{slack:", "{email: [security@example.com], slack:"))).plan()
        assert not plan.gaps
        assert "stack.alarms@security-tooling/eu-west-1" in [str(change.address) for change in plan.changes]


def test_a_drill_names_the_channel_among_who_hears(cloud: Cloud) -> None:
    aws = cloud.open()
    aws.reads = aws.reads.and_also(READS)
    assert subscriptions(cloud.organization, aws) == {"#C0123ABCDEF of Slack (Acme)": True}


def test_a_channel_that_somebody_changes_or_takes_away_is_drift(cloud: Cloud, load_text: Load) -> None:
    client = chatbot(cloud)
    (arn,) = (each["ChatConfigurationArn"] for each in client.describe_slack_channel_configurations()["SlackChannelConfigurations"])  # fmt: skip
    everything = ["arn:aws:iam::aws:policy/AdministratorAccess"]
    client.update_slack_channel_configuration(
        ChatConfigurationArn=arn, SlackChannelId="C0123ABCDEF", GuardrailPolicyArns=everything
    )
    assert [str(each.address) for each in cloud.plan(detect=True).changes] == [
        f"stack.alarms-slack@security-tooling/{HOME}"
    ]
    client.delete_slack_channel_configuration(ChatConfigurationArn=arn)
    assert [str(each.address) for each in cloud.plan(detect=True).changes] == [
        f"stack.alarms-slack@security-tooling/{HOME}"
    ]
    assert cloud.apply(changes=cloud.plan(detect=True).changes).complete
    assert cloud.plan(detect=True).changes == ()


def test_a_channel_is_taken_once(problems: Any) -> None:
    twice = TEXT.replace("slack: {", "slack: {again: {workspace: T0123ABCD, channel: C0123ABCDEF}, ")
    (found,) = [each for each in problems(text=twice) if each.code == "LZ424"]
    assert "`again` is this channel already" in found.message
    assert found.source


def test_slack_is_not_in_every_partition(problems: Any) -> None:
    china = TEXT.replace("eu-west-1, us-east-1", "cn-north-1").replace("eu-west-1", "cn-north-1")
    assert ("LZ483", "error") in [(each.code, each.severity) for each in problems("", china)]
