"""Checks of guardrails as AWS will see them: grammar, meaning, size, and how many a target has."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from landing import references
from landing.model import Problem
from landing.organization import ROOT, Guardrail, Organization
from landing.policy import lint
from landing.policy.limits import LIMITS, compact

SCP = "SERVICE_CONTROL_POLICY"
SIZE_CODES = ("POL200", "POL201")
"""Sizes are judged here, with the quotas that the config says AWS has raised."""


def check(organization: Organization, limits: Mapping[str, Mapping[str, int]]) -> Iterator[Problem]:
    """Every problem of the guardrails; `limits` are quotas that AWS has raised, by policy type."""
    for guardrail in organization.guardrails.values():
        yield from _document(organization, guardrail, limits.get(guardrail.type, {}))
    yield from _attachments(organization, limits)
    yield from _allow_lists(organization)


def numbered(organization: Organization, value: Any) -> Any:
    """A document with ids in place of tokens: the real ones where the config knows them, else of the right length."""
    ids = {
        references.account_id(key): account.id or f"{number:012d}"
        for number, (key, account) in enumerate(organization.accounts.items(), 1)
    }
    ids |= {references.ORGANIZATION_ID: organization.id or "o-exampleorgid", references.ROOT_ID: "r-exam"}
    return references.resolve(value, ids)


def _document(organization: Organization, guardrail: Guardrail, raised: Mapping[str, int]) -> Iterator[Problem]:
    document = numbered(organization, dict(guardrail.document))
    if guardrail.type not in LIMITS:
        close = ", ".join(LIMITS)
        yield _problem(guardrail, "LZ340", f"`{guardrail.type}` is no policy type", f"known: {close}")
        return
    limit = raised.get("size", LIMITS[guardrail.type].size)
    size = len(compact(document))
    if size > limit:
        message = f"the document has {size:,} characters; a {guardrail.type} may have {limit:,}"
        yield _problem(guardrail, "LZ341", message,
                       "shorten it, or split it into two guardrails")  # fmt: skip
    elif size > 0.95 * limit:
        yield _problem(guardrail, "LZ342", f"the document uses {size:,} of {limit:,} characters", "", "warning")
    for finding in lint(document, guardrail.type):
        if finding.code not in SIZE_CODES and finding.severity != "info":
            message = f"{finding.message} (at {finding.pointer or '/'})"
            yield _problem(guardrail, finding.code, message,
                           finding.suggestion or "", finding.severity)  # fmt: skip


def _attachments(organization: Organization, limits: Mapping[str, Mapping[str, int]]) -> Iterator[Problem]:
    attached: dict[tuple[str, str], list[Guardrail]] = defaultdict(list)
    for guardrail in organization.guardrails.values():
        cover = organization.cover(guardrail.target)
        for node in (*cover.units, *cover.accounts):
            attached[node, guardrail.type].append(guardrail)
    for (node, kind), guardrails in attached.items():
        if kind not in LIMITS:
            continue
        limit = limits.get(kind, {}).get("attached", LIMITS[kind].attached)
        own = [] if kind == SCP and not _full_access(organization, node) else list(LIMITS[kind].built_in)
        if len(guardrails) + len(own) > limit:
            names = ", ".join(guardrail.key for guardrail in guardrails)
            yield _problem(guardrails[-1], "LZ344", f"`{node}` has {len(guardrails)} policies of type {kind} "
                           f"({names}) and {' '.join(own) or 'no built-in one'}; AWS allows {limit}",
                           "move some to the unit above or below, or merge them")  # fmt: skip


def _allow_lists(organization: Organization) -> Iterator[Problem]:
    """Where FullAWSAccess is taken away, another policy must allow something, or everything below is denied."""
    strict = [node for node in (*organization.units, *organization.accounts) if not _full_access(organization, node)]
    for node in strict:
        guards = [
            guardrail
            for guardrail in organization.guardrails.values()
            if guardrail.type == SCP
            and node in (*(cover := organization.cover(guardrail.target)).units, *cover.accounts)
        ]
        if not any(_allows(guardrail) for guardrail in guards):
            source = (organization.units.get(node) or organization.accounts[node]).source
            yield Problem("LZ345", f"`{node}` has no policy with an Allow: everything below it would be denied", source,
                          "attach an allow-list guardrail there, or keep full_access")  # fmt: skip


def _allows(guardrail: Guardrail) -> bool:
    statements = guardrail.document.get("Statement")
    listed = statements if isinstance(statements, list) else [statements]
    return any(isinstance(part, dict) and part.get("Effect") == "Allow" for part in listed)


def _full_access(organization: Organization, node: str) -> bool:
    if node == ROOT:
        return True
    return (organization.units.get(node) or organization.accounts[node]).full_access


def _problem(guardrail: Guardrail, code: str, message: str, hint: str, severity: str = "error") -> Problem:
    text = f"guardrail `{guardrail.key}`: {message}"
    return Problem(code, text, guardrail.source, hint, severity, ("guardrails", guardrail.key), len(guardrail.key))
