"""How one set of attached policies takes the place of another, without a moment in which a guardrail holds nowhere.

What is done in AWS and what a plan is tried on are the same function. Where no slot is free, a policy goes first whose
guardrails other attached policies hold. Where there is none, a policy that stays, and is attached nowhere else, carries
the statements that would be missing until the policies they belong to are attached.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from landing.core.model import Change
from landing.organization import Organization
from landing.organization.resources import BEST_EFFORT, policies_of
from landing.policy.direction import allows
from landing.policy.evaluation import SCP
from landing.policy.testing.suite import statements_of

Holds = Callable[[str], tuple[str, ...]]
"""The guardrails that a policy has all of, or single statements of them as `KEY:NUMBER`."""


@dataclass(frozen=True, slots=True)
class Room:
    """The policy to detach; `carrier` has the statements of the policies in `carried` until these are attached."""

    detached: str
    carrier: str = ""
    carried: tuple[str, ...] = ()


def has_list(organization: Organization, node: str) -> bool:
    """Whether the config attaches an SCP with an Allow there."""
    policies = (organization.policies[key] for key in organization.attached.get(node, ()))
    return any(policy.type == SCP and allows(policy.document) for policy in policies)


def last(candidates: Sequence[str], attached: Collection[str]) -> str:
    """Just the last of them."""
    return candidates[-1]


def swap(
    change: Change,
    types: Mapping[str, str],
    *,
    attach: Callable[[str, bool], bool],
    detach: Callable[[str], None],
    spare: Callable[[Sequence[str], Collection[str]], str] = last,
) -> None:
    """Attach what is missing, then detach what is too much.

    `attach` is told whether it must succeed, and returns False when no slot is free: then a policy of the same type
    that is too much is detached first, the one that `spare` chooses, knowing what stays. A best effort stops there.
    """
    before, after = policies_of(change.before), policies_of(change.after)
    best_effort = bool(change.after) and BEST_EFFORT in (change.after or {})
    superfluous, attached = sorted(before - after), before & after
    for key in sorted(after - before):
        while True:
            candidates = [other for other in superfluous if types.get(other) == types.get(key)]
            if attach(key, not candidates and not best_effort):
                break
            if best_effort:
                return
            chosen = spare(candidates, attached)
            superfluous.remove(chosen)
            detach(chosen)
        attached.add(key)
    for key in superfluous:
        detach(key)


def find_room(
    candidates: Sequence[str],
    attached: Collection[str],
    missing: Collection[str],
    wanted: Collection[str],
    *,
    holds: Holds,
    fits: Callable[[str, tuple[str, ...]], bool],
) -> Room | None:
    """How to make room; none if a guardrail of those `wanted` would be nowhere for a moment.

    `candidates` may go, `attached` stays, `missing` are the policies still to be attached. `fits` says whether one
    that stays can carry others.
    """
    kept = {entry for key in attached for entry in holds(key)}
    lacking: dict[str, tuple[str, ...]] = {}
    for key in reversed(candidates):
        lacking[key] = tuple(
            entry
            for entry in holds(key)
            if _guardrail(entry) in wanted and entry not in kept and _guardrail(entry) not in kept
        )
        if not lacking[key]:
            return Room(key)
    for key in sorted(lacking, key=lambda key: len(lacking[key])):
        carried = tuple(sorted(other for other in missing if _holds_any(holds(other), lacking[key])))
        found = {entry for other in carried for entry in holds(other)}
        if all(entry in found or _guardrail(entry) in found for entry in lacking[key]):
            carrier = next((other for other in sorted(attached) if fits(other, carried)), None)
            if carrier is not None:
                return Room(key, carrier, carried)
    return None


def merged(documents: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """One document with the statements of all; of Sids that are there already, none is kept."""
    statements: list[dict[str, Any]] = []
    sids: set[str] = set()
    for document in documents:
        for statement in statements_of(document):
            own = {key: value for key, value in statement.items() if key != "Sid" or value not in sids}
            sids.add(str(own.get("Sid", "")))
            statements.append(own)
    return {"Version": "2012-10-17", "Statement": statements}


def denies_only(document: Mapping[str, Any]) -> bool:
    """Whether a policy can be carried or carry: nothing in it allows."""
    return all(statement["Effect"] == "Deny" for statement in statements_of(document))


def _guardrail(entry: str) -> str:
    return entry.partition(":")[0]


def _holds_any(held: Iterable[str], entries: Iterable[str]) -> bool:
    wanted = set(entries)
    return any(entry in wanted or any(_guardrail(other) == entry for other in wanted) for entry in held)
