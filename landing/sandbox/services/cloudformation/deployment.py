"""From a template to resources: a whole stack is created or updated."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from botocore.exceptions import ClientError

from landing.sandbox.protocol.refusal import Refusal
from landing.sandbox.services.cloudformation import events, outputs, removal, resources, rollback, schema, stack_policy
from landing.sandbox.services.cloudformation.drift import differences
from landing.sandbox.services.cloudformation.lookup import StackLookup, resolver
from landing.sandbox.services.cloudformation.resources import Deploying, Failed
from landing.sandbox.services.cloudformation.state import Before, Resource, Stack, Wanted
from landing.sandbox.services.cloudformation.template import Declared
from landing.sandbox.world import World

CLEANUP = "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"


def create(world: World, stack: Stack, imports: Mapping[str, str] | None = None, verb: str = "CREATE") -> None:
    """Make every resource of a new stack, or end as the stack's `on_failure` says.

    `imports`: what is there already and is taken in, physical id by logical id; with `verb` IMPORT there is no more.
    """
    deploying = _deploying(world, stack, imports)
    try:
        for declared in _active(deploying):
            resources.make(deploying, declared)
        _finish(deploying)
    except Failed as failure:
        _create_failed(world, stack, str(failure))
        return
    events.of_stack(world, stack, f"{verb}_COMPLETE")


def _deploying(world: World, stack: Stack, imports: Mapping[str, str] | None = None) -> Deploying:
    return Deploying(world, stack, resolver(world, stack, stack.wanted), stack.wanted.tags, imports or {})


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
    left = removal.take_down(world, stack, [name for name, r in stack.resources.items() if r.deletion_policy in keep])
    if left:
        events.of_stack(world, stack, f"{verb}_FAILED", removal.not_deleted(left))
        return
    if verb == "DELETE":
        outputs.forget(world, stack)
        stack.deleted = world.now
    events.of_stack(world, stack, f"{verb}_COMPLETE")


def update(
    world: World,
    stack: Stack,
    wanted: Wanted,
    *,
    revert_drift: bool = False,
    imports: Mapping[str, str] | None = None,
) -> None:
    """Bring a stack from what it is to what is wanted; on failure it is brought back."""
    stack.before = Before(stack.wanted, resources.copied(stack.resources))
    stack.wanted, stack.description = wanted, wanted.template.description
    deploying = _deploying(world, stack, imports)
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
        resources.change(deploying, resource, after, before=before)


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
    """How a resource was made or, where drift is to be reverted, how it is; None if it is gone.

    Of what it is, only that counts which the template sets; what cannot be read back is as it was made.
    """
    if not revert_drift:
        return resource.properties
    try:
        live = resources.live(deploying.world, deploying.stack, resource)
    except ClientError as error:
        raise Failed(resources.reason_of(error)) from error
    if live is None:
        return None
    unreadable = {path[0] for path in schema.of(resource.type).write_only if len(path) == 1}
    made = resource.properties
    return {name: made[name] if name in unreadable else live[name] for name in made if name in unreadable | set(live)}


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
            kept = (before.deletion_policy if is_removed else now.replace_policy) in removal.KEPT
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
    rollback.roll_back(world, stack)
