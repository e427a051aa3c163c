"""The settings of AWS Security Hub."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from landing.core.partitions import REGIONS
from landing.organization import Target
from landing.services.security_hub_v2.fields import (
    ADDRESSES,
    DATES,
    MAPS,
    NUMBERS,
    RESOURCE_DATES,
    RESOURCE_MAPS,
    RESOURCE_NUMBERS,
    RESOURCE_TEXTS,
    SWITCHES,
    TEXTS,
)
from landing.services.settings import REQUIRED, setting

KEY = "security_hub_v2"
TRUSTED = ("securityhub.amazonaws.com",)
"""Service principals that need trusted access: that of Security Hub CSPM."""
LINKED = ("securityhubv2.amazonaws.com",)
"""Whose service-linked role comes with it (User Guide, "Service-linked roles for Security Hub")."""

ABSENT = ("ap-east-2", "ap-southeast-6")
"""Regions that have Security Hub CSPM, and no AWS::SecurityHub::HubV2 (CloudFormation, October 2026)."""
OFFERED = tuple(region for region in REGIONS if region not in ABSENT)

COMPARISONS = {
    "eq": "EQUALS",
    "prefix": "PREFIX",
    "contains": "CONTAINS",
    "word": "CONTAINS_WORD",
    "neq": "NOT_EQUALS",
    "not_prefix": "PREFIX_NOT_EQUALS",
    "not_contains": "NOT_CONTAINS",
}
NOT = ("neq", "not_prefix", "not_contains")
"""Of several values, all must differ; of those of the other comparisons, one must fit."""
BOUNDS = {"gte": "Gte", "lte": "Lte", "gt": "Gt", "lt": "Lt", "eq": "Eq"}
DAYS = {"within_days": "WITHIN", "older_than_days": "OLDER_THAN"}

SEVERITIES = {
    "UNKNOWN": 0, "INFORMATIONAL": 1, "LOW": 2, "MEDIUM": 3, "HIGH": 4, "CRITICAL": 5, "FATAL": 6, "OTHER": 99,
}  # fmt: skip
STATUSES = {"UNKNOWN": 0, "NEW": 1, "IN_PROGRESS": 2, "SUPPRESSED": 3, "RESOLVED": 4, "ARCHIVED": 5, "OTHER": 99}
"""As OCSF numbers them (BatchUpdateFindingsV2, SeverityId and StatusId)."""
CRITICALITIES = ("Very High", "High", "Medium", "Low", "Unknown")

_WORDS = {"type": "string", "minLength": 1, "pattern": "\\S"}
_VALUES = {"type": "array", "minItems": 1, "uniqueItems": True, "items": _WORDS}


def _some(properties: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "object", "minProperties": 1, "additionalProperties": False, "properties": properties, **more}


_TEXT = _some(dict.fromkeys(COMPARISONS, _VALUES))
_NUMBER = _some({bound: {"type": "number"} for bound in BOUNDS})
_DATE = _some({test: {"type": "integer", "minimum": 1} for test in DAYS}, maxProperties=1)
_SWITCH = {"type": "boolean"}
_MAP = {"type": "object", "minProperties": 1, "propertyNames": _WORDS, "additionalProperties": _WORDS}
_FINDING = {
    **dict.fromkeys(TEXTS, _TEXT),
    **dict.fromkeys(NUMBERS, _NUMBER),
    **dict.fromkeys(SWITCHES, _SWITCH),
    **dict.fromkeys(DATES, _DATE),
    **dict.fromkeys(MAPS, _MAP),
    **dict.fromkeys(ADDRESSES, _VALUES),
}
_RESOURCE = {
    **dict.fromkeys(RESOURCE_TEXTS, _TEXT),
    **dict.fromkeys(RESOURCE_NUMBERS, _NUMBER),
    **dict.fromkeys(RESOURCE_DATES, _DATE),
    **dict.fromkeys(RESOURCE_MAPS, _MAP),
}


def _with_any(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {**fields, "any": {"type": "array", "minItems": 1, "items": _some(fields)}}


@dataclass(frozen=True, kw_only=True)
class AutomationRule:
    """What becomes of findings, or of resources, when they come or change; called `landing-KEY`."""

    description: str = setting(REQUIRED, "Why.", pattern="\\S")
    order: int = setting(REQUIRED, "Which comes first, the least.", minimum=1, maximum=1000)
    enabled: bool = setting(True, "Whether it acts.")
    where: Mapping[str, Any] = setting(
        {},
        "What all must be true of a finding, by field as OCSF calls it: texts have `eq`, `prefix`, `contains` or "
        "`word`, of whose values one must fit, and `neq`, `not_prefix` or `not_contains`, of which all must; numbers "
        "`gte`, `lte`, `gt`, `lt` or `eq`; times `within_days` or `older_than_days`; addresses a list of CIDRs; tags a "
        "value for each key; and `any` has groups of such fields, of which one must be true.",
        type="object",
        additionalProperties=False,
        properties=_with_any(_FINDING),
    )
    resources: Mapping[str, Any] = setting(
        {},
        "What all must be true of a resource, in the same form, in the place of `where`.",
        type="object",
        additionalProperties=False,
        properties=_with_any(_RESOURCE),
    )
    then: Mapping[str, Any] = setting(
        REQUIRED,
        "What is written into the finding (`severity`, `status`, `comment`), or the key of the connector that makes a "
        "ticket of it (`ticket`), or how critical the resource is (`criticality`).",
        type="object",
        minProperties=1,
        additionalProperties=False,
        properties={
            "severity": {"enum": list(SEVERITIES)},
            "status": {"enum": list(STATUSES)},
            "comment": {**_WORDS, "maxLength": 512},
            "ticket": {"type": "string"},
            "criticality": {"enum": list(CRITICALITIES)},
        },
    )


NOT_BLANK = "^(.*\\S.*)?$"
"""What AWS takes as a key or a name (API reference, NonEmptyString); nothing where the other of both is said."""


@dataclass(frozen=True, kw_only=True)
class Connector:
    """Where tickets are made of findings: a project of Jira Cloud, or an instance of ServiceNow."""

    description: str = setting("", "What it is for.")
    jira_project: str = setting(
        "", "Key of the project in Jira Cloud; somebody logs in there once, by hand.", pattern=NOT_BLANK
    )
    servicenow_instance: str = setting("", "Name of the instance of ServiceNow.", pattern=NOT_BLANK)
    servicenow_secret: str = setting(
        "",
        "ARN of the secret in Secrets Manager that opens it, in the security tooling account.",
        pattern="^(arn:[\\w-]+:secretsmanager:[a-z0-9-]+:[0-9]{12}:secret:\\S+)?$",
    )


@dataclass(frozen=True, kw_only=True)
class Override:
    """What differs in some accounts."""

    target: Target = setting(REQUIRED, "The accounts; those that come into its units, too.")
    enabled: bool | None = setting(None, "Whether it is on in these accounts.", enum=[True, False, None])
    network_scanning: bool | None = setting(None, "As `network_scanning`, in these accounts.", enum=[True, False, None])


@dataclass(frozen=True, kw_only=True)
class SecurityHubV2Settings:
    """AWS Security Hub in every account, by an organization policy, seen from the home region; it is paid for."""

    enabled: bool = setting(
        True,
        "False switches it off in all accounts that no override has it on in; only then take it out of the config, or "
        "it stays on in members and is paid for.",
    )
    policy: bool = setting(
        True, "Whether there is an organization policy for it; without, guardrails of yours say where it is on."
    )
    network_scanning: bool | None = setting(
        None,
        "Whether AWS tries from outside what can be reached; left out, each account decides for itself.",
        enum=[True, False, None],
    )
    disable_in_regions: tuple[str, ...] = setting(
        (),
        "Regions where it is switched off in every account: governed ones that are not to have it, and those that the "
        "config governs no more.",
        uniqueItems=True,
        items={"enum": sorted(OFFERED)},
    )
    automation_rules: Mapping[str, AutomationRule] = setting({}, "Automation rules by stable key.")
    connectors: Mapping[str, Connector] = setting({}, "Connectors to ticket systems by stable key.")
    overrides: Mapping[str, Override] = setting({}, "What differs by unit, account or tag, by stable key.")
