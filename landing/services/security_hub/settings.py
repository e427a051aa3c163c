"""The settings of Security Hub CSPM."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from landing.core.constraints.security_hub import POLICY_NAME, STANDARDS, TYPES
from landing.core.partitions import REGIONS
from landing.organization import Target
from landing.services.settings import REQUIRED, setting

TRUSTED = ("securityhub.amazonaws.com",)
"""Service principals that need trusted access."""


@dataclass(frozen=True, kw_only=True)
class PolicySettings:
    """What Security Hub checks in its target; the nearest policy wins, nothing merges."""

    name: str = setting(
        "",
        "Name of a policy that is there already: it is kept as the config says, and never deleted. One that the config "
        "makes is called `landing-KEY`.",
        pattern=f"^({POLICY_NAME.pattern})?$",
    )
    enabled: bool = setting(True, "False switches Security Hub off there.")
    standards: tuple[str, ...] = setting(
        (),
        "Standards as `name/v/version`; none is on that is not named.",
        items={"enum": [standard.path for standard in STANDARDS.values()]},
    )
    disabled_controls: tuple[str, ...] = setting((), "Controls that are off; all others, future ones too, are on.")
    parameters: Mapping[str, Mapping[str, Any]] = setting(
        {},
        "Parameters of controls, by control and name; where the type of a value is not known here, with it: "
        "`{Enum: ERROR}`.",
        type="object",
        additionalProperties={
            "type": "object",
            "minProperties": 1,
            "additionalProperties": {
                "oneOf": [
                    {"type": ["boolean", "number", "string", "array"]},
                    {
                        "type": "object",
                        "minProperties": 1,
                        "maxProperties": 1,
                        "propertyNames": {"enum": list(TYPES)},
                    },
                ]
            },
        },
    )
    target: Target = setting(REQUIRED, "")


TEXTS = (
    "AwsAccountId", "AwsAccountName", "CompanyName", "ComplianceAssociatedStandardsId", "ComplianceSecurityControlId",
    "ComplianceStatus", "Description", "GeneratorId", "Id", "NoteText", "NoteUpdatedBy", "ProductArn", "ProductName",
    "RecordState", "RelatedFindingsId", "RelatedFindingsProductArn", "ResourceApplicationArn",
    "ResourceApplicationName", "ResourceId", "ResourceOwnerAccountId", "ResourceOwnerOrgId", "ResourcePartition",
    "ResourceProvider", "ResourceRegion", "ResourceType", "SeverityLabel", "SourceUrl", "Title", "Type",
    "VerificationState", "WorkflowStatus",
)  # fmt: skip
NUMBERS = ("Confidence", "Criticality")
MAPS = ("ResourceDetailsOther", "ResourceTags", "UserDefinedFields")
"""Criteria of automation rules (AutomationRulesFindingFilters), by what is compared; those of times are left out."""

COMPARISONS = {
    "eq": "EQUALS",
    "neq": "NOT_EQUALS",
    "prefix": "PREFIX",
    "not_prefix": "PREFIX_NOT_EQUALS",
    "contains": "CONTAINS",
    "not_contains": "NOT_CONTAINS",
    "word": "CONTAINS_WORD",
}
BOUNDS = {"gte": "Gte", "lte": "Lte", "gt": "Gt", "lt": "Lt", "eq": "Eq"}
SEVERITIES = ("INFORMATIONAL", "LOW", "MEDIUM", "HIGH", "CRITICAL")
WORKFLOWS = ("NEW", "NOTIFIED", "RESOLVED", "SUPPRESSED")
VERIFICATIONS = ("UNKNOWN", "TRUE_POSITIVE", "FALSE_POSITIVE", "BENIGN_POSITIVE")

_WORDS = {"type": "string", "minLength": 1, "pattern": "\\S"}
_VALUES = {"type": "array", "minItems": 1, "uniqueItems": True, "items": _WORDS}
_TEXT = {
    "type": "object",
    "minProperties": 1,
    "additionalProperties": False,
    "properties": dict.fromkeys(COMPARISONS, _VALUES),
}
_NUMBER = {
    "type": "object",
    "minProperties": 1,
    "additionalProperties": False,
    "properties": {bound: {"type": "number", "minimum": 0, "maximum": 100} for bound in BOUNDS},
}
_MAP = {
    "type": "object",
    "minProperties": 1,
    "propertyNames": _WORDS,
    "additionalProperties": _WORDS,
}
_RATIO = {"type": "integer", "minimum": 0, "maximum": 100}


@dataclass(frozen=True, kw_only=True)
class AutomationRule:
    """What becomes of findings when they come or change; called `landing-KEY` in every governed region."""

    description: str = setting(REQUIRED, "Why.", pattern="\\S")
    order: int = setting(REQUIRED, "Which comes first, the least.", minimum=1, maximum=1000)
    enabled: bool = setting(True, "Whether it acts.")
    terminal: bool = setting(False, "No rule acts on a finding after this one.")
    where: Mapping[str, Any] = setting(
        REQUIRED,
        "What all must be true of a finding, by criterion as AWS calls it: texts have `eq`, `neq`, `prefix`, "
        "`not_prefix`, `contains`, `not_contains` or `word`, numbers `gte`, `lte`, `gt`, `lt` or `eq`, tags a value "
        "for each key.",
        type="object",
        minProperties=1,
        additionalProperties=False,
        properties={**dict.fromkeys(TEXTS, _TEXT), **dict.fromkeys(NUMBERS, _NUMBER), **dict.fromkeys(MAPS, _MAP)},
    )
    then: Mapping[str, Any] = setting(
        REQUIRED,
        "What is written into the finding.",
        type="object",
        minProperties=1,
        additionalProperties=False,
        properties={
            "severity": {"enum": list(SEVERITIES)},
            "workflow": {"enum": list(WORKFLOWS)},
            "verification": {"enum": list(VERIFICATIONS)},
            "note": {**_WORDS, "maxLength": 512},
            "confidence": _RATIO,
            "criticality": _RATIO,
            "types": {"type": "array", "minItems": 1, "uniqueItems": True, "items": _WORDS},
            "fields": {"type": "object", "minProperties": 1, "additionalProperties": _WORDS},
        },
    )


@dataclass(frozen=True, kw_only=True)
class CustomAction:
    """What a person may choose for findings in the console, which sends an event."""

    name: str = setting(REQUIRED, "What the console calls it.", pattern="\\S", maxLength=20)
    description: str = setting(REQUIRED, "What it does.", pattern="\\S", maxLength=1024)


ACTION_KEY = "^[a-z0-9]{1,13}$"
"""The id of a custom action has 20 letters and digits at most, of which seven say whose it is."""


@dataclass(frozen=True, kw_only=True)
class SecurityHubSettings:
    """Security Hub CSPM, centrally configured from the home region."""

    linked_regions: tuple[str, ...] = setting(
        (),
        "Regions that the home region's policies reach besides the governed ones; there must be one where the home "
        "region alone is governed.",
        items={"enum": sorted(REGIONS)},
    )
    policies: Mapping[str, PolicySettings] = setting({}, "Configuration policies by stable key.")
    automation_rules: Mapping[str, AutomationRule] = setting({}, "Automation rules by stable key.")
    custom_actions: Mapping[str, CustomAction] = setting(
        {},
        "Custom actions in the home region by stable key, of small letters and digits: the id in AWS is `landingKEY`.",
        propertyNames={"pattern": ACTION_KEY},
    )
