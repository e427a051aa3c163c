"""Parameters of a template: their declarations, and the values that a call gives them (Template reference)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from landing.sandbox.protocol.refusal import Refusal, unsupported
from landing.sandbox.services.cloudformation.document import malformed, wrong
from landing.sandbox.services.cloudformation.template import Template

LONGEST_VALUE = 4096
SSM = re.compile(r"AWS::SSM::Parameter::(Name|Value<(.+)>)")
AWS_SPECIFIC = re.compile(r"(List<)?AWS::(EC2|Route53)::[A-Za-z0-9:]+>?")
PLAIN = frozenset({"CommaDelimitedList", "List<Number>", "List<String>", "Number", "String"})
DECLARATION = frozenset({
    "AllowedPattern", "AllowedValues", "ConstraintDescription", "Default", "Description", "MaxLength", "MaxValue",
    "MinLength", "MinValue", "NoEcho", "Type",
})  # fmt: skip
HIDDEN = "****"

Given = list[dict[str, Any]]
"""Parameters as a call gives them: ParameterKey with ParameterValue or UsePreviousValue."""


def is_list(declared: Mapping[str, Any]) -> bool:
    """Whether a Ref to the parameter is a list."""
    kind = declared["Type"]
    found = SSM.fullmatch(kind)
    kind = found[2] or "" if found else kind
    return kind == "CommaDelimitedList" or kind.startswith("List<")


def is_hidden(declared: Mapping[str, Any]) -> bool:
    """Whether its value is never shown."""
    return str(declared.get("NoEcho", "false")).lower() == "true"


def check_declarations(template: Template) -> None:
    """Refuse declarations that CloudFormation does not know."""
    for name, declared in template.parameters.items():
        if "Type" not in declared:
            raise malformed(f"Every Parameters object must contain a Type member. ({name})")
        if unknown := sorted(set(declared) - DECLARATION):
            raise malformed(f"Invalid template parameter property '{unknown[0]}'")
        kind = str(declared["Type"])
        if kind not in PLAIN and not SSM.fullmatch(kind) and not AWS_SPECIFIC.fullmatch(kind):
            raise malformed(f"Unrecognized parameter type: {kind}")
        if AWS_SPECIFIC.fullmatch(kind):
            raise unsupported("cloudformation", f"the parameter type {kind}")


def values(template: Template, given: Given, previous: Mapping[str, str]) -> dict[str, str]:
    """The value of every parameter, as text; `previous` are the stack's own until now.

    Refused: a parameter that the template does not have, one without value and default, a value that a constraint
    forbids.
    """
    check_declarations(template)
    chosen = _chosen(template, given, previous)
    missing = [
        name for name, declared in template.parameters.items() if name not in chosen and "Default" not in declared
    ]
    if missing:
        raise wrong(f"Parameters: [{', '.join(missing)}] must have values")
    result = {}
    for name, declared in template.parameters.items():
        value = chosen[name] if name in chosen else _text(declared["Default"])
        _check(name, declared, value)
        result[name] = value
    return result


def _chosen(template: Template, given: Given, previous: Mapping[str, str]) -> dict[str, str]:
    unknown = [entry.get("ParameterKey", "") for entry in given if entry.get("ParameterKey") not in template.parameters]
    if unknown:
        raise wrong(f"Parameters: [{', '.join(unknown)}] do not exist in the template")
    chosen: dict[str, str] = {}
    for entry in given:
        name = entry["ParameterKey"]
        if name in chosen:
            raise wrong(f"Duplicate input parameter key '{name}'")
        if entry.get("UsePreviousValue"):
            if "ParameterValue" in entry:
                raise wrong(
                    f"Invalid input for parameter key {name}. Cannot specify usePreviousValue as true"
                    " and non empty value for a parameter"
                )
            if name not in previous:
                raise wrong(
                    f"Invalid input for parameter key {name}. Cannot specify usePreviousValue as true for a parameter "
                    "key not in the previous template"
                )
            chosen[name] = previous[name]
        elif "ParameterValue" in entry:
            chosen[name] = entry["ParameterValue"]
    return chosen


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        raise malformed("Every Default member must be a string.")
    return str(value)


def _check(name: str, declared: Mapping[str, Any], value: str) -> None:
    if len(value.encode()) > LONGEST_VALUE:
        raise _violated(name, declared, f"must be at most {LONGEST_VALUE} bytes")
    is_ssm = SSM.fullmatch(declared["Type"]) is not None
    parts = [part.strip() for part in value.split(",")] if is_list(declared) and not is_ssm else [value]
    allowed = [_text(one) for one in declared.get("AllowedValues", ())]
    for part in parts:
        if allowed and part not in allowed:
            raise _violated(name, declared, f"must be one of values [{', '.join(allowed)}]", f"Parameter '{name}' ")
        if "AllowedPattern" in declared and not re.fullmatch(declared["AllowedPattern"], part):
            raise _violated(name, declared, f"must match pattern {declared['AllowedPattern']}")
        if declared["Type"] in ("Number", "List<Number>"):
            _check_number(name, declared, part)
    least, most = declared.get("MinLength"), declared.get("MaxLength")
    if least is not None and len(value) < int(least):
        raise _violated(name, declared, f"must contain at least {least} characters")
    if most is not None and len(value) > int(most):
        raise _violated(name, declared, f"must contain at most {most} characters")


def _check_number(name: str, declared: Mapping[str, Any], value: str) -> None:
    try:
        number = float(value)
    except ValueError:
        raise wrong(f"Parameter '{name}' must be a number.") from None
    least, most = declared.get("MinValue"), declared.get("MaxValue")
    if least is not None and number < float(least):
        raise _violated(name, declared, f"must be a number not less than {least}")
    if most is not None and number > float(most):
        raise _violated(name, declared, f"must be a number not greater than {most}")


def _violated(name: str, declared: Mapping[str, Any], rule: str, subject: str = "") -> Refusal:
    if "ConstraintDescription" in declared:
        rule = f"failed to satisfy constraint: {declared['ConstraintDescription']}"
    return wrong(f"{subject or f'Parameter {name} '}{rule}")


def shown(template: Template, given: Mapping[str, str], resolved: Mapping[str, str]) -> list[dict[str, str]]:
    """Parameters as Describe calls show them; what NoEcho says is hidden."""
    found = []
    for name, value in given.items():
        declared = template.parameters.get(name, {})
        entry = {"ParameterKey": name, "ParameterValue": HIDDEN if is_hidden(declared) else value}
        if name in resolved:
            entry["ResolvedValue"] = resolved[name]
        found.append(entry)
    return found


def ssm_names(template: Template, given: Mapping[str, str]) -> Iterable[tuple[str, str, bool]]:
    """Parameters of an SSM type: (name, name in Parameter Store, whether its value is wanted)."""
    for name, declared in template.parameters.items():
        found = SSM.fullmatch(str(declared["Type"]))
        if found and name in given:
            yield name, given[name], found[1] != "Name"
