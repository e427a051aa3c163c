"""AWS CloudTrail: trails."""

from __future__ import annotations

from typing import Any

from landing.sandbox.services.cloudformation.types.base import Properties, ResourceType, Site, changed, found, given
from landing.sandbox.services.cloudformation.types.tags import TagCalls

TEXTS = ("CloudWatchLogsLogGroupArn", "CloudWatchLogsRoleArn", "KMSKeyId", "S3KeyPrefix", "SnsTopicName")
"""Settings that an empty text takes away (CloudTrail API reference, UpdateTrail)."""
SWITCHES = {
    "EnableLogFileValidation": False,
    "IncludeGlobalServiceEvents": True,
    "IsMultiRegionTrail": False,
    "IsOrganizationTrail": False,
}
"""What a trail has that is not told otherwise."""
EVERYTHING = [{"ReadWriteType": "All", "IncludeManagementEvents": True, "DataResources": []}]
"""The event selectors of a trail without any of its own."""


class Trail(ResourceType):
    """AWS::CloudTrail::Trail."""

    name = "AWS::CloudTrail::Trail"
    properties = frozenset({
        *TEXTS, *SWITCHES, "AdvancedEventSelectors", "EventSelectors", "InsightSelectors", "IsLogging", "S3BucketName",
        "Tags", "TrailName",
    })  # fmt: skip

    tagging = TagCalls("cloudtrail", tag="AddTags", untag="RemoveTags", list="ListTags")

    def create(self, site: Site, properties: Properties) -> str:
        """CreateTrail, its selectors, and only then StartLogging."""
        client = site.client("cloudtrail")
        name: str = properties.get("TrailName") or site.unique_name(128)
        client.create_trail(Name=name, **_settings(properties), **given(properties, TagsList="Tags"))
        self._select(client, name, {}, properties)
        if properties["IsLogging"]:
            client.start_logging(Name=name)
        return name

    def _select(self, client: Any, name: str, before: Properties, after: Properties) -> None:
        if changed(before, after, "EventSelectors", "AdvancedEventSelectors"):
            selectors = given(after, EventSelectors="EventSelectors", AdvancedEventSelectors="AdvancedEventSelectors")
            client.put_event_selectors(TrailName=name, **(selectors or {"EventSelectors": EVERYTHING}))
        if changed(before, after, "InsightSelectors"):
            client.put_insight_selectors(TrailName=name, InsightSelectors=after.get("InsightSelectors") or [])

    def read(self, site: Site, physical_id: str, expected: Properties) -> Properties | None:
        """GetTrail, its status and its selectors."""
        client = site.client("cloudtrail")
        trail = client.get_trail(Name=physical_id)["Trail"]
        live: dict[str, Any] = {
            "TrailName": physical_id,
            "IsLogging": client.get_trail_status(Name=physical_id)["IsLogging"],
            **given(trail, KMSKeyId="KmsKeyId", EnableLogFileValidation="LogFileValidationEnabled"),
            **given(trail, **{n: n for n in ("S3BucketName", *TEXTS, *SWITCHES) if n != "KMSKeyId"}),
        }
        if str(expected.get("SnsTopicName", "")).startswith("arn:"):
            live |= given(trail, SnsTopicName="SnsTopicARN")
        selectors = client.get_event_selectors(TrailName=physical_id)
        live |= given(selectors, EventSelectors="EventSelectors", AdvancedEventSelectors="AdvancedEventSelectors")
        if "InsightSelectors" in expected:
            insights = found(client.get_insight_selectors, "InsightNotEnabledException", TrailName=physical_id) or {}
            live["InsightSelectors"] = insights.get("InsightSelectors", [])
        return live

    def update(self, site: Site, physical_id: str, before: Properties, after: Properties) -> None:
        """UpdateTrail as a whole, selectors, logging."""
        client = site.client("cloudtrail")
        client.update_trail(Name=physical_id, **_settings(after))
        self._select(client, physical_id, before, after)
        if changed(before, after, "IsLogging"):
            (client.start_logging if after["IsLogging"] else client.stop_logging)(Name=physical_id)

    def delete(self, site: Site, physical_id: str, properties: Properties) -> None:
        """DeleteTrail."""
        site.client("cloudtrail").delete_trail(Name=physical_id)

    def attributes(self, site: Site, physical_id: str, properties: Properties) -> Properties:
        """ARNs of the trail and its topic."""
        trail = site.client("cloudtrail").get_trail(Name=physical_id)["Trail"]
        return {"Arn": trail["TrailARN"], **given(trail, SnsTopicArn="SnsTopicARN")}

    def arn(self, site: Site, physical_id: str) -> str:
        """It is not the physical id."""
        return str(self.attributes(site, physical_id, {})["Arn"])


def _settings(properties: Properties) -> dict[str, Any]:
    texts = {name: properties.get(name, "") for name in TEXTS}
    key = {"KmsKeyId": texts.pop("KMSKeyId")}
    switches = {name: properties.get(name, default) for name, default in SWITCHES.items()}
    return {"S3BucketName": properties["S3BucketName"], **texts, **key, **switches}
