"""CSV, for spreadsheets: a row for each finding, none folded."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from landing.engine.drift import Report
    from landing.organization import Organization
    from landing.report.access import Access
    from landing.report.formats.view import View
    from landing.report.root_users import RootUsers
    from landing.runs.compliance_series import Point
    from landing.services.compliance import Compliance


def drift(found: Report, organization: Organization, view: View) -> str:
    from landing.report import drift_csv

    return drift_csv.render(found, organization)


def root(found: RootUsers, view: View) -> str:
    from landing.report import root_users

    return root_users.as_csv(found)


def access(found: Access, view: View) -> str:
    from landing.report import access

    return access.as_csv(found)


def compliance(found: Compliance, points: Sequence[Point], view: View) -> str:
    from landing.report import compliance

    return compliance.as_csv(found)
