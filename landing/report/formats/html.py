"""One HTML page that asks for nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from landing.engine.drift import Report
    from landing.organization import Organization
    from landing.report.formats.view import View
    from landing.runs.compliance_series import Point
    from landing.services.compliance import Compliance


def drift(found: Report, organization: Organization, view: View) -> str:
    from landing.engine.observe import desired_of
    from landing.report import drift_html

    return drift_html.render(found, organization, desired_of(organization, found.plan.kinds))


def compliance(found: Compliance, points: Sequence[Point], view: View) -> str:
    from landing.report import compliance_html

    return compliance_html.render(found, points)
