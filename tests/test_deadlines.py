"""Every wait has an end, and the config says when."""

from __future__ import annotations

import ast
from collections.abc import Callable
from pathlib import Path

import pytest

import landing
from landing.aws import Clock
from landing.core.deadlines import DEADLINES, seconds, shown
from landing.core.errors import AwsError
from landing.core.model import Diagnostic
from tests.conftest import Load


def test_every_deadline_is_data_until_the_config_says_otherwise(organization: Load) -> None:
    found = organization("timeouts: {stack_set: 12h, account: 90s}\n")
    assert (found.timeout("stack_set"), found.timeout("account")) == (43_200, 90)
    assert {name: found.timeout(name) for name in DEADLINES if name not in ("stack_set", "account")} == {
        name: each.seconds for name, each in DEADLINES.items() if name not in ("stack_set", "account")
    }


@pytest.mark.parametrize("text", ["stack: 0m", "stack: 1d", "stack: 90", "stack: ''", "stak: 1h", "stack: -1h"])
def test_what_is_no_duration_is_refused(text: str, problems: Callable[..., list[Diagnostic]]) -> None:
    assert problems(f"timeouts: {{{text}}}\n")


def test_durations_are_shown_as_they_are_written() -> None:
    assert all(seconds(shown(each.seconds)) == each.seconds for each in DEADLINES.values())


def test_time_in_which_the_caller_was_busy_counts() -> None:
    clock = Clock(now=iter((0.0, 25.0, 50.0, 75.0)).__next__, pace=0)
    with pytest.raises(AwsError, match="a stack is not done after 1m; run again to resume"):
        list(clock.poll("a stack", timeout=60))


def _polls(call: str = "poll") -> list[tuple[str, str]]:
    """(file, deadline) of each wait for something that AWS does in the background."""
    found = []
    for path in sorted(Path(landing.__file__).parent.glob("**/*.py")):
        if "sandbox" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and call in (getattr(node.func, "attr", ""), getattr(node.func, "id", "")):
                deadline = node.args[1] if len(node.args) > 1 else None
                found.append((path.name, deadline.value if isinstance(deadline, ast.Constant) else ""))
    return found


def test_each_wait_is_one_of_them() -> None:
    polls = _polls()
    passing_on = {"door.py", "operations.py", "background.py"}
    assert {file for file, name in polls if not name} == passing_on, "these pass it on"
    assert {name for _, name in [*polls, *_polls("GoingOn")] if name} == set(DEADLINES)
