"""Whether what a plan attaches fits: AWS counts everybody's policies, ours and others', and its own.

Quotas: AWS Organizations User Guide, "Quotas and service limits"; ConstraintViolationException with the reasons
MAX_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED and POLICY_NUMBER_LIMIT_EXCEEDED (API reference, AttachPolicy, CreatePolicy).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping

from landing.aws import FULL_ACCESS, SCP
from landing.config.packs import SHORT
from landing.core.errors import ImpossiblePlan
from landing.core.model import Action, Address, Change, Resource
from landing.core.text import safe
from landing.engine.order.graph import build
from landing.engine.order.phases import Known
from landing.guardrails.attachment_model import Model
from landing.guardrails.in_force import State
from landing.organization import Organization
from landing.organization.resources import ATTACHMENTS, POLICY, policies_of
from landing.policy.attachment_slots import limit, others, room
from landing.policy.limits import LIMITS

Ids = Callable[[str], str]
"""The id in AWS of a node (`root`, `unit/KEY`, `account/KEY`); nothing where it has none yet, or nobody knows it."""


def refuse_crowded(
    organization: Organization,
    changes: Collection[Change],
    live: Mapping[Address, Resource] | None = None,
    ids: Ids = lambda node: "",
) -> None:
    """Raise ImpossiblePlan, with every node at which there is no slot for what comes, at the end or on the way.

    Without `live` only what there is at the end is looked at.
    """
    found = list(_too_many(organization, changes, ids))
    if live is not None:
        full = {change.address for change, _ in found}
        found += [(change, why) for change, why in _stuck(organization, changes, live) if change.address not in full]
        found += _too_many_policies(changes, live)
    if found:
        lines = (f"  {change.address}{f' ({change.source})' if change.source else ''}: {why}" for change, why in found)
        raise ImpossiblePlan("AWS would refuse this plan half way:\n" + "\n".join(lines))


def _types(organization: Organization) -> dict[str, str]:
    return {FULL_ACCESS: SCP, **{key: policy.type for key, policy in organization.policies.items()}}


def _too_many(organization: Organization, changes: Collection[Change], ids: Ids) -> Iterator[tuple[Change, str]]:
    types = _types(organization)
    for change in changes:
        if change.address.kind != ATTACHMENTS:
            continue
        node, after = change.address.name, policies_of(change.after)
        come = after - policies_of(change.before)
        for policy_type in sorted({types[key] for key in come if key in types} & LIMITS.keys()):
            ours = sorted(key for key in after if types.get(key) == policy_type)
            if len(ours) > room(organization, node, policy_type):
                yield change, _crowd(organization, node, policy_type, ours, ids(node))


def _crowd(organization: Organization, node: str, policy_type: str, ours: list[str], node_id: str) -> str:
    """Who takes which slots, and what can be done."""
    theirs = [safe(policy) for policy in others(organization, node, policy_type)]
    built_in = [f"{name} (p-{name})" for name in LIMITS[policy_type].built_in if organization.full_access(node)
                or policy_type != SCP]  # fmt: skip
    own = [key for key in ours if key != FULL_ACCESS]
    parts = [f"{len(own)} of this config ({', '.join(map(safe, own))})"] if own else []
    parts += [f"{len(theirs)} of others ({', '.join(theirs)})"] if theirs else []
    parts += [f"{len(built_in)} of AWS ({', '.join(built_in)})"] if built_in else []
    count = len(own) + len(theirs) + len(built_in)
    ways = ["detach one of others that is needed no more"] if theirs else []
    if len(own) > 1 and policy_type in SHORT and node not in organization.packed:
        ways.append(f"`pack: true` {'under `organization.root`' if node == 'root' else 'there'}")
    ways.append("move a guardrail to the unit above or below")
    ways.append(f"if AWS has raised the quota, `limits.{policy_type}.attached`")
    where = f"{safe(node)} ({node_id})" if node_id else safe(node)
    return (
        f"{where} would have {count} policies of type {policy_type}, and AWS allows "
        f"{limit(organization, policy_type)}: {' and '.join(parts)}. Either {'; or '.join(ways)}"
    )


def _stuck(
    organization: Organization, changes: Collection[Change], live: Mapping[Address, Resource]
) -> Iterator[tuple[Change, str]]:
    """Where a policy must go before another can come, and cannot without a guardrail being nowhere for a moment."""
    before = State.of({address: resource.attributes for address, resource in live.items()})
    types = {**{name: policy["type"] for name, policy in before.policies.items()}, **_types(organization)}
    if not any(_tight(organization, change, types) for change in changes):
        return
    graph = build(changes, Known.of(organization))
    model = Model(before, types, organization)
    for step in graph.order():
        for _ in model.states(graph.steps[step]):
            pass
    attached = {change.address.name: change for change in changes if change.address.kind == ATTACHMENTS}
    for node, key in dict.fromkeys(model.stuck):
        theirs = ", ".join(safe(policy) for policy in others(organization, node, types.get(key, "")))
        yield (
            attached[node],
            (
                f"no slot is free there for what takes the place of {safe(key)}, no policy has room for its statements "
                "meanwhile, and without it guardrails would be missing for a moment: detach a policy there that you "
                f"can do without{f', as one of others ({theirs})' if theirs else ''}, or make the change in two plans"
            ),
        )


def _tight(organization: Organization, change: Change, types: Mapping[str, str]) -> bool:
    """Whether what is attached and what comes do not fit together."""
    if change.address.kind != ATTACHMENTS:
        return False
    both = Counter(types.get(key, "") for key in policies_of(change.before) | policies_of(change.after))
    return any(
        count > room(organization, change.address.name, policy_type)
        for policy_type, count in both.items()
        if policy_type in LIMITS
    )


def _too_many_policies(changes: Collection[Change], live: Mapping[Address, Resource]) -> Iterator[tuple[Change, str]]:
    """Everybody's policies of a type against the quota of the organization."""
    counts = Counter(each.attributes["type"] for address, each in live.items() if address.kind == POLICY)
    made = [change for change in changes if change.address.kind == POLICY and change.action is Action.CREATE]
    for policy_type in sorted({change.after["type"] for change in made if change.after} & LIMITS.keys()):
        own = [change for change in made if change.after and change.after["type"] == policy_type]
        most, there = LIMITS[policy_type].number, counts[policy_type]
        if there + len(own) > most:
            yield (
                own[-1],
                (
                    f"the organization has {there:,} policies of type {policy_type}, {len(own)} more come, and AWS "
                    f"allows {most:,}: delete some that are attached nowhere"
                ),
            )
