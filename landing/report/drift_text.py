"""A drift report as text."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from landing.drift import Finding, Report, Status
from landing.report.style import Style, safe, shown

SAMPLES = 3
LEAVES = 6
_COLOUR = {"high": "red", "medium": "yellow", "low": "cyan"}


def render(report: Report, style: Style) -> str:
    """Findings folded by what they say, then coverage, then the count."""
    lines: list[str] = []
    for group in _folded(report.drifted):
        lines += _finding(group, style)
    lines += _unmanaged(report)
    lines += _not_checked(report, style)
    lines += _coverage(report, style)
    return "\n".join(lines) + "\n"


def _folded(findings: tuple[Finding, ...]) -> Iterator[list[Finding]]:
    groups: dict[object, list[Finding]] = defaultdict(list)
    for finding in findings:
        name = finding.address.name if finding.address.scope.account else finding.address
        groups[finding.status, finding.address.kind, name, repr(finding.diff)].append(finding)
    yield from groups.values()


def _finding(group: list[Finding], style: Style) -> Iterator[str]:
    first = group[0]
    severity = style.paint(f"{first.severity.upper():<7}", _COLOUR[first.severity])
    where = f" ({len(group)} places)" if len(group) > 1 else ""
    at = f"   {safe(first.declared_at)}" if first.declared_at else ""
    yield f"{severity} {safe(first.address)}{where}   {first.status}{at}"
    if first.status is Status.CHANGED:
        for path, expected, actual in first.diff[:LEAVES]:
            yield f"  {style.sign('~')} {safe(path)} = {shown(expected)} -> {shown(actual)}"
        if len(first.diff) > LEAVES:
            yield f"    … {len(first.diff) - LEAVES} more differences"
    if len(group) > 1:
        more = f" … {len(group) - SAMPLES} more" if len(group) > SAMPLES else ""
        yield f"    where: {', '.join(safe(f.address.scope) for f in group[:SAMPLES])}{more}"
    yield ""


def _unmanaged(report: Report) -> Iterator[str]:
    found = [finding for finding in report.findings if finding.status is Status.UNMANAGED]
    if found:
        names = ", ".join(safe(finding.address) for finding in found[:5])
        more = f" … {len(found) - 5} more" if len(found) > 5 else ""
        yield f"unmanaged {len(found)}: in AWS, neither declared nor ours: {names}{more}"
        yield ""


def _not_checked(report: Report, style: Style) -> Iterator[str]:
    for finding in report.findings:
        if finding.status is Status.NOT_CHECKED:
            yield style.paint(f"NOT CHECKED {safe(finding.address)}: {safe(finding.reason)}", "yellow")


def _coverage(report: Report, style: Style) -> Iterator[str]:
    counts, drifted = report.summary, len(report.drifted)
    total = counts["in_sync"] + drifted
    share = 100 * counts["in_sync"] / total if total else 100.0
    yield (
        f"In sync {share:.1f} % ({counts['in_sync']} of {total})   missing {counts['missing']} · changed "
        f"{counts['changed']} · unexpected {counts['unexpected']} · not checked {counts['not_checked']}"
    )
    if not drifted and not counts["not_checked"]:
        yield style.paint("No drift. Your infrastructure matches the configuration.", "green", "bold")
    elif not drifted:
        yield style.paint("No drift seen, but not everything could be checked.", "yellow", "bold")
    else:
        yield style.paint(f"Drift: {drifted} finding{'s' * (drifted != 1)}.", "red", "bold")
