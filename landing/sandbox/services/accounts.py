"""Questions about accounts and their organization that several services ask."""

from __future__ import annotations

from collections.abc import Mapping

from landing.sandbox.services.call import Call
from landing.sandbox.services.organizations.delegation import administrators, delegate, is_known, trust, undelegate
from landing.sandbox.services.organizations.state import Organization, organization_of
from landing.sandbox.world import World

__all__ = [
    "Organization",
    "administrators",
    "allows_root_sessions",
    "delegate",
    "has_trusted_access",
    "is_administrator",
    "is_known",
    "is_management",
    "is_usable",
    "may_administer",
    "membership",
    "organization_context",
    "organization_of",
    "trust",
    "undelegate",
]


def membership(world: World, account: str) -> Organization:
    """The organization of an account that is known to be in one."""
    organization = organization_of(world, account)
    assert organization is not None
    return organization


def is_usable(world: World, account: str) -> bool:
    """Whether the account exists and AWS lets it work."""
    return account in world.accounts and world.accounts[account].is_usable


def is_management(world: World, account: str) -> bool:
    """Whether the account is the management account of an organization."""
    organization = organization_of(world, account)
    return organization is not None and organization.management_account == account


def is_administrator(world: World, account: str, principal: str) -> bool:
    """Whether a member is the delegated administrator of a service."""
    organization = organization_of(world, account)
    return organization is not None and account in administrators(organization, principal)


def has_trusted_access(world: World, account: str, principal: str) -> bool:
    """Whether a service has trusted access to the organization of an account."""
    organization = organization_of(world, account)
    return organization is not None and principal in organization.services


def may_administer(call: Call, principal: str) -> Organization | None:
    """The caller's organization, if the caller is its management account or administers the service there."""
    organization = organization_of(call.world, call.account)
    if organization is None:
        return None
    may = call.account == organization.management_account or is_administrator(call.world, call.account, principal)
    return organization if may else None


def allows_root_sessions(call: Call, account: str) -> bool:
    """Whether the caller may act as root of a member (IAM User Guide, "Centrally manage root access")."""
    organization = may_administer(call, "iam.amazonaws.com")
    return (
        organization is not None
        and account in organization.members
        and account != organization.management_account
        and "RootSessions" in organization.root_features
    )


def organization_context(world: World, account: str) -> Mapping[str, str]:
    """The condition keys that say to which organization an account belongs."""
    organization = organization_of(world, account)
    if organization is None:
        return {}
    path = organization.path(organization.members[account].parent)
    return {"aws:principalorgid": organization.id, "aws:principalorgpaths": path}
