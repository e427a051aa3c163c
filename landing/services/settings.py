"""What the kinds say about the config: their part of its schema, and what is wrong with their settings."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from landing.core.model import Problem
from landing.organization import Organization
from landing.services.registry import KINDS

SERVICE_SCHEMAS: dict[str, dict[str, Any]] = {
    name: dict(schema) for kind in KINDS for name, schema in kind.schema.items()
}
"""Schema by the key under `services`."""


DELIVERING = {"cloudtrail": "", "config": "", "guardduty": "export"}
"""Services that deliver to the buckets of the log archive, and the setting, if any, that must be on for that."""


def check(organization: Organization) -> Iterator[Problem]:
    """Every problem that the kinds find, and services whose buckets nobody makes."""
    for kind in KINDS:
        yield from kind.check(organization)
    for name, setting in DELIVERING.items():
        service = organization.services.get(name)
        delivers = service is not None and (not setting or service.settings[setting])
        if service is not None and delivers and "log_archive" not in organization.services:
            yield Problem(
                "LZ354",
                f"`{name}` delivers to the log archive, which is not among the services",
                service.source,
                "add `log_archive: {}` under services",
            )
