"""The settings of Amazon Security Lake."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from landing.core.vocabulary import REGION
from landing.organization import Target
from landing.services.settings import REQUIRED, setting

PRINCIPAL = "securitylake.amazonaws.com"
"""The service principal that has trusted access, and an administrator."""
RESOURCES = "resource-management.securitylake.amazonaws.com"
LAKE_FORMATION = "lakeformation.amazonaws.com"
"""Whose service-linked roles the account of the lake must have beside (User Guide, "Service-linked roles")."""

MANAGED_KEY = "S3_MANAGED_KEY"
"""What AWS calls the keys of S3 (API reference, DataLakeEncryptionConfiguration)."""

SOURCES = (
    "CLOUD_TRAIL_MGMT",
    "EKS_AUDIT",
    "LAMBDA_EXECUTION",
    "ROUTE53",
    "S3_DATA",
    "SH_FINDINGS",
    "VPC_FLOW",
    "WAF",
)
"""What AWS collects by itself (API reference, AwsLogSourceConfiguration)."""
CLASSES = ("STANDARD_IA", "INTELLIGENT_TIERING", "ONEZONE_IA", "GLACIER_IR", "GLACIER", "DEEP_ARCHIVE")


@dataclass(frozen=True, kw_only=True)
class LogSource:
    """Logs of AWS that are collected in every governed region that has Security Lake."""

    target: Target | None = setting(
        None, "The accounts; left out, all of the config, and those that come to the organization."
    )
    version: str = setting("2.0", "Version of the source.", pattern=r"^[0-9]\.[0-9]$")


@dataclass(frozen=True, kw_only=True)
class Subscriber:
    """Somebody who reads the lake, in its rollup region or else the home region."""

    principal: str = setting(
        REQUIRED, "Account id, or service principal.", pattern=r"^([0-9]{12}|[a-z0-9.-]*\.(amazonaws|amazon)\.com)$"
    )
    external_id: str = setting(
        REQUIRED,
        "What the subscriber names when it enters.",
        minLength=2,
        maxLength=1224,
        pattern=r"^[A-Za-z0-9_+=,.@:/-]*$",
    )
    sources: tuple[str, ...] = setting(
        REQUIRED, "Which sources, all of the service's `sources`.", minItems=1, items={"enum": list(SOURCES)}
    )
    access: str = setting("S3", "Objects, or tables by queries; AWS never changes it.", enum=["S3", "LAKEFORMATION"])


@dataclass(frozen=True, kw_only=True)
class SecurityLakeSettings:
    """A lake of security logs in every governed region that has the service, in the log archive account."""

    sources: Mapping[str, LogSource] = setting({}, "What is collected, by AWS's name.",
                                               propertyNames={"enum": list(SOURCES)})  # fmt: skip
    retention_days: int = setting(365, "Days after which objects are deleted.", minimum=1)
    transitions: Mapping[str, int] = setting(
        {},
        "Days after which objects go to a storage class.",
        type="object",
        propertyNames={"enum": list(CLASSES)},
        additionalProperties={"type": "integer", "minimum": 1},
    )
    key: str = setting(
        "",
        "A multi-Region key of the log archive account, by its id, which encrypts the lake in every region; left out, "
        "the keys of S3.",
        pattern="^(mrk-[0-9a-f]{32})?$",
    )
    rollup: str | None = setting(None, "The governed region to which all others copy.", **REGION)
    roles: bool = setting(
        True, "Make the roles that AWS names, in the log archive account; off where they are there already."
    )
    subscribers: Mapping[str, Subscriber] = setting({}, "Who reads it, by stable key.", propertyNames={"maxLength": 56})
