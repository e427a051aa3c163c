"""Amazon Q Developer in chat applications: what it refuses, and what it subscribes."""

from __future__ import annotations

from typing import Any

from tests.sandbox.cloud import Cloud, refused, source

TEAM = "T0123ABCD"
"""Which a person has authorized (`SETTINGS`)."""


def asked(**more: Any) -> dict[str, Any]:
    role = "arn:aws:iam::123456789012:role/chat"
    return {"ConfigurationName": "a", "SlackTeamId": TEAM, "SlackChannelId": "C1", "IamRoleArn": role, **more}


@source("AWS::Chatbot::SlackChannelConfiguration, SlackWorkspaceId")
def test_only_a_workspace_that_a_person_has_authorized_has_channels(cloud: Cloud) -> None:
    client = cloud.client("chatbot")
    assert [each["SlackTeamId"] for each in client.describe_slack_workspaces()["SlackWorkspaces"]] == [TEAM]
    refused("InvalidRequestException", client.create_slack_channel_configuration, **asked(SlackTeamId="T9"))
    assert client.describe_slack_channel_configurations()["SlackChannelConfigurations"] == []


@source("AWS Chatbot API reference, CreateSlackChannelConfiguration")
def test_a_name_is_given_once_and_without_guardrails_anything_may_be_done(cloud: Cloud) -> None:
    client = cloud.client("chatbot")
    made = client.create_slack_channel_configuration(**asked())["ChannelConfiguration"]
    assert made["GuardrailPolicyArns"] == ["arn:aws:iam::aws:policy/AdministratorAccess"]
    refused("ConflictException", client.create_slack_channel_configuration, **asked())
    refused("InvalidRequestException", client.create_slack_channel_configuration, **asked(ConfigurationName="b"))
    arn = made["ChatConfigurationArn"]
    client.tag_resource(ResourceARN=arn, Tags=[{"TagKey": "team", "TagValue": "sec"}])
    client.untag_resource(ResourceARN=arn, TagKeys=["other"])
    assert client.list_tags_for_resource(ResourceARN=arn)["Tags"] == [{"TagKey": "team", "TagValue": "sec"}]
    client.delete_slack_channel_configuration(ChatConfigurationArn=arn)
    refused("InvalidRequestException", client.describe_slack_channel_configurations, ChatConfigurationArn=arn)
    refused("ResourceNotFoundException", client.list_tags_for_resource, ResourceARN=arn)


@source("Amazon Q Developer in chat applications, Administrator Guide, service-linked role")
def test_topics_are_subscribed_and_let_go(cloud: Cloud) -> None:
    sns, client = cloud.client("sns"), cloud.client("chatbot")
    topic = sns.create_topic(Name="alarms")["TopicArn"]
    arn = client.create_slack_channel_configuration(**asked(SnsTopicArns=[topic]))["ChannelConfiguration"][
        "ChatConfigurationArn"
    ]
    (heard,) = sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]
    assert heard["SubscriptionArn"].startswith(topic), "confirmed by itself"
    client.delete_slack_channel_configuration(ChatConfigurationArn=arn)
    assert sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"] == []
