"""What the door must know of an organization to call AWS in its name; nothing of what is declared in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from landing.core.deadlines import DEADLINES
from landing.organization import Organization


@dataclass(frozen=True, slots=True)
class Context:
    """Where calls go, by which roles, and how long AWS may take; `management` is the key of an account."""

    partition: str
    home_region: str
    management: str
    member_role: str
    """The role in member accounts by which they are entered where writes are allowed."""
    read_role: str
    """The one where they are not; empty for the member role."""
    timeouts: Mapping[str, int]
    """Seconds by deadline (`landing.core.deadlines`)."""

    @classmethod
    def of(cls, organization: Organization) -> Context:
        """As the config has it."""
        return cls(
            partition=organization.partition,
            home_region=organization.home_region,
            management=organization.management,
            member_role=organization.member_role,
            read_role=organization.read_role,
            timeouts={name: organization.timeout(name) for name in DEADLINES},
        )
