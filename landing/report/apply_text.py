"""The outcome of an apply, in sentences."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from landing.core.model import Action, Address, Change, counts_of
from landing.core.text import safe
from landing.engine.apply import Result
from landing.engine.journal import TOTAL, Event

NAMED = 5
"""How many of the changes that wait for the same one are named."""


def expected(changes: Collection[Change]) -> Event:
    """What the run is about to do."""
    return _summary(planned(counts_of(changes)), counts_of(changes), len(changes), "plan")


def summary(result: Result) -> Event:
    """What the run has done."""
    return _summary(counted(result), result.counts, len(result.done), "apply")


def _summary(message: str, counts: Mapping[Action, int], total: int, operation: str) -> Event:
    keys = {"add": Action.CREATE, "change": Action.UPDATE, "import": Action.ADOPT, "remove": Action.DELETE}
    changes = {key: counts[action] for key, action in keys.items()}
    return Event("change_summary", message=message, more={"changes": {**changes, TOTAL: total, "operation": operation}})


def planned(counts: Mapping[Action, int]) -> str:
    """The one line that wrappers read by pattern; no thousands separators."""
    adopts = f", {counts[Action.ADOPT]} to adopt" if counts[Action.ADOPT] else ""
    return (
        f"Plan: {counts[Action.CREATE]} to add, {counts[Action.UPDATE]} to change, "
        f"{counts[Action.DELETE]} to destroy{adopts}."
    )


def counted(result: Result) -> str:
    """Terraform's line."""
    counts = result.counts
    adopted = f", {counts[Action.ADOPT]} adopted" if counts[Action.ADOPT] else ""
    return (
        f"Resources: {counts[Action.CREATE]} added, {counts[Action.UPDATE]} changed, "
        f"{counts[Action.DELETE]} destroyed{adopted}."
    )


@dataclass(frozen=True, slots=True)
class Outcome:
    """A line of what is not done: an error, or what follows from one."""

    text: str
    error: bool = False


def not_done(result: Result) -> Iterator[Outcome]:
    """What failed, and what waits for it, by what it waits for."""
    for address, reason in sorted(result.failed.items()):
        yield Outcome(f"{safe(address)}: {safe(reason)}", error=True)
    waiting: dict[Address, list[str]] = {}
    for address, cause in sorted(result.blocked.items()):
        waiting.setdefault(cause, []).append(safe(address))
    for cause, addresses in waiting.items():
        more = f" and {len(addresses) - NAMED} more" if len(addresses) > NAMED else ""
        yield Outcome(f"Not done, waits for {safe(cause)}: {', '.join(addresses[:NAMED])}{more}")
    for address, reason in sorted(result.unsettled.items()):
        yield Outcome(f"{safe(address)}: {safe(reason)}", error=True)
    if result.unverified:
        yield Outcome(f"What was done was not looked at again: {safe(result.unverified)}")


def outcome(result: Result) -> str:
    """The last line on stdout."""
    if result.complete:
        return f"Apply complete! {counted(result)}"
    left = len(result.failed) + len(result.blocked) + len(result.not_started)
    ended = "early" if result.interrupted else "with failures"
    if result.unsettled and not left:
        return (
            f"Apply finished, and AWS has not come to rest yet. {counted(result)} {len(result.unsettled)} not settled."
        )
    return f"Apply finished {ended}. {counted(result)} {left} not done."


def resume(result: Result, folder: object) -> str:
    """What to do next, and where the record is."""
    again = "" if result.complete else "It is safe to run landing apply again: only what is left is done. "
    return f"{again}Run record: {folder}"
