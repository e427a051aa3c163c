"""What is declared and what is amiss, by unit and kind: the numbers behind the map and the test suites."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from landing.core.model import Address, Gap, Scope
from landing.engine.drift import NO_DRIFT, Finding, Report
from landing.organization import ROOT, Organization
from landing.report.findings import units_of
from landing.report.place import unit_of

EVERYWHERE = ""
"""The row of what exists once an organization."""


@dataclass(slots=True)
class Cell:
    """Counts of resources in one unit and of one kind; a gap in which nothing is declared counts as one."""

    declared: int = 0
    drifted: int = 0
    accepted: int = 0
    not_checked: int = 0

    @property
    def share(self) -> float:
        """The part that drifted, 0 to 1, also where what is unexpected is more than what is declared."""
        return min(1.0, self.drifted / self.declared) if self.declared else float(self.drifted > 0)


@dataclass(frozen=True, slots=True)
class Grid:
    """Rows are units in the order of the tree, columns kinds; only those with anything in them."""

    units: tuple[str, ...]
    kinds: tuple[str, ...]
    cells: Mapping[tuple[str, str], Cell]
    findings: Mapping[tuple[str, str], tuple[Finding, ...]]
    """Those that are drift or accepted."""


def grid(report: Report, organization: Organization, declared: Iterable[Address]) -> Grid:
    """Place every declared resource, every finding that is drift or accepted, and every gap."""
    cells: dict[tuple[str, str], Cell] = defaultdict(Cell)
    found: dict[tuple[str, str], list[Finding]] = defaultdict(list)
    gaps = _Gaps(report.plan.gaps)
    for address in declared:
        cell = cells[unit_of(organization, address), address.kind]
        cell.declared += 1
        cell.not_checked += gaps.hide(address)
    for finding in report.findings:
        if finding.status in NO_DRIFT:
            continue
        for unit in units_of(organization, finding):
            cell = cells[unit, finding.address.kind]
            cell.drifted += not finding.accepted
            cell.accepted += bool(finding.accepted)
            found[unit, finding.address.kind].append(finding)
    for gap in gaps.unused:
        address = Address(gap.kind, gap.name or "*", gap.scope)
        cells[unit_of(organization, address), gap.kind].not_checked += 1
    rows = {unit for unit, _ in cells}
    units = tuple(unit for unit in _in_order(organization) if unit in rows)
    kinds = tuple(kind.name for kind in report.plan.kinds if any(kind.name == name for _, name in cells))
    return Grid(units, kinds, dict(cells), {key: tuple(members) for key, members in found.items()})


def _in_order(organization: Organization) -> Iterator[str]:
    yield EVERYWHERE
    yield from organization.below(ROOT)


class _Gaps:
    """Tells whether a gap hides a resource, and which gaps hid nothing that is declared."""

    def __init__(self, gaps: Iterable[Gap]) -> None:
        self._gaps: dict[tuple[str, Scope, str], Gap] = {(gap.kind, gap.scope, gap.name): gap for gap in gaps}
        self._used: set[tuple[str, Scope, str]] = set()

    def hide(self, address: Address) -> bool:
        """Whether nothing can be said about the resource."""
        keys = [(address.kind, address.scope, name) for name in ("", address.name)]
        hiding = [key for key in keys if key in self._gaps]
        self._used.update(hiding)
        return bool(hiding)

    @property
    def unused(self) -> list[Gap]:
        """The gaps that hid nothing so far."""
        return [gap for key, gap in self._gaps.items() if key not in self._used]
