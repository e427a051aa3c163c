"""Trails as they are kept, and which of them an account sees in a Region."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from landing.sandbox.protocol.refusal import Refusal
from landing.sandbox.services import accounts
from landing.sandbox.services.call import Call
from landing.sandbox.world import World

PRINCIPAL = "cloudtrail.amazonaws.com"
DEFAULT_SELECTOR: dict[str, Any] = {
    "ReadWriteType": "All",
    "IncludeManagementEvents": True,
    "DataResources": [],
    "ExcludeManagementEventSources": [],
}


@dataclass(slots=True)
class Trail:
    """A trail of an account, or of the organization whose management account this is."""

    name: str
    account: str
    home: str
    settings: dict[str, Any]
    """By the names of CreateTrail."""
    is_logging: bool = False
    started: datetime | None = None
    stopped: datetime | None = None
    selectors: list[dict[str, Any]] | None = None
    """Basic event selectors, if they were put."""
    advanced: list[dict[str, Any]] | None = None
    insights: list[dict[str, Any]] = field(default_factory=list)
    tags: dict[str, str] = field(default_factory=dict)

    @property
    def is_multi_region(self) -> bool:
        """Whether it is in every Region."""
        return bool(self.settings["IsMultiRegionTrail"])

    @property
    def is_organization(self) -> bool:
        """Whether it is in every member."""
        return bool(self.settings["IsOrganizationTrail"])

    def arn(self, partition: str) -> str:
        """With the account that owns it: an organization trail's is the management account."""
        return f"arn:{partition}:cloudtrail:{self.home}:{self.account}:trail/{self.name}"

    def covers(self, region: str) -> bool:
        """Whether it logs what happens in a Region."""
        return self.is_multi_region or self.home == region


@dataclass
class Trails:
    """The trails of an account, by home Region and name."""

    trails: dict[tuple[str, str], Trail] = field(default_factory=dict)


def of_account(world: World, account: str) -> Trails:
    """The trails that an account owns."""
    return world.state("cloudtrail", account, "", Trails)


def visible(world: World, account: str, region: str) -> Iterator[Trail]:
    """What an account sees in a Region: its own, and the organization's."""
    yield from (trail for trail in of_account(world, account).trails.values() if trail.covers(region))
    organization = accounts.organization_of(world, account)
    if organization is not None and organization.management_account != account:
        for trail in of_account(world, organization.management_account).trails.values():
            if trail.is_organization and trail.covers(region):
                yield trail


def find(call: Call, wanted: str) -> Trail:
    """A trail by name or ARN that the caller sees."""
    if wanted.startswith("arn:"):
        parts = wanted.split(":", 5)
        if len(parts) < 6 or parts[2] != "cloudtrail" or not parts[5].startswith("trail/"):
            raise Refusal("CloudTrailARNInvalidException", f"CloudTrail ARN is invalid: {wanted}")
        candidates = visible(call.world, call.account, parts[3])
    else:
        candidates = visible(call.world, call.account, call.region)
    for trail in candidates:
        if wanted in (trail.name, trail.arn(call.partition)):
            return trail
    raise Refusal("TrailNotFoundException", f"Unknown trail: {wanted} for the user: {call.account}")


def find_own(call: Call, wanted: str) -> Trail:
    """The same, to be changed: by its owner or an administrator, in its home Region."""
    trail = find(call, wanted)
    if trail.account != call.account and not _administers(call):
        raise Refusal(
            "NotOrganizationMasterAccountException",
            "You must be signed in to the management account or a delegated administrator account of the organization.",
        )
    if trail.home != call.region:
        raise Refusal(
            "InvalidHomeRegionException",
            f"The trail {trail.name} can only be changed in its home Region {trail.home}.",
        )
    return trail


def _administers(call: Call) -> bool:
    return accounts.may_administer(call, PRINCIPAL) is not None
