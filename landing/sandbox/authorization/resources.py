"""The ARNs of what a call names, as policies know them: by the formats of the service authorization reference.

A resource that cannot be told from the call's own parameters is ``*``: only a statement about everything is about it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from landing.policy import catalog
from landing.sandbox.authorization import delivery
from landing.sandbox.moto import upstream
from landing.sandbox.services.organizations.access import arn_of
from landing.sandbox.services.organizations.state import organization_of
from landing.sandbox.world import Identity, World

UNKNOWN = ["*"]
PLACEHOLDER = re.compile(r"\$\{(\w+)\}")
OTHER_NAMES = {"bucketname": ("bucket",), "objectname": ("key",), "trailname": ("name",), "topicname": ("name",)}
"""Placeholders that the parameters of the API have other names for."""
OF_ORGANIZATIONS = (
    "PolicyId", "TargetId", "ResourceId", "RootId", "AccountId", "OrganizationalUnitId", "ParentId", "ChildId",
    "SourceParentId", "DestinationParentId",
)  # fmt: skip


def named(world: World, caller: Identity, region: str, action: str, parameters: Mapping[str, Any]) -> list[str]:
    """The resources of a call for one of its actions."""
    known = catalog.action(action)
    if known is None or not known.formats:
        return UNKNOWN
    by_root = caller.principal.endswith(":root") and "UserName" not in parameters
    if by_root and known.service == "iam" and any(":user/" in text for text in known.formats):
        return [caller.principal]  # without a name a call is about who calls
    given = [value for value in parameters.values() if isinstance(value, str) and value.startswith("arn:")]
    if found := [value for value in given if any(_regex(text).fullmatch(value) for text in known.formats)]:
        return found
    own = OWN.get(known.service)
    if own is not None and (found := own(world, caller, region, parameters)):
        return [value for value in found if any(_regex(text).fullmatch(value) for text in known.formats)] or UNKNOWN
    place = {"partition": world.partition, "region": region, "account": caller.account}
    lowered = {name.lower(): value for name, value in parameters.items() if isinstance(value, str)}
    filled = (_filled(text, place, lowered) for text in known.formats)
    return next(([value] for value in filled if value), UNKNOWN)


def owner_of(world: World, caller: Identity, resource: str) -> str:
    """The account that a resource belongs to: as its ARN says, or the bucket's; else the caller's own."""
    parts = resource.split(":", 5)
    if len(parts) == 6 and parts[4].isdigit():
        return parts[4]
    if len(parts) == 6 and parts[2] == "s3":
        from moto.s3.models import s3_backends

        _, owner = s3_backends.bucket_accounts.get(parts[5].partition("/")[0], ("", ""))
        return owner or caller.account
    return caller.account


def tags_of(world: World, caller: Identity, resource: str) -> dict[str, str]:
    """The tags of a user, a role, a trail or a resource of EC2 that is there; of nothing else they are known."""
    parts = resource.split(":", 5)
    if len(parts) < 6 or parts[2] not in ("cloudtrail", "ec2", "iam"):
        return {}
    if parts[2] == "cloudtrail":
        from landing.sandbox.services.cloudtrail.state import of_account

        trails = of_account(world, parts[4]).trails
        trail = trails.get((parts[3], parts[5].partition("/")[2]))
        return {} if trail is None else dict(trail.tags)
    if parts[2] == "ec2" and not parts[3]:  # IPAM's are of no Region
        return {}
    if parts[2] == "ec2":
        known = upstream.backend("ec2", parts[4] or caller.account, parts[3]).tags
        return {str(key): str(value) for key, value in known.get(parts[5].partition("/")[2], {}).items()}
    backend = upstream.backend("iam", parts[4], world.home_region)
    things = {"user": backend.users, "role": backend.roles}.get(parts[5].partition("/")[0], {})
    found = next((thing for thing in things.values() if thing.arn == resource), None)
    if found is None:
        return {}
    if parts[5].startswith("user/"):
        tags = backend.tagger.list_tags_for_resource(resource)["Tags"]
    else:
        tags = [*found.tags.values()] if isinstance(found.tags, Mapping) else found.tags or []
    return {tag["Key"]: tag["Value"] for tag in tags}


@cache
def _regex(text: str) -> re.Pattern[str]:
    """What an ARN of a format looks like; a name may have slashes, as the paths of IAM have."""
    return re.compile(".+?".join(map(re.escape, re.split(r"\$\{\w+\}", text))).replace(r"\*", ".+"), re.DOTALL)


def _filled(text: str, place: Mapping[str, str], parameters: Mapping[str, str]) -> str | None:
    """An ARN by a format; nothing where a part of it is not among the parameters."""
    missing = False

    def value(match: re.Match[str]) -> str:
        nonlocal missing
        name = match[1].lower()
        found = place.get(name)
        for other in (name, *OTHER_NAMES.get(name, ())):
            found = found or parameters.get(other)
        missing = missing or not found or found.startswith("arn:")
        return found or ""

    arn = PLACEHOLDER.sub(value, text)
    return None if missing else arn


def _of_iam(world: World, caller: Identity, region: str, parameters: Mapping[str, Any]) -> list[str]:
    """IAM's ARNs have the path of what is there already, or is to be made."""
    arn = f"arn:{world.partition}:iam::{caller.account}"
    if "AWSServiceName" in parameters:
        from landing.sandbox.services.iam import SERVICE_LINKED_ROLES

        service = parameters["AWSServiceName"]
        return [f"{arn}:role/aws-service-role/{service}/AWSServiceRoleFor{SERVICE_LINKED_ROLES.get(service, '')}"]
    backend = upstream.backend("iam", caller.account, world.home_region)
    there = {
        "RoleName": (backend.roles.values(), "role"),
        "UserName": (backend.users.values(), "user"),
        "GroupName": (backend.groups.values(), "group"),
        "PolicyName": ((), "policy"),
        "InstanceProfileName": (backend.instance_profiles.values(), "instance-profile"),
    }
    found = []
    for name, (things, kind) in there.items():
        if name in parameters:
            same = (thing.arn for thing in things if thing.name == parameters[name])
            found.append(next(same, f"{arn}:{kind}{parameters.get('Path', '/')}{parameters[name]}"))
    return found[:1]


