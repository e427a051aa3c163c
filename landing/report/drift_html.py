"""A drift report as one HTML file that asks for nothing else: it can be mailed, archived and opened offline."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from landing.core.model import Address, Severity
from landing.core.text import safe
from landing.engine.drift import Report, Status
from landing.organization import Organization
from landing.report.diff import Detail, Line
from landing.report.drift_text import verdict
from landing.report.findings import WORDS, Group, accepted_by, coverage, fold, share
from landing.report.grid import Cell, Grid, grid
from landing.report.heat_map import HEIGHT, WIDTH, heat_map, unit_label
from landing.report.html_page import asset, content_policy, environment
from landing.report.place import label, spread, unit_of
from landing.report.reasons import missed_in
from landing.services.base import Kinds

MOST_GROUPS = 1000
MOST_PLACES = 30
MOST_UNMANAGED = 500


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the table of findings."""

    severity: str
    status: str
    title: str
    help: str
    name: str
    what: str
    note: str
    lines: tuple[tuple[str, str], ...]
    """(class in the style sheet, text) of each line of the difference."""
    spread: str
    places: tuple[str, ...]
    places_left: int
    count: int
    source: str
    sources_left: int


def render(report: Report, organization: Organization, declared: Iterable[Address]) -> str:
    """The page; the same report gives the same bytes. `declared` is everything that the config asks for."""
    groups = fold(report.drifted)
    missed = missed_in(report.plan.gaps)
    unmanaged = [
        f"{finding.address}: {finding.reason}" if finding.diff else report.plan.about(finding.address)
        for finding in report.of(Status.UNMANAGED)
    ]
    accepted = [
        (each.name + (f" ({each.where})" if each.where else ""), each.what, accepted_by(each.finding))
        for each in fold(report.accepted)
    ]
    unadopted = [str(finding.address) for finding in report.of(Status.UNADOPTED)]
    numbers = grid(report, organization, declared)
    css, script = asset("page.css"), asset("drift.js")
    data = _data(groups, organization)
    good, total = coverage(report)
    page = (
        environment()
        .get_template("drift.html")
        .render(
            policy=content_policy(css, script),
            css=css,
            script=script,
            data=data,
            data_digest=hashlib.sha256(data.encode()).hexdigest(),
            made=report.plan.made_from,
            origin=list(_origin(report)),
            verdict=verdict(report),
            drifted=len(report.drifted),
            summary=report.summary,
            share=share(report),
            good=good,
            total=total,
            map=heat_map(numbers),
            cells=list(_cells(numbers)),
            cell_width=WIDTH,
            cell_height=HEIGHT,
            severities=[severity.value for severity in Severity],
            statuses=[WORDS[status] for status in (Status.MISSING, Status.CHANGED, Status.UNEXPECTED, Status.IN_FORCE)],
            groups=[_row(report.plan.kinds, group, organization) for group in groups[:MOST_GROUPS]],
            groups_left=max(0, len(groups) - MOST_GROUPS),
            missed=missed,
            accepted=accepted[:MOST_UNMANAGED],
            accepted_left=max(0, len(accepted) - MOST_UNMANAGED),
            unadopted=unadopted[:MOST_UNMANAGED],
            unadopted_left=max(0, len(unadopted) - MOST_UNMANAGED),
            unmanaged=unmanaged[:MOST_UNMANAGED],
            unmanaged_left=max(0, len(unmanaged) - MOST_UNMANAGED),
        )
    )
    return page.encode("ascii", "xmlcharrefreplace").decode("ascii")  # the same on every terminal and disk


def _origin(report: Report) -> Iterator[tuple[str, str]]:
    made = report.plan.made_from
    rows = (
        ("Organization", made.organization_id),
        ("Looked at", made.created),
        ("As", made.caller),
        ("Account", made.account),
        ("landing", made.version),
        ("SHA-256 of the config", made.config_digest),
    )
    yield from ((term, value) for term, value in rows if value)


def _cells(numbers: Grid) -> Iterator[tuple[str, str, Cell]]:
    for unit in numbers.units:
        for kind in numbers.kinds:
            if (unit, kind) in numbers.cells:
                yield unit_label(unit), kind, numbers.cells[unit, kind]


def _row(kinds: Kinds, group: Group, organization: Organization) -> Row:
    finding, sources = group.finding, group.sources
    many = len(group.findings) > 1
    return Row(
        severity=finding.severity.value,
        status=WORDS[finding.status],
        title=finding.title,
        help=kinds[finding.address.kind].help_uri,
        name=group.name,
        what=group.what,
        note=finding.note,
        lines=tuple(_coloured(line) for line in group.lines(Detail(0))),
        spread=spread(organization, group.addresses) if many else "",
        places=tuple(label(address) for address in group.addresses[:MOST_PLACES]) if many else (),
        places_left=max(0, len(group.findings) - MOST_PLACES),
        count=len(group.findings),
        source=f"{sources[0].file}:{sources[0].line}" if sources else "",
        sources_left=max(0, len(sources) - 1),
    )


def _coloured(line: Line) -> tuple[str, str]:
    css = {"+": "add", "-": "gone"}.get(line.sign, "both")
    return css, f"{line.sign} {'    ' * line.depth}{line.text}"


def _data(groups: Sequence[Group], organization: Organization) -> Markup:
    """Every place, for the search; a block of JSON in which nothing can end the element that holds it."""
    named: list[dict[str, Any]] = [
        {
            "severity": group.finding.severity.value,
            "status": WORDS[group.finding.status],
            "name": group.name,
            "what": group.what,
        }
        for group in groups
    ]
    places = [
        [number, label(address), safe(unit_of(organization, address))]
        for number, group in enumerate(groups)
        for address in group.addresses
    ]
    text = json.dumps({"groups": named, "places": places}, separators=(",", ":"), ensure_ascii=True)
    for character in "<>&":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return Markup(text)  # noqa: S704  # escaped just above
