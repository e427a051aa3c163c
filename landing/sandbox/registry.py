"""The services that are ours, and who hears what happens in the organization."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from landing.sandbox.service import Service
    from landing.sandbox.world import Listener

SERVICES: dict[str, str] = {
    "accessanalyzer": "landing.sandbox.accessanalyzer:AccessAnalyzer",
    "account": "landing.sandbox.account:Account",
    "cloudformation": "landing.sandbox.cloudformation:CloudFormation",
    "cloudtrail": "landing.sandbox.cloudtrail:CloudTrail",
    "config": "landing.sandbox.config:Config",
    "detective": "landing.sandbox.detective:Detective",
    "ec2": "landing.sandbox.ec2:Ec2",
    "events": "landing.sandbox.events:Events",
    "guardduty": "landing.sandbox.guardduty:GuardDuty",
    "iam": "landing.sandbox.iam:Iam",
    "inspector2": "landing.sandbox.inspector:Inspector",
    "kms": "landing.sandbox.kms:Kms",
    "logs": "landing.sandbox.logs:Logs",
    "macie2": "landing.sandbox.macie:Macie",
    "organizations": "landing.sandbox.organizations:Organizations",
    "ram": "landing.sandbox.ram:Ram",
    "resourcegroupstaggingapi": "landing.sandbox.tagging:Tagging",
    "s3": "landing.sandbox.s3:S3",
    "s3control": "landing.sandbox.s3control:S3Control",
    "securityhub": "landing.sandbox.securityhub:SecurityHub",
    "sns": "landing.sandbox.sns:Sns",
    "ssm": "landing.sandbox.ssm:Ssm",
    "sts": "landing.sandbox.sts:Sts",
}
"""botocore's name of a service to the class that answers for it; imported when first called."""

LISTENERS: dict[str, tuple[str, ...]] = {
    "account-joined": (
        "landing.sandbox.guardduty.enrolment:account_joined",
        "landing.sandbox.securityhub.rollout:account_joined",
        "landing.sandbox.macie.administration:account_joined",
        "landing.sandbox.inspector.administration:account_joined",
        "landing.sandbox.detective:account_joined",
        "landing.sandbox.config.organization:account_joined",
        "landing.sandbox.cloudformation.stack_sets.automatic:moved",
    ),
    "account-moved": (
        "landing.sandbox.securityhub.rollout:account_moved",
        "landing.sandbox.cloudformation.stack_sets.automatic:moved",
    ),
    "account-left": (
        "landing.sandbox.guardduty.enrolment:account_left",
        "landing.sandbox.securityhub.rollout:account_left",
        "landing.sandbox.macie.administration:account_left",
        "landing.sandbox.inspector.administration:account_left",
        "landing.sandbox.detective:account_left",
        "landing.sandbox.config.organization:account_left",
        "landing.sandbox.cloudformation.stack_sets.automatic:left",
    ),
    "administrator-deregistered": (
        "landing.sandbox.guardduty.enrolment:administrator_deregistered",
        "landing.sandbox.securityhub.rollout:administrator_deregistered",
        "landing.sandbox.macie.administration:administrator_deregistered",
        "landing.sandbox.inspector.administration:administrator_deregistered",
        "landing.sandbox.detective:administrator_deregistered",
        "landing.sandbox.accessanalyzer.analyzers:administrator_deregistered",
    ),
    "service-distrusted": ("landing.sandbox.accessanalyzer.analyzers:service_distrusted",),
}
"""Name of an event to the functions `(world, event)` that hear it, in this order.

account-joined (method, parent), account-moved (source, destination), account-closed (parent), account-left
(parent, how); service-trusted and service-distrusted (principal; the account is the management account);
administrator-registered and administrator-deregistered (principal).
"""


@cache
def service(name: str) -> Service[Any] | None:
    """The service that answers for botocore's `name`, or None if that is moto's business."""
    path = SERVICES.get(name)
    if path is None:
        return None
    made: Service[Any] = _found(path)()
    return made


_SET_ASIDE: set[tuple[str, str]] = set()


@contextmanager
def without(name: str, operation: str) -> Iterator[None]:
    """Leave one operation of an extended service to moto, to see whether ours is still needed."""
    _SET_ASIDE.add((name, operation))
    try:
        yield
    finally:
        _SET_ASIDE.discard((name, operation))


def is_set_aside(name: str, operation: str) -> bool:
    """Whether `without` is in force for the operation."""
    return (name, operation) in _SET_ASIDE


def listeners(event: str) -> tuple[Listener, ...]:
    """Who hears an event."""
    return tuple(_found(path) for path in LISTENERS.get(event, ()))


def _found(path: str) -> Any:
    module, _, name = path.partition(":")
    return getattr(importlib.import_module(module), name)
