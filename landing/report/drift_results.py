"""A drift report beside the lines of the config: one result for all findings of a kind and status at one line."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from landing.core.model import Source
from landing.core.text import safe
from landing.engine.drift import NO_DRIFT, Finding, Report, Status
from landing.report.diff import Detail, in_a_line, of_finding
from landing.report.findings import WORDS, accepted_by
from landing.report.reasons import missed_in
from landing.report.result import LEVELS, WARNING, Result, Rule
from landing.services.base import Kinds

NAMED = 10
MEANS = {
    Status.MISSING: "AWS does not hold it.",
    Status.CHANGED: "AWS holds it otherwise than declared.",
    Status.UNEXPECTED: "AWS still holds it, although the config no longer declares it.",
    Status.IN_FORCE: "A policy that is neither declared nor ours is in force, and the config does not know of it.",
    Status.UNADOPTED: "AWS holds it as declared, without our mark.",
    Status.UNDER_WAY: "AWS is still at it.",
    Status.WAITING: "It is as declared, and waits for somebody.",
    Status.UNMANAGED: "AWS holds it; it is neither declared nor ours.",
    Status.NOT_CHECKED: "It could not be read: it is neither in sync nor missing.",
}

APPLY = "`landing apply` puts it back; or change the config to what is there."
REMEDIES = {
    Status.MISSING: APPLY,
    Status.CHANGED: APPLY,
    Status.UNEXPECTED: APPLY,
    Status.IN_FORCE: "Detach it, or name it under `organization.known_policies`.",
    Status.NOT_CHECKED: "Let the role that reports drift read it.",
}
"""What to do."""


def of(report: Report, *, anchor: str) -> list[Result]:
    """Worst first; `anchor` is the file of findings that no line of the config asks for.

    What could not be checked and what is accepted is not among them.
    """
    found = (f for f in report.findings if f.status is not Status.NOT_CHECKED and not f.accepted)
    return _results(report, found, anchor)


def accepted(report: Report, *, anchor: str) -> list[Result]:
    """What is accepted, by whom, why and until when."""
    return _results(report, report.accepted, anchor)


def _results(report: Report, found: Iterable[Finding], anchor: str) -> list[Result]:
    groups: dict[tuple[str, Source, str], list[Finding]] = {}
    for finding in found:
        source, why = finding.declared_at or Source(anchor, 1, 1), accepted_by(finding)
        groups.setdefault((f"{finding.address.kind}.{finding.status}", source, why), []).append(finding)
    ordered = sorted(groups.items(), key=lambda item: (min(f.severity.rank for f in item[1]), item[0]))
    results = [(_result(report.plan.kinds, source, findings), why) for (_, source, why), findings in ordered]
    return [replace(result, suppressed=f"Accepted {why}") if why else result for result, why in results]


def not_checked(report: Report, source: Source) -> list[Result]:
    """What could not be read, each at the one line that stands for the whole config."""
    rule = Rule("not-checked", "Not checked", "What could not be read is neither in sync nor missing.")
    return [
        Result(rule, WARNING, f"Not checked: {missed}", source, str(missed)) for missed in missed_in(report.plan.gaps)
    ]


def _result(kinds: Kinds, source: Source, findings: Sequence[Finding]) -> Result:
    worst = min(findings, key=lambda finding: (finding.severity.rank, finding.address))
    places = [str(finding.address) for finding in findings]
    more = f" and {len(places) - NAMED} more" if len(places) > NAMED else ""
    count = f"{len(places)} places" if len(places) > 1 else "one place"
    message = f"{worst.title} {WORDS[worst.status]} in {count}: {', '.join(map(safe, places[:NAMED]))}{more}."
    lines = of_finding(worst, Detail(0))
    if worst.status is Status.CHANGED and lines:
        message += f" {in_a_line(lines)}"
    if worst.status is Status.IN_FORCE:
        message += " " + "; ".join(safe(finding.reason) for finding in findings[:NAMED]) + "."
    notes = dict.fromkeys(safe(finding.note) for finding in findings if finding.note)
    message += "".join(f" {note}." for note in [*notes][:NAMED])
    return Result(
        _rule(kinds, worst),
        LEVELS[worst.severity],
        message,
        source,
        min(finding.address.name for finding in findings),
        tuple(places),
    )


def _rule(kinds: Kinds, finding: Finding) -> Rule:
    kind = kinds[finding.address.kind]
    severity = finding.severity if finding.status in NO_DRIFT else kind.severity
    return Rule(
        f"{kind.name}.{finding.status}",
        f"{kind.title} {WORDS[finding.status]}",
        f"{kind.title}: {MEANS[finding.status]}",
        kind.help_uri,
        severity,
        ("security", "drift", *kind.controls),
    )
