"""A plan beside the lines of the config: what must be allowed by name, what could not be read, then what changes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from landing.core.model import Action, Address, Source
from landing.core.text import safe
from landing.engine.plan import Plan
from landing.guardrails.exposure import allowances, dangers
from landing.organization import Organization
from landing.report.fold import Group, alike, fold
from landing.report.plan_text import Said, counts_line, remarks, said_of, verdict, waits, will
from landing.report.reasons import missed_in
from landing.report.result import NOTE, WARNING, Result, Rule

NAMED = 10
"""Changes that are named of a line."""
_RANKS = {Action.DELETE: 0, Action.UPDATE: 1, Action.CREATE: 2, Action.ADOPT: 3, Action.FORGET: 3}
_ASTRAY = Rule("for others to mend", "For others to mend", "What is used as it is, or theirs, is not as it should be.")
_NOT_CHECKED = Rule("not checked", "Not checked", "What could not be read is neither in sync nor missing.")


@dataclass(frozen=True, slots=True)
class _Entry:
    """Changes that say the same, at the line that asks for them; `words` must be allowed by name."""

    words: tuple[str, ...]
    action: Action
    source: Source
    text: str
    count: int

    @property
    def rank(self) -> tuple[bool, int]:
        return not self.words, _RANKS[self.action]


def of(plan: Plan, organization: Organization, *, anchor: str) -> list[Result]:
    """What matters first, one for all changes of a rank at one line; `anchor` is the file of what has no line."""
    named = dangers(organization, plan.changes, plan.kinds)
    said = said_of(plan, organization, named)
    elsewhere = organization.source or Source(anchor, 1, 1)
    entries = [_entry(group, organization, named, said, elsewhere) for group in fold(plan.kinds, plan.changes)]
    entries.sort(key=lambda entry: entry.rank)
    found = [_result(members) for members in alike(entries, lambda each: (each.rank, each.words, each.source))]
    gaps = [
        Result(_NOT_CHECKED, WARNING, f"Not checked: {missed}", elsewhere, str(missed))
        for missed in missed_in(plan.gaps)
    ]
    theirs = [
        Result(_ASTRAY, WARNING, line, plan.kinds[address.kind].named_at(organization, address) or elsewhere, line)
        for address, wrong in sorted(plan.astray.items())
        for line in map(safe, waits({address: wrong}))
    ]
    return [*found, *theirs, *gaps]


def closing(plan: Plan, organization: Organization, saved_as: str) -> str:
    """All of it in a few sentences: the counts, what must be allowed, and where the rest is."""
    if not plan.changes:
        return f"{verdict(plan)} {plan.in_sync} objects compared."
    words = allowances(dangers(organization, plan.changes, plan.kinds), plan.changes)
    needed = " ".join(f"--allow {word}" for word in words)
    parts = [counts_line(plan)]
    parts += [f"It must be allowed by name: {needed}."] if needed else []
    parts += [f"For others to mend: {len(plan.astray)}."] if plan.astray else []
    parts += [f"Not checked: {len(plan.gaps)}."] if plan.gaps else []
    parts += [safe(plan.made_from.hearsay)] if plan.made_from.hearsay else []
    command = f"landing show {safe(saved_as)}" if saved_as else "landing plan"
    parts += [f"Digest {plan.digest}.", f"All of it: {command}"]
    return " ".join(parts)


def _entry(
    group: Group,
    organization: Organization,
    named: Mapping[Address, Mapping[str, str]],
    said: Said,
    elsewhere: Source,
) -> _Entry:
    change = group.change
    words = tuple(sorted({word for each in group.changes for word in named.get(each.address, ())}))
    source = min((each.source for each in group.changes if each.source), default=elsewhere)
    more = "; ".join(remarks(group, organization, said)) if words or said.get(change.address) else ""
    text = f"{safe(group.title)} {will(group.kind, change.action)}{f': {more}' if more else ''}"
    if not words and change.action is Action.DELETE:
        words = ("delete",)  # every deletion counts, whether or not it must be allowed
    return _Entry(words, change.action, source, text, len(group.changes))


def _result(entries: tuple[_Entry, ...]) -> Result:
    first = entries[0]
    name = " ".join(f"--allow {word}" for word in first.words) or f"to {first.action.value}"
    texts = list(_listed(entries))
    return Result(
        Rule(name, name, name),
        WARNING if first.words else NOTE,
        "\n".join(texts),
        first.source,
        texts[0],
    )


def _listed(entries: tuple[_Entry, ...]) -> Iterator[str]:
    yield from (entry.text for entry in entries[:NAMED])
    if rest := entries[NAMED:]:
        yield f"… and {sum(entry.count for entry in rest)} more changes"
