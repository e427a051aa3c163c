"""ASFF, for AWS Security Hub: a list of findings as BatchImportFindings takes them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from landing.engine.drift import Report
    from landing.organization import Organization
    from landing.report.formats.view import View


def drift(found: Report, organization: Organization, view: View) -> str:
    from landing.report import drift_asff

    return json.dumps(drift_asff.findings(found, organization), indent=1) + "\n"
