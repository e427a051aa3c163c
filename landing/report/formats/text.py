"""Text for people: colour on a terminal, what is alike folded."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from landing.core.model import Diagnostic
    from landing.engine.drift import Report
    from landing.engine.plan import Plan
    from landing.organization import Organization
    from landing.report.access import Access
    from landing.report.answers import Answers
    from landing.report.formats.view import View
    from landing.report.proofs import Proofs, Ways
    from landing.report.root_users import RootUsers
    from landing.report.status import Runs
    from landing.report.test_results import Tried
    from landing.runs.compliance_series import Point
    from landing.services.alarm_drill import Drill
    from landing.services.compliance import Compliance


def plan(plan: Plan, organization: Organization, view: View) -> str:
    from landing.report import plan_text
    from landing.report.diff import BRIEF, Detail

    return plan_text.render(
        plan,
        organization,
        view.style,
        summary_only=view.summary,
        expand=view.expand,
        limit=view.limit,
        detail=Detail(0) if view.whole else BRIEF,
    )


def drift(found: Report, organization: Organization, view: View) -> str:
    from landing.report import drift_text
    from landing.report.diff import BRIEF, Detail

    return drift_text.render(
        found,
        organization,
        view.style,
        limit=view.limit,
        changes=view.changes,
        expand=view.expand,
        detail=Detail(0) if view.whole else BRIEF,
    )


def problems(found: Sequence[Diagnostic], organization: Organization | None, view: View) -> str:
    from landing.report import problems

    listed = problems.render(found, view.style, limit=view.limit) if found else ""
    return listed + problems.verdict(found, organization)


def tests(found: Tried, view: View) -> str:
    from landing.report import test_results

    return test_results.as_text(found, verbose=view.verbose)


def answers(found: Answers, view: View) -> str:
    from landing.report import answers

    return answers.as_text(found, view.style)


def proofs(found: Proofs | Ways, view: View) -> str:
    from landing.report import proofs

    return proofs.as_text(found, view.style)


def runs(found: Runs, view: View) -> str:
    from landing.report import status

    return status.as_text(found, view.style)


def attached(organization: Organization, view: View) -> str:
    from landing.report import attachments

    return view.style.page(attachments.lines(organization, view.style))


def root(found: RootUsers, view: View) -> str:
    from landing.report import root_users

    return root_users.as_text(found, view.style, limit=view.limit)


def drill(found: Drill, view: View) -> str:
    from landing.report import alarm_drill

    return alarm_drill.as_text(found, view.style)


def access(found: Access, view: View) -> str:
    from landing.report import access

    return access.as_text(found, view.style)


def compliance(found: Compliance, points: Sequence[Point], view: View) -> str:
    from landing.report import compliance

    return compliance.as_text(found, points, view)
