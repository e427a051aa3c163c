"""From a template to resources: create, update and delete a whole stack, and go back when it fails."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from landing.sandbox.cloudformation import events, outputs, references, resources, stack_policy
from landing.sandbox.cloudformation.drift import differences
from landing.sandbox.cloudformation.lookup import StackLookup, resolver
from landing.sandbox.cloudformation.resources import Deploying, Failed
from landing.sandbox.cloudformation.state import Before, Resource, Stack, Wanted
from landing.sandbox.cloudformation.template import Declared
from landing.sandbox.refusal import Refusal
from landing.sandbox.world import World

KEPT = ("Retain", "RetainExceptOnCreate")
CLEANUP = "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"


def create(world: World, stack: Stack) -> None:
    """Make every resource of a new stack, or end as the stack's `on_failure` says."""
    deploying = _deploying(world, stack)
    try:
        for declared in _active(deploying):
            resources.make(deploying, declared)
        _finish(deploying)
    except Failed as failure:
        _create_failed(world, stack, str(failure))
        return
    events.of_stack(world, stack, "CREATE_COMPLETE")


def _deploying(world: World, stack: Stack) -> Deploying:
    return Deploying(world, stack, resolver(world, stack, stack.wanted), stack.wanted.tags)


def _active(deploying: Deploying) -> list[Declared]:
    """The resources whose conditions hold, in the order in which they are made."""
    template = deploying.resolver.template
    try:
        return [
            declared
            for declared in (template.resources[name] for name in template.order)
            if declared.condition is None or deploying.resolver.condition(declared.condition)
        ]
    except Refusal as refusal:
        raise Failed(refusal.message) from refusal


def _finish(deploying: Deploying) -> None:
    """Outputs and exports, once every resource is there."""
    try:
        outputs.publish(deploying.world, deploying.stack, deploying.resolver)
    except Refusal as refusal:
        raise Failed(refusal.message) from refusal
    lookup = deploying.resolver.lookup
    assert isinstance(lookup, StackLookup)
    deploying.stack.imports = dict(lookup.imports)


def _create_failed(world: World, stack: Stack, reason: str) -> None:
    failed = [name for name, resource in stack.resources.items() if resource.status.endswith("_FAILED")]
    told = f"The following resource(s) failed to create: [{', '.join(failed)}]. " if failed else reason
    if stack.on_failure == "DO_NOTHING":
        events.of_stack(world, stack, "CREATE_FAILED", told)
        return
    verb, ending = ("DELETE", "") if stack.on_failure == "DELETE" else ("ROLLBACK", "Rollback requested by user.")
    events.of_stack(world, stack, f"{verb}_IN_PROGRESS", told + ending)
    keep = () if stack.retain_new else ("Retain",)
    left = take_down(world, stack, [name for name, r in stack.resources.items() if r.deletion_policy in keep])
    if left:
        events.of_stack(world, stack, f"{verb}_FAILED", _not_deleted(left))
        return
    if verb == "DELETE":
        outputs.forget(world, stack)
        stack.deleted = world.now
    events.of_stack(world, stack, f"{verb}_COMPLETE")


def _not_deleted(left: Collection[str]) -> str:
    return f"The following resource(s) failed to delete: [{', '.join(left)}]. "


def take_down(world: World, stack: Stack, keep: Collection[str]) -> list[str]:
    """Delete the resources in reverse order, but for those to keep; what could not be deleted is the answer."""
    template = stack.wanted.template
    order = [name for name in template.order if name in stack.resources]
    left: list[str] = []
    for name in [*reversed(order), *(name for name in list(stack.resources) if name not in order)]:
        resource = stack.resources[name]
        if resource.status == resources.GONE or resource.status == "DELETE_SKIPPED":
            continue
        if name in keep:
            resources.skip(world, stack, resource)
        elif name in template.resources and set(references.dependents(template, name)) & set(left):
            left.append(name)
        else:
            try:
                resources.remove(world, stack, resource)
            except Failed:
                left.append(name)
    return left


def delete(world: World, stack: Stack, keep: Collection[str] = ()) -> None:
    """Delete a stack with its resources; those of policy Retain, and those to keep, stay."""
    keep = [*keep, *(name for name, resource in stack.resources.items() if resource.deletion_policy in KEPT)]
    left = take_down(world, stack, keep)
    if left:
        events.of_stack(world, stack, "DELETE_FAILED", _not_deleted(left))
        return
    outputs.forget(world, stack)
    stack.deleted = world.now
    events.of_stack(world, stack, "DELETE_COMPLETE")


def update(world: World, stack: Stack, wanted: Wanted, *, revert_drift: bool = False) -> None:
    """Bring a stack from what it is to what is wanted; on failure it is brought back."""
    stack.before = Before(stack.wanted, resources.copied(stack.resources))
    stack.wanted, stack.description = wanted, wanted.template.description
    deploying = _deploying(world, stack)
    try:
        active = _active(deploying)
        _check_removals(stack, {declared.logical_id for declared in active})
        for declared in active:
            _bring(deploying, declared, revert_drift=revert_drift)
        _finish(deploying)
    except Failed as failure:
        _update_failed(world, stack, str(failure))
        return
    events.of_stack(world, stack, CLEANUP)
    _clean_up(world, stack, {declared.logical_id for declared in active})
    stack.before = None
    events.of_stack(world, stack, "UPDATE_COMPLETE")


