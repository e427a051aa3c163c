"""GitHub's workflow commands: annotations at the lines of a pull request.

https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands; of each level the first ten of a step
are shown, the others are in its log alone.
"""

from __future__ import annotations

from collections.abc import Sequence

from landing.core.text import safe
from landing.report.result import ERROR, NOTE, WARNING, Repository, Result

LEVELS = {ERROR: "error", WARNING: "warning", NOTE: "notice"}
SHOWN = 10
"""Annotations of a level in one step."""
LISTED = 500
"""So many more are in the log."""
LONGEST, LONGEST_TITLE = 4000, 255
"""Characters of a message, of which the runner keeps 4,096, and of a title."""


def render(results: Sequence[Result], repository: Repository, *, closing: str = "") -> str:
    """A line for each result, which come worst first; the last of a level says how many more of it there are.

    `closing` is a notice about all of them.
    """
    lines: list[str] = []
    rest: list[str] = []
    for level, word in LEVELS.items():
        found = [_command(result, word, repository) for result in results if result.level == level]
        room = SHOWN - bool(closing and level == NOTE)
        shown = len(found) if len(found) <= room else room - 1
        lines += found[:shown]
        if more := len(found) - shown:
            lines.append(_line(word, f"… and {more} more {word}s: GitHub shows {SHOWN} of a step, the log has more."))
            rest += found[shown:]
    lines += [_line("notice", closing)] if closing else []
    lines += rest[:LISTED]
    if len(rest) > LISTED:
        lines.append(_line("notice", f"… and {len(rest) - LISTED} more, which are not listed here."))
    return "".join(lines)


def _command(result: Result, word: str, repository: Repository) -> str:
    source = result.source
    where = f"file={_property(repository.path(source.file))},line={max(1, source.line)},col={max(1, source.column)},"
    return _line(word, result.message, where, f"landing ({result.rule.id})")


def _line(word: str, text: str, where: str = "", title: str = "landing") -> str:
    return f"::{word} {where}title={_property(title[:LONGEST_TITLE])}::{_text(_cut(text))}\n"


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 10]}… (cut)"


def _text(text: str) -> str:
    return "%0A".join(safe(line).replace("%", "%25") for line in text.split("\n"))


def _property(text: str) -> str:
    return _text(text).replace(":", "%3A").replace(",", "%2C")
