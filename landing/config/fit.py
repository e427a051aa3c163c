"""Whether a value fits a JSON Schema (draft-07), and nothing more: what is wrong with it, `jsonschema` says.

A config is read at every run, and fits nearly always: walking the schema beside the value costs milliseconds.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache, reduce
from types import UnionType
from typing import Any

Whole = Mapping[str, Any]
"""The schema that references are resolved in."""
ANNOTATIONS = frozenset({"$schema", "default", "definitions", "description", "else", "then", "title"})
"""Keywords that judge nothing by themselves."""


def fits(value: object, schema: Mapping[str, Any] | bool, whole: Whole) -> bool:
    """Whether a value of JSON fits a schema, which is a part of `whole`.

    Raises KeyError for a keyword that is not among `ASSERTIONS` and `ANNOTATIONS`.
    """
    if isinstance(schema, bool):
        return schema
    if "$ref" in schema:  # of draft-07: what stands beside it does not count
        return fits(value, _referred(schema["$ref"], whole), whole)
    return all(keyword in ANNOTATIONS or ASSERTIONS[keyword](value, schema, whole) for keyword in schema)


def to_the_end(pattern: str) -> str:
    """A pattern in which `$` is the end of a text, and not before a line break that ends it."""
    return re.sub(r"(?<!\\)\$", r"\\Z", pattern)


def _referred(reference: str, whole: Whole) -> Any:
    return reduce(lambda part, step: part[step], reference.removeprefix("#/").split("/"), whole)


def _of_type(value: object, name: str) -> bool:
    if isinstance(value, bool):
        return name == "boolean"
    if name == "integer" and isinstance(value, float):
        return value.is_integer()
    return isinstance(value, _TYPES[name])


_TYPES: Mapping[str, type | UnionType] = {
    "array": list,
    "boolean": bool,
    "integer": int,
    "null": type(None),
    "number": int | float,
    "object": dict,
    "string": str,
}


def _same(one: object, other: object) -> bool:
    """Whether two values are one in JSON, where `true` is not 1."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_same, one, other))
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_same(value, other[key]) for key, value in one.items())
    return one == other


def _unique(values: Sequence[object]) -> bool:
    if all(isinstance(value, str) for value in values):
        return len({*values}) == len(values)
    return not any(_same(value, other) for number, value in enumerate(values) for other in values[:number])


@cache
def _regex(pattern: str) -> re.Pattern[str]:
    return re.compile(to_the_end(pattern))


Assertion = Callable[[Any, Mapping[str, Any], Whole], bool]


def _where(type_name: str, holds: Assertion) -> Assertion:
    """An assertion about values of one type: all others fit."""
    return lambda value, schema, whole: not _of_type(value, type_name) or holds(value, schema, whole)


def _additional(value: Mapping[str, Any], schema: Mapping[str, Any], whole: Whole) -> bool:
    known = schema.get("properties", {})
    return all(fits(part, schema["additionalProperties"], whole) for key, part in value.items() if key not in known)


def _properties(value: Mapping[str, Any], schema: Mapping[str, Any], whole: Whole) -> bool:
    known = schema["properties"]
    return all(fits(part, known[key], whole) for key, part in value.items() if key in known)


def _types(value: object, schema: Mapping[str, Any], _: Whole) -> bool:
    wanted = schema["type"]
    return _of_type(value, wanted) if isinstance(wanted, str) else any(_of_type(value, name) for name in wanted)


def _branch(value: object, schema: Mapping[str, Any], whole: Whole) -> bool:
    return fits(value, schema.get("then" if fits(value, schema["if"], whole) else "else", True), whole)


ASSERTIONS: Mapping[str, Assertion] = {
    "additionalProperties": _where("object", _additional),
    "allOf": lambda value, schema, whole: all(fits(value, part, whole) for part in schema["allOf"]),
    "anyOf": lambda value, schema, whole: any(fits(value, part, whole) for part in schema["anyOf"]),
    "const": lambda value, schema, _: _same(value, schema["const"]),
    "enum": lambda value, schema, _: any(_same(value, each) for each in schema["enum"]),
    "if": _branch,
    "items": _where("array", lambda value, schema, whole: all(fits(each, schema["items"], whole) for each in value)),
    "maxItems": _where("array", lambda value, schema, _: len(value) <= schema["maxItems"]),
    "maxLength": _where("string", lambda value, schema, _: len(value) <= schema["maxLength"]),
    "maxProperties": _where("object", lambda value, schema, _: len(value) <= schema["maxProperties"]),
    "maximum": _where("number", lambda value, schema, _: value <= schema["maximum"]),
    "minItems": _where("array", lambda value, schema, _: len(value) >= schema["minItems"]),
    "minLength": _where("string", lambda value, schema, _: len(value) >= schema["minLength"]),
    "minProperties": _where("object", lambda value, schema, _: len(value) >= schema["minProperties"]),
    "minimum": _where("number", lambda value, schema, _: value >= schema["minimum"]),
    "not": lambda value, schema, whole: not fits(value, schema["not"], whole),
    "oneOf": lambda value, schema, whole: sum(fits(value, part, whole) for part in schema["oneOf"]) == 1,
    "pattern": _where("string", lambda value, schema, _: _regex(schema["pattern"]).search(value) is not None),
    "properties": _where("object", _properties),
    "propertyNames": _where(
        "object", lambda value, schema, whole: all(fits(key, schema["propertyNames"], whole) for key in value)
    ),
    "required": _where("object", lambda value, schema, _: all(key in value for key in schema["required"])),
    "type": _types,
    "uniqueItems": _where("array", lambda value, schema, _: not schema["uniqueItems"] or _unique(value)),
}
"""Each keyword that the schemas here have: whether a value fits what it says."""
