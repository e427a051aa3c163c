"""The words of the config's schema: pieces of JSON Schema (draft-07) of which it is put together."""

from __future__ import annotations

from typing import Any

from landing.core.constraints.inputs import allowed
from landing.core.partitions import REGIONS
from landing.core.quotas import TAGS_PER_RESOURCE

Schema = dict[str, Any]

KEY = "^[a-z0-9][a-z0-9_-]{0,62}$"
"""A stable key of the config."""

REGION: Schema = {"type": "string", "enum": sorted(REGIONS)}
TAGS: Schema = {
    "type": "object",
    "maxProperties": TAGS_PER_RESOURCE - 1,  # with the one that says whose it is
    "propertyNames": {
        **allowed("organizations:TagResource Tags.Key"),
        "description": "letters, digits, spaces and `_.:/=+-@`, at most 128",
    },
    "additionalProperties": {
        **allowed("organizations:TagResource Tags.Value"),
        "description": "letters, digits, spaces and `_.:/=+-@`, at most 256",
    },
}


def text(description: str, **rest: object) -> Schema:
    """A text."""
    return {"type": "string", "description": description, **rest}


def sent(description: str, *names: str) -> Schema:
    """A text that is sent as these inputs of AWS (see `landing.core.constraints.inputs`)."""
    return {**allowed(*names), "description": description}


def flag(description: str, *, default: bool = False) -> Schema:
    """True or false."""
    return {"type": "boolean", "default": default, "description": description}


def number(description: str, minimum: int = 1) -> Schema:
    """A whole number."""
    return {"type": "integer", "minimum": minimum, "description": description}


def mapping(description: str, properties: Schema, required: tuple[str, ...] = ()) -> Schema:
    """A mapping of the given keys and no others."""
    return {
        "type": "object",
        "description": description,
        "additionalProperties": False,
        "properties": properties,
        **({"required": list(required)} if required else {}),
    }


def by_key(description: str, item: Schema) -> Schema:
    """Like things, each under a stable key of its own."""
    return {
        "type": "object",
        "description": description,
        "propertyNames": {"pattern": KEY},
        "additionalProperties": item,
    }


def names(description: str) -> Schema:
    """A list of texts, each once."""
    return {"type": "array", "description": description, "uniqueItems": True, "items": {"type": "string"}}


_SELECTION: Schema = {
    "units": names("Unit keys as paths (`workloads/prod`), or `root`; everything below is meant too."),
    "accounts": names("Account keys."),
    "tags": {**TAGS, "description": "Only accounts that carry all of these tags."},
}
TARGET = mapping(
    "What is meant: units and accounts, narrowed by tags, less exclusions.",
    {**_SELECTION, "exclude": mapping("What is left out again.", dict(_SELECTION))},
)
