"""The protocol of a kind: what should be there, what is there, and how to get from one to the other."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from typing import TYPE_CHECKING, ClassVar

from landing.core.errors import ImpossiblePlan
from landing.core.forms import Form
from landing.core.model import (
    MARK,
    ORGANIZATION,
    Action,
    Address,
    Attributes,
    Change,
    Diagnostic,
    Gap,
    Level,
    Resource,
    Scope,
    Severity,
    Source,
    UniqueName,
)
from landing.organization import Organization
from landing.organization.resources import ACCOUNT
from landing.services.strength import Weaker

if TYPE_CHECKING:
    from landing.aws import Aws

LACKS = "lacks"
"""Attribute of something of others that is used as it is: what it does less than is asked, in words."""


def required_account(key: str) -> Address:
    """The address of the account that a resource lives in, or whose id it needs."""
    return Address(ACCOUNT, key)


def temporary_name(address: Address) -> str:
    """What a resource is called while others take its name: always the same, and never another's."""
    return f"landing-renaming-{sha256(str(address).encode()).hexdigest()[:12]}"


def between(change: Change, present: Attributes) -> bool:
    """Whether each attribute is as before the change or as after it."""
    sides = [side for side in (change.before, change.after) if side is not None]
    return all(any(name in side and value == side[name] for side in sides) for name, value in present.items())


@dataclass(frozen=True, slots=True)
class GoingOn:
    """What AWS does by itself after changes of ours, and which of the config's `timeouts` bounds it."""

    what: str
    deadline: str
    begun: bool = True
    """Whether AWS is at it; else its time counts only while AWS is at nothing else."""


class Ownership(StrEnum):
    """How it is known of what AWS holds whether it is ours."""

    TAG = "the tag `landing:id`"
    TAG_ALONE = "the tag `landing:id`; AWS gives its name to several"
    ROOT = "a tag of the root: `landing:region:<region>`, `landing:service:<key>`"
    MARKED = "a tag of the account: `landing:stacks`, `landing:shield`"
    ACCOUNT_TAG = "a tag of the account that it is: `landing:firewall-administrator`"
    PREFIX = "its name, which begins with `landing-`"
    STACK = "its name, which begins with `landing-`, and the tag `landing:managed`"
    STACK_SET = (
        "its name, which begins with `landing-`, and the tag `landing:managed`; one that `stack_set` names: the config "
        "alone"
    )
    POLICIES = "its policies, where they are ours"
    ACCOUNT = "the account, which `roles.security_tooling` names, and the mark of the service (`governed_service`)"
    SERVICE = "the mark of the service (`governed_service`)"
    ADMINISTRATOR = "the account in which it is, of `roles.security_tooling`, and the mark of the service"
    LOG_ARCHIVE = "the account that administers the service, of `roles.log_archive`, and the mark of the service"
    PERMISSION_SET = "its permission set, where that is ours or the config names it"
    CONFIG = "the config alone, which names it"
    """Never withdrawn, and read as not ours."""
    NONE = "nothing: it is another's"
    """No config declares it."""


BY_SERVICE = (Ownership.ACCOUNT, Ownership.ADMINISTRATOR, Ownership.LOG_ARCHIVE, Ownership.SERVICE)
"""Ours only where the service is marked at the root."""


