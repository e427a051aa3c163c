"""What AWS publishes about a resource type: its properties, which of them replace, read or only write.

The schemas are those of the CloudFormation registry, as cfn-lint ships them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from importlib import resources
from typing import Any

REGION = "us-east-1"
"""Whose list of types is taken: the Region that has nearly all of them."""

Path = tuple[str, ...]


@cache
def _index() -> dict[str, str]:
    file = resources.files("cfnlint") / "data" / "schemas" / "providers" / f"{REGION}.json"
    found: dict[str, str] = json.loads(file.read_text("utf-8"))
    return found


def exists(name: str) -> bool:
    """Whether AWS has such a resource type."""
    return name in _index()


@cache
def of(name: str) -> Schema:
    """The schema of a type; KeyError if AWS has no such type."""
    file = resources.files("cfnlint") / "data" / "schemas" / "resources" / f"{_index()[name]}.json"
    return Schema(name, json.loads(file.read_text("utf-8")))


class Invalid(Exception):
    """What is wrong with the properties of a resource, each with its place."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True)
class Schema:
    """The schema of one resource type."""

    name: str
    document: Mapping[str, Any]

    def _paths(self, key: str) -> frozenset[Path]:
        return frozenset(tuple(path.split("/")[2:]) for path in self.document.get(key, ()))

    @cached_property
    def create_only(self) -> frozenset[Path]:
        """Paths of properties whose change replaces the resource."""
        return self._paths("createOnlyProperties")

    @cached_property
    def write_only(self) -> frozenset[Path]:
        """Paths of properties that cannot be read back."""
        return self._paths("writeOnlyProperties")

    @cached_property
    def identifiers(self) -> frozenset[str]:
        """Top-level properties that together are the identifier."""
        return frozenset(path[0] for path in self._paths("primaryIdentifier"))

    @cached_property
    def attributes(self) -> frozenset[str]:
        """What Fn::GetAtt may ask for."""
        paths = self._paths("readOnlyProperties")
        return frozenset(".".join(path) for path in paths)

    @cached_property
    def properties(self) -> frozenset[str]:
        """The top-level properties that a template may set."""
        return frozenset(self.document["properties"]) - self.attributes

    @cached_property
    def tags(self) -> str | None:
        """The top-level property that holds the tags, if the type has them."""
        found = self.document.get("tagging", {})
        if not found.get("taggable", True):
            return None
        name = found.get("tagProperty", "/properties/Tags").rpartition("/")[2]
        return name if name in self.document["properties"] else None

    @cached_property
    def tags_are_a_map(self) -> bool:
        """Whether tags are an object, not a list of Key and Value."""
        return self.tags is not None and self.node(self.document["properties"][self.tags]).get("type") == "object"

    def node(self, node: Mapping[str, Any]) -> Mapping[str, Any]:
        """A part of the schema, where its reference leads."""
        while "$ref" in node:
            found: Any = self.document
            for part in node["$ref"].lstrip("#/").split("/"):
                found = found[part]
            node = found
        return node

    def below(self, node: Mapping[str, Any], name: str) -> Mapping[str, Any]:
        """The part of the schema for a member of an object."""
        properties = node.get("properties", {})
        if name in properties:
            return self.node(properties[name])
        patterns = list(node.get("patternProperties", {}).values())
        return self.node(patterns[0]) if patterns else {}

    def coerced(self, properties: Mapping[str, Any]) -> dict[str, Any]:
        """The properties with numbers, booleans and texts as the schema wants them; raises `Invalid`."""
        problems: list[str] = []
        result: dict[str, Any] = _coerced(self, self.document, dict(properties), "#", problems)
        if problems:
            raise Invalid(problems)
        return result


def _types(node: Mapping[str, Any]) -> tuple[str, ...]:
    kind = node.get("type", ())
    return (kind,) if isinstance(kind, str) else tuple(kind)


def _coerced(schema: Schema, node: Mapping[str, Any], value: Any, place: str, problems: list[str]) -> Any:
    node = schema.node(node)
    types = _types(node)
    if isinstance(value, dict) and (not types or "object" in types):
        return _object(schema, node, value, place, problems)
    if isinstance(value, list) and (not types or "array" in types):
        items = node.get("items", {})
        return [_coerced(schema, items, item, f"{place}/{at}", problems) for at, item in enumerate(value)]
    scalar = _scalar(types, value)
    if scalar is None:
        problems.append(f"{place}: expected type: {_wanted(types)}, found: {_found(value)}")
        return value
    problems += (f"{place}: {problem}" for problem in _broken(node, scalar))
    return scalar


def _object(
    schema: Schema, node: Mapping[str, Any], value: Mapping[str, Any], place: str, problems: list[str]
) -> dict[str, Any]:
    known = node.get("properties", {})
    if known and node.get("additionalProperties") is False and not node.get("patternProperties"):
        problems += (f"{place}: extraneous key [{name}] is not permitted" for name in value if name not in known)
    problems += (f"{place}: required key [{name}] not found" for name in node.get("required", ()) if name not in value)
    return {
        name: _coerced(schema, schema.below(node, name), item, f"{place}/{name}", problems)
        for name, item in value.items()
    }


def _scalar(types: tuple[str, ...], value: Any) -> Any:
    """The value in one of the types; None if it fits none of them."""
    if not types or _found(value) in {kind.capitalize() for kind in types}:
        return value
    if "number" in types and isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, bool):
        return str(value).lower() if "string" in types else None
    if isinstance(value, int | float):
        return str(value) if "string" in types else None
    return _from_text(types, value) if isinstance(value, str) else None


def _from_text(types: tuple[str, ...], text: str) -> Any:
    if "boolean" in types and text.lower() in ("true", "false"):
        return text.lower() == "true"
    try:
        if "integer" in types:
            return int(text)
        if "number" in types:
            return float(text)
    except ValueError:
        return None
    return None


def _found(value: Any) -> str:
    names = {bool: "Boolean", int: "Integer", float: "Number", str: "String", list: "Array", dict: "Object"}
    return names.get(type(value), type(value).__name__)


def _wanted(types: tuple[str, ...]) -> str:
    return " or ".join({"object": "JSONObject", "array": "JSONArray"}.get(kind, kind.capitalize()) for kind in types)


def _broken(node: Mapping[str, Any], value: Any) -> Iterator[str]:
    """The constraints that a scalar breaks; patterns are left to the services, whose errors say more."""
    if "enum" in node and value not in node["enum"]:
        yield f"#: {value} is not a valid enum value"
    if isinstance(value, str):
        if len(value) < node.get("minLength", 0):
            yield f"expected minLength: {node['minLength']}, actual: {len(value)}"
        if len(value) > node.get("maxLength", len(value)):
            yield f"expected maxLength: {node['maxLength']}, actual: {len(value)}"
    elif isinstance(value, int | float) and not isinstance(value, bool):
        if value < node.get("minimum", value):
            yield f"{value} is not greater or equal to {node['minimum']}"
        if value > node.get("maximum", value):
            yield f"{value} is not less or equal to {node['maximum']}"
