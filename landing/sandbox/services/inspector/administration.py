"""The administrator of an organization's Inspector, and what new accounts get by themselves."""

from __future__ import annotations

from typing import Any

from landing.sandbox.protocol.refusal import Refusal
from landing.sandbox.services import accounts, appointment, membership
from landing.sandbox.services.call import Call
from landing.sandbox.services.inspector import members, scans
from landing.sandbox.services.inspector.state import (
    PRINCIPAL,
    TYPES,
    Administration,
    administered,
    at,
    conflict,
    denied,
    here,
    invalid,
)
from landing.sandbox.world import Event, World, regions


def enable_delegated_admin_account(call: Call) -> dict[str, Any]:
    """A member, after trusted access, the same one everywhere; it gets all scans (API reference; User Guide)."""
    organization, account = _managed(call), call["delegatedAdminAccountId"]
    if account == organization.management_account:
        raise invalid("The management account cannot be the delegated administrator.")
    wrong = appointment.obstacle(call, organization, account, PRINCIPAL)
    if wrong is not None:
        raise denied(wrong)
    place = here(call)
    if place.appointed == account or appointment.rival(organization, place, account, PRINCIPAL) is not None:
        raise conflict("A delegated administrator is enabled already.", account)
    place.appointed = account
    theirs = at(call.world, account, call.region)
    theirs.administrator, theirs.administration = None, Administration()
    scans.switch_on(call.world, account, call.region, list(TYPES))
    appointment.register(call.world, organization, account, PRINCIPAL)
    return {"delegatedAdminAccountId": account}


def disable_delegated_admin_account(call: Call) -> dict[str, Any]:
    """Scans go on in the former members (API reference; User Guide)."""
    organization, account = _managed(call), call["delegatedAdminAccountId"]
    if here(call).appointed != account:
        raise Refusal("ResourceNotFoundException", "The account is not the delegated administrator.")
    dismiss(call.world, call.account, call.region)
    if not any(at(call.world, call.account, region).appointed for region in regions.every(call.world)):
        appointment.deregister(call.world, organization, account, PRINCIPAL)
    return {"delegatedAdminAccountId": account}


def dismiss(world: World, management: str, region: str) -> None:
    """The administrator of a Region is none any more."""
    administrator = membership.dismiss(world, management, region, at)
    at(world, administrator or "", region).administration = None


def get_delegated_admin_account(call: Call) -> dict[str, Any]:
    """For any account of the organization (API reference, GetDelegatedAdminAccount)."""
    organization = accounts.organization_of(call.world, call.account)
    appointed = at(call.world, organization.management_account, call.region).appointed if organization else None
    if appointed is None:
        raise Refusal("ResourceNotFoundException", "There is no delegated administrator.")
    return {"delegatedAdmin": {"accountId": appointed, "relationshipStatus": "ENABLED"}}


def list_delegated_admin_accounts(call: Call) -> dict[str, Any]:
    """For the management account (API reference, ListDelegatedAdminAccounts)."""
    _managed(call)
    appointed = here(call).appointed
    found = [{"accountId": appointed, "status": "ENABLED"}] if appointed else []
    return call.page("delegatedAdminAccounts", found)


def describe_organization_configuration(call: Call) -> dict[str, Any]:
    """For the administrator (API reference, DescribeOrganizationConfiguration)."""
    return {"autoEnable": administered(call).auto_enable, "maxAccountLimitReached": False}


def update_organization_configuration(call: Call) -> dict[str, Any]:
    """For accounts that come; code of functions needs functions (API reference)."""
    wanted = call["autoEnable"]
    if wanted.get("lambdaCode") and not wanted.get("lambda"):
        raise invalid("lambdaCode needs lambda.")
    administered(call).auto_enable = wanted
    return {"autoEnable": wanted}


def _managed(call: Call) -> accounts.Organization:
    organization = appointment.managed(call)
    if organization is None:
        raise denied("Invoking account is not the management account of an organization.")
    return organization


def account_joined(world: World, event: Event) -> None:
    """A new account becomes a member with the scans that the administrator wants."""
    for administrator, region, settings in membership.of_newcomer(world, event.account, at):
        types = [kind for kind, name in TYPES.items() if settings.auto_enable.get(name)]
        if types:
            members.enrol(world, administrator, region, event.account)
            scans.switch_on(world, event.account, region, types)


def account_left(world: World, event: Event) -> None:
    """Who leaves is a member no more; scans go on (User Guide)."""
    membership.leave(world, event.account, at)


def administrator_deregistered(world: World, event: Event) -> None:
    """Organizations' own call acts in every Region."""
    membership.deregister(world, event, PRINCIPAL, at, dismiss)
