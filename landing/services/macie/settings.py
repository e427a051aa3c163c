"""The settings of Macie."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from landing.organization import Target
from landing.services.settings import REQUIRED, setting

TRUSTED = ("macie.amazonaws.com",)
SOURCES = ("macie2:*:{account}:export-configuration:*", "macie2:*:{account}:classification-job/*")
"""User Guide, "Storing and retaining sensitive data discovery results"."""

MEMBERS = ("ENABLED", "PAUSED", "AS_FOUND")
"""What accounts that are there are to be: on, members that are paused (nothing is charged), or left as they are."""

CHOSEN = "SOME"
"""Automated discovery that is on, and covers no account by itself: those that overrides name."""


TESTS = {"eq": "eq", "neq": "neq", "exactly": "eqExactMatch", "gt": "gt", "gte": "gte", "lt": "lt", "lte": "lte"}
"""Tests of a criterion, and what AWS calls them (API reference, CriterionAdditionalProperties)."""
_RESULT, _BUCKET, _OBJECT, _ACTOR = (
    "classificationDetails.result", "resourcesAffected.s3Bucket", "resourcesAffected.s3Object", "policyDetails.actor",
)  # fmt: skip
EXACT = (
    f"{_RESULT}.customDataIdentifiers.detections.arn", f"{_RESULT}.customDataIdentifiers.detections.name",
    f"{_RESULT}.sensitiveData.category", f"{_RESULT}.sensitiveData.detections.type",
    f"{_BUCKET}.tags.key", f"{_BUCKET}.tags.value", f"{_OBJECT}.tags.key", f"{_OBJECT}.tags.value",
)  # fmt: skip
"""Criteria that may be compared with all values together (the same reference, eqExactMatch)."""
TEXTS = (
    "accountId", "category", "classificationDetails.jobId", "classificationDetails.originType",
    f"{_RESULT}.additionalOccurrences", f"{_RESULT}.mimeType", f"{_RESULT}.status.code",
    "policyDetails.action.actionType", "policyDetails.action.apiCallDetails.api",
    "policyDetails.action.apiCallDetails.apiServiceName", f"{_ACTOR}.domainDetails.domainName",
    f"{_ACTOR}.ipAddressDetails.ipAddressV4", f"{_ACTOR}.ipAddressDetails.ipCountry.name",
    f"{_ACTOR}.ipAddressDetails.ipOwner.org", f"{_ACTOR}.userIdentity.assumedRole.accountId",
    f"{_ACTOR}.userIdentity.assumedRole.arn", f"{_ACTOR}.userIdentity.awsService.invokedBy",
    f"{_ACTOR}.userIdentity.iamUser.userName", f"{_ACTOR}.userIdentity.type",
    f"{_BUCKET}.allowsUnencryptedObjectUploads", f"{_BUCKET}.defaultServerSideEncryption.encryptionType",
    f"{_BUCKET}.defaultServerSideEncryption.kmsMasterKeyId", f"{_BUCKET}.name", f"{_BUCKET}.owner.displayName",
    f"{_BUCKET}.publicAccess.effectivePermission", f"{_OBJECT}.extension", f"{_OBJECT}.key", f"{_OBJECT}.path",
    f"{_OBJECT}.publicAccess", f"{_OBJECT}.serverSideEncryption.encryptionType", f"{_OBJECT}.storageClass", "sample",
    "severity.description", "title", "type",
)  # fmt: skip
NUMBERS = (
    "count", f"{_RESULT}.customDataIdentifiers.totalCount", f"{_RESULT}.sensitiveData.totalCount", f"{_OBJECT}.size",
)  # fmt: skip
"""Criteria of findings (User Guide, "Fields for filtering Macie findings"), by what is compared; a selection, without
those of times."""

_VALUES = {
    "type": "array",
    "minItems": 1,
    "uniqueItems": True,
    "items": {"type": "string", "minLength": 1},
}


def _tests(schema: Mapping[str, Any], *names: str) -> dict[str, Any]:
    properties = dict.fromkeys(names, schema)
    return {"type": "object", "minProperties": 1, "additionalProperties": False, "properties": properties}


@dataclass(frozen=True, kw_only=True)
class Suppress:
    """Findings that are expected: they are archived as they come, in every region."""

    description: str = setting("", "What for.", maxLength=512)
    where: Mapping[str, Any] = setting(
        REQUIRED,
        "What all must be true of a finding, by field as AWS calls it: texts have `eq`, `neq`, some `exactly` (all "
        "values and no other), numbers `gt`, `gte`, `lt` or `lte`.",
        type="object",
        minProperties=1,
        additionalProperties=False,
        properties={
            **dict.fromkeys(TEXTS, _tests(_VALUES, "eq", "neq")),
            **dict.fromkeys(EXACT, _tests(_VALUES, "eq", "neq", "exactly")),
            **dict.fromkeys(NUMBERS, _tests({"type": "integer", "minimum": 0}, "gt", "gte", "lt", "lte")),
        },
    )


@dataclass(frozen=True, kw_only=True)
class AllowList:
    """Text that is not reported, in every region: what an expression matches, or the lines of a file in a bucket."""

    description: str = setting("", "What for.", maxLength=512)
    regex: str = setting("", "The expression.", maxLength=512)
    location: str = setting(
        "", "The file, a line an entry: `s3://bucket/key`.", pattern=r"^(s3://[A-Za-z0-9._-]{3,255}/.+)?$"
    )


SEVERITIES = ("LOW", "MEDIUM", "HIGH")
"""Of findings, in the order in which the thresholds of a custom identifier rise (API reference, SeverityLevel)."""


def _words(least: int, most: int) -> dict[str, Any]:
    items = {"type": "string", "minLength": least, "maxLength": 90}
    return {"type": "array", "uniqueItems": True, "maxItems": most, "items": items}


@dataclass(frozen=True, kw_only=True)
class Identifier:
    """Sensitive data of your own that is looked for, in every region; AWS changes none, so a change makes another."""

    description: str = setting("", "What it is; no sensitive data in it.", maxLength=512)
    regex: str = setting(REQUIRED, "The expression that matches it.", minLength=1, maxLength=512)
    keywords: tuple[str, ...] = setting((), "One of these comes before it.", **_words(3, 50))
    ignore_words: tuple[str, ...] = setting((), "What it contains where it is none.", **_words(4, 10))
    distance: int = setting(50, "Characters at most from the end of a keyword to its end.", minimum=1, maximum=300)
    severity: Mapping[str, int] = setting(
        {},
        "From how many in an object a finding has which severity; left out: MEDIUM from the first.",
        propertyNames={"enum": list(SEVERITIES)},
        additionalProperties={"type": "integer", "minimum": 1},
    )


_MANAGED = {"pattern": "^[A-Z0-9_]+$", "type": "string"}
_IDS = {"type": "array", "uniqueItems": True, "items": _MANAGED}


@dataclass(frozen=True, kw_only=True)
class Inspection:
    """What automated discovery looks for; managed identifiers that are not named are left as they are."""

    include: tuple[str, ...] = setting((), "Managed identifiers, besides those that AWS recommends.", **_IDS)
    exclude: tuple[str, ...] = setting((), "Managed identifiers that are not used.", **_IDS)
    identifiers: tuple[str, ...] = setting((), "Keys of `identifiers`.")
    allow_lists: tuple[str, ...] = setting((), "Keys of `allow_lists`.")


@dataclass(frozen=True, kw_only=True)
class Excluded:
    """Buckets that automated discovery leaves out; all others are in."""

    buckets: tuple[str, ...] = setting(
        (),
        "Names of buckets that are there.",
        type="array",
        uniqueItems=True,
        items={"type": "string", "pattern": "^[A-Za-z0-9._-]{3,255}$"},
    )
    log_archive: bool = setting(True, "The buckets of the log archive too.")


def _enum(*values: str) -> dict[str, Any]:
    return {"type": "array", "uniqueItems": True, "items": {"type": "string", "enum": list(values)}}


_TAGS = {
    "type": "object",
    "additionalProperties": {"type": "array", "minItems": 1, "uniqueItems": True, "items": {"type": "string"}},
}


@dataclass(frozen=True, kw_only=True)
class Buckets:
    """Buckets for which all holds that is said; of several values, one."""

    target: Target | None = setting(None, "Of these accounts of the config.")
    names: tuple[str, ...] = setting((), "Called one of these.")
    permission: tuple[str, ...] = setting((), "Public or not.", **_enum("PUBLIC", "NOT_PUBLIC", "UNKNOWN"))
    shared: tuple[str, ...] = setting(
        (),
        "Shared with whom.",
        **_enum("EXTERNAL", "INTERNAL", "NOT_SHARED", "UNKNOWN"),
    )
    tags: Mapping[str, Any] = setting({}, "Tagged so.", **_TAGS)


@dataclass(frozen=True, kw_only=True)
class Objects:
    """Objects for which all holds that is said; of several values, one."""

    extensions: tuple[str, ...] = setting((), "Whose name ends so, without the dot.")
    prefixes: tuple[str, ...] = setting((), "Whose key begins so.")
    tags: Mapping[str, Any] = setting({}, "Tagged so.", **_TAGS)


ONCE = "once"
PERIODS = (ONCE, "day", "week", "month")
WEEKDAYS = ("MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY")


@dataclass(frozen=True, kw_only=True)
class Job:
    """Buckets that are searched for sensitive data, charged by GB; AWS changes no job, so a change makes another."""

    description: str = setting("", "What for.", maxLength=200)
    every: str = setting(REQUIRED, "How often.", enum=list(PERIODS))
    weekday: str = setting("MONDAY", "When `every` is `week`.", enum=list(WEEKDAYS))
    day: int = setting(1, "Of the month, when `every` is `month`; no month without that day.", minimum=1, maximum=31)
    existing: bool = setting(
        False, "Whether one that recurs begins with all objects that are there; else only with those that come."
    )
    sample: int = setting(100, "Percent of the objects, chosen by chance.", minimum=1, maximum=100)
    include: Buckets = setting(REQUIRED, "Which buckets, looked up at each run.")
    exclude: Buckets | None = setting(None, "Of these, which not.")
    objects: Objects | None = setting(None, "Which objects in them.")
    except_objects: Objects | None = setting(None, "Of these, which not.")
    managed: str = setting(
        "RECOMMENDED",
        "Which managed identifiers: those that AWS recommends, ALL, NONE, ONLY those in `managed_identifiers`, or all "
        "EXCEPT these.",
        enum=["RECOMMENDED", "ALL", "NONE", "ONLY", "EXCEPT"],
    )
    managed_identifiers: tuple[str, ...] = setting((), "Ids of managed identifiers.", **_IDS)
    identifiers: tuple[str, ...] = setting((), "Keys of `identifiers`.")
    allow_lists: tuple[str, ...] = setting((), "Keys of `allow_lists`.")
    regions: tuple[str, ...] = setting((), "Governed regions, each with a job; left out: all that have Macie.")


@dataclass(frozen=True, kw_only=True)
class Override:
    """What differs in some accounts."""

    target: Target = setting(REQUIRED, "The accounts.")
    members: str | None = setting(None, "As `members`, of these accounts.", enum=[*MEMBERS, None])
    discovery: str | None = setting(
        None, "Automated discovery in these accounts, on (ALL) or off (NONE).", enum=["ALL", "NONE", None]
    )


@dataclass(frozen=True, kw_only=True)
class MacieSettings:
    """Amazon Macie in every governed region that has it, for every account of the config."""

    auto_enable: bool = setting(True, "Accounts that join are covered.")
    members: str = setting(
        "ENABLED",
        "Accounts that are there, the management account among them: made members and on (ENABLED), members that are "
        "paused and cost nothing (PAUSED), or left as they are (AS_FOUND).",
        enum=list(MEMBERS),
    )
    publishing_frequency: str = setting(
        "FIFTEEN_MINUTES", "How often findings are updated.", enum=["FIFTEEN_MINUTES", "ONE_HOUR", "SIX_HOURS"]
    )
    policy_findings: bool = setting(True, "Publish findings about buckets' policies to Security Hub.")
    classification_findings: bool = setting(True, "Publish findings of sensitive data to Security Hub.")
    discovery: str = setting(
        "NONE",
        "Automated discovery of sensitive data, charged by bucket and GB: in ALL accounts, in NEW ones, in SOME that "
        "`overrides` name, or NONE.",
        enum=["ALL", "NEW", CHOSEN, "NONE"],
    )
    exclude: Excluded | None = setting(None, "Buckets that automated discovery leaves out; left out: as found.")
    inspection: Inspection | None = setting(None, "What automated discovery looks for; left out: as found.")
    allow_lists: Mapping[str, AllowList] = setting({}, "By stable key.", propertyNames={"maxLength": 56})
    identifiers: Mapping[str, Identifier] = setting(
        {}, "Custom data identifiers by stable key.", propertyNames={"maxLength": 56}
    )
    jobs: Mapping[str, Job] = setting(
        {}, "Sensitive data discovery jobs by stable key.", propertyNames={"maxLength": 56}
    )
    export: bool = setting(True, "Deliver discovery results to the log archive; AWS keeps them for 90 days.")
    suppress: Mapping[str, Suppress] = setting({}, "Suppression rules by stable key.", propertyNames={"maxLength": 56})
    overrides: Mapping[str, Override] = setting({}, "What differs by unit, account or tag, by stable key.")
