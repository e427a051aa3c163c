"""Which guardrail lives in which policy, node by node."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from landing.core.text import safe
from landing.organization import Organization, Pack
from landing.policy.attachment_slots import slots
from landing.policy.limits import LIMITS, size_limit
from landing.policy.size import size_of
from landing.report.budget import BUDGET, Section, fit
from landing.report.markdown import code
from landing.report.style import Style

SHORT = {"SERVICE_CONTROL_POLICY": "SCP", "RESOURCE_CONTROL_POLICY": "RCP"}


def lines(organization: Organization, style: Style) -> Iterator[str]:
    """The text."""
    unseen = bool(organization.known_policies) and not organization.foreign
    but = " (less those that policies of others take: --live counts them)" if unseen else ""
    for node in sorted(organization.attached):
        packed = organization.packed.get(node)
        yield style.paint(f"{safe(node)}{f'   packed ({packed})' if packed else ''}", "bold")
        for kind in dict.fromkeys(organization.policies[key].type for key in organization.attached[node]):
            here = [key for key in organization.attached[node] if organization.policies[key].type == kind]
            free = slots(organization, node, kind) - len(here) if kind in LIMITS else 0
            count = f"{len(here)} {'policy' if len(here) == 1 else 'policies'}"
            yield f"  {SHORT.get(kind, kind)}: {count}, {free} free{but}"
            for key in here:
                yield from _policy(organization, key)
    if not organization.attached:
        yield "No guardrail is attached."


def _policy(organization: Organization, key: str) -> Iterator[str]:
    policy = organization.policies[key]
    limit = f" of {size_limit(organization.limits, policy.type):,}" if policy.type in LIMITS else ""
    yield f"    {safe(key)}   {size_of(organization, policy.document):,}{limit} characters"
    if isinstance(policy, Pack):
        yield from (f"      {safe(entry)}{_source(organization, entry)}" for entry in policy.entries)
        yield from (f"      as one statement: {safe(', '.join(origin))}" for origin in _merges(policy))


def _source(organization: Organization, entry: str) -> str:
    key, _, number = entry.partition(":")
    source = organization.guardrails[key].source
    statement = f" (statement {int(number) + 1})" if number else ""
    return f"{statement} ({safe(source)})" if source else statement


def _merges(pack: Pack) -> Iterator[tuple[str, ...]]:
    return (origin for origin in pack.origins if len(origin) > 1)


def as_markdown(organization: Organization, *, budget: int = BUDGET) -> str:
    """The same for a comment: a node that has no room is counted alone."""
    nodes = sorted(organization.attached)
    sections = [
        Section(0, (partial(_heading, organization, node), partial(_table, organization, node))) for node in nodes
    ]
    head = "### Guardrails by node\n\n" + ("" if nodes else "No guardrail is attached.\n")
    return head + "".join(fit(sections, budget - len(head.encode())))


def _heading(organization: Organization, node: str) -> str:
    count = len(organization.attached[node])
    return f"**{code(node)}**: {count} {'policy' if count == 1 else 'policies'}\n\n"


def _table(organization: Organization, node: str) -> str:
    rows = ["| policy | type | characters | guardrails |", "|-|-|-:|-|"]
    for key in organization.attached[node]:
        policy = organization.policies[key]
        held = policy.entries if isinstance(policy, Pack) else (key,)
        entries = ", ".join(code(f"{entry}{_source(organization, entry)}") for entry in held)
        size = size_of(organization, policy.document)
        rows.append(f"| {code(key)} | {SHORT.get(policy.type, code(policy.type))} | {size} | {entries} |")
    return _heading(organization, node) + "\n".join(rows) + "\n\n"


def as_json(organization: Organization) -> dict[str, Any]:
    """The same for programs: nodes, with their policies."""
    return {node: [_entry(organization, key) for key in keys] for node, keys in sorted(organization.attached.items())}


def _entry(organization: Organization, key: str) -> dict[str, Any]:
    policy = organization.policies[key]
    return {
        "policy": key,
        "type": policy.type,
        "size": size_of(organization, policy.document),
        "guardrails": list(policy.entries) if isinstance(policy, Pack) else [key],
        "packed": isinstance(policy, Pack),
        "merged": [list(origin) for origin in _merges(policy)] if isinstance(policy, Pack) else [],
    }
