"""Services that are made of blueprints: which blueprint goes where, and the schema of their settings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from landing.core.constraints.inputs import allowed

HOME = "home"
GOVERNED = "governed"


@dataclass(frozen=True, slots=True)
class ServiceBlueprint:
    """A blueprint that a service brings: as a plain stack in the account of a role, or, without a role, everywhere.

    The blueprint's parameters are filled from the service's settings of the same name.
    """

    service: str
    key: str
    blueprint: str
    regions: str
    role: str = ""
    requires: tuple[str, ...] = ()
    when: str = ""
    """The setting that must be on for the blueprint to be deployed."""


SERVICE_BLUEPRINTS = (
    ServiceBlueprint("log_archive", "log-archive", "log_archive", HOME, role="log_archive"),
    ServiceBlueprint(
        "cloudtrail", "cloudtrail-logs", "cloudtrail_logs", HOME, role="management", when="cloudwatch_logs"
    ),
    ServiceBlueprint("config", "config-aggregator", "config_aggregator", HOME, role="security_tooling"),
    ServiceBlueprint("config", "config-role", "config_recorder_role", HOME),
    ServiceBlueprint("config", "config-recorder", "config_recorder", GOVERNED, requires=("config-role", "log-archive")),
)

_DAYS: dict[str, Any] = {"type": "integer", "minimum": 1, "maximum": 36_500}

SETTINGS: dict[str, dict[str, Any]] = {
    "log_archive": {
        "type": "object",
        "description": "Buckets and key of the log archive account.",
        "additionalProperties": False,
        "properties": {
            "retention_days": {**_DAYS, "default": 2_557, "description": "Days after which logs expire."},
            "archive_days": {**_DAYS, "default": 365, "description": "Days after which logs move to Glacier."},
            "access_log_days": {**_DAYS, "default": 365, "description": "Days after which access logs expire."},
            "object_lock": {
                "type": "object",
                "description": "Write-once retention; COMPLIANCE cannot be shortened by anyone.",
                "additionalProperties": False,
                "required": ["mode", "days"],
                "properties": {
                    "mode": allowed("s3:PutObjectLockConfiguration ObjectLockConfiguration.Rule.DefaultRetention.Mode"),
                    "days": _DAYS,
                },
            },
        },
    },
}
