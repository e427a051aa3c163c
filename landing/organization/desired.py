"""Everything that the config says, checked, with its references resolved; frozen."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Generic, TypeVar

from landing.blueprint.resource_names import LOG_KEY_ALIAS, bucket
from landing.core import references
from landing.core.deadlines import DEADLINES
from landing.core.model import Address, Diagnostic, Json, Source
from landing.organization.files import File
from landing.organization.hierarchy import Account, Contact, Cover, Hierarchy, Strictness, Target, node_of
from landing.organization.owners import CONTROL_TOWER
from landing.organization.pipeline import Pipeline
from landing.organization.policies import ForeignPolicy, Guardrail, Held, Pack
from landing.organization.waves import REST, Wave

S = TypeVar("S")
ITS_LANDING_ZONE = "its landing zone"
"""Why policies of Control Tower may be in force."""


@dataclass(frozen=True, slots=True)
class Deployment:
    """A rendered blueprint and where its stacks go.

    `parameters` are the values of its own template parameters, beside those that are known only at the call.
    `stack_set` is what a stack set is called that is there already; empty where it is ours, and called by the key.
    `accounts` non-empty: plain stacks in just these accounts; otherwise a stack set over `target`, and with
    `management` a plain stack in the management account, which a stack set never reaches. `requires` names other
    deployments, `delegated` the service principals that its account must administer first. `blueprint` is a name.
    """

    key: str
    template: Mapping[str, Json]
    regions: tuple[str, ...]
    target: Target = field(default_factory=Target)
    accounts: tuple[str, ...] = ()
    management: bool = False
    requires: tuple[str, ...] = ()
    delegated: tuple[str, ...] = ()
    max_concurrent: int = 50
    failure_tolerance: int = 5
    blueprint: str = ""
    parameters: Mapping[str, str] = field(default_factory=dict)
    remembered: bool = False
    """Whether its accounts are marked: it is one of the config's `stacks`, which may be in any account."""
    existing: str = ""
    """What becomes of a recorder that an account has already: `keep` or `replace`; when empty, it is in the way."""
    stack_set: str = ""
    controls: tuple[str, ...] = ()
    """Ids of control catalogues, as `catalogue:id`."""
    source: Source | None = None

    @property
    def role_names(self) -> frozenset[str]:
        """The names of the IAM roles of the template, as far as it or one of its parameters gives them."""
        parts: Any = self.template
        defaults = {name: each.get("Default", "") for name, each in (parts.get("Parameters") or {}).items()}
        values = {**defaults, **self.parameters}
        roles = (each for each in (parts.get("Resources") or {}).values() if each.get("Type") == "AWS::IAM::Role")
        named = ((each.get("Properties") or {}).get("RoleName", "") for each in roles)
        return frozenset(str(values.get(name["Ref"], "") if [*name] == ["Ref"] else name) for name in named)


