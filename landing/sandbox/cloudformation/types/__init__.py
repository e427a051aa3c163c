"""The resource types that the sandbox supports, by name."""

from __future__ import annotations

import importlib
from functools import cache

from landing.sandbox.cloudformation.types.base import ResourceType

MODULES: dict[str, str] = {
    "AWS::IAM": "iam",
    "AWS::S3": "s3",
    "AWS::SSM": "ssm",
}
"""Namespace of a type to the module of its class; imported when first used."""


@cache
def supported(name: str) -> ResourceType | None:
    """The type with a name, or None if the sandbox has no such type."""
    module = MODULES.get(name.rpartition("::")[0])
    if module is None:
        return None
    classes = vars(importlib.import_module(f"{__name__}.{module}")).values()
    for found in classes:
        if isinstance(found, type) and issubclass(found, ResourceType) and getattr(found, "name", None) == name:
            return found()
    return None


def every() -> tuple[ResourceType, ...]:
    """All types, in the order of their names."""
    found: dict[str, ResourceType] = {}
    for module in dict.fromkeys(MODULES.values()):
        for member in vars(importlib.import_module(f"{__name__}.{module}")).values():
            name = getattr(member, "name", None)
            if isinstance(member, type) and issubclass(member, ResourceType) and name:
                found[name] = member()
    return tuple(found[name] for name in sorted(found))