def _of_organizations(world: World, caller: Identity, region: str, parameters: Mapping[str, Any]) -> list[str]:
    organization = organization_of(world, caller.account)
    if organization is None:
        return []
    values = (parameters.get(name) for name in OF_ORGANIZATIONS)
    return [arn_of(organization, value) for value in values if isinstance(value, str)]


def _of_kms(world: World, caller: Identity, region: str, parameters: Mapping[str, Any]) -> list[str]:
    """A key by its id or an alias: statements are about the key, whatever it is called by.

    KMS Developer Guide, "Using aliases to control access".
    """
    name = parameters.get("KeyId")
    found = delivery.key(world, name, caller.account, region) if isinstance(name, str) else None
    return [found.arn] if found is not None else []


def _of_cloudformation(world: World, caller: Identity, region: str, parameters: Mapping[str, Any]) -> list[str]:
    """A stack by its name, with the id that it has or is to have."""
    from landing.sandbox.services.cloudformation.state import state_of

    name = parameters.get("StackName")
    if not isinstance(name, str) or name.startswith("arn:"):
        return []
    new = f"arn:{world.partition}:cloudformation:{region}:{caller.account}:stack/{name}/new"
    return [state_of(world, caller.account, region).names.get(name, new)]


def _of_security_hub(world: World, caller: Identity, region: str, parameters: Mapping[str, Any]) -> list[str]:
    """The products of the findings that are imported."""
    findings = parameters.get("Findings") or ()
    return sorted({str(each.get("ProductArn", "")) for each in findings if isinstance(each, Mapping)})


def _of_sts(world: World, caller: Identity, region: str, parameters: Mapping[str, Any]) -> list[str]:
    """The root user of the member that AssumeRoot is for, whose ARN or account is given."""
    target = parameters.get("TargetPrincipal")
    return [f"arn:{world.partition}:iam::{target}:root"] if isinstance(target, str) else []


EC2_TYPES = {
    "i": "instance", "sg": "security-group", "sgr": "security-group-rule", "snap": "snapshot", "vol": "volume",
    "vpc": "vpc", "subnet": "subnet", "eni": "network-interface", "ami": "image",
}  # fmt: skip
"""How ids of EC2 begin, and what they are of (EC2 User Guide, "Resource IDs")."""
UNOWNED = ("snapshot", "image")
"""Types whose ARNs have no account (Service Authorization Reference, "Amazon EC2")."""


def _of_ec2(world: World, caller: Identity, region: str, parameters: Mapping[str, Any]) -> list[str]:
    """What has an id, whatever the parameter is called."""
    found = []
    inside = parameters.get("InstanceSpecification")
    for value in (*parameters.values(), *(inside.values() if isinstance(inside, Mapping) else ())):
        for text in value if isinstance(value, list) else [value]:
            kind = EC2_TYPES.get(text.partition("-")[0]) if isinstance(text, str) and "-" in text else None
            if kind:
                owner = "" if kind in UNOWNED else caller.account
                found.append(f"arn:{world.partition}:ec2:{region}:{owner}:{kind}/{text}")
    return found


def _of_ssm(world: World, caller: Identity, region: str, parameters: Mapping[str, Any]) -> list[str]:
    """The instance of a session, and the document that it runs, which is named or the account's own.

    Systems Manager User Guide, "Enforce a session document permission check".
    """
    target = parameters.get("Target")
    if not isinstance(target, str) or not target.startswith("i-"):
        return []
    document = parameters.get("DocumentName", "SSM-SessionManagerRunShell")
    place = f"{world.partition}:ssm:{region}:{caller.account}"
    return [
        f"arn:{world.partition}:ec2:{region}:{caller.account}:instance/{target}",
        f"arn:{place}:document/{document}",
    ]


OWN: dict[str, Callable[[World, Identity, str, Mapping[str, Any]], list[str]]] = {
    "cloudformation": _of_cloudformation,
    "ec2": _of_ec2,
    "iam": _of_iam,
    "kms": _of_kms,
    "organizations": _of_organizations,
    "ssm": _of_ssm,
    "securityhub": _of_security_hub,
    "sts": _of_sts,
}
"""Services whose ARNs hold what the parameters do not say."""
