"""Remediations that a stack set has, as a config says them: the blueprints `config_remediation*` backwards."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields
from typing import Any

from landing.blueprint.resource_names import FLOW_LOG_BUCKET, remediation_role, remediation_rule
from landing.core.model import Json
from landing.services.config.settings import Remediation, completed
from landing.services.config.shipped_remediations import RESOURCE, SHIPPED
from landing.services.settings import settings_from, without_defaults

RULE, MENDS, ROLE = "AWS::Config::ConfigRule", "AWS::Config::RemediationConfiguration", "AWS::IAM::Role"
SSM = ("ExecutionControls", "SsmControls")


def remediations_of(template: Mapping[str, Any], roles: Mapping[str, Any]) -> Iterator[tuple[str, Json]]:
    """Key and entry of each that the templates of both stack sets have; of one that is shipped what says otherwise.

    What the blueprints have not written is not looked at: a plan of the entry tells whether it is the same.
    """
    rules = {each.get("ConfigRuleName"): each for each, _ in _of(template, RULE)}
    role = {each.get("RoleName"): each for each, _ in _of(roles, ROLE)}
    for mends, only_home in _of(template, MENDS):
        name = mends["ConfigRuleName"]
        key, rule = name.removeprefix(remediation_rule("")), rules.get(name, {})
        policies = role.get(remediation_role(key), {}).get("Policies") or [{}]
        statements = policies[0].get("PolicyDocument", {}).get("Statement") or [{}]
        controls = mends.get(SSM[0], {}).get(SSM[1], {})
        given = {each: value for each, value in mends.get("Parameters", {}).items() if each != "AutomationAssumeRole"}
        found = {
            "identifier": rule.get("Source", {}).get("SourceIdentifier", ""),
            "parameters": {each: _said(value) for each, value in rule.get("InputParameters", {}).items()},
            "document": mends.get("TargetId", ""),
            "document_parameters": {each: _value(value) for each, value in given.items()},
            "permissions": statements[0].get("Action", []),
            "automatic": mends.get("Automatic", False),
            "attempts": mends.get("MaximumAutomaticAttempts", 0),
            "retry_seconds": mends.get("RetryAttemptSeconds", 0),
            "concurrency": controls.get("ConcurrentExecutionRatePercentage", 0),
            "error_percentage": controls.get("ErrorPercentage", 0),
            "home_only": only_home,
        }
        yield key, _shortest(key, without_defaults(Remediation, found))


def _of(template: Mapping[str, Any], kind: str) -> Iterator[tuple[Mapping[str, Any], bool]]:
    """The properties of resources of a type, and whether they have a condition."""
    for each in template.get("Resources", {}).values():
        if each.get("Type") == kind:
            yield each.get("Properties") or {}, "Condition" in each


def _shortest(key: str, whole: dict[str, Any]) -> dict[str, Any]:
    """An entry without what its key says."""
    if key not in SHIPPED:
        return whole
    shipped = completed(key, Remediation())
    less: dict[str, Any] = {}
    for each in fields(Remediation):
        value, known = whole.get(each.name), getattr(shipped, each.name)
        if isinstance(known, Mapping):
            less[each.name] = {name: one for name, one in (value or {}).items() if known.get(name) != one}
        elif value is not None and value != (sorted(known) if isinstance(known, tuple) else known):
            less[each.name] = value
    shared = less["document_parameters"].keys() & {*SHIPPED[key].shared}
    for name in shared:
        if less["document_parameters"][name] == whole.get("parameters", {}).get(name):
            del less["document_parameters"][name]
    less = without_defaults(Remediation, less)
    return less if _meant(key, less) == _meant(key, whole) else whole


def _meant(key: str, entry: Mapping[str, Any]) -> Any:
    """What an entry comes to; the order of permissions is none."""
    found = completed(key, settings_from(Remediation, entry))
    return {each.name: getattr(found, each.name) for each in fields(found)} | {"permissions": {*found.permissions}}


def _value(value: Mapping[str, Any]) -> Any:
    """A parameter of the document, as the config has it."""
    if "ResourceValue" in value:
        return RESOURCE
    values = value.get("StaticValue", {}).get("Values", [])
    if any(isinstance(each, Mapping) for each in values):
        return FLOW_LOG_BUCKET
    return _said(values[0]) if len(values) == 1 else [str(each) for each in values]


def _said(text: object) -> Any:
    """A text as the value that has been written so."""
    if text in ("true", "false"):
        return text == "true"
    return int(text) if isinstance(text, str) and text.isdigit() and str(int(text)) == text else text
