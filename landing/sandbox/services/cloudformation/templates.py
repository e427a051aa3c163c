"""Templates given back, summed up and validated."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from landing.sandbox.protocol.refusal import unsupported
from landing.sandbox.services.call import Call
from landing.sandbox.services.cloudformation import capabilities, parameters, requests, schema, sections
from landing.sandbox.services.cloudformation.document import wrong
from landing.sandbox.services.cloudformation.stack_sets import requests as stack_set_requests
from landing.sandbox.services.cloudformation.template import Template


def get_template(call: Call) -> dict[str, Any]:
    """As it was given; of a change set, or of a stack even after it was deleted (API reference, GetTemplate)."""
    if "ChangeSetName" in call:
        raise unsupported("cloudformation", "GetTemplate", "ChangeSetName")
    stack = requests.any_stack(call, call["StackName"])
    return {"TemplateBody": stack.wanted.body, "StagesAvailable": ["Original", "Processed"]}


def validate_template(call: Call) -> dict[str, Any]:
    """Form only: properties are not looked at (API reference, ValidateTemplate)."""
    text = requests.body(call)
    if text is None:
        raise wrong("Either Template URL or Template Body must be specified.")
    found = sections.read(text)
    _check_types(found)
    parameters.check_declarations(found)
    return {
        "Description": found.description,
        "Parameters": [
            {name: value for name, value in _declaration(key, declared).items() if name != "ParameterType"}
            for key, declared in found.parameters.items()
        ],
        "Capabilities": list(capabilities.needed(found)),
        "CapabilitiesReason": capabilities.reason(found),
        "DeclaredTransforms": list(found.transforms),
    }


def _check_types(found: Template) -> list[str]:
    unknown = [
        resource.type
        for resource in found.resources.values()
        if not schema.exists(resource.type) and not resource.type.startswith("Custom::")
    ]
    if unknown:
        names = ", ".join(sorted(set(unknown)))
        raise wrong(f"Template format error: Unrecognized resource types: [{names}]")
    return unknown


def _declaration(key: str, declared: Mapping[str, Any]) -> dict[str, Any]:
    default = declared.get("Default")
    return {
        "ParameterKey": key,
        "DefaultValue": None if default is None else str(default),
        "ParameterType": declared["Type"],
        "NoEcho": parameters.is_hidden(declared),
        "Description": declared.get("Description"),
    }


def get_template_summary(call: Call) -> dict[str, Any]:
    """Of a body, a stack or a stack set (API reference, GetTemplateSummary)."""
    text = requests.body(call)
    if text is None and "StackName" in call:
        text = requests.live(call, call["StackName"]).wanted.body
    elif text is None and "StackSetName" in call:
        text = stack_set_requests.stack_set(call).body
    if text is None:
        raise wrong("Either Template URL, Template Body or a stack must be specified.")
    found = sections.read(text)
    parameters.check_declarations(found)
    return {
        "Parameters": [_summed(key, declared) for key, declared in found.parameters.items()],
        "Description": found.description or None,
        "Capabilities": list(capabilities.needed(found)),
        "CapabilitiesReason": capabilities.reason(found),
        "ResourceTypes": list(dict.fromkeys(resource.type for resource in found.resources.values())),
        "Version": "2010-09-09",
        "Metadata": None if found.metadata is None else json.dumps(found.metadata),
        "DeclaredTransforms": list(found.transforms),
        "ResourceIdentifierSummaries": _identifiers(found),
    }


def _summed(key: str, declared: Mapping[str, Any]) -> dict[str, Any]:
    allowed = [str(value) for value in declared.get("AllowedValues", ())]
    return {**_declaration(key, declared), "ParameterConstraints": {"AllowedValues": allowed} if allowed else {}}


def _identifiers(found: Template) -> list[dict[str, Any]]:
    by_type: dict[str, list[str]] = {}
    for name, resource in found.resources.items():
        if schema.exists(resource.type):
            by_type.setdefault(resource.type, []).append(name)
    return [
        {
            "ResourceType": kind,
            "LogicalResourceIds": names,
            "ResourceIdentifiers": sorted(schema.of(kind).identifiers),
        }
        for kind, names in by_type.items()
    ]
