"""The settings of a service: one frozen dataclass, of which the config's schema, defaults and checks are made.

Fields are bool, int, float, str, `tuple[T, ...]`, `Mapping[str, T]`, another such dataclass, `T | None`, `Target`, or
`Any` with a schema of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, Field, field, fields, is_dataclass
from types import UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from landing.core.vocabulary import KEY, TARGET, Schema
from landing.organization import Target
from landing.organization.targets import target_of

S = TypeVar("S")
REQUIRED: Any = MISSING
"""The default of a setting that the config must give."""

_WORDS = {bool: "boolean", int: "integer", float: "number", str: "string"}
_SHAPE = frozenset({"$ref", "enum", "oneOf", "type"})
"""What says by itself which values there are, so that nothing is added from the type of the field."""


def setting(default: Any, description: str, **schema: Any) -> Any:
    """A field: its default, what it is for, and more of its JSON Schema (draft-07), as `minimum=1` or `enum=[…]`."""
    metadata = {"description": description, "schema": schema}
    if isinstance(default, dict):
        return field(default_factory=dict, metadata=metadata)
    return field(default=default, metadata=metadata)


def schema_of(settings: type) -> Schema:
    """The JSON Schema of a dataclass of settings; its description is the first line of the docstring."""
    hints = get_type_hints(settings)
    required = [each.name for each in fields(settings) if _default(each) is MISSING]
    return {
        "type": "object",
        "description": (settings.__doc__ or "").partition("\n")[0],
        "additionalProperties": False,
        "properties": {each.name: _field(each, hints[each.name]) for each in fields(settings)},
        **({"required": required} if required else {}),
    }


def settings_from(settings: type[S], value: Mapping[str, Any]) -> S:
    """The settings that a mapping gives, which fits the schema; what it leaves out has its default."""
    hints = get_type_hints(settings)
    given = {
        each.name: _read(hints[each.name], value[each.name])
        for each in fields(settings)  # type: ignore[arg-type]  # every S is a dataclass
        if each.name in value
    }
    return settings(**given)


def without_defaults(settings: type, value: Mapping[str, Any]) -> dict[str, Any]:
    """Of a mapping of settings, what says otherwise than the defaults."""
    hints, listed = get_type_hints(settings), {each.name: each for each in fields(settings)}
    return {name: given for name, given in value.items() if _read(hints[name], given) != _default(listed[name])}


def _default(each: Field[Any]) -> Any:
    return {} if each.default_factory is dict else each.default


def _field(each: Field[Any], hint: Any) -> Schema:
    own, default = each.metadata["schema"], _default(each)
    plain = default in (MISSING, None, "") or "$ref" in own or is_dataclass(default)
    shown = {} if plain else {"default": _plain(default)}
    described = {"description": each.metadata["description"]} if each.metadata["description"] else {}
    return {**({} if _SHAPE & own.keys() else _typed(hint)), **own, **shown, **described}


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _typed(hint: Any) -> Schema:
    """What a type of Python says in JSON Schema."""
    if hint in _WORDS:
        return {"type": _WORDS[hint]}
    if hint is Target:
        return TARGET
    if is_dataclass(hint) and isinstance(hint, type):
        return schema_of(hint)
    if get_origin(hint) in (Union, UnionType):
        (only,) = (part for part in get_args(hint) if part is not type(None))
        return _typed(only)
    if get_origin(hint) is tuple:
        return {"type": "array", "uniqueItems": True, "items": _typed(get_args(hint)[0])}
    if get_origin(hint) is Mapping:
        item = _typed(get_args(hint)[1])
        return {"type": "object", "propertyNames": {"pattern": KEY}, "additionalProperties": item or True}
    return {}


def _read(hint: Any, value: Any) -> Any:
    """A value of the config as its type says."""
    if value is None:
        return None
    if hint is Target:
        return target_of(value)
    if is_dataclass(hint) and isinstance(hint, type):
        return settings_from(hint, value)
    if get_origin(hint) in (Union, UnionType):
        (only,) = (part for part in get_args(hint) if part is not type(None))
        return _read(only, value)
    if get_origin(hint) is tuple:
        return tuple(_read(get_args(hint)[0], item) for item in value)
    if get_origin(hint) is Mapping:
        return {key: _read(get_args(hint)[1], item) for key, item in value.items()}
    return _copied(value)


def _copied(value: Any) -> Any:
    """The value in plain dicts and lists, without the places that those of a document know."""
    if isinstance(value, Mapping):
        return {key: _copied(item) for key, item in value.items()}
    return [_copied(item) for item in value] if isinstance(value, list) else value
