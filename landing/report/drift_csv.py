"""A drift report as CSV (RFC 4180): what AWS holds and the config says is text there, never a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from landing.core.text import safe
from landing.engine.drift import Finding, Report
from landing.organization import Organization
from landing.report.findings import difference, units_of

COLUMNS = (
    "id", "severity", "status", "guardrail", "address", "kind", "name", "account", "region", "units", "controls",
    "file", "line", "reason", "attributes", "difference", "change", "note", "accepted_by", "accepted_until",
    "accepted_reason",
)  # fmt: skip
"""In this order; new ones come at the end."""

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""How what a spreadsheet would compute begins (OWASP, "CSV Injection")."""


def render(report: Report, organization: Organization) -> str:
    """The file: its columns, then every finding, what is no drift and what was not checked among them."""
    text = io.StringIO(newline="")
    rows = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    rows.writerow(COLUMNS)
    for finding in report.findings:
        rows.writerow(harmless(cell) for cell in _cells(report, organization, finding))
    return text.getvalue()


def _cells(report: Report, organization: Organization, finding: Finding) -> Iterator[object]:
    address, source = finding.address, finding.declared_at
    yield from (finding.id, finding.severity, finding.status, finding.title)
    yield from (address, address.kind, address.name, address.scope.account, address.scope.region)
    yield " ".join(units_of(organization, finding))
    yield " ".join(report.plan.kinds[address.kind].controls_of(organization, address))
    yield from (source.file, source.line) if source else ("", "")
    yield finding.reason
    yield " ".join(dict.fromkeys(path.partition(".")[0] for path, _, _ in finding.diff))
    yield difference(finding)
    yield from (finding.change if finding.diff else "", finding.note)
    for name in ("owner", "until", "reason"):
        yield "; ".join(dict.fromkeys(getattr(each, name) for each in finding.accepted))


def harmless(value: object) -> str:
    """Text that no spreadsheet takes for a formula: with an apostrophe before it where it would."""
    text = str(value)
    return safe(f"'{text}" if text.startswith(FORMULA) else text)
