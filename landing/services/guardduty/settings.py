"""The settings of GuardDuty."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from landing.core.constraints.inputs import allowed
from landing.organization import Target
from landing.services.settings import REQUIRED, setting

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


def _feature(name: str, shown: Mapping[str, Any]) -> dict[str, Any]:
    if name in ADDITIONAL:
        agents = {part.lower(): {"type": "boolean", "default": True} for part in ADDITIONAL[name]}
        more = {"type": "object", "additionalProperties": False, "properties": agents}
        words = f"{name}: true, false, or which agents GuardDuty manages."
        return {"oneOf": [{"type": "boolean"}, more], **shown, "description": words}
    return {"type": "boolean", **shown, "description": name}


def _features(description: str, *, defaults: bool) -> Any:
    schemas = {name.lower(): _feature(name, {"default": on} if defaults else {}) for name, on in FEATURES.items()}
    return setting({}, description, type="object", additionalProperties=False, properties=schemas)


@dataclass(frozen=True, kw_only=True)
class Override:
    """What differs in some accounts (UpdateMemberDetectors)."""

    target: Target = setting(REQUIRED, "The accounts.")
    join: bool | None = setting(None, "As `join`, of these accounts.")
    features: Mapping[str, Any] = _features("Protection plans; those not named are as everywhere.", defaults=False)


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
    features: Mapping[str, Any] = _features("Protection plans; those not named have the default.", defaults=True)
    join: bool = setting(
        False,
        "Make members of accounts that are there already (CreateMembers) where `auto_enable` does not: NEW, NONE.",
    )
    overrides: Mapping[str, Override] = setting({}, "What differs by unit, account or tag, by stable key.")
