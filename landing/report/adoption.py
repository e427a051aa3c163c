"""What gets our mark, or loses it, and is not changed otherwise: a line each, or one a kind where there are many."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable

from landing.core.model import Action, Change
from landing.report.fold import EVERYTHING

ADOPTED = "will be adopted: there already and as declared; each gets our mark (a tag landing:…) and nothing else"
FORGOTTEN = "will no longer be managed: each stays as it is, and our mark (a tag landing:…) is taken off"
HEADS = {Action.ADOPT: ADOPTED, Action.FORGET: FORGOTTEN}
TAKEN_OVER = "adopted besides: it is there without our mark (a tag landing:…)"
SCREEN = 20
"""More of them than this are folded by kind."""

NAMED = 5
"""How many names of a folded kind are shown."""


def marked(changes: Iterable[Change], action: Action, expand: Collection[str] = (), limit: int = SCREEN) -> list[str]:
    """The lines; `expand` as `fold` has it, `limit` 0 shows every one."""
    found = [change for change in changes if change.action is action]
    if len(found) <= SCREEN or not limit:
        return [line(change) for change in found]
    lines: list[str] = []
    folded: dict[str, list[Change]] = defaultdict(list)
    for change in found:
        if any(target == EVERYTHING or change.address.matches(target) for target in expand):
            lines.append(line(change))
        else:
            folded[change.address.kind].append(change)
    for kind, members in folded.items():
        names = ", ".join(change.address.name for change in members[:NAMED])
        more = f" … and {len(members) - NAMED} more (--expand {kind})" if len(members) > NAMED else ""
        lines.append(f"{kind} ({len(members)}): {names}{more}")
    return lines


def line(change: Change) -> str:
    """The address, and where the config asks for it."""
    return f"{change.address}" + (f" ({change.source})" if change.source else "")
