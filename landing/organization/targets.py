"""The one target selector, from its YAML."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from landing.organization.hierarchy import Target


def target_of(value: Mapping[str, Any]) -> Target:
    """A `target:` mapping that fits the schema."""
    exclude = value.get("exclude") or {}
    return Target(
        tuple(value.get("units") or ()),
        tuple(value.get("accounts") or ()),
        dict(value.get("tags") or {}),
        tuple(exclude.get("units") or ()),
        tuple(exclude.get("accounts") or ()),
        dict(exclude.get("tags") or {}),
    )
