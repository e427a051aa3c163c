"""How reading is shown while AWS's rates hold it up; time passes only when the test says so."""

from __future__ import annotations

import io
import json

from landing.aws import Queue
from landing.engine.journal import Event
from landing.report.apply_display import Live
from landing.report.log_lines import JsonLines, TextLines
from landing.report.observation import ReadingEvents, ReadingLine
from landing.report.progress import Lines
from landing.report.style import Style
from tests.report.samples import HOSTILE

NOW = "2026-11-27T07:48:05Z"
QUEUE = Queue(("organizations", "DescribePolicy"), 34, 2.0)


class Aws:
    """What tells for what calls wait, and what time it is."""

    seconds = 0.0
    queue: Queue | None = None

    def queued(self) -> Queue | None:
        return self.queue

    def clock(self) -> float:
        return self.seconds


def test_a_terminal_shows_one_line_and_takes_it_away() -> None:
    aws, stream = Aws(), io.StringIO()
    line = ReadingLine(stream, style=Style(), queued=aws.queued)
    line.tick()
    line(12, 40, "policy")
    line.tick()
    aws.queue = QUEUE
    line.tick()
    line.tick()
    line.close()
    assert stream.getvalue().split("\r\x1b[2K")[1:] == [
        "Reading… the organization",
        "Reading… 12 of 40 · policy",
        "Reading… 12 of 40 · organizations:DescribePolicy 34 queued, ~17 s at 2/s",
        "",
    ]


def test_the_line_fits_the_terminal_and_steers_nothing() -> None:
    stream = io.StringIO()
    line = ReadingLine(stream, style=Style(width=30, ascii=True), queued=lambda: None)
    line(1, 2, HOSTILE * 9)
    line.tick()
    drawn = stream.getvalue().removeprefix("\r\x1b[2K")
    assert len(drawn) < 30
    drawn.encode("ascii")
    assert not {"\x1b", "\n", "\r"} & set(drawn)


def test_a_pipe_gets_a_line_after_ten_seconds_of_waiting_and_no_more_than_one_in_ten() -> None:
    aws, stream = Aws(), io.StringIO()
    events = ReadingEvents(TextLines(stream, lambda: NOW, Style()), clock=aws.clock, queued=aws.queued)
    for second in range(60):
        aws.seconds += 1
        events(second, 60, "policy")
        aws.queue = QUEUE if second >= 30 else None
        events.tick()
    events.close()
    lines = stream.getvalue().splitlines()
    assert len(lines) == 3
    assert lines[0] == f"{NOW} Reading, 30 of 60; organizations:DescribePolicy 34 queued, ~17 s at 2/s"


def test_json_says_it_in_fields() -> None:
    aws, stream = Aws(), io.StringIO()
    aws.queue = QUEUE
    events = ReadingEvents(JsonLines(stream, lambda: NOW), clock=aws.clock, queued=aws.queued)
    aws.seconds = 10
    events(1, 2, "policy")
    events.tick()
    version, told = map(json.loads, stream.getvalue().splitlines())
    assert (version["type"], version["@level"], version["@module"]) == ("version", "info", "landing.ui")
    assert told["type"] == "waiting"
    assert {key: told[key] for key in ("operation", "queued", "rate", "seconds_left", "done", "total")} == {
        "operation": "organizations:DescribePolicy",
        "queued": 34,
        "rate": 2.0,
        "seconds_left": 17,
        "done": 1,
        "total": 2,
    }


def test_an_apply_that_waits_says_so_every_ten_seconds() -> None:
    aws, stream = Aws(), io.StringIO()
    view = Lines(5, TextLines(stream, lambda: NOW, Style()), clock=aws.clock, queued=aws.queued)
    view(Event("phase_start", message="apply"))
    view(Event("apply_start", "account.a", "create", "Creating..."))
    aws.queue = Queue(("organizations", "CreateAccount"), 2, 0.1)
    for _ in range(25):
        aws.seconds += 1
        view.tick()
    _, *waiting = stream.getvalue().splitlines()
    assert (
        waiting
        == [
            f"{NOW} 0 of 5 done · running 1 · waiting 4 · failed 0; "
            "organizations:CreateAccount 2 queued, ~20 s at 0.1/s"
        ]
        * 2
    )


def test_a_terminal_names_the_queue_above_the_counts() -> None:
    aws = Aws()
    view = Live(5, io.StringIO(), style=Style(), clock=aws.clock, size=(80, 24), queued=aws.queued)
    view(Event("apply_start", "account.a", "create", "Creating..."))
    aws.queue = Queue(("organizations", "CreateAccount"), 2, 0.1)
    assert [row.plain for row in view.rows()][1:] == [
        "organizations:CreateAccount 2 queued, ~20 s at 0.1/s",
        "0 of 5 done · running 1 · waiting 4 · failed 0 · 00:00 · Ctrl-C stops after wha…",
    ]
