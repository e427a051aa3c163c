"""What the kinds say about the config: their part of its schema, and what is wrong with their settings."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from landing.kinds import KINDS
from landing.model import Problem
from landing.organization import Organization

SERVICE_SCHEMAS: dict[str, dict[str, Any]] = {
    name: dict(schema) for kind in KINDS for name, schema in kind.schema.items()
}
"""Schema by the key under `services`."""


def check(organization: Organization) -> Iterator[Problem]:
    """Every problem that the kinds find."""
    for kind in KINDS:
        yield from kind.check(organization)
