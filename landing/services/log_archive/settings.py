"""The settings of the log archive."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from landing.core.constraints.inputs import allowed
from landing.services.log_archive.received import RECEIVED
from landing.services.settings import REQUIRED, setting

_DAYS: dict[str, Any] = {"minimum": 1, "maximum": 36_500}


@dataclass(frozen=True, kw_only=True)
class ObjectLock:
    """Write-once retention; COMPLIANCE cannot be shortened by anyone."""

    mode: str = setting(
        REQUIRED, "", **allowed("s3:PutObjectLockConfiguration ObjectLockConfiguration.Rule.DefaultRetention.Mode")
    )
    days: int = setting(REQUIRED, "", **_DAYS)


@dataclass(frozen=True, kw_only=True)
class ExistingArchive:
    """Buckets and a key that are there already, in the log archive account: used as they are, and none of ours made."""

    buckets: Mapping[str, str] = setting(
        {},
        "Names of buckets by what they are for: `cloudtrail`, `config`, `guardduty`, `macie`, `access-logs`, and "
        "what is in `receives`.",
        additionalProperties={"type": "string", "pattern": "^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$"},
    )
    key: str = setting(
        "",
        "What encrypts the logs: an alias in the account and home region of the log archive, or the ARN of a key.",
        pattern="^(alias/(?!aws/)[A-Za-z0-9/_-]{1,250}|arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]{1,64})?$",
    )


@dataclass(frozen=True, kw_only=True)
class LogArchiveSettings:
    """Buckets and key of the log archive account."""

    retention_days: int = setting(2_557, "Days after which logs expire.", **_DAYS)
    archive_days: int = setting(365, "Days after which logs move to Glacier.", **_DAYS)
    access_log_days: int = setting(365, "Days after which access logs expire.", **_DAYS)
    receives: tuple[str, ...] = setting(
        (),
        "What accounts deliver besides, each to a bucket of its own: `flow-logs` of VPCs, "
        "`resolver-queries`, and the `inventory` of instances.",
        items={"enum": [*RECEIVED]},
        uniqueItems=True,
    )
    received_days: int = setting(365, "Days after which what is received expires.", **_DAYS)
    object_lock: ObjectLock | None = setting(None, "Write-once retention; COMPLIANCE cannot be shortened by anyone.")
    existing: ExistingArchive | None = setting(None, "What of it is there already, and is used as it is.")
