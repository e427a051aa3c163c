"""The settings of the log archive."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from landing.core.constraints.inputs import allowed
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
class LogArchiveSettings:
    """Buckets and key of the log archive account."""

    retention_days: int = setting(2_557, "Days after which logs expire.", **_DAYS)
    archive_days: int = setting(365, "Days after which logs move to Glacier.", **_DAYS)
    access_log_days: int = setting(365, "Days after which access logs expire.", **_DAYS)
    object_lock: ObjectLock | None = setting(None, "Write-once retention; COMPLIANCE cannot be shortened by anyone.")
