"""The IAM actions that an operation needs, by the service authorization reference (see `landing.policy.catalog`).

Most actions are called as their operation; where AWS has another name for them, it is listed here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from landing.core.operation_names import IAM_PREFIXES, OTHER_NAMES
from landing.policy import catalog
from landing.sandbox.protocol.model import Operation, service_model

FREE = frozenset({("sts", "GetCallerIdentity"), ("sts", "GetSessionToken")})
"""Operations that need no permission, and that no policy denies (STS API reference)."""

BY_TRUST = frozenset({("sts", "AssumeRole"), ("sts", "AssumeRoleWithWebIdentity")})
"""Operations that their service decides, because the policy of the resource has a part in it."""

NAMES: Mapping[str, Mapping[str, str]] = {
    **OTHER_NAMES,
    "accessanalyzer": {"GetFindingV2": "GetFinding", "ListFindingsV2": "ListFindings"},
    "cloudformation": {"RemoveAlias": "UpdateStack", "SetAlias": "UpdateStack"},
    "kms": {"ReEncrypt": "ReEncryptFrom"},
    "s3control": {
        "DeletePublicAccessBlock": "PutAccountPublicAccessBlock",
        "GetPublicAccessBlock": "GetAccountPublicAccessBlock",
        "PutPublicAccessBlock": "PutAccountPublicAccessBlock",
    },
    "sns": {"PublishBatch": "Publish"},
}
"""Operations whose action has another name (S3 User Guide, "Required permissions for Amazon S3 API operations", …)."""

VERSIONED = {
    "DeleteObject": "DeleteObjectVersion",
    "GetObject": "GetObjectVersion",
    "GetObjectTagging": "GetObjectVersionTagging",
    "HeadObject": "GetObjectVersion",
}
"""Operations of S3 that have an action of their own once they name a version of an object."""

BESIDES: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("ec2", "CreateFlowLogs"): ("logs:CreateLogDelivery", "logs:DeleteLogDelivery"),
}
"""Actions that an operation needs besides (VPC User Guide, "IAM policy for IAM principals that publish flow logs")."""

LAUNCH = ("ec2", "RunInstances")
"""What needs `ec2:CreateTags` where it tags (EC2 User Guide, "Grant permission to tag resources during creation")."""
PASS = "iam:PassRole"  # noqa: S105
TAGS = ("Tags", "tags", "TagsList", "TagList")
PASSES_NOTHING = frozenset({"accessanalyzer", "iam", "organizations", "ram", "sts"})
"""Services that take the ARN of a role without acting as that role."""


@cache
def prefix(service: str) -> str:
    """What the actions of a service, as botocore calls it, begin with."""
    if service in IAM_PREFIXES:
        return IAM_PREFIXES[service]
    model = service_model(service)
    return service if model is None else str(model.signing_name or service)


@cache
def of_operation(service: str, name: str) -> str:
    """The action of an operation; of one that the catalogue does not have, the operation's own name."""
    text = f"{prefix(service)}:{NAMES.get(service, {}).get(name, name)}"
    known = catalog.action(text)
    return text if known is None else known.text


def required(operation: Operation, parameters: Mapping[str, Any]) -> Iterator[str]:
    """The actions of a call but for `iam:PassRole`: its own, and that of tagging where it tags what it makes."""
    if operation.service == "s3" and "VersionId" in parameters and operation.name in VERSIONED:
        yield f"s3:{VERSIONED[operation.name]}"
    else:
        yield of_operation(operation.service, operation.name)
    yield from BESIDES.get((operation.service, operation.name), ())
    if (operation.service, operation.name) == LAUNCH and parameters.get("TagSpecifications"):
        yield "ec2:CreateTags"
    tagging = tagging_with(operation.service, operation.name)
    if tagging is not None and any(parameters.get(name) for name in TAGS):
        yield tagging


@cache
def tagging_with(service: str, name: str) -> str | None:
    """The action that an operation needs beside its own when what it makes is to have tags."""
    if not name.startswith(("Create", "Put", "Invite")):
        return None
    thing = name.removeprefix("Create")
    for action in (f"Tag{thing}", "TagResource", "AddTags"):
        known = catalog.action(f"{prefix(service)}:{action}")
        if known is not None:
            return known.text
    return None


@cache
def conceivable(service: str, name: str) -> tuple[str, ...]:
    """Every action that a call of an operation can need, whatever its parameters are."""
    found = {of_operation(service, name), *BESIDES.get((service, name), ())}
    if service == "s3" and name in VERSIONED:
        found.add(f"s3:{VERSIONED[name]}")
    if tagging := tagging_with(service, name):
        found.add(tagging)
    if (service, name) == LAUNCH:
        found |= {"ec2:CreateTags", PASS}
    shape = service_model(service).operation_model(name).input_shape
    if service not in PASSES_NOTHING and shape is not None and _takes_role(shape, "", frozenset()):
        found.add(PASS)
    return tuple(found)


def _takes_role(shape: Any, key: str, above: frozenset[str]) -> bool:
    """Whether a shape has a member that `_roles` would look at."""
    if shape.name in above:
        return False
    above |= {shape.name}
    if shape.type_name == "structure":
        return any(_takes_role(member, name.lower(), above) for name, member in shape.members.items())
    if shape.type_name == "list":
        return _takes_role(shape.member, key, above)
    return bool(shape.type_name == "map" or (shape.type_name == "string" and _is_role(key)))


def passed_roles(operation: Operation, parameters: Mapping[str, Any]) -> list[str]:
    """The roles that a call hands to the service, for which the caller needs `iam:PassRole`."""
    return [] if PASS not in conceivable(operation.service, operation.name) else list(_roles(parameters, ""))


def _is_role(key: str) -> bool:
    return key == "role" or key.endswith("rolearn")


def _roles(value: Any, key: str) -> Iterator[str]:
    if isinstance(value, Mapping):
        for name, item in value.items():
            yield from _roles(item, name.lower())
    elif isinstance(value, list):
        for item in value:
            yield from _roles(item, key)
    elif isinstance(value, str) and _is_role(key) and ":iam::" in value:
        yield value


def tags_of(parameters: Mapping[str, Any]) -> dict[str, str]:
    """The tags that a call puts on something."""
    for name in TAGS:
        given = parameters.get(name)
        if isinstance(given, Mapping):
            return {str(key): str(value) for key, value in given.items()}
        if isinstance(given, list):
            pairs = [item for item in given if isinstance(item, Mapping)]
            lowered = [{key.lower(): value for key, value in item.items()} for item in pairs]
            return {str(item["key"]): str(item.get("value", "")) for item in lowered if "key" in item}
    return {}
