"""Why something could not be read or done, folded where many say the same."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from landing.core.model import Address, Diagnostic, Gap
from landing.core.text import safe
from landing.report.fold import alike, without_identity

SAMPLES = 3


@dataclass(frozen=True, slots=True)
class Reason:
    """Diagnostics of one kind that say the same, but for the account, the region and the id of the request.

    The `reason` is that of the first, with how many there are where theirs name other places.
    """

    kind: str
    reason: str
    names: tuple[str, ...]
    diagnostics: tuple[Diagnostic, ...]

    @property
    def places(self) -> str:
        """The first by name, and how many more there are."""
        more = f" … {len(self.names) - SAMPLES} more" if len(self.names) > SAMPLES else ""
        return ", ".join(self.names[:SAMPLES]) + more

    @property
    def text(self) -> str:
        """The reason; of a single one with the request."""
        return safe(self.diagnostics[0].text) if len(self.diagnostics) == 1 else self.reason

    def __str__(self) -> str:
        return f"{self.places}: {self.reason}"


Entry = tuple[str, Address, Diagnostic]


def reasons(entries: Iterable[Entry]) -> list[Reason]:
    """(name, address, why) of each, folded, in the order in which they came."""
    return [_reason(members) for members in alike(entries, _words)]


def missed_in(gaps: Iterable[Gap]) -> list[Reason]:
    """What could not be read, the most frequent first."""
    entries = ((_label(gap), Address(gap.kind, gap.name or "*", gap.scope), gap.diagnostic) for gap in gaps)
    return sorted(reasons(entries), key=lambda each: (-len(each.names), each.kind, each.reason))


def _words(entry: Entry) -> tuple[str, str]:
    _, address, diagnostic = entry
    return address.kind, without_identity(diagnostic.words, address)


def _reason(members: tuple[Entry, ...]) -> Reason:
    kind, shared = _words(members[0])
    words = members[0][2].words
    if len(members) > 1 and words != shared:
        words += f" (and alike in the {len(members) - 1} other{'s' * (len(members) > 2)})"
    names, _, diagnostics = zip(*members, strict=True)
    return Reason(kind, safe(words), tuple(map(safe, names)), diagnostics)


def _label(gap: Gap) -> str:
    """What could not be read, like an address."""
    scope = str(gap.scope)
    return f"{gap.kind}{'.' + gap.name if gap.name else ''}{'@' + scope if scope else ''}"
