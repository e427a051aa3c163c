"""Policies as AWS is to have them: a guardrail each, or several guardrails in a pack."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from landing.core.model import Address, Json, Source
from landing.organization.hierarchy import Target


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
    nested: bool = False
    """Whether it is attached to all that its target names, also below what has it already."""


@dataclass(frozen=True, slots=True)
class ForeignPolicy:
    """A policy that is attached in AWS and is neither declared nor ours: it counts, and it is never written.

    `nodes` are `root`, `unit/KEY` or `account/KEY`, with the keys of what is there. SCPs and RCPs have their
    `document`, with tokens in place of ids, as far as it was read.
    """

    id: str
    name: str
    type: str
    nodes: tuple[str, ...]
    address: Address
    document: Mapping[str, Json] | None = None
    owner: str = ""
    """Who keeps it, as far as its name and tags tell (see `owners`)."""

    @property
    def words(self) -> str:
        """Which it is, and whose."""
        of = f" of {self.owner}" if self.owner else ""
        return f"{self.name} ({self.id}, {self.type}){of}"

    def __str__(self) -> str:
        return f"{self.name} ({self.id})"


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
class Held:
    """The policies of ours as AWS was found to hold them, as far as changes bear on them.

    `attached` goes by node (`root`, `unit/KEY`, `account/KEY`). `as_declared` names those whose text is the config's,
    `otherwise` those of which it is known that it is another.
    """

    attached: Mapping[str, tuple[str, ...]]
    as_declared: frozenset[str] = frozenset()
    otherwise: frozenset[str] = frozenset()

    def nodes(self, policy: str) -> tuple[str, ...]:
        """Where a policy is attached."""
        return tuple(sorted(node for node, policies in self.attached.items() if policy in policies))
