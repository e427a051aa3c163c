"""The steps of an Automation document (User Guide, "Systems Manager Automation actions reference").

Every call is made as the role of the document, and is refused where its policies do not allow it. Scripts
(`aws:executeScript`) are a stranger's programs: they are never run, and such a step fails.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from landing.sandbox.authorization import delivery, evaluation
from landing.sandbox.protocol.model import Operation, service_model
from landing.sandbox.protocol.refusal import Refusal
from landing.sandbox.services import clients
from landing.sandbox.services.ssm.state import Execution, Made, Step
from landing.sandbox.world import World

Content = Mapping[str, Any]
PLACEHOLDER = re.compile(r"\{\{\s*([\w:.\-]+)\s*\}\}")
POLLS = 30
"""How often a property is asked for that a step waits for."""
MOST_STEPS = 1_000
"""Steps after which an execution that goes in circles fails."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where an execution is."""

    world: World
    account: str
    region: str


class StepFailed(Exception):
    """What is wrong with a step, as its FailureMessage says."""


class Waits(Exception):
    """The step waits for an approval."""


class Jump(Exception):
    """The step says which comes next; none for the one that stands behind it."""

    def __init__(self, step: str | None) -> None:
        super().__init__(step)
        self.step = step


MOST_ITERATORS, BEHIND = 100, "…"
LATER = ("aws:branch", "aws:loop")
"""Actions whose inputs are filled part by part."""


def variables(place: Place, execution: Execution) -> dict[str, str]:
    """What every document may use (User Guide, "Automation system variables")."""
    return {
        "global:ACCOUNT_ID": place.account,
        "global:AWS_PARTITION": place.world.partition,
        "global:REGION": place.region,
        "global:DATE": execution.started.strftime("%Y-%m-%d"),
        "global:DATE_TIME": execution.started.strftime("%Y-%m-%d_%H.%M.%S"),
        "automation:EXECUTION_ID": execution.id,
    }


def filled(value: Any, values: Mapping[str, Any]) -> Any:
    """With `{{ name }}` replaced: a whole text by the value as it is, a part of one by its text."""
    if isinstance(value, str):
        if whole := PLACEHOLDER.fullmatch(value):
            return _known(whole[1], values)
        return PLACEHOLDER.sub(lambda match: _said(_known(match[1], values)), value)
    if isinstance(value, list):
        return [filled(each, values) for each in value]
    if isinstance(value, dict):
        return {filled(name, values): filled(each, values) for name, each in value.items()}
    return value


def _known(name: str, values: Mapping[str, Any]) -> Any:
    if name not in values:
        raise StepFailed(f"{{{{ {name} }}}} is not known: no parameter, variable or output of a step before")
    return values[name]


