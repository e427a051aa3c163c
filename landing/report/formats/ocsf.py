"""OCSF, for data lakes: a Compliance Finding a line."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from landing.engine.drift import Report
    from landing.organization import Organization
    from landing.report.formats.view import View


def drift(found: Report, organization: Organization, view: View) -> str:
    from landing.report import drift_ocsf

    return drift_ocsf.render(found, organization)
