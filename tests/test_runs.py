"""The record of a run: what is on disk when it ends well, ends badly, or is killed; and what status says of it."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from landing.aws import Tally
from landing.cli import run as landing
from landing.core.errors import AwsError, LandingError, Refused
from landing.core.interrupt import Stopped
from landing.core.model import Diagnostic
from landing.engine.journal import Event
from landing.runs.history import KILLED, RUNNING, record, records
from landing.runs.record import Left, Run

NOW = "2026-11-27T07:48:05Z"
ID = "20261127T074805Z"
ROOT = Path(".landing/runs")
PLANNED = Event(
    "change_summary", message="Plan", more={"changes": {"add": 3, "change": 1, "remove": 0, "operation": "plan"}}
)
Capture = pytest.CaptureFixture[str]


class Clock:
    seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Clock:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LOGNAME", "ann")
    return Clock()


@pytest.fixture
def begin(clock: Clock) -> Callable[[], Run]:
    return lambda: Run(lambda: NOW, clock, ROOT)


def summary(run: Run) -> dict[str, Any]:
    text: dict[str, Any] = json.loads((run.folder / "summary.json").read_text())
    return text


def events(run: Run) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (run.folder / "events.jsonl").read_text().splitlines()]


def some_changes(run: Run) -> None:
    run(PLANNED)
    run(Event("phase_start", message="apply"))
    for name in ("a", "b", "c"):
        run(Event("apply_start", f"unit.{name}", "create", "Creating..."))
    run(Event("apply_complete", "unit.a", "create", "Creation complete after 1s", 1))
    run(Event("apply_errored", "unit.b", "create", "AccessDenied: \x1b[31mno"))


def test_runs_of_the_same_second_have_folders_of_their_own(begin: Callable[[], Run]) -> None:
    names = []
    for _ in range(11):
        with begin() as run:
            names.append(run.folder.name)
            run.end("applied")
    assert names == [ID, *(f"{ID}-{number}" for number in range(2, 12))]
    assert [found.run for found in records(ROOT)] == names[::-1], "the latest first, and -10 after -9"


def test_only_the_user_may_read_it(begin: Callable[[], Run]) -> None:
    before = os.umask(0)
    try:
        with begin() as run:
            run.end("applied")
    finally:
        os.umask(before)
    for folder in (Path(".landing"), ROOT, run.folder):
        assert folder.stat().st_mode & 0o777 == 0o700, folder
    for file in run.folder.iterdir():
        assert file.stat().st_mode & 0o777 == 0o600, file
    assert {file.name for file in run.folder.iterdir()} == {"events.jsonl", "log", "summary.json"}


def test_the_summary_of_a_run_that_ended(begin: Callable[[], Run], clock: Clock) -> None:
    with begin() as run:
        run.tally = Tally(clock)
        run.about(organization="acme", caller="arn:aws:iam::123456789012:user/ann")
        run(Event("phase_start", message="observe"))
        clock.seconds += 4
        some_changes(run)
        clock.seconds += 10
        run(Event("phase_start", message="verify"))
        clock.seconds += 2
        with run.tally.waiting("organizations", "CreateAccount"):
            clock.seconds += 0.5
        run.end(
            "in part",
            Left(
                {"unit.b": Diagnostic("", "no", aws_code="AccessDenied", operation="CreateUnit", request_id="r-1")},
                {"account.x": "unit.b"},
                ("unit.c",),
            ),
        )
    told = summary(run)
    assert told["outcome"] == "in part"
    assert told["who"].startswith("ann@")
    assert (told["organization"], told["caller"]) == ("acme", "arn:aws:iam::123456789012:user/ann")
    assert (told["started"], told["ended"], told["seconds"]) == (NOW, NOW, 16.5)
    assert told["planned"] == {"add": 3, "change": 1, "import": 0, "remove": 0, "forget": 0}
    assert told["changes"] == {"total": 4, "done": 1, "failed": 1, "blocked": 1, "not_started": 1}
    assert told["failed"] == {"unit.b": "CreateUnit: AccessDenied: no (request r-1)"}
    assert told["diagnostics"] == {
        "unit.b": {"message": "no", "operation": "CreateUnit", "aws_code": "AccessDenied", "request_id": "r-1"}
    }
    assert told["blocked"] == {"account.x": "unit.b"}
    assert told["not_started"] == ["unit.c"]
    assert told["phases"] == {"observe": 4, "apply": 10, "verify": 2.5}
    assert told["operations"]["organizations:CreateAccount"]["waited"] == 0.5
    assert told["calls"]["throttled"] == 0


def test_events_begin_with_the_version_and_the_log_is_for_people(begin: Callable[[], Run]) -> None:
    with begin() as run:
        some_changes(run)
        run.say("Error: one\n\n  two \x07\n")
        run.end("applied")
    first, *_, last = events(run)
    assert (first["type"], first["ui"], first["run"]) == ("version", "1.1", ID)
    assert (last["type"], last["outcome"]) == ("run_end", "applied")
    log = (run.folder / "log").read_text()
    assert f"{NOW} unit.b: AccessDenied: \\x1b[31mno\n" in log
    assert f"{NOW} Error: one\n{NOW}   two \\x07\n" in log
    assert f"{NOW} phase: apply\n" in log


@pytest.mark.parametrize(
    ("error", "outcome", "reason"),
    [
        (Stopped(2), "interrupted", "Interrupted"),
        (Refused("The plan is stale"), "refused", "The plan is stale"),
        (AwsError("no", aws_code="AccessDenied"), "error", "AccessDenied"),
        (ZeroDivisionError(), "error", "ZeroDivisionError"),
    ],
)
def test_a_run_that_ends_badly_says_why(
    begin: Callable[[], Run], error: BaseException, outcome: str, reason: str
) -> None:
    run = begin()
    with suppress(type(error)), run:
        some_changes(run)
        raise error
    told = summary(run)
    assert told["outcome"] == outcome
    assert reason in told["reason"]
    assert told["changes"] == {"total": 4, "done": 1, "failed": 1, "blocked": 0, "not_started": 2}


def test_a_run_that_goes_on_and_one_that_was_killed(begin: Callable[[], Run]) -> None:
    run = begin()
    some_changes(run)
    (found,) = records(ROOT)
    assert (found.outcome, found.phase, found.pid, found.left) == (RUNNING, "apply", os.getpid(), 3)
    assert found.running == ("unit.c",)
    run._journal.close()  # as a process that dies lets go of it
    with (run.folder / "events.jsonl").open("a") as file:
        file.write('{"type": "apply_comp')
    (found,) = records(ROOT)
    assert (found.outcome, found.ended, found.failed) == (KILLED, NOW, {"unit.b": "AccessDenied: \x1b[31mno"})
    assert found.changes == {"total": 4, "done": 1, "failed": 1, "blocked": 0, "not_started": 1}
    run._log.close()


def test_a_damaged_record_is_still_listed(begin: Callable[[], Run]) -> None:
    with begin() as run:
        some_changes(run)
    (run.folder / "summary.json").write_text('{"outcome"')
    (ROOT / "empty").mkdir()
    assert {found.run: found.outcome for found in records(ROOT)} == {ID: KILLED, "empty": KILLED}


def test_a_record_that_cannot_be_written_stops_the_run_before_it_begins(begin: Callable[[], Run]) -> None:
    Path(".landing").mkdir()
    ROOT.write_text("")
    with pytest.raises(LandingError, match="Nothing was changed"):
        begin()


@pytest.mark.parametrize("run", ["nothing", "../runs", ".", ""])
def test_an_unknown_run(clock: Clock, run: str) -> None:
    with pytest.raises(LandingError, match="landing status lists them"):
        record(run, ROOT)


def test_status_without_runs(clock: Clock, capsys: Capture) -> None:
    assert landing(["status"]) == 0
    assert "No runs yet" in capsys.readouterr().out
    assert landing(["status", "x"]) == 64
    assert "no run x" in capsys.readouterr().err
    assert landing(["status", "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"format_version": "1.1", "running": [], "runs": []}


def test_status_lists_the_latest_first_and_what_is_running(begin: Callable[[], Run], capsys: Capture) -> None:
    with begin() as first:
        some_changes(first)
        first.end("in part", Left({"unit.b": Diagnostic("", "no")}, {}, ("unit.c", "unit.d")))
    with begin() as second:
        second(PLANNED)
        assert landing(["status"]) == 0
        head, latest, earlier, _, now = capsys.readouterr().out.splitlines()
    assert head.split() == ["RUN", "WHO", "OUTCOME", "DONE", "FAILED", "LEFT", "TOOK"]
    assert latest.split()[2:] == ["running", "0", "of", "4", "0", "4"]
    assert earlier.split()[2:] == ["in", "part", "1", "of", "4", "1", "3", "00:00"]
    assert now.startswith(f"Running now: {ID}-2 by ann@")
    assert f"process {os.getpid()}" in now
    assert landing(["status", "--limit", "1"]) == 0
    text = capsys.readouterr().out
    assert "… and 1 earlier" in text
    assert "Nothing is running here." in text


def test_status_of_one_run(begin: Callable[[], Run], clock: Clock, capsys: Capture) -> None:
    with begin() as run:
        run.tally = Tally(clock)
        some_changes(run)
        run.end(
            "in part",
            Left(
                {"unit.b": Diagnostic("", "\x1b[31mno", aws_code="AccessDenied", operation="X")},
                {"account.x": "unit.b"},
                ("unit.c",),
            ),
        )
    assert landing(["status", ID]) == 0
    text = capsys.readouterr().out
    assert f"Run {ID}: in part" in text
    assert "1 of 4 done · failed 1 · blocked 1 · not started 1" in text
    assert "Failed:\n  unit.b: X: AccessDenied: \\x1b[31mno\n" in text
    assert "Blocked:\n  account.x waits for unit.b\n" in text
    assert "Not started:\n  unit.c\n" in text
    assert "It is safe to run landing apply again" in text
    assert landing(["status", ID, "--format", "json"]) == 0
    (told,) = json.loads(capsys.readouterr().out)["runs"]
    assert (told["outcome"], told["not_started"], told["calls"]["calls"]) == ("in part", ["unit.c"], 0)


def test_status_of_a_killed_run_says_what_was_at_work(begin: Callable[[], Run], capsys: Capture) -> None:
    run = begin()
    some_changes(run)
    run._journal.close()
    run._log.close()
    assert landing(["status", ID]) == 0
    text = capsys.readouterr().out
    assert f"Run {ID}: killed" in text
    assert f"last seen {NOW}" in text
    assert "At work when it was killed (it may be done in AWS):\n  unit.c\n" in text
