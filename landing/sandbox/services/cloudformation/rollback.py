"""A stack goes back to what it was before an update that failed."""

from __future__ import annotations

from collections.abc import Collection

from landing.sandbox.services.cloudformation import events, resources
from landing.sandbox.services.cloudformation.lookup import resolver
from landing.sandbox.services.cloudformation.resources import Deploying, Failed
from landing.sandbox.services.cloudformation.state import Resource, Stack
from landing.sandbox.world import World


def roll_back(world: World, stack: Stack, skip: Collection[str] = ()) -> None:
    """Bring a stack back to what it was before the update that failed."""
    assert stack.before is not None
    deploying = Deploying(world, stack, resolver(world, stack, stack.before.wanted), stack.before.wanted.tags)
    left = [name for name in reversed(list(stack.resources)) if not _restored(deploying, name, name in skip)]
    if left:
        reason = f"The following resource(s) failed to update: [{', '.join(left)}]. "
        events.of_stack(world, stack, "UPDATE_ROLLBACK_FAILED", reason)
        return
    stack.wanted = stack.before.wanted
    stack.description = stack.wanted.template.description
    stack.before = None
    events.of_stack(world, stack, "UPDATE_ROLLBACK_COMPLETE")


def _restored(deploying: Deploying, name: str, skipped: bool) -> bool:
    """Bring one resource back; whether that worked."""
    world, stack = deploying.world, deploying.stack
    assert stack.before is not None
    before, now = stack.before.resources.get(name), stack.resources[name]
    left = now.properties
    try:
        if before is None:
            if now.deletion_policy == "Retain":
                resources.skip(world, stack, now)
            else:
                resources.remove(world, stack, now)
            del stack.resources[name]
        elif skipped:
            stack.resources[name] = before
        elif before.physical_id != now.physical_id:
            if now.physical_id:
                resources.remove(world, stack, now)
            stack.resources[name] = before
        elif before.properties != now.properties:
            resources.change(deploying, now, before.properties)
            _restore(now, before)
        else:
            stack.resources[name] = before
    except Failed:
        now.properties = left  # a rollback that is continued has it all still to do
        return False
    return True


def _restore(now: Resource, before: Resource) -> None:
    now.deletion_policy, now.replace_policy, now.metadata = (
        before.deletion_policy,
        before.replace_policy,
        before.metadata,
    )
