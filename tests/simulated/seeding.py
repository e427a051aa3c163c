"""Fills a world with what a config declares, without a call: units, accounts and their tags, at any size."""

from __future__ import annotations

from landing.organization import ROOT, TAG
from landing.organization import Organization as Wanted
from landing.sandbox.organizations.lifecycle import found
from landing.sandbox.organizations.membership import join
from landing.sandbox.organizations.state import organization_of
from landing.sandbox.organizations.units import add
from landing.sandbox.world import Account, World


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
            live.tags[management] = {TAG: account.key, **account.tags}
            continue
        made = Account(world.new_account_id(), account.name, account.email, world.now, creator=management)
        world.add_account(made)
        join(world, live, made.id, "CREATED", {TAG: account.key, **account.tags})
        if account.unit != ROOT:
            live.move(made.id, ids[account.unit])
