"""How an operation runs: account by account, Region by Region, as far as its failure tolerance lets it."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

from landing.sandbox.services.cloudformation.stack_sets import preferences, work
from landing.sandbox.services.cloudformation.stack_sets.state import (
    DETECT_DRIFT,
    ENDED,
    Instance,
    Operation,
    Site,
    StackSet,
    set_of,
)
from landing.sandbox.world import World

PORTION = 4_000
"""Resources that are handled in one go, so that no single call has to wait for a whole large operation."""


def thing(stack_set: StackSet, operation: Operation) -> Hashable:
    """What the clock knows an operation by."""
    return "stack-set-operation", stack_set.id, operation.id


def start_next(world: World, stack_set: StackSet) -> None:
    """Start every queued operation that nothing is in the way of, in their order."""
    ahead = stack_set.running()
    for operation in stack_set.queued():
        is_free = not any(_conflict(operation, other) for other in ahead)
        if is_free and not _waits(world, stack_set, operation):
            operation.status = "RUNNING"
            _prepare(stack_set, operation)
            place = (stack_set.account, stack_set.region, stack_set.id, operation.id)
            world.clock.later(carry_on, *place, thing=thing(stack_set, operation))
        ahead.append(operation)


def _conflict(one: Operation, other: Operation) -> bool:
    return one.whole_set or other.whole_set or not one.results.keys().isdisjoint(other.results)


def _waits(world: World, stack_set: StackSet, operation: Operation) -> bool:
    """Whether an operation of a stack set that this one depends on has not ended yet."""
    for set_id, operation_id in operation.after:
        other = set_of(world, stack_set.account, stack_set.region, set_id).operations[operation_id]
        if other.status not in ENDED:
            return True
    return False


def _prepare(stack_set: StackSet, operation: Operation) -> None:
    """The instances show at once that something is going to happen to them."""
    overrides, units = operation.settings.get("overrides"), operation.settings.get("units", {})
    for account, region in operation.results:
        site = (account, region)
        instance = stack_set.instances.get(site)
        if instance is None and operation.action == "CREATE":
            instance = stack_set.instances[site] = Instance(account, region, units.get(site, ""))
        if instance is None:
            continue
        if operation.verb == "deploy":
            instance.status, instance.reason = "OUTDATED", ""
            if overrides is not None:
                instance.overrides = work.overridden(stack_set, instance, overrides)
        if operation.verb != "detect":
            instance.detailed = "PENDING"
        instance.operation = operation.id


def carry_on(world: World, account: str, region: str, set_id: str, operation_id: str) -> None:
    """Do a portion of an operation; the rest follows when it is asked after again, or in time."""
    stack_set = set_of(world, account, region, set_id)
    operation = stack_set.operations[operation_id]
    left = PORTION
    worker = work.Worker(world, stack_set, operation)
    while left > 0 and operation.status == "RUNNING":
        batch = _next_batch(operation)
        if not batch:
            break
        for site in batch:
            left -= 1 + _do(worker, operation, site)
        _check_tolerance(stack_set, operation)
    if operation.status == "STOPPING":
        cancel(stack_set, operation, "Cancelled by user")
        _end(world, stack_set, operation, "STOPPED")
    elif any(operation.pending.values()):
        place = (account, region, set_id, operation_id)
        world.clock.later(carry_on, *place, thing=thing(stack_set, operation), polls=1)
    else:
        _end(world, stack_set, operation, "FAILED" if operation.status == "FAILED" else "SUCCEEDED")


def _next_batch(operation: Operation) -> list[Site]:
    """The instances that come next: of the first Region that has any left, or of all if they go in parallel."""
    batch: list[Site] = []
    for region, accounts in operation.pending.items():
        if not accounts:
            continue
        size = preferences.at_once(operation, operation.sizes[region], operation.failures.get(region, 0))
        batch += [(accounts.pop(), region) for _ in range(min(size, len(accounts)))]
        if not preferences.is_parallel(operation.preferences):
            break
    return batch


def _do(worker: work.Worker, operation: Operation, site: Site) -> int:
    """Handle one instance; the answer is how many resources its stack has."""
    outcome = worker.handle(site)
    result = operation.results[site]
    result.status = "SUCCEEDED" if outcome.succeeded else "FAILED"
    result.reason = outcome.reason
    if not outcome.succeeded:
        operation.failures[site[1]] = operation.failures.get(site[1], 0) + 1
    return outcome.resources


def _check_tolerance(stack_set: StackSet, operation: Operation) -> None:
    """Once too many have failed in a Region, nothing more is begun anywhere."""
    for region, failed in operation.failures.items():
        if failed > preferences.tolerance(operation.preferences, operation.sizes[region]):
            operation.status = "FAILED"
            operation.reason = f"The failure tolerance of {region} was exceeded"
            cancel(stack_set, operation, "Cancelled since failure tolerance has exceeded")
            return


def cancel(stack_set: StackSet, operation: Operation, reason: str) -> None:
    """What has not begun will not be done."""
    for site, result in operation.results.items():
        if result.status == "PENDING":
            result.status, result.reason = "CANCELLED", reason
            instance = stack_set.instances.get(site)
            if instance is not None and operation.verb != "detect":
                instance.detailed, instance.reason = "CANCELLED", reason
    operation.pending.clear()


def _end(world: World, stack_set: StackSet, operation: Operation, status: str) -> None:
    operation.status, operation.ended = status, world.now
    if operation.action == DETECT_DRIFT:
        stack_set.drift = drift_details(world, stack_set, operation)
    operation.settings = {}
    start_next(world, stack_set)
    for other in world.states["cloudformation"][stack_set.account, stack_set.region].stack_sets.values():
        if other is not stack_set and stack_set.id in other.depends_on:
            start_next(world, other)


def drift_details(world: World, stack_set: StackSet, operation: Operation) -> dict[str, Any]:
    """What a drift detection has counted so far."""
    found = [stack_set.instances[site] for site in operation.results if site in stack_set.instances]
    ran = [one for one in found if one.drift_operation == operation.id]
    drifted = sum(instance.drift == "DRIFTED" for instance in ran)
    statuses = {"SUCCEEDED": "COMPLETED", "FAILED": "FAILED", "STOPPED": "STOPPED"}
    failed = sum(operation.failures.values())
    status = statuses.get(operation.status, "IN_PROGRESS")
    return {
        "DriftStatus": "DRIFTED" if drifted else "IN_SYNC" if ran or operation.status == "SUCCEEDED" else "NOT_CHECKED",
        "DriftDetectionStatus": "PARTIAL_SUCCESS" if failed and status == "COMPLETED" else status,
        "LastDriftCheckTimestamp": operation.ended or world.now,
        "TotalStackInstancesCount": len(operation.results),
        "DriftedStackInstancesCount": drifted,
        "InSyncStackInstancesCount": len(ran) - drifted,
        "InProgressStackInstancesCount": sum(result.status == "PENDING" for result in operation.results.values()),
        "FailedStackInstancesCount": failed,
    }
