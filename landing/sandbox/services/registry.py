"""The services that are ours, and who hears what happens in the organization."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from landing.sandbox.services.service import Service
    from landing.sandbox.world import Listener

SERVICES: dict[str, str] = {
    "accessanalyzer": "landing.sandbox.services.accessanalyzer:AccessAnalyzer",
    "account": "landing.sandbox.services.account:Account",
    "chatbot": "landing.sandbox.services.chatbot:Chatbot",
    "backup": "landing.sandbox.services.backup:Backup",
    "budgets": "landing.sandbox.services.budgets:Budgets",
    "ce": "landing.sandbox.services.ce:Ce",
    "cloudformation": "landing.sandbox.services.cloudformation:CloudFormation",
    "cloudtrail": "landing.sandbox.services.cloudtrail:CloudTrail",
    "cloudwatch": "landing.sandbox.services.cloudwatch:CloudWatch",
    "codebuild": "landing.sandbox.services.codebuild:CodeBuild",
    "codepipeline": "landing.sandbox.services.codepipeline:CodePipeline",
    "config": "landing.sandbox.services.config:Config",
    "controlcatalog": "landing.sandbox.services.controlcatalog:ControlCatalog",
    "controltower": "landing.sandbox.services.controltower:ControlTower",
    "detective": "landing.sandbox.services.detective:Detective",
    "ec2": "landing.sandbox.services.ec2:Ec2",
    "ecr": "landing.sandbox.services.ecr:Ecr",
    "events": "landing.sandbox.services.events:Events",
    "fms": "landing.sandbox.services.fms:Fms",
    "guardduty": "landing.sandbox.services.guardduty:GuardDuty",
    "health": "landing.sandbox.services.health:Health",
    "iam": "landing.sandbox.services.iam:Iam",
    "identitystore": "landing.sandbox.services.identitystore:IdentityStore",
    "inspector2": "landing.sandbox.services.inspector:Inspector",
    "kms": "landing.sandbox.services.kms:Kms",
    "logs": "landing.sandbox.services.logs:Logs",
    "macie2": "landing.sandbox.services.macie:Macie",
    "organizations": "landing.sandbox.services.organizations:Organizations",
    "ram": "landing.sandbox.services.ram:Ram",
    "resource-explorer-2": "landing.sandbox.services.resource_explorer:ResourceExplorer",
    "resourcegroupstaggingapi": "landing.sandbox.services.tagging:Tagging",
    "route53resolver": "landing.sandbox.services.route53resolver:Route53Resolver",
    "s3": "landing.sandbox.services.s3:S3",
    "s3control": "landing.sandbox.services.s3control:S3Control",
    "security-ir": "landing.sandbox.services.security_ir:SecurityIncidentResponse",
    "securityhub": "landing.sandbox.services.securityhub:SecurityHub",
    "securitylake": "landing.sandbox.services.securitylake:SecurityLake",
    "service-quotas": "landing.sandbox.services.service_quotas:ServiceQuotas",
    "shield": "landing.sandbox.services.shield:Shield",
    "sns": "landing.sandbox.services.sns:Sns",
    "sso-admin": "landing.sandbox.services.ssoadmin:SsoAdmin",
    "ssm": "landing.sandbox.services.ssm:Ssm",
    "sts": "landing.sandbox.services.sts:Sts",
}
"""botocore's name of a service to the class that answers for it; imported when first called."""

SECURITY = ("guardduty", "securityhub", "macie2", "inspector2", "detective")
LISTENERS: dict[str, tuple[str, ...]] = {
    "account-joined": (*SECURITY, "config", "cloudformation", "securitylake"),
    "account-moved": ("securityhub", "cloudformation", "controltower"),
    "account-left": (*SECURITY, "config", "cloudformation", "securitylake"),
    "administrator-deregistered": (*SECURITY, "accessanalyzer", "resource-explorer-2", "security-ir", "securitylake"),
    "policies-changed": ("securityhub",),
    "service-distrusted": ("accessanalyzer", "controltower", "resource-explorer-2", "security-ir"),
}
"""Name of an event to the services that hear it, in this order, by a function `(world, event)` of that name.

account-joined (method, parent), account-moved (source, destination), account-closed (parent), account-left
(parent, how); service-trusted and service-distrusted (principal; the account is the management account);
administrator-registered and administrator-deregistered (principal); policies-changed (type; the account is the
management account).
"""


@cache
def service(name: str) -> Service[Any] | None:
    """The service that answers for botocore's `name`, or None if that is moto's business."""
    path = SERVICES.get(name)
    if path is None:
        return None
    module, _, class_name = path.partition(":")
    made: Service[Any] = getattr(importlib.import_module(module), class_name)()
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
    services = [found for name in LISTENERS.get(event, ()) if (found := service(name))]
    return tuple(hears for one in services if (hears := one.listener(event)))
