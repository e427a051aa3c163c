"""The administrator of an organization's Inspector, and what new accounts get by themselves."""

from __future__ import annotations

from typing import Any

from landing.sandbox.protocol.refusal import Refusal
from landing.sandbox.services import accounts
from landing.sandbox.services.administrator import OrganizationAdministrator, Refusals
from landing.sandbox.services.call import Call
from landing.sandbox.services.inspector import members, scans
from landing.sandbox.services.inspector.state import (
    PLACES,
    PRINCIPAL,
    TYPES,
    Administration,
    active,
    administered,
    at,
    conflict,
    denied,
    here,
    invalid,
)
from landing.sandbox.world import World


class Administrator(OrganizationAdministrator[Administration]):
    """A member, never the management account (API reference, EnableDelegatedAdminAccount; User Guide)."""

    principal, places, lingers = PRINCIPAL, PLACES, "DISABLE_IN_PROGRESS"
    refusals = Refusals(
        unmanaged=lambda _: denied("Invoking account is not the management account of an organization."),
        untrusted=lambda _: denied(f"Trusted access is not enabled for {PRINCIPAL}."),
        stranger=lambda _: denied("The account is not an active member of the organization."),
        taken=lambda account: conflict("A delegated administrator is enabled already.", account),
        absent=lambda _: Refusal("ResourceNotFoundException", "The account is not the delegated administrator."),
        early=lambda _: invalid("Trusted access for Inspector is not in effect yet."),
    )

    def check(self, call: Call, organization: accounts.Organization, account: str) -> None:
        """Once is enough."""
        if account == organization.management_account:
            raise invalid("The management account cannot be the delegated administrator.")
        if here(call).appointed == account:
            raise self.refusals.taken(account)

    def appoint(self, world: World, account: str, region: str) -> None:
        """It gets all scans."""
        at(world, account, region).administration = Administration()
        scans.switch_on(world, account, region, list(TYPES))

    def enrol(self, world: World, administrator: str, region: str, account: str) -> None:
        """A new account becomes a member with the scans that the administrator wants."""
        settings = at(world, administrator, region).administration
        types = [kind for kind, name in TYPES.items() if settings and settings.auto_enable.get(name)]
        if types:
            members.enrol(world, administrator, region, account)
            members.associated(world, administrator, account, region)
            scans.switch_on(world, account, region, types)

    enable_delegated_admin_account = OrganizationAdministrator.enable_organization_admin_account
    disable_delegated_admin_account = OrganizationAdministrator.disable_organization_admin_account
    list_delegated_admin_accounts = OrganizationAdministrator.list_organization_admin_accounts


ADMINISTRATOR = Administrator()


def get_delegated_admin_account(call: Call) -> dict[str, Any]:
    """For any account of the organization (API reference, GetDelegatedAdminAccount)."""
    organization = accounts.organization_of(call.world, call.account)
    appointed = at(call.world, organization.management_account, call.region).appointed if organization else None
    if appointed is None:
        raise Refusal("ResourceNotFoundException", "There is no delegated administrator.")
    return {"delegatedAdmin": {"accountId": appointed, "relationshipStatus": "ENABLED"}}


def describe_organization_configuration(call: Call) -> dict[str, Any]:
    """For the administrator (API reference, DescribeOrganizationConfiguration)."""
    return {"autoEnable": administered(call).auto_enable, "maxAccountLimitReached": False}


def update_organization_configuration(call: Call) -> dict[str, Any]:
    """For accounts that come; code of functions needs functions, and the administrator must be on itself."""
    wanted = call["autoEnable"]
    settings = active(call)
    if wanted.get("lambdaCode") and not wanted.get("lambda"):
        raise invalid("lambdaCode needs lambda.")
    settings.auto_enable = wanted
    return {"autoEnable": wanted}
