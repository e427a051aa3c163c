"""Organizational units."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from landing.aws import Aws
from landing.aws.live_names import LiveUnit
from landing.core import forms
from landing.core.model import MARK, Action, Address, Attributes, Change, Resource, Scope, UniqueName
from landing.organization import ROOT, TAG, Organization
from landing.organization.resources import UNIT
from landing.services.base import Kind, Ownership, between, temporary_name
from landing.services.organizations.organization import TheOrganization
from landing.services.organizations.tags import listed, tag, untag


class OrganizationalUnit(Kind):
    """Units of the organization tree (Organizations API, management account).

    A unit cannot be moved in AWS. Under another parent it has another key, so that the plan creates the new
    unit, moves the accounts, and deletes the old one, in this order.
    """

    name = UNIT
    title = "Organizational unit"
    ownership = Ownership.TAG
    controls = ("cis-aws-7.0:2.1.4", "nist-csf-2.0:GV.PO-01")
    help_uri = "https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_ous.html"
    parallel = 1
    unknown = ("id",)
    ahead = ("units",)
    reads = (
        "organizations:ListRoots",
        "organizations:ListOrganizationalUnitsForParent",
        "tag:GetResources",
        "organizations:ListTagsForResource",
    )
    writes = (
        "organizations:CreateOrganizationalUnit",
        "organizations:UpdateOrganizationalUnit",
        "organizations:DeleteOrganizationalUnit",
        "organizations:TagResource",
        "organizations:UntagResource",
    )

    def desired(self, organization: Organization) -> Iterable[Resource]:
        """The units of the config."""
        for unit in organization.units.values():
            attributes = {"name": unit.name, MARK: True}
            yield Resource(self.address(unit.key), attributes, (self.parent(unit.parent),), source=unit.source)

    def read(self, organization: Organization, aws: Aws, scope: Scope) -> Iterable[Resource]:
        """Every unit; `managed` says that it carries our mark."""
        for unit in aws.tree.units.values():
            attributes = {"name": unit.name, MARK: unit.marked}
            yield Resource(self.address(unit.key), attributes, (self.parent(unit.parent),), unit.marked)

    def parent(self, key: str) -> Address:
        """What a unit or account directly below `key` requires."""
        return TheOrganization().address("this") if key == ROOT else self.address(key)

    def unique_names(self, address: Address, attributes: Attributes) -> Iterable[UniqueName]:
        """One among its siblings (CreateOrganizationalUnit: DuplicateOrganizationalUnitException)."""
        parent = address.name.rpartition("/")[0] or ROOT
        if "name" in attributes:
            yield UniqueName(f"units directly below {parent}", forms.name(attributes["name"]))

    def renamed(self, address: Address, attributes: Attributes) -> Attributes:
        """By UpdateOrganizationalUnit."""
        return {**attributes, "name": temporary_name(address), MARK: True}

    def begun(self, change: Change, present: Attributes) -> bool:
        """It is marked, then renamed."""
        return between(change, present)

    def apply(self, organization: Organization, aws: Aws, change: Change) -> None:
        """Create, mark, rename or delete; marked first, since under another name only the mark tells what it is."""
        client = aws.client("organizations")
        key = change.address.name
        live = aws.tree.units.get(key)
        with aws.writing:
            if change.action is Action.DELETE:
                if live is not None:
                    client.delete_organizational_unit(OrganizationalUnitId=live.id)
                    aws.tree.drop_unit(key)
                return
            if change.action is Action.FORGET:
                if live is not None:
                    untag(aws, live.id, TAG)
                return
            assert change.after is not None
            name = change.after["name"]
            if live is None:
                parent = organization.units[key].parent
                created = client.create_organizational_unit(
                    ParentId=aws.tree.node_id(parent), Name=name, Tags=listed({TAG: key})
                )
                unit = LiveUnit(created["OrganizationalUnit"]["Id"], key, name, parent, True)
                aws.tree.tagged(unit.id, {TAG: key})
                aws.tree.add_unit(unit)
                return
            if not live.marked:
                tag(aws, live.id, {TAG: key})
            if live.name != name:
                client.update_organizational_unit(OrganizationalUnitId=live.id, Name=name)
            aws.tree.add_unit(replace(live, name=name, marked=True))
