"""Service-linked roles that services make for themselves (IAM User Guide, "Create a service-linked role")."""

from __future__ import annotations

from landing.sandbox.moto import upstream
from landing.sandbox.services.iam import SERVICE_LINKED_PATH, SERVICE_LINKED_ROLES, create_service_linked_role
from landing.sandbox.world import World


def name_of(principal: str) -> str:
    """What the role of a service is called."""
    return f"AWSServiceRoleFor{SERVICE_LINKED_ROLES[principal]}"


def service_role(world: World, account: str, principal: str) -> str:
    """The ARN of the role of a service in an account."""
    return f"arn:{world.partition}:iam::{account}:role{SERVICE_LINKED_PATH}{principal}/{name_of(principal)}"


def ensure(world: World, account: str, principal: str) -> str:
    """Make the role unless it is there; its ARN."""
    backend = upstream.backend("iam", account, world.home_region)
    if not exists(world, account, principal):
        create_service_linked_role(backend, principal, name_of(principal))
    return service_role(world, account, principal)


def exists(world: World, account: str, principal: str) -> bool:
    """Whether the account has the role."""
    backend = upstream.backend("iam", account, world.home_region)
    return any(role.name == name_of(principal) for role in backend.get_roles())
