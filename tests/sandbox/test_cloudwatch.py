"""What an alarm does that is set off (CloudWatch User Guide, "Using alarms"; SNS Developer Guide; Lambda Developer Guide)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from landing.sandbox.services.functions import INVOCATIONS
from tests.sandbox.cloud import Cloud, InProcess, refused, source
from tests.sandbox.security import allow, document, key, role

WATCH = {"Service": "cloudwatch.amazonaws.com"}
ALARM = {
    "AlarmName": "rings", "MetricName": "m", "Namespace": "n", "Period": 300, "EvaluationPeriods": 1, "Threshold": 1,
    "ComparisonOperator": "GreaterThanOrEqualToThreshold", "Statistic": "Sum", "TreatMissingData": "notBreaching",
}  # fmt: skip


def topic(cloud: Cloud, *statements: dict[str, Any], **attributes: str) -> tuple[str, str]:
    """A topic with a policy of these statements, and a queue that hears of it."""
    sns, sqs = cloud.client("sns"), cloud.client("sqs")
    arn, queue = sns.create_topic(Name="alarms")["TopicArn"], sqs.create_queue(QueueName="heard")["QueueUrl"]
    read = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])
    sns.subscribe(TopicArn=arn, Protocol="sqs", Endpoint=read["Attributes"]["QueueArn"])
    policy = document(*(statements or [allow(WATCH, "sns:Publish", arn)]))
    for name, value in {"Policy": policy, **attributes}.items():
        sns.set_topic_attributes(TopicArn=arn, AttributeName=name, AttributeValue=value)
    return arn, queue


def heard(cloud: Cloud, queue: str) -> list[dict[str, Any]]:
    found = cloud.client("sqs").receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages", [])
    return [json.loads(json.loads(each["Body"])["Message"]) for each in found]


def set_off(cloud: Cloud, state: str = "ALARM", **alarm: Any) -> None:
    watch = cloud.client("cloudwatch")
    if alarm:
        watch.put_metric_alarm(**{**ALARM, **alarm})
    watch.set_alarm_state(AlarmName="rings", StateValue=state, StateReason="a reason")


@source("cloudwatch: SetAlarmState (API reference); User Guide: Amazon SNS notifications")
def test_a_topic_is_told_once_of_a_state_that_has_become_another(cloud: Cloud) -> None:
    arn, queue = topic(cloud)
    set_off(cloud, AlarmActions=[arn], AlarmDescription="a description")
    set_off(cloud)
    (told,) = heard(cloud, queue)
    assert (told["AlarmName"], told["NewStateValue"], told["NewStateReason"]) == ("rings", "ALARM", "a reason")
    assert told["AlarmDescription"] == "a description"
    assert (told["Trigger"]["MetricName"], told["Trigger"]["Period"]) == ("m", 300)
    set_off(cloud, "OK")
    assert heard(cloud, queue) == [], "it has no actions for OK"


@source("cloudwatch: SetAlarmState, PutMetricAlarm (API reference): ActionsEnabled, OKActions")
def test_actions_are_those_of_the_state_and_may_be_off(cloud: Cloud) -> None:
    arn, queue = topic(cloud)
    set_off(cloud, AlarmActions=[arn], OKActions=[arn], ActionsEnabled=False)
    assert heard(cloud, queue) == []
    cloud.client("cloudwatch").put_metric_alarm(**ALARM, AlarmActions=[], OKActions=[arn])
    set_off(cloud)
    assert heard(cloud, queue) == []
    set_off(cloud, "OK")
    assert [each["NewStateValue"] for each in heard(cloud, queue)] == ["OK"]


@source("sns: Developer Guide: Allow Amazon CloudWatch alarms to publish a message to an Amazon SNS topic")
@pytest.mark.parametrize("condition", [None, {"StringEquals": {"aws:SourceAccount": "999999999999"}}])
def test_a_topic_hears_only_of_those_that_its_policy_lets_in(cloud: Cloud, condition: Any) -> None:
    who = WATCH if condition else {"Service": "events.amazonaws.com"}
    arn, queue = topic(cloud, allow(who, "sns:Publish", "*", **(condition or {})))
    set_off(cloud, AlarmActions=[arn])
    assert heard(cloud, queue) == []


@source("sns: Developer Guide: Key management: AWS services publish to an encrypted topic by its key's policy")
@pytest.mark.parametrize("lets", [True, False])
def test_an_encrypted_topic_hears_by_its_key(cloud: Cloud, lets: bool) -> None:
    who = WATCH if lets else {"Service": "events.amazonaws.com"}
    made = key(cloud, allow(who, ["kms:Decrypt", "kms:GenerateDataKey*"], "*"))
    arn, queue = topic(cloud, KmsMasterKeyId=made)
    set_off(cloud, AlarmActions=[arn])
    assert len(heard(cloud, queue)) == lets


@source("lambda: Developer Guide: Using Lambda with Amazon SNS: the function's policy; the event")
@pytest.mark.parametrize("lets", [True, False])
def test_a_function_that_subscribes_is_given_the_message_where_its_policy_lets_sns(
    in_process: InProcess, lets: bool
) -> None:
    cloud = in_process  # where it can be seen what functions were given
    arn, _ = topic(cloud)
    functions, account = cloud.client("lambda"), arn.split(":")[4]
    runs = role(cloud, "f", "lambda.amazonaws.com")
    code = {"ZipFile": b"nothing"}
    made = functions.create_function(FunctionName="f", Role=runs, Runtime="python3.13", Handler="x.y", Code=code)
    functions.add_permission(
        FunctionName="f", StatementId="s", Action="lambda:InvokeFunction", Principal="sns.amazonaws.com",
        SourceArn=arn if lets else f"{arn}-other",
    )  # fmt: skip
    cloud.client("sns").subscribe(TopicArn=arn, Protocol="lambda", Endpoint=made["FunctionArn"])
    cloud.client("sns").publish(TopicArn=arn, Message="hear", Subject="a subject")
    given = INVOCATIONS.at(cloud.sandbox.world, account, arn.split(":")[3]).waiting
    assert [name for name, _ in given] == (["f"] if lets else [])
    for _, event in given:
        (record,) = event["Records"]
        assert (record["EventSource"], record["Sns"]["Message"], record["Sns"]["TopicArn"]) == ("aws:sns", "hear", arn)


@source("cloudwatch: SetAlarmState (API reference): ResourceNotFound")
def test_an_alarm_that_is_not_there_cannot_be_set_off(cloud: Cloud) -> None:
    set_state = cloud.client("cloudwatch").set_alarm_state
    refused("ResourceNotFound", set_state, AlarmName="none", StateValue="ALARM", StateReason="x")