class Kind(ABC):
    """One type of resource. The engine compares, orders, retries, journals, verifies and reports."""

    name: ClassVar[str]
    """The first part of an address."""

    title: ClassVar[str]
    """What reports call it."""

    ownership: ClassVar[Ownership]
    """How it is known what is ours: what is not is never written, unless the config names it."""

    service: ClassVar[str] = ""
    """The key under `services` in the config, of what belongs to one."""

    level: ClassVar[Level] = Level.ORGANIZATION
    """How often it exists; decides which scopes are read."""

    severity: ClassVar[Severity] = Severity.MEDIUM
    """How bad drift of it is, unless a resource says otherwise."""

    cosmetic: ClassVar[tuple[str, ...]] = ("name", "description", "tags", MARK)
    """Attributes that protect nothing: drift of these alone is of low severity."""

    canonical: ClassVar[Mapping[str, Form]] = {}
    """Attributes that are the same to AWS though they are not equal, with the one form of each; all others are text."""

    weaker: ClassVar[Mapping[str, Weaker]] = {}
    """By attribute, which of its values protect less; `cosmetic` ones need none. Every kind decides of each."""

    controls: ClassVar[tuple[str, ...]] = ()
    """Ids of the control catalogues that it satisfies, as `catalogue:id`."""

    help_uri: ClassVar[str] = ""
    """The AWS documentation page that it follows."""

    parallel: ClassVar[int] = 10
    """How many changes of this kind run at once."""

    reads: ClassVar[tuple[str, ...]] = ()
    """IAM actions that `read` needs."""

    writes: ClassVar[tuple[str, ...]] = ()
    """IAM actions that `apply` needs besides."""

    linked: ClassVar[tuple[str, ...]] = ()
    """Services for which AWS makes service-linked roles in the name of who applies (`iam:AWSServiceName`)."""

    passed: ClassVar[Mapping[str, str]] = {}
    """Service by the name of each role that is passed to it (`iam:PassedToService`)."""

    ahead: ClassVar[tuple[str, ...]] = ("accounts",)
    """Parts of the organization that `read` asks for (see `Tree.ahead`): read side by side before it is its turn."""

    unknown: ClassVar[tuple[str, ...]] = ()
    """What AWS decides when a resource is created: shown as `(known after apply)`."""

    waits_for: ClassVar[tuple[str, ...]] = ()
    """Kinds whose changes are let finish first, well or badly; unlike `requires`, their failure blocks nothing."""

    narrows: ClassVar[bool] = False
    """Whether a change may be made in some accounts alone: `--target ADDR@account`."""

    removal: ClassVar[str] = "delete"
    """What `--allow` must name before a resource of this kind is deleted; empty when AWS cannot delete it."""

    ending: ClassVar[str] = "destroyed"
    """What reports say has become of one that is deleted, where it does not cease to be: a mark, a setting."""

    def address(self, name: str, scope: Scope = ORGANIZATION) -> Address:
        """An address of this kind."""
        return Address(self.name, name, scope)

    def scopes(self, organization: Organization) -> Iterator[Scope]:
        """The scopes to read; one, unless the kind exists once a region or account."""
        yield ORGANIZATION

    @abstractmethod
    def desired(self, organization: Organization) -> Iterable[Resource]:
        """Everything of this kind that the config asks for."""

    def controls_of(self, organization: Organization, address: Address) -> Sequence[str]:
        """Ids of the control catalogues that one of them satisfies: what the kind does, and what this one holds."""
        return self.controls

    def in_use(self, organization: Organization, aws: Aws) -> bool:
        """Whether there can be any, by what is read of the organization anyway (`aws.tree`); else nothing is asked."""
        return True

    @abstractmethod
    def read(self, organization: Organization, aws: Aws, scope: Scope) -> Iterable[Resource | Gap]:
        """Everything of this kind that a scope holds, by the names of the config."""

    def as_found(self, organization: Organization, wanted: Resource, live: Mapping[Address, Resource]) -> Resource:
        """What is wanted of a resource, where the config leaves some of it as AWS has it."""
        return wanted

    @abstractmethod
    def apply(self, organization: Organization, aws: Aws, change: Change) -> None:
        """Make the change; it may have been cut off half way before, so every step asks what is there already."""

    def check(self, organization: Organization) -> Iterable[Diagnostic]:
        """What is wrong with the settings of this kind, beyond its schema."""
        return ()

    def dangers(self, change: Change) -> Iterable[str]:
        """What must be allowed by name before this change is made."""
        if change.action is Action.DELETE and self.removal:
            yield self.removal

    def weakened(self, organization: Organization, change: Change) -> Iterable[str]:
        """What protects less after an update, in words: needs `--allow weaken`, like a guardrail that is loosened."""
        before, after = change.before, change.after
        for name in sorted(after) if before and after else ():
            order = self.weaker.get(name)
            if before and after and order is not None and name in before:
                yield from (f"{name} {words}" for words in order(before[name], after[name]))

    def unique_names(self, address: Address, attributes: Attributes) -> Iterable[UniqueName]:
        """The names that a resource with these attributes has, and that AWS gives no other at the same time."""
        return ()

    def renamed(self, address: Address, attributes: Attributes) -> Attributes | None:
        """The same resource under its `temporary_name`, ours by mark; None where AWS keeps a name for good."""
        return None

    def impossible(self, change: Change, live: Mapping[Address, Resource]) -> Iterable[str]:
        """Why AWS, as it is now, has no way to make this change, and what to do instead."""
        return ()

    def in_the_way(self, organization: Organization, aws: Aws, change: Change) -> Iterable[str]:
        """What AWS has now that leaves no room for what a change makes: a name that is taken, a quota that is used up.

        Asked before anything is written, of changes that make something.
        """
        return ()

    def narrowed(self, change: Change, scopes: Collection[Scope]) -> Change | None:
        """What of a change is made in some accounts (or Regions of them) alone; None when nothing is to do there.

        Raises ImpossiblePlan where it is made everywhere or not at all.
        """
        raise ImpossiblePlan(f"{change.address} is changed as a whole: no --target narrows it to an account")

    def out_of_reach(self, organization: Organization, address: Address, scope: Scope, live: Attributes | None) -> str:
        """Why no change of a kind that `narrows` can be narrowed to an account (and Region); nothing when it can."""
        return ""

    def waves(self, organization: Organization, change: Change, coming: Collection[str] = ()) -> Collection[int] | None:
        """The numbers of the waves in which something is to do of a change that is made in parts (`Change.through`).

        None where it is made at once, or in the stages of guardrails. `coming`: accounts that are not yet where the
        config has them.
        """
        return None

    def begun(self, change: Change, present: Attributes) -> bool:
        """Whether a run that was cut off within this one change may have left what is there now."""
        return False

    def set_off(self, organization: Organization, changes: Collection[Change]) -> Iterable[Address]:
        """Where AWS goes on by itself, when these changes (of any kind) were made."""
        return ()

    def going_on(
        self, organization: Organization, aws: Aws, address: Address, changes: Collection[Change]
    ) -> GoingOn | None:
        """What AWS is still at there because of them; None when it is done. AwsError when it failed."""
        return None

    def severity_of(self, organization: Organization, change: Change) -> Severity:
        """How bad it is that AWS is not as declared, when this change would put it right."""
        if change.before is not None and change.after is not None:
            changed = {key for key, value in change.after.items() if change.before.get(key) != value}
            if changed <= set(self.cosmetic):
                return Severity.LOW
        return self.severity

    def by_name(self, change: Change) -> bool:
        """Whether a search for drift may see what a plan sees only where it is asked for by its name (`--target`).

        So it is where a mark says that something is as declared, or where looking at all there is takes too many calls.
        """
        return False

    def under_way(self, change: Change) -> str:
        """What AWS is at, where that alone is why it does not show what is declared; nothing where there is more."""
        return ""

    def at_work(self, change: Change) -> str:
        """The same, of what AWS may well have done by itself when somebody looks again: nothing that a plan counts."""
        return self.under_way(change)

    def awaited(self, attributes: Attributes) -> str:
        """What others still have to do where AWS has it as declared, and how; nothing where it is done."""
        return ""

    def description(self, attributes: Attributes) -> Mapping[str, str]:
        """By what people know something that is unmanaged: what it is called, where it is, and what it lacks."""
        return {key: str(attributes[key]) for key in ("name", "email", "unit", "account", LACKS) if attributes.get(key)}

    def astray(self, described: Mapping[str, str]) -> str:
        """What is wrong with something unmanaged or used as it is, by its `description`: drift that others mend."""
        return described.get(LACKS, "")

    def named_at(self, organization: Organization, address: Address) -> Source | None:
        """Where the config says that something of others is used as it is, or asks what it does not do."""
        return organization.source

    def beside(self, change: Change, others: Mapping[str, str]) -> Iterable[str]:
        """What to know before a change where others have some of this kind there: names, with their owners if known."""
        return ()

    def notes(self, organization: Organization, change: Change) -> Iterable[str]:
        """Lines for people below the change: reach, sizes, effects."""
        return ()


class Kinds(Collection[Kind]):
    """Kinds by their names, in the order of reports: a value, which observation, plan and apply are given."""

    def __init__(self, kinds: Iterable[Kind]) -> None:
        self._by_name = {kind.name: kind for kind in kinds}

    def __iter__(self) -> Iterator[Kind]:
        return iter(self._by_name.values())

    def __len__(self) -> int:
        return len(self._by_name)

    def __contains__(self, kind: object) -> bool:
        return kind in self._by_name.values()

    def __getitem__(self, name: str) -> Kind:
        return self._by_name[name]
