"""SARIF, for code scanning."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from landing.core.model import Diagnostic
    from landing.engine.drift import Report
    from landing.organization import Organization
    from landing.report.formats.view import View


def drift(found: Report, organization: Organization, view: View) -> str:
    from landing.report import sarif

    return sarif.of_drift(found, repository=view.repository, anchor=view.config)


def problems(found: Sequence[Diagnostic], organization: Organization | None, view: View) -> str:
    from landing.report import sarif

    return sarif.of_problems(found, repository=view.repository, anchor=view.config)
