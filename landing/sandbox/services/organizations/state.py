"""An organization as it stands: its tree, members, policies and delegations."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from landing.sandbox.protocol.refusal import Refusal
from landing.sandbox.world import Account, World


@dataclass(slots=True)
class Unit:
    """The root or an organizational unit."""

    id: str
    name: str
    parent: str | None
    units: dict[str, None] = field(default_factory=dict)
    accounts: dict[str, None] = field(default_factory=dict)
    """Ids of what is directly below, in the order in which it came."""


@dataclass(slots=True)
class Member:
    """An account's membership."""

    id: str
    parent: str
    method: str
    """CREATED or INVITED."""
    joined: datetime


@dataclass(slots=True)
class Policy:
    """A policy of one of the types."""

    id: str
    type: str
    name: str
    description: str
    content: str
    is_aws_managed: bool = False


@dataclass(slots=True)
class Organization:
    """One organization."""

    id: str
    management_account: str
    feature_set: str
    root: str
    partition: str
    units: dict[str, Unit] = field(default_factory=dict)
    members: dict[str, Member] = field(default_factory=dict)
    policies: dict[str, Policy] = field(default_factory=dict)
    policy_types: dict[str, str] = field(default_factory=dict)
    """Policy type to ENABLED, PENDING_ENABLE or PENDING_DISABLE; absent when it is off."""
    attachments: dict[str, dict[str, None]] = field(default_factory=dict)
    """Target to the policies attached to it."""
    targets: dict[str, dict[str, None]] = field(default_factory=dict)
    """Policy to the targets that it is attached to."""
    services: dict[str, datetime] = field(default_factory=dict)
    """Service principals with trusted access."""
    delegated: dict[str, dict[str, datetime]] = field(default_factory=dict)
    """Member account to the service principals that it administers."""
    tags: dict[str, dict[str, str]] = field(default_factory=dict)
    resource_policy: tuple[str, str] | None = None
    """Id and content."""
    root_features: dict[str, None] = field(default_factory=dict)
    """What IAM may do centrally with the root users of members."""
    creating: dict[str, None] = field(default_factory=dict)
    """Requests for accounts that are in progress."""
    closing: dict[str, None] = field(default_factory=dict)
    """Accounts that are being closed."""
    closures: list[datetime] = field(default_factory=list)
    """When accounts were asked to be closed, for the quota of thirty days."""

    def arn(self, kind: str, *parts: str) -> str:
        """The ARN of something in this organization (Service Authorization Reference, "Organizations")."""
        rest = "/".join((kind, self.id, *parts))
        return f"arn:{self.partition}:organizations::{self.management_account}:{rest}"

    def path(self, unit: str | None) -> str:
        """`o-.../r-.../ou-.../`: the way from the organization to a unit."""
        ids: list[str] = []
        while unit is not None:
            ids.append(unit)
            unit = self.units[unit].parent
        return "/".join((self.id, *reversed(ids))) + "/"

    def depth(self, unit: str) -> int:
        """How many units deep a unit lies; the root is 0."""
        return self.path(unit).count("/") - 2

    def ancestry(self, account: str) -> Iterator[str]:
        """The account, its unit, that unit's parent, up to the root."""
        yield account
        unit: str | None = self.members[account].parent
        while unit is not None:
            yield unit
            unit = self.units[unit].parent

    def below(self, unit: str) -> Iterator[str]:
        """Ids of every account in a unit and in the units below it."""
        yield from self.units[unit].accounts
        for child in self.units[unit].units:
            yield from self.below(child)

    def has_target(self, target: str) -> bool:
        """Whether policies can be attached to this."""
        return target in self.units or target in self.members

    def attached(self, target: str, policy_type: str) -> list[Policy]:
        """The policies of one type that are attached to a target directly."""
        policies = (self.policies[policy] for policy in self.attachments.get(target, ()))
        return [policy for policy in policies if policy.type == policy_type]

    def attach(self, policy: str, target: str) -> None:
        """Attach without asking whether it is allowed."""
        self.attachments.setdefault(target, {})[policy] = None
        self.targets.setdefault(policy, {})[target] = None

    def detach(self, policy: str, target: str) -> None:
        """Detach without asking whether it is allowed."""
        self.attachments.get(target, {}).pop(policy, None)
        self.targets.get(policy, {}).pop(target, None)

    def forget_target(self, target: str) -> None:
        """What is attached to a target goes when the target goes."""
        for policy in list(self.attachments.pop(target, ())):
            self.targets[policy].pop(target, None)
        self.tags.pop(target, None)

    def unit(self, unit: str, code: str = "ParentNotFoundException") -> Unit:
        """A unit or the root; refused with `code` if there is none."""
        if unit not in self.units:
            what = "organizational unit" if code.startswith("OrganizationalUnit") else "parent"
            raise Refusal(code, f"You specified {what} that doesn't exist.".replace("an o", "o"))
        return self.units[unit]

    def member(self, account: str, code: str = "AccountNotFoundException") -> Member:
        """A member account; refused with `code` if there is none."""
        if account not in self.members:
            raise Refusal(code, "You specified an account that doesn't exist.")
        return self.members[account]

    def policy(self, policy: str) -> Policy:
        """A policy; refused if there is none."""
        if policy not in self.policies:
            raise Refusal("PolicyNotFoundException", "We can't find a policy with the PolicyId that you specified.")
        return self.policies[policy]

    def remove_member(self, account: str) -> None:
        """Let an account out, whatever the reason."""
        member = self.members.pop(account)
        self.units[member.parent].accounts.pop(account, None)
        self.delegated.pop(account, None)
        self.forget_target(account)

    def move(self, account: str, destination: str) -> None:
        """Put an account elsewhere in the tree."""
        member = self.members[account]
        self.units[member.parent].accounts.pop(account, None)
        self.units[destination].accounts[account] = None
        member.parent = destination


@dataclass(slots=True)
class CreateRequest:
    """A request to create an account, and what became of it."""

    id: str
    organization: str
    name: str
    email: str
    requested: datetime
    state: str = "IN_PROGRESS"
    completed: datetime | None = None
    account: str | None = None
    reason: str | None = None
    access_role: str = "OrganizationAccountAccessRole"
    tags: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Handshake:
    """An invitation, or the request to enable all features."""

    id: str
    organization: str
    """The management account that asked."""
    action: str
    requested: datetime
    expires: datetime
    state: str = "OPEN"
    account: str | None = None
    email: str | None = None
    notes: str | None = None
    tags: dict[str, str] = field(default_factory=dict)


@dataclass
class Organizations:
    """Every organization of the world, by management account."""

    organizations: dict[str, Organization] = field(default_factory=dict)
    of_account: dict[str, str] = field(default_factory=dict)
    """Member (or management) account to its management account."""
    requests: dict[str, CreateRequest] = field(default_factory=dict)
    handshakes: dict[str, Handshake] = field(default_factory=dict)


def organizations_of(world: World) -> Organizations:
    """The state of the Organizations service."""
    return world.state("organizations", "", "", Organizations)


def organization_of(world: World, account: str) -> Organization | None:
    """The organization that an account belongs to, if it does."""
    state = organizations_of(world)
    management = state.of_account.get(account)
    return None if management is None else state.organizations[management]


def account_of(world: World, member: Member) -> Account:
    """The account behind a membership."""
    return world.accounts[member.id]
