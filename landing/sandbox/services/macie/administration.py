"""The administrator of an organization's Macie, and who becomes its member by itself."""

from __future__ import annotations

from typing import Any

from landing.sandbox.protocol.refusal import Refusal
from landing.sandbox.services import accounts, appointment, membership
from landing.sandbox.services.call import Call
from landing.sandbox.services.macie import members
from landing.sandbox.services.macie.state import (
    PRINCIPAL,
    Administration,
    absent,
    administered,
    at,
    conflict,
    enable,
    here,
)
from landing.sandbox.world import Event, World, regions


def enable_organization_admin_account(call: Call) -> dict[str, Any]:
    """From the management account, after trusted access, the same one everywhere (API reference; User Guide)."""
    organization, account = _managed(call), call["adminAccountId"]
    wrong = appointment.obstacle(call, organization, account, PRINCIPAL)
    if wrong is not None:
        raise Refusal("ValidationException", f"The request failed: {wrong}")
    if appointment.rival(organization, here(call), account, PRINCIPAL) is not None:
        raise conflict("The request failed because another account is the delegated Macie administrator.")
    place = at(call.world, account, call.region)
    if account == organization.management_account and place.session is None:
        raise conflict("The request failed because Macie isn't enabled for the management account.")
    here(call).appointed = account
    enable(call.world, account, call.region)
    place.administrator = None
    place.administration = place.administration or Administration()
    appointment.register(call.world, organization, account, PRINCIPAL)
    return {}


def disable_organization_admin_account(call: Call) -> dict[str, Any]:
    """Members stand alone, Macie stays on (API reference; User Guide, "Changing the administrator")."""
    organization, account = _managed(call), call["adminAccountId"]
    if here(call).appointed != account:
        raise absent("The account isn't the delegated Macie administrator for the organization.")
    dismiss(call.world, call.account, call.region)
    if not any(at(call.world, call.account, region).appointed for region in regions.every(call.world)):
        appointment.deregister(call.world, organization, account, PRINCIPAL)
    return {}


def dismiss(world: World, management: str, region: str) -> None:
    """The administrator of a Region is none any more."""
    administrator = membership.dismiss(world, management, region, at)
    at(world, administrator or "", region).administration = None


def list_organization_admin_accounts(call: Call) -> dict[str, Any]:
    """API reference, ListOrganizationAdminAccounts."""
    _managed(call)
    appointed = here(call).appointed
    return call.page("adminAccounts", [{"accountId": appointed, "status": "ENABLED"}] if appointed else [], most=25)


def describe_organization_configuration(call: Call) -> dict[str, Any]:
    """For the administrator (API reference, DescribeOrganizationConfiguration)."""
    return {"autoEnable": administered(call).auto_enable, "maxAccountLimitReached": False}


def update_organization_configuration(call: Call) -> dict[str, Any]:
    """New accounts only (API reference, autoEnable: "when the account is added to the organization")."""
    administered(call).auto_enable = call["autoEnable"]
    return {}


def _managed(call: Call) -> accounts.Organization:
    organization = appointment.managed(call)
    if organization is None:
        raise Refusal("AccessDeniedException", "You must be the organization's management account.")
    return organization


def account_joined(world: World, event: Event) -> None:
    """A new account becomes a member where the administrator wants that."""
    for administrator, region, settings in membership.of_newcomer(world, event.account, at):
        if settings.auto_enable:
            members.enrol(world, administrator, region, event.account)


def account_left(world: World, event: Event) -> None:
    """Who leaves is a member no more; Macie stays on (User Guide, "Removing a member account")."""
    membership.leave(world, event.account, at)


def administrator_deregistered(world: World, event: Event) -> None:
    """Organizations' own call acts in every Region."""
    membership.deregister(world, event, PRINCIPAL, at, dismiss)
