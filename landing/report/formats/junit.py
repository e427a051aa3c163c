"""JUnit XML, for build servers."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from landing.engine.drift import Report
    from landing.organization import Organization
    from landing.report.formats.view import View
    from landing.report.test_results import Tried


def drift(found: Report, organization: Organization, view: View) -> str:
    from landing.engine.observe import desired_of
    from landing.report import junit

    return junit.render(found, organization, desired_of(organization, found.plan.kinds))


def tests(found: Tried, view: View) -> str:
    from landing.report import test_results

    return test_results.as_junit(found)
