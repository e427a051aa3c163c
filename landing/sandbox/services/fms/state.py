"""What Firewall Manager keeps, and how it says no."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from landing.core.partitions import GLOBAL_REGION
from landing.sandbox.protocol.refusal import Refusal
from landing.sandbox.services import accounts
from landing.sandbox.services.call import Call
from landing.sandbox.services.places import Places
from landing.sandbox.services.tags import Tags
from landing.sandbox.world import World

PRINCIPAL = "fms.amazonaws.com"

invalid = Refusal.of("InvalidInputException")
impossible = Refusal.of("InvalidOperationException")
absent = Refusal.of("ResourceNotFoundException")
denied = Refusal.of("AccessDeniedException")
beyond = Refusal.of("LimitExceededException")


@dataclass(slots=True)
class Administrator:
    """One of an organization; the default one has no scope, because all is its."""

    account: str
    status: str
    """Of the default one as AccountRoleStatus has it, of others as OrganizationStatus does."""
    scope: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Policy:
    """As PutPolicy was given it, with what the service adds."""

    id: str
    arn: str
    policy: dict[str, Any]
    tags: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Place:
    """An account in a Region."""

    default: Administrator | None = None
    """Of a management account in the Region of global services, as are the next two."""
    others: dict[str, Administrator] = field(default_factory=dict)
    leaving: bool = False
    policies: dict[str, Policy] = field(default_factory=dict)
    """Of an administrator."""
    channel: tuple[str, str] | None = None
    """Topic and role."""
    left: dict[str, bool] = field(default_factory=dict)
    """Name of each policy that was deleted, and whether what it had made stays."""


PLACES = Places("fms", Place)


def office(world: World, management: str) -> Place:
    """Where the administrators of an organization are known."""
    return PLACES.at(world, management, GLOBAL_REGION[world.partition])


def administers(call: Call) -> bool:
    """Whether the caller is an administrator that is ready."""
    organization = accounts.organization_of(call.world, call.account)
    if organization is None:
        return False
    there = office(call.world, organization.management_account)
    ready = there.default is not None and there.default.status == "READY"
    others = there.others.get(call.account)
    is_default = ready and there.default is not None and there.default.account == call.account
    return is_default or (others is not None and others.status == "ONBOARDING_COMPLETE")


def admit(call: Call) -> None:
    """Policies are an administrator's alone; what others are told is what people report."""
    if not administers(call):
        raise denied(f"Account: {call.account} is not currently delegated by AWS FM")


def check_part(call: Call, kind: str) -> None:
    """What an administrator may make that has a part (API reference, RegionScope and PolicyTypeScope)."""
    organization = accounts.membership(call.world, call.account)
    other = office(call.world, organization.management_account).others.get(call.account)
    for name, every, listed, asked in (
        ("RegionScope", "AllRegionsEnabled", "Regions", call.region),
        ("PolicyTypeScope", "AllPolicyTypesEnabled", "PolicyTypes", kind),
    ):
        part = other.scope.get(name) if other else None
        if part and not part.get(every) and asked not in (part.get(listed) or ()):
            raise impossible(f"{asked} is outside of the administrative scope.")


def _tagged(call: Call) -> dict[str, str]:
    admit(call)
    found = (each for each in PLACES.here(call).policies.values() if each.arn == call["ResourceArn"])
    policy = next(found, None)
    if policy is None:
        raise absent("The resource was not found.")
    return policy.tags


TAGS = Tags(of=_tagged, too_many=lambda: beyond("A policy has at most 50 tags."))
