"""Ctrl-C once, twice, SIGTERM and SIGKILL, sent to real processes while AWS has not answered yet."""

from __future__ import annotations

import json
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from landing.runs.history import KILLED, Record, records
from landing.runs.lock import living_holder
from tests.gate import SECONDS, Gate, Process, gated


@pytest.fixture
def gate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, config: Callable[..., Path]) -> Iterator[Gate]:
    config()
    monkeypatch.chdir(tmp_path)
    with gated(tmp_path) as gate:
        yield gate


@pytest.fixture
def start(gate: Gate) -> Iterator[Callable[..., Process]]:
    """Start `landing` and wait until it has asked for the operation that is held."""
    started: list[Process] = []

    def begin(hold: str, *arguments: str) -> Process:
        gate.hold = hold
        started.append(Process(*arguments))
        assert gate.reached.wait(SECONDS), started[-1].told
        return started[-1]

    yield begin
    for process in started:
        process.end()


def last() -> tuple[Record, dict[str, Any]]:
    """The last run, and its summary; the lock is free."""
    assert living_holder(Path(".landing")) is None
    (found, *_) = records(Path(".landing/runs"))
    return found, json.loads((Path(found.folder) / "summary.json").read_text())


@pytest.mark.parametrize(
    ("number", "code", "word"), [(signal.SIGINT, 130, "Interrupted"), (signal.SIGTERM, 143, "Terminated")]
)
@pytest.mark.parametrize("hold", ["GetCallerIdentity", "DescribeOrganization"])
def test_plan_ends_at_once(start, hold, number, code, word) -> None:
    process = start(hold, "plan")
    process.send(number)
    assert process.ends() == code
    assert process.told == f"{word}. Nothing more is done.\n"


def test_drift_ends_at_once_while_threads_read(start) -> None:
    process = start("ListAccounts", "drift", "--no-detect", "--log-format", "json")
    process.send(signal.SIGINT)
    assert process.ends() == 130
    told = [json.loads(line) for line in process.lines]
    assert [line["type"] for line in told] == ["version", "log"]


def test_an_apply_that_still_reads_ends_at_once_and_is_recorded(start) -> None:
    process = start("DescribeOrganization", "apply", "--auto-approve")
    process.send(signal.SIGTERM)
    assert process.ends() == 143
    found, summary = last()
    assert (found.outcome, found.changes["total"]) == ("interrupted", 0)
    assert summary["reason"].startswith("Terminated")
    assert list(summary["phases"]) == ["observe"]


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_once_lets_what_runs_finish(start, gate: Gate, number, code) -> None:
    process = start("CreateOrganizationalUnit", "apply", "--auto-approve")
    process.send(number)
    assert process.says("Interrupt received. Waiting for what is running")
    gate.opened.set()
    assert process.ends() == code
    assert "It is safe to run landing apply again" in process.told
    found, summary = last()
    assert found.outcome == "interrupted"
    assert summary["failed"] == {}
    assert summary["changes"]["done"] >= 1, "the unit that was under way"
    assert "unit.workloads/dev" in summary["not_started"]
    assert "verify" in summary["phases"]


def test_twice_waits_for_nothing(start) -> None:
    process = start("CreateOrganizationalUnit", "apply", "--auto-approve")
    process.send(signal.SIGINT)
    assert process.says("Interrupt received.")
    process.send(signal.SIGINT)
    assert process.ends() == 130
    assert "Two interrupts received. Exiting immediately." in process.told
    found, summary = last()
    assert found.outcome == "interrupted"
    assert "interrupted while AWS was still at it" in summary["failed"].values()
    assert "verify" not in summary["phases"]


def test_a_killed_run_tells_how_far_it_came(start) -> None:
    process = start("CreateOrganizationalUnit", "apply", "--auto-approve")
    (going_on,) = records(Path(".landing/runs"))
    assert going_on.outcome == "running"
    process.send(signal.SIGKILL)
    assert process.ends() == -signal.SIGKILL
    assert living_holder(Path(".landing")) is None
    (found,) = records(Path(".landing/runs"))
    assert (found.outcome, found.phase) == (KILLED, "apply")
    assert found.changes["done"] >= 1
    assert any(address.startswith("unit.") for address in found.running)
    assert found.left > 0
