"""Events of a bus on their way to the targets of its rules (EventBridge User Guide, "Amazon EventBridge targets").

Automation documents are started; what else a target may be is given nothing.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from landing.sandbox.authorization import delivery, trust
from landing.sandbox.moto import upstream
from landing.sandbox.protocol.refusal import Refusal
from landing.sandbox.services import event_patterns
from landing.sandbox.services.ssm import automation, documents
from landing.sandbox.world import World

PRINCIPAL = "events.amazonaws.com"
AUTOMATION = ":automation-definition/"
_INPUT = re.compile(r'"?<([A-Za-z0-9_.\-]+)>"?')


@dataclass(frozen=True, slots=True)
class Delivered:
    """A rule that an event fits, and what became of one of its targets: an execution, or why there is none."""

    rule: str
    target: str
    execution: str = ""
    failure: str = ""


def deliver(world: World, account: str, region: str, event: Mapping[str, Any], bus: str = "default") -> list[Delivered]:
    """Give an event to the rules of a bus, as a service of AWS does with what happens in an account and Region."""
    found = upstream.backend("events", account, region).event_buses.get(bus)
    rules = [] if found is None else sorted(found.rules.values(), key=lambda rule: str(rule.name))
    return [each for rule in rules if _fits(rule, event) for each in _given(world, account, region, rule, event)]


def _fits(rule: Any, event: Mapping[str, Any]) -> bool:
    text = rule.describe().get("EventPattern")
    return bool(rule.state.startswith("ENABLED") and text and event_patterns.matches(json.loads(text), event))


def _given(world: World, account: str, region: str, rule: Any, event: Mapping[str, Any]) -> Iterator[Delivered]:
    for target in rule.targets:
        if AUTOMATION in target["Arn"]:
            try:
                execution = _start(world, region, rule.arn, target, event)
            except Refusal as refusal:
                yield Delivered(rule.name, target["Id"], failure=str(refusal))
            else:
                yield Delivered(rule.name, target["Id"], execution=execution.id)


def _start(world: World, region: str, rule: str, target: Mapping[str, Any], event: Mapping[str, Any]) -> Any:
    """As the role of the target, which EventBridge must be able to assume."""
    role = documents.role_of(world, target.get("RoleArn", ""))
    who = delivery.service(world, PRINCIPAL, rule.split(":")[4], rule)
    if role is None or not trust.admits(
        role.assume_role_policy_document, who.identity, "sts:AssumeRole", dict(who.context)
    ):
        raise Refusal("AccessDeniedException", f"EventBridge cannot assume {target.get('RoleArn')}")
    name, _, version = target["Arn"].partition(AUTOMATION)[2].partition(":")
    caller = delivery.role(world, role.arn).identity
    if denied := documents.denial(world, caller, region, "ssm:StartAutomationExecution", target["Arn"]):
        action = f"ssm:StartAutomationExecution on resource: {target['Arn']}"
        raise Refusal("AccessDeniedException", f"User: {caller.arn} is not authorized to perform: {action} {denied}")
    return automation.begin(world, caller, region, (name, version or "$DEFAULT"), _input(target, event))


def _input(target: Mapping[str, Any], event: Mapping[str, Any]) -> dict[str, list[str]]:
    """What the target is given, which must be parameters of a document: a list of texts each."""
    if "InputTransformer" in target:
        text = transformed(target["InputTransformer"], event)
    else:
        text = target.get("Input", json.dumps(event))
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    if not isinstance(found, dict) or not all(isinstance(value, list) for value in found.values()):
        raise Refusal("InvalidAutomationExecutionParametersException", "the input is no object of lists")
    return found


def transformed(transformer: Mapping[str, Any], event: Mapping[str, Any]) -> str:
    """The template with paths of the event in it (User Guide, "Amazon EventBridge input transformation").

    A path that the event does not have is nothing; what stands between quotation marks is put there as it is, but for
    what would end a text.
    """
    paths = {name: _at(path, event) for name, path in (transformer.get("InputPathsMap") or {}).items()}

    def value(match: re.Match[str]) -> str:
        found = paths.get(match[1])
        if match[0].startswith('"') and match[0].endswith('"'):
            return json.dumps(found if isinstance(found, str) else "" if found is None else json.dumps(found))
        return found if isinstance(found, str) else json.dumps(found)

    return _INPUT.sub(value, transformer["InputTemplate"])


def _at(path: str, event: Mapping[str, Any]) -> Any:
    """The value at a path as `$.detail.id` or `$.resources[0]`."""
    found: Any = event
    for name, index in re.findall(r"\.([^.\[\]]+)|\[(\d+)\]", path.removeprefix("$")):
        if name:
            found = found.get(name) if isinstance(found, Mapping) else None
        else:
            found = found[int(index)] if isinstance(found, list) and int(index) < len(found) else None
    return found
