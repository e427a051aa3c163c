"""What a rule finds out about a resource, and where it looks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from landing.sandbox.world import World


@dataclass(frozen=True, slots=True)
class Finding:
    """The compliance of one resource."""

    kind: str
    resource: str
    compliance: str
    annotation: str = ""


@dataclass(frozen=True, slots=True)
class Site:
    """An account and Region in which a rule with its parameters looks."""

    world: World
    account: str
    region: str
    identifier: str
    parameters: Mapping[str, Any]
    thorough: bool


def verdict(compliant: bool) -> str:
    """COMPLIANT or NON_COMPLIANT."""
    return "COMPLIANT" if compliant else "NON_COMPLIANT"
