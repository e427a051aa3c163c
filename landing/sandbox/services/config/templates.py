"""Templates of conformance packs: rules with parameters, in the language of CloudFormation.

Developer Guide, "Creating templates for custom conformance packs".
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, NoReturn

from landing.sandbox.protocol.refusal import Refusal
from landing.sandbox.services.cloudformation import parameters, sections
from landing.sandbox.services.cloudformation.intrinsics import Resolver

RULE, REMEDIATION = "AWS::Config::ConfigRule", "AWS::Config::RemediationConfiguration"
MOST_RULES = 130


class TemplateProblem(ValueError):
    """Why a template cannot be used."""


class Nothing:
    """What a pack can look up outside of its template: there are only rules in it, which nothing refers to."""

    def _refuse(self, *names: str) -> NoReturn:
        raise TemplateProblem(f"A reference to {'.'.join(names)} is not supported in conformance packs.")

    ref = attribute = imported = zones = dynamic = __missing__ = _refuse


class Pseudo(Nothing, dict[str, str]):
    """Pseudo parameters, of which there are none."""


def rules_of(body: str, given: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    """The rules of a template by name, in the form of PutConfigRule; raises `TemplateProblem`."""
    try:
        template = sections.read(body)
        values = [{"ParameterKey": name, "ParameterValue": value} for name, value in given.items()]
        resolver = Resolver(template, Pseudo(), parameters.values(template, values, {}), Nothing())
        found = {}
        for name, declared in template.resources.items():
            if declared.type not in (RULE, REMEDIATION):
                raise TemplateProblem(f"The resource type {declared.type} is not supported in conformance packs.")
            if declared.type == RULE and (declared.condition is None or resolver.condition(declared.condition)):
                properties = resolver.value(declared.properties)
                own_name = properties.pop("ConfigRuleName", None)
                found[str(own_name or name)] = _definition(properties)
    except Refusal as refusal:
        raise TemplateProblem(refusal.message) from refusal
    if len(found) > MOST_RULES:
        raise TemplateProblem(f"A conformance pack has at most {MOST_RULES} rules.")
    return found


def _definition(properties: Mapping[str, Any]) -> dict[str, Any]:
    source = properties.get("Source")
    if not isinstance(source, dict) or "Owner" not in source:
        raise TemplateProblem("A rule needs a Source with an Owner.")
    values = properties.get("InputParameters")
    if not isinstance(values, dict):
        return dict(properties)
    return {**properties, "InputParameters": json.dumps({name: str(value) for name, value in values.items()})}
