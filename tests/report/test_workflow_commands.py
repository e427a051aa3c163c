"""Annotations as GitHub shows them: ten of a level in a step, the worst first, and what is left out is counted."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from landing.core.model import Source
from landing.report.result import Repository, Result, Rule
from landing.report.workflow_commands import render

HERE = Repository(Path("/repository"), Path("/repository/infra"))


def result(level: str, number: int, message: str = "m", file: str = "config/a.yaml") -> Result:
    return Result(Rule("r", "r", "r"), level, message, Source(file, number + 1, 1), str(number))


def unescaped(text: str) -> str:
    return text.replace("%0A", "\n").replace("%2C", ",").replace("%3A", ":").replace("%25", "%")


def test_ten_of_a_level_are_shown_and_the_last_one_counts_the_others():
    found = [result("error", number) for number in range(40)] + [result("note", number) for number in range(12)]
    lines = render(found, HERE, closing="Plan: 1 to add.").splitlines()
    errors, notices = ([line for line in lines if line.startswith(f"::{word} ")] for word in ("error", "notice"))
    assert errors[9] == "::error title=landing::… and 31 more errors: GitHub shows 10 of a step, the log has more."
    assert notices[8].startswith("::notice title=landing::… and 4 more notices")
    assert notices[9] == "::notice title=landing::Plan: 1 to add."
    assert len(errors) == 40 + 1
    assert len(notices) == 12 + 2
    assert lines.index(notices[9]) < lines.index(errors[10])


def test_paths_are_those_of_the_repository_wherever_the_command_runs():
    assert "file=infra/config/a.yaml,line=1," in render([result("error", 0)], HERE)
    assert "file=infra/b.yaml,line=1," in render([result("error", 0, file="/repository/infra/b.yaml")], HERE)


@given(st.text(min_size=1), st.text())
def test_no_text_leaves_its_place(file, message):
    (line,) = render([result("warning", 0, message, file)], HERE).splitlines()
    head, _, text = line.removeprefix("::warning ").partition("::")
    parts = dict(part.split("=", 1) for part in head.split(","))
    assert list(parts) == ["file", "line", "col", "title"]
    assert not set(text) & {"\r", "\n"}
    assert unescaped(text).count("\n") == message.count("\n")


def test_a_message_is_no_longer_than_the_runner_keeps():
    (line,) = render([result("error", 0, "x" * 10_000)], HERE).splitlines()
    assert len(line) < 4096
    assert line.endswith("… (cut)")
