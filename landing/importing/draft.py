"""What an import has found, whatever its source: a config folder in the making."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from landing.core.model import Json, Source


@dataclass(frozen=True, slots=True)
class Asked:
    """What the user has said: what the organization is called, its regions, which accounts play which part.

    `log_archive` and `security_tooling` are ids, names or e-mail addresses. All may be left out.
    """

    name: str = ""
    home_region: str = ""
    regions: tuple[str, ...] = ()
    member_role: str = ""
    log_archive: str = ""
    security_tooling: str = ""
    contacts: bool = False
    """Whether alternate contacts are read of however many accounts there are."""


@dataclass(frozen=True, slots=True)
class DraftUnit:
    """An organizational unit; `key` is the path of keys, as in the config. `full_access` as far as it is known."""

    key: str
    name: str
    full_access: bool = True
    id: str = ""


@dataclass(frozen=True, slots=True)
class DraftAccount:
    """An account; `unit` is a unit key or `root`. Without `id` it is found by its e-mail address."""

    key: str
    name: str
    email: str
    unit: str
    id: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)
    contacts: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    full_access: bool = True


@dataclass(frozen=True, slots=True)
class DraftPolicy:
    """A policy of any type; `nodes` (`root`, `unit/KEY`, `account/KEY`) are what it is attached to, none or many."""

    key: str
    name: str
    description: str
    type: str
    document: Mapping[str, Json]
    nodes: tuple[str, ...] = ()
    id: str = ""
    template: bool = False
    """Whether the document has placeholders of ours; else what looks like one is text."""


@dataclass(frozen=True, slots=True)
class DraftBaseline:
    """A stack set that is there already; `template` is its text, `nodes` are units (`root` too) and `account/KEY`.

    `stack_set` is its name where that is none of ours; `blueprint` is the file that gets the template, without ending.
    """

    key: str
    blueprint: str
    template: str
    regions: tuple[str, ...]
    parameters: Mapping[str, str] = field(default_factory=dict)
    nodes: tuple[str, ...] = ()
    stack_set: str = ""
    management: bool = False


@dataclass(frozen=True, slots=True)
class DraftStack:
    """A plain stack of ours, one in each of the accounts (keys) and regions; else like a baseline."""

    key: str
    blueprint: str
    template: str
    regions: tuple[str, ...]
    parameters: Mapping[str, str] = field(default_factory=dict)
    accounts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys that a config has already: by id of what is there, and by kind of thing all that are given."""

    by_id: Mapping[str, str] = field(default_factory=dict)
    units: frozenset[str] = frozenset()
    accounts: frozenset[str] = frozenset()
    policies: frozenset[str] = frozenset()


NO_KEYS = Keys()


@dataclass(frozen=True, slots=True)
class Known:
    """A policy of others that may be in force: what `organization.known_policies` calls it, and whose it is."""

    pattern: str
    why: str


@dataclass(frozen=True, slots=True)
class LeftOut:
    """What was found and is not in the config: what it is, why, and where it stands if it stands in a file."""

    what: str
    why: str
    source: Source | None = None

    def __str__(self) -> str:
        return f"{f'{self.source}: ' if self.source else ''}{self.what}: {self.why}"


@dataclass(frozen=True, slots=True)
class Draft:
    """Everything that will be in the config; keys are those of the config already.

    `units` has parents before what is below them. `services` is what stands under `services:`, as YAML has it.
    """

    name: str
    home_region: str
    governed_regions: tuple[str, ...]
    management: str
    log_archive: str
    security_tooling: str
    units: tuple[DraftUnit, ...] = ()
    accounts: tuple[DraftAccount, ...] = ()
    policies: tuple[DraftPolicy, ...] = ()
    id: str = ""
    member_role: str = ""
    quarantine: str = ""
    """Key of the unit in which new accounts wait."""
    policy_types: tuple[str, ...] = ()
    trusted_access: tuple[str, ...] = ()
    untrusted: tuple[str, ...] = ()
    delegated_administrators: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    known: tuple[Known, ...] = ()
    limits: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    services: Mapping[str, Json] = field(default_factory=dict)
    baselines: tuple[DraftBaseline, ...] = ()
    stacks: tuple[DraftStack, ...] = ()
    removed: tuple[str, ...] = ()
    """Addresses of what an apply has made, and no config can be made of: it is let go."""
    left_out: tuple[LeftOut, ...] = ()
    source: str = ""
    """What it was made from, in words."""

    def attached(self) -> Iterator[DraftPolicy]:
        """The policies that are to be guardrails."""
        return (policy for policy in self.policies if policy.nodes)
