"""Amazon GuardDuty: detectors."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from landing.sandbox.services.cloudformation.types.api import ApiType
from landing.sandbox.services.cloudformation.types.base import Properties, Site, changed
from landing.sandbox.services.cloudformation.types.tags import TagCalls

SETTINGS = ("DataSources", "Enable", "Features", "FindingPublishingFrequency")


class Detector(ApiType):
    """AWS::GuardDuty::Detector."""

    name = "AWS::GuardDuty::Detector"
    properties = frozenset({*SETTINGS, "Tags"})
    service, key = "guardduty", "DetectorId"
    creates, describes, deletes = "CreateDetector", "GetDetector", "DeleteDetector"
    tagging = TagCalls("guardduty")

    def read(self, site: Site, physical_id: str, expected: Properties) -> Properties | None:
        """Features in the template's order; those that it does not name are not compared."""
        client = site.client("guardduty")
        if physical_id not in client.list_detectors()["DetectorIds"]:
            return None
        detector = client.get_detector(DetectorId=physical_id)
        by_name = {feature["Name"]: feature for feature in detector["Features"]}
        wanted = [feature["Name"] for feature in expected.get("Features", ())]
        return {
            "Enable": detector["Status"] == "ENABLED",
            "FindingPublishingFrequency": detector["FindingPublishingFrequency"],
            "DataSources": _enabled(detector["DataSources"]),
            "Features": [_feature(by_name[name]) for name in wanted if name in by_name],
        }

    def update(self, site: Site, physical_id: str, before: Properties, after: Properties) -> None:
        """UpdateDetector leaves alone what it is not told."""
        client = site.client("guardduty")
        settings = {name: after[name] for name in SETTINGS if name in after and changed(before, after, name)}
        if "FindingPublishingFrequency" in before and "FindingPublishingFrequency" not in after:
            settings["FindingPublishingFrequency"] = "SIX_HOURS"
        if settings:
            client.update_detector(DetectorId=physical_id, **settings)

    def delete(self, site: Site, physical_id: str, properties: Properties) -> None:
        """DeleteDetector."""
        client = site.client("guardduty")
        if physical_id in client.list_detectors()["DetectorIds"]:
            client.delete_detector(DetectorId=physical_id)

    def arn(self, site: Site, physical_id: str) -> str:
        """Of the detector."""
        return site.arn("guardduty", f"detector/{physical_id}")


def _feature(feature: Mapping[str, Any]) -> dict[str, Any]:
    shown = {name: feature[name] for name in ("Name", "Status")}
    parts = feature.get("AdditionalConfiguration")
    return shown | ({"AdditionalConfiguration": [_feature(part) for part in parts]} if parts else {})


def _enabled(sources: Mapping[str, Any]) -> dict[str, Any]:
    """Data sources as requests spell them: enabled or not, where answers have a status."""
    volumes = sources["MalwareProtection"]["ScanEc2InstanceWithFindings"]["EbsVolumes"]["Status"]
    return {
        "S3Logs": {"Enable": sources["S3Logs"]["Status"] == "ENABLED"},
        "Kubernetes": {"AuditLogs": {"Enable": sources["Kubernetes"]["AuditLogs"]["Status"] == "ENABLED"}},
        "MalwareProtection": {"ScanEc2InstanceWithFindings": {"EbsVolumes": volumes == "ENABLED"}},
    }
