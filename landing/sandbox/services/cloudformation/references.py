"""What refers to what in a template: undefined names, circles, and the order in which resources are made."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from landing.sandbox.services.cloudformation.document import malformed, wrong
from landing.sandbox.services.cloudformation.template import Template

IN_SUB = re.compile(r"\$\{(?!!)([^}]*)\}")
PSEUDO = frozenset({
    "AWS::AccountId", "AWS::NotificationARNs", "AWS::NoValue", "AWS::Partition", "AWS::Region", "AWS::StackId",
    "AWS::StackName", "AWS::URLSuffix",
})  # fmt: skip
WAITED_FOR = frozenset({"AWS::Config::ConfigurationRecorder"})
"""Types for which others of the account wait without a reference: a delivery channel waits for the recorder."""


def names(value: Any) -> Iterator[str]:
    """Every parameter, pseudo parameter or resource that a value refers to by Ref, Fn::GetAtt or Fn::Sub."""
    if isinstance(value, list):
        for item in value:
            yield from names(item)
    if not isinstance(value, dict):
        return
    if len(value) == 1:
        ((function, argument),) = value.items()
        if function == "Ref" and isinstance(argument, str):
            yield argument
            return
        if function == "Fn::GetAtt":
            yield _of_attribute(argument)
            if isinstance(argument, list):
                yield from names(argument[1:])
            return
        if function == "Fn::Sub":
            yield from _in_sub(argument)
            return
    for item in value.values():
        yield from names(item)


def _of_attribute(argument: Any) -> str:
    parts = argument.split(".", 1) if isinstance(argument, str) else argument
    if not isinstance(parts, list) or len(parts) != 2 or not isinstance(parts[0], str):
        raise malformed(
            "Fn::GetAtt object requires two non-empty parameters, the resource name and the resource attribute"
        )
    return str(parts[0])


def _in_sub(argument: Any) -> Iterator[str]:
    text, values = argument if isinstance(argument, list) and len(argument) == 2 else (argument, {})
    if not isinstance(text, str) or not isinstance(values, dict):
        raise wrong(
            "Template error: One or more Fn::Sub intrinsic functions don't specify expected arguments. Specify a "
            "string as first argument, and an optional second argument to specify a mapping of values to replace in "
            "the string"
        )
    for name in IN_SUB.findall(text):
        if name.strip() not in values:
            yield name.strip().split(".", 1)[0]
    yield from names(values)


def conditions(value: Any) -> Iterator[str]:
    """Every condition that a value names."""
    if isinstance(value, list):
        for item in value:
            yield from conditions(item)
    if isinstance(value, dict):
        for key, item in value.items():
            if key == "Condition" and isinstance(item, str) and len(value) == 1:
                yield item
            elif key == "Fn::If" and isinstance(item, list) and item and isinstance(item[0], str):
                yield item[0]
                yield from conditions(item[1:])
            else:
                yield from conditions(item)


def check(template: Template) -> tuple[str, ...]:
    """Refuse names that are not defined and circles; the order in which to make the resources otherwise."""
    known = set(template.resources) | set(template.parameters) | PSEUDO
    needs = {name: _needs(template, name) for name in template.resources}
    unresolved = sorted({need for all_needs in needs.values() for need in all_needs if need not in known})
    if unresolved:
        raise malformed(
            f"Unresolved resource dependencies [{', '.join(unresolved)}] in the Resources block of the template"
        )
    _check_outputs(template, known)
    _check_conditions(template)
    return _ordered(template, needs)


def _needs(template: Template, name: str) -> dict[str, None]:
    resource = template.resources[name]
    return dict.fromkeys([*resource.depends_on, *names(resource.properties)])


def _check_outputs(template: Template, known: set[str]) -> None:
    for name, output in template.outputs.items():
        if "Value" not in output:
            raise malformed(f"[/Outputs/{name}] Every Outputs member must contain a Value object")
        undefined = sorted(set(names(output)) - known)
        if undefined:
            raise malformed(
                f"Unresolved resource dependencies [{', '.join(undefined)}] in the Outputs block of the template"
            )


def _check_conditions(template: Template) -> None:
    allowed = set(template.parameters) | PSEUDO
    for name, condition in template.conditions.items():
        if undefined := sorted(set(names(condition)) - allowed):
            raise malformed(
                f"Unresolved dependencies {undefined}. Cannot reference resources in the Conditions block of the "
                "template"
            )
        _check_defined(template, condition, f"condition {name}")
    for name, resource in template.resources.items():
        _check_defined(template, resource.properties, f"resource {name}")
        if resource.condition is not None and resource.condition not in template.conditions:
            raise malformed(f"Condition {resource.condition} is not defined (resource {name})")
    for name, output in template.outputs.items():
        _check_defined(template, {k: v for k, v in output.items() if k != "Condition"}, f"output {name}")
        if "Condition" in output and output["Condition"] not in template.conditions:
            raise malformed(f"Condition {output['Condition']} is not defined (output {name})")


def _check_defined(template: Template, value: Any, where: str) -> None:
    used = set(_in_ifs(value) if where.startswith("resource") else conditions(value))
    if undefined := sorted(used - set(template.conditions)):
        raise malformed(f"Unresolved condition dependency {undefined[0]} in the {where}")


def _in_ifs(value: Any) -> Iterator[str]:
    """The conditions of Fn::If only: the properties of a resource may have a member Condition, as policies do."""
    if isinstance(value, list):
        for item in value:
            yield from _in_ifs(item)
    elif isinstance(value, dict):
        for key, item in value.items():
            if key == "Fn::If" and isinstance(item, list) and item:
                yield str(item[0])
                yield from _in_ifs(item[1:])
            else:
                yield from _in_ifs(item)


def _ordered(template: Template, needs: Mapping[str, Mapping[str, None]]) -> tuple[str, ...]:
    order: dict[str, None] = {}
    open_names: dict[str, None] = {}

    def visit(name: str) -> None:
        if name in order or name not in template.resources:
            return
        if name in open_names:
            circle = list(open_names)[list(open_names).index(name) :]
            raise wrong(f"Circular dependency between resources: [{', '.join(sorted(circle))}]")
        open_names[name] = None
        for need in needs[name]:
            visit(need)
        del open_names[name]
        order[name] = None

    for name in sorted(template.resources, key=lambda name: template.resources[name].type not in WAITED_FOR):
        visit(name)
    return tuple(order)


def dependents(template: Template, name: str) -> list[str]:
    """The resources that need this one directly."""
    return [other for other in template.resources if name in _needs(template, other)]
