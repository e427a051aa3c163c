"""What Macie keeps for an account in a Region."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from landing.sandbox.protocol.refusal import Refusal
from landing.sandbox.services import members
from landing.sandbox.services.administrator import Relations
from landing.sandbox.services.call import Call
from landing.sandbox.services.iam import linked_roles
from landing.sandbox.services.places import Places
from landing.sandbox.world import World

invalid = Refusal.of("ValidationException")
conflict = Refusal.of("ConflictException")
absent = Refusal.of("ResourceNotFoundException")

PRINCIPAL = "macie.amazonaws.com"
ENABLED, PAUSED = "ENABLED", "PAUSED"


@dataclass(slots=True)
class Session:
    """Macie, switched on."""

    created: datetime
    updated: datetime
    status: str = ENABLED
    frequency: str = "FIFTEEN_MINUTES"


@dataclass(slots=True)
class Member(members.Member):
    """Enabled, Paused or Removed."""

    tags: dict[str, str] = field(default_factory=dict)
    discovery: str = "DISABLED"


@dataclass(slots=True)
class Administration:
    """What the organization's administrator has set."""

    auto_enable: bool = False
    auto_discover: str = "NONE"
    members: dict[str, Member] = field(default_factory=dict)
    in_effect: bool = False
    """Whether Macie knows everywhere that the account administers it."""


@dataclass(slots=True)
class Discovery:
    """Automated sensitive data discovery."""

    status: str = "DISABLED"
    first: datetime | None = None
    disabled: datetime | None = None
    updated: datetime | None = None
    scope: str = ""
    template: str = ""
    """Ids of what AWS makes when it is first enabled."""
    excluded: list[str] = field(default_factory=list)
    inspection: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Place(Relations):
    """An account in a Region."""

    session: Session | None = None
    administration: Administration | None = None
    discovery: Discovery = field(default_factory=Discovery)
    filters: dict[str, dict[str, Any]] = field(default_factory=dict)
    lists: dict[str, dict[str, Any]] = field(default_factory=dict)
    identifiers: dict[str, dict[str, Any]] = field(default_factory=dict)
    jobs: dict[str, dict[str, Any]] = field(default_factory=dict)
    export: dict[str, Any] = field(default_factory=dict)
    publication: dict[str, bool] = field(
        default_factory=lambda: {"publishClassificationFindings": False, "publishPolicyFindings": True}
    )


PLACES = Places("macie2", Place)
at, here = PLACES.at, PLACES.here


def enable(world: World, account: str, region: str, status: str = ENABLED, frequency: str = "FIFTEEN_MINUTES") -> None:
    """Switch Macie on, with its role, unless it is on."""
    place = at(world, account, region)
    if place.session is None:
        place.session = Session(world.now, world.now, status, frequency)
        linked_roles.ensure(world, account, PRINCIPAL)


def enabled(call: Call) -> Place:
    """The caller's, where Macie is on (API reference: AccessDeniedException otherwise)."""
    place = here(call)
    if place.session is None:
        raise Refusal("AccessDeniedException", "Macie is not enabled.")
    return place


def administered(call: Call) -> Administration:
    """What the caller, as the organization's administrator, has set."""
    settings = enabled(call).administration
    if settings is None:
        raise Refusal(
            "AccessDeniedException",
            "The request failed because you must be the Macie administrator for an organization to perform this "
            "operation.",
        )
    return settings


def made_for(things: Mapping[str, dict[str, Any]], token: str) -> dict[str, Any] | None:
    """What a request with this token has made already; nothing for one without."""
    return next((found for found in things.values() if token and found["token"] == token), None)
