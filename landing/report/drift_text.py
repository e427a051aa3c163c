"""A drift report as text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator

from landing.core.text import safe
from landing.engine.drift import Finding, Report, Status
from landing.engine.plan import Plan
from landing.organization import Organization
from landing.report.diff import BRIEF, WHOLE, Detail, at_most
from landing.report.findings import WORDS, Group, accepted_by, coverage, fold, share
from landing.report.fold import expanded
from landing.report.place import label, spread
from landing.report.reasons import missed_in
from landing.report.style import Style

SAMPLES = 3
LISTED = 5
LINES = 8
LIMIT = 200
"""How many entries are shown."""

_COLOUR = {"high": "red", "medium": "yellow", "low": "cyan"}
UNADOPTED = "there and as declared, without our mark; landing apply adopts them"
NO_DRIFT = "No drift. Your infrastructure matches the configuration."


def render(
    report: Report,
    organization: Organization,
    style: Style,
    *,
    limit: int = LIMIT,
    changes: bool = False,
    expand: Collection[str] = (),
    detail: Detail = BRIEF,
) -> str:
    """Findings folded by what they say, then coverage, then the count; `limit` 0 shows every entry.

    With `changes` the digest of each is told, so that it can be accepted. What `expand` names (as `fold` of plans has
    it) is shown by itself and in full, the rest as `detail` says: no line is left out where no value is cut.
    """
    groups = fold(report.drifted, expand)
    lines: list[str] = []
    for group in groups[: limit or None]:
        full = WHOLE if expanded(group.finding.address, expand) else detail
        lines += _group(group, organization, style, full)
        if changes:
            lines.insert(-1, style.paint(f"  change: {_change(group)}", "dim"))
    if limit and len(groups) > limit:
        lines += [f"… and {len(groups) - limit} more entries (--limit 0 shows all)", ""]
    lines += _accepted(report)
    lines += _unadopted(report)
    lines += _under_way(report)
    lines += _unmanaged(report)
    lines += _not_checked(report, style)
    lines += _coverage(report, style)
    return style.page(lines)


def _group(group: Group, organization: Organization, style: Style, detail: Detail) -> Iterator[str]:
    first = group.finding
    severity = style.paint(f"{first.severity.upper():<7}", _COLOUR[first.severity])
    where = f" ({group.where})" if group.where else ""
    at = f"   {safe(group.sources[0])}" if group.sources else ""
    more = f" and {len(group.sources) - 1} more" if len(group.sources) > 1 else ""
    yield f"{severity} {group.name}{where}   {WORDS[first.status]}{at}{more}"
    if first.reason and first.status in (Status.IN_FORCE, Status.CHANGED):
        yield f"  {safe(first.reason)}"
    if first.note:
        yield f"  {safe(first.note)}"
    if first.status is Status.CHANGED or detail.full:
        lines = group.lines(detail)
        yield from (f"  {line.styled(style)}" for line in (at_most(lines, LINES) if detail.limit else lines))
    if group.where:
        units = spread(organization, group.addresses)
        rest = " …" if len(group.findings) > SAMPLES else ""
        samples = ", ".join(label(address) for address in group.addresses[:SAMPLES]) + rest
        yield f"  where: {units}   e.g. {samples}" if units else f"  where: {samples}"
    yield ""


def _change(group: Group) -> str:
    found = {finding.change for finding in group.findings}
    return found.pop() if len(found) == 1 else f"{len(found)}, which --format csv lists"


def _accepted(report: Report) -> Iterator[str]:
    groups = fold(report.accepted)
    for group in groups:
        where = f" ({group.where})" if group.where else ""
        yield f"accepted {group.name}{where}   {group.what}   {accepted_by(group.finding)}"
    if groups:
        yield ""


def _unadopted(report: Report) -> Iterator[str]:
    if found := report.of(Status.UNADOPTED):
        kinds = Counter(finding.address.kind for finding in found)
        by_kind = ", ".join(f"{kind} {count}" for kind, count in sorted(kinds.items()))
        yield f"not adopted {len(found)}: {UNADOPTED}: {by_kind}"
        yield ""


def _under_way(report: Report) -> Iterator[str]:
    for status in (Status.UNDER_WAY, Status.WAITING):
        if found := report.of(status):
            yield from (
                f"{WORDS[status]}: {safe(finding.address)}: {safe(finding.reason)}" for finding in found[:SAMPLES]
            )
            if len(found) > SAMPLES:
                yield f"… and {len(found) - SAMPLES} more"
            yield ""


def _unmanaged(report: Report) -> Iterator[str]:
    found = report.of(Status.UNMANAGED)
    if found:
        yield f"unmanaged {len(found)}: in AWS, neither declared nor ours"
        yield from (f"  {_named(report.plan, finding)}" for finding in found[:LISTED])
        if len(found) > LISTED:
            yield f"  … and {len(found) - LISTED} more (--format csv lists them)"
        yield ""


def _named(plan: Plan, finding: Finding) -> str:
    """What is known to be in force is told with where."""
    return safe(f"{finding.address} ({finding.reason})" if finding.diff else plan.about(finding.address))


def _not_checked(report: Report, style: Style) -> Iterator[str]:
    for missed in missed_in(report.plan.gaps):
        yield style.paint(f"NOT CHECKED {missed}", "yellow")
    if report.plan.gaps:
        yield ""


def _coverage(report: Report, style: Style) -> Iterator[str]:
    counts, drifted = report.summary, len(report.drifted)
    good, total = coverage(report)
    yield (
        f"In sync {share(report)} ({good} of {total})   missing {counts['missing']} · changed {counts['changed']} · "
        f"unexpected {counts['unexpected']} · in force {counts[Status.IN_FORCE]} · "
        + (f"accepted {accepted} · " if (accepted := counts["accepted"]) else "")
        + f"not checked {counts['not_checked']}"
    )
    yield style.paint(verdict(report), "red" if drifted else "yellow" if counts["not_checked"] else "green", "bold")


def verdict(report: Report) -> str:
    """The outcome in one sentence."""
    drifted = len(report.drifted)
    if drifted:
        return f"Drift: {drifted} finding{'s' * (drifted != 1)}."
    if report.summary["not_checked"]:
        return "No drift seen, but not everything could be checked."
    accepted = len(report.accepted)
    if accepted:
        return f"No drift, but for {accepted} accepted finding{'s' * (accepted != 1)}."
    return NO_DRIFT


def closing(report: Report) -> str:
    """All of it in a line: the outcome, and how much is in sync."""
    good, total = coverage(report)
    missed = report.summary["not_checked"]
    more = f", not checked {missed}" if missed else ""
    return f"{verdict(report)} In sync {share(report)} ({good} of {total}){more}."
