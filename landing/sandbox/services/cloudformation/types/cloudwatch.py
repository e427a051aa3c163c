"""Amazon CloudWatch: alarms."""

from __future__ import annotations

from landing.sandbox.services.cloudformation.types.api import ApiType
from landing.sandbox.services.cloudformation.types.tags import TagCalls


class Alarm(ApiType):
    """AWS::CloudWatch::Alarm."""

    name = "AWS::CloudWatch::Alarm"
    properties = frozenset({
        "ActionsEnabled", "AlarmActions", "AlarmDescription", "AlarmName", "ComparisonOperator", "DatapointsToAlarm",
        "Dimensions", "EvaluateLowSampleCountPercentile", "EvaluationPeriods", "ExtendedStatistic",
        "InsufficientDataActions", "MetricName", "Metrics", "Namespace", "OKActions", "Period", "Statistic", "Tags",
        "Threshold", "ThresholdMetricId", "TreatMissingData", "Unit",
    })  # fmt: skip
    service, key, named, longest = "cloudwatch", "AlarmName", "AlarmName", 255
    creates, deletes = "PutMetricAlarm", "DeleteAlarms"
    describes, described = "DescribeAlarms", "MetricAlarms"
    tagging = TagCalls("cloudwatch")
