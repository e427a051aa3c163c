"""The gates between waves: what must hold before the next wave begins, and why it does not."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from landing.core.model import Diagnostic
from landing.organization import Organization


@dataclass(frozen=True, slots=True)
class Gates:
    """Asked before each wave but the first. `approved`: names of waves after which a person says to go on."""

    organization: Organization
    approved: Collection[str] = ()

    def closed(self, number: int, first: int) -> Diagnostic | None:
        """Why a wave does not begin; None when it may. Nothing is left of the waves before it.

        `first` is the wave with which the run began: those before it were done when the person said yes.
        """
        return self._unapproved(number, first)

    def _unapproved(self, number: int, first: int) -> Diagnostic | None:
        asking = [each for each, wave in enumerate(self.organization.waves[:number]) if wave.gate.approval]
        if not asking:
            return None
        last = asking[-1]
        wave = self.organization.wave_name(last)
        given = wave in self.approved
        if given and last < first:
            return None
        early = "the yes was given before it was done; " if given else ""
        return Diagnostic(
            "LZ541",
            f"{early}a person has to say yes after wave {wave}",
            help=f"look at it, then landing apply --approve-wave {wave}",
        )
