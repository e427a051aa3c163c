"""The cloud that tests run against: the sandbox in-process, an organization, and doors that break on demand."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from botocore.loaders import create_loader

from landing.aws import Aws, Clock
from landing.core.model import Address, Attributes, Change
from landing.engine.apply import Result, apply
from landing.engine.journal import Event
from landing.engine.observe import Observation, observe
from landing.engine.plan import Origin, Plan, make
from landing.engine.stop import Stop
from landing.organization import Organization
from landing.organization.resources import INVITATION, OPT_IN
from landing.sandbox import Sandbox
from landing.services.base import Kind, Kinds
from landing.services.documents import documents
from landing.services.permissions import packed, reads
from landing.services.registry import KINDS

BY_NAME = KINDS
"""A kind by its name."""

LOADER = create_loader()
"""Of botocore's models, which take a good part of a second to parse."""

Keys = tuple[str, ...]
"""Access key, secret key and token of a session; none for the administrator of the management account."""


class Cut(BaseException):
    """The process dies here: nothing catches it."""


class QuickAws(Aws):
    """A door without waiting, which shares botocore's models with the other doors of the test run."""

    def __init__(
        self,
        organization: Organization,
        *,
        read_only: bool = True,
        detect: bool = False,
        role_arn: str = "",
        keys: Keys = (),
        kinds: Iterable[Kind] = KINDS,
    ) -> None:
        super().__init__(
            organization,
            role_arn=role_arn,
            read_only=read_only,
            reads=reads(organization, detect=detect, kinds=kinds),
            rates={},
            clock=Clock(pace=0),
            detect=detect,
        )
        self._base.register_component("data_loader", LOADER)
        if keys:
            self._base.set_credentials(*keys)


class WatchedAws(QuickAws):
    """A door that hears of every call when it has been answered."""

    def _session(self, account: str, account_id: str) -> Any:
        known = account in self._sessions
        session = super()._session(account, account_id)
        if not known:
            session.register("after-call", self._after_call)
        return session

    def _after_call(self, **_: Any) -> None:
        """Told of each."""


class DyingAws(WatchedAws):
    """A door through which only so many writes come; then the process dies, before the write or after its effect."""

    def __init__(self, organization: Organization, *, writes: int, after_effect: bool, keys: Keys = ()) -> None:
        super().__init__(organization, read_only=False, keys=keys)
        self._left, self._after_effect = writes, after_effect

    def _before_call(self, account: str, model: Any, **rest: Any) -> None:
        before = self.writes
        super()._before_call(account, model, **rest)
        if self.writes > before:
            self._left -= 1
            if self._left < 0 and not self._after_effect:
                raise Cut

    def _after_call(self, **_: Any) -> None:
        if self._left < 0:
            raise Cut


@dataclass(frozen=True)
class Roles:
    """Sessions of the roles that plan and that apply, which last as long as the world that they are in."""

    plan: Keys = ()
    apply: Keys = ()


def is_in_coming(kind: Kind) -> bool:
    """Whether the sample COMING has something of a kind, and FULL has not."""
    return kind.service == "control_tower" or kind.name in (INVITATION, OPT_IN)


def made_role(sandbox: Sandbox, name: str, *policies: Mapping[str, Any]) -> str:
    """A role of the management account with managed policies, which its own account may assume; its ARN."""
    principal = {"AWS": f"arn:{sandbox.world.partition}:iam::{sandbox.management_account_id}:root"}
    trust = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": principal}],
    }
    iam = sandbox.session().client("iam")
    arn: str = iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]
    parts = (part for policy in policies for part in packed(policy["Statement"]))
    for number, part in enumerate(parts):
        document = json.dumps(part, separators=(",", ":"))
        made = iam.create_policy(PolicyName=f"{name}-{number}", PolicyDocument=document)["Policy"]["Arn"]
        iam.attach_role_policy(RoleName=name, PolicyArn=made)
    return arn


