"""The outcome of an apply, in sentences."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from landing.core.model import WORDS, Action, Address, Change, Diagnostic, counts_of
from landing.core.text import safe
from landing.engine.apply import Result
from landing.engine.journal import TOTAL, Event
from landing.report.reasons import reasons

MARKS = {Action.ADOPT: "adopted", Action.FORGET: "forgotten"}
"""What is counted only where there is any of it."""

NAMED = 5
"""How many of the changes that wait for the same one are named."""


def expected(changes: Collection[Change], parts: int = 0) -> Event:
    """What the run is about to do; `parts` is how many there are of changes that are made in waves."""
    return _summary(planned(counts_of(changes)), counts_of(changes), parts or len(changes), "plan")


def summary(result: Result) -> Event:
    """What the run has done."""
    return _summary(counted(result), result.counts, len(result.done), "apply")


def _summary(message: str, counts: Mapping[Action, int], total: int, operation: str) -> Event:
    changes = {WORDS[action]: count for action, count in counts.items()}
    return Event("change_summary", message=message, more={"changes": {**changes, TOTAL: total, "operation": operation}})


def planned(counts: Mapping[Action, int]) -> str:
    """The one line that wrappers read by pattern; no thousands separators."""
    more = "".join(f", {counts[action]} to {action}" for action in MARKS if counts[action])
    return (
        f"Plan: {counts[Action.CREATE]} to add, {counts[Action.UPDATE]} to change, "
        f"{counts[Action.DELETE]} to destroy{more}."
    )


def counted(result: Result) -> str:
    """Terraform's line."""
    counts = result.counts
    more = "".join(f", {counts[action]} {word}" for action, word in MARKS.items() if counts[action])
    return (
        f"Resources: {counts[Action.CREATE]} added, {counts[Action.UPDATE]} changed, "
        f"{counts[Action.DELETE]} destroyed{more}."
    )


@dataclass(frozen=True, slots=True)
class Outcome:
    """A line of what is not done: errors that say the same, or what follows from them."""

    text: str
    errors: tuple[Diagnostic, ...] = ()


def not_done(result: Result) -> Iterator[Outcome]:
    """What failed, and what waits for it, by what it waits for."""
    yield from _errors(result.failed)
    waiting: dict[Address, list[str]] = {}
    for address, cause in sorted(result.blocked.items()):
        waiting.setdefault(cause, []).append(safe(address))
    for cause, addresses in waiting.items():
        more = f" and {len(addresses) - NAMED} more" if len(addresses) > NAMED else ""
        yield Outcome(f"Not done, waits for {safe(cause)}: {', '.join(addresses[:NAMED])}{more}")
    yield from _errors(result.unsettled)
    if result.held:
        where = f"{safe(result.held.source)}: " if result.held.source else ""
        yield Outcome(f"{where}{safe(result.held.text)}")
    if result.unverified:
        where = f"{result.unverified.address}: " if result.unverified.address else ""
        yield Outcome(f"What was done was not looked at again: {safe(where + result.unverified.text)}")


def _errors(found: Mapping[Address, Diagnostic]) -> Iterator[Outcome]:
    for each in reasons((str(address), address, found[address]) for address in sorted(found)):
        sources = {source: None for found in each.diagnostics if (source := found.source)}
        where = f" ({', '.join(map(str, sources))})" if 0 < len(sources) <= NAMED else ""
        yield Outcome(f"{each.places}: {safe(each.text)}{safe(where)}", each.diagnostics)


def outcome(result: Result) -> str:
    """The last line on stdout."""
    if result.complete:
        return f"Apply complete! {counted(result)}"
    left = len(result.failed) + len(result.blocked) + len(result.not_started)
    ended = "early" if result.interrupted else "with failures"
    if result.held:
        after = f" after wave {safe(result.wave)}" if result.wave else " before the next wave"
        return f"Apply stopped{after}. {counted(result)} {left} not done."
    if result.unsettled and not left:
        return (
            f"Apply finished, and AWS has not come to rest yet. {counted(result)} {len(result.unsettled)} not settled."
        )
    return f"Apply finished {ended}. {counted(result)} {left} not done."


def resume(result: Result, folder: object, command: str) -> str:
    """What to do next, and where the record is."""
    again = "" if result.complete else f"It is safe to run landing {command} again: only what is left is done. "
    return f"{again}Run record: {folder}"
