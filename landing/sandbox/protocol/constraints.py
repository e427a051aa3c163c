"""Checks of a request against the constraints that botocore's model states (length, range, pattern, enum)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from landing.core.constraints.patterns import compiled


@dataclass(frozen=True, slots=True)
class Problem:
    """The first thing wrong with a request."""

    kind: str
    """required, enum, pattern, min_length, max_length, min_value or max_value."""
    path: str
    value: object
    bound: object

    def __str__(self) -> str:
        wanted = {
            "required": "Member must not be null",
            "enum": f"Member must satisfy enum value set: {self.bound}",
            "pattern": f"Member must satisfy regular expression pattern: {self.bound}",
            "min_length": f"Member must have length greater than or equal to {self.bound}",
            "max_length": f"Member must have length less than or equal to {self.bound}",
            "min_value": f"Member must have value greater than or equal to {self.bound}",
            "max_value": f"Member must have value less than or equal to {self.bound}",
        }[self.kind]
        return (
            f"1 validation error detected: Value '{self.value}' at '{self.path}' failed to satisfy constraint: {wanted}"
        )


def first_problem(shape: Any, value: Any) -> Problem | None:
    """The first constraint of the model that the request breaks."""
    return None if shape is None else next(_problems(shape, value, ""), None)


def _problems(shape: Any, value: Any, path: str) -> Iterator[Problem]:
    kind = shape.type_name
    if kind == "structure":
        yield from _structure_problems(shape, value, path)
    elif kind == "list":
        yield from _size_problems(shape, len(value), value, path, "length")
        for number, item in enumerate(value, 1):
            yield from _problems(shape.member, item, f"{path}.{number}.member")
    elif kind == "map":
        yield from _size_problems(shape, len(value), value, path, "length")
        for key, item in value.items():
            yield from _problems(shape.key, key, path)
            yield from _problems(shape.value, item, f"{path}.{key}.member")
    elif kind == "string":
        yield from _string_problems(shape, value, path)
    elif kind in ("integer", "long", "float", "double"):
        yield from _size_problems(shape, value, value, path, "value")


def _structure_problems(shape: Any, value: Any, path: str) -> Iterator[Problem]:
    if not isinstance(value, dict):
        return
    for name in shape.required_members:
        if value.get(name) is None:
            yield Problem("required", _below(path, name), None, None)
    for name, item in value.items():
        if item is not None and name in shape.members:
            yield from _problems(shape.members[name], item, _below(path, name))


def _below(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name[0].lower() + name[1:]


def _string_problems(shape: Any, value: Any, path: str) -> Iterator[Problem]:
    metadata = shape.metadata
    if enum := metadata.get("enum"):
        if value not in enum:
            yield Problem("enum", path, value, "[" + ", ".join(enum) + "]")
        return
    yield from _size_problems(shape, len(value), value, path, "length")
    pattern = metadata.get("pattern")
    wanted = compiled(pattern) if pattern else None
    if wanted is not None and not wanted.fullmatch(value):
        yield Problem("pattern", path, value, pattern)


def _size_problems(shape: Any, size: float, value: object, path: str, what: str) -> Iterator[Problem]:
    least, most = shape.metadata.get("min"), shape.metadata.get("max")
    if least is not None and size < least:
        yield Problem(f"min_{what}", path, value, least)
    if most is not None and size > most:
        yield Problem(f"max_{what}", path, value, most)
