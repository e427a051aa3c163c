"""A drift report for code scanning: one result for all findings of a kind and status at one line of the config."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from landing.core.model import Source
from landing.core.text import safe
from landing.engine.drift import NO_DRIFT, Finding, Report, Status
from landing.report import sarif
from landing.report.diff import of_finding
from landing.report.findings import WORDS
from landing.report.reasons import missed_in
from landing.services.base import Kinds

NAMED = 10
LINES = 5
_MEANS = {
    Status.MISSING: "AWS does not hold it.",
    Status.CHANGED: "AWS holds it otherwise than declared.",
    Status.UNEXPECTED: "AWS still holds it, although the config no longer declares it.",
    Status.IN_FORCE: "A policy that is neither declared nor ours is in force, and the config does not know of it.",
    Status.UNADOPTED: "AWS holds it as declared, without our mark.",
    Status.UNDER_WAY: "AWS is still at it.",
    Status.UNMANAGED: "AWS holds it; it is neither declared nor ours.",
}


def render(report: Report, *, root: Path, anchor: str) -> str:
    """The file; `anchor` is the file of findings that no line of the config asks for.

    What could not be checked is no result, since it would come and go with AWS's availability: it is told as a
    notification of the run.
    """
    groups: dict[tuple[str, Source], list[Finding]] = {}
    for finding in report.findings:
        if finding.status is not Status.NOT_CHECKED:
            source = finding.declared_at or Source(anchor, 1, 1)
            groups.setdefault((f"{finding.address.kind}.{finding.status}", source), []).append(finding)
    ordered = sorted(groups.items(), key=lambda item: (min(f.severity.rank for f in item[1]), item[0]))
    results = [_result(report.plan.kinds, source, findings) for (_, source), findings in ordered]
    notes = [f"Not checked: {missed}" for missed in missed_in(report.plan.gaps)]
    version = report.plan.made_from.version
    return sarif.document(results, category="drift", root=root, version=version, notes=notes)


def _result(kinds: Kinds, source: Source, findings: Sequence[Finding]) -> sarif.Result:
    worst = min(findings, key=lambda finding: (finding.severity.rank, finding.address))
    places = [str(finding.address) for finding in findings]
    more = f" and {len(places) - NAMED} more" if len(places) > NAMED else ""
    count = f"{len(places)} places" if len(places) > 1 else "one place"
    message = f"{worst.title} {WORDS[worst.status]} in {count}: {', '.join(map(safe, places[:NAMED]))}{more}."
    lines = of_finding(worst)
    if worst.status is Status.CHANGED and lines:
        said = "; ".join(f"{line.sign} {line.text}" for line in lines[:LINES])
        message += f" {said}" + (f"; and {len(lines) - LINES} more" if len(lines) > LINES else "")
    if worst.status is Status.IN_FORCE:
        message += " " + "; ".join(safe(finding.reason) for finding in findings[:NAMED]) + "."
    return sarif.Result(
        _rule(kinds, worst),
        sarif.LEVELS[worst.severity],
        message,
        source,
        min(finding.address.name for finding in findings),
        tuple(places),
    )


def _rule(kinds: Kinds, finding: Finding) -> sarif.Rule:
    kind = kinds[finding.address.kind]
    severity = finding.severity if finding.status in NO_DRIFT else kind.severity
    return sarif.Rule(
        f"{kind.name}.{finding.status}",
        f"{kind.title} {WORDS[finding.status]}",
        f"{kind.title}: {_MEANS[finding.status]}",
        kind.help_uri,
        severity,
        ("security", "drift", *kind.controls),
    )