def made_roles(sandbox: Sandbox, organization: Organization) -> Roles:
    """The roles that plan and apply, with the policies that `landing synth` writes."""
    made = dict(documents(organization))
    reading, writing = (
        [each for name, each in made.items() if name.startswith(f"permissions/{role}")] for role in ("plan", "apply")
    )
    plan, apply_ = made_role(sandbox, "plan", *reading), made_role(sandbox, "apply", *reading, *writing)
    return Roles(keys_of(sandbox, plan), keys_of(sandbox, apply_))


def keys_of(sandbox: Sandbox, role_arn: str) -> Keys:
    """A session of a role."""
    answer = sandbox.session().client("sts").assume_role(RoleArn=role_arn, RoleSessionName="landing")
    return tuple(answer["Credentials"][name] for name in ("AccessKeyId", "SecretAccessKey", "SessionToken"))


class Cloud:
    """One sandbox and one organization, looked at and changed by these roles."""

    def __init__(
        self, sandbox: Sandbox, organization: Organization, roles: Roles = Roles(), kinds: Iterable[Kind] = KINDS
    ) -> None:
        self.sandbox, self.organization, self.roles, self.kinds = sandbox, organization, roles, Kinds(kinds)

    def open(self, *, read_only: bool = True, detect: bool = False) -> Aws:
        keys = self.roles.plan if read_only else self.roles.apply
        return QuickAws(self.organization, read_only=read_only, detect=detect, keys=keys, kinds=self.kinds)

    def observe(self, kinds: Iterable[Kind] = KINDS, *, detect: bool = False) -> Observation:
        return observe(self.organization, self.open(detect=detect), kinds=Kinds(kinds), workers=4)

    def move(self, account: str, unit: str) -> None:
        """Somebody moves an account to another unit at the console."""
        tree = self.open().tree
        self.sandbox.session().client("organizations").move_account(
            AccountId=tree.accounts[account].id,
            SourceParentId=tree.node_id(tree.accounts[account].unit),
            DestinationParentId=tree.node_id(unit),
        )

    def plan(self, kinds: Iterable[Kind] = KINDS, *, detect: bool = False) -> Plan:
        return make(self.observe(kinds, detect=detect), Origin())

    def apply(
        self,
        kinds: Iterable[Kind] = KINDS,
        *,
        aws: Aws | None = None,
        listeners: Iterable[Callable[[Event], None]] = (),
        changes: Collection[Change] | None = None,
        parallelism: int = 4,
    ) -> Result:
        aws = aws or self.open(read_only=False)
        wanted = self.plan(kinds).changes if changes is None else changes
        return apply(
            self.organization,
            aws,
            wanted,
            stop=Stop(aws),
            kinds=self.kinds,
            parallelism=parallelism,
            listeners=listeners,
        )

    def state(self, kinds: Collection[Kind]) -> dict[Address, Attributes]:
        """What AWS holds, as the kinds read it."""
        return {address: resource.attributes for address, resource in self.observe(kinds).live.items()}


@dataclass(frozen=True)
class Story:
    """A whole run, change by change: what the cloud held before each, and what it held in the end."""

    organization: Organization
    roles: Roles
    steps: tuple[tuple[Change, bytes], ...]
    end: bytes

    def of(self, kind: Kind) -> list[tuple[Change, bytes]]:
        return [(change, before) for change, before in self.steps if change.address.kind == kind.name]


def tell(sandbox: Sandbox, organization: Organization, roles: Roles) -> Story:
    """Apply everything that is to do, one change after the other."""
    cloud = Cloud(sandbox, organization, roles)
    steps: dict[str, tuple[Change, bytes]] = {}
    changes = {str(change.address): change for change in cloud.plan().changes}

    def before(event: object) -> None:
        address = str(getattr(event, "address", ""))
        if getattr(event, "type", "") == "apply_start" and address not in steps:
            steps[address] = changes[address], sandbox.dump()

    result = cloud.apply(changes=tuple(changes.values()), listeners=[before], parallelism=1)
    assert result.complete, (result.failed, result.blocked)
    assert cloud.plan().changes == ()
    return Story(organization, roles, tuple(steps.values()), sandbox.dump())
