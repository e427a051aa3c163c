"""Checks of guardrails as AWS will see them: grammar, meaning, size, and how many a target has."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from landing.config.packs import SHORT as PACKED_TYPES
from landing.config.packs import full_access, numbered, size_limit, size_of, slots
from landing.model import Problem
from landing.organization import ROOT, Guardrail, Organization, node_of
from landing.policy import lint
from landing.policy.limits import LIMITS, compact

SCP = "SERVICE_CONTROL_POLICY"
SIZE_CODES = ("POL200", "POL201")
"""Sizes are judged here, with the quotas that the config says AWS has raised."""


def check(organization: Organization) -> Iterator[Problem]:
    """Every problem of the guardrails."""
    for guardrail in organization.guardrails.values():
        yield from _document(organization, guardrail)
    yield from _attachments(organization)
    yield from _allow_lists(organization)


def _document(organization: Organization, guardrail: Guardrail) -> Iterator[Problem]:
    document = numbered(organization, dict(guardrail.document))
    if guardrail.type not in LIMITS:
        close = ", ".join(LIMITS)
        yield _problem(guardrail, "LZ340", f"`{guardrail.type}` is no policy type", f"known: {close}")
        return
    limit = size_limit(organization, guardrail.type)
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


def _attachments(organization: Organization) -> Iterator[Problem]:
    for node, policies in organization.attached.items():
        for kind in dict.fromkeys(organization.policies[key].type for key in policies):
            here = [key for key in policies if organization.policies[key].type == kind]
            if kind in LIMITS and len(here) > slots(organization, node, kind):
                yield _too_many(organization, node, kind, here)


def _too_many(organization: Organization, node: str, kind: str, policies: Sequence[str]) -> Problem:
    limit = organization.limits.get(kind, {}).get("attached", LIMITS[kind].attached)
    own = [] if kind == SCP and not full_access(organization, node) else list(LIMITS[kind].built_in)
    guardrails = [key for key in organization.guarded[node] if organization.guardrails[key].type == kind]
    packs = [organization.packs[key] for key in policies if key in organization.packs]
    sizes = ", ".join(f"{size_of(organization, pack.document):,}" for pack in packs)
    hint = "move some to the unit above or below, or merge them"
    packed = ""
    if packs:
        packed = f", {len(packs)} of them packs of {sizes} characters"
    elif kind in PACKED_TYPES:
        hint += f": `pack: true` {'under `organization.root`' if node == ROOT else 'there'} does so"
    return _problem(organization.guardrails[guardrails[-1]], "LZ344",
                    f"`{node.partition('/')[2] or node}` has {len(policies)} policies of type {kind} "
                    f"({', '.join(policies)}{packed}) and {' '.join(own) or 'no built-in one'}; AWS allows {limit}",
                    hint)  # fmt: skip


def _allow_lists(organization: Organization) -> Iterator[Problem]:
    """Where FullAWSAccess is taken away, another policy must allow something, or everything below is denied."""
    nodes = (*map(node_of, organization.units), *(f"account/{key}" for key in organization.accounts))
    for node in nodes:
        if full_access(organization, node):
            continue
        guards = [organization.guardrails[key] for key in organization.guarded.get(node, ())]
        if not any(guardrail.type == SCP and _allows(guardrail) for guardrail in guards):
            key = node.partition("/")[2]
            source = organization.units[key].source if node.startswith("unit/") else organization.accounts[key].source
            yield Problem("LZ345", f"`{key}` has no policy with an Allow: everything below it would be denied", source,
                          "attach an allow-list guardrail there, or keep full_access")  # fmt: skip


def _allows(guardrail: Guardrail) -> bool:
    statements = guardrail.document.get("Statement")
    listed = statements if isinstance(statements, list) else [statements]
    return any(isinstance(part, dict) and part.get("Effect") == "Allow" for part in listed)


def _problem(guardrail: Guardrail, code: str, message: str, hint: str, severity: str = "error") -> Problem:
    text = f"guardrail `{guardrail.key}`: {message}"
    return Problem(code, text, guardrail.source, hint, severity, ("guardrails", guardrail.key), len(guardrail.key))
