"""Protection plans of GuardDuty: their names, what they are by default, how requests change them.

Kept flat: `RUNTIME_MONITORING` and `RUNTIME_MONITORING/EC2_AGENT_MANAGEMENT` are keys of one mapping.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from landing.sandbox.services.guardduty.state import bad

FOUNDATIONAL = ("CLOUD_TRAIL", "DNS_LOGS", "FLOW_LOGS")
"""Always on in a detector that is on."""
RUNTIME = ("EKS_ADDON_MANAGEMENT", "ECS_FARGATE_AGENT_MANAGEMENT", "EC2_AGENT_MANAGEMENT")
ADDITIONAL: dict[str, tuple[str, ...]] = {
    "S3_DATA_EVENTS": (),
    "EKS_AUDIT_LOGS": (),
    "EBS_MALWARE_PROTECTION": (),
    "RDS_LOGIN_EVENTS": ("RDS_DATA_RISK",),
    "EKS_RUNTIME_MONITORING": ("EKS_ADDON_MANAGEMENT",),
    "LAMBDA_NETWORK_LOGS": (),
    "RUNTIME_MONITORING": RUNTIME,
    "AI_PROTECTION": (),
}
"""Each feature of an organization with its additional configuration (API reference, OrganizationFeature...)."""
DETECTOR_ONLY = ("AI_ANALYST",)
OFF_BY_DEFAULT = ("RUNTIME_MONITORING", "EKS_RUNTIME_MONITORING")
"""CreateDetector enables every other feature that it is not told about (API reference, CreateDetector)."""
EXCLUSIVE = {"RUNTIME_MONITORING", "EKS_RUNTIME_MONITORING"}

KEYS = tuple(key for name, parts in ADDITIONAL.items() for key in (name, *(f"{name}/{part}" for part in parts)))
DEFAULTS: Mapping[str, str] = {
    key: "DISABLED" if key.partition("/")[0] in OFF_BY_DEFAULT or "/" in key else "ENABLED"
    for key in (*KEYS, *DETECTOR_ONLY)
}
NOBODY: Mapping[str, str] = dict.fromkeys(KEYS, "NONE")
"""What members get before the administrator has set anything."""


def requested(call: Mapping[str, Any], word: str, *, detector: bool = False) -> dict[str, str]:
    """What `Features` or the older `DataSources` of a request ask for; `word` is Status or AutoEnable."""
    if call.get("Features") and call.get("DataSources"):
        raise bad(
            "The request is rejected because it includes values for both the datasources and features parameters."
        )
    if call.get("DataSources"):
        return _from_data_sources(call["DataSources"], word)
    asked: dict[str, str] = {}
    known = (*ADDITIONAL, *DETECTOR_ONLY) if detector else tuple(ADDITIONAL)
    for feature in call.get("Features") or ():
        name = feature.get("Name")
        if name not in known or word not in feature:
            raise bad(f"The request is rejected because the feature {name} is not valid.")
        asked[name] = feature[word]
        for part in feature.get("AdditionalConfiguration") or ():
            if part.get("Name") not in ADDITIONAL.get(name, ()) or word not in part:
                raise bad(f"The request is rejected because {part.get('Name')} does not belong to {name}.")
            asked[f"{name}/{part['Name']}"] = part[word]
    if set(asked) >= EXCLUSIVE:
        raise bad(
            "The request is rejected because EKS_RUNTIME_MONITORING and RUNTIME_MONITORING cannot both be provided."
        )
    return asked


def _from_data_sources(sources: Mapping[str, Any], word: str) -> dict[str, str]:
    """The names that features had before there were features; true is ENABLED, or NEW for members."""
    yes, no = ("ENABLED", "DISABLED") if word == "Status" else ("NEW", "NONE")
    flag = "Enable" if word == "Status" else "AutoEnable"
    volumes = sources.get("MalwareProtection", {}).get("ScanEc2InstanceWithFindings", {}).get("EbsVolumes")
    found = {
        "S3_DATA_EVENTS": sources.get("S3Logs", {}).get(flag),
        "EKS_AUDIT_LOGS": sources.get("Kubernetes", {}).get("AuditLogs", {}).get(flag),
        "EBS_MALWARE_PROTECTION": volumes.get(flag) if isinstance(volumes, Mapping) else volumes,
    }
    return {name: yes if value else no for name, value in found.items() if value is not None}


def shown(features: Mapping[str, str], word: str, **every: Any) -> list[dict[str, Any]]:
    """The features as answers list them; `every` is added to each."""
    found = []
    for name, value in features.items():
        if "/" in name:
            continue
        parts = [
            {"Name": part, word: features[f"{name}/{part}"], **every}
            for part in ADDITIONAL.get(name, ())
            if f"{name}/{part}" in features
        ]
        found.append({"Name": name, word: value, **every} | ({"AdditionalConfiguration": parts} if parts else {}))
    return found


def data_sources(features: Mapping[str, str], *, enabled: bool) -> dict[str, Any]:
    """The same as the older DataSources of answers."""
    base = {"Status": "ENABLED" if enabled else "DISABLED"}
    return {
        "CloudTrail": base,
        "DNSLogs": base,
        "FlowLogs": base,
        "S3Logs": {"Status": features["S3_DATA_EVENTS"]},
        "Kubernetes": {"AuditLogs": {"Status": features["EKS_AUDIT_LOGS"]}},
        "MalwareProtection": {
            "ScanEc2InstanceWithFindings": {"EbsVolumes": {"Status": features["EBS_MALWARE_PROTECTION"]}}
        },
    }


def organization_data_sources(features: Mapping[str, str]) -> dict[str, Any]:
    """What members get, as the older DataSources of answers."""

    def one(name: str) -> dict[str, bool]:
        return {"AutoEnable": features[name] != "NONE"}

    return {
        "S3Logs": one("S3_DATA_EVENTS"),
        "Kubernetes": {"AuditLogs": one("EKS_AUDIT_LOGS")},
        "MalwareProtection": {"ScanEc2InstanceWithFindings": {"EbsVolumes": one("EBS_MALWARE_PROTECTION")}},
    }


def for_new_member(settings: Mapping[str, str]) -> Mapping[str, str]:
    """The features of a detector that is made for a member."""
    return {key: "DISABLED" if auto == "NONE" else "ENABLED" for key, auto in settings.items()}


def with_enabled(features: Mapping[str, str], settings: Mapping[str, str], which: Iterable[str]) -> Mapping[str, str]:
    """A member's features after those are enabled whose setting is one of `which`; the same if nothing changes."""
    more = {key: "ENABLED" for key, auto in settings.items() if auto in which and features.get(key) != "ENABLED"}
    return {**features, **more} if more else features
