"""Templates of conformance packs: rules with parameters, in the YAML of CloudFormation.

Developer Guide, "Creating templates for custom conformance packs".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import yaml

RULE, REMEDIATION = "AWS::Config::ConfigRule", "AWS::Config::RemediationConfiguration"
MOST_RULES = 130
MOST_BYTES = 51_200


class TemplateProblem(ValueError):
    """Why a template cannot be used."""


class _Loader(yaml.SafeLoader):
    """YAML with the short forms of intrinsic functions."""


def _short_form(loader: yaml.SafeLoader, suffix: str, node: yaml.Node) -> dict[str, Any]:
    name = suffix if suffix in ("Ref", "Condition") else f"Fn::{suffix}"
    if isinstance(node, yaml.ScalarNode):
        return {name: loader.construct_scalar(node)}
    if isinstance(node, yaml.SequenceNode):
        return {name: loader.construct_sequence(node, deep=True)}
    assert isinstance(node, yaml.MappingNode)
    return {name: loader.construct_mapping(node, deep=True)}


_Loader.add_multi_constructor("!", _short_form)
_NOTHING = object()


def rules_of(body: str, parameters: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    """The rules of a template by name, in the form of PutConfigRule; raises `TemplateProblem`."""
    try:
        template = yaml.load(body, Loader=_Loader)  # noqa: S506  (the loader is a safe one)
    except yaml.YAMLError as error:
        raise TemplateProblem(f"The template is not valid YAML: {error}") from error
    if not isinstance(template, dict) or not isinstance(template.get("Resources"), dict) or not template["Resources"]:
        raise TemplateProblem("Template format error: At least one Resources member must be defined.")
    values = _parameters(template.get("Parameters") or {}, parameters)
    conditions = template.get("Conditions") or {}
    found = {}
    for name, resource in template["Resources"].items():
        if resource.get("Type") not in (RULE, REMEDIATION):
            raise TemplateProblem(f"The resource type {resource.get('Type')} is not supported in conformance packs.")
        if resource["Type"] == RULE:
            properties = _resolved(resource.get("Properties") or {}, values, conditions)
            found[_name(name, properties)] = _definition(properties)
    if len(found) > MOST_RULES:
        raise TemplateProblem(f"A conformance pack has at most {MOST_RULES} rules.")
    return found


def _name(logical: str, properties: Mapping[str, Any]) -> str:
    return str(properties.get("ConfigRuleName") or logical)


def _definition(properties: Mapping[str, Any]) -> dict[str, Any]:
    source = properties.get("Source")
    if not isinstance(source, dict) or "Owner" not in source:
        raise TemplateProblem("A rule needs a Source with an Owner.")
    definition = {name: value for name, value in properties.items() if name != "ConfigRuleName"}
    parameters = definition.get("InputParameters")
    if isinstance(parameters, dict):
        import json

        definition["InputParameters"] = json.dumps({k: str(v) for k, v in parameters.items()})
    return definition


def _parameters(declared: Mapping[str, Any], given: Mapping[str, str]) -> dict[str, str]:
    unknown = sorted(set(given) - set(declared))
    if unknown:
        raise TemplateProblem(f"Parameters: [{', '.join(unknown)}] do not exist in the template")
    values = {name: given.get(name, parameter.get("Default")) for name, parameter in declared.items()}
    missing = sorted(name for name, value in values.items() if value is None)
    if missing:
        raise TemplateProblem(f"Parameters: [{', '.join(missing)}] must have values")
    return {name: str(value) for name, value in values.items()}


def _resolved(value: Any, values: Mapping[str, str], conditions: Mapping[str, Any]) -> Any:
    if isinstance(value, list):
        items = (_resolved(item, values, conditions) for item in value)
        return [item for item in items if item is not _NOTHING]
    if not isinstance(value, dict):
        return value
    if len(value) == 1:
        ((name, argument),) = value.items()
        if name == "Ref" or name.startswith("Fn::"):
            return _call(name, argument, values, conditions)
    resolved = {name: _resolved(item, values, conditions) for name, item in value.items()}
    return {name: item for name, item in resolved.items() if item is not _NOTHING}


def _call(name: str, argument: Any, values: Mapping[str, str], conditions: Mapping[str, Any]) -> Any:
    match name:
        case "Ref" if argument == "AWS::NoValue":
            return _NOTHING
        case "Ref" if argument in values:
            return values[argument]
        case "Fn::If":
            condition, yes, no = argument
            return _resolved(yes if _holds({"Condition": condition}, values, conditions) else no, values, conditions)
        case "Fn::Join":
            separator, parts = argument
            return str(separator).join(map(str, _resolved(parts, values, conditions)))
    raise TemplateProblem(f"{name} of {argument} is not supported in conformance packs.")


def _holds(condition: Mapping[str, Any], values: Mapping[str, str], conditions: Mapping[str, Any]) -> bool:
    ((name, argument),) = condition.items()
    match name:
        case "Condition" if argument in conditions:
            return _holds(conditions[argument], values, conditions)
        case "Fn::Equals":
            left, right = _resolved(argument, values, conditions)
            return bool(left == right)
        case "Fn::Not":
            return not _holds(argument[0], values, conditions)
        case "Fn::And":
            return all(_holds(part, values, conditions) for part in argument)
        case "Fn::Or":
            return any(_holds(part, values, conditions) for part in argument)
    raise TemplateProblem(f"The condition {argument} does not exist.")