def _said(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def go_on(place: Place, execution: Execution, begin: str | None = None) -> None:
    """Run the steps from one of them on, or from the first, as far as they go."""
    steps = {step["name"]: step for step in execution.content["mainSteps"]}
    names = [*steps]
    name: str | None = begin or names[0]
    for _ in range(MOST_STEPS):
        if name is None:
            _end(place, execution, "Success" if not execution.failure else "Failed")
            return
        if name not in steps:
            execution.failure = f"There is no step {name}."
            name = None
            continue
        step = steps[name]
        behind = names[names.index(name) + 1 :][:1]
        try:
            name = _after(place, execution, step, behind[0] if behind else None)
        except Waits:
            execution.status, execution.waits_at = "Waiting", step["name"]
            return
    execution.failure = "The steps go in circles."
    _end(place, execution, "Failed")


def answered(place: Place, execution: Execution, *, approved: bool) -> None:
    """Go on behind a step that was approved, or fail with one that was not."""
    name, execution.waits_at, execution.status = execution.waits_at, "", "InProgress"
    names = [step["name"] for step in execution.content["mainSteps"]]
    step = next(each for each in execution.content["mainSteps"] if each["name"] == name)
    execution.steps[-1].status = "Success" if approved else "Rejected"
    if not approved:
        execution.failure = f"Step {name} was rejected."
        _end(place, execution, "Failed")
        return
    behind = names[names.index(name) + 1 :][:1]
    following = step.get("nextStep") or (behind[0] if behind else None)
    if following is None or step.get("isEnd"):
        _end(place, execution, "Success")
    else:
        go_on(place, execution, following)


def _end(place: Place, execution: Execution, status: str) -> None:
    execution.status, execution.ended = status, place.world.now


def _after(place: Place, execution: Execution, step: Content, behind: str | None) -> str | None:
    """Run a step; the name of the one that comes next, none where that was the last."""
    done = Step(step["name"], step["action"], "InProgress")
    execution.steps.append(done)
    following: str | None = step.get("nextStep") or behind
    for attempt in range(int(step.get("maxAttempts", 1))):
        try:
            outputs = _run(place, execution, step)
        except Jump as jump:
            done.status = "Success"
            return jump.step or following
        except Waits:
            done.status = "Waiting"
            raise
        except StepFailed as failed:
            done.status, done.failure = "Failed", str(failed)
            if attempt + 1 < int(step.get("maxAttempts", 1)):
                continue
            return _failed(execution, step, done, following)
        done.status = "Success"
        execution.values |= {f"{step['name']}.{name}": value for name, value in outputs.items()}
        break
    return None if step.get("isEnd") else following


def _failed(execution: Execution, step: Content, done: Step, following: str | None) -> str | None:
    """`onFailure`, `isCritical`, `isEnd` (User Guide, "Properties shared by all actions")."""
    if step.get("isCritical", True) not in (False, "false"):
        execution.failure = f"Step fails when it is executing {step['action']} ({done.name}): {done.failure}"
    how = str(step.get("onFailure", "Abort"))
    if how == "Continue" and step.get("isEnd"):
        return None
    if how.startswith("step:") and not step.get("isEnd"):
        return how.removeprefix("step:")
    if how == "Continue":
        return following
    execution.failure = execution.failure or done.failure
    return None


def _run(place: Place, execution: Execution, step: Content) -> dict[str, Any]:
    if step["action"] not in ACTIONS:
        raise StepFailed(f"The sandbox runs no {step['action']}.")
    inputs = step.get("inputs") or {}
    if step["action"] not in LATER:
        inputs = filled(inputs, execution.values)
    answer = ACTIONS[step["action"]](place, execution, inputs)
    return {each["Name"]: _output(each, answer) for each in step.get("outputs") or ()}


def _output(declared: Content, answer: Any) -> Any:
    found = selected(declared["Selector"], answer)
    kind = declared.get("Type", "String")
    if not found and kind not in ("StringList", "MapList"):
        raise StepFailed(f"{declared['Selector']} selects nothing of the answer")
    if kind in ("StringList", "MapList"):
        return found[0] if len(found) == 1 and isinstance(found[0], list) else found
    value = found[0][0] if isinstance(found[0], list) and len(found[0]) == 1 else found[0]
    return _as(kind, value)


def _as(kind: str, value: Any) -> Any:
    """Type conversions (User Guide, "Using action outputs as inputs"); a number without a fraction is an Integer."""
    match kind, value:
        case "String", bool() | int():
            return str(value).lower()
        case "String", str():
            return value
        case "Integer", str() if value.lstrip("-").isdigit():
            return int(value)
        case "Boolean", str() if value.lower() in ("true", "false"):
            return value.lower() == "true"
        case "Integer", float() if value.is_integer():
            return int(value)
        case ("Integer", int()) | ("Boolean", bool()) | ("StringMap", dict()):
            return value
    raise StepFailed(f"{value!r} is no {kind}")


def selected(path: str, answer: Any) -> list[Any]:
    """What a JSONPath selects."""
    from jsonpath_ng.ext.parser import parse

    try:
        return [match.value for match in parse(path).find(answer)]
    except Exception as error:  # a path of somebody's; the parser has no error of its own
        raise StepFailed(f"{path} is no JSONPath: {error}") from error


def _plain(value: Any) -> Any:
    """An answer as JSON."""
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items() if name != "ResponseMetadata"}
    if isinstance(value, list):
        return [_plain(each) for each in value]
    return value.isoformat() if isinstance(value, datetime) else value


