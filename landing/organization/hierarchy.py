"""The tree of units and accounts, and what a target means in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from landing.core.model import Source

ROOT = "root"


class Strictness(StrEnum):
    """What `drift` makes of what others have in a unit and below it."""

    STRICT = "strict"
    """Whatever is neither declared nor ours is drift."""
    NORMAL = "normal"
    """A policy of others that is in force is drift unless the config knows of it; all else is counted."""
    LENIENT = "lenient"
    """All of it is counted."""


@dataclass(frozen=True, slots=True)
class Unit:
    """An organizational unit; `key` is the path of keys (`workloads/prod`), `parent` such a path or `root`."""

    key: str
    name: str
    parent: str
    full_access: bool | None = None
    source: Source | None = None
    strictness: Strictness | None = None
    """None: as in the unit above."""


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
    full_access: bool | None = None
    invite: bool = False
    """Whether it comes by invitation: as long as it is no member, it is invited, and never created."""
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


@dataclass(frozen=True)
class Hierarchy:
    """Units and accounts by their keys, every parent among them."""

    units: Mapping[str, Unit]
    accounts: Mapping[str, Account]

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

    def path(self, unit: str) -> tuple[str, ...]:
        """Root first, the unit itself last."""
        steps = [unit]
        while steps[-1] != ROOT:
            steps.append(self.units[steps[-1]].parent)
        return tuple(reversed(steps))

    def declared_full_access(self, node: str) -> bool | None:
        """Whether FullAWSAccess is to be attached to a node; None where the config leaves it as it is found."""
        kind, _, key = node.partition("/")
        found = self.accounts.get(key) if kind == "account" else self.units.get(key)
        return None if found is None else found.full_access

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


def node_of(unit: str) -> str:
    """The name of a unit, or the root, among the nodes that policies are attached to."""
    return unit if unit == ROOT else f"unit/{unit}"


def _carries(account: Account, tags: Mapping[str, str]) -> bool:
    return all(account.tags.get(key) == value for key, value in tags.items())