def _check_removals(stack: Stack, active: Collection[str]) -> None:
    for name, resource in stack.resources.items():
        if name not in active:
            _check_policy(stack, resource, "Update:Delete")


def _check_policy(stack: Stack, resource: Resource, action: str) -> None:
    denial = stack_policy.denial(stack.policy, action, resource.logical_id, resource.type)
    if denial:
        raise Failed(denial)


def _bring(deploying: Deploying, declared: Declared, *, revert_drift: bool) -> None:
    """Create, change, replace or leave one resource."""
    resource = deploying.stack.resources.get(declared.logical_id)
    if resource is None or resource.status in (resources.GONE, "DELETE_SKIPPED"):
        resources.make(deploying, declared)
        return
    try:
        after = deploying.expected(declared)
        before = _before(deploying, resource, revert_drift=revert_drift)
        action = _action(resource, before, after)
        if action:
            _check_policy(deploying.stack, resource, f"Update:{action}")
    except Failed as failure:
        events.of_resource(deploying.world, deploying.stack, resource, "UPDATE_FAILED", str(failure))
        raise
    _take_over(resource, declared)
    if before is None or action == "Replace":
        _replace(deploying, declared, resource, after, is_gone=before is None)
    elif action:
        resources.change(deploying, resource, after, before={**resource.properties, **before})


def _action(resource: Resource, before: Mapping[str, object] | None, after: Mapping[str, object]) -> str:
    """What is to be done to a resource that exists or should: Replace, Modify or nothing."""
    if before is None or resources.replaces(resource.type, resource.properties, after):
        return "Replace"
    if resource.properties != after:
        return "Modify"
    return "Modify" if before is not resource.properties and differences(resource.type, after, before) else ""


def _take_over(resource: Resource, declared: Declared) -> None:
    resource.deletion_policy, resource.replace_policy = declared.deletion_policy, declared.replace_policy
    resource.metadata = declared.metadata


def _before(deploying: Deploying, resource: Resource, *, revert_drift: bool) -> Mapping[str, object] | None:
    """How a resource was made or, where drift is to be reverted, how it is; None if it is gone."""
    if not revert_drift:
        return resource.properties
    with resources.Reasons(resource):
        return resources.live(deploying.world, deploying.stack, resource)


def _replace(
    deploying: Deploying, declared: Declared, resource: Resource, after: Mapping[str, object], *, is_gone: bool
) -> None:
    if not is_gone and resources.keeps_its_name(declared.type, resource.properties, after):
        reason = (
            f"CloudFormation cannot update a stack when a custom-named resource requires replacing. "
            f"Rename {resource.physical_id} and update the stack again."
        )
        events.of_resource(deploying.world, deploying.stack, resource, "UPDATE_FAILED", reason)
        raise Failed(reason)
    resources.make(deploying, declared, into=resource)


def _clean_up(world: World, stack: Stack, active: Collection[str]) -> None:
    """Delete what was replaced and what the template has no more; what refuses to go is left behind."""
    assert stack.before is not None
    old = stack.before.resources
    for name in [name for name in reversed(stack.before.wanted.template.order) if name in old]:
        before, now = old[name], stack.resources[name]
        is_removed = name not in active
        if not is_removed and before.physical_id == now.physical_id:
            continue
        if before.status == resources.GONE or not before.physical_id:
            kept = True
        else:
            kept = (before.deletion_policy if is_removed else now.replace_policy) in KEPT
        _dispose(world, stack, before, kept=kept)
        if is_removed:
            del stack.resources[name]


def _dispose(world: World, stack: Stack, resource: Resource, *, kept: bool) -> None:
    if kept:
        resources.skip(world, stack, resource)
        return
    try:
        resources.remove(world, stack, resource)
    except Failed:
        return


def _update_failed(world: World, stack: Stack, reason: str) -> None:
    failed = [name for name, resource in stack.resources.items() if resource.status.endswith("_FAILED")]
    verb = "create" if any(stack.resources[name].status == "CREATE_FAILED" for name in failed) else "update"
    told = f"The following resource(s) failed to {verb}: [{', '.join(failed)}]. " if failed else reason
    if stack.on_failure == "DO_NOTHING":
        events.of_stack(world, stack, "UPDATE_FAILED", told)
        return
    events.of_stack(world, stack, "UPDATE_ROLLBACK_IN_PROGRESS", told)
    roll_back(world, stack)


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
        return False
    return True


def _restore(now: Resource, before: Resource) -> None:
    now.deletion_policy, now.replace_policy, now.metadata = before.deletion_policy, before.replace_policy, before.metadata
