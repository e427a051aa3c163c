"""Change sets: a preview of an update or of a new stack, to be executed or thrown away."""

from __future__ import annotations

from typing import Any

from landing.sandbox.protocol.refusal import Refusal, unsupported
from landing.sandbox.services.call import Call
from landing.sandbox.services.cloudformation import capabilities, imports, parameters, preview, requests, stacks
from landing.sandbox.services.cloudformation.document import wrong
from landing.sandbox.services.cloudformation.state import ChangeSet, Stack, Wanted, stack_of, state_of
from landing.sandbox.world import World

NOTHING = "The submitted information didn't contain changes. Submit different information to create a change set."


def create_change_set(call: Call) -> dict[str, Any]:
    """Of type UPDATE unless said otherwise; a CREATE one makes a stack in review (API reference)."""
    _check_supported(call)
    kind, name = call.get("ChangeSetType", "UPDATE"), call["ChangeSetName"]
    if kind in ("CREATE", "IMPORT"):
        stack, wanted = _reviewed(call)
        imports.check(call, wanted)
    else:
        stack = requests.live(call, call["StackName"])
        wanted = requests.wanted(call, requests.previous_body(call, stack), stack.wanted)
        stacks.check_updatable(stack)
        stacks.check_types(stack, wanted)
    capabilities.check(wanted.template, wanted.capabilities)
    token = call.get("ClientToken", "")
    if any(one.name == name and one.token != token for one in stack.change_sets.values()):
        raise Refusal("AlreadyExistsException", f"ChangeSet {name} already exists for stack {stack.name}")
    identifier = call.arn(f"changeSet/{name}/{call.world.uuid()}")
    change_set = ChangeSet(
        identifier,
        name,
        kind,
        call.world.now,
        wanted,
        description=call.get("Description"),
        reverts_drift=call.get("DeploymentMode") == "REVERT_DRIFT",
        takes_existing=call.get("ImportExistingResources", False),
        on_failure=call.get("OnStackFailure"),
        token=token,
    )
    stack.change_sets[identifier] = change_set
    for one in call.get("ResourcesToImport", []):
        change_set.imports[one["LogicalResourceId"]] = next(iter(one["ResourceIdentifier"].values()))
    call.world.clock.later(_made, stack.id, identifier, thing=("change-set", identifier))
    return {"Id": identifier, "StackId": stack.id}


def _check_supported(call: Call) -> None:
    stacks.check_supported(call)
    if call.get("IncludeNestedStacks"):
        raise unsupported("cloudformation", "CreateChangeSet", "IncludeNestedStacks")
    if call.get("ResourcesToImport") and call.get("ChangeSetType") != "IMPORT":
        raise wrong("ResourcesToImport can only be specified for a change set of type IMPORT.")
    if call.get("ChangeSetType") == "CREATE" and "DeploymentMode" in call:
        raise wrong("DeploymentMode REVERT_DRIFT is only supported for change sets of type UPDATE.")


def _reviewed(call: Call) -> tuple[Stack, Wanted]:
    """The stack in review that a change set of type CREATE belongs to, or one of type IMPORT that makes a stack."""
    state, name = state_of(call.world, call.account, call.region), call["StackName"]
    stacks.check_name(name)
    text = requests.body(call)
    if text is None:
        raise wrong("Either Template URL or Template Body must be specified.")
    wanted = requests.wanted(call, text)
    capabilities.check(wanted.template, wanted.capabilities)
    if name not in state.names:
        return stacks.new(call.world, call.account, call.region, name, wanted), wanted
    stack = state.stacks[state.names[name]]
    if stack.status != "REVIEW_IN_PROGRESS" and call.get("ChangeSetType") == "IMPORT":
        raise unsupported("cloudformation", "CreateChangeSet", "ResourcesToImport into a stack that exists")
    if stack.status != "REVIEW_IN_PROGRESS":
        raise wrong(f"Stack [{name}] already exists and cannot be created again with a changeSet.")
    return stack, wanted


def _made(world: World, stack_id: str, identifier: str) -> None:
    """The background work: compare, and see whether there is anything to do."""
    stack = stack_of(world, stack_id)
    change_set = stack.change_sets[identifier]
    if change_set.takes_existing:
        new = preview.added(world, stack, change_set)
        found = {each.logical_id: imports.existing(world, stack, change_set.wanted, each) for each in new}
        change_set.imports = {name: physical_id for name, physical_id in found.items() if physical_id}
    if change_set.imports and (reason := imports.problem(world, stack, change_set.wanted, change_set.imports)):
        change_set.status, change_set.reason = "FAILED", reason
        return
    changes = preview.changes(world, stack, change_set)
    is_same = change_set.kind == "UPDATE" and stacks.is_same(world, stack, change_set.wanted)
    if is_same and not changes:
        change_set.status, change_set.reason = "FAILED", NOTHING
        return
    change_set.changes = changes
    change_set.status, change_set.execution = "CREATE_COMPLETE", "AVAILABLE"


def _found(call: Call) -> tuple[Stack, ChangeSet]:
    """The change set that a call names: by its id, or by its name and that of the stack."""
    found = _sought(call)
    if found is None:
        raise Refusal("ChangeSetNotFoundException", f"ChangeSet [{call['ChangeSetName']}] does not exist")
    return found


