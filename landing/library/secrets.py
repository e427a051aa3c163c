"""What an output of a template tells that nobody is to see: NoEcho parameters, and secrets that resources have."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

NAMED = re.compile(r"(Secret|SecretAccessKey|Password|Token|PrivateKey|ApiKey)$")
"""Attributes that are secrets, as `SecretAccessKey` of AWS::IAM::AccessKey; `…SecretArn` only says where one is."""
VALUES = {("AWS::IVS::StreamKey", "Value")}
"""Attributes that are secrets, and are not called so (CloudFormation Template Reference, return values)."""
RESOLVED = re.compile(r"\{\{resolve:(secretsmanager|ssm-secure):")
"""Dynamic references whose values are secrets (CloudFormation User Guide, "Get values stored in other services")."""
_FILLED = re.compile(r"\$\{([^!}][^}]*)\}")


def no_echo(template: Mapping[str, Any]) -> list[str]:
    """The parameters whose values AWS does not show."""
    entries = _part(template, "Parameters").items()
    return [name for name, entry in entries if isinstance(entry, dict) and str(entry.get("NoEcho")).lower() == "true"]


def told(template: Mapping[str, Any], output: str) -> str:
    """What of it an output tells, in words; nothing when it tells no secret."""
    return next(_told(template, _part(template, "Outputs").get(output), frozenset()), "")


def _told(template: Mapping[str, Any], value: object, seen: frozenset[tuple[str, str]]) -> Iterator[str]:
    """Of a value: itself, what it names, and the properties whose attributes it names."""
    if isinstance(value, str) and RESOLVED.search(value):
        yield "a secret that it resolves"
    secrets = no_echo(template)
    for name, attribute in _names(value):
        if not attribute and name in secrets:
            yield f"`{name}`, which is NoEcho"
        resource = _part(template, "Resources").get(name)
        if not attribute or not isinstance(resource, dict) or (name, attribute) in seen:
            continue
        if NAMED.search(attribute) or (resource.get("Type"), attribute) in VALUES:
            yield f"`{attribute}` of `{name}`, which is a secret"
        property_ = _part(resource, "Properties").get(attribute.partition(".")[0])
        yield from _told(template, property_, seen | {(name, attribute)})
    for item in _items(value):
        yield from _told(template, item, seen)


def _names(value: object) -> Iterator[tuple[str, str]]:
    """What a function names: a parameter or resource, and the attribute of it."""
    if not isinstance(value, dict):
        return
    for function, given in value.items():
        if function == "Ref" and isinstance(given, str):
            yield given, ""
        elif function == "Fn::GetAtt":
            parts = given.split(".", 1) if isinstance(given, str) else given
            if isinstance(parts, list) and len(parts) == 2 and all(isinstance(part, str) for part in parts):
                yield parts[0], parts[1]
        elif function == "Fn::Sub":
            text = given[0] if isinstance(given, list) and given else given
            for name in _FILLED.findall(text) if isinstance(text, str) else ():
                yield name.partition(".")[0], name.partition(".")[2]


def _items(value: object) -> Iterator[object]:
    if isinstance(value, dict):
        yield from value.values()
    elif isinstance(value, list):
        yield from value


def _part(value: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = value.get(name)
    return found if isinstance(found, dict) else {}
