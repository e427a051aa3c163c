"""What SECURITYHUB_POLICY does in the accounts of an organization (Organizations User Guide, "Security Hub policies").

Where a Region is in both lists it is disabled; one that is in neither is the account's own, and stays as it is. The
administrator switches Security Hub on and off by its own calls; the management account is reached once it has the
service-linked role.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from landing.sandbox.services import accounts
from landing.sandbox.services.iam import linked_roles
from landing.sandbox.services.organizations.effective import document
from landing.sandbox.services.securityhub.state import Version2, at
from landing.sandbox.world import Event, World, regions

TYPE = "SECURITYHUB_POLICY"
PRINCIPAL = "securityhubv2.amazonaws.com"
ABSENT = ("ap-east-2", "ap-southeast-6")
"""Regions that do not have it (CloudFormation, AWS::SecurityHub::HubV2)."""
SCANNING = "NETWORK_SCANNING"


@dataclass(frozen=True, slots=True)
class Said:
    """The Regions where the policies on the way to an account have it on and off; the same of network scanning."""

    enabled: frozenset[str]
    disabled: frozenset[str]
    scanned: frozenset[str]
    unscanned: frozenset[str]


def said(world: World, account: str) -> Said | None:
    """What is said of an account; None where nothing is."""
    organization = accounts.organization_of(world, account)
    found = document(organization, account, TYPE) if organization else None
    if found is None:
        return None
    hub = found.get("securityhub", {})
    scanning = hub.get("features", {}).get("network_scanning", {})
    return Said(*_lists(world, hub), *_lists(world, scanning))


def _lists(world: World, found: Mapping[str, Any]) -> tuple[frozenset[str], frozenset[str]]:
    every = frozenset(regions.every(world))

    def of(name: str) -> frozenset[str]:
        listed = frozenset(found.get(name) or ())
        return every if "ALL_SUPPORTED" in listed else listed

    return of("enable_in_regions"), of("disable_in_regions")


def administrator(world: World, account: str) -> str | None:
    """Who administers it in the organization of an account."""
    organization = accounts.organization_of(world, account)
    if organization is None:
        return None
    places = (at(world, organization.management_account, region) for region in regions.every(world))
    return next((place.appointed2 for place in places if place.appointed2), None)


def new(world: World, account: str) -> Version2:
    """It is on, with its service-linked role."""
    linked_roles.ensure(world, account, PRINCIPAL)
    return Version2(world.uuid(), world.now)


def spread(world: World, account: str) -> None:
    """Have an account have what the policies say."""
    organization = accounts.organization_of(world, account)
    found = said(world, account)
    if organization is None or found is None or not accounts.is_usable(world, account):
        return
    if account == administrator(world, account):
        return
    if account == organization.management_account and not linked_roles.exists(world, account, PRINCIPAL):
        return
    for region in sorted((found.enabled | found.disabled) - {*ABSENT}):
        if regions.is_usable(world, account, region):
            _set(world, account, region, found)


def _set(world: World, account: str, region: str, found: Said) -> None:
    place = at(world, account, region)
    if region in found.disabled:
        place.version2 = None
        return
    place.version2 = place.version2 or new(world, account)
    if region in found.unscanned:
        place.version2.features.pop(SCANNING, None)
    elif region in found.scanned:
        place.version2.features.setdefault(SCANNING, world.now)


def policies_changed(world: World, event: Event) -> None:
    """Every member has what its policies say now."""
    if event.detail["type"] == TYPE:
        for account in list(accounts.membership(world, event.account).members):
            spread(world, account)