def called(place: Place, execution: Execution, service: str, api: str, parameters: dict[str, Any]) -> Any:
    """The answer to a call as the execution's role; it is recorded, and fails the step where it is refused."""
    model = service_model(service)
    names = {} if model is None else {each.lower(): each for each in model.operation_names}
    name = names.get(api.replace("_", "").lower())
    if name is None:
        raise StepFailed(f"there is no operation {api} of {service}")
    made = Made(service, name, parameters)
    execution.calls.append(made)
    identity = delivery.role(place.world, execution.role).identity
    operation = Operation(service, name, model.protocol, model.operation_model(name), {})
    asked = evaluation.Asked(place.world, identity, place.region, operation, lambda: parameters)
    client = clients.client(place.world, service, place.account, place.region)
    try:
        evaluation.authorize(asked)
        return _plain(client._make_api_call(name, parameters))
    except Refusal as refusal:
        made.refused = refusal.code
        raise StepFailed(f"{refusal.code}: {refusal}") from refusal
    except ClientError as error:
        made.refused = error.response["Error"]["Code"]
        raise StepFailed(str(error)) from error
    except BotoCoreError as error:
        made.refused = type(error).__name__
        raise StepFailed(str(error)) from error


def _api(place: Place, execution: Execution, inputs: Content) -> Any:
    given = {name: value for name, value in inputs.items() if name not in OF_THE_STEP}
    return called(place, execution, inputs["Service"], inputs["Api"], given)


OF_THE_STEP = ("Service", "Api", "PropertySelector", "DesiredValues")


def _is_desired(inputs: Content, answer: Any) -> bool:
    wanted = {_said(each) for each in inputs["DesiredValues"]}
    found = selected(inputs["PropertySelector"], answer)
    values = found[0] if len(found) == 1 and isinstance(found[0], list) else found
    return bool(values) and all(_said(value) in wanted for value in values)


def _assert(place: Place, execution: Execution, inputs: Content) -> Any:
    answer = _api(place, execution, inputs)
    if not _is_desired(inputs, answer):
        raise StepFailed(f"{inputs['PropertySelector']} is none of {', '.join(map(str, inputs['DesiredValues']))}")
    return answer


def _wait(place: Place, execution: Execution, inputs: Content) -> Any:
    for _ in range(POLLS):
        with suppress(StepFailed):
            answer = _api(place, execution, inputs)
            if _is_desired(inputs, answer):
                return answer
        place.world.clock.tick(place.world)
    raise StepFailed(f"timed out: {inputs['PropertySelector']} is none of {inputs['DesiredValues']}")


