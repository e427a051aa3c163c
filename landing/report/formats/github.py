"""GitHub's workflow commands: annotations at the lines of a pull request."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from landing.core.model import Diagnostic
    from landing.engine.drift import Report
    from landing.engine.plan import Plan
    from landing.organization import Organization
    from landing.report.formats.view import View
    from landing.report.test_results import Tried


def plan(plan: Plan, organization: Organization, view: View) -> str:
    from landing.report import plan_results, workflow_commands

    results = plan_results.of(plan, organization, anchor=view.config)
    closing = plan_results.closing(plan, organization, view.saved_as)
    return workflow_commands.render(results, view.repository, closing=closing)


def drift(found: Report, organization: Organization, view: View) -> str:
    from landing.core.model import Source
    from landing.report import drift_results, drift_text, workflow_commands

    elsewhere = organization.source or Source(view.config, 1, 1)
    results = drift_results.of(found, anchor=view.config) + drift_results.not_checked(found, elsewhere)
    return workflow_commands.render(results, view.repository, closing=drift_text.closing(found))


def problems(found: Sequence[Diagnostic], organization: Organization | None, view: View) -> str:
    from landing.report import problems, workflow_commands

    return workflow_commands.render(problems.as_results(found, anchor=view.config, each=True), view.repository)


def tests(found: Tried, view: View) -> str:
    from landing.report import test_results, workflow_commands

    return workflow_commands.render(
        test_results.as_results(found), view.repository, closing=test_results.closing(found)
    )
