"""The settings of IAM Access Analyzer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from landing.core.vocabulary import TAGS
from landing.organization import Target
from landing.services.settings import REQUIRED, setting

PRINCIPAL = "access-analyzer.amazonaws.com"
"""The service principal that has trusted access, and an administrator."""

EXTERNAL, UNUSED, INTERNAL = "external", "unused", "internal"
TYPES = {
    EXTERNAL: "ORGANIZATION",
    UNUSED: "ORGANIZATION_UNUSED_ACCESS",
    INTERNAL: "ORGANIZATION_INTERNAL_ACCESS",
}
"""What the analyzers of an organization are to AWS, by our name (CreateAnalyzer)."""

NAME = "[A-Za-z][A-Za-z0-9_.-]{0,254}"
INTERNAL_TYPES = (
    "AWS::DynamoDB::Stream",
    "AWS::DynamoDB::Table",
    "AWS::RDS::DBClusterSnapshot",
    "AWS::RDS::DBSnapshot",
    "AWS::S3::Bucket",
    "AWS::S3Express::DirectoryBucket",
)
"""Resources of which access from inside is told (API reference, InternalAccessAnalysisRuleCriteria)."""

_NAME: Any = setting(
    "",
    "Name of an analyzer that is there already: it is kept as the config says, and never deleted. One that the config "
    "makes is called `landing-external`, `landing-unused` or `landing-internal`.",
    pattern=f"^({NAME})?$",
)
_VALUES = {"type": "array", "minItems": 1, "maxItems": 20, "uniqueItems": True, "items": {"type": "string"}}


@dataclass(frozen=True, kw_only=True)
class External:
    """Who outside the organization has access: in every governed region, free of charge."""

    name: str = _NAME


@dataclass(frozen=True, kw_only=True)
class Unused:
    """Who does not use the access that was given: in the home region, charged by role and user."""

    name: str = _NAME
    days: int = setting(90, "Unused for so many days. AWS never changes it: another makes the analyzer anew.",
                        minimum=1, maximum=365)  # fmt: skip
    exclude: Target = setting(
        Target(), "Accounts that are left out, at most 2,000; those that join later count from the next apply."
    )
    exclude_tags: Mapping[str, str] = setting({}, "Roles and users with one of these tags are left out.", **TAGS)


@dataclass(frozen=True, kw_only=True)
class Internal:
    """Who inside the organization has access to these resources: in every governed region, charged by resource."""

    name: str = _NAME
    accounts: Target = setting(Target(), "The accounts that have them; all, where it is left out.")
    resource_types: tuple[str, ...] = setting((), "Types of resources.", items={"enum": list(INTERNAL_TYPES)})
    resources: tuple[str, ...] = setting((), "ARNs of resources.", items={"type": "string", "pattern": "^arn:"})


@dataclass(frozen=True, kw_only=True)
class Archive:
    """Findings that are expected; the rule is in every region of its analyzer."""

    analyzer: str = setting(EXTERNAL, "Whose findings.", enum=list(TYPES))
    where: Mapping[str, Mapping[str, Any]] = setting(
        REQUIRED,
        "What all must be true of a finding: by criterion `eq`, `neq` or `contains` with texts, or `exists`.",
        type="object",
        minProperties=1,
        propertyNames={"not": {"enum": ["status", "id"]}, "description": "AWS takes neither `status` nor `id`"},
        additionalProperties={
            "type": "object",
            "minProperties": 1,
            "additionalProperties": False,
            "properties": {"eq": _VALUES, "neq": _VALUES, "contains": _VALUES, "exists": {"type": "boolean"}},
        },
    )


@dataclass(frozen=True, kw_only=True)
class AccessAnalyzerSettings:
    """IAM Access Analyzer for the organization, in the security tooling account."""

    external: External = setting(External(), "")
    unused: Unused | None = setting(None, "")
    internal: Internal | None = setting(None, "")
    archive: Mapping[str, Archive] = setting({}, "Archive rules by stable key.")
