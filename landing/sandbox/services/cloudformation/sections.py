"""The sections of a template, checked for their form (Template reference)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any

from landing.sandbox.protocol.refusal import unsupported
from landing.sandbox.services.cloudformation import document, references
from landing.sandbox.services.cloudformation.document import malformed, wrong
from landing.sandbox.services.cloudformation.template import Declared, Template

SECTIONS = frozenset({
    "AWSTemplateFormatVersion", "Conditions", "Description", "Mappings", "Metadata", "Outputs", "Parameters",
    "Resources", "Rules", "Transform",
})  # fmt: skip
ATTRIBUTES = frozenset({
    "Condition", "CreationPolicy", "DeletionPolicy", "DependsOn", "Metadata", "Properties", "Type",
    "UpdatePolicy", "UpdateReplacePolicy",
})  # fmt: skip
MOST = {"Resources": 500, "Parameters": 200, "Outputs": 200, "Mappings": 200}
DELETION_POLICIES = ("Delete", "Retain", "Snapshot", "RetainExceptOnCreate")
LOGICAL_ID = re.compile(r"[A-Za-z0-9]+")


@lru_cache(maxsize=256)
def read(body: str) -> Template:
    """The template in a body; refused with a ValidationError if it is none. Equal bodies share it."""
    parsed = document.parse(body)
    _check_sections(parsed)
    resources = {name: _declared(name, resource) for name, resource in parsed["Resources"].items()}
    transforms = parsed.get("Transform") or ()
    template = Template(
        body=body,
        description=_description(parsed),
        parameters=parsed.get("Parameters") or {},
        mappings=parsed.get("Mappings") or {},
        conditions=parsed.get("Conditions") or {},
        resources=resources,
        outputs=parsed.get("Outputs") or {},
        metadata=parsed.get("Metadata"),
        transforms=(transforms,) if isinstance(transforms, str) else tuple(map(str, transforms)),
    )
    return replace(template, order=references.check(template))


def _check_sections(parsed: Mapping[str, Any]) -> None:
    unknown = sorted(set(parsed) - SECTIONS)
    if unknown:
        raise wrong(f"Invalid template property or properties [{', '.join(unknown)}]")
    if parsed.get("AWSTemplateFormatVersion", "2010-09-09") != "2010-09-09":
        raise malformed("unsupported value for AWSTemplateFormatVersion.")
    if not parsed.get("Resources"):
        raise malformed("At least one Resources member must be defined.")
    if "Rules" in parsed:
        raise unsupported("cloudformation", "the template section Rules")
    for section in ("Resources", "Parameters", "Outputs", "Mappings", "Conditions"):
        members = parsed.get(section) or {}
        if not isinstance(members, dict):
            raise malformed(f"[/{section}] {section} must be a map.")
        if len(members) > MOST.get(section, len(members)):
            raise malformed(
                f"Number of {section.lower()}, {len(members)}, is greater than maximum allowed, {MOST[section]}"
            )
        for name, member in members.items():
            if section in ("Resources", "Parameters", "Outputs") and not isinstance(member, dict):
                raise malformed(f"[/{section}/{name}] Every {section} member must be an object.")
            if not LOGICAL_ID.fullmatch(name):
                raise malformed(f"{section.rstrip('s')} name {name} is non alphanumeric.")


def _description(parsed: Mapping[str, Any]) -> str:
    description = parsed.get("Description", "")
    if not isinstance(description, str):
        raise malformed("Template Description must be a string.")
    if len(description.encode()) > 1024:
        raise malformed("Template description is longer than 1024 bytes.")
    return description


def _declared(name: str, resource: Mapping[str, Any]) -> Declared:
    kind = resource.get("Type")
    if not isinstance(kind, str) or not kind:
        raise malformed(f"[/Resources/{name}] Every Resources object must contain a Type member.")
    unknown = sorted(set(resource) - ATTRIBUTES)
    if unknown:
        raise wrong(f"Invalid template resource property '{unknown[0]}'")
    for attribute in ("CreationPolicy", "UpdatePolicy"):
        if attribute in resource:
            raise unsupported("cloudformation", f"the resource attribute {attribute} of {name}")
    depends = resource.get("DependsOn") or ()
    properties = resource.get("Properties") or {}
    if not isinstance(properties, dict):
        raise malformed(f"[/Resources/{name}/Properties] Properties must be an object.")
    return Declared(
        logical_id=name,
        type=kind,
        properties=properties,
        depends_on=(depends,) if isinstance(depends, str) else tuple(depends),
        condition=resource.get("Condition"),
        deletion_policy=_policy(name, resource, "DeletionPolicy"),
        replace_policy=_policy(name, resource, "UpdateReplacePolicy"),
        metadata=resource.get("Metadata"),
    )


def _policy(name: str, resource: Mapping[str, Any], attribute: str) -> str:
    policy = resource.get(attribute, "Delete")
    if policy not in DELETION_POLICIES:
        raise malformed(f"Unrecognized {attribute} {policy} for resource {name}")
    if policy == "Snapshot":
        raise unsupported("cloudformation", f"{attribute} Snapshot of {name}")
    return str(policy)
