"""The outcome of an apply for GitHub: annotations at lines of the config, and the page of a step."""

from __future__ import annotations

from collections.abc import Collection

from landing.core.model import Change, Source
from landing.engine.apply import Result
from landing.report import workflow_commands
from landing.report.apply_text import not_done, outcome
from landing.report.formats import View
from landing.report.markdown import code
from landing.report.result import ERROR, Rule
from landing.report.result import Result as Finding

NOT_DONE = Rule("not-done", "A change that was not made", "What landing apply could not do, with the reason.")


def as_annotations(result: Result, changes: Collection[Change], *, config: str) -> str:
    """An error for each reason, at the line that asks for the first change that it kept back."""
    sources = {each.address: each.source for each in changes}
    errors = {**result.unsettled, **result.failed}
    found = []
    for line in (each for each in not_done(result) if each.errors):
        meant = (sources.get(address) for address in sorted(errors) if errors[address] in line.errors)
        source = next(filter(None, meant), Source(config, 1, 1))
        found.append(Finding(NOT_DONE, ERROR, line.text, source, line.text))
    return workflow_commands.render(found, View(config=config).repository, closing=outcome(result))


def page(result: Result, *, budget: int) -> str:
    """Markdown of at most so many bytes, what matters first."""
    text = f"## {outcome(result)}\n\n"
    for each in not_done(result):
        line = f"- {code(each.text)}\n"
        if len((text + line).encode()) > budget:
            break
        text += line
    return text
