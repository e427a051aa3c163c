"""Drift: a plan read the other way round, as findings about what AWS holds."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from landing.core.difference import differences, differing
from landing.core.model import Action, Address, Change, Diagnostic, Severity, Source
from landing.engine.plan import FORMAT, Plan
from landing.engine.plan_file import digest_of, plain
from landing.organization import ROOT, ForeignPolicy, Organization, Strictness, node_of
from landing.organization.resources import POLICY
from landing.policy import RCP, SCP


class Status(StrEnum):
    """What is the matter; `unmanaged` is counted, not alarmed, `not_checked` is never in sync.

    `unadopted` is there and as declared, but without our mark: no drift, since nothing acts otherwise than declared.
    Nor is `under_way`: AWS, or somebody who was asked, is still at what was asked of them.
    `unexpected_in_force` is a policy of others that acts on the organization, and that the config does not know of.
    """

    MISSING = "missing"
    CHANGED = "changed"
    UNEXPECTED = "unexpected"
    IN_FORCE = "unexpected_in_force"
    UNADOPTED = "unadopted"
    UNDER_WAY = "under_way"
    UNMANAGED = "unmanaged"
    NOT_CHECKED = "not_checked"


STATUS = {
    Action.CREATE: Status.MISSING,
    Action.UPDATE: Status.CHANGED,
    Action.DELETE: Status.UNEXPECTED,
    Action.ADOPT: Status.UNADOPTED,
    Action.FORGET: Status.UNMANAGED,
}
NO_DRIFT = (Status.UNADOPTED, Status.UNDER_WAY, Status.UNMANAGED, Status.NOT_CHECKED)
"""Findings that are no drift."""


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
    diagnostic: Diagnostic | None = None
    """Of what was not checked."""

    @property
    def id(self) -> str:
        """32 hex digits, the same as long as it is about one thing; where nothing could be checked, for one reason."""
        return digest_of([str(self.address), self.diagnostic.words if self.diagnostic else ""])[:32]

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
            **({"diagnostic": self.diagnostic.to_json()} if self.diagnostic else {}),
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
        """The findings that are drift: neither unadopted nor unmanaged nor unread."""
        return tuple(f for f in self.findings if f.status not in NO_DRIFT)

    def of(self, status: Status) -> tuple[Finding, ...]:
        """The findings with this status."""
        return tuple(finding for finding in self.findings if finding.status is status)

    def to_json(self) -> dict[str, Any]:
        """The JSON report."""
        return {
            "format_version": FORMAT,
            "made_from": asdict(self.plan.made_from),
            "summary": self.summary,
            "findings": [finding.to_json() for finding in self.findings],
        }


def report(organization: Organization, plan: Plan, acts: Mapping[str, str] | None = None) -> Report:
    """Read a plan as drift; `acts` says of policies of others, by id, who has put them in force and when."""
    found = [*_findings(organization, plan), *_in_force(organization, plan, acts or {})]
    findings = sorted(found, key=lambda f: (f.status in NO_DRIFT, f.severity.rank, f.address))
    return Report(tuple(findings), plan.in_sync, plan)


def _findings(organization: Organization, plan: Plan) -> Iterator[Finding]:
    diffs: dict[str, tuple[tuple[str, Any, Any], ...]] = {}  # many accounts drift alike, and comparing deeply is slow
    for change in plan.changes:
        sides = differing(change.before, change.after)
        said = json.dumps([change.action, *sides], default=dict, sort_keys=True)
        if said not in diffs:
            diffs[said] = _diff(change)
        kind = plan.kinds[change.address.kind]
        waits = kind.under_way(change)
        yield Finding(
            Status.UNDER_WAY if waits else STATUS[change.action],
            kind.severity_of(organization, change),
            change.address,
            kind.title,
            waits,
            declared_at=change.source or organization.source,
            diff=diffs[said],
        )
    for address, text in plan.waiting.items():
        kind = plan.kinds[address.kind]
        yield Finding(Status.UNDER_WAY, Severity.LOW, address, kind.title, text, organization.source)
    acting = {policy.address for policy in plan.foreign if _where(organization, policy)}
    for address in plan.unmanaged:
        if address in acting:
            continue
        kind, described = plan.kinds[address.kind], plan.described.get(address, {})
        if wrong := kind.astray(described):
            diff = tuple((name, None, value) for name, value in described.items())
            yield Finding(Status.CHANGED, kind.severity, address, kind.title, wrong, organization.source, diff)
            continue
        strict = not plan.owner(address) and organization.strictness_at(_place(plan, address)) is Strictness.STRICT
        yield Finding(
            Status.UNEXPECTED if strict else Status.UNMANAGED,
            Severity.MEDIUM if strict else Severity.LOW,
            address,
            kind.title,
            f"in AWS, neither declared nor ours{f', but of {owner}' if (owner := plan.owner(address)) else ''}"
            + (f": {plan.about(address)}" if address in plan.described else "")
            + (", where the config is strict" if strict else ""),
            organization.source,
        )
    for gap in plan.gaps:
        address = Address(gap.kind, gap.name or "*", gap.scope)
        yield Finding(
            Status.NOT_CHECKED,
            Severity.MEDIUM,
            address,
            plan.kinds[gap.kind].title,
            gap.reason,
            organization.source,
            diagnostic=gap.diagnostic,
        )


def _in_force(organization: Organization, plan: Plan, acts: Mapping[str, str]) -> Iterator[Finding]:
    """Policies of others at nodes that the config describes: unmanaged where it knows of them, else drift."""
    for policy in plan.foreign:
        nodes = _where(organization, policy)
        if not nodes:
            continue
        lenient = all(organization.strictness_at(node) is Strictness.LENIENT for node in nodes)
        known = organization.known(policy) or ("the config is lenient there" if lenient else "")
        by = acts.get(policy.id, "")
        reason = f"{policy.words} at {', '.join(nodes)}"
        reason += f", known: {known}" if known else f", {by}" if by else ""
        rows = (
            ("id", policy.id),
            ("name", policy.name),
            ("type", policy.type),
            ("nodes", list(nodes)),
            ("owner", policy.owner),
            ("by", by),
        )
        yield Finding(
            Status.UNMANAGED if known else Status.IN_FORCE,
            Severity.LOW if known else Severity.HIGH if policy.type in (SCP, RCP) else Severity.MEDIUM,
            policy.address,
            plan.kinds[POLICY].title,
            reason,
            organization.source,
            tuple((name, None, value) for name, value in rows if value),
        )


def _place(plan: Plan, address: Address) -> str:
    """The node at which something unmanaged is, or the nearest above it that is known."""
    if unit := plan.described.get(address, {}).get("unit"):
        return node_of(unit)
    return f"account/{address.scope.account}" if address.scope.account else ROOT


def _where(organization: Organization, policy: ForeignPolicy) -> tuple[str, ...]:
    return tuple(filter(organization.manages, policy.nodes))


def _diff(change: Change) -> tuple[tuple[str, Any, Any], ...]:
    if change.action in (Action.CREATE, Action.DELETE):
        sides: tuple[Mapping[str, Any], Mapping[str, Any]] = (change.after or {}, change.before or {})
        return tuple((key, sides[0].get(key), sides[1].get(key)) for key in sorted({*sides[0], *sides[1]}))
    return tuple((leaf.path, leaf.after, leaf.before) for leaf in differences(change.before, change.after))
