"""Drift detection of stacks: started, asked after, and told resource by resource."""

from __future__ import annotations

from typing import Any

from landing.sandbox.services.call import Call
from landing.sandbox.services.cloudformation import drift, requests
from landing.sandbox.services.cloudformation.document import wrong
from landing.sandbox.services.cloudformation.state import Detection, Resource, Stack, stack_of, state_of
from landing.sandbox.world import World

DETECTABLE = frozenset({
    "CREATE_COMPLETE", "IMPORT_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE", "UPDATE_ROLLBACK_FAILED",
})  # fmt: skip


def detect_stack_drift(call: Call) -> dict[str, Any]:
    """For a stack that is made, one detection at a time (API reference, DetectStackDrift)."""
    stack = _detectable(call)
    state = state_of(call.world, call.account, call.region)
    running = [d for d in state.detections.values() if d.stack_id == stack.id and d.status == "DETECTION_IN_PROGRESS"]
    if running:
        call.poll(("drift", running[0].id))
        raise wrong(f"Drift detection is already in progress for stack [{stack.id}]. Wait for it to complete.")
    only = call.get("LogicalResourceIds")
    _check_known(stack, only or [])
    detection = Detection(call.world.uuid(), stack.id, call.world.now)
    state.detections[detection.id] = detection
    call.world.clock.later(
        _detected, stack.id, detection.id, None if only is None else frozenset(only), thing=("drift", detection.id)
    )
    return {"StackDriftDetectionId": detection.id}


def _detectable(call: Call) -> Stack:
    stack = requests.live(call, call["StackName"])
    if stack.status not in DETECTABLE:
        raise wrong(f"Drift detection cannot be performed on a stack in {stack.status} state")
    return stack


def _check_known(stack: Stack, names: list[str]) -> None:
    for name in names:
        if name not in stack.resources:
            raise wrong(f"Resource {name} does not exist for stack {stack.name}")


def _detected(world: World, stack_id: str, detection_id: str, only: frozenset[str] | None) -> None:
    stack = stack_of(world, stack_id)
    detection = state_of(world, stack.account, stack.region).detections[detection_id]
    if stack.status not in DETECTABLE:
        detection.status, detection.reason = "DETECTION_FAILED", f"The stack is in {stack.status} state."
        return
    drift.look(world, stack, only)
    detection.status = "DETECTION_COMPLETE"


def describe_stack_drift_detection_status(call: Call) -> dict[str, Any]:
    """Asking brings its end closer (API reference, DescribeStackDriftDetectionStatus)."""
    identifier = call["StackDriftDetectionId"]
    state = state_of(call.world, call.account, call.region)
    if identifier not in state.detections:
        raise wrong(f"Drift detection {identifier} does not exist.")
    call.poll(("drift", identifier))
    detection = state.detections[identifier]
    result: dict[str, Any] = {
        "StackId": detection.stack_id,
        "StackDriftDetectionId": identifier,
        "DetectionStatus": detection.status,
        "DetectionStatusReason": detection.reason or None,
        "Timestamp": detection.started,
    }
    if detection.status == "DETECTION_COMPLETE":
        found = drift.drifted(state.stacks[detection.stack_id])
        result["StackDriftStatus"] = "DRIFTED" if found else "IN_SYNC"
        result["DriftedStackResourceCount"] = len(found)
    return result


def detect_stack_resource_drift(call: Call) -> dict[str, Any]:
    """One resource, at once (API reference, DetectStackResourceDrift)."""
    stack = _detectable(call)
    _check_known(stack, [call["LogicalResourceId"]])
    drift.look(call.world, stack, frozenset({call["LogicalResourceId"]}))
    return {"StackResourceDrift": drift.shown(stack, stack.resources[call["LogicalResourceId"]])}


def describe_stack_resource_drifts(call: Call) -> dict[str, Any]:
    """The resources that were looked at (API reference, DescribeStackResourceDrifts)."""
    stack = requests.live(call, call["StackName"])
    wanted = call.get("StackResourceDriftStatusFilters")
    return call.page(
        "StackResourceDrifts", looked_at(stack, wanted), show=lambda resource: drift.shown(stack, resource)
    )


def looked_at(stack: Stack, wanted: list[str] | None) -> list[Resource]:
    """The resources with a known drift status, or with one of those wanted."""
    return [
        resource
        for resource in stack.resources.values()
        if resource.drift is not None and (not wanted or resource.drift.status in wanted)
    ]
