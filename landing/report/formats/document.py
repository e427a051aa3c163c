"""JSON: one document, for machines; a plan is the file that `apply` takes."""

from __future__ import annotations

import json
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


def plan(plan: Plan, organization: Organization | None, view: View) -> str:
    return json.dumps(plan.to_json(), indent=1) + "\n"


def drift(found: Report, organization: Organization, view: View) -> str:
    return json.dumps(found.to_json(), indent=1) + "\n"


def problems(found: Sequence[Diagnostic], organization: Organization | None, view: View) -> str:
    from landing.report import problems

    return problems.as_json(found)


def tests(found: Tried, view: View) -> str:
    from landing.report import test_results

    return test_results.as_json(found)


def answers(found: Answers, view: View) -> str:
    from landing.report import answers

    return answers.as_json(found)


def proofs(found: Proofs | Ways, view: View) -> str:
    from landing.report import proofs

    return proofs.as_json(found)


def runs(found: Runs, view: View) -> str:
    from landing.report import status

    return status.as_json(found)


def attached(organization: Organization, view: View) -> str:
    from landing.report import attachments

    return json.dumps(attachments.as_json(organization), indent=1) + "\n"


def root(found: RootUsers, view: View) -> str:
    from landing.report import root_users

    return root_users.as_json(found)


def drill(found: Drill, view: View) -> str:
    from landing.report import alarm_drill

    return alarm_drill.as_json(found)


def access(found: Access, view: View) -> str:
    from landing.report import access

    return access.as_json(found)


def compliance(found: Compliance, points: Sequence[Point], view: View) -> str:
    from landing.report import compliance

    return compliance.as_json(found, points)
