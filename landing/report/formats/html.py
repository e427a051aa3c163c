"""One HTML page that asks for nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from landing.engine.drift import Report
    from landing.organization import Organization
    from landing.report.formats.view import View


def drift(found: Report, organization: Organization, view: View) -> str:
    from landing.engine.observe import desired_of
    from landing.report import drift_html

    return drift_html.render(found, organization, desired_of(organization, found.plan.kinds))
