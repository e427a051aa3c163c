"""The resource types that the sandbox supports, by name."""

from __future__ import annotations

import importlib
from functools import cache

from landing.sandbox.services.cloudformation.types.base import ResourceType

MODULES: dict[str, tuple[str, ...]] = {
    "AWS::CloudTrail": ("cloudtrail",),
    "AWS::CloudWatch": ("cloudwatch",),
    "AWS::Config": ("config",),
    "AWS::EC2": ("ec2",),
    "AWS::Events": ("events",),
    "AWS::GuardDuty": ("guardduty",),
    "AWS::IAM": ("iam",),
    "AWS::KMS": ("kms",),
    "AWS::Logs": ("logs",),
    "AWS::S3": ("s3",),
    "AWS::SNS": ("sns",),
    "AWS::SSM": ("ssm",),
    "AWS::SecurityHub": ("securityhub",),
}
"""Namespace of a type to the modules of its classes; imported when first used."""


@cache
def supported(name: str) -> ResourceType | None:
    """The type with a name, or None if the sandbox has no such type."""
    return _of(name.rpartition("::")[0]).get(name)


def every() -> tuple[ResourceType, ...]:
    """All types, in the order of their names."""
    found = {name: kind for namespace in MODULES for name, kind in _of(namespace).items()}
    return tuple(found[name] for name in sorted(found))


@cache
def _of(namespace: str) -> dict[str, ResourceType]:
    """The types of a namespace by name."""
    members = (
        member
        for module in MODULES.get(namespace, ())
        for member in vars(importlib.import_module(f"{__name__}.{module}")).values()
    )
    return {
        member.name: member()
        for member in members
        if isinstance(member, type) and issubclass(member, ResourceType) and hasattr(member, "name")
    }
