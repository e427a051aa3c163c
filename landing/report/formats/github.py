"""GitHub's workflow commands: annotations at the lines of a pull request."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from landing.core.model import Diagnostic
    from landing.organization import Organization
    from landing.report.formats.view import View


def problems(found: Sequence[Diagnostic], organization: Organization | None, view: View) -> str:
    from landing.report import problems

    return problems.as_github(found)
