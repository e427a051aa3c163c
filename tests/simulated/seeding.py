"""Fills a world with what a config declares, at any size.

`fill` makes units and accounts with their tags, without a call. `land` leaves everything as an apply would have: it
applies the config with its first three accounts, then puts the others where they belong.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from landing.organization import ROOT, TAG
from landing.organization import Account as WantedAccount
from landing.organization import Organization as Wanted
from landing.sandbox import Sandbox
from landing.sandbox.services import registry
from landing.sandbox.services.cloudformation.stack_sets import targets
from landing.sandbox.services.cloudformation.stack_sets.automatic import account_joined as deploy_automatically
from landing.sandbox.services.cloudformation.stack_sets.state import Instance, StackSet
from landing.sandbox.services.organizations import policies
from landing.sandbox.services.organizations.lifecycle import found
from landing.sandbox.services.organizations.membership import join
from landing.sandbox.services.organizations.state import Member, Organization, organization_of, organizations_of
from landing.sandbox.services.organizations.units import add
from landing.sandbox.world import Account, Event, World, regions
from landing.services.organizations.tags import with_marks
from tests.cloud import Cloud
from tests.simulated.configs import ROLES, Size


def fill(world: World, wanted: Wanted) -> None:
    """Every unit and account of the config as an apply would have left it."""
    management = world.management_account_id
    live = organization_of(world, management) or found(world, management, "ALL")
    world.options["account_quota"] = len(wanted.accounts) + 1_000
    ids = {ROOT: live.root}
    for unit in wanted.units.values():
        ids[unit.key] = add(world, live, live.units[ids[unit.parent]], unit.name).id
        live.tags[ids[unit.key]] = {TAG: unit.key}
    for account in wanted.accounts.values():
        if account.key == wanted.management:
            world.accounts[management].name = account.name
            live.tags[management] = with_marks(account.key, account.tags)
            continue
        made = Account(world.new_account_id(), account.name, account.email, world.now, creator=management)
        world.add_account(made)
        join(world, live, made.id, "CREATED", with_marks(account.key, account.tags))
        if account.unit != ROOT:
            live.move(made.id, ids[account.unit])


def land(sandbox: Sandbox, size: Size, wanted: Wanted, folder: Path) -> None:
    """Everything of the config as an apply would have left it."""
    small = replace(size, accounts=len(ROLES)).organization(folder / "landing-of-three")
    fill(sandbox.world, small)
    opt_in(sandbox.world, small.governed_regions)
    cloud = Cloud(sandbox, small)
    result = cloud.apply(parallelism=8)
    assert result.complete, (result.failed, result.blocked)
    settle(sandbox)
    _extend(sandbox.world, wanted, [account for key, account in wanted.accounts.items() if key not in small.accounts])
    settle(sandbox)


def opt_in(world: World, governed: Iterable[str]) -> None:
    """Every account has the regions that AWS gives only to those who ask."""
    wanted = {region: "ENABLED" for region in governed if regions.is_opt_in(region)}
    for account in world.accounts:
        regions.opt_ins(world, account).statuses.update(wanted)


def settle(sandbox: Sandbox) -> None:
    """Let everything in the background come to its end."""
    sandbox.advance(86_400)


def _extend(world: World, wanted: Wanted, accounts: Iterable[WantedAccount]) -> None:
    """More accounts, with the stacks that the stack sets would have brought them, but without their resources."""
    management = world.management_account_id
    live = organization_of(world, management)
    assert live is not None
    world.options["account_quota"] = len(wanted.accounts) + 1_000
    ids = {live.tags[unit][TAG]: unit for unit in live.units if TAG in live.tags.get(unit, {})} | {ROOT: live.root}
    sets = [one for state in world.states.get("cloudformation", {}).values() for one in _service_managed(state)]
    regions_of = {stack_set.id: stack_set.regions for stack_set in sets}
    hear = [one for one in registry.listeners("account-joined") if one is not deploy_automatically]
    enabled = regions.opt_ins(world, management).statuses
    for account in accounts:
        made = Account(world.new_account_id(), account.name, account.email, world.now, creator=management)
        world.add_account(made)
        regions.opt_ins(world, made.id).statuses.update(enabled)
        _join(world, live, made.id, ids[account.unit], with_marks(account.key, account.tags))
        for listener in hear:
            listener(world, Event("account-joined", made.id, {"method": "CREATED", "parent": live.root}))
        for stack_set in sets:
            _deploy(world, stack_set, regions_of[stack_set.id], made.id)


def _join(world: World, live: Organization, account: str, unit: str, tags: dict[str, str]) -> None:
    live.members[account] = Member(account, unit, "CREATED", world.now)
    live.units[unit].accounts[account] = None
    organizations_of(world).of_account[account] = live.management_account
    live.tags[account] = tags
    policies.attach_defaults(live, account)


def _service_managed(state: Any) -> Iterable[StackSet]:
    return (one for one in state.stack_sets.values() if one.is_service_managed and one.status == "ACTIVE")


def _deploy(world: World, stack_set: StackSet, governed: Iterable[str], account: str) -> None:
    for region in governed:
        unit = targets.covering(world, stack_set, account, region)
        if unit is not None:
            stack_set.instances[account, region] = Instance(account, region, unit, "CURRENT", "SUCCEEDED")
