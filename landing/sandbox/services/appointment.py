"""The administrator that a management account appoints for a service in one Region, as several services have it.

Organizations User Guide, "AWS services that you can use with AWS Organizations": the page of each service wants
trusted access before an administrator is appointed, and the same administrator in every Region.
"""

from __future__ import annotations

from dataclasses import dataclass

from landing.sandbox.services import accounts
from landing.sandbox.services.call import Call
from landing.sandbox.services.iam import linked_roles
from landing.sandbox.world import World, regions


@dataclass(slots=True)
class Relations:
    """What an account in a Region has to do with others."""

    appointed: str | None = None
    """Of a management account: the administrator of its organization."""
    administrator: str | None = None
    """Of a member."""


def managed(call: Call) -> accounts.Organization | None:
    """The organization whose management account calls."""
    organization = accounts.organization_of(call.world, call.account)
    return organization if organization and organization.management_account == call.account else None


def obstacle(call: Call, organization: accounts.Organization, account: str, principal: str) -> str | None:
    """Why the account cannot be appointed, leaving aside who is appointed already."""
    if principal not in organization.services:
        return f"Trusted access is not enabled for {principal}."
    if account not in organization.members or call.world.accounts[account].state != "ACTIVE":
        return "The account is not an active member of the organization."
    return None


def rival(organization: accounts.Organization, here: Relations, account: str, principal: str) -> str | None:
    """Another account that is appointed here or, as Organizations knows, elsewhere."""
    known = [here.appointed, *accounts.administrators(organization, principal)]
    return next((other for other in known if other not in (None, account)), None)


def register(world: World, organization: accounts.Organization, account: str, principal: str) -> None:
    """Organizations knows the administrator, and it has the service's role."""
    linked_roles.ensure(world, account, principal)
    if account != organization.management_account:
        accounts.delegate(world, organization, account, principal)


def deregister(world: World, organization: accounts.Organization, account: str, principal: str) -> None:
    """Organizations knows it no more, once it is appointed in no Region."""
    if principal in organization.delegated.get(account, ()):
        accounts.undelegate(world, organization, account, principal)


def may_be_member(world: World, administrator: str, account: str, region: str) -> bool:
    """Whether the account is another one of the administrator's organization, and may use the Region."""
    organization = accounts.organization_of(world, administrator)
    return (
        organization is not None
        and account in organization.members
        and account != administrator
        and accounts.is_usable(world, account)
        and regions.is_usable(world, account, region)
    )
