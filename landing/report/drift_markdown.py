"""A drift report as Markdown: for an issue, a comment or the summary of a CI job."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import partial

from landing.engine.drift import Report, Status
from landing.organization import Organization
from landing.report.budget import BUDGET, Section, fit
from landing.report.diff import BRIEF, WHOLE, Detail, at_most
from landing.report.drift_text import UNADOPTED, verdict
from landing.report.findings import Group, accepted_by, coverage, fold, share
from landing.report.fold import expanded
from landing.report.markdown import at, code, comment, details, fence, tag
from landing.report.place import label, spread
from landing.report.reasons import missed_in

LINES, FEW_LINES = 200, 10
SAMPLES = 20
MANY, SOME = 50, 10
RESERVE = 160
POINTER = " All of it: `landing drift`. Put it back: `landing apply`.\n"
HEADER = "| | Guardrail | What | Places | Declared at |\n|-|-|-|-:|-|\n"


def render(report: Report, organization: Organization, *, budget: int = BUDGET, expand: Collection[str] = ()) -> str:
    """The verdict, a row for each folded finding, coverage, then the details of each as far as there is room.

    What `expand` names is shown by itself and in full, as far as there is room.
    """
    head = _head(report)
    groups = fold(report.drifted, expand)
    empty = (lambda: "",)
    rows = [Section(1, (*empty, partial(_row, group))) for group in groups]
    folded = [
        Section(3, (*empty, *(partial(_details, group, organization, *form) for form in _forms(group, expand))))
        for group in groups
    ]
    gaps = Section(2, tuple(partial(_gaps, report, count) for count in (0, SOME, MANY)))
    accepted = Section(2, tuple(partial(_accepted, report, count) for count in (0, SOME, MANY)))
    unadopted = Section(2, tuple(partial(_unadopted, report, count) for count in (0, SOME, MANY)))
    unmanaged = Section(2, tuple(partial(_unmanaged, report, count) for count in (0, SOME, MANY)))
    foot = Section(4, (lambda: POINTER, partial(_foot, report)))
    covered = _coverage(report)
    room = budget - RESERVE - sum(len(text.encode()) for text in (head, HEADER, covered))
    texts = fit([*rows, gaps, accepted, unadopted, unmanaged, *folded, foot], room)
    shown, rest = texts[: len(rows)], texts[len(rows) :]
    left = sum(not text for text in shown)
    more = f"\n… and {left} more entries for which there is no room here.\n" if left else ""
    table = HEADER + "".join(shown) + more + "\n" if groups else ""
    whole = head + table + covered + "".join(rest)
    return whole if len(whole.encode()) <= budget else head


def _head(report: Report) -> str:
    made = report.plan.made_from
    marker = f"<!-- landing:drift org={comment(made.organization_id or made.organization)} -->"
    name = code(made.organization[:80]) if made.organization else "the organization"
    count = len(report.drifted)
    title = f"Drift in {name}: {count} finding{'s' * (count != 1)}" if count else f"No drift in {name}"
    return f"{marker}\n### {title}\n\n" + ("" if count else f"{verdict(report)}\n\n")


def _row(group: Group) -> str:
    places = str(len(group.findings))
    return f"| {group.finding.severity} | {code(group.name)} | {code(group.what)} | {places} | {at(group.sources)} |\n"


def _coverage(report: Report) -> str:
    counts = report.summary
    good, total = coverage(report)
    return (
        f"**{share(report)}** of {total} checks in sync ({good}) · missing {counts['missing']} · changed "
        f"{counts['changed']} · unexpected {counts['unexpected']} · "
        f"in force {counts[Status.IN_FORCE]} · "
        + (f"accepted {counts['accepted']} · " if counts["accepted"] else "")
        + f"unmanaged {counts['unmanaged']} · "
        f"**not checked {counts['not_checked']}**\n\n"
    )


def _gaps(report: Report, count: int) -> str:
    missed = missed_in(report.plan.gaps)
    if not missed or not count:
        return ""
    rows = [f"- {code(each.places)}: {code(each.reason)}" for each in missed[:count]]
    return "\n".join(["Not checked:\n", *rows, *_more(len(missed) - count)]) + "\n\n"


def _accepted(report: Report, count: int) -> str:
    groups = fold(report.accepted)
    if not groups:
        return ""
    rows = [
        f"- {code(each.name)}{f' ({each.where})' if each.where else ''}, {code(each.what)}: "
        + code(accepted_by(each.finding))
        for each in groups[:count]
    ]
    head = f"Accepted, {len(report.accepted)}: no drift until the last day of each.\n"
    return "\n".join([head, *rows, *(_more(len(groups) - count) if count else ())]) + "\n\n"


def _unadopted(report: Report, count: int) -> str:
    found = report.of(Status.UNADOPTED)
    if not found:
        return ""
    rows = [f"- {code(each.address)}" for each in found[:count]]
    head = f"Not adopted, {len(found)}: {UNADOPTED}.\n"
    return "\n".join([head, *rows, *(_more(len(found) - count) if count else ())]) + "\n\n"


def _unmanaged(report: Report, count: int) -> str:
    found = report.of(Status.UNMANAGED)
    if not found or not count:
        return ""
    rows = [
        f"- {code(each.address)}: {code(each.reason)}" if each.diff else f"- {code(report.plan.about(each.address))}"
        for each in found[:count]
    ]
    return "\n".join(["Unmanaged, in AWS but neither declared nor ours:\n", *rows, *_more(len(found) - count)]) + "\n\n"


def _more(count: int) -> Sequence[str]:
    return [f"- … and {count} more"] if count > 0 else []


def _forms(group: Group, expand: Collection[str]) -> Sequence[tuple[int, Detail]]:
    """How many lines (0: all) and how much of each, from the shortest."""
    more = ((0, WHOLE),) if expanded(group.finding.address, expand) else ()
    return ((FEW_LINES, BRIEF), (LINES, BRIEF), (0, Detail(0)), *more)


def _details(group: Group, organization: Organization, limit: int, detail: Detail) -> str:
    lines = group.lines(detail)
    where = f": {group.where}" if group.where else ""
    body = fence(line.fenced for line in (at_most(lines, limit) if limit else lines)) if lines else code(group.what)
    if group.finding.note:
        body = f"{code(group.finding.note)}\n\n{body}"
    if len(group.findings) > 1:
        units = spread(organization, group.addresses)
        rest = f" and {len(group.findings) - SAMPLES} more" if len(group.findings) > SAMPLES else ""
        samples = code(", ".join(label(address) for address in group.addresses[:SAMPLES])) + rest
        body += "\n\n" + (f"{code(units)}<br>\n{samples}" if units else samples)
    summary = f"{group.finding.severity}: {tag(group.name + where)} {tag(group.what)}"
    return "\n" + details(summary, body) + "\n\n"


def _foot(report: Report) -> str:
    made = report.plan.made_from
    when = f"Looked at {code(made.created)}" if made.created else "Looked at"
    who = f" by {code(made.caller)}" if made.caller else ""
    return f"\n{when}{who} with landing {code(made.version)}.{POINTER}"
