"""What `landing test` has found out: guardrails tried on their cases, and compared with AWS's simulator."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from landing.core.model import Source
from landing.core.text import safe
from landing.guardrails.simulator_check import Verification
from landing.policy.testing import output
from landing.policy.testing.report import FAILED, UNDETERMINED, Report, SuiteReport
from landing.report import verification
from landing.report.result import ERROR, Result, Rule


@dataclass(frozen=True, slots=True)
class Tried:
    """The report of the suites, and what AWS says, if it was asked; `sources` of the guardrails in the config."""

    report: Report
    verification: Verification | None
    sources: Mapping[str, Source | None]


def as_text(found: Tried, *, verbose: bool) -> str:
    """What is wrong, and a summary; with `verbose` also what is right."""
    text = "\n".join(map(safe, output.as_text(found.report, verbose=verbose).split("\n")))
    asked = found.verification
    return text + (verification.as_text(asked, found.report.claims, found.sources) if asked else "")


def as_json(found: Tried) -> str:
    """One JSON document; what AWS says is in `aws`."""
    asked = found.verification
    more = {"aws": verification.as_json(asked, found.report.claims, found.sources)} if asked else {}
    return output.as_json(found.report, more)


def as_junit(found: Tried) -> str:
    """Suites for build servers; what AWS says are more of them."""
    return output.as_junit(_whole(found))


def as_results(found: Tried) -> list[Result]:
    """What is wrong, beside the lines of the cases."""
    return [result for suite in _whole(found).suites for result in _wrong(suite)]


def closing(found: Tried) -> str:
    """All of it in a line."""
    return safe(output.summary(_whole(found)))


def _whole(found: Tried) -> Report:
    asked = found.verification
    added = verification.as_suites(asked, found.sources).suites if asked else ()
    return Report((*found.report.suites, *added))


def _wrong(suite: SuiteReport) -> Iterator[Result]:
    def result(kind: str, text: str, source: Source) -> Result:
        rule = Rule(f"test {suite.name}", f"Test of {suite.name}", f"What landing test says of {suite.name}.")
        return Result(rule, ERROR, text, source, f"{kind} {text}")

    for mistake in suite.mistakes:
        at = mistake.position
        yield result("mistake", safe(mistake.message), Source(at.file, at.line, at.column))
    for each in suite.results:
        if each.status in (FAILED, UNDETERMINED):
            at = each.position
            text = "\n".join(map(safe, (f"{each.title}: {each.status}", *each.failures)))
            yield result(each.kind, text, Source(at.file or suite.file, at.line, at.column))
    for survivor in suite.survivors:
        if not survivor.argument:
            text = f"mutant `{survivor.mutant}`: no case tells it from the policy"
            yield result("mutant", safe(text), Source(suite.file, 1, 1))
