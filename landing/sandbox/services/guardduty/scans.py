"""Settings of a detector for malware scans of EBS volumes."""

from __future__ import annotations

from typing import Any

from landing.sandbox.services.call import Call
from landing.sandbox.services.guardduty.state import invalid, managed_detector, own_detector

SETTINGS = ("EbsSnapshotPreservation", "ScanResourceCriteria")


def get_malware_scan_settings(call: Call) -> dict[str, Any]:
    """No snapshot is kept unless that is set (API reference, GetMalwareScanSettings)."""
    return {"EbsSnapshotPreservation": "NO_RETENTION", **own_detector(call).held().scans}


def update_malware_scan_settings(call: Call) -> None:
    """What is not named stays; the only criterion is EC2_INSTANCE_TAG (API reference, ScanCriterionKey)."""
    criteria = call.get("ScanResourceCriteria") or {}
    if any(key != "EC2_INSTANCE_TAG" for side in criteria.values() for key in side):
        raise invalid()
    managed_detector(call).held().scans.update({name: call[name] for name in SETTINGS if name in call})
