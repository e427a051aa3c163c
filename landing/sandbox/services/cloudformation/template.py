"""A template as CloudFormation understands it, and the resources that it declares (Template reference)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Declared:
    """A resource as the template declares it."""

    logical_id: str
    type: str
    properties: Mapping[str, Any]
    depends_on: tuple[str, ...]
    condition: str | None
    deletion_policy: str
    replace_policy: str
    metadata: Any


@dataclass(frozen=True, slots=True)
class Template:
    """A template that is well-formed; `order` is that in which its resources are made."""

    body: str
    description: str
    parameters: Mapping[str, Mapping[str, Any]]
    mappings: Mapping[str, Any]
    conditions: Mapping[str, Any]
    resources: Mapping[str, Declared]
    outputs: Mapping[str, Mapping[str, Any]]
    metadata: Any
    transforms: tuple[str, ...]
    order: tuple[str, ...] = ()
