"""The settings of GuardDuty."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from landing.core.constraints.inputs import allowed
from landing.services.settings import setting

TRUSTED = ("guardduty.amazonaws.com", "malware-protection.guardduty.amazonaws.com")
"""Service principals that need trusted access."""

ADDITIONAL = {"RUNTIME_MONITORING": ("EKS_ADDON_MANAGEMENT", "ECS_FARGATE_AGENT_MANAGEMENT", "EC2_AGENT_MANAGEMENT")}
FEATURES = {
    "S3_DATA_EVENTS": True,
    "EKS_AUDIT_LOGS": True,
    "EBS_MALWARE_PROTECTION": True,
    "RDS_LOGIN_EVENTS": True,
    "LAMBDA_NETWORK_LOGS": True,
    "RUNTIME_MONITORING": False,
    "AI_PROTECTION": False,
}
"""Features of an organization (botocore 1.44.5, November 2026) and whether they are on unless the config says other.

EKS_RUNTIME_MONITORING is left out: it is the older form of RUNTIME_MONITORING, and AWS refuses both together.
Every feature is sent with its status, because CreateDetector enables those that are not named.
"""


def _feature(name: str, default: bool) -> dict[str, Any]:
    if name in ADDITIONAL:
        agents = {part.lower(): {"type": "boolean", "default": True} for part in ADDITIONAL[name]}
        more = {"type": "object", "additionalProperties": False, "properties": agents}
        return {
            "oneOf": [{"type": "boolean"}, more],
            "default": default,
            "description": f"{name}: true, false, or which agents GuardDuty manages.",
        }
    return {"type": "boolean", "default": default, "description": name}


@dataclass(frozen=True, kw_only=True)
class GuardDutySettings:
    """GuardDuty in every governed region, for every account."""

    auto_enable: str = setting(
        "ALL",
        "ALL covers present and future accounts, NEW only those that join.",
        **allowed("guardduty:UpdateOrganizationConfiguration AutoEnableOrganizationMembers"),
    )
    publishing_frequency: str = setting(
        "FIFTEEN_MINUTES",
        "How often updated findings are published.",
        **allowed("guardduty:CreateDetector FindingPublishingFrequency"),
    )
    management_account: bool = setting(True, "Cover the management account, which automatic enablement leaves out.")
    export: bool = setting(True, "Export findings to the log archive.")
    features: Mapping[str, Any] = setting(
        {},
        "Protection plans; those not named have the default.",
        type="object",
        additionalProperties=False,
        properties={name.lower(): _feature(name, on) for name, on in FEATURES.items()},
    )
