"""Drift: a plan read the other way round, as findings about what AWS holds."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from landing.difference import differences, differing
from landing.entries import plain
from landing.kinds import BY_NAME
from landing.model import Action, Address, Change, Severity, Source
from landing.organization import Organization
from landing.plan import FORMAT, Plan


class Status(StrEnum):
    """What is the matter; `unmanaged` is counted, not alarmed, `not_checked` is never in sync."""

    MISSING = "missing"
    CHANGED = "changed"
    UNEXPECTED = "unexpected"
    UNMANAGED = "unmanaged"
    NOT_CHECKED = "not_checked"


STATUS = {Action.CREATE: Status.MISSING, Action.UPDATE: Status.CHANGED, Action.DELETE: Status.UNEXPECTED}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as declared; `diff` holds (path, expected, actual)."""

    status: Status
    severity: Severity
    address: Address
    title: str
    reason: str = ""
    declared_at: Source | None = None
    diff: tuple[tuple[str, Any, Any], ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The shape of the JSON report."""
        return {
            "status": self.status.value,
            "severity": self.severity.value,
            "address": str(self.address),
            "kind": self.address.kind,
            "account": self.address.scope.account,
            "region": self.address.scope.region,
            "guardrail": self.title,
            "reason": self.reason,
            "declared_at": asdict(self.declared_at) if self.declared_at else None,
            "diff": [
                {"path": path, "expected": plain(expected), "actual": plain(actual)}
                for path, expected, actual in self.diff
            ],
        }


@dataclass(frozen=True, slots=True)
class Report:
    """All findings of one look, worst first."""

    findings: tuple[Finding, ...]
    in_sync: int
    plan: Plan

    @property
    def summary(self) -> dict[str, int]:
        """Counts by status, and how much is in sync."""
        counts = {status.value: 0 for status in Status}
        for finding in self.findings:
            counts[finding.status.value] += 1
        return counts | {"in_sync": self.in_sync}

    @property
    def drifted(self) -> tuple[Finding, ...]:
        """The findings that are drift: neither unmanaged nor unread."""
        return tuple(f for f in self.findings if f.status not in (Status.UNMANAGED, Status.NOT_CHECKED))

    def to_json(self) -> dict[str, Any]:
        """The JSON report."""
        return {
            "format_version": FORMAT,
            "made_from": asdict(self.plan.made_from),
            "summary": self.summary,
            "findings": [finding.to_json() for finding in self.findings],
        }


def report(organization: Organization, plan: Plan) -> Report:
    """Read a plan as drift."""
    findings = sorted(
        _findings(organization, plan), key=lambda f: (list(Status).index(f.status) > 2, f.severity.rank, f.address)
    )
    return Report(tuple(findings), plan.in_sync, plan)


def _findings(organization: Organization, plan: Plan) -> Iterator[Finding]:
    diffs: dict[str, tuple[tuple[str, Any, Any], ...]] = {}  # many accounts drift alike, and comparing deeply is slow
    for change in plan.changes:
        sides = differing(change.before, change.after)
        said = json.dumps([change.action, *sides], default=dict, sort_keys=True)
        if said not in diffs:
            diffs[said] = _diff(change)
        kind = BY_NAME[change.address.kind]
        yield Finding(
            STATUS[change.action],
            kind.severity_of(organization, change),
            change.address,
            kind.title,
            declared_at=change.source or organization.source,
            diff=diffs[said],
        )
    for address in plan.unmanaged:
        yield Finding(
            Status.UNMANAGED,
            Severity.LOW,
            address,
            BY_NAME[address.kind].title,
            "in AWS, neither declared nor ours",
            organization.source,
        )
    for gap in plan.gaps:
        address = Address(gap.kind, gap.name or "*", gap.scope)
        yield Finding(
            Status.NOT_CHECKED, Severity.MEDIUM, address, BY_NAME[gap.kind].title, gap.reason, organization.source
        )


def _diff(change: Change) -> tuple[tuple[str, Any, Any], ...]:
    if change.action is not Action.UPDATE:
        sides: tuple[Mapping[str, Any], Mapping[str, Any]] = (change.after or {}, change.before or {})
        return tuple((key, sides[0].get(key), sides[1].get(key)) for key in sorted({*sides[0], *sides[1]}))
    return tuple((leaf.path, leaf.after, leaf.before) for leaf in differences(change.before, change.after))
