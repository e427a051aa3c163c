"""Progress of an apply: lines for logs, rows for a terminal; time passes only when the test says so."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable

import pytest

from landing.aws import Queue
from landing.core.model import Address, Diagnostic, Scope
from landing.engine.journal import Event, Standing
from landing.report.apply_display import Live
from landing.report.log_lines import JsonLines, TextLines
from landing.report.progress import Lines, pulse, span
from landing.report.style import Style
from tests.report.samples import HOSTILE

NOW = "2026-11-23T14:02:11Z"


class Clock:
    def __init__(self) -> None:
        self.seconds = 100.0

    def __call__(self) -> float:
        return self.seconds


class Stream(io.StringIO):
    """Counts how often it is written to."""

    def __init__(self) -> None:
        super().__init__()
        self.writes = 0

    def write(self, text: str) -> int:
        self.writes += 1
        return super().write(text)


class Gone(io.StringIO):
    """Nobody reads any more."""

    def write(self, text: str) -> int:
        raise BrokenPipeError


def started(number: int, action: str = "create", message: str = "Creating...") -> Event:
    return Event("apply_start", f"stack.baseline@team-{number:05}/eu-west-1", action, message)


def settled(number: int, *, reason: str = "") -> Event:
    kind = "apply_errored" if reason else "apply_complete"
    return Event(
        kind, f"stack.baseline@team-{number:05}/eu-west-1", "create", reason or "Creation complete after 12s", 12
    )


def lines(
    *,
    as_json: bool = False,
    total: int = 5,
    stream: io.StringIO | None = None,
    queued: Callable[[], Queue | None] = lambda: None,
) -> tuple[Lines, io.StringIO, Clock]:
    stream, clock = stream or io.StringIO(), Clock()
    emit = JsonLines(stream, lambda: NOW) if as_json else TextLines(stream, lambda: NOW, Style())
    return Lines(total, emit, clock=clock, queued=queued), stream, clock


def test_one_line_an_event_with_the_time_and_nothing_else():
    view, stream, _ = lines()
    for event in (started(1), settled(1), started(2), settled(2, reason="AccessDenied: no")):
        view(event)
    view.verifying(1, 2, "x")
    view.close()
    assert stream.getvalue().splitlines() == [
        f"{NOW} stack.baseline@team-00001/eu-west-1: Creating...",
        f"{NOW} stack.baseline@team-00001/eu-west-1: Creation complete after 12s",
        f"{NOW} stack.baseline@team-00002/eu-west-1: Creating...",
        f"{NOW} stack.baseline@team-00002/eu-west-1: AccessDenied: no",
    ]


def test_what_aws_goes_on_with_by_itself_is_at_work_and_no_change_of_ours():
    standing = Standing(1)
    standing.take(Event("apply_start", "account.a"), 1)
    standing.take(Event("apply_complete", "account.a"), 2)
    for event in (Event("settle_start", "stack_set.b", message="AWS deploys"), Event("settle_start", "stack_set.c")):
        standing.take(event, 3)
    assert list(standing.at_work) == ["stack_set.b", "stack_set.c"]
    assert (standing.counts["running"], standing.counts["done"], standing.counts["total"]) == (0, 1, 1)
    standing.take(Event("settle_complete", "stack_set.b"), 4)
    standing.take(Event("settle_errored", "stack_set.c", message="too late"), 5)
    assert (standing.at_work, standing.failed, standing.unsettled) == (
        {},
        {},
        {"stack_set.c": Diagnostic("", "too late")},
    )


def test_a_heartbeat_after_a_minute_without_a_line_and_no_more_than_one_a_minute():
    view, stream, clock = lines()
    view(started(1))
    clock.seconds += 30
    view(started(2))
    for _ in range(240):
        clock.seconds += 1
        view.tick()
    beats = [line for line in stream.getvalue().splitlines() if "still working" in line]
    assert len(beats) == 4
    assert beats[0] == (
        f"{NOW} still working, 0 of 5 done · running 2 · waiting 3 · failed 0, "
        "oldest stack.baseline@team-00001/eu-west-1 01:30"
    )


def test_no_heartbeat_when_nothing_runs():
    view, stream, clock = lines()
    view(started(1))
    view(settled(1))
    clock.seconds += 600
    view.tick()
    assert "still working" not in stream.getvalue()


def test_json_lines_begin_with_the_version():
    view, stream, clock = lines(as_json=True)
    view(started(1))
    view(settled(1, reason="no"))
    view(started(2))
    view.say("Interrupt received.")
    clock.seconds += 61
    view.close()
    told = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert [line["type"] for line in told] == ["version", "apply_start", "apply_errored", "apply_start", "log"]
    assert told[0]["ui"] == "1.1"
    assert told[0]["landing"]
    assert told[2] == {
        "@timestamp": NOW,
        "@level": "error",
        "@message": "no",
        "@module": "landing.ui",
        "type": "apply_errored",
        "address": "stack.baseline@team-00001/eu-west-1",
        "action": "create",
        "elapsed_seconds": 12,
    }
    clock.seconds += 61
    view.tick()
    beat = json.loads(stream.getvalue().splitlines()[-1])
    assert (beat["type"], beat["running"], beat["waiting"], beat["failed"]) == ("apply_progress", 1, 3, 1)


@pytest.mark.parametrize("as_json", [False, True])
def test_hostile_text_stays_on_its_line(as_json):
    view, stream, _ = lines(as_json=as_json)
    before = len(stream.getvalue().splitlines())
    view(Event("apply_errored", HOSTILE, "create", HOSTILE))
    view.say(HOSTILE)
    view.close()
    text = stream.getvalue()
    assert len(text.splitlines()) == before + 2
    assert "\x1b" not in text
    assert "\r" not in text


def test_an_apply_goes_on_when_nobody_reads():
    view, _, _ = lines(stream=Gone())
    view(started(1))
    view.close()
    rows, _, _ = live(stream=Gone())
    rows(started(1))
    rows.tick()
    rows.close()


def test_the_pulse_ticks_and_closes():
    view, stream, _ = lines()
    with pulse(view) as same:
        assert same is view
        view.say("said from a signal handler")
    assert stream.getvalue() == f"{NOW} said from a signal handler\n"


def live(
    total: int = 100,
    *,
    size: tuple[int, int] = (100, 24),
    stream: io.StringIO | None = None,
    style: Style | None = None,
) -> tuple[Live, io.StringIO, Clock]:
    stream, clock = stream or Stream(), Clock()
    return Live(total, stream, style=style or Style(), clock=clock, size=size), stream, clock


@pytest.mark.parametrize("height", [8, 24, 60])
def test_at_most_the_height_less_six_rows(height):
    view, _, _ = live(size=(100, height))
    for number in range(90):
        view(started(number))
    for number in range(0, 60, 2):
        view(settled(number, reason="no"))
    rows = view.rows()
    assert len(rows) == max(3, height - 6)
    assert rows[0].plain.startswith("✗ stack.baseline")
    assert rows[-1].plain.startswith("0 of 100 done · running 60 · waiting 10 · failed 30")
    assert any(row.plain.startswith("● ") for row in rows) or height == 8


def test_only_what_runs_and_what_failed_is_redrawn():
    view, stream, clock = live(5)
    for number in range(4):
        view(started(number))
    clock.seconds += 70
    view(settled(0))
    view(settled(1, reason="CREATE_FAILED AuditRole: role already exists"))
    assert [row.plain.split("  ")[0] for row in view.rows()] == [
        "✗ stack.baseline@team-00001/eu-west-1",
        "● stack.baseline@team-00002/eu-west-1",
        "● stack.baseline@team-00003/eu-west-1",
        "1 of 5 done · running 2 · waiting 1 · failed 1 · 01:10 · Ctrl-C stops after what is running",
    ]
    assert view.rows()[1].plain.endswith("Creating...     01:10")
    view.tick()
    view.close()
    assert "✓ stack.baseline@team-00000/eu-west-1" in stream.getvalue()
    assert "created    00:12" in stream.getvalue()


def test_one_write_a_tick_and_four_ticks_a_second():
    view, stream, _ = live()
    assert view.every >= 0.25
    for number in range(50):
        view(started(number))
    assert stream.writes == 0
    view.tick()
    first = stream.writes
    for number in range(25):
        view(settled(number))
    view.tick()
    assert stream.writes == first + 1
    view.close()


@pytest.mark.parametrize("width", [40, 300])
def test_rows_fit_the_width(width):
    view, _, _ = live(size=(width, 24))
    view(started(1))
    view(settled(1, reason="x" * 500))
    view(started(2))
    assert max(row.cell_len for row in view.rows()) <= width


def test_after_the_end_nothing_is_left_of_what_was_redrawn():
    view, stream, _ = live(1)
    view(started(1))
    view.tick()
    view(settled(1))
    view.verifying(1, 3, "stack")
    assert "verifying 1 of 3" in view.rows()[-1].plain
    view.close()
    assert screen(stream.getvalue()) == [f"✓ {'stack.baseline@team-00001/eu-west-1':<46}  created    00:12"]
    assert "\x1b[?25h" in stream.getvalue(), "the cursor is shown again"


def test_a_terminal_shows_settled_rows_above_and_the_last_state_below():
    view, stream, _ = live(3)
    for number in range(3):
        view(started(number))
        view.tick()
    view(settled(0))
    view(settled(1, reason="no"))
    view.tick()
    assert [line.split("  ")[0] for line in screen(stream.getvalue())] == [
        "✓ stack.baseline@team-00000/eu-west-1",
        "✗ stack.baseline@team-00001/eu-west-1",
        "✗ stack.baseline@team-00001/eu-west-1",
        "● stack.baseline@team-00002/eu-west-1",
        "1 of 3 done · running 1 · waiting 0 · failed 1 · 00:00 · Ctrl-C stops after what is running",
    ]
    view.close()


def screen(text: str) -> list[str]:
    """What a terminal that is wide enough shows in the end."""
    rows, y = [""], 0
    for part in re.findall(r"\x1b\[\??\d*(?:;\d+)*[A-Za-z]|\r|\n|[^\x1b\r\n]+", text):
        if part == "\n":
            y += 1
            rows += [""] * (y >= len(rows))
        elif part == "\x1b[2K":
            rows[y] = ""
        elif part.startswith("\x1b[") and part.endswith("A"):
            y -= int(part[2:-1])
        elif part[0] not in "\r\x1b":
            rows[y] += part
    return [row.rstrip() for row in rows if row.strip()]


def test_ascii_and_colour():
    view, stream, _ = live(style=Style(ascii=True))
    view(started(1))
    view(settled(1))
    view(Event("apply_errored", "policy.Zürich", "create", "…"))
    view.tick()
    view.close()
    stream.getvalue().encode("ascii")
    assert "ok stack.baseline" in stream.getvalue()
    assert not re.search(r"\x1b\[3\dm", stream.getvalue())
    coloured, out, _ = live(style=Style(colour=True))
    coloured(started(1))
    coloured.tick()
    coloured.close()
    assert re.search(r"\x1b\[3\dm", out.getvalue())


def test_hostile_text_cannot_steer_the_terminal():
    view, stream, _ = live()
    view(Event("apply_start", str(Address("account", "[bold]" + HOSTILE, Scope("x", ""))), "create", "Creating..."))
    view(Event("apply_errored", "policy.x", "create", HOSTILE))
    view.tick()
    view.close()
    assert "\x1b]0;" not in stream.getvalue()
    assert "\x07" not in stream.getvalue()
    assert "[bold]" in stream.getvalue()


def test_what_stands_never_counts_below_nothing():
    standing = Standing(1)
    for event in (settled(1), settled(2), started(3)):
        standing.take(event, 0.0)
    assert standing.waiting == 0
    assert standing.counts["done"] == 2


@pytest.mark.parametrize(("seconds", "text"), [(0, "00:00"), (70.9, "01:10"), (3661, "1:01:01")])
def test_spans(seconds, text):
    assert span(seconds) == text
