"""What a change set would do: resource by resource, property by property."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from landing.sandbox.services.call import Call
from landing.sandbox.services.cloudformation import drift, references, removal, resources, schema
from landing.sandbox.services.cloudformation.lookup import outline, symbolic
from landing.sandbox.services.cloudformation.state import ChangeSet, Resource, Stack
from landing.sandbox.services.cloudformation.template import Declared
from landing.sandbox.world import World

Change = dict[str, Any]
RECREATION = {False: "Never", True: "Always"}


def changes(world: World, stack: Stack, change_set: ChangeSet) -> list[Change]:
    """The changes, in the order of the template; what goes comes last."""
    after = symbolic(world, stack, change_set.wanted)
    template = change_set.wanted.template
    active = {
        name: declared
        for name, declared in template.resources.items()
        if declared.condition is None or after.condition(declared.condition)
    }
    there = {} if change_set.kind != "UPDATE" else {n: r for n, r in stack.resources.items() if _is_there(r)}
    found: list[Change] = []
    replaced: set[str] = set()
    for name in (name for name in template.order if name in active):
        if name not in there:
            taken = change_set.imports.get(name)
            change = _change("Import" if taken else "Add", active[name])
            found.append({**change, "PhysicalResourceId": taken} if taken else change)
            continue
        modified = _modified(world, stack, change_set, active[name], replaced=replaced)
        if modified is not None:
            found.append(modified)
            if modified.get("Replacement") == "True":
                replaced.add(name)
    return found + [_removed(resource) for name, resource in there.items() if name not in active]


def added(world: World, stack: Stack, change_set: ChangeSet) -> list[Declared]:
    """What the template has, and the stack has not yet."""
    after = symbolic(world, stack, change_set.wanted)
    there = () if change_set.kind != "UPDATE" else [n for n, r in stack.resources.items() if _is_there(r)]
    return [
        declared
        for name, declared in change_set.wanted.template.resources.items()
        if name not in there and (declared.condition is None or after.condition(declared.condition))
    ]


def _is_there(resource: Resource) -> bool:
    return resource.status not in (resources.GONE, "DELETE_SKIPPED")


def _change(action: str, declared: Declared, resource: Resource | None = None, **more: Any) -> Change:
    return {
        "Action": action,
        "LogicalResourceId": declared.logical_id,
        "PhysicalResourceId": resource.physical_id if resource else None,
        "ResourceType": declared.type,
        "Scope": [],
        "Details": [],
        **more,
    }


def _removed(resource: Resource) -> Change:
    kept = resource.deletion_policy in removal.KEPT
    return {
        "Action": "Remove",
        "PolicyAction": "Retain" if kept else "Delete",
        "LogicalResourceId": resource.logical_id,
        "PhysicalResourceId": resource.physical_id,
        "ResourceType": resource.type,
        "Scope": [],
        "Details": [],
    }


def _modified(
    world: World, stack: Stack, change_set: ChangeSet, declared: Declared, *, replaced: set[str]
) -> Change | None:
    """A resource that stays: None if nothing happens to it."""
    resource = stack.resources[declared.logical_id]
    extra: Change = {}
    details: list[Change] = []
    if change_set.reverts_drift:
        live = resources.live(world, stack, resource)
        extra["ResourceDriftStatus"] = "DELETED" if live is None else "IN_SYNC"
        if live is None:
            return _change("Add", declared, resource, **extra)
        found = drift.differences(resource.type, resource.properties, live)
        extra["ResourceDriftStatus"] = "MODIFIED" if found else "IN_SYNC"
        details += (_drift_detail(world, resource, one) for one in found)
    details += _details(world, stack, change_set, declared, replaced)
    scope = list(dict.fromkeys(detail["Target"]["Attribute"] for detail in details))
    if not details:
        return None
    recreation = {detail["Target"].get("RequiresRecreation", "Never") for detail in details}
    replacement = "True" if "Always" in recreation else "Conditional" if "Conditionally" in recreation else "False"
    return _change("Modify", declared, resource, Scope=scope, Details=details, Replacement=replacement, **extra)


def _drift_detail(world: World, resource: Resource, found: drift.Difference) -> Change:
    path = found["PropertyPath"]
    kinds = {"ADD": "Remove", "REMOVE": "Add", "NOT_EQUAL": "Modify"}
    return {
        "Target": {
            "Attribute": "Properties",
            "Name": path.split("/")[1],
            "Path": f"/Properties{path}",
            "RequiresRecreation": RECREATION[tuple(path.split("/")[1:]) in schema.of(resource.type).create_only],
            "BeforeValue": found["ActualValue"],
            "AfterValue": found["ExpectedValue"],
            "BeforeValueFrom": "ACTUAL_STATE",
            "AfterValueFrom": "TEMPLATE",
            "AttributeChangeType": kinds[found["DifferenceType"]],
            "Drift": {
                "PreviousValue": found["ExpectedValue"],
                "ActualValue": found["ActualValue"],
                "DriftDetectionTimestamp": world.now,
            },
        },
        "Evaluation": "Static",
        "ChangeSource": "NoModification",
    }


def _details(
    world: World, stack: Stack, change_set: ChangeSet, declared: Declared, replaced: set[str]
) -> Iterator[Change]:
    """Property by property; one that refers to something replaced is known only when it is executed."""
    before = symbolic(world, stack, stack.wanted)
    after = symbolic(world, stack, change_set.wanted)
    old = stack.wanted.template.resources.get(declared.logical_id)
    old_properties: Mapping[str, Any] = outline(before, old.properties) if old else {}
    new_properties: Mapping[str, Any] = outline(after, declared.properties)
    found = schema.of(declared.type)
    for name in sorted({*old_properties, *new_properties}):
        target = {"Attribute": "Tags" if name == found.tags else "Properties"}
        needs = set(references.names(declared.properties.get(name)))
        is_create_only = any(path[0] == name for path in found.create_only)
        if target["Attribute"] == "Properties":
            target |= {"Name": name, "RequiresRecreation": RECREATION[is_create_only]}
        if old_properties.get(name) != new_properties.get(name):
            by = sorted(needs & set(change_set.wanted.parameters))
            source = {"ChangeSource": "ParameterReference", "CausingEntity": by[0]} if by else {}
            yield {"Target": target, "Evaluation": "Static", "ChangeSource": "DirectModification", **source}
        elif causes := sorted(needs & replaced):
            if is_create_only:
                target["RequiresRecreation"] = "Conditionally"
            source = {"ChangeSource": "ResourceReference", "CausingEntity": causes[0]}
            yield {"Target": target, "Evaluation": "Dynamic", **source}
    if change_set.wanted.tags != stack.wanted.tags and found.tags is not None:
        yield {"Target": {"Attribute": "Tags"}, "Evaluation": "Static", "ChangeSource": "DirectModification"}


def shown(call: Call, change: Change) -> dict[str, Any]:
    """A change as the API shows it; values of drift only where they were asked for."""
    if call.get("IncludePropertyValues"):
        return {"Type": "Resource", "ResourceChange": change}
    hidden = ("BeforeValue", "AfterValue")
    details = [
        {**detail, "Target": {name: value for name, value in detail["Target"].items() if name not in hidden}}
        for detail in change["Details"]
    ]
    return {"Type": "Resource", "ResourceChange": {**change, "Details": details}}
