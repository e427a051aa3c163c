"""Deployment targets: which accounts, by which unit, in which Regions (API reference, DeploymentTargets)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from landing.sandbox.services import accounts
from landing.sandbox.services.call import Call
from landing.sandbox.services.cloudformation import requests as stack_requests
from landing.sandbox.services.cloudformation.document import wrong
from landing.sandbox.services.cloudformation.stack_sets.state import Site, StackSet
from landing.sandbox.world import World, regions

MOST_UNITS = 50
SEPARATORS = re.compile(r"[\s,;]+")


def accounts_of(call: Call, stack_set: StackSet, *, creating: bool = False) -> dict[str, str]:
    """Account to the unit by which it is meant, in the order of deployment."""
    targets: Mapping[str, Any] = call.get("DeploymentTargets", {})
    if "Accounts" in call and targets:
        raise wrong("You can specify Accounts or DeploymentTargets, but not both")
    if not stack_set.is_service_managed:
        return _self_managed(call, targets)
    if "Accounts" in call:
        raise wrong("StackSets with SERVICE_MANAGED permission model can only have DeploymentTargets as target")
    return _service_managed(call, stack_set, targets, creating=creating)


def _self_managed(call: Call, targets: Mapping[str, Any]) -> dict[str, str]:
    if targets.get("OrganizationalUnitIds"):
        raise wrong("StackSets with SELF_MANAGED permission model can only have accounts as target")
    if targets.get("AccountFilterType", "NONE") != "NONE":
        raise wrong("AccountFilterType is only for StackSets with SERVICE_MANAGED permission model")
    found = [*call.get("Accounts", ()), *_named(call, targets)]
    if not found:
        raise wrong("Accounts must be specified")
    return dict.fromkeys(found, "")


def _named(call: Call, targets: Mapping[str, Any]) -> list[str]:
    """The accounts of the call itself, or of the file that it names."""
    if "AccountsUrl" not in targets:
        return list(targets.get("Accounts", ()))
    if targets.get("Accounts"):
        raise wrong("You can specify Accounts or AccountsUrl, but not both")
    text = stack_requests.fetched(call, targets["AccountsUrl"])
    return [account for account in SEPARATORS.split(text) if re.fullmatch(r"[0-9]{12}", account)]


def _service_managed(call: Call, stack_set: StackSet, targets: Mapping[str, Any], *, creating: bool) -> dict[str, str]:
    units, named = list(targets.get("OrganizationalUnitIds", ())), _named(call, targets)
    kind = targets.get("AccountFilterType", "UNION" if named else "NONE")
    if not units and (creating or not named):
        raise wrong("OrganizationalUnitIds are required for StackSets with SERVICE_MANAGED permission model")
    if len(units) > MOST_UNITS:
        raise wrong(f"At most {MOST_UNITS} OrganizationalUnitIds can be specified")
    if creating and kind == "UNION":
        raise wrong("AccountFilterType UNION is not supported by CreateStackInstances")
    if (kind == "NONE") == bool(named):
        raise wrong(f"AccountFilterType {kind} {'does not allow' if named else 'requires'} Accounts")
    within = below(call.world, stack_set.account, units)
    if kind == "UNION":
        owned = {instance.account: instance.unit for instance in stack_set.instances.values()}
        return within | {account: owned.get(account, "") for account in named if account not in within}
    if kind == "NONE":
        return within
    return {account: unit for account, unit in within.items() if (account in named) == (kind == "INTERSECTION")}


def below(world: World, management_account: str, units: list[str]) -> dict[str, str]:
    """Every member in the units and below, with the nearest of the units; never the management account."""
    organization = accounts.organization_of(world, management_account)
    if organization is None:
        raise wrong("The account is not in an organization")
    unknown = [unit for unit in units if unit not in organization.units]
    if unknown:
        raise wrong(f"Organizational unit {unknown[0]} does not exist")
    found: dict[str, str] = {}
    for unit in sorted(units, key=organization.depth):
        found |= dict.fromkeys(organization.below(unit), unit)
    found.pop(management_account, None)
    return found


def covering(world: World, stack_set: StackSet, account: str, region: str) -> str | None:
    """The nearest target of the set that contains an account, where it has one in the Region."""
    organization = accounts.organization_of(world, stack_set.account)
    if organization is None or account not in organization.members:
        return None
    for unit in organization.ancestry(account):
        if region in stack_set.targets.get(unit, ()):
            return unit
    return None


def checked_regions(call: Call, stack_set: StackSet, *, needed: bool = True) -> list[str]:
    """The Regions of the call; refused if the administrator account may not use one."""
    found = list(dict.fromkeys(call.get("Regions", ())))
    if needed and not found:
        raise wrong("Regions must be specified")
    for region in found:
        if not regions.is_usable(call.world, stack_set.account, region):
            raise wrong(f"Region {region} is not supported, or not enabled in account {stack_set.account}")
    return found


def chosen(call: Call, stack_set: StackSet) -> list[Site]:
    """The existing instances that an update or a delete is about.

    A whole unit also means the instances that came by it and whose accounts have left it since.
    """
    named = accounts_of(call, stack_set)
    wanted = checked_regions(call, stack_set)
    targets = call.get("DeploymentTargets", {})
    filtered = bool(targets.get("Accounts") or "AccountsUrl" in targets)
    units = () if filtered else targets.get("OrganizationalUnitIds", ())
    return [
        site
        for site, instance in stack_set.instances.items()
        if site[1] in wanted and (site[0] in named or instance.unit in units)
    ]


def units_below(world: World, management_account: str, units: set[str]) -> set[str]:
    """The units with all that lie below them."""
    organization = accounts.organization_of(world, management_account)
    if organization is None:
        return units
    found: set[str] = set()
    waiting = [unit for unit in units if unit in organization.units]
    while waiting:
        unit = waiting.pop()
        found.add(unit)
        waiting += organization.units[unit].units
    return found | units
