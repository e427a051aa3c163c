"""The settings of GuardDuty."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from landing.core.constraints.inputs import allowed
from landing.organization import Target
from landing.services.settings import REQUIRED, setting

SCANS = "malware-protection.guardduty.amazonaws.com"
TRUSTED = ("guardduty.amazonaws.com", SCANS)
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


TESTS = {
    "equals": "Equals",
    "not_equals": "NotEquals",
    "matches": "Matches",
    "not_matches": "NotMatches",
    "greater_than": "GreaterThan",
    "greater_than_or_equal": "GreaterThanOrEqual",
    "less_than": "LessThan",
    "less_than_or_equal": "LessThanOrEqual",
}
"""Tests of a criterion, and what AWS calls them (API reference, Condition)."""
_TEXTS: Mapping[str, Any] = {"type": "array", "items": {"type": "string"}, "minItems": 1, "uniqueItems": True}
_TEST_SCHEMAS = {
    name: {**_TEXTS, "maxItems": 5 if "matches" in name else 50} if index < 4 else {"type": "integer", "minimum": 0}
    for index, name in enumerate(TESTS)
}

LISTS = {"trusted_ips": 1, "threat_ips": 6, "trusted_entities": 1, "threat_entities": 6}
"""Types of lists, and how many a detector may have of each (GuardDuty User Guide, "Quotas")."""
FORMATS = ("TXT", "STIX", "OTX_CSV", "ALIEN_VAULT", "PROOF_POINT", "FIRE_EYE")
"""Of a list's file (API reference, CreateIPSet)."""
_TAGS: Any = {"maxProperties": 50, "propertyNames": {"minLength": 1, "maxLength": 128, "not": {"pattern": "^aws:"}}}


@dataclass(frozen=True, kw_only=True)
class Suppress:
    """Findings that are expected: they are archived as they come, in every region."""

    where: Mapping[str, Mapping[str, Any]] = setting(
        REQUIRED,
        "What all must be true of a finding: by criterion, as GuardDuty names it, one test or several.",
        type="object",
        minProperties=1,
        additionalProperties={
            "type": "object",
            "minProperties": 1,
            "additionalProperties": False,
            "properties": _TEST_SCHEMAS,
        },
    )
    description: str = setting("", "What for.", maxLength=512)
    rank: int | None = setting(None, "Position among the rules; left out, as AWS has it.", minimum=1, maximum=100)


@dataclass(frozen=True, kw_only=True)
class Listed:
    """A list of addresses or names, from a bucket, in every region."""

    type: str = setting(REQUIRED, "What is on it, and whether it is trusted or a threat.", enum=list(LISTS))
    location: str = setting(
        REQUIRED, "Where the file is: `s3://bucket/key`, or its URL.", pattern="^(s3|https)://[^ ]+$", maxLength=300
    )
    format: str = setting("TXT", "Of the file.", enum=list(FORMATS))
    active: bool = setting(True, "Whether it is used.")


@dataclass(frozen=True, kw_only=True)
class Scans:
    """Malware scans of EBS volumes, by the administrator's detector."""

    keep_snapshots: bool = setting(False, "Keep snapshots in which malware was found.")
    include_tags: Mapping[str, str] = setting({}, "Only instances with one of these tags are scanned.", **_TAGS)
    exclude_tags: Mapping[str, str] = setting({}, "Instances with one of these tags are not scanned.", **_TAGS)


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
    suppress: Mapping[str, Suppress] = setting({}, "Suppression rules by stable key.")
    lists: Mapping[str, Listed] = setting({}, "Trusted lists and threat lists by stable key.")
    malware_scans: Scans | None = setting(None, "")
    overrides: Mapping[str, Override] = setting({}, "What differs by unit, account or tag, by stable key.")


def scans_members(settings: GuardDutySettings) -> bool:
    """Whether volumes of members are scanned for malware, for which AWS wants trusted access of its own.

    GuardDuty User Guide, "Integrating Malware Protection for EC2 with AWS Organizations".
    """
    name = "ebs_malware_protection"
    on, reached = settings.features.get(name, FEATURES[name.upper()]), settings.auto_enable != "NONE" or settings.join
    others = [(each.features.get(name), each.join) for each in settings.overrides.values()]
    return (on and reached) or any(own or (own is None and on and join) for own, join in others)
