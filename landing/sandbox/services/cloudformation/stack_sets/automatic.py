"""Automatic deployment: what happens to stack sets when accounts join, move and leave.

An account that comes below a target gets stacks, whatever account filters said; one that leaves all targets of a set
loses its stacks, or keeps them without an instance (User Guide, "Enable or disable automatic deployments").
"""

from __future__ import annotations

from collections.abc import Iterator

from landing.sandbox.services import accounts
from landing.sandbox.services.cloudformation.stack_sets import operations, targets, work
from landing.sandbox.services.cloudformation.stack_sets.requests import MEMBER_PRINCIPAL
from landing.sandbox.services.cloudformation.stack_sets.state import Operation, Site, StackSet
from landing.sandbox.world import Event, World


def account_joined(world: World, event: Event) -> None:
    """An account has come below a target."""
    account_moved(world, event)


def account_moved(world: World, event: Event) -> None:
    """It may have left another one."""
    organization = accounts.organization_of(world, event.account)
    if organization is None or MEMBER_PRINCIPAL not in organization.services:
        return
    if event.account == organization.management_account:
        return
    begun: dict[str, str] = {}
    for stack_set in _ordered(_sets(world, organization.management_account)):
        _remove(world, stack_set, event.account)
        _deploy(world, stack_set, event.account, begun)


def account_left(world: World, event: Event) -> None:
    """An account has left the organization; one that was closed long ago is gone altogether."""
    for (account, region), state in list(world.states.get("cloudformation", {}).items()):
        for stack_set in list(state.stack_sets.values()):
            if not stack_set.is_service_managed or (account, region) != (stack_set.account, stack_set.region):
                continue
            if event.detail.get("how") == "CLEANED":
                work.forget_account(world, stack_set, event.account)
            elif stack_set.automatic:
                _remove(world, stack_set, event.account)


def _sets(world: World, management_account: str) -> list[StackSet]:
    """The active, service-managed, automatic stack sets of an organization, in all Regions."""
    return [
        stack_set
        for (account, _), state in list(world.states.get("cloudformation", {}).items())
        if account == management_account
        for stack_set in state.stack_sets.values()
        if stack_set.status == "ACTIVE" and stack_set.is_service_managed and stack_set.automatic
    ]


def _ordered(found: list[StackSet]) -> Iterator[StackSet]:
    """Those that others depend on first."""
    left = {stack_set.id: stack_set for stack_set in found}
    while left:
        free = [one for one in left.values() if not any(other in left for other in one.depends_on)]
        for stack_set in free or list(left.values()):
            yield left.pop(stack_set.id)


def _remove(world: World, stack_set: StackSet, account: str) -> None:
    """Take away what no target of the set covers any more; what another target covers belongs to that one now."""
    gone: list[Site] = []
    for site, instance in stack_set.instances.items():
        if site[0] != account:
            continue
        unit = targets.covering(world, stack_set, account, site[1])
        if unit is None:
            gone.append(site)
        else:
            instance.unit = unit
    if gone:
        operation = _operation(world, "DELETE", "delete")
        operation.retain = stack_set.retains
        operations.add(world, stack_set, operation, gone)


def _operation(world: World, action: str, verb: str) -> Operation:
    return Operation(world.uuid(), action, verb, world.now, {}, automatic=True)


def _deploy(world: World, stack_set: StackSet, account: str, begun: dict[str, str]) -> None:
    """Give the account what it has not got, after the stack sets that this one depends on."""
    units: dict[Site, str] = {}
    for region in dict.fromkeys(region for regions in stack_set.targets.values() for region in regions):
        site = (account, region)
        unit = targets.covering(world, stack_set, account, region)
        if unit is not None and site not in stack_set.instances:
            units[site] = unit
    if not units:
        return
    operation = _operation(world, "CREATE", "deploy")
    operation.settings = {"units": units}
    operation.after = tuple((other, begun[other]) for other in stack_set.depends_on if other in begun)
    begun[stack_set.id] = operation.id
    operations.add(world, stack_set, operation, units)
