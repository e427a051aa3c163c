"""Automation documents: their content, the parameters that they take, and the role that they name."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

import yaml

from landing.sandbox.authorization import delivery, evaluation, trust
from landing.sandbox.moto import upstream
from landing.sandbox.protocol.model import Operation, service_model
from landing.sandbox.protocol.refusal import Refusal
from landing.sandbox.services import clients
from landing.sandbox.world import Identity, World

PRINCIPAL = "ssm.amazonaws.com"
SCHEMA = "0.3"
"""Of Automation documents (User Guide, "Schemas, features, and examples")."""
NOT_ASSUMED = "The defined assume role is unable to be assumed."


def found(world: World, account: str, region: str, name: str, version: str) -> tuple[dict[str, Any], str]:
    """The content and the number of a version of a document of the account's own."""
    known = upstream.backend("ssm", account, region)._documents
    if name not in known or known[name].describe()["DocumentType"] != "Automation":
        message = f"Automation definition {name} is not found."
        raise Refusal("AutomationDefinitionNotFoundException", message)
    given = {} if version == "$DEFAULT" else {"DocumentVersion": version}
    got = clients.client(world, "ssm", account, region).get_document(Name=name, **given)
    content = yaml.safe_load(got["Content"]) if got["DocumentFormat"] == "YAML" else json.loads(got["Content"])
    return content, got["DocumentVersion"]


def parameters(content: Mapping[str, Any], given: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """What is given and the defaults; refused where the document does not admit it."""
    declared: Mapping[str, Any] = content.get("parameters") or {}
    if unknown := sorted(set(given) - set(declared)):
        raise _wrong(f"Parameters {', '.join(unknown)} are not defined in the document.")
    values: dict[str, list[str]] = {}
    for name, spec in declared.items():
        if name in given:
            values[name] = list(given[name])
        elif "default" in spec:
            default = spec["default"]
            values[name] = [_text(each) for each in (default if isinstance(default, list) else [default])]
        else:
            raise _wrong(f"Required parameter {name} is missing.")
        for value in values[name]:
            _admit(name, spec, value)
        if spec.get("type") not in ("StringList", "MapList") and len(values[name]) != 1:
            raise _wrong(f"Parameter {name} takes one value.")
    return values


def _admit(name: str, spec: Mapping[str, Any], value: str) -> None:
    pattern, allowed = spec.get("allowedPattern"), spec.get("allowedValues")
    if pattern and not re.fullmatch(pattern, value):
        raise _wrong(f"Parameter {name} does not match {pattern}.")
    if allowed and value not in [_text(each) for each in allowed]:
        raise _wrong(f"Parameter {name} is none of the allowed values.")


def typed(content: Mapping[str, Any], values: Mapping[str, list[str]]) -> dict[str, Any]:
    """Parameters as steps are given them."""
    kinds = {name: spec.get("type", "String") for name, spec in (content.get("parameters") or {}).items()}
    return {name: _typed(kinds[name], value) for name, value in values.items()}


def _typed(kind: str, value: list[str]) -> Any:
    match kind:
        case "StringList":
            return list(value)
        case "Integer":
            return int(value[0])
        case "Boolean":
            return value[0].lower() == "true"
        case "StringMap" | "MapList":
            return json.loads(value[0])
    return value[0]


def check_role(world: World, caller: Identity, region: str, arn: str) -> None:
    """Whether the document's role lets Automation assume it, and the caller may pass it.

    User Guide, "Create the service roles for Automation".
    """
    if not arn:
        raise _wrong("The sandbox runs Automation documents with an assumeRole only.")
    who = delivery.service(world, PRINCIPAL, caller.account, f"arn:{world.partition}:ssm:{region}:{caller.account}:*")
    role = role_of(world, arn)
    if role is None or not trust.admits(
        role.assume_role_policy_document, who.identity, "sts:AssumeRole", dict(who.context)
    ):
        raise _wrong(NOT_ASSUMED)
    if denied := denial(world, caller, region, "iam:PassRole", arn, PassedTo="ssm"):
        message = f"User: {caller.arn} is not authorized to perform: iam:PassRole on resource: {arn} {denied}"
        raise Refusal("AccessDeniedException", message, 400)


def role_of(world: World, arn: str) -> Any | None:
    """A role as moto keeps it; None where there is none."""
    account = arn.split(":")[4] if arn.count(":") >= 5 else ""
    known = upstream.backend("iam", account, world.home_region).roles.values() if account else ()
    return next((role for role in known if role.arn == arn), None)


def denial(world: World, caller: Identity, region: str, action: str, resource: str, **parameters: Any) -> str | None:
    """Why somebody may not do something to a resource; none where it is allowed."""
    model = service_model("ssm").operation_model("StartAutomationExecution")
    operation = Operation("ssm", "StartAutomationExecution", "json", model, {})
    asked = evaluation.Asked(world, caller, region, operation, lambda: parameters)
    return evaluation.denial(asked, evaluation.layers_of(world, caller), action, resource, parameters)


def _text(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return value if isinstance(value, str) else json.dumps(value)


def _wrong(message: str) -> Refusal:
    return Refusal("InvalidAutomationExecutionParametersException", message)
