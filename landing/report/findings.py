"""Folds findings that say the same into one entry."""

from __future__ import annotations

import json
from collections.abc import Collection, Hashable, Iterable
from dataclasses import dataclass

from landing.core.model import Address, Source
from landing.core.text import safe
from landing.engine.drift import Finding, Report, Status
from landing.engine.plan_file import plain
from landing.organization import Organization
from landing.organization.resources import ACCOUNT, ATTACHMENTS
from landing.report.diff import BRIEF, Detail, Line, of_finding
from landing.report.fold import OWN, alike, counted, expanded, extent, likeness, without_identity
from landing.report.place import unit_of, unit_of_account

WORDS = {
    Status.MISSING: "missing",
    Status.CHANGED: "changed",
    Status.UNEXPECTED: "unexpected",
    Status.IN_FORCE: "unexpected, in force",
    Status.UNADOPTED: "not adopted",
    Status.UNDER_WAY: "under way",
    Status.WAITING: "waits for somebody",
    Status.UNMANAGED: "unmanaged",
    Status.NOT_CHECKED: "not checked",
}
_SITES = ("instances", "stopped")
"""Attributes whose elements are places in member accounts, as `account/region`."""


@dataclass(frozen=True, slots=True)
class Group:
    """Findings of one kind with the same status and difference; the first one stands for all."""

    findings: tuple[Finding, ...]

    @property
    def finding(self) -> Finding:
        """The first finding."""
        return self.findings[0]

    @property
    def name(self) -> str:
        """The address; of several findings the kind and, if they share it, the name."""
        address = self.finding.address
        if len(self.findings) == 1:
            return safe(address)
        names = {finding.address.name for finding in self.findings}
        return safe(f"{address.kind}.{names.pop()}" if len(names) == 1 else address.kind)

    @property
    def addresses(self) -> list[Address]:
        """Where each finding is."""
        return [finding.address for finding in self.findings]

    @property
    def where(self) -> str:
        """How many findings over how many accounts and regions; empty for one finding."""
        count = len(self.findings)
        return safe(counted(count, count, extent(self.addresses))) if count > 1 else ""

    @property
    def sources(self) -> list[Source]:
        """The lines of the config that ask for what is not so."""
        return sorted({finding.declared_at for finding in self.findings if finding.declared_at})

    def lines(self, detail: Detail = BRIEF) -> list[Line]:
        """What differs."""
        return of_finding(self.finding, detail)

    @property
    def what(self) -> str:
        """What is the matter, in a few words: the status, and the first attributes that differ."""
        word = WORDS[self.finding.status]
        if self.finding.status is Status.IN_FORCE:
            return safe(f"{word}: {self.finding.reason}")
        if self.finding.status is not Status.CHANGED:
            return word
        paths = list(dict.fromkeys(path.split(".")[0] for path, _, _ in self.finding.diff))
        return safe(f"{word}: {', '.join(paths[:3])}{' …' if len(paths) > 3 else ''}")


def fold(findings: Iterable[Finding], expand: Collection[str] = ()) -> list[Group]:
    """Groups, worst first; within a severity by kind, the odd ones first. What `expand` names is not folded."""

    def key(finding: Finding) -> Hashable:
        return finding.address if expand and expanded(finding.address, expand) else _key(finding)

    folded = [Group(members) for members in alike(findings, key)]
    return sorted(folded, key=lambda g: (g.finding.severity.rank, g.finding.address.kind, len(g.findings)))


def _key(finding: Finding) -> Hashable:
    address = finding.address
    own = OWN if address.kind == ACCOUNT and finding.status is not Status.CHANGED else ()
    diff = json.dumps([row for row in finding.diff if row[0] not in own], default=dict, sort_keys=True)
    said = likeness(address, without_identity(diff, address))
    return finding.status, finding.severity, finding.accepted, finding.note, said


def units_of(organization: Organization, finding: Finding) -> list[str]:
    """The units that a finding touches: those of the member accounts it names, or else its own."""
    if finding.status is Status.IN_FORCE:
        nodes = next(actual for path, _, actual in finding.diff if path == "nodes")
        return sorted({unit_of(organization, Address(ATTACHMENTS, node)) for node in nodes})
    sites = {site for path, _, _ in finding.diff for site in _site(path)}
    named = {unit_of_account(organization, site.partition("/")[0]) for site in sites} - {""}
    return sorted(named) or [unit_of(organization, finding.address)]


def _site(path: str) -> Iterable[str]:
    attribute, _, rest = path.partition(".")
    if attribute in _SITES and rest:
        yield rest.strip("[]")


def coverage(report: Report) -> tuple[int, int]:
    """(in sync, compared): what is unmanaged or was not checked is in neither, what is not adopted in both.

    What is accepted is not in sync.
    """
    good = report.in_sync + len(report.of(Status.UNADOPTED))
    return good, good + len(report.drifted) + len(report.accepted)


def told(report: Report) -> list[Finding]:
    """What registers of findings are told: what has drifted, accepted or not, and what could not be checked."""
    passed = (Status.UNADOPTED, Status.UNDER_WAY, Status.WAITING, Status.UNMANAGED)
    return [finding for finding in report.findings if finding.status not in passed]


def difference(finding: Finding) -> str:
    """Both sides of all that differs, as JSON: a list of `path`, `expected` and `actual`; nothing where none does."""
    rows = [{"path": path, "expected": plain(was), "actual": plain(now)} for path, was, now in finding.diff]
    return safe(json.dumps(rows, ensure_ascii=False, separators=(",", ":"))) if rows else ""


def accepted_by(finding: Finding) -> str:
    """Until when, by whom and why a finding is accepted."""
    return safe("; ".join(f"until {each.until} by {each.owner}: {each.reason}" for each in finding.accepted))


def share(report: Report) -> str:
    """The part that is in sync, in percent, never rounded up to 100."""
    good, total = coverage(report)
    tenths = 1000 * good // total if total else 1000
    return f"{tenths // 10}.{tenths % 10} %"
