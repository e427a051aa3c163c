"""The settings of Macie."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from landing.organization import Target
from landing.services.settings import REQUIRED, setting

TRUSTED = ("macie.amazonaws.com",)
SOURCES = ("macie2:*:{account}:export-configuration:*", "macie2:*:{account}:classification-job/*")
"""User Guide, "Storing and retaining sensitive data discovery results"."""

MEMBERS = ("ENABLED", "PAUSED", "AS_FOUND")
"""What accounts that are there are to be: on, members that are paused (nothing is charged), or left as they are."""

CHOSEN = "SOME"
"""Automated discovery that is on, and covers no account by itself: those that overrides name."""


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
    overrides: Mapping[str, Override] = setting({}, "What differs by unit, account or tag, by stable key.")
