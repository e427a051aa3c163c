"""An account joins an organization or leaves it: what changes, and who is told."""

from __future__ import annotations

from landing.sandbox.services.organizations import policies
from landing.sandbox.services.organizations.refusals import violated
from landing.sandbox.services.organizations.state import Member, Organization, organizations_of
from landing.sandbox.world import World


def join(world: World, organization: Organization, account: str, method: str, tags: dict[str, str]) -> None:
    """Make an account a member, below the root."""
    organization.members[account] = Member(account, organization.root, method, world.now)
    organization.units[organization.root].accounts[account] = None
    organizations_of(world).of_account[account] = organization.management_account
    if tags:
        organization.tags[account] = dict(tags)
    policies.attach_defaults(organization, account)
    world.publish("account-joined", account, method=method, parent=organization.root)


WAIT_BEFORE_LEAVING = 4 * 86400
"""Seconds that a created account must be old before it may leave (User Guide, "Quotas")."""


def depart(world: World, organization: Organization, account: str, how: str) -> None:
    """Let a member go, once nothing keeps it: also into another organization (User Guide, "Migrate an account")."""
    member = organization.member(account)
    if organization.delegated.get(account):
        raise violated(
            "CANNOT_REMOVE_DELEGATED_ADMINISTRATOR_FROM_ORG",
            "You must first deregister this account as a delegated administrator.",
        )
    age = world.now - world.accounts[account].created
    if member.method == "CREATED" and age.total_seconds() < WAIT_BEFORE_LEAVING:
        raise violated("WAIT_PERIOD_ACTIVE", "You must wait at least four days after the account was created.")
    leave(world, organization, account, how)


def leave(world: World, organization: Organization, account: str, how: str) -> None:
    """End a membership: `how` is LEFT, REMOVED or CLEANED, as in the event AccountDepartedOrganization."""
    parent = organization.members[account].parent
    organization.remove_member(account)
    del organizations_of(world).of_account[account]
    world.publish("account-left", account, parent=parent, how=how)
