"""Executions of Automation documents (Systems Manager User Guide, "AWS Systems Manager Automation"; API reference).

An execution begins at once and goes as far as it can: to its end, or to a step that waits for an approval. None is of a
document of AWS: `aws_documents` has those that remediations run.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from landing.sandbox.protocol.refusal import Refusal
from landing.sandbox.services.call import Call
from landing.sandbox.services.ssm import documents, runbook
from landing.sandbox.services.ssm.runbook import Place
from landing.sandbox.services.ssm.state import PLACES, Execution
from landing.sandbox.world import Identity, World

ENDED = ("Success", "Failed", "Cancelled", "TimedOut")


def begin(
    world: World, caller: Identity, region: str, document: tuple[str, str], given: Mapping[str, list[str]]
) -> Execution:
    """Start a document, by name and version, as somebody, who must be able to pass the role that it names."""
    name, version = document
    content, number = documents.found(world, caller.account, region, name, version)
    parameters = documents.parameters(content, given)
    place = Place(world, caller.account, region)
    execution = Execution(
        id=world.uuid(),
        document=name,
        version=number,
        content=content,
        parameters=parameters,
        role="",
        by=caller.arn,
        started=world.now,
    )
    execution.values = {**documents.typed(content, parameters), **runbook.variables(place, execution)}
    execution.role = str(runbook.filled(content.get("assumeRole", ""), execution.values))
    documents.check_role(world, caller, region, execution.role)
    PLACES.at(world, caller.account, region).executions[execution.id] = execution
    runbook.go_on(place, execution)
    return execution


def start_automation_execution(call: Call) -> dict[str, Any]:
    """API reference, StartAutomationExecution; targets and rates are not modelled."""
    for name in ("Targets", "TargetMaps", "TargetLocations", "TargetLocationsURL"):
        if call.get(name):
            raise Refusal("InvalidTarget", f"{name} is not supported by the sandbox.")
    name = call["DocumentName"].rpartition("/")[2]
    version = call.get("DocumentVersion", "$DEFAULT")
    execution = begin(call.world, call.caller, call.region, (name, version), call.get("Parameters", {}))
    return {"AutomationExecutionId": execution.id}


def get_automation_execution(call: Call) -> dict[str, Any]:
    """API reference, GetAutomationExecution."""
    execution = _of(call)
    steps = [_step(step) for step in execution.steps]
    shown = {**_shown(execution), "Parameters": execution.parameters, "StepExecutions": steps}
    return {"AutomationExecution": shown}


def describe_automation_executions(call: Call) -> dict[str, Any]:
    """API reference, DescribeAutomationExecutions: the newest first."""
    kept = [each for each in PLACES.here(call).executions.values() if _fits(each, call.get("Filters", ()))]
    newest = sorted(kept, key=lambda each: (each.started, each.id), reverse=True)
    return call.page("AutomationExecutionMetadataList", newest, show=_shown, most=50)


def describe_automation_step_executions(call: Call) -> dict[str, Any]:
    """API reference, DescribeAutomationStepExecutions."""
    return call.page("StepExecutions", _of(call).steps, show=_step, most=50)


def send_automation_signal(call: Call) -> None:
    """Approve or Reject, by somebody whom the step names (API reference, SendAutomationSignal)."""
    execution, kind = _of(call), call["SignalType"]
    if not execution.waits_at or kind not in ("Approve", "Reject"):
        raise Refusal("InvalidAutomationSignalException", "The signal is not valid for the current Automation.")
    if not {call.caller.arn, call.caller.principal} & {*execution.approvers}:
        raise Refusal("InvalidAutomationSignalException", f"{call.caller.arn} is not an approver of this step.")
    runbook.answered(Place(call.world, call.account, call.region), execution, approved=kind == "Approve")


def stop_automation_execution(call: Call) -> None:
    """API reference, StopAutomationExecution."""
    execution = _of(call)
    if execution.status in ENDED:
        raise Refusal("InvalidAutomationStatusUpdateException", f"The execution is {execution.status} already.")
    execution.status, execution.waits_at, execution.ended = "Cancelled", "", call.world.now


def _of(call: Call) -> Execution:
    found = PLACES.here(call).executions.get(call["AutomationExecutionId"])
    if found is None:
        message = f"Automation execution {call['AutomationExecutionId']} is not found."
        raise Refusal("AutomationExecutionNotFoundException", message)
    return found


def _shown(execution: Execution) -> dict[str, Any]:
    return {
        "AutomationExecutionId": execution.id,
        "DocumentName": execution.document,
        "DocumentVersion": execution.version,
        "ExecutionStartTime": execution.started,
        "AutomationExecutionStatus": execution.status,
        "ExecutedBy": execution.by,
        "Mode": "Auto",
        **({"ExecutionEndTime": execution.ended} if execution.ended else {}),
        **({"FailureMessage": execution.failure} if execution.failure else {}),
        **({"CurrentStepName": execution.waits_at} if execution.waits_at else {}),
    }


def _step(step: Any) -> dict[str, Any]:
    failure = {"FailureMessage": step.failure} if step.failure else {}
    return {"StepName": step.name, "Action": step.action, "StepStatus": step.status, **failure}


def _fits(execution: Execution, filters: Any) -> bool:
    return all(any(_has(execution, each["Key"], value) for value in each["Values"]) for each in filters)


def _has(execution: Execution, key: str, value: str) -> bool:
    match key:
        case "DocumentNamePrefix":
            return execution.document.startswith(value)
        case "ExecutionStatus":
            return execution.status == value
        case "ExecutionId":
            return execution.id == value
        case "StartTimeAfter":
            return execution.started >= _time(value)
        case "StartTimeBefore":
            return execution.started <= _time(value)
    raise Refusal("InvalidFilterKey", f"The filter {key} is not supported by the sandbox.")


def _time(text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise Refusal("InvalidFilterValue", f"{text} is not a time as 2026-01-01T00:00:00Z.")
    return found


def calls_of(world: World, account: str, region: str) -> Iterator[Any]:
    """Every call that automations made there, in the order in which they began."""
    for execution in PLACES.at(world, account, region).executions.values():
        yield from execution.calls
