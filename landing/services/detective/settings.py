"""The settings of Detective."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from landing.organization import Target
from landing.services.settings import REQUIRED, setting

TRUSTED = ("detective.amazonaws.com",)
CORE = "DETECTIVE_CORE"
"""The package that every graph has (API reference, DatasourcePackage)."""
PACKAGES = {"eks_audit": "EKS_AUDIT", "security_hub_findings": "ASFF_SECURITYHUB_FINDING"}
"""What the config calls the others."""


@dataclass(frozen=True, kw_only=True)
class Override:
    """What differs in some accounts; a member has no setting else of its own."""

    target: Target = setting(REQUIRED, "The accounts.")
    join: bool | None = setting(None, "As `join`, of these accounts.")


@dataclass(frozen=True, kw_only=True)
class DetectiveSettings:
    """Amazon Detective in every governed region that has it, for every account of the config."""

    auto_enable: bool = setting(True, "Accounts that come to the organization are covered.")
    join: bool = setting(
        True, "Make members of accounts that are there already, the management account among them (CreateMembers)."
    )
    packages: tuple[str, ...] = setting(
        ("security_hub_findings",),
        "What is analysed besides AWS's own logs. AWS starts a package, and has no call that stops one.",
        uniqueItems=True,
        items={"enum": list(PACKAGES)},
    )
    overrides: Mapping[str, Override] = setting({}, "What differs by unit, account or tag, by stable key.")
