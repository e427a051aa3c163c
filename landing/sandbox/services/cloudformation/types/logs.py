"""Amazon CloudWatch Logs: log groups and metric filters."""

from __future__ import annotations

from typing import Any

from landing.sandbox.services.cloudformation import schema
from landing.sandbox.services.cloudformation.types.api import ApiType, spelled
from landing.sandbox.services.cloudformation.types.base import Properties, ResourceType, Site, changed, given
from landing.sandbox.services.cloudformation.types.tags import TagCalls, tag_map


class LogGroup(ResourceType):
    """AWS::Logs::LogGroup."""

    name = "AWS::Logs::LogGroup"
    properties = frozenset({"KmsKeyId", "LogGroupClass", "LogGroupName", "RetentionInDays", "Tags"})
    tagging = TagCalls("logs")

    def create(self, site: Site, properties: Properties) -> str:
        """CreateLogGroup, then its retention."""
        name: str = properties.get("LogGroupName") or site.unique_name(512)
        client = site.client("logs")
        client.create_log_group(
            logGroupName=name,
            **given(properties, kmsKeyId="KmsKeyId", logGroupClass="LogGroupClass"),
            **({"tags": tag_map(properties["Tags"])} if properties.get("Tags") else {}),
        )
        self._retain(client, name, properties)
        return name

    def read(self, site: Site, physical_id: str, expected: Properties) -> Properties | None:
        """DescribeLogGroups; a group that keeps its events for ever has no retention."""
        client = site.client("logs")
        group = _group(client, physical_id)
        if group is None:
            return None
        live: dict[str, Any] = {
            "LogGroupName": physical_id,
            "LogGroupClass": group.get("logGroupClass", "STANDARD"),
            **given(group, RetentionInDays="retentionInDays", KmsKeyId="kmsKeyId"),
        }
        return live

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

    def delete(self, site: Site, physical_id: str, properties: Properties) -> None:
        """DeleteLogGroup."""
        site.client("logs").delete_log_group(logGroupName=physical_id)

    def attributes(self, site: Site, physical_id: str, properties: Properties) -> Properties:
        """The ARN ends in ":*" here, and only here."""
        return {"Arn": f"{self.arn(site, physical_id)}:*"}

    def arn(self, site: Site, physical_id: str) -> str:
        """Of the log group itself."""
        return site.arn("logs", f"log-group:{physical_id}")


def _group(client: Any, name: str) -> dict[str, Any] | None:
    for page in client.get_paginator("describe_log_groups").paginate(logGroupNamePrefix=name):
        for group in page["logGroups"]:
            if group["logGroupName"] == name:
                found: dict[str, Any] = group
                return found
    return None


class MetricFilter(ApiType):
    """AWS::Logs::MetricFilter; its log group is known from the properties only."""

    name = "AWS::Logs::MetricFilter"
    properties = frozenset({"FilterName", "FilterPattern", "LogGroupName", "MetricTransformations"})
    service, key, named, longest = "logs", "filterName", "FilterName", 512
    creates, describes, deletes = "PutMetricFilter", "DescribeMetricFilters", "DeleteMetricFilter"

    def create(self, site: Site, properties: Properties) -> str:
        """PutMetricFilter takes over one that is there."""
        name: str = properties.get("FilterName") or site.unique_name(self.longest)
        self._call(site, self.creates, name, properties)
        return name

    def read(self, site: Site, physical_id: str, expected: Properties) -> Properties | None:
        """DescribeMetricFilters, in the log group."""
        pages = site.client("logs").get_paginator("describe_metric_filters")
        for page in pages.paginate(filterNamePrefix=physical_id, logGroupName=expected["LogGroupName"]):
            for one in page["metricFilters"]:
                if one["filterName"] == physical_id:
                    return spelled(schema.of(self.name), one, expected)
        return None

    def delete(self, site: Site, physical_id: str, properties: Properties) -> None:
        """DeleteMetricFilter, in the log group."""
        self._call(site, self.deletes, physical_id, {"LogGroupName": properties["LogGroupName"]})
