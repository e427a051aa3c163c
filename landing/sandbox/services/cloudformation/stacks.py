"""Stacks are created, updated and deleted: the call answers at once, the work is done in the background."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from landing.sandbox.protocol.constraints import Problem
from landing.sandbox.protocol.refusal import Refusal, unsupported
from landing.sandbox.services.call import Call
from landing.sandbox.services.cloudformation import (
    capabilities,
    deployment,
    events,
    outputs,
    removal,
    requests,
    rollback,
    stack_policy,
)
from landing.sandbox.services.cloudformation.document import wrong
from landing.sandbox.services.cloudformation.lookup import outline, symbolic
from landing.sandbox.services.cloudformation.state import Stack, Wanted, stack_of, state_of
from landing.sandbox.world import World

NAME = re.compile(r"[a-zA-Z][-a-zA-Z0-9]*")
SKIPPABLE = "UPDATE_FAILED"
"""The state of the resources that a continued rollback may skip (API reference, ContinueUpdateRollback)."""
UPDATABLE = frozenset({
    "CREATE_COMPLETE", "IMPORT_COMPLETE", "IMPORT_ROLLBACK_COMPLETE", "UPDATE_COMPLETE", "UPDATE_FAILED",
    "UPDATE_ROLLBACK_COMPLETE",
})  # fmt: skip


def check_supported(call: Call) -> None:
    """Parameters that would change what happens, and that the sandbox does not act on, fail loudly."""
    names = ("ResourceTypes", "StackPolicyURL", "StackPolicyDuringUpdateURL", "StackPolicyDuringUpdateBody")
    for name in names:
        if name in call:
            raise unsupported("cloudformation", call.operation.name, name)
    if call.get("RollbackConfiguration", {}).get("RollbackTriggers"):
        raise unsupported("cloudformation", call.operation.name, "RollbackConfiguration")
    if call.get("DeploymentConfig", {}).get("Mode", "STANDARD") != "STANDARD":
        raise unsupported("cloudformation", call.operation.name, "DeploymentConfig")


def _repeated(stack: Stack, token: str, verb: str) -> bool:
    """Whether a call with this token was made already; one token belongs to one kind of operation."""
    if not token or token not in stack.tokens:
        return False
    if stack.tokens[token] != verb:
        raise Refusal("TokenAlreadyExistsException", f"Client request token {token} is already in use.")
    return True


def create_stack(call: Call) -> dict[str, Any]:
    """Refused for a name that is taken, a template that is none, a missing capability (API reference)."""
    check_supported(call)
    if "OnFailure" in call and "DisableRollback" in call:
        raise wrong("You can specify either OnFailure or DisableRollback, but not both.")
    state, name = state_of(call.world, call.account, call.region), call["StackName"]
    check_name(name)
    token = call.get("ClientRequestToken", "")
    if name in state.names:
        stack = state.stacks[state.names[name]]
        if token and _repeated(stack, token, "CREATE"):
            return {"StackId": stack.id}
        raise Refusal("AlreadyExistsException", f"Stack [{name}] already exists")
    text = requests.body(call)
    if text is None:
        raise wrong("Either Template URL or Template Body must be specified.")
    wanted = requests.wanted(call, text)
    capabilities.check(wanted.template, wanted.capabilities)
    stack = new(call.world, call.account, call.region, name, wanted)
    stack.protected = call.get("EnableTerminationProtection", False)
    stack.on_failure = call.get("OnFailure", "DO_NOTHING" if call.get("DisableRollback") else "ROLLBACK")
    stack.timeout, stack.retain_new = call.get("TimeoutInMinutes"), call.get("RetainExceptOnCreate", False)
    stack.policy = stack_policy.checked(call["StackPolicyBody"]) if "StackPolicyBody" in call else None
    begin(call.world, stack, "CREATE", token)
    call.world.clock.later(finish_create, stack.id, thing=("stack", stack.id))
    return {"StackId": stack.id}


def check_name(name: str) -> None:
    """Letters, digits and hyphens, at most 128 (API reference, CreateStack)."""
    if not NAME.fullmatch(name) or len(name) > 128:
        raise wrong(str(Problem("pattern", "stackName", name, NAME.pattern)))


def new(world: World, account: str, region: str, name: str, wanted: Wanted) -> Stack:
    """A stack of which nothing is there yet."""
    identifier = f"arn:{world.partition}:cloudformation:{region}:{account}:stack/{name}/{world.uuid()}"
    stack = Stack(identifier, name, account, region, wanted, world.now, "REVIEW_IN_PROGRESS")
    stack.description = wanted.template.description
    state = state_of(world, account, region)
    state.stacks[identifier] = stack
    state.names[name] = identifier
    return stack


def begin(world: World, stack: Stack, verb: str, token: str = "") -> None:
    """An operation starts."""
    stack.token = token
    if token:
        stack.tokens[token] = verb
    events.of_stack(world, stack, f"{verb}_IN_PROGRESS", "User Initiated")


def finish_create(world: World, stack_id: str, imports: Mapping[str, str] | None = None, verb: str = "CREATE") -> None:
    """The background work of CreateStack, or of a change set that may take in what is there."""
    stack = stack_of(world, stack_id)
    deployment.create(world, stack, imports or {}, verb)
    release(world, stack)


def release(world: World, stack: Stack) -> None:
    """Free the name of a stack that is gone."""
    if not stack.is_live:
        state_of(world, stack.account, stack.region).names.pop(stack.name, None)


def update_stack(call: Call) -> dict[str, Any]:
    """Refused when nothing would change (API reference, UpdateStack)."""
    check_supported(call)
    stack = requests.live(call, call["StackName"])
    token = call.get("ClientRequestToken", "")
    if _repeated(stack, token, "UPDATE"):
        return {"StackId": stack.id}
    wanted = requests.wanted(call, requests.previous_body(call, stack), stack.wanted)
    check_updatable(stack)
    capabilities.check(wanted.template, wanted.capabilities)
    check_types(stack, wanted)
    if is_same(call.world, stack, wanted) and "StackPolicyBody" not in call:
        raise wrong("No updates are to be performed.")
    if "StackPolicyBody" in call:
        stack.policy = stack_policy.checked(call["StackPolicyBody"])
    stack.on_failure = "DO_NOTHING" if call.get("DisableRollback") else "ROLLBACK"
    stack.updated = call.world.now
    begin(call.world, stack, "UPDATE", token)
    call.world.clock.later(finish_update, stack.id, wanted, thing=("stack", stack.id))
    return {"StackId": stack.id}


def finish_update(
    world: World,
    stack_id: str,
    wanted: Wanted,
    revert_drift: bool = False,
    imports: Mapping[str, str] | None = None,
) -> None:
    """The background work of UpdateStack, or of a change set."""
    deployment.update(world, stack_of(world, stack_id), wanted, revert_drift=revert_drift, imports=imports or {})


def check_updatable(stack: Stack) -> None:
    """Refuse an update while another operation runs, or of a stack that was never made."""
    if stack.status not in UPDATABLE:
        raise wrong(f"Stack:{stack.id} is in {stack.status} state and can not be updated.")


def check_types(stack: Stack, wanted: Wanted) -> None:
    """A resource keeps its type."""
    template = wanted.template
    other = [
        name
        for name, resource in stack.resources.items()
        if name in template.resources and template.resources[name].type != resource.type
    ]
    if other:
        raise wrong(
            "Update of resource type is not permitted. The new template modifies resource type of the following "
            f"resources: [{', '.join(other)}]"
        )


def is_same(world: World, stack: Stack, wanted: Wanted) -> bool:
    """Whether an update would change nothing."""
    before, after = stack.wanted, wanted
    if (before.tags, before.notifications) != (after.tags, after.notifications):
        return False
    return _outlines(world, stack, before) == _outlines(world, stack, after)


def _outlines(world: World, stack: Stack, wanted: Wanted) -> tuple[dict[str, Any], dict[str, Any]]:
    symbols, template = symbolic(world, stack, wanted), wanted.template
    resources = {
        name: (
            declared.type,
            outline(symbols, declared.properties),
            declared.deletion_policy,
            declared.replace_policy,
            outline(symbols, declared.metadata),
        )
        for name, declared in template.resources.items()
        if declared.condition is None or symbols.condition(declared.condition)
    }
    shown = {
        name: outline(symbols, output)
        for name, output in template.outputs.items()
        if "Condition" not in output or symbols.condition(output["Condition"])
    }
    return resources, shown


def delete_stack(call: Call) -> None:
    """A stack that does not exist counts as deleted; a protected one is refused (API reference, DeleteStack).

    Its change sets go with it.
    """
    state = state_of(call.world, call.account, call.region)
    stack = state.stacks.get(state.names.get(call["StackName"], call["StackName"]))
    if stack is None or not stack.is_live:
        return
    token = call.get("ClientRequestToken", "")
    if _repeated(stack, token, "DELETE") or stack.status == "DELETE_IN_PROGRESS":
        return
    if call.get("DeletionMode") == "FORCE_DELETE_STACK" and stack.status != "DELETE_FAILED":
        raise wrong("FORCE_DELETE_STACK is only for stacks in DELETE_FAILED state.")
    keep = call.get("RetainResources", [])
    if keep and stack.status != "DELETE_FAILED":
        raise wrong(
            "Invalid operation on stack [" + stack.id + "]. RetainResources is only valid for stacks in DELETE_FAILED"
        )
    check_deletable(stack)
    outputs.check_unused(state, stack)
    if call.get("DeletionMode") == "FORCE_DELETE_STACK":
        keep = [name for name, resource in stack.resources.items() if resource.status == "DELETE_FAILED"]
    call.world.clock.forget(("stack", stack.id))
    for change_set in stack.change_sets.values():
        call.world.clock.forget(("change-set", change_set.id))
    stack.change_sets = {}
    begin(call.world, stack, "DELETE", token)
    call.world.clock.later(finish_delete, stack.id, tuple(keep), thing=("stack", stack.id))


def check_deletable(stack: Stack) -> None:
    """Refuse to delete a protected stack, and one that is being updated."""
    if stack.protected:
        raise wrong(f"Stack [{stack.name}] cannot be deleted while TerminationProtection is enabled")
    if stack.is_busy and stack.status not in ("CREATE_IN_PROGRESS", "ROLLBACK_IN_PROGRESS"):
        raise wrong(f"Stack [{stack.id}] cannot be deleted while in status {stack.status}")


def finish_delete(world: World, stack_id: str, keep: tuple[str, ...]) -> None:
    """The background work of DeleteStack."""
    stack = stack_of(world, stack_id)
    removal.delete(world, stack, keep)
    release(world, stack)


def update_termination_protection(call: Call) -> dict[str, Any]:
    """API reference, UpdateTerminationProtection."""
    stack = requests.live(call, call["StackName"])
    stack.protected = call["EnableTerminationProtection"]
    return {"StackId": stack.id}


def cancel_update_stack(call: Call) -> None:
    """Only while an update runs (API reference, CancelUpdateStack)."""
    stack = requests.live(call, call["StackName"])
    if stack.status != "UPDATE_IN_PROGRESS":
        raise wrong("CancelUpdateStack cannot be called from current stack status")
    call.world.clock.forget(("stack", stack.id))
    events.of_stack(call.world, stack, "UPDATE_ROLLBACK_IN_PROGRESS", "User Initiated")
    call.world.clock.later(_cancelled, stack.id, thing=("stack", stack.id))


def _cancelled(world: World, stack_id: str) -> None:
    events.of_stack(world, stack_of(world, stack_id), "UPDATE_ROLLBACK_COMPLETE")


def continue_update_rollback(call: Call) -> dict[str, Any]:
    """Only after a rollback failed (API reference, ContinueUpdateRollback)."""
    stack = requests.live(call, call["StackName"])
    if stack.status != "UPDATE_ROLLBACK_FAILED":
        raise wrong(f"Stack [{stack.id}] is in {stack.status} state and can not be continued.")
    skip = tuple(call.get("ResourcesToSkip", ()))
    if odd := [name for name in skip if name not in stack.resources or stack.resources[name].status != SKIPPABLE]:
        raise wrong(f"Resources to skip must be in {SKIPPABLE} state: [{', '.join(odd)}]")
    begin(call.world, stack, "UPDATE_ROLLBACK", call.get("ClientRequestToken", ""))
    call.world.clock.later(_continued, stack.id, skip, thing=("stack", stack.id))
    return {}


def _continued(world: World, stack_id: str, skip: tuple[str, ...]) -> None:
    rollback.roll_back(world, stack_of(world, stack_id), skip)
