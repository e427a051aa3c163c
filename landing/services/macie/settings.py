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
    export: bool = setting(True, "Deliver discovery results to the log archive; AWS keeps them for 90 days.")
    suppress: Mapping[str, Suppress] = setting({}, "Suppression rules by stable key.", propertyNames={"maxLength": 56})
    overrides: Mapping[str, Override] = setting({}, "What differs by unit, account or tag, by stable key.")
