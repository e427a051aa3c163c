"""Amazon CloudWatch: moto's, with what an alarm does that is set off (CloudWatch User Guide, "Using alarms")."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, ClassVar

from landing.sandbox.authorization import delivery
from landing.sandbox.protocol.http import HttpAnswer
from landing.sandbox.protocol.refusal import Refusal
from landing.sandbox.services import sns
from landing.sandbox.services.call import Call
from landing.sandbox.services.service import Nothing, Probe, ProbedSandbox, Service

PRINCIPAL = "cloudwatch.amazonaws.com"


def alarms_publish(sandbox: ProbedSandbox) -> bool:
    """The probe: a queue hears of an alarm that is set off, by way of a topic."""
    session: Any = sandbox.session()
    topics, queues, watch = (session.client(each, region_name="us-east-1") for each in ("sns", "sqs", "cloudwatch"))
    topic, queue = topics.create_topic(Name="probe")["TopicArn"], queues.create_queue(QueueName="probe")["QueueUrl"]
    attributes = queues.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]
    topics.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=attributes["QueueArn"])
    statement = {"Effect": "Allow", "Principal": {"Service": PRINCIPAL}, "Action": "sns:Publish", "Resource": topic}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    topics.set_topic_attributes(TopicArn=topic, AttributeName="Policy", AttributeValue=policy)
    watch.put_metric_alarm(
        AlarmName="probe", AlarmActions=[topic], MetricName="m", Namespace="n", Period=60, EvaluationPeriods=1,
        Threshold=1, ComparisonOperator="GreaterThanThreshold", Statistic="Sum",
    )  # fmt: skip
    watch.set_alarm_state(AlarmName="probe", StateValue="ALARM", StateReason="a probe")
    return len(queues.receive_message(QueueUrl=queue).get("Messages", ())) == 1


class CloudWatch(Service[Nothing]):
    """Alarms and metrics are moto's: no metric sets an alarm off, SetAlarmState does."""

    name = "cloudwatch"
    extends = True
    state_type = Nothing
    probes: ClassVar[Mapping[str, Probe]] = {"SetAlarmState": alarms_publish}

    def set_alarm_state(self, call: Call) -> HttpAnswer:
        """Moto keeps the state and does nothing; AWS acts where it becomes another (API reference, SetAlarmState)."""
        alarm = call.backend().alarms.get(call["AlarmName"])
        before = alarm.state_value if alarm else ""
        answer = call.forward()
        if alarm is not None and alarm.actions_enabled and alarm.state_value != before:
            actions = {"ALARM": alarm.alarm_actions, "OK": alarm.ok_actions}
            topics = actions.get(alarm.state_value, alarm.insufficient_data_actions)
            who = delivery.service(call.world, PRINCIPAL, call.account, alarm.alarm_arn)
            for topic in (each for each in topics if ":sns:" in each):
                with suppress(Refusal):  # an action that fails stands in the alarm's history alone
                    sns.published(call.world, who, topic, json.dumps(_message(call, alarm, before)))
        return answer


def _message(call: Call, alarm: Any, before: str) -> dict[str, Any]:
    """What a topic is told (CloudWatch User Guide, "Amazon SNS notifications")."""
    changed = alarm.state_updated_timestamp
    return {
        "AlarmName": alarm.name,
        "AlarmDescription": alarm.description,
        "AWSAccountId": call.account,
        "AlarmArn": alarm.alarm_arn,
        "Region": call.region,
        "OldStateValue": before,
        "NewStateValue": alarm.state_value,
        "NewStateReason": alarm.state_reason,
        "StateChangeTime": f"{changed:%Y-%m-%dT%H:%M:%S}.{changed.microsecond // 1000:03}+0000",
        "Trigger": {
            "MetricName": alarm.metric_name,
            "Namespace": alarm.namespace,
            "Statistic": str(alarm.statistic).upper(),
            "Period": alarm.period,
            "EvaluationPeriods": alarm.evaluation_periods,
            "ComparisonOperator": alarm.comparison_operator,
            "Threshold": alarm.threshold,
            "TreatMissingData": alarm.treat_missing_data or "",
        },
    }
