"""What `landing test` has found out: guardrails tried on their cases, and compared with AWS's simulator."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from landing.core.model import Source
from landing.core.text import safe
from landing.guardrails.simulator_check import Verification
from landing.policy.testing import output
from landing.policy.testing.report import Report
from landing.report import verification


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
    asked = found.verification
    added = verification.as_suites(asked, found.sources).suites if asked else ()
    return output.as_junit(Report((*found.report.suites, *added)))
