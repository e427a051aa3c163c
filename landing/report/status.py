"""Runs of apply: a table of several, or everything about one."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from landing.core.text import safe
from landing.report.progress import span
from landing.report.style import Style
from landing.runs.history import KILLED, RUNNING, Record

COLOURS = {"applied": "green", "no changes": "green", RUNNING: "cyan", "interrupted": "yellow", "refused": "yellow"}
SHOWN = 20
"""Addresses of one kind that are listed."""


@dataclass(frozen=True, slots=True)
class Runs:
    """All that there are, those that are to be shown, and whether it is about `one`."""

    found: Sequence[Record]
    shown: Sequence[Record]
    one: bool = False


def as_text(runs: Runs, style: Style) -> str:
    """A table, or everything about one run."""
    return one(runs.found[0], style) if runs.one else several(runs.shown, len(runs.found), style)


def as_json(runs: Runs) -> str:
    """One JSON document."""
    running = [each.run for each in runs.found if each.outcome == RUNNING]
    told = {"format_version": "1.1", "running": running, "runs": [each.to_json() for each in runs.shown]}
    return json.dumps(told, indent=1) + "\n"


def several(records: Sequence[Record], total: int, style: Style) -> str:
    """One line a run, the latest first."""
    if not records:
        return "No runs yet: landing apply writes a record of each to .landing/runs.\n"
    rows: list[tuple[str, ...]] = [("RUN", "WHO", "OUTCOME", "DONE", "FAILED", "LEFT", "TOOK")]
    rows += [_row(record) for record in records]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = [_line(row, widths) for row in rows]
    for number, record in enumerate(records, 1):
        lines[number] = style.paint(lines[number], COLOURS.get(record.outcome, "red"))
    if len(records) < total:
        lines.append(f"… and {total - len(records)} earlier (--limit 0)")
    running = [record for record in records if record.outcome == RUNNING]
    lines += ["", *(_now(record) for record in running)] if running else ["", "Nothing is running here."]
    lines += _waves(records[0])
    return style.page(lines)


def one(record: Record, style: Style) -> str:
    """Everything about one run."""
    return style.page(_told(record, style))


def _waves(record: Record) -> list[str]:
    """Where the waves stand, as the latest run left them."""
    if not record.waves:
        return []
    made = record.waves.get("made", "")
    return [f"Waves: {f'{safe(made)} is made; ' if made else ''}{safe(record.waves.get('held', ''))}"]


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    return "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


def _row(record: Record) -> tuple[str, ...]:
    changes = record.changes
    total = changes.get("total", 0)
    took = "" if record.seconds is None else span(record.seconds)
    return (
        record.run,
        safe(record.who),
        record.outcome,
        f"{changes.get('done', 0)} of {total}",
        str(changes.get("failed", 0)),
        str(record.left),
        took,
    )


def _now(record: Record) -> str:
    at = f" ({record.phase})" if record.phase else ""
    return f"Running now: {record.run} by {safe(record.who)}, process {record.pid}, since {record.started}{at}"


def _told(record: Record, style: Style) -> Iterator[str]:
    changes = record.changes
    outcome = style.paint(record.outcome, COLOURS.get(record.outcome, "red"), "bold")
    yield f"Run {record.run}: {outcome}"
    yield f"  by        {safe(record.who)}, process {record.pid}"
    yield f"  started   {record.started}"
    if record.ended:
        took = "" if record.seconds is None else f" (took {span(record.seconds)})"
        yield f"  {'last seen' if record.outcome == KILLED else 'ended':<9} {record.ended}{took}"
    if record.phase:
        yield f"  phase     {record.phase}"
    if record.reason:
        yield f"  reason    {safe(record.reason)}"
    yield (
        f"  changes   {changes.get('done', 0)} of {changes.get('total', 0)} done · failed {changes.get('failed', 0)} · "
        f"blocked {changes.get('blocked', 0)} · not started {changes.get('not_started', 0)}"
    )
    yield from _waves(record)
    if record.calls:
        calls = record.calls
        yield f"  calls     {calls['calls']}, {calls['throttled']} throttled, {calls['retried']} retries"
    if record.phases:
        yield "  seconds   " + " · ".join(f"{phase} {seconds:.1f}" for phase, seconds in record.phases.items())
    yield from _listed("Failed:", [f"{address}: {reason}" for address, reason in record.failed.items()])
    at_work = "At work:" if record.outcome == RUNNING else "At work when it was killed (it may be done in AWS):"
    yield from _listed(at_work, record.running)
    yield from _listed("Blocked:", [f"{address} waits for {cause}" for address, cause in record.blocked.items()])
    yield from _listed("Not started:", record.not_started)
    yield from _listed("Not settled:", [f"{address}: {reason}" for address, reason in record.unsettled.items()])
    if (record.left or record.running or record.unsettled) and record.outcome != RUNNING:
        yield ""
        yield "It is safe to run landing apply again: only what is left is done."
    yield f"Record: {record.folder}"


def _listed(title: str, entries: Sequence[str]) -> Iterator[str]:
    if entries:
        yield ""
        yield title
        yield from (f"  {safe(entry)}" for entry in entries[:SHOWN])
        if len(entries) > SHOWN:
            yield f"  … and {len(entries) - SHOWN} more"
