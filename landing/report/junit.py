"""A drift report as JUnit XML: a test suite for each kind, a test case for each unit in which it is declared.

Cases go by unit, not by account: 10,000 accounts stay a file of some kilobytes. What could not be read is an *error*
of its case, not a skipped one: CI shows skipped cases as harmless, and nothing is known to be harmless there.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from xml.sax.saxutils import escape, quoteattr  # writes only; nothing is parsed

from landing.core.model import Address
from landing.core.text import safe
from landing.engine.drift import Finding, Report
from landing.organization import Organization
from landing.report.diff import Detail
from landing.report.findings import Group, accepted_by, fold
from landing.report.grid import Cell, Grid, grid
from landing.report.heat_map import unit_label
from landing.report.place import label
from landing.report.reasons import missed_in

GROUPS = 20
PLACES = 10


def render(report: Report, organization: Organization, declared: Iterable[Address]) -> str:
    """The XML; `declared` is everything that the config asks for."""
    numbers = grid(report, organization, declared)
    missed: dict[str, list[str]] = defaultdict(list)
    for each in missed_in(report.plan.gaps):
        missed[each.kind].append(str(each))
    suites = [(kind, _cases(kind, numbers, missed[kind])) for kind in numbers.kinds]
    counts = [_counts(numbers, kind) for kind in numbers.kinds]
    tests, failures, errors, _ = (sum(column) for column in zip(*counts, strict=True)) if counts else (0, 0, 0, 0)
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<testsuites name="landing drift" tests="{tests}" failures="{failures}" errors="{errors}" time="0">',
    ]
    created = report.plan.made_from.created.removesuffix("Z")
    when = f" timestamp={_attribute(created)}" if created else ""
    for (kind, cases), (tests, failures, errors, skipped) in zip(suites, counts, strict=True):
        lines.append(
            f"<testsuite name={_attribute(report.plan.kinds[kind].title)} tests={_attribute(tests)} "
            f'failures="{failures}" errors="{errors}" skipped="{skipped}" time="0"{when}>'
        )
        lines += cases
        lines.append("</testsuite>")
    text = "\n".join([*lines, "</testsuites>"]) + "\n"
    return text.encode("ascii", "xmlcharrefreplace").decode("ascii")


def _counts(numbers: Grid, kind: str) -> tuple[int, int, int, int]:
    cells = [numbers.cells[unit, kind] for unit in numbers.units if (unit, kind) in numbers.cells]
    failures = sum(cell.drifted > 0 for cell in cells)
    errors = sum(cell.not_checked > 0 and not cell.drifted for cell in cells)
    skipped = sum(cell.accepted > 0 and not cell.drifted and not cell.not_checked for cell in cells)
    return len(cells), failures, errors, skipped


def _cases(kind: str, numbers: Grid, missed: Sequence[str]) -> Iterator[str]:
    for unit in numbers.units:
        cell = numbers.cells.get((unit, kind))
        if cell is None:
            continue
        yield f'<testcase classname={_attribute(f"landing.{kind}")} name={_attribute(unit_label(unit))} time="0">'
        found = numbers.findings.get((unit, kind), ())
        accepted = list(_accepted(fold(each for each in found if each.accepted)))
        if cell.drifted:
            yield from _failure(cell, fold(each for each in found if not each.accepted))
        elif cell.not_checked:
            yield f'<error type="not_checked" message={_attribute(_not_checked(cell))}>{_text(missed)}</error>'
        elif accepted:
            yield f"<skipped message={_attribute('; '.join(accepted))}/>"
        out = [f"{cell.declared} declared", *accepted, *(missed if cell.drifted and cell.not_checked else ())]
        yield f"<system-out>{_text(out)}</system-out>"
        yield "</testcase>"


def _accepted(groups: Sequence[Group]) -> Iterator[str]:
    """What people have accepted, with who, why and until when."""
    for group in groups[:GROUPS]:
        where = f" ({group.where})" if group.where else ""
        yield f"accepted: {group.name}{where} {group.what}, {accepted_by(group.finding)}"
    if len(groups) > GROUPS:
        yield f"and {len(groups) - GROUPS} more accepted"


def _not_checked(cell: Cell) -> str:
    return f"{cell.not_checked} of {cell.declared} not checked" if cell.declared else "not checked"


def _failure(cell: Cell, groups: Sequence[Group]) -> Iterator[str]:
    message = f"{cell.drifted} drifted" + (f", {_not_checked(cell)}" if cell.not_checked else "")
    yield f'<failure type="drift" message={_attribute(message)}>{_text(_said(groups))}</failure>'


def _said(groups: Sequence[Group]) -> Iterator[str]:
    for group in groups[:GROUPS]:
        finding: Finding = group.finding
        source = f" ({safe(group.sources[0])})" if group.sources else ""
        where = f" ({group.where})" if group.where else ""
        yield f"{finding.severity}: {group.name}{where} {group.what}{source}"
        if finding.note:
            yield f"  {safe(finding.note)}"
        yield from (f"  {'    ' * line.depth}{line.sign} {line.text}" for line in group.lines(Detail(0)))
        if group.where:
            rest = f" and {len(group.findings) - PLACES} more" if len(group.findings) > PLACES else ""
            yield f"  {', '.join(label(address) for address in group.addresses[:PLACES])}{rest}"
    if len(groups) > GROUPS:
        yield f"and {len(groups) - GROUPS} more entries"


def _attribute(value: object) -> str:
    return quoteattr(safe(value))


def _text(lines: Iterable[str]) -> str:
    return escape("\n".join(safe(line) for line in lines))
