"""Amazon CloudWatch Logs: log groups and metric filters."""

from __future__ import annotations

from typing import Any

from landing.sandbox.services.cloudformation.types.api import ApiType
from landing.sandbox.services.cloudformation.types.base import Properties, Site, changed
from landing.sandbox.services.cloudformation.types.tags import TagCalls


class LogGroup(ApiType):
    """AWS::Logs::LogGroup."""

    name = "AWS::Logs::LogGroup"
    properties = frozenset({"KmsKeyId", "LogGroupClass", "LogGroupName", "RetentionInDays", "Tags"})
    service, key, named, longest = "logs", "logGroupName", "LogGroupName", 512
    creates, deletes = "CreateLogGroup", "DeleteLogGroup"
    describes, described = "DescribeLogGroups", "logGroups"
    tagging = TagCalls("logs")

    def create(self, site: Site, properties: Properties) -> str:
        """CreateLogGroup, then its retention."""
        name = super().create(site, properties)
        self._retain(site.client("logs"), name, properties)
        return name

    def read(self, site: Site, physical_id: str, expected: Properties) -> Properties | None:
        """DescribeLogGroups; a group that keeps its events for ever has no retention."""
        found = super().read(site, physical_id, expected)
        return found and {"LogGroupClass": "STANDARD", **found}

    def update(self, site: Site, physical_id: str, before: Properties, after: Properties) -> None:
        """Retention, key and tags."""
        client = site.client("logs")
        if changed(before, after, "RetentionInDays"):
            self._retain(client, physical_id, after)
        if changed(before, after, "KmsKeyId"):
            if after.get("KmsKeyId"):
                client.associate_kms_key(logGroupName=physical_id, kmsKeyId=after["KmsKeyId"])
            else:
                client.disassociate_kms_key(logGroupName=physical_id)

    def _retain(self, client: Any, name: str, properties: Properties) -> None:
        if properties.get("RetentionInDays"):
            client.put_retention_policy(logGroupName=name, retentionInDays=properties["RetentionInDays"])
        else:
            client.delete_retention_policy(logGroupName=name)

    def attributes(self, site: Site, physical_id: str, properties: Properties) -> Properties:
        """The ARN ends in ":*" here, and only here."""
        return {"Arn": f"{self.arn(site, physical_id)}:*"}

    def arn(self, site: Site, physical_id: str) -> str:
        """Of the log group itself."""
        return site.arn("logs", f"log-group:{physical_id}")


class MetricFilter(ApiType):
    """AWS::Logs::MetricFilter."""

    name = "AWS::Logs::MetricFilter"
    properties = frozenset({"FilterName", "FilterPattern", "LogGroupName", "MetricTransformations"})
    service, key, named, longest, within = "logs", "filterName", "FilterName", 512, ("LogGroupName",)
    creates, deletes, takes_over = "PutMetricFilter", "DeleteMetricFilter", True
    describes, described = "DescribeMetricFilters", "metricFilters"
