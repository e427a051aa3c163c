"""The resource types that the sandbox supports, by name.

A type is a class in the module of its namespace. Where its properties are those of a call of its service, it is an
`ApiType` (`api`): the names of the calls, and nothing else. Otherwise it is a `ResourceType` (`base`): create, read,
update, delete, by the service's own API. How it is tagged is a value (`tags`). Which properties replace, are only
written, or are attributes is known from AWS's schemas (`..schema`). A new type is lived through by one line of
`tests/sandbox/lives.py`.
"""

from __future__ import annotations

import importlib
from functools import cache

from landing.sandbox.services.cloudformation.types.base import ResourceType

MODULES: dict[str, str] = {
    "AWS::AccessAnalyzer": "accessanalyzer",
    "AWS::Chatbot": "chatbot",
    "AWS::Backup": "backup",
    "AWS::Budgets": "budgets",
    "AWS::CE": "ce",
    "AWS::CloudTrail": "cloudtrail",
    "AWS::CloudWatch": "cloudwatch",
    "AWS::CodeBuild": "codebuild",
    "AWS::CodePipeline": "codepipeline",
    "AWS::Config": "config",
    "AWS::Detective": "detective",
    "AWS::EC2": "ec2",
    "AWS::ECR": "ecr",
    "AWS::Events": "events",
    "AWS::GuardDuty": "guardduty",
    "AWS::IAM": "iam",
    "AWS::KMS": "kms",
    "AWS::Lambda": "awslambda",
    "AWS::Logs": "logs",
    "AWS::Macie": "macie",
    "AWS::RAM": "ram",
    "AWS::ResourceExplorer2": "resourceexplorer2",
    "AWS::Route53": "route53",
    "AWS::Route53Resolver": "route53resolver",
    "AWS::S3": "s3",
    "AWS::SNS": "sns",
    "AWS::SSM": "ssm",
    "AWS::SecurityHub": "securityhub",
}
"""Namespace of a type to the module of its classes; imported when first used."""


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
    if namespace not in MODULES:
        return {}
    members = vars(importlib.import_module(f"{__name__}.{MODULES[namespace]}")).values()
    kinds = [one for one in members if isinstance(one, type) and issubclass(one, ResourceType)]
    return {kind.name: kind() for kind in kinds if hasattr(kind, "name")}
