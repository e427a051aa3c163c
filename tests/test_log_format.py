"""stderr of real processes: JSON lines and nothing else when asked for, and what was asked of AWS in every summary."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from landing.runs.history import records
from tests.gate import Gate, Process, gated
from tests.samples import SMALL

CALLS = re.compile(r"\d+ calls, \d+ throttled, \d+\.\d s\n")


@pytest.fixture
def gate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, config: Callable[..., Path]) -> Iterator[Gate]:
    config()
    monkeypatch.chdir(tmp_path)
    with gated(tmp_path) as gate:
        yield gate


def lines(*arguments: str, code: int = 0) -> list[dict[str, Any]]:
    """stderr as objects."""
    process = Process(*arguments, "--log-format", "json")
    assert process.ends() == code, process.told
    told = [json.loads(line) for line in process.lines]
    assert all({"@timestamp", "@level", "@message", "@module", "type"} <= set(line) for line in told)
    assert (told[0]["type"], told[0]["ui"]) == ("version", "1.1")
    assert [line["type"] for line in told].count("version") == 1
    return told


def test_an_apply_as_json_lines_and_its_record(gate: Gate) -> None:
    told = lines("apply", "--auto-approve")
    kinds = [line["type"] for line in told]
    assert kinds.count("apply_start") == kinds.count("apply_complete") > 5
    planned, done = (line for line in told if line["type"] == "change_summary")
    assert (planned["changes"]["operation"], done["changes"]["operation"]) == ("plan", "apply")
    assert planned["changes"] | {"operation": ""} == done["changes"] | {"operation": ""}
    assert [line["@message"] for line in told if line["type"] == "phase_start"] == ["observe", "apply", "verify"]
    (calls,) = (line for line in told if line["type"] == "calls")
    (found,) = records(Path(".landing/runs"))
    assert found.outcome == "applied"
    assert found.calls["calls"] == calls["calls"] > 20
    assert list(found.phases) == ["observe", "apply", "verify"]
    summary = json.loads((Path(found.folder) / "summary.json").read_text())
    assert sum(use["calls"] for use in summary["operations"].values()) == calls["calls"]
    text = "".join(path.read_text() for path in Path(found.folder).iterdir())
    assert "SecretAccessKey" not in text


def test_plan_and_drift_as_json_lines(gate: Gate) -> None:
    told = lines("plan", "--detailed-exitcode", code=2)
    assert [line["type"] for line in told] == ["version", "change_summary", "calls"]
    assert told[1]["@message"].startswith("Plan: ")
    told = lines("drift", "--no-detect", code=2)
    assert [line["type"] for line in told] == ["version", "drift_summary", "calls"]


def test_errors_as_json_lines(gate: Gate, config: Callable[..., Path]) -> None:
    (_, refused) = lines("apply", code=64)
    assert "--auto-approve" in refused["@message"]
    config(SMALL.replace("unit: workloads/dev", "unit: workloads/dve"))
    (_, wrong) = lines("plan", code=1)
    assert (wrong["type"], wrong["@level"]) == ("diagnostic", "error")
    diagnostic = wrong["diagnostic"]
    assert (diagnostic["severity"], diagnostic["code"]) == ("error", "LZ301")
    assert diagnostic["range"]["start"]["line"] == 19


def test_every_summary_says_what_was_asked_of_aws(gate: Gate) -> None:
    for command in (["plan"], ["drift", "--no-detect", "--exit-zero"]):
        process = Process(*command)
        assert process.ends() == 0
        assert CALLS.fullmatch(process.lines[-1]), process.told


def test_throttles_are_counted_and_written_down(gate: Gate) -> None:
    gate.throttle("CreateOrganizationalUnit")
    process = Process("apply", "--auto-approve", "--target", "unit.security")
    assert process.ends() == 0, process.told
    assert ", 1 throttled, " in process.lines[-1]
    (found,) = records(Path(".landing/runs"))
    assert (found.calls["throttled"], found.calls["retried"]) == (1, 1)
    said = "organizations:CreateOrganizationalUnit throttled at attempt 1: TooManyRequestsException"
    assert said in (Path(found.folder) / "log").read_text()