@dataclass(frozen=True, slots=True)
class PlaybookUse:
    """A playbook of the library as the config uses it, by its name there; empty for a document of AWS's own."""

    playbook: str
    parameters: Mapping[str, Json]
    source: Source | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a setting stands, and how many characters it takes there; `key` is that of its name."""

    value: Source
    length: int
    key: Source
    key_length: int


@dataclass(frozen=True, slots=True)
class EnabledService(Generic[S]):
    """An organization-wide service as the config wants it: its settings with defaults filled in."""

    name: str
    settings: S
    trusted: tuple[str, ...] = ()
    """Service principals that must have trusted access."""
    source: Source | None = None
    places: Mapping[tuple[str | int, ...], Place] = field(default_factory=dict)
    """Where each setting stands, by its path."""

    def at(self, *path: str | int) -> Source | None:
        """Where a setting stands; of one that the config leaves out, where it would stand in."""
        place = self._place(path)
        return place.key if place else self.source

    def problem(
        self, code: str, message: str, help_: str, *path: str | int, key: bool = False, severity: str = "error"
    ) -> Diagnostic:
        """What is wrong with the value of a setting (`key`: with its name), where it stands."""
        pointer, place = ("services", self.name, *path), self._place(path)
        if place is None:
            return Diagnostic(code, message, self.source, help_, severity, pointer, len(self.name))
        if key or path not in self.places:
            return Diagnostic(code, message, place.key, help_, severity, pointer, place.key_length)
        return Diagnostic(code, message, place.value, help_, severity, pointer, place.length)

    def _place(self, path: tuple[str | int, ...]) -> Place | None:
        return next((self.places[path[:n]] for n in range(len(path), 0, -1) if path[:n] in self.places), None)


@dataclass(frozen=True, slots=True)
class Delivery:
    """What a service puts into a bucket of the log archive that is its own.

    `purpose` names the bucket. Where the blueprint of the log archive does not know the service by name, `principal`
    writes, on behalf of `sources`: the ends of ARNs from the service on, `{account}` for the security tooling account.
    With `members`, it writes for every account of the organization, and `{account}` is each of them.
    """

    purpose: str
    principal: str = ""
    sources: tuple[str, ...] = ()
    members: bool = False


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
class Organization(Hierarchy):
    """The hierarchy with all that applies to it; every mapping goes by the stable key of the config."""

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
    """The role in member accounts by which `apply` enters them."""
    exempt_roles: tuple[str, ...]
    """Patterns of role ARNs that protective guardrails let through."""
    admitted_roles: tuple[str, ...]
    """Patterns of role ARNs that some guardrail lets through: the exempt ones, and those of single guardrails."""
    guardrails: Mapping[str, Guardrail]
    deployments: Mapping[str, Deployment]
    services: Mapping[str, EnabledService[Any]]
    trusted_access: Mapping[str, Source | None]
    delegated_administrators: Mapping[str, tuple[str, ...]]
    """Keys of accounts by service principal."""
    policy_types: Mapping[str, Source | None]
    quarantine: str = ""
    """The unit in which new accounts wait for their baselines; empty where they wait nowhere."""
    enables_regions: bool = False
    """Whether opt-in Regions are enabled in the accounts that need them."""
    contacts: Mapping[str, Contact] = field(default_factory=dict)
    """Of every account that has none of the kind itself; by BILLING, OPERATIONS and SECURITY."""
    playbooks: Mapping[str, PlaybookUse] = field(default_factory=dict)
    timeouts: Mapping[str, int] = field(default_factory=dict)
    forensics: str = ""
    """The account that evidence is shared with; empty where the config names none."""
    source: Source | None = None
    sources: Mapping[str, Source] = field(default_factory=dict)
    """Where names and ids stand that are looked for later, by their path (`roles.management`, `accounts.shop.id`)."""
    lock: LockPlace | None = None
    limits: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    read_role: str = ""
    """The role in member accounts by which plan and drift enter them; empty for the member role."""
    pipeline: Pipeline | None = None
    """Who plans and applies, where it is not people."""
    packed: Mapping[str, Source | None] = field(default_factory=dict)
    packs: Mapping[str, Pack] = field(default_factory=dict)
    known_policies: tuple[str, ...] = ()
    """Names, with `*`, or ids of policies of others that may be in force."""
    foreign: tuple[ForeignPolicy, ...] = ()
    """Policies of others as AWS has them, once it was asked: part of what is in force, and of what takes slots."""

    left_accounts: tuple[str, ...] = ()
    """Accounts that were marked while some of the config's `stacks` was there: it may still be."""
    strictness: Strictness = Strictness.NORMAL
    """At the root, and in every unit that says nothing else."""
    removed: tuple[str, ...] = ()
    """Addresses (or kinds, or beginnings with `*`) of what is no longer managed, and stays as it is."""
    bare: frozenset[str] = frozenset()
    """Nodes that AWS was found to hold without FullAWSAccess, and that the config leaves as they are."""

    held: Held | None = None
    """Policies of ours as AWS holds them, once it was asked."""

    control_tower: bool = False
    """Whether Control Tower works in it, once AWS was asked."""

    invited: Mapping[str, Account] = field(default_factory=dict)
    """Accounts that come by invitation and are no members yet, once AWS was asked; they are not among `accounts`."""

    offered: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """The regions of the partition that have a service, by its key; of every service that there is."""
    log_buckets: tuple[str, ...] = ()
    """What the buckets of the log archive are for, as their names have it."""
    existing_log_buckets: Mapping[str, str] = field(default_factory=dict)
    """The names of those that are there already and are used as they are, by what they are for."""
    log_key: str = LOG_KEY_ALIAS
    """What encrypts the logs: an alias in the account and home region of the log archive, or the ARN of a key."""
    deliveries: tuple[Delivery, ...] = ()
    """What the services deliver to the log archive."""
    principals: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """The service principals of a service, by its key; of every service that there is."""
    administered: frozenset[str] = frozenset()
    """Keys of the services of which what AWS holds is ours where they are marked."""
    conformance_packs: Mapping[str, File] = field(default_factory=dict)
    """Ours and those beside the config, by name."""
    guard_policies: Mapping[str, File] = field(default_factory=dict)
    """Policies in the language of CloudFormation Guard, by name."""
    waves: tuple[Wave, ...] = ()
    """In which order parts of the organization are changed; what none names comes last, in a wave of its own."""
    appointing: frozenset[str] = frozenset()
    """Service principals whose administrator is appointed by a call of the service, not by AWS Organizations."""

    def service(self, settings: type[S]) -> EnabledService[S] | None:
        """The service with settings of this type, if the config has it."""
        return next((each for each in self.services.values() if isinstance(each.settings, settings)), None)

    def log_bucket(self, purpose: str) -> str:
        """The name of a bucket of the log archive; in one of ours, the account's id is a token."""
        ours = bucket(purpose, references.account_id(self.log_archive), self.home_region)
        return self.existing_log_buckets.get(purpose, ours)

    def timeout(self, name: str) -> int:
        """Seconds that AWS may take over one of DEADLINES."""
        return self.timeouts.get(name, DEADLINES[name].seconds)

    @property
    def roles(self) -> Mapping[str, str]:
        """Keys of accounts by the part that each plays."""
        needed = {
            "management": self.management,
            "log_archive": self.log_archive,
            "security_tooling": self.security_tooling,
        }
        return {**needed, "forensics": self.forensics} if self.forensics else needed

    @property
    def regions(self) -> tuple[str, ...]:
        """The governed regions, and others that a deployment names."""
        deployed = (region for deployment in self.deployments.values() for region in deployment.regions)
        return tuple(dict.fromkeys((*self.governed_regions, *deployed)))

    @property
    def stack_accounts(self) -> tuple[str, ...]:
        """The accounts in which one of the config's `stacks` is to be."""
        named = (account for each in self.deployments.values() if each.remembered for account in each.accounts)
        return tuple(dict.fromkeys(named))

    @property
    def read_role_makers(self) -> tuple[Deployment, ...]:
        """The deployments that make the role by which a read-only connection enters members."""
        made = self.deployments.values() if self.read_role else ()
        return tuple(each for each in made if self.read_role in each.role_names)

    def is_quarantined(self, account: str) -> bool:
        """Whether an account that is made comes into the quarantine unit first.

        Not those that the baselines of others need, nor one that comes by invitation: somebody works there already.
        """
        roles = (self.management, self.log_archive, self.security_tooling)
        declared = self.accounts.get(account)
        if not self.quarantine or declared is None or account in roles or declared.invite:
            return False
        return self.quarantine not in self.path(declared.unit)

    def with_left(self, regions: Iterable[str], accounts: Iterable[str]) -> Organization:
        """As if these were governed too: where to look for what was set while they were."""
        governed = (*self.governed_regions, *sorted({*regions} - {*self.governed_regions}))
        return replace(self, governed_regions=governed, left_accounts=tuple(sorted({*accounts})))

    def without_members(self, keys: Collection[str]) -> Organization:
        """With these accounts invited only: nothing else is asked for of them."""
        if not keys:
            return self
        invited = {key: account for key, account in self.accounts.items() if key in keys}
        members = {key: account for key, account in self.accounts.items() if key not in keys}
        return replace(self, accounts=members, invited={**self.invited, **invited})

    def unheld(self, account: Account, message: str, help_: str) -> Diagnostic:
        """What AWS says otherwise than an id that the config declares, where it stands."""
        source = self.sources.get(f"accounts.{account.key}.id", account.source)
        return Diagnostic(
            "LZ501", message, source, help_, pointer=("accounts", account.key, "id"), length=len(account.id)
        )

    @property
    def last_wave(self) -> int:
        """The number of the wave of all that no wave names; 0 where there are no waves."""
        return len(self.waves)

    def wave_name(self, number: int) -> str:
        """What a wave is called."""
        return self.waves[number].name if number < self.last_wave else REST

    def wave_at(self, node: str) -> int:
        """The number of the wave that reaches a node whole: `root`, `unit/KEY` or `account/KEY`."""
        return self._waves_at.get(node, self.last_wave)

    @cached_property
    def _waves_at(self) -> Mapping[str, int]:
        found: dict[str, int] = {}
        for number, wave in enumerate(self.waves):
            for unit in self.cover(wave.target).units:
                for below in self.below(unit):
                    found.setdefault(node_of(below), number)
            for account in self.members(wave.target):
                found.setdefault(f"account/{account}", number)
        return found

    @cached_property
    def _divided(self) -> frozenset[str]:
        """The units (and root) of which an earlier wave than the last reaches a part."""
        units = [self.units[node.removeprefix("unit/")].parent for node in self._waves_at if node.startswith("unit/")]
        units += [self.accounts[n.removeprefix("account/")].unit for n in self._waves_at if n.startswith("account/")]
        return frozenset(above for unit in units for above in self.path(unit))

    def in_waves(self, cover: Cover) -> tuple[Cover, ...]:
        """What of a cover each wave reaches, by their numbers: whole units where a wave has all of one."""
        units: list[list[str]] = [[] for _ in range(self.last_wave + 1)]
        accounts: list[list[str]] = [[] for _ in range(self.last_wave + 1)]

        def visit(unit: str) -> None:
            here = self.wave_at(node_of(unit))
            if here < self.last_wave or unit not in self._divided:
                units[here].append(unit)
                return
            for key in self.accounts_in[unit]:
                if key != self.management:
                    accounts[self.wave_at(f"account/{key}")].append(key)
            for child in self.children[unit]:
                visit(child)

        for unit in cover.units:
            visit(unit)
        for key in cover.accounts:
            accounts[self.wave_at(f"account/{key}")].append(key)
        return tuple(Cover(tuple(some), tuple(single)) for some, single in zip(units, accounts, strict=True))

    @cached_property
    def guarded(self) -> Mapping[str, tuple[str, ...]]:
        """Guardrail keys by the node that they guard: `root`, `unit/KEY` or `account/KEY`."""
        found: dict[str, list[str]] = {}
        for key, guardrail in self.guardrails.items():
            cover = self.cover(guardrail.target)
            named = guardrail.target if guardrail.nested else Target()
            units = dict.fromkeys((*cover.units, *named.units))
            accounts = dict.fromkeys((*cover.accounts, *(each for each in named.accounts if each in self.accounts)))
            for node in (*map(node_of, units), *(f"account/{account}" for account in accounts)):
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
    def foreign_at(self) -> Mapping[str, tuple[ForeignPolicy, ...]]:
        """The policies of others by node."""
        found: dict[str, list[ForeignPolicy]] = {}
        for policy in self.foreign:
            for node in policy.nodes:
                found.setdefault(node, []).append(policy)
        return {node: tuple(policies) for node, policies in found.items()}

    def known(self, policy: ForeignPolicy) -> str:
        """Why a policy of others may be in force; nothing when it may not.

        It is the entry of the config that says so; what Control Tower keeps needs none where it works.
        """
        patterns = ((entry, ".*".join(map(re.escape, entry.split("*")))) for entry in self.known_policies)
        fits = (
            entry for entry, pattern in patterns if entry == policy.id or re.fullmatch(pattern, policy.name, re.DOTALL)
        )
        return next(fits, ITS_LANDING_ZONE if self.control_tower and policy.owner == CONTROL_TOWER.title else "")

    def lets_go(self, address: Address) -> bool:
        """Whether the config says that something is no longer managed."""
        return any(address.matches(target) for target in self.removed)

    def full_access(self, node: str) -> bool:
        """Whether FullAWSAccess is at a node: as declared, else as found; AWS attaches it to all that is new."""
        declared = self.declared_full_access(node)
        return node not in self.bare if declared is None else declared

    def strictness_at(self, node: str) -> Strictness:
        """Of the nearest unit that says; of what the config does not have, that of the root."""
        kind, _, key = node.partition("/")
        unit = self.accounts[key].unit if kind == "account" and key in self.accounts else key
        steps = reversed(self.path(unit)[1:]) if unit in self.units else ()
        return next((found for each in steps if (found := self.units[each].strictness)), self.strictness)

    def manages(self, node: str) -> bool:
        """Whether a node is part of the tree that the config describes: of accounts, all that are in its units."""
        return not node.startswith("unit/") or node.removeprefix("unit/") in self.units

    @cached_property
    def named_in_policies(self) -> frozenset[str]:
        """Keys of the accounts whose ids are part of some guardrail's document."""
        return frozenset(account for key in self.policies for account in self.accounts_in_policy(key))

    def accounts_in_policy(self, key: str) -> tuple[str, ...]:
        """Keys of the accounts, other than the management account, whose ids a policy contains."""
        tokens = references.tokens_in(dict(self.policies[key].document))
        accounts = (account for account in self.accounts if references.account_id(account) in tokens)
        return tuple(account for account in accounts if account != self.management)