def _sought(call: Call) -> tuple[Stack, ChangeSet] | None:
    name = call["ChangeSetName"]
    if "StackName" in call:
        candidates = [requests.live(call, call["StackName"])]
    elif name.startswith("arn:"):
        candidates = list(state_of(call.world, call.account, call.region).stacks.values())
    else:
        raise wrong("StackName must be specified if ChangeSetName is not specified as an ARN.")
    for stack in candidates:
        for change_set in stack.change_sets.values():
            if name in (change_set.id, change_set.name):
                return stack, change_set
    return None


def describe_change_set(call: Call) -> dict[str, Any]:
    """Asking brings its end closer (API reference, DescribeChangeSet)."""
    stack, change_set = _found(call)
    call.poll(("change-set", change_set.id))
    wanted = change_set.wanted
    page = call.page("Changes", change_set.changes, show=lambda change: preview.shown(call, change))
    return {
        **_summary(stack, change_set),
        "Parameters": parameters.shown(wanted.template, wanted.parameters, wanted.resolved),
        "NotificationARNs": list(wanted.notifications),
        "RollbackConfiguration": {},
        "Capabilities": list(wanted.capabilities),
        "Tags": requests.tag_list(wanted.tags),
        "OnStackFailure": change_set.on_failure,
        "DeploymentMode": "REVERT_DRIFT" if change_set.reverts_drift else None,
        "StackDriftStatus": stack.drift_status if change_set.reverts_drift else None,
        **page,
    }


def _summary(stack: Stack, change_set: ChangeSet) -> dict[str, Any]:
    return {
        "ChangeSetId": change_set.id,
        "ChangeSetName": change_set.name,
        "StackId": stack.id,
        "StackName": stack.name,
        "Description": change_set.description,
        "CreationTime": change_set.created,
        "Status": change_set.status,
        "StatusReason": change_set.reason or None,
        "ExecutionStatus": change_set.execution,
        "IncludeNestedStacks": False,
    }


def list_change_sets(call: Call) -> dict[str, Any]:
    """Those of one stack (API reference, ListChangeSets)."""
    stack = requests.live(call, call["StackName"])
    return call.page("Summaries", list(stack.change_sets.values()), show=lambda one: _summary(stack, one))


def delete_change_set(call: Call) -> dict[str, Any]:
    """Not while it is executed; one that does not exist counts as deleted (API reference, DeleteChangeSet).

    A stack in review stays.
    """
    found = _sought(call)
    if found is None:
        return {}
    stack, change_set = found
    if change_set.execution == "EXECUTE_IN_PROGRESS":
        raise _wrong_status(change_set)
    call.world.clock.forget(("change-set", change_set.id))
    del stack.change_sets[change_set.id]
    return {}


def _wrong_status(change_set: ChangeSet) -> Refusal:
    return Refusal(
        "InvalidChangeSetStatusException",
        f"ChangeSet [{change_set.id}] cannot be executed or deleted in its current status of [{change_set.status}]",
    )


def execute_change_set(call: Call) -> dict[str, Any]:
    """It must be complete; the others of the stack are of no use any more (API reference, ExecuteChangeSet)."""
    stack, change_set = _found(call)
    if change_set.execution != "AVAILABLE":
        raise _wrong_status(change_set)
    if "DisableRollback" in call and change_set.on_failure:
        raise wrong("DisableRollback must not be specified when OnStackFailure is.")
    token, wanted = call.get("ClientRequestToken", ""), change_set.wanted
    stack.on_failure = change_set.on_failure or ("DO_NOTHING" if call.get("DisableRollback") else "ROLLBACK")
    stack.retain_new = call.get("RetainExceptOnCreate", False)
    if change_set.kind != "UPDATE":
        stack.wanted, stack.description = wanted, wanted.template.description
        stacks.begin(call.world, stack, change_set.kind, token)
        call.world.clock.later(_created, stack.id, change_set.id, thing=("stack", stack.id))
    else:
        stacks.check_updatable(stack)
        stack.updated = call.world.now
        stacks.begin(call.world, stack, "UPDATE", token)
        call.world.clock.later(_updated, stack.id, change_set.id, thing=("stack", stack.id))
    stack.executed, change_set.execution = change_set.id, "EXECUTE_IN_PROGRESS"
    for other in stack.change_sets.values():
        call.world.clock.forget(("change-set", other.id))
    stack.change_sets = {change_set.id: change_set}
    return {}


def _created(world: World, stack_id: str, identifier: str) -> None:
    change_set = stack_of(world, stack_id).change_sets[identifier]
    stacks.finish_create(world, stack_id, change_set.imports, change_set.kind)
    _executed(stack_of(world, stack_id), f"{change_set.kind}_COMPLETE")


def _updated(world: World, stack_id: str, identifier: str) -> None:
    stack = stack_of(world, stack_id)
    change_set = stack.change_sets[identifier]
    stacks.finish_update(world, stack_id, change_set.wanted, change_set.reverts_drift, change_set.imports)
    _executed(stack, "UPDATE_COMPLETE")


def _executed(stack: Stack, good: str) -> None:
    for change_set in stack.change_sets.values():
        if change_set.id == stack.executed:
            change_set.execution = "EXECUTE_COMPLETE" if stack.status == good else "EXECUTE_FAILED"
