"""What could not be read, folded by kind and reason."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from landing.core.model import Address, Gap
from landing.core.text import safe
from landing.report.fold import without_identity

SAMPLES = 3
_REQUEST = re.compile(r" \(request [^()]*\)")


@dataclass(frozen=True, slots=True)
class Missed:
    """Gaps of one kind that have the same reason, but for the account, the region and the id of the request."""

    kind: str
    reason: str
    gaps: tuple[Gap, ...]

    @property
    def places(self) -> str:
        """The first gaps by name, and how many more there are."""
        names = ", ".join(label(gap) for gap in self.gaps[:SAMPLES])
        more = f" … {len(self.gaps) - SAMPLES} more" if len(self.gaps) > SAMPLES else ""
        return names + more

    def __str__(self) -> str:
        return f"{self.places}: {self.reason}"


def by_reason(gaps: Iterable[Gap]) -> list[Missed]:
    """The most frequent first."""
    found: dict[tuple[str, str], list[Gap]] = {}
    for gap in gaps:
        found.setdefault((gap.kind, _reason(gap)), []).append(gap)
    missed = [
        Missed(kind, safe(reason if len(members) > 1 else _REQUEST.sub("", members[0].reason)), tuple(members))
        for (kind, reason), members in found.items()
    ]
    return sorted(missed, key=lambda each: (-len(each.gaps), each.kind, each.reason))


def _reason(gap: Gap) -> str:
    return without_identity(_REQUEST.sub("", gap.reason), Address(gap.kind, gap.name or "*", gap.scope))


def label(gap: Gap) -> str:
    """What could not be read, like an address."""
    scope = str(gap.scope)
    return safe(f"{gap.kind}{'.' + gap.name if gap.name else ''}{'@' + scope if scope else ''}")
