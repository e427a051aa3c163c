"""Amazon CloudWatch: alarms."""

from __future__ import annotations

from landing.sandbox.services.cloudformation.types.base import Properties, ResourceType, Site, given, retag, tag_list

SETTINGS = (
    "ActionsEnabled", "AlarmActions", "AlarmDescription", "ComparisonOperator", "DatapointsToAlarm", "Dimensions",
    "EvaluateLowSampleCountPercentile", "EvaluationPeriods", "ExtendedStatistic", "InsufficientDataActions",
    "MetricName", "Metrics", "Namespace", "OKActions", "Period", "Statistic", "Threshold", "ThresholdMetricId",
    "TreatMissingData", "Unit",
)  # fmt: skip


class Alarm(ResourceType):
    """AWS::CloudWatch::Alarm."""

    name = "AWS::CloudWatch::Alarm"
    properties = frozenset({*SETTINGS, "AlarmName", "Tags"})

    def create(self, site: Site, properties: Properties) -> str:
        """PutMetricAlarm."""
        name: str = properties.get("AlarmName") or site.unique_name(255)
        site.client("cloudwatch").put_metric_alarm(
            AlarmName=name, **given(properties, Tags="Tags", **{setting: setting for setting in SETTINGS})
        )
        return name

    def read(self, site: Site, physical_id: str, expected: Properties) -> Properties | None:
        """DescribeAlarms."""
        client = site.client("cloudwatch")
        alarms = client.describe_alarms(AlarmNames=[physical_id])["MetricAlarms"]
        if not alarms:
            return None
        live = given(alarms[0], AlarmName="AlarmName", **{setting: setting for setting in SETTINGS})
        if "Tags" in expected:
            live["Tags"] = tag_list(client.list_tags_for_resource(ResourceARN=alarms[0]["AlarmArn"])["Tags"])
        return live

    def update(self, site: Site, physical_id: str, before: Properties, after: Properties) -> None:
        """PutMetricAlarm again, as a whole."""
        client = site.client("cloudwatch")
        settings = given(after, **{setting: setting for setting in SETTINGS})
        client.put_metric_alarm(AlarmName=physical_id, **settings)
        arn = self._arn(site, physical_id)
        retag(
            before.get("Tags"),
            after.get("Tags"),
            lambda tags: client.tag_resource(ResourceARN=arn, Tags=tags),
            lambda keys: client.untag_resource(ResourceARN=arn, TagKeys=keys),
        )

    def _arn(self, site: Site, name: str) -> str:
        return site.arn("cloudwatch", f"alarm:{name}")

    def delete(self, site: Site, physical_id: str, properties: Properties) -> None:
        """DeleteAlarms."""
        site.client("cloudwatch").delete_alarms(AlarmNames=[physical_id])

    def attributes(self, site: Site, physical_id: str, properties: Properties) -> Properties:
        """The ARN."""
        return {"Arn": self._arn(site, physical_id)}
