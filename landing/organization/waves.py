"""Waves: which units and accounts a change reaches first, and what must hold before it goes on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from landing.core.model import Source
from landing.organization.hierarchy import Target

REST = "rest"
"""The wave of everything that no other one names; always the last."""


@dataclass(frozen=True, slots=True)
class Gate:
    """What must hold after a wave before the next one begins, besides that nothing of the wave is left or has failed.

    None: it is not asked. `minutes` is how long it is looked for denials and findings after the wave began.
    """

    denials_per_minute: int | None = None
    high_findings: int | None = None
    minutes: int = 15
    approval: bool = False

    @property
    def watches(self) -> bool:
        """Whether it asks for anything that takes time to show."""
        return self.denials_per_minute is not None or self.high_findings is not None

    @property
    def words(self) -> Iterator[str]:
        """What it asks, each in words."""
        yield "nothing of it left or failed"
        if self.denials_per_minute is not None:
            yield f"no minute with more than {self.denials_per_minute} denials by guardrails"
        if self.high_findings is not None:
            yield f"at most {self.high_findings} new findings of high severity"
        if self.watches:
            yield f"{self.minutes} minutes after it began"
        if self.approval:
            yield "a person's yes"


@dataclass(frozen=True, slots=True)
class Wave:
    """A part of the organization that changes reach at one time; `gate` stands behind it."""

    name: str
    target: Target
    gate: Gate = field(default_factory=Gate)
    source: Source | None = None
