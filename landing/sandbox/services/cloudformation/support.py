"""Whether the sandbox can carry out a template: types, properties and functions that it does not know fail loudly."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from landing.sandbox.protocol.refusal import Refusal, unsupported
from landing.sandbox.services.cloudformation import schema, types
from landing.sandbox.services.cloudformation.document import wrong
from landing.sandbox.services.cloudformation.intrinsics import CONDITIONS, FUNCTIONS
from landing.sandbox.services.cloudformation.sections import read
from landing.sandbox.services.cloudformation.template import Template


def check(template: Template) -> None:
    """Refuse a template of which something would silently not happen."""
    for problem in _problems(template.body):
        raise problem


@lru_cache(maxsize=256)
def _problems(body: str) -> tuple[Refusal, ...]:
    return tuple(_found(read(body)))


def _found(template: Template) -> Iterator[Refusal]:
    unknown = [resource.type for resource in template.resources.values() if not _is_a_type(resource.type)]
    if unknown:
        names = ", ".join(sorted(set(unknown)))
        yield wrong(f"Template format error: Unrecognized resource types: [{names}]")
    if template.transforms:
        yield unsupported("cloudformation", f"the transform {', '.join(template.transforms)}")
    for resource in template.resources.values():
        kind = types.supported(resource.type)
        if kind is None:
            yield unsupported("cloudformation", f"the resource type {resource.type}")
            continue
        known = schema.of(resource.type).document["properties"]
        for name in resource.properties:
            if name in known and name not in kind.properties:
                yield unsupported("cloudformation", f"the property {name} of {resource.type}")
        yield from _functions(resource.properties)
    yield from _functions(dict(template.outputs))


def _is_a_type(name: str) -> bool:
    return schema.exists(name) or name.startswith("Custom::")


def _functions(value: Any) -> Iterator[Refusal]:
    if isinstance(value, list):
        for item in value:
            yield from _functions(item)
    elif isinstance(value, dict):
        for name, item in value.items():
            if name.startswith("Fn::") and name not in FUNCTIONS and name not in CONDITIONS:
                yield unsupported("cloudformation", f"the intrinsic function {name}")
            yield from _functions(item)
