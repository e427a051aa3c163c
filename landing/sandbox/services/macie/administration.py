"""The administrator of an organization's Macie, and who becomes its member by itself."""

from __future__ import annotations

from typing import Any

from landing.sandbox.protocol.refusal import Refusal
from landing.sandbox.services import accounts
from landing.sandbox.services.administrator import OrganizationAdministrator, Refusals
from landing.sandbox.services.call import Call
from landing.sandbox.services.macie import members
from landing.sandbox.services.macie.state import (
    PLACES,
    PRINCIPAL,
    Administration,
    absent,
    administered,
    at,
    conflict,
    enable,
    here,
    invalid,
)
from landing.sandbox.world import World

SECONDS = 10
"""After the appointment, until members are added (AWS Security Reference Architecture, macie_org)."""


class Administrator(OrganizationAdministrator[Administration]):
    """User Guide, "Changing the administrator"; API reference, EnableOrganizationAdminAccount."""

    principal, places, lingers = PRINCIPAL, PLACES, "DISABLING_IN_PROGRESS"
    refusals = Refusals(
        unmanaged=lambda _: Refusal("AccessDeniedException", "You must be the organization's management account."),
        untrusted=lambda _: invalid(f"The request failed: Trusted access is not enabled for {PRINCIPAL}."),
        stranger=lambda _: invalid("The request failed: The account is not an active member of the organization."),
        taken=lambda _: conflict("The request failed because another account is the delegated Macie administrator."),
        absent=lambda _: absent("The account isn't the delegated Macie administrator for the organization."),
        early=lambda _: invalid("The request failed: Trusted access for Macie isn't in effect yet."),
    )

    def check(self, call: Call, organization: accounts.Organization, account: str) -> None:
        """The management account has switched Macie on before it appoints itself; once is enough."""
        if here(call).appointed == account:
            raise conflict("The request failed because the account is the delegated Macie administrator already.")
        if account == organization.management_account and at(call.world, account, call.region).session is None:
            raise conflict("The request failed because Macie isn't enabled for the management account.")

    def appoint(self, world: World, account: str, region: str) -> None:
        """Macie is on in it, and it adds members after some seconds; members of before are its own again."""
        enable(world, account, region)
        place = at(world, account, region)
        place.administration = place.administration or Administration()
        thing = members.appointment(account, region)
        world.clock.later(members.take_effect, account, region, thing=thing, seconds=SECONDS)

    def enrol(self, world: World, administrator: str, region: str, account: str) -> None:
        """A new account becomes a member where the administrator wants that."""
        settings = at(world, administrator, region).administration
        if settings is not None and settings.auto_enable:
            members.enrol(world, administrator, region, account)


ADMINISTRATOR = Administrator()


def describe_organization_configuration(call: Call) -> dict[str, Any]:
    """For the administrator (API reference, DescribeOrganizationConfiguration)."""
    settings = administered(call)
    return {"autoEnable": settings.auto_enable, "maxAccountLimitReached": len(settings.members) >= members.MOST}


def update_organization_configuration(call: Call) -> dict[str, Any]:
    """New accounts only (API reference, autoEnable: "when the account is added to the organization")."""
    administered(call).auto_enable = call["autoEnable"]
    return {}
