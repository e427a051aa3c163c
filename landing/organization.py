"""The desired organization: the validated config with its references resolved; frozen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from landing import references
from landing.deadlines import DEADLINES
from landing.model import Json, Source

ROOT = "root"
TAG = "landing:id"
"""The ownership mark on whatever AWS lets us tag: its value is the key in the config."""

PREFIX = "landing-"
"""The ownership mark where tags do not exist or come too late (stack sets, stacks): the start of the name."""


@dataclass(frozen=True, slots=True)
class Unit:
    """An organizational unit; `key` is the path of keys (`workloads/prod`), `parent` such a path or `root`."""

    key: str
    name: str
    parent: str
    full_access: bool = True
    source: Source | None = None


@dataclass(frozen=True, slots=True)
class Contact:
    """An alternate contact of an account (Account API, PutAlternateContact)."""

    name: str
    title: str
    email: str
    phone: str


@dataclass(frozen=True, slots=True)
class Account:
    """An account; `unit` is a unit key or `root`, `contacts` goes by BILLING, OPERATIONS and SECURITY."""

    key: str
    name: str
    email: str
    unit: str
    tags: Mapping[str, str] = field(default_factory=dict)
    contacts: Mapping[str, Contact] = field(default_factory=dict)
    id: str = ""
    full_access: bool = True
    source: Source | None = None


@dataclass(frozen=True, slots=True)
class Target:
    """The one selector: units with all below them, accounts, narrowed by tags, less exclusions.

    With only `tags`, every account that carries them is meant.
    """

    units: tuple[str, ...] = ()
    accounts: tuple[str, ...] = ()
    tags: Mapping[str, str] = field(default_factory=dict)
    exclude_units: tuple[str, ...] = ()
    exclude_accounts: tuple[str, ...] = ()
    exclude_tags: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Cover:
    """The fewest nodes that mean a target: whole units (future accounts included) and single accounts."""

    units: tuple[str, ...]
    accounts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Guardrail:
    """A policy document with its parameters filled in, and where it is attached.

    `policy` is its name in the library, `parameters` what the config gives for it.
    """

    key: str
    name: str
    type: str
    description: str
    document: Mapping[str, Json]
    target: Target
    severity: str = "high"
    controls: tuple[str, ...] = ()
    source: Source | None = None
    policy: str = ""
    parameters: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Pack:
    """Guardrails of one target in one policy.

    `node` is `root`, `unit/KEY` or `account/KEY`. `entries` are the guardrails by their keys, or `KEY:NUMBER` for
    single statements of one. `origins` says of each statement of the document whose it is: `GUARDRAIL/SID`.
    """

    key: str
    node: str
    type: str
    description: str
    document: Mapping[str, Json]
    entries: tuple[str, ...]
    origins: tuple[tuple[str, ...], ...]
    severity: str = "high"
    controls: tuple[str, ...] = ()
    source: Source | None = None

    @property
    def name(self) -> str:
        """Its name in AWS."""
        return self.key

    @property
    def guardrails(self) -> tuple[str, ...]:
        """The keys of the guardrails of which it has something."""
        return tuple(dict.fromkeys(entry.partition(":")[0] for entry in self.entries))


@dataclass(frozen=True, slots=True)
class Deployment:
    """A rendered blueprint and where its stacks go.

    `accounts` non-empty: plain stacks in just these accounts; otherwise a stack set over `target`, and with
    `management` a plain stack in the management account, which a stack set never reaches. `requires` names other
    deployments, `delegated` the service principals that its account must administer first.
    """

    key: str
    template: Mapping[str, Json]
    regions: tuple[str, ...]
    target: Target = Target()
    accounts: tuple[str, ...] = ()
    management: bool = False
    requires: tuple[str, ...] = ()
    delegated: tuple[str, ...] = ()
    max_concurrent: int = 50
    failure_tolerance: int = 5
    source: Source | None = None


@dataclass(frozen=True, slots=True)
class Service:
    """An organization-wide service as the config wants it: its settings with defaults filled in."""

    name: str
    settings: Mapping[str, Any]
    source: Source | None = None
    sources: Mapping[str, Source] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LockPlace:
    """The S3 object that keeps two runs apart; `account` is the key of the account that owns the bucket."""

    bucket: str
    key: str
    account: str
    region: str

    @property
    def path(self) -> str:
        """As the AWS CLI writes it."""
        return f"s3://{self.bucket}/{self.key}"


@dataclass(frozen=True)
class Organization:
    """Everything that the config says, checked; every mapping goes by the stable key of the config."""

    name: str
    id: str
    home_region: str
    governed_regions: tuple[str, ...]
    stack_sets_by_region_group: bool
    partition: str
    management: str
    log_archive: str
    security_tooling: str
    member_role: str
    exempt_roles: tuple[str, ...]
    units: Mapping[str, Unit]
    accounts: Mapping[str, Account]
    guardrails: Mapping[str, Guardrail]
    deployments: Mapping[str, Deployment]
    services: Mapping[str, Service]
    trusted_access: Mapping[str, Source | None]
    delegated_administrators: Mapping[str, str]
    policy_types: Mapping[str, Source | None]
    timeouts: Mapping[str, int] = field(default_factory=dict)
    source: Source | None = None
    sources: Mapping[str, Source] = field(default_factory=dict)
    lock: LockPlace | None = None
    limits: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    packed: Mapping[str, Source | None] = field(default_factory=dict)
    packs: Mapping[str, Pack] = field(default_factory=dict)

    def timeout(self, name: str) -> int:
        """Seconds that AWS may take over one of DEADLINES."""
        return self.timeouts.get(name, DEADLINES[name].seconds)

    @cached_property
    def guarded(self) -> Mapping[str, tuple[str, ...]]:
        """Guardrail keys by the node that they guard: `root`, `unit/KEY` or `account/KEY`."""
        found: dict[str, list[str]] = {}
        for key, guardrail in self.guardrails.items():
            cover = self.cover(guardrail.target)
            for node in (*map(node_of, cover.units), *(f"account/{account}" for account in cover.accounts)):
                found.setdefault(node, []).append(key)
        return {node: tuple(keys) for node, keys in found.items()}

    @cached_property
    def attached(self) -> Mapping[str, tuple[str, ...]]:
        """Policy keys by node: the guardrails there, but for those in packs, and the packs."""
        inside = {(pack.node, key) for pack in self.packs.values() for key in pack.guardrails}
        found = {node: [key for key in keys if (node, key) not in inside] for node, keys in self.guarded.items()}
        for pack in self.packs.values():
            found[pack.node].append(pack.key)
        return {node: tuple(keys) for node, keys in found.items()}

    @cached_property
    def policies(self) -> Mapping[str, Guardrail | Pack]:
        """Every policy that AWS is to have: guardrails, but for those that are in packs only, and packs."""
        inside = {key for pack in self.packs.values() for key in pack.guardrails}
        apart = {key for keys in self.attached.values() for key in keys}
        alone = {key: each for key, each in self.guardrails.items() if key in apart or key not in inside}
        return {**alone, **self.packs}

    @cached_property
    def children(self) -> Mapping[str, tuple[str, ...]]:
        """Unit keys by the key of their parent, in the order of the config."""
        below: dict[str, list[str]] = {ROOT: [], **{key: [] for key in self.units}}
        for unit in self.units.values():
            below[unit.parent].append(unit.key)
        return {key: tuple(keys) for key, keys in below.items()}

    @cached_property
    def accounts_in(self) -> Mapping[str, tuple[str, ...]]:
        """Account keys by the unit that holds them directly."""
        held: dict[str, list[str]] = {ROOT: [], **{key: [] for key in self.units}}
        for account in self.accounts.values():
            held[account.unit].append(account.key)
        return {key: tuple(keys) for key, keys in held.items()}

    @cached_property
    def named_in_policies(self) -> frozenset[str]:
        """Keys of the accounts whose ids are part of some guardrail's document."""
        return frozenset(account for key in self.policies for account in self.accounts_in_policy(key))

    def accounts_in_policy(self, key: str) -> tuple[str, ...]:
        """Keys of the accounts, other than the management account, whose ids a policy contains."""
        tokens = references.tokens_in(dict(self.policies[key].document))
        accounts = (account for account in self.accounts if references.account_id(account) in tokens)
        return tuple(account for account in accounts if account != self.management)

    def path(self, unit: str) -> tuple[str, ...]:
        """Root first, the unit itself last."""
        steps = [unit]
        while steps[-1] != ROOT:
            steps.append(self.units[steps[-1]].parent)
        return tuple(reversed(steps))

    def below(self, unit: str) -> Iterator[str]:
        """The unit and every unit under it, parents first."""
        yield unit
        for child in self.children[unit]:
            yield from self.below(child)

    def members(self, target: Target) -> tuple[str, ...]:
        """The keys of the accounts that a target means, in the order of the config."""
        wanted = {below for unit in target.units for below in self.below(unit)}
        unwanted = {below for unit in target.exclude_units for below in self.below(unit)}
        everyone = not target.units and not target.accounts

        def means(account: Account) -> bool:
            if account.key in target.exclude_accounts or account.unit in unwanted:
                return False
            if target.exclude_tags and _carries(account, target.exclude_tags):
                return False
            if not _carries(account, target.tags):
                return False
            return account.key in target.accounts or account.unit in wanted or (everyone and bool(target.tags))

        return tuple(key for key, account in self.accounts.items() if means(account))

    def cover(self, target: Target) -> Cover:
        """The nodes to attach to or to deploy to: a unit where all of it is meant, single accounts elsewhere."""
        members = set(self.members(target))
        listed = {below for unit in target.units for below in self.below(unit)}
        excluded = {below for unit in target.exclude_units for below in self.below(unit)}
        by_unit = not target.tags
        units: list[str] = []
        accounts: list[str] = []

        def whole(unit: str) -> bool:
            inside = list(self.below(unit))
            return (
                by_unit
                and set(inside) <= listed
                and not excluded.intersection(inside)
                and all(key in members for below in inside for key in self.accounts_in[below])
            )

        def visit(unit: str) -> None:
            if whole(unit):
                units.append(unit)
                return
            accounts.extend(key for key in self.accounts_in[unit] if key in members)
            for child in self.children[unit]:
                visit(child)

        visit(ROOT)
        return Cover(tuple(units), tuple(accounts))

    def account_scopes(self, keys: Sequence[str], regions: Sequence[str]) -> Iterator[tuple[str, str]]:
        """Every (account, region) pair, accounts first."""
        for key in keys:
            for region in regions:
                yield key, region


def node_of(unit: str) -> str:
    """The name of a unit, or the root, among the nodes that policies are attached to."""
    return unit if unit == ROOT else f"unit/{unit}"


def _carries(account: Account, tags: Mapping[str, str]) -> bool:
    return all(account.tags.get(key) == value for key, value in tags.items())
