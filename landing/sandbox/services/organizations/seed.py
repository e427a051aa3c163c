"""An organization of a given shape at once, without a call for each account."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from landing.sandbox.services.organizations.lifecycle import found
from landing.sandbox.services.organizations.membership import join
from landing.sandbox.services.organizations.state import Organization, Unit, organization_of
from landing.sandbox.services.organizations.units import add
from landing.sandbox.world import Account, World


@dataclass(frozen=True, slots=True)
class Shape:
    """How many member accounts, and in which units; a unit is given by its path, "Workloads/Production"."""

    accounts: int
    units: Sequence[str] = field(default_factory=tuple)
    """The accounts are spread over these evenly; without units they stay in the root."""


def seed(world: World, shape: Shape) -> list[str]:
    """Add units and accounts to the management account's organization, made if need be; the accounts' ids."""
    management = world.management_account_id
    organization = organization_of(world, management) or found(world, management, "ALL")
    quota = len(organization.members) + shape.accounts + 1
    world.options["account_quota"] = max(world.options.get("account_quota", 10), quota)
    units = [_unit(world, organization, path) for path in shape.units] or [organization.root]
    made = []
    for number in range(shape.accounts):
        account = _account(world, management, len(organization.members))
        join(world, organization, account.id, "CREATED", {})
        destination = units[number % len(units)]
        if destination != organization.root:
            organization.move(account.id, destination)
            world.publish("account-moved", account.id, source=organization.root, destination=destination)
        made.append(account.id)
    return made


def _account(world: World, management: str, number: int) -> Account:
    name = f"account-{number:05d}"
    account = Account(
        id=world.new_account_id(),
        name=name,
        email=f"{name}+{world.token(6)}@example.com",
        created=world.now,
        creator=management,
    )
    world.add_account(account)
    return account


def _unit(world: World, organization: Organization, path: str) -> str:
    """The unit at a path, made with those above it where it is missing."""
    parent = organization.units[organization.root]
    for name in path.split("/"):
        parent = _child(organization, parent, name) or add(world, organization, parent, name)
    return parent.id


def _child(organization: Organization, parent: Unit, name: str) -> Unit | None:
    units = (organization.units[unit] for unit in parent.units)
    return next((unit for unit in units if unit.name == name), None)
