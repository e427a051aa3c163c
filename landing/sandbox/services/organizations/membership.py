"""An account joins an organization or leaves it: what changes, and who is told."""

from __future__ import annotations

from landing.sandbox.services.organizations import policies
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


def leave(world: World, organization: Organization, account: str, how: str) -> None:
    """End a membership: `how` is LEFT, REMOVED or CLEANED, as in the event AccountDepartedOrganization."""
    parent = organization.members[account].parent
    organization.remove_member(account)
    del organizations_of(world).of_account[account]
    world.publish("account-left", account, parent=parent, how=how)
