"""Operations on stack sets: begun, queued or refused, stopped, and asked after."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from landing.sandbox.protocol.refusal import Refusal
from landing.sandbox.services.call import Call
from landing.sandbox.services.cloudformation.stack_sets import preferences, progress, requests
from landing.sandbox.services.cloudformation.stack_sets.state import (
    DETECT_DRIFT,
    ENDED,
    Operation,
    Result,
    Site,
    StackSet,
)
from landing.sandbox.world import World


def check_free(call: Call, stack_set: StackSet, *, detecting: bool = False) -> None:
    """Refuse a second operation, unless managed execution queues it; drift is detected once at a time always."""
    busy = [*stack_set.running(), *stack_set.queued()]
    if detecting and any(operation.action == DETECT_DRIFT for operation in busy):
        raise in_progress(busy[0])
    identifier = call.get("OperationId")
    if identifier is not None and identifier in stack_set.operations:
        raise Refusal("OperationIdAlreadyExistsException", f"OperationId {identifier} already exists")
    if busy and not stack_set.managed_execution:
        raise in_progress(busy[0])


def in_progress(operation: Operation) -> Refusal:
    """What is answered while another operation runs."""
    return Refusal("OperationInProgressException", f"Another Operation on StackSet is in progress: {operation.id}")


def begin(
    call: Call, stack_set: StackSet, action: str, verb: str, sites: Iterable[Site], **more: Any
) -> dict[str, Any]:
    """An operation that a call asked for."""
    settings = preferences.checked(call.get("OperationPreferences", {}))
    operation = Operation(
        call.get("OperationId") or call.world.uuid(),
        action,
        verb,
        call.world.now,
        settings,
        targets=call.get("DeploymentTargets", {}),
        **more,
    )
    add(call.world, stack_set, operation, sites)
    return {"OperationId": operation.id}


def add(world: World, stack_set: StackSet, operation: Operation, sites: Iterable[Site]) -> None:
    """Give a new operation its instances, and let it run as soon as nothing is in its way."""
    units: Mapping[Site, str] = operation.settings.get("units", {})
    by_region: dict[str, list[str]] = {}
    for account, region in sites:
        by_region.setdefault(region, []).append(account)
        instance = stack_set.instances.get((account, region))
        unit = instance.unit if instance else units.get((account, region), "")
        operation.results[account, region] = Result(unit=unit)
    for region in preferences.ordered(operation.preferences, list(by_region)):
        operation.pending[region] = by_region[region][::-1]
        operation.sizes[region] = len(by_region[region])
    stack_set.operations[operation.id] = operation
    progress.start_next(world, stack_set)


def stop_stack_set_operation(call: Call) -> dict[str, Any]:
    """Only one that has not ended (API reference, StopStackSetOperation)."""
    stack_set = requests.active(call)
    operation = requests.operation(call, stack_set)
    if operation.status == "QUEUED":
        progress.cancel(stack_set, operation, "Cancelled by user")
        operation.status, operation.ended = "STOPPED", call.world.now
    elif operation.status == "RUNNING":
        operation.status = "STOPPING"
    else:
        raise Refusal(
            "InvalidOperationException", f"Operation {operation.id} is {operation.status} and cannot be stopped"
        )
    return {}


def ask(call: Call, stack_set: StackSet, operation: Operation) -> None:
    """Asking after an operation brings its end closer."""
    if operation.status not in ENDED:
        call.poll(progress.thing(stack_set, operation))


def describe_stack_set_operation(call: Call) -> dict[str, Any]:
    """API reference, DescribeStackSetOperation."""
    stack_set = requests.stack_set(call)
    operation = requests.operation(call, stack_set)
    ask(call, stack_set, operation)
    return {"StackSetOperation": _shown(call.world, stack_set, operation)}


def _shown(world: World, stack_set: StackSet, operation: Operation) -> dict[str, Any]:
    result: dict[str, Any] = {
        "OperationId": operation.id,
        "StackSetId": stack_set.id,
        "Action": operation.action,
        "Status": operation.status,
        "OperationPreferences": preferences.shown(operation.preferences),
        "CreationTimestamp": operation.created,
        "EndTimestamp": operation.ended,
        "StatusReason": operation.reason or None,
        "StatusDetails": {"FailedStackInstancesCount": sum(operation.failures.values())},
    }
    if stack_set.is_service_managed:
        result["DeploymentTargets"] = dict(operation.targets)
    else:
        result |= {
            "AdministrationRoleARN": stack_set.administration_role,
            "ExecutionRoleName": stack_set.execution_role,
        }
    if operation.action == "DELETE":
        result["RetainStacks"] = operation.retain
    if operation.action == DETECT_DRIFT:
        result["StackSetDriftDetectionDetails"] = progress.drift_details(world, stack_set, operation)
    return result


def list_stack_set_operations(call: Call) -> dict[str, Any]:
    """The latest first (API reference, ListStackSetOperations)."""
    stack_set = requests.stack_set(call)
    for operation in [*stack_set.running(), *stack_set.queued()]:
        ask(call, stack_set, operation)
    latest = list(stack_set.operations.values())[::-1]
    return call.page("Summaries", latest, whole=lambda one: _shown(call.world, stack_set, one))


def list_stack_set_operation_results(call: Call) -> dict[str, Any]:
    """Account by account and Region by Region (API reference, ListStackSetOperationResults)."""
    stack_set = requests.stack_set(call)
    operation = requests.operation(call, stack_set)
    ask(call, stack_set, operation)
    wanted = {entry["Values"] for entry in call.get("Filters", ())}
    found = [item for item in operation.results.items() if not wanted or item[1].status in wanted]

    def one(item: tuple[Site, Result]) -> dict[str, Any]:
        (account, region), result = item
        ran = result.status in ("SUCCEEDED", "FAILED")
        gate = {"Status": "SKIPPED", "StatusReason": "Function not found: AWSCloudFormationStackSetAccountGate"}
        return {
            "Account": account,
            "Region": region,
            "Status": result.status,
            "StatusReason": result.reason or None,
            "AccountGateResult": gate if ran and operation.verb == "deploy" else None,
            "OrganizationalUnitId": result.unit or None,
        }

    return call.page("Summaries", found, show=one)
