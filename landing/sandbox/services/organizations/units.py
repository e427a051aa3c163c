"""Units of the organization's tree."""

from __future__ import annotations

from typing import Any

from landing.sandbox.protocol.refusal import Refusal
from landing.sandbox.services.call import Call
from landing.sandbox.services.organizations import policies
from landing.sandbox.services.organizations.access import current
from landing.sandbox.services.organizations.refusals import violated
from landing.sandbox.services.organizations.state import Organization, Unit
from landing.sandbox.services.organizations.tags import checked
from landing.sandbox.world import World

DEEPEST = 5
MOST = 2000
NOT_FOUND = "OrganizationalUnitNotFoundException"


def create_organizational_unit(call: Call) -> dict[str, Any]:
    """At most five deep, its name once below a parent (API reference, CreateOrganizationalUnit; "Quotas")."""
    organization = current(call)
    parent = organization.unit(call["ParentId"])
    tags = checked({}, call.get("Tags", []))
    _check_name(organization, parent, call["Name"], None)
    if organization.depth(parent.id) >= DEEPEST:
        raise violated("OU_DEPTH_LIMIT_EXCEEDED", "You have exceeded the depth of the OU tree.")
    if len(organization.units) > MOST:
        raise violated("OU_NUMBER_LIMIT_EXCEEDED", "You have exceeded the number of OUs.")
    unit = add(call.world, organization, parent, call["Name"])
    if tags:
        organization.tags[unit.id] = tags
    return {"OrganizationalUnit": _shown(organization, unit)}


def add(world: World, organization: Organization, parent: Unit, name: str) -> Unit:
    """A new unit, with the policies that every target has."""
    unit = Unit(f"ou-{organization.root[2:]}-{world.token(8)}", name, parent.id)
    organization.units[unit.id] = unit
    parent.units[unit.id] = None
    policies.attach_defaults(organization, unit.id)
    return unit


def _check_name(organization: Organization, parent: Unit, name: str, unit: str | None) -> None:
    if any(organization.units[other].name == name and other != unit for other in parent.units):
        raise Refusal("DuplicateOrganizationalUnitException", "An OU with the same name already exists.")


def describe_organizational_unit(call: Call) -> dict[str, Any]:
    """The root is no unit (API reference, DescribeOrganizationalUnit)."""
    organization = current(call)
    return {"OrganizationalUnit": _shown(organization, _unit(organization, call["OrganizationalUnitId"]))}


def update_organizational_unit(call: Call) -> dict[str, Any]:
    """A new name, which no sibling has (API reference, UpdateOrganizationalUnit)."""
    organization = current(call)
    unit = _unit(organization, call["OrganizationalUnitId"])
    if "Name" in call:
        _check_name(organization, organization.units[unit.parent or ""], call["Name"], unit.id)
        unit.name = call["Name"]
    return {"OrganizationalUnit": _shown(organization, unit)}


def delete_organizational_unit(call: Call) -> None:
    """Only an empty one; what is attached to it goes with it (API reference, DeleteOrganizationalUnit)."""
    organization = current(call)
    unit = _unit(organization, call["OrganizationalUnitId"])
    if unit.units or unit.accounts:
        raise Refusal("OrganizationalUnitNotEmptyException", "The specified OU is not empty.")
    organization.units[unit.parent or ""].units.pop(unit.id)
    del organization.units[unit.id]
    organization.forget_target(unit.id)


def list_organizational_units_for_parent(call: Call) -> dict[str, Any]:
    """The units directly below (API reference, ListOrganizationalUnitsForParent)."""
    organization = current(call)
    units = [organization.units[unit] for unit in organization.unit(call["ParentId"]).units]
    return call.page("OrganizationalUnits", units, show=lambda unit: _shown(organization, unit))


def list_children(call: Call) -> dict[str, Any]:
    """Accounts or units directly below (API reference, ListChildren)."""
    parent = current(call).unit(call["ParentId"])
    children = parent.accounts if call["ChildType"] == "ACCOUNT" else parent.units
    return call.page("Children", list(children), show=lambda child: {"Id": child, "Type": call["ChildType"]})


def list_parents(call: Call) -> dict[str, Any]:
    """The one parent that an account or a unit has (API reference, ListParents)."""
    organization = current(call)
    child = call["ChildId"]
    if child.startswith("ou-"):
        parent = _unit(organization, child, "ChildNotFoundException").parent or ""
    else:
        parent = organization.member(child, "ChildNotFoundException").parent
    kind = "ROOT" if parent == organization.root else "ORGANIZATIONAL_UNIT"
    return call.page("Parents", [{"Id": parent, "Type": kind}])


def _unit(organization: Organization, unit: str, code: str = NOT_FOUND) -> Unit:
    if unit == organization.root or unit not in organization.units:
        raise Refusal(code, "You specified an organizational unit that doesn't exist.")
    return organization.units[unit]


def _shown(organization: Organization, unit: Unit) -> dict[str, Any]:
    return {
        "Id": unit.id,
        "Arn": organization.arn("ou", unit.id),
        "Name": unit.name,
        "Path": organization.path(unit.id),
    }