def _sleep(place: Place, execution: Execution, inputs: Content) -> Any:
    """No waiting: virtual time passes."""
    found = re.fullmatch(r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?", str(inputs.get("Duration", "")))
    if found is None:
        raise StepFailed(f"{inputs.get('Duration')} is no duration as PT10M")
    days, hours, minutes, seconds = (int(part or 0) for part in found.groups())
    place.world.clock.advance(place.world, ((days * 24 + hours) * 60 + minutes) * 60 + seconds)
    return {}


def _approve(place: Place, execution: Execution, inputs: Content) -> Any:
    execution.approvers = list(inputs["Approvers"])
    if topic := inputs.get("NotificationArn"):
        if not topic.rpartition(":")[2].startswith("Automation"):
            raise StepFailed("The name of the topic must begin with Automation.")
        called(place, execution, "sns", "Publish", {"TopicArn": topic, "Message": str(inputs.get("Message", ""))})
    raise Waits


def _branch(place: Place, execution: Execution, inputs: Content) -> Any:
    for choice in inputs["Choices"]:
        if _holds(choice, execution.values):
            raise Jump(choice["NextStep"])
    raise Jump(inputs.get("Default"))


def _holds(choice: Content, values: Mapping[str, Any]) -> bool:
    if "And" in choice:
        return all(_holds(each, values) for each in choice["And"])
    if "Or" in choice:
        return any(_holds(each, values) for each in choice["Or"])
    if "Not" in choice:
        return not _holds(choice["Not"], values)
    found = filled(choice["Variable"], values)
    for name, test in COMPARED.items():
        if name in choice:
            return test(found, filled(choice[name], values))
    raise StepFailed(f"a choice compares by none of {', '.join(COMPARED)}")


COMPARED: Mapping[str, Callable[[Any, Any], bool]] = {
    "StringEquals": lambda found, value: isinstance(found, str) and found == value,
    "EqualsIgnoreCase": lambda found, value: isinstance(found, str) and found.lower() == str(value).lower(),
    "StartsWith": lambda found, value: isinstance(found, str) and found.startswith(value),
    "EndsWith": lambda found, value: isinstance(found, str) and found.endswith(value),
    "Contains": lambda found, value: isinstance(found, str) and value in found,
    "NumericEquals": lambda found, value: float(found) == float(value),
    "NumericGreater": lambda found, value: float(found) > float(value),
    "NumericLesser": lambda found, value: float(found) < float(value),
    "NumericGreaterOrEquals": lambda found, value: float(found) >= float(value),
    "NumericLesserOrEquals": lambda found, value: float(found) <= float(value),
    "BooleanEquals": lambda found, value: str(found).lower() == str(value).lower(),
}
"""User Guide, "Using conditional statements in runbooks"; what is compared as a text is one."""


def _loop(place: Place, execution: Execution, inputs: Content) -> Any:
    """Some steps for each of a list (User Guide, aws:loop); a loop that goes on while something holds is not there."""
    name = execution.steps[-1].name
    values = filled(inputs.get("Iterators"), execution.values)
    if not isinstance(values, list) or len(values) > MOST_ITERATORS:
        raise StepFailed(f"Iterators is no list of at most {MOST_ITERATORS}")
    for value in values:
        execution.values[f"{name}.CurrentIteratorValue"] = value
        for step in inputs["Steps"]:
            if _after(place, execution, step, BEHIND) != BEHIND:
                raise StepFailed(execution.failure or f"The sandbox goes nowhere else from {step['name']} in a loop.")
    return {}


def _change_instances(place: Place, execution: Execution, inputs: Content) -> Any:
    """Start, stop or terminate, and look until it is so (User Guide, aws:changeInstanceState)."""
    wanted = inputs["DesiredState"]
    ids = inputs["InstanceIds"]
    ids = ids if isinstance(ids, list) else [ids]
    call = {"running": "StartInstances", "stopped": "StopInstances", "terminated": "TerminateInstances"}.get(wanted)
    if call is None:
        raise StepFailed(f"{wanted} is no state of an instance to bring about")
    if str(inputs.get("CheckStateOnly", False)).lower() != "true":
        called(place, execution, "ec2", call, {"InstanceIds": ids})
    return _wait(
        place,
        execution,
        {
            "Service": "ec2",
            "Api": "DescribeInstanceStatus",
            "InstanceIds": ids,
            "IncludeAllInstances": True,
            "PropertySelector": "$.InstanceStatuses[*].InstanceState.Name",
            "DesiredValues": [wanted],
        },
    )


def _automation(place: Place, execution: Execution, inputs: Content) -> Any:
    """Another document, by the execution's role."""
    given = {
        name: [_said(each) for each in value] if isinstance(value, list) else [_said(value)]
        for name, value in (inputs.get("RuntimeParameters") or {}).items()
    }
    begun = {"DocumentName": inputs["DocumentName"], "Parameters": given}
    id_ = called(place, execution, "ssm", "StartAutomationExecution", begun)["AutomationExecutionId"]
    found = called(place, execution, "ssm", "GetAutomationExecution", {"AutomationExecutionId": id_})
    if found["AutomationExecution"]["AutomationExecutionStatus"] != "Success":
        raise StepFailed(f"{inputs['DocumentName']}: {found['AutomationExecution'].get('FailureMessage', '')}")
    return found


ACTIONS: Mapping[str, Callable[[Place, Execution, Content], Any]] = {
    "aws:approve": _approve,
    "aws:assertAwsResourceProperty": _assert,
    "aws:branch": _branch,
    "aws:changeInstanceState": _change_instances,
    "aws:executeAutomation": _automation,
    "aws:executeAwsApi": _api,
    "aws:loop": _loop,
    "aws:sleep": _sleep,
    "aws:waitForAwsResourceProperty": _wait,
}
