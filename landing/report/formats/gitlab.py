"""GitLab's Code Quality report: findings at the lines of a merge request."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from landing.core.model import Diagnostic
    from landing.engine.drift import Report
    from landing.organization import Organization
    from landing.report.formats.view import View


def drift(found: Report, organization: Organization, view: View) -> str:
    from landing.core.model import Source
    from landing.report import code_quality, drift_results

    elsewhere = organization.source or Source(view.config, 1, 1)
    results = drift_results.of(found, anchor=view.config) + drift_results.not_checked(found, elsewhere)
    return code_quality.render(results, view.repository)


def problems(found: Sequence[Diagnostic], organization: Organization | None, view: View) -> str:
    from landing.report import code_quality, problems

    return code_quality.render(problems.as_results(found, anchor=view.config), view.repository)
