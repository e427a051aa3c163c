"""Amazon CloudWatch Logs: log groups."""

from __future__ import annotations

from typing import Any

from landing.sandbox.services.cloudformation.types.base import (
    Properties,
    ResourceType,
    Site,
    changed,
    given,
    tag_map,
)


class LogGroup(ResourceType):
    """AWS::Logs::LogGroup."""

    name = "AWS::Logs::LogGroup"
    properties = frozenset({"KmsKeyId", "LogGroupClass", "LogGroupName", "RetentionInDays", "Tags"})

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
        if "Tags" in expected:
            tags = client.list_tags_for_resource(resourceArn=_arn(site, physical_id))["tags"]
            live["Tags"] = [{"Key": key, "Value": value} for key, value in tags.items()]
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
        old, new = tag_map(before.get("Tags")), tag_map(after.get("Tags"))
        if gone := [key for key in old if key not in new]:
            client.untag_resource(resourceArn=_arn(site, physical_id), tagKeys=gone)
        if fresh := {key: value for key, value in new.items() if old.get(key) != value}:
            client.tag_resource(resourceArn=_arn(site, physical_id), tags=fresh)

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
        return {"Arn": f"{_arn(site, physical_id)}:*"}


def _arn(site: Site, name: str) -> str:
    return site.arn("logs", f"log-group:{name}")


def _group(client: Any, name: str) -> dict[str, Any] | None:
    for page in client.get_paginator("describe_log_groups").paginate(logGroupNamePrefix=name):
        for group in page["logGroups"]:
            if group["logGroupName"] == name:
                found: dict[str, Any] = group
                return found
    return None
