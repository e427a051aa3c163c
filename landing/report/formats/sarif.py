"""SARIF, for code scanning."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from landing.core.model import Diagnostic
    from landing.engine.drift import Report
    from landing.organization import Organization
    from landing.report.formats.view import View


def drift(found: Report, organization: Organization, view: View) -> str:
    from landing.report import drift_sarif

    return drift_sarif.render(found, root=Path.cwd(), anchor=view.config)


def problems(found: Sequence[Diagnostic], organization: Organization | None, view: View) -> str:
    from landing.report import sarif

    return sarif.of_problems(found, root=Path.cwd(), anchor=view.config)
