"""Events of AWS services: to the default bus, by its rules to their targets, as their policies allow.

EventBridge User Guide, "Sending and receiving events between AWS accounts", "Using resource-based policies". Targets
are buses and functions. A function is not run: what it was given is kept, for whoever can run it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from landing.sandbox.authorization import delivery, trust
from landing.sandbox.authorization.evaluation import Asked, denial, layers_of
from landing.sandbox.moto import upstream
from landing.sandbox.protocol.model import Operation, service_model
from landing.sandbox.services import event_patterns
from landing.sandbox.services.places import Places
from landing.sandbox.world import World

PRINCIPAL = "events.amazonaws.com"
EVERYBODY = {"AWS": "arn:aws:iam::*:root"}
"""How moto writes a principal that stands for all accounts."""
MOST_HOPS = 2
"""An event that another bus has sent on is not sent on again (the same page)."""


@dataclass
class Invocations:
    """Events that functions of an account in a Region were given, oldest first: name of the function, event."""

    waiting: list[tuple[str, dict[str, Any]]] = field(default_factory=list)


INVOCATIONS = Places("lambda-invocations", Invocations)


def happened(
    world: World, account: str, region: str, *, source: str, detail_type: str, detail: Mapping[str, Any]
) -> None:
    """An event of a service in an account and Region."""
    event = {
        "version": "0",
        "id": world.uuid(),
        "detail-type": detail_type,
        "source": source,
        "account": account,
        "time": world.now.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "region": region,
        "resources": [],
        "detail": dict(detail),
    }
    _arrive(world, account, region, "default", event, hops=1)


def _arrive(world: World, account: str, region: str, bus: str, event: dict[str, Any], *, hops: int) -> None:
    found = upstream.backend("events", account, region).event_buses.get(bus)
    for rule in list(found.rules.values()) if found is not None else ():
        pattern = rule.event_pattern.get_pattern()
        if not pattern or rule.state == "DISABLED" or not event_patterns.matches(pattern, event):
            continue
        for target in rule.targets:
            service, there, owner, resource = target["Arn"].split(":", 5)[2:]
            if service == "events" and hops < MOST_HOPS and _may_send(world, region, target, owner, there):
                _arrive(world, owner, there, resource.partition("/")[2], event, hops=hops + 1)
            elif service == "lambda" and _may_invoke(world, rule, target["Arn"]):
                name = resource.partition(":")[2]
                INVOCATIONS.at(world, owner, there).waiting.append((name, event))


def _may_send(world: World, region: str, target: Mapping[str, Any], owner: str, there: str) -> bool:
    """The target's role may put events there, and the policy of the bus lets it."""
    arn, role = target["Arn"], target.get("RoleArn", "")
    account, name = (role.split(":")[4], role.rpartition("/")[2]) if role else ("", "")
    roles = upstream.backend("iam", account, region).roles.values() if role else ()
    found = next((each for each in roles if each.name == name), None)
    bus = upstream.backend("events", owner, there).event_buses.get(arn.rpartition("/")[2])
    if found is None or bus is None:
        return False
    service = delivery.service(world, PRINCIPAL, account, arn)
    trusting = found.assume_role_policy_document
    trusted = trust.admits(trusting, service.identity, "sts:AssumeRole", service.context)
    who = delivery.role(world, role)
    model = service_model("events")
    put = Operation("events", "PutEvents", model.protocol, model.operation_model("PutEvents"), {})
    asked = Asked(world, who.identity, region, put, dict)
    if not trusted or denial(asked, layers_of(world, who.identity), "events:PutEvents", arn, {}):
        return False
    document = (bus.policy or "").replace(json.dumps(EVERYBODY), '"*"')
    context = {**who.context, "aws:securetransport": "true"}
    return account == owner or bool(
        document and trust.admits(document, who.identity, "events:PutEvents", context, resource=arn)
    )


def _may_invoke(world: World, rule: Any, arn: str) -> bool:
    """The policy of the function lets EventBridge invoke it for the rule."""
    there, owner = arn.split(":")[3:5]
    functions = upstream.backend("lambda", owner, there).list_functions()
    statements = [one for each in functions if each.function_arn == arn for one in each.policy.statements]
    who = delivery.service(world, PRINCIPAL, rule.account_id, rule.arn)
    document = json.dumps({"Version": "2012-10-17", "Statement": statements})
    return bool(statements) and trust.admits(document, who.identity, "lambda:InvokeFunction", who.context, resource=arn)
