"""What the records on disk say of runs: those that ended, the one that goes on, and those that were killed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from landing.core import json_text, private_files
from landing.core.errors import WrongUsage
from landing.engine.journal import Event, Standing, is_open
from landing.runs.record import EVENTS, SUMMARY

RUNNING, KILLED = "running", "killed"
"""Outcomes of runs without a summary: a process has the journal open, or none has."""


@dataclass(frozen=True, slots=True)
class Record:
    """One run; `seconds` and times are empty where the record does not tell."""

    run: str
    folder: str
    who: str = ""
    pid: int = 0
    started: str = ""
    ended: str = ""
    seconds: float | None = None
    outcome: str = KILLED
    reason: str = ""
    phase: str = ""
    """What a run without a summary was doing last."""
    changes: dict[str, int] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)
    blocked: dict[str, str] = field(default_factory=dict)
    not_started: tuple[str, ...] = ()
    running: tuple[str, ...] = ()
    unsettled: dict[str, str] = field(default_factory=dict)
    """Where AWS was still at what the changes had set off, or failed at it."""
    diagnostics: dict[str, dict[str, Any]] = field(default_factory=dict)
    """The parts of what `failed` and `unsettled` say, by address."""
    waves: dict[str, str] = field(default_factory=dict)
    """`made`: the last wave that was made; `held`: why the next one does not begin."""
    calls: dict[str, Any] = field(default_factory=dict)
    phases: dict[str, float] = field(default_factory=dict)

    @property
    def left(self) -> int:
        """How many changes were not made."""
        return self.changes.get("total", 0) - self.changes.get("done", 0)

    def to_json(self) -> dict[str, Any]:
        """All of it, and of waves where there are any."""
        told = asdict(self)
        return told if self.waves else {name: part for name, part in told.items() if name != "waves"}


def records(root: Path) -> list[Record]:
    """All runs, the latest first."""
    private_files.refuse_links(root)
    found = root.glob("*") if root.is_dir() else ()
    folders = [path for path in found if path.is_dir() and not path.is_symlink()]
    return [_record(folder) for folder in sorted(folders, key=_age, reverse=True)]


def record(run: str, root: Path) -> Record:
    """The run of that id; raises WrongUsage when there is none."""
    folder = root / run
    private_files.refuse_links(folder)
    if "/" in run or run in ("", ".", "..") or not folder.is_dir():
        raise WrongUsage(f"there is no run {run} in {root}; landing status lists them")
    return _record(folder)


def _age(folder: Path) -> tuple[str, int]:
    """Runs of the same second are numbered: -2, -3, …"""
    stamp, _, number = folder.name.partition("-")
    return stamp, int(number) if number.isdigit() else 1


def _record(folder: Path) -> Record:
    journal = folder / EVENTS
    going_on = journal.exists() and is_open(journal)
    told = _told(folder, RUNNING if going_on else KILLED)
    try:
        summary = json_text.read(private_files.read(folder / SUMMARY).decode())
        known = {name: summary[name] for name in Record.__dataclass_fields__ if name in summary}
    except (OSError, ValueError, TypeError):
        return told
    known |= {"not_started": tuple(known.get("not_started", ())), "folder": str(folder), "pid": told.pid}
    return Record(**known)


def _told(folder: Path, outcome: str) -> Record:
    """What the events alone say."""
    first: dict[str, Any] = {}
    standing, phase, time = Standing(), "", ""
    for line in _lines(folder / EVENTS):
        event, time = Event.from_json(line), line.get("@timestamp", time)
        standing.take(event, 0.0)
        match event.type:
            case "version":
                first = line
            case "phase_start":
                phase = event.message
    counts = standing.counts
    return Record(
        folder.name,
        str(folder),
        who=first.get("who", ""),
        pid=first.get("pid", 0),
        started=first.get("@timestamp", ""),
        ended="" if outcome == RUNNING else time,
        outcome=outcome,
        phase=phase,
        changes={
            "total": counts["total"],
            "done": counts["done"],
            "failed": counts["failed"],
            "blocked": 0,
            "not_started": counts["waiting"],
        },
        failed={address: each.text for address, each in standing.failed.items()},
        running=tuple(sorted(standing.at_work)),
        unsettled={address: each.text for address, each in standing.unsettled.items()},
        diagnostics={address: each.to_json() for address, each in {**standing.unsettled, **standing.failed}.items()},
    )


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    """The events; the last line of a run that was killed may be cut off."""
    try:
        text = private_files.read(path).decode(errors="replace")
    except OSError:
        return
    for line in text.splitlines():
        try:
            event = json_text.read(line)
        except ValueError:
            continue
        if isinstance(event, dict):
            yield event
