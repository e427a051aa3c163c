"""Topics and their subscriptions (SNS Developer Guide and API reference)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.sandbox.cloud import Cloud, refused, source
from tests.sandbox.security import allow, document


def topic(cloud: Cloud) -> tuple[Any, str]:
    sns = cloud.client("sns")
    return sns, sns.create_topic(Name="alarms")["TopicArn"]


@source("sns: Subscribe (API reference): pending confirmation, ReturnSubscriptionArn")
@pytest.mark.parametrize(("protocol", "end"), [("email", "a@example.com"), ("https", "https://example.com/a")])
def test_a_subscriber_has_to_confirm(cloud: Cloud, protocol: str, end: str) -> None:
    sns, arn = topic(cloud)
    subscribe = {"TopicArn": arn, "Protocol": protocol, "Endpoint": end}
    assert sns.subscribe(**subscribe)["SubscriptionArn"] == "pending confirmation"
    assert sns.subscribe(**subscribe, ReturnSubscriptionArn=True)["SubscriptionArn"].startswith(f"{arn}:")


@source("sns: ListSubscriptionsByTopic, ListSubscriptions (API reference); Developer Guide: PendingConfirmation")
def test_what_is_not_confirmed_has_no_arn(cloud: Cloud) -> None:
    sns, arn = topic(cloud)
    sns.subscribe(TopicArn=arn, Protocol="email", Endpoint="a@example.com")
    for listed in (sns.list_subscriptions_by_topic(TopicArn=arn), sns.list_subscriptions()):
        (found,) = listed["Subscriptions"]
        assert (found["SubscriptionArn"], found["Endpoint"]) == ("PendingConfirmation", "a@example.com")


@source("sns: GetSubscriptionAttributes (API reference): PendingConfirmation, ConfirmationWasAuthenticated")
@pytest.mark.parametrize(("protocol", "pending"), [("email", "true"), ("sqs", "false")])
def test_attributes_say_whether_it_is_confirmed(cloud: Cloud, protocol: str, pending: str) -> None:
    sns, arn = topic(cloud)
    queue = cloud.client("sqs").create_queue(QueueName="q")["QueueUrl"]
    read = cloud.client("sqs").get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])
    end = {"email": "a@example.com", "sqs": read["Attributes"]["QueueArn"]}[protocol]
    made = sns.subscribe(TopicArn=arn, Protocol=protocol, Endpoint=end, ReturnSubscriptionArn=True)
    found = sns.get_subscription_attributes(SubscriptionArn=made["SubscriptionArn"])["Attributes"]
    assert (found["PendingConfirmation"], found["Endpoint"]) == (pending, end)
    assert found["ConfirmationWasAuthenticated"] != pending


@source("sns: SetTopicAttributes (API reference): AttributeName; InvalidParameter")
@pytest.mark.parametrize(("name", "value"), [("Colour", "red"), ("Policy", "no json"), ("Policy", "[]")])
def test_a_topic_has_certain_attributes(cloud: Cloud, name: str, value: str) -> None:
    sns, arn = topic(cloud)
    refused("InvalidParameter", sns.set_topic_attributes, TopicArn=arn, AttributeName=name, AttributeValue=value)


@source("sns: SetTopicAttributes, GetTopicAttributes (API reference)")
def test_attributes_read_back(cloud: Cloud) -> None:
    sns, arn = topic(cloud)
    policy = document(allow({"Service": "cloudtrail.amazonaws.com"}, "sns:Publish", arn))
    for name, value in (("DisplayName", "Alarms"), ("Policy", policy), ("KmsMasterKeyId", "alias/aws/sns")):
        sns.set_topic_attributes(TopicArn=arn, AttributeName=name, AttributeValue=value)
    found = sns.get_topic_attributes(TopicArn=arn)["Attributes"]
    assert (found["DisplayName"], json.loads(found["Policy"])) == ("Alarms", json.loads(policy))
    assert found["KmsMasterKeyId"] == "alias/aws/sns"
