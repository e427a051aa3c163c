"""The instance of IAM Identity Center, and who its identity store has: looked up by name, once a run."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from landing.aws import Aws, unless
from landing.core.errors import ConfigError, NotThere
from landing.core.model import Diagnostic, Scope
from landing.organization import Organization
from landing.services.identity_center.settings import IdentityCenterSettings

ABSENT = "ResourceNotFoundException"
CALLED = "identity center"
"""Under which name the instance is remembered."""
TYPES = {"group": "GROUP", "user": "USER"}
"""What a principal is to AWS, by how an address begins."""
_ID = re.compile("([0-9a-f]{10}-)?[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")


@dataclass(frozen=True, slots=True)
class Instance:
    """The instance of the organization, in the Region in which it is managed."""

    arn: str
    store: str
    region: str
    permission_sets: bool
    """Whether it has access to accounts; an instance that is for applications alone has not, until that is enabled."""

    def client(self, service: str, aws: Aws) -> Any:
        """Of sso-admin or identitystore, which are in its Region."""
        return aws.client(service, Scope("", self.region))


@dataclass(frozen=True, slots=True, order=True)
class Principal:
    """A group or a user, by name."""

    type: str
    """group or user."""
    name: str

    def __str__(self) -> str:
        return f"{self.type}/{self.name}"


def instance_for(organization: Organization, aws: Aws) -> Instance | None:
    """The instance; ConfigError where the organization has none and the config asks for something of it."""
    if aws.tree.description is None:
        return None
    found = aws.tree.once(CALLED, lambda: _instance(aws))
    service = organization.service(IdentityCenterSettings)
    if service is None or (found and found.permission_sets):
        return found if found and found.permission_sets else None
    if found is None:
        message = "IAM Identity Center is not enabled for the organization"
        hint = "enable it in the console of the management account (no API does), or leave `identity_center` out"
    else:
        message = "IAM Identity Center is enabled for applications alone, without access to accounts"
        command = f"aws sso-admin update-instance --permission-sets-enabled --instance-arn {found.arn}"
        hint = f"enable that, for good: {command} --region {found.region}"
    at = ("services", service.name)
    raise ConfigError([Diagnostic("LZ531", message, service.source, hint, pointer=at, length=len(service.name))])


def needed(aws: Aws) -> Instance:
    """The instance, to change something; NotThere where there is none."""
    found = aws.tree.once(CALLED, lambda: _instance(aws))
    if found is None:
        aws.tree.once.forget(CALLED)
        raise NotThere("IAM Identity Center is not enabled: enable it in the console of the management account")
    return found


def _instance(aws: Aws) -> Instance | None:
    """ListInstances, of all Regions: members may have instances of their own; and DescribeInstance."""
    management = (aws.tree.description or {}).get("MasterAccountId")
    client = aws.client("sso-admin")
    for each in aws.listed(client, "list_instances", "Instances", RegionScope="ALL_REGIONS"):
        if each["OwnerAccountId"] == management and each["Status"] == "ACTIVE":
            region = each.get("PrimaryRegion") or client.meta.region_name
            there = aws.client("sso-admin", Scope("", region)).describe_instance(InstanceArn=each["InstanceArn"])
            with_accounts = there.get("PermissionSetsEnabled", True)
            return Instance(each["InstanceArn"], each["IdentityStoreId"], region, with_accounts)
    return None


def ids_of(organization: Organization, aws: Aws, where: Instance) -> dict[Principal, str]:
    """The ids of whoever the config names; ConfigError with all whom the identity store does not have."""
    found: dict[Principal, str] = {}
    problems = []
    for principal, problem in named(organization):
        id_ = found.get(principal) or id_of(aws, where, principal)
        if id_:
            found[principal] = id_
        else:
            problems.append(problem)
    if problems:
        raise ConfigError(problems)
    return found


def named(organization: Organization) -> Iterator[tuple[Principal, Diagnostic]]:
    """Whoever the config names, with what to say of each place where the identity store has no such."""
    service = organization.service(IdentityCenterSettings)
    for key, each in (service.settings.assignments if service else {}).items():
        for kind, names in (("group", each.groups), ("user", each.users)):
            for index, name in enumerate(names):
                assert service is not None
                message = f"the identity store of IAM Identity Center has no {kind} `{name}`"
                hint = "correct the name, or have the identity provider send it; landing makes no groups and no users"
                at = ("assignments", key, f"{kind}s", index)
                yield Principal(kind, name), service.problem("LZ532", message, hint, *at)


def given(organization: Organization, name: str) -> Iterator[Principal]:
    """Whom the config gives a permission set."""
    service = organization.service(IdentityCenterSettings)
    for each in service.settings.assignments.values() if service else ():
        if name in each.permission_sets:
            yield from (Principal("group", group) for group in each.groups)
            yield from (Principal("user", user) for user in each.users)


def id_of(aws: Aws, where: Instance, principal: Principal) -> str:
    """The id of a principal; of one whom the identity store had once, the id itself is the name. Else nothing."""
    return aws.tree.once(f"{CALLED} {principal}", lambda: _id_of(aws, where, principal))


def _id_of(aws: Aws, where: Instance, principal: Principal) -> str:
    """GetGroupId, GetUserId."""
    client = where.client("identitystore", aws)
    path = "displayName" if principal.type == "group" else "userName"
    asked = {"UniqueAttribute": {"AttributePath": path, "AttributeValue": principal.name}}
    with unless(ABSENT):
        if principal.type == "group":
            return str(client.get_group_id(IdentityStoreId=where.store, AlternateIdentifier=asked)["GroupId"])
        return str(client.get_user_id(IdentityStoreId=where.store, AlternateIdentifier=asked)["UserId"])
    return principal.name if _ID.fullmatch(principal.name) else ""


def principal_of(aws: Aws, where: Instance, kind: str, id_: str, known: Mapping[str, Principal]) -> Principal:
    """Who has an id: of AWS's type `kind`. One that the identity store has no more is called by the id."""
    if id_ in known:
        return known[id_]
    type_ = next(name for name, called in TYPES.items() if called == kind)
    return Principal(type_, aws.tree.once(f"{CALLED} {id_}", lambda: _name_of(aws, where, type_, id_)))


def _name_of(aws: Aws, where: Instance, type_: str, id_: str) -> str:
    """DescribeGroup, DescribeUser."""
    client = where.client("identitystore", aws)
    with unless(ABSENT):
        if type_ == "group":
            return str(client.describe_group(IdentityStoreId=where.store, GroupId=id_).get("DisplayName") or id_)
        return str(client.describe_user(IdentityStoreId=where.store, UserId=id_).get("UserName") or id_)
    return id_
