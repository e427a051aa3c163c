"""Events of a bus on their way to the targets of its rules (EventBridge User Guide, "Amazon EventBridge targets").

Automation documents are started; another bus gets the event, once (User Guide, "Sending and receiving events between
AWS accounts"); a function is not run: what it was given is kept. What else a target may be is given nothing.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from landing.sandbox.authorization import delivery, trust
from landing.sandbox.authorization.delivery import Deliverer
from landing.sandbox.moto import upstream
from landing.sandbox.protocol.refusal import Refusal
from landing.sandbox.services import event_patterns, functions
from landing.sandbox.services.ssm import automation, documents
from landing.sandbox.world import World

PRINCIPAL = "events.amazonaws.com"
AUTOMATION, BUS = ":automation-definition/", ":event-bus/"
EVERYBODY = {"AWS": "arn:aws:iam::*:root"}
"""How moto writes a principal that stands for all accounts."""
_INPUT = re.compile(r'"?<([A-Za-z0-9_.\-]+)>"?')


@dataclass(frozen=True, slots=True)
class Delivered:
    """A rule that an event fits, and what became of one of its targets: an execution, or why there is none."""

    rule: str
    target: str
    execution: str = ""
    failure: str = ""


def happened(
    world: World,
    account: str,
    region: str,
    *,
    source: str,
    detail_type: str,
    detail: Mapping[str, Any],
    resources: Sequence[str] = (),
    bus: str = "default",
) -> str:
    """An event of an account in a Region comes to a bus there; its id."""
    event = {
        "version": "0",
        "id": world.uuid(),
        "detail-type": detail_type,
        "source": source,
        "account": account,
        "time": world.now.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "region": region,
        "resources": list(resources),
        "detail": dict(detail),
    }
    deliver(world, account, region, event, bus)
    return str(event["id"])


def deliver(
    world: World, account: str, region: str, event: Mapping[str, Any], bus: str = "default", *, sent_on: bool = False
) -> list[Delivered]:
    """Give an event to the rules of a bus, as a service of AWS does with what happens in an account and Region.

    `sent_on`: by another bus, after which none sends it on again.
    """
    found = upstream.backend("events", account, region).event_buses.get(bus)
    rules = [] if found is None else sorted(found.rules.values(), key=lambda rule: str(rule.name))
    return [
        each
        for rule in rules
        if _fits(rule, event)
        for target in list(rule.targets)
        for each in _given(world, region, rule, target, event, sent_on=sent_on)
    ]


def _fits(rule: Any, event: Mapping[str, Any]) -> bool:
    text = rule.describe().get("EventPattern")
    return bool(rule.state.startswith("ENABLED") and text and event_patterns.matches(json.loads(text), event))


def _given(
    world: World, region: str, rule: Any, target: Mapping[str, Any], event: Mapping[str, Any], *, sent_on: bool
) -> Iterator[Delivered]:
    arn = target["Arn"]
    try:
        if AUTOMATION in arn:
            yield Delivered(rule.name, target["Id"], execution=_start(world, region, rule, target, event).id)
        elif BUS in arn and not sent_on:
            yield from _send(world, region, rule, target, event)
        elif functions.FUNCTION in arn:
            who = delivery.service(world, PRINCIPAL, rule.account_id, rule.arn)
            functions.invoke(world, who, arn, event)
    except Refusal as refusal:
        yield Delivered(rule.name, target["Id"], failure=str(refusal))


def _as_role(world: World, region: str, rule: Any, target: Mapping[str, Any], action: str) -> Deliverer:
    """The role of the target, which EventBridge must be able to assume, and which may do it; else refused."""
    role = documents.role_of(world, target.get("RoleArn", ""))
    who = delivery.service(world, PRINCIPAL, rule.account_id, rule.arn)
    if role is None or not trust.admits(
        role.assume_role_policy_document, who.identity, "sts:AssumeRole", dict(who.context)
    ):
        raise Refusal("AccessDeniedException", f"EventBridge cannot assume {target.get('RoleArn')}")
    found = delivery.role(world, role.arn)
    if denied := documents.denial(world, found.identity, region, action, target["Arn"]):
        sentence = f"User: {role.arn} is not authorized to perform: {action} on resource: {target['Arn']} {denied}"
        raise Refusal("AccessDeniedException", sentence)
    return found


def _start(world: World, region: str, rule: Any, target: Mapping[str, Any], event: Mapping[str, Any]) -> Any:
    """An execution of the document, as the role of the target."""
    caller = _as_role(world, region, rule, target, "ssm:StartAutomationExecution").identity
    name, _, version = target["Arn"].partition(AUTOMATION)[2].partition(":")
    return automation.begin(world, caller, region, (name, version or "$DEFAULT"), _input(target, event))


def _send(world: World, region: str, rule: Any, target: Mapping[str, Any], event: Mapping[str, Any]) -> list[Delivered]:
    """To another bus, whose policy lets the role of the target put events there where it is another account's."""
    who = _as_role(world, region, rule, target, "events:PutEvents")
    there, owner, name = target["Arn"].split(":", 5)[3:]
    name = name.partition("/")[2]
    bus = upstream.backend("events", owner, there).event_buses.get(name)
    document = ((bus.policy if bus else "") or "").replace(json.dumps(EVERYBODY), '"*"')
    context = {**who.context, "aws:securetransport": "true"}
    own = bus is not None and owner == rule.account_id
    if not own and not (
        document and trust.admits(document, who.identity, "events:PutEvents", context, resource=target["Arn"])
    ):
        raise Refusal("AccessDeniedException", f"The bus {target['Arn']} does not admit events of {rule.account_id}.")
    return deliver(world, owner, there, event, name, sent_on=True)


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
