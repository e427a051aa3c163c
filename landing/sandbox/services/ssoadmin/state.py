"""What IAM Identity Center keeps: the instance of an organization, its identity store, its permission sets."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from landing.sandbox.protocol.refusal import Refusal
from landing.sandbox.services import accounts
from landing.sandbox.services.call import Call
from landing.sandbox.services.organizations.state import Organization
from landing.sandbox.world import World

PRINCIPAL = "sso.amazonaws.com"
OPTION = "identity_center"
IN_PROGRESS, SUCCEEDED, FAILED = "IN_PROGRESS", "SUCCEEDED", "FAILED"
SESSION = "PT1H"
"""Of a permission set that says nothing (User Guide, "Set session duration")."""

Assignment = tuple[str, str, str, str]
"""Account, ARN of the permission set, USER or GROUP, id of the principal."""

invalid = Refusal.of("ValidationException")
conflict = Refusal.of("ConflictException")
denied = Refusal.of("AccessDeniedException")
absent = Refusal.of("ResourceNotFoundException")
exceeded = Refusal.of("ServiceQuotaExceededException")


@dataclass(slots=True)
class PermissionSet:
    """A permission set; each change of its definition counts one up."""

    arn: str
    name: str
    created: datetime
    session: str = SESSION
    description: str | None = None
    relay_state: str | None = None
    tags: dict[str, str] = field(default_factory=dict)
    managed: list[str] = field(default_factory=list)
    """ARNs."""
    customer: list[tuple[str, str]] = field(default_factory=list)
    """Names and paths."""
    inline: str = ""
    boundary: dict[str, Any] | None = None
    version: int = 1
    provisioned: dict[str, int] = field(default_factory=dict)
    """Account to the version that its role has."""


@dataclass(slots=True)
class Request:
    """What was asked for and goes on."""

    id: str
    about: str
    """creation, deletion or provisioning."""
    permission_set: str
    created: datetime
    accounts: tuple[str, ...]
    principal: tuple[str, str] | None = None
    """USER or GROUP, and its id."""
    status: str = IN_PROGRESS
    reason: str = ""


@dataclass(slots=True)
class Directory:
    """An identity store: groups and users by their ids."""

    id: str
    groups: dict[str, dict[str, Any]] = field(default_factory=dict)
    users: dict[str, dict[str, Any]] = field(default_factory=dict)
    memberships: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Of a group, a user, by their ids."""

    def groups_of(self, user: str) -> list[str]:
        """The ids of the groups that a user is in."""
        return [group for group, member in self.memberships.values() if member == user]


@dataclass(slots=True)
class Instance:
    """That of an organization, in one Region."""

    arn: str
    owner: str
    region: str
    created: datetime
    directory: Directory
    permission_sets: bool = True
    """Whether it gives access to accounts."""
    sets: dict[str, PermissionSet] = field(default_factory=dict)
    assignments: dict[Assignment, None] = field(default_factory=dict)
    """In the order in which they came."""
    requests: dict[str, Request] = field(default_factory=dict)
    attributes: list[dict[str, Any]] | None = None
    attributes_status: str = "ENABLED"


@dataclass(slots=True)
class Center:
    """All instances, by the account that owns each."""

    instances: dict[str, Instance] = field(default_factory=dict)


def center(world: World) -> Center:
    """Of the whole world."""
    return world.state("sso-admin", "", "", Center)


def enabled(world: World, account: str) -> tuple[Organization, Instance] | None:
    """The organization of an account and its instance, where somebody has enabled it in the console.

    With it comes trusted access (User Guide, "Enable IAM Identity Center").
    """
    organization, option = accounts.organization_of(world, account), world.options.get(OPTION)
    if organization is None or not option:
        return None
    found, owner = center(world).instances, organization.management_account
    if owner not in found:
        directory = Directory(f"d-{world.token(10, '0123456789abcdef')}")
        arn = f"arn:{world.partition}:sso:::instance/ssoins-{world.token(16, '0123456789abcdef')}"
        with_accounts = option.get("permission_sets", True)
        found[owner] = Instance(arn, owner, option["region"], world.now, directory, with_accounts)
        for name in option.get("groups", ()):
            add_group(world, directory, {"DisplayName": name})
        for name in option.get("users", ()):
            add_user(world, directory, {"UserName": name, "DisplayName": name})
        accounts.trust(world, organization, PRINCIPAL)
    return organization, found[owner]


def add_group(world: World, directory: Directory, parts: dict[str, Any]) -> str:
    """Its id."""
    made = world.uuid()
    directory.groups[made] = {"GroupId": made, "IdentityStoreId": directory.id, **parts}
    return made


def add_user(world: World, directory: Directory, parts: dict[str, Any]) -> str:
    """Its id."""
    made = world.uuid()
    directory.users[made] = {"UserId": made, "IdentityStoreId": directory.id, **parts}
    return made


def instance_of(call: Call) -> Instance:
    """The instance that a call names; elsewhere than in its Region there is none."""
    found = enabled(call.world, call.account)
    if found is None or found[1].arn != call["InstanceArn"] or found[1].region != call.region:
        raise denied("User is not authorized to access this resource.")
    return found[1]


def set_of(call: Call, *, writes: bool = False) -> tuple[Instance, PermissionSet]:
    """The permission set that a call names.

    One that is provisioned in the management account is changed from there alone (User Guide, "Delegated
    administration").
    """
    instance = instance_of(call)
    found = instance.sets.get(call["PermissionSetArn"])
    if found is None:
        raise absent(f"PermissionSet not found with identifier {call['PermissionSetArn']}")
    if writes and call.account != instance.owner and instance.owner in found.provisioned:
        raise denied("A permission set provisioned in the management account is managed from there only.")
    return instance, found


def assigned(instance: Instance, arn: str, account: str = "") -> Iterator[Assignment]:
    """The assignments of a permission set, everywhere or in an account."""
    return (each for each in instance.assignments if each[1] == arn and account in ("", each[0]))
