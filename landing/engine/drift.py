"""Drift: a plan read the other way round, as findings about what AWS holds."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from typing import Any

from landing.config.accepted import Acceptance
from landing.core.difference import differences, differing
from landing.core.model import Action, Address, Attributes, Change, Diagnostic, Severity, Source
from landing.engine.plan import Plan
from landing.engine.plan_file import digest_of, plain
from landing.organization import ROOT, ForeignPolicy, Organization, Strictness, node_of
from landing.organization.resources import POLICY
from landing.policy import RCP, SCP

FORMAT = "5.3"
"""Of the JSON report. 5.2: as plans. 5.3: `change`, and what is `accepted`."""


class Status(StrEnum):
    """What is the matter; `unmanaged` is counted, not alarmed, `not_checked` is never in sync.

    `unadopted` is there and as declared, but without our mark: no drift, since nothing acts otherwise than declared.
    Nor is `under_way`: AWS is still at what was asked of it; nor `waiting`: a person has something to do.
    `unexpected_in_force` is a policy of others that acts on the organization, and that the config does not know of.
    """

    MISSING = "missing"
    CHANGED = "changed"
    UNEXPECTED = "unexpected"
    IN_FORCE = "unexpected_in_force"
    UNADOPTED = "unadopted"
    UNDER_WAY = "under_way"
    WAITING = "waiting"
    UNMANAGED = "unmanaged"
    NOT_CHECKED = "not_checked"


STATUS = {
    Action.CREATE: Status.MISSING,
    Action.UPDATE: Status.CHANGED,
    Action.DELETE: Status.UNEXPECTED,
    Action.ADOPT: Status.UNADOPTED,
    Action.FORGET: Status.UNMANAGED,
}
NO_DRIFT = (Status.UNADOPTED, Status.UNDER_WAY, Status.WAITING, Status.UNMANAGED, Status.NOT_CHECKED)
"""Findings that are no drift."""
BY_NAME = "a plan may not look for it: landing apply with `--target` and this address puts it back"
BY = "by"
"""What is told of who did it, which AWS forgets after 90 days."""


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
    sides: tuple[Attributes, Attributes] = ({}, {})
    """Of what is changed, the attributes that differ: as declared, and as they are."""
    accepted: tuple[Acceptance, ...] = ()
    """Who has accepted it; with any it is no drift."""
    note: str = ""
    """Why an acceptance that means this does not hold."""

    @property
    def change(self) -> str:
        """32 hex digits of what differs, whatever differs so: what an acceptance names."""
        rows = [[path, plain(expected), plain(actual)] for path, expected, actual in self.diff if path != BY]
        return digest_of([self.status.value, rows])[:32]

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
            "change": self.change,
            **({"accepted": [each.to_json() for each in self.accepted]} if self.accepted else {}),
            **({"note": self.note} if self.note else {}),
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
        """Counts by status but for what is accepted, how much that is, and how much is in sync."""
        counts = {status.value: 0 for status in Status}
        for finding in self.findings:
            counts[finding.status.value] += not finding.accepted
        return counts | {"accepted": len(self.accepted), "in_sync": self.in_sync}

    @property
    def drifted(self) -> tuple[Finding, ...]:
        """The findings that are drift: neither unadopted nor unmanaged nor unread, and accepted by nobody."""
        return tuple(f for f in self.findings if f.status not in NO_DRIFT and not f.accepted)

    @property
    def accepted(self) -> tuple[Finding, ...]:
        """The findings that would be drift, had nobody accepted them."""
        return tuple(f for f in self.findings if f.accepted)

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
    return Report(tuple(sorted(found, key=_rank)), plan.in_sync, plan)


def _rank(finding: Finding) -> tuple[bool, bool, int, Address]:
    return finding.status in NO_DRIFT, bool(finding.accepted), finding.severity.rank, finding.address


def accept(report: Report, entries: Sequence[Acceptance], today: str) -> Report:
    """The report in which what the entries mean is accepted; `today` is a day in UTC, ISO 8601."""
    if not entries:
        return report
    found = [each if each.status in NO_DRIFT else _judged(each, entries, today) for each in report.findings]
    return replace(report, findings=tuple(sorted(found, key=_rank)))


def _judged(finding: Finding, entries: Iterable[Acceptance], today: str) -> Finding:
    about = [each for each in entries if finding.address.matches(each.address)]
    good = [each for each in about if not each.expired(today)]
    if covering := _covering(finding, good):
        return replace(finding, accepted=covering)
    if late := [each for each in _covering(finding, about) if each.expired(today)]:
        return replace(finding, note="; ".join(f"acceptance expired on {each.until} ({each.owner})" for each in late))
    if good:
        whose = "; ".join(f"{each.owner} ({each.source})" for each in good)
        return replace(finding, note=f"not this, or not all of it, is accepted by {whose}")
    return finding


def _covering(finding: Finding, entries: Sequence[Acceptance]) -> tuple[Acceptance, ...]:
    """The entries that together mean all that differs: the one that means this difference first, if there is any."""
    whole = [each for each in entries if each.change == finding.change]
    whole += [each for each in entries if not each.change and not each.attribute]
    if whole:
        return (whole[0],)
    if finding.status is not Status.CHANGED:
        return ()
    by_row = [next((each for each in entries if _means(each, path)), None) for path, _, _ in finding.diff]
    found = tuple(dict.fromkeys(each for each in by_row if each is not None))
    return found if all(by_row) else ()


def _means(entry: Acceptance, path: str) -> bool:
    return bool(entry.attribute) and (path == entry.attribute or path.startswith(f"{entry.attribute}."))


def idle(report: Report, entries: Iterable[Acceptance], today: str) -> Iterator[str]:
    """What to do with the entries that accept nothing, but for those of what could not be checked."""
    used = {each for finding in report.accepted for each in finding.accepted}
    for entry in entries:
        about = [each for each in report.findings if each.address.matches(entry.address)]
        unread = any(each.status is Status.NOT_CHECKED for each in about)
        unread |= any(gap.kind == entry.address.split(".")[0] for gap in report.plan.gaps)
        if entry in used or unread:
            continue
        drifted = any(each.status not in NO_DRIFT for each in about)
        if entry.expired(today):
            rest = "" if drifted else ", and nothing there has drifted: remove it"
            yield f"{entry.source}: the acceptance of {entry.address} expired on {entry.until} ({entry.owner}){rest}"
        elif drifted:
            yield f"{entry.source}: {entry.address} has drifted otherwise than {entry.owner} accepted"
        else:
            yield f"{entry.source}: {entry.address} has not drifted, so there is nothing to accept: remove it"


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
            waits or (BY_NAME if kind.by_name(change) else ""),
            declared_at=change.source or organization.source,
            diff=diffs[said],
            sides=_sides(change),
        )
    for address, text in plan.waiting.items():
        kind = plan.kinds[address.kind]
        yield Finding(Status.WAITING, Severity.LOW, address, kind.title, text, organization.source)
    astray = plan.astray
    for address, wrong in astray.items():
        kind = plan.kinds[address.kind]
        diff = tuple((name, None, value) for name, value in plan.described[address].items() if value not in wrong)
        named = kind.named_at(organization, address)
        yield Finding(Status.CHANGED, kind.severity, address, kind.title, wrong, named, diff)
    acting = {policy.address for policy in plan.foreign if _where(organization, policy)}
    for address in plan.unmanaged:
        if address in acting or address in astray:
            continue
        kind = plan.kinds[address.kind]
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
            plan.kinds[gap.kind].named_at(organization, address) if gap.name else organization.source,
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
            (BY, by),
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


def _sides(change: Change) -> tuple[Attributes, Attributes]:
    expected, actual = change.after or {}, change.before or {}
    names = [name for name, value in expected.items() if change.before is not None and actual.get(name) != value]
    return {name: expected[name] for name in names}, {name: actual[name] for name in names if name in actual}


def _diff(change: Change) -> tuple[tuple[str, Any, Any], ...]:
    if change.action in (Action.CREATE, Action.DELETE):
        sides: tuple[Mapping[str, Any], Mapping[str, Any]] = (change.after or {}, change.before or {})
        return tuple((key, sides[0].get(key), sides[1].get(key)) for key in sorted({*sides[0], *sides[1]}))
    return tuple((leaf.path, leaf.after, leaf.before) for leaf in differences(change.before, change.after))
