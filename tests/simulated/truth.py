"""What a world holds, looked at directly and not by the API: is anything lost, is anything there twice?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from landing.organization import PREFIX, TAG
from landing.organization import Organization as Wanted
from landing.sandbox.services.organizations.state import organization_of
from landing.sandbox.world import World
from landing.services.organizations.policy import OrganizationPolicy
from landing.services.stacks.stack_set import StackSet


def problems(world: World, wanted: Wanted) -> list[str]:
    """Everything that is missing, superfluous or doubled in the organization and among the stack sets."""
    return list(_problems(world, wanted))


def _problems(world: World, wanted: Wanted) -> Iterator[str]:
    live = organization_of(world, world.management_account_id)
    if live is None:
        yield "there is no organization"
        return
    accounts = [world.accounts[member] for member in live.members]
    yield from _differences("account", (live.tags.get(a.id, {}).get(TAG, a.name) for a in accounts), wanted.accounts)
    yield from _doubled("e-mail", (account.email.lower() for account in accounts))
    units = [unit for unit in live.units if unit != live.root]
    yield from _differences("unit", (live.tags.get(unit, {}).get(TAG, unit) for unit in units), wanted.units)
    policies = [resource.address.name for resource in OrganizationPolicy().desired(wanted)]
    own = [policy for policy in live.policies.values() if not policy.is_aws_managed]
    yield from _differences("policy", (live.tags.get(p.id, {}).get(TAG, p.name) for p in own), policies)
    sets = [
        one.name.removeprefix(PREFIX)
        for state in world.states.get("cloudformation", {}).values()
        for one in state.stack_sets.values()
        if one.status == "ACTIVE"
    ]
    yield from _differences("stack set", sets, [r.address.name for r in StackSet().desired(wanted)])


def _differences(what: str, found: Iterable[str], expected: Iterable[str]) -> Iterator[str]:
    counted, known = Counter(found), set(expected)
    yield from (f"{what} {key} is missing" for key in known - set(counted))
    yield from (f"{what} {key} is not wanted" for key in set(counted) - known)
    yield from _doubled(what, counted.elements())


def _doubled(what: str, found: Iterable[str]) -> Iterator[str]:
    yield from (f"{what} {key} is there {count} times" for key, count in Counter(found).items() if count > 1)


def operations(world: World) -> Counter[tuple[str, str, str]]:
    """How many operations of each kind each stack set has had, by set, action and targets; not AWS's own."""
    return Counter(
        (stack_set.name, operation.action, str(sorted(operation.targets.items())))
        for state in world.states.get("cloudformation", {}).values()
        for stack_set in state.stack_sets.values()
        for operation in stack_set.operations.values()
        if not operation.automatic
    )
