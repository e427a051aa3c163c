"""Whether live resources are as the template says (User Guide, "Detect unmanaged configuration changes")."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from landing.sandbox.services.cloudformation import resources, schema
from landing.sandbox.services.cloudformation.schema import Path, Schema
from landing.sandbox.services.cloudformation.state import Drift, Resource, Stack
from landing.sandbox.world import World

ABSENT = object()
LOOKED_AT = ("CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_FAILED", "DELETE_FAILED", "IMPORT_COMPLETE")
Difference = dict[str, str]


def differences(name: str, expected: Mapping[str, Any], actual: Mapping[str, Any]) -> list[Difference]:
    """Where the live properties differ from those that the template sets; what it does not set is not compared."""
    found = schema.of(name)
    return list(_object(found, found.document, expected, actual, ()))


def _object(
    found: Schema, node: Mapping[str, Any], expected: Mapping[str, Any], actual: Mapping[str, Any], path: Path
) -> Iterator[Difference]:
    for name, value in expected.items():
        here = (*path, name)
        if _is_written_only(found, here):
            continue
        yield from _any(found, found.below(node, name), value, actual.get(name, ABSENT), here)


def _is_written_only(found: Schema, path: Path) -> bool:
    plain = tuple("*" if part.isdigit() else part for part in path)
    return plain in found.write_only


def _any(found: Schema, node: Mapping[str, Any], expected: Any, actual: Any, path: Path) -> Iterator[Difference]:
    if actual is ABSENT or actual is None:
        if expected not in ([], {}, ""):
            yield _difference(path, expected, None, "REMOVE")
    elif _is_free(node, expected):
        if expected != actual:
            yield _difference(path, expected, actual, "NOT_EQUAL")
    elif isinstance(expected, dict) and isinstance(actual, dict):
        yield from _object(found, node, expected, actual, path)
    elif isinstance(expected, list) and isinstance(actual, list):
        yield from _list(found, node, expected, actual, path)
    elif expected != actual:
        yield _difference(path, expected, actual, "NOT_EQUAL")


def _is_free(node: Mapping[str, Any], expected: Any) -> bool:
    """An object without declared members, such as a policy document, is compared as a whole."""
    return isinstance(expected, dict) and not node.get("properties") and not node.get("patternProperties")


def _list(
    found: Schema, node: Mapping[str, Any], expected: list[Any], actual: list[Any], path: Path
) -> Iterator[Difference]:
    items = found.node(node.get("items", {}))
    if not node.get("insertionOrder", True) or path[-1] == found.tags:
        expected, actual = _aligned(found, items, expected, actual, path)
    for at in range(max(len(expected), len(actual))):
        here = (*path, str(at))
        if at >= len(expected):
            yield _difference(here, None, actual[at], "ADD")
        else:
            yield from _any(found, items, expected[at], actual[at] if at < len(actual) else ABSENT, here)


def _aligned(
    found: Schema, items: Mapping[str, Any], expected: list[Any], actual: list[Any], path: Path
) -> tuple[list[Any], list[Any]]:
    """Both lists without regard to order: equal items side by side, then those of one name, then the rest."""
    left, pairs, alone = list(actual), [], []
    for item in expected:
        twin = next((other for other in left if not any(_any(found, items, item, other, (*path, "0")))), ABSENT)
        if twin is ABSENT:
            alone.append(item)
        else:
            left.remove(twin)
            pairs.append((item, twin))
    for item in alone:
        name = _name(item)
        twin = next((other for other in left if name is not None and _name(other) == name), None)
        if twin is None and name is None and left:
            twin = left[0]
        if twin is not None:
            left.remove(twin)
        pairs.append((item, ABSENT if twin is None else twin))
    return [item for item, _ in pairs], [twin for _, twin in pairs] + left


def _name(item: Any) -> Any:
    """What tells list items apart that have a name."""
    if isinstance(item, Mapping):
        return next((item[key] for key in ("Key", "Id", "Name", "PolicyName") if key in item), None)
    return None


def _difference(path: Path, expected: Any, actual: Any, kind: str) -> Difference:
    return {
        "PropertyPath": "/" + "/".join(path),
        "ExpectedValue": _shown(expected),
        "ActualValue": _shown(actual),
        "DifferenceType": kind,
    }


def _shown(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def look(world: World, stack: Stack, only: frozenset[str] | None = None) -> None:
    """Compare the live resources of a stack with its template, and keep what was found."""
    for resource in list(stack.resources.values()):
        if resource.status in LOOKED_AT and resource.physical_id and (only is None or resource.logical_id in only):
            resource.drift = _looked_at(world, stack, resource)
    if only is None:
        stack.drift_checked = world.now
        stack.drift_status = "DRIFTED" if drifted(stack) else "IN_SYNC"


def _looked_at(world: World, stack: Stack, resource: Resource) -> Drift:
    actual = resources.live(world, stack, resource)
    if actual is None:
        return Drift("DELETED", world.now)
    found = differences(resource.type, resource.properties, actual)
    shown = {name: actual[name] for name in resource.properties if name in actual}
    return Drift("MODIFIED" if found else "IN_SYNC", world.now, tuple(found), resource.properties, shown)


def drifted(stack: Stack) -> list[Resource]:
    """The resources that differed when they were last looked at."""
    return [
        resource
        for resource in stack.resources.values()
        if resource.drift is not None and resource.drift.status in ("MODIFIED", "DELETED")
    ]


def shown(stack: Stack, resource: Resource) -> dict[str, Any]:
    """The drift of a resource as the API shows it."""
    drift = resource.drift
    assert drift is not None
    is_there = drift.status != "DELETED"
    return {
        "StackId": stack.id,
        "LogicalResourceId": resource.logical_id,
        "PhysicalResourceId": resource.physical_id,
        "ResourceType": resource.type,
        "ExpectedProperties": json.dumps(drift.expected) if is_there else None,
        "ActualProperties": json.dumps(drift.actual) if is_there else None,
        "PropertyDifferences": list(drift.differences),
        "StackResourceDriftStatus": drift.status,
        "Timestamp": drift.checked,
    }
