"""Checks of guardrails as AWS will see them: grammar, meaning, size, and how many a target has."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

from landing.config import inheritance
from landing.config.document import Document
from landing.config.packs import SHORT as PACKED_TYPES
from landing.core.model import Diagnostic, Json, Source
from landing.library import Library, Policy
from landing.library.metadata import relative
from landing.organization import ROOT, Guardrail, Organization, Target, node_of
from landing.policy import lint
from landing.policy.attachment_slots import limit, slots
from landing.policy.escalation import open_escapes, open_to_outsiders, open_traits, open_ways
from landing.policy.limits import LIMITS, size_limit
from landing.policy.linter import ERROR, INFO, WARNING, Finding
from landing.policy.size import numbered, size_of

SCP, RCP = "SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY"
NEARLY = 0.9
ACCEPTABLE = frozenset({"LZ349", "LZ350", "LZ367", "LZ368", "LZ370"})
"""Beside the lint's, the codes of what a policy's text says."""
SIZE_CODES = ("POL200", "POL201")
"""Sizes are judged here, with the quotas that the config says AWS has raised."""


UNKNOWN = "\0unknown"
"""Key of a guardrail of which it is not known what it does."""


def check(
    organization: Organization, library: Library, context: Mapping[str, Json], unknown: Target | None = None
) -> Iterator[Diagnostic]:
    """Every problem of the guardrails, and of the user's own policies that no guardrail uses.

    `context` are the names that every policy document may use, `unknown` are places where there may be more guardrails.
    """
    for guardrail in organization.guardrails.values():
        yield from _size(organization, guardrail)
        yield from _findings(organization, guardrail, library, context)
    used = {guardrail.policy for guardrail in organization.guardrails.values()}
    for policy in library.policies.values():
        if library.own(policy) and policy.name not in used:
            yield from _unused(organization, policy, context)
    yield from _attachments(organization)
    yield from inheritance.check(organization)
    whole = organization if unknown is None else _with_unknown(organization, unknown)
    for places in (_unprotected, _self_made, _laid_down, _from_outside, _allow_lists):
        yield from (each for each in places(whole) if each.pointer[1:] != (UNKNOWN,))


def _with_unknown(organization: Organization, target: Target) -> Organization:
    """Of what may be denied somewhere, and allowed there, nothing is said: as if it were both."""
    statement: dict[str, Json] = {"Sid": "Unknown", "Action": "*", "Resource": "*"}
    denied, allowed = {**statement, "Effect": "Deny"}, {**statement, "Effect": "Allow"}
    documents: dict[str, list[Json]] = {SCP: [denied, allowed], RCP: [{**denied, "Principal": "*"}]}
    guardrails = {
        UNKNOWN * length: Guardrail(UNKNOWN, UNKNOWN, kind, "", {"Statement": statements}, target, nested=True)
        for length, (kind, statements) in enumerate(documents.items(), 1)
    }
    return replace(organization, guardrails={**organization.guardrails, **guardrails})


def as_accepted(problems: Iterable[Diagnostic], document: Document, library: Library) -> Iterator[Diagnostic]:
    """The problems; what a policy's metadata accepts of its text, which is in force as it is, is a warning."""
    for problem in problems:
        path = problem.pointer
        if (
            problem.severity == ERROR
            and path[:1] == ("guardrails",)
            and (problem.code.startswith("POL") or problem.code in ACCEPTABLE)
        ):
            declared = document.data.get("guardrails") or {}
            name = declared.get(path[1], {}).get("policy", path[1])
            if name in library.policies and problem.code in library.policies[name].accepted:
                yield replace(problem, severity=WARNING)
                continue
        yield problem


def _size(organization: Organization, guardrail: Guardrail) -> Iterator[Diagnostic]:
    limit = size_limit(organization.limits, guardrail.type)
    size = size_of(organization, guardrail.document)
    hint = "shorten it, or split it into two guardrails"
    if size > limit:
        message = f"the document has {size:,} characters; a {guardrail.type} may have {limit:,}"
        yield _problem(guardrail, "LZ341", message, hint)
    elif size > NEARLY * limit:
        yield _problem(guardrail, "LZ342", f"the document uses {size:,} of {limit:,} characters", hint, "warning")


def _findings(
    organization: Organization, guardrail: Guardrail, library: Library, context: Mapping[str, Json]
) -> Iterator[Diagnostic]:
    """What the lint finds: in the user's own policy at its place there, in one of ours where it was asked for.

    What is only worth a note is said of what the user has written there.
    """
    policy = library.policies.get(guardrail.policy)
    for finding in _linted(organization, guardrail.document, guardrail.type):
        problem = _problem(guardrail, finding.code, finding.message, finding.suggestion or "", finding.severity)
        if policy is not None and library.own(policy):
            written = policy.written(finding.pointer, guardrail.parameters, context)
            text = f"guardrail `{guardrail.key}` ({guardrail.source}): {finding.message}"
            if written.literal or finding.severity != INFO:
                yield replace(problem, message=text, source=written.source, length=written.length)
        elif finding.severity != INFO:
            yield replace(problem, message=f"{problem.message} (at {finding.pointer or '/'})")


def _unused(organization: Organization, policy: Policy, context: Mapping[str, Json]) -> Iterator[Diagnostic]:
    """What is wrong with a policy that is attached nowhere: no reason to stop, unless it cannot be filled in."""
    if any(parameter.required for parameter in policy.parameters.values()):
        return
    source = Source(relative(policy.folder / "policy.json"), 1, 1)
    try:
        document = policy.render({}, context)
    except KeyError as error:
        message, hint = policy.unknown_placeholder(str(error.args[0]), context)
        yield Diagnostic("LZ313", message, source, hint)
        return
    for finding in _linted(organization, document, policy.type):
        written = policy.written(finding.pointer, {}, context)
        severity = WARNING if finding.severity == ERROR else finding.severity
        message = f"policy `{policy.name}`, which no guardrail uses: {finding.message}"
        if written.literal or severity != INFO:
            help_ = finding.suggestion or ""
            yield Diagnostic(finding.code, message, written.source, help_, severity, length=written.length)


def _linted(organization: Organization, document: Mapping[str, Json], policy_type: str) -> list[Finding]:
    found = _lint_of(json.dumps(numbered(organization, dict(document))), policy_type)
    return [finding for finding in found if finding.code not in SIZE_CODES]


@lru_cache(maxsize=1024)
def _lint_of(document: str, policy_type: str) -> tuple[Finding, ...]:
    """What the lint finds in a document, which is JSON in the order in which it was written."""
    return tuple(lint(json.loads(document), policy_type))


def _attachments(organization: Organization) -> Iterator[Diagnostic]:
    for node, policies in organization.attached.items():
        for kind in dict.fromkeys(organization.policies[key].type for key in policies):
            here = [key for key in policies if organization.policies[key].type == kind]
            if kind in LIMITS and len(here) > slots(organization, node, kind):
                yield _too_many(organization, node, kind, here)


def _too_many(organization: Organization, node: str, kind: str, policies: Sequence[str]) -> Diagnostic:
    own = [] if kind == SCP and not organization.full_access(node) else list(LIMITS[kind].built_in)
    guardrails = [key for key in organization.guarded[node] if organization.guardrails[key].type == kind]
    packs = [organization.packs[key] for key in policies if key in organization.packs]
    sizes = ", ".join(f"{size_of(organization, pack.document):,}" for pack in packs)
    hint = "move some to the unit above or below, or merge them"
    packed = ""
    if packs:
        packed = f", {len(packs)} of them packs of {sizes} characters"
    elif kind in PACKED_TYPES:
        hint += f": `pack: true` {'under `organization.root`' if node == ROOT else 'there'} does so"
    most = limit(organization, kind)
    return _problem(organization.guardrails[guardrails[-1]], "LZ344",
                    f"`{node.partition('/')[2] or node}` has {len(policies)} policies of type {kind} "
                    f"({', '.join(policies)}{packed}) and {' '.join(own) or 'no built-in one'}; AWS allows {most}",
                    hint)  # fmt: skip


def _unprotected(organization: Organization) -> Iterator[Diagnostic]:
    """Roles and users that are let through though anybody can make them, or have them act for one.

    The exempt roles may be guarded by other means than ours, so that of them it is a warning: ``landing prove
    escalation`` decides.
    """
    hint = (
        "attach `protect-landing` to the root: it protects every role that a guardrail lets through; "
        "users and federated users it does not, so let roles through instead"
    )
    found: dict[tuple[str, str], list[str]] = {}
    for way, pattern, example in open_ways(organization):
        key, _, statement = way.guards[0].partition("/")
        exempt = pattern in organization.exempt_roles
        roles = "the exempt roles" if exempt else f"`{pattern}`"
        message = f"{statement} lets {roles} through, and anybody can become one: {example} is not blocked"
        found.setdefault((key, "warning" if exempt else "error"), []).append(message)
    for (key, severity), messages in found.items():
        for message in messages if severity == "error" else messages[:1]:
            yield _problem(organization.guardrails[key], "LZ349", message, hint, severity)


def _self_made(organization: Organization) -> Iterator[Diagnostic]:
    """Tags, names and sessions by which somebody is let through though anybody can give themselves such a one."""
    hint = "deny the actions that give it to everybody but those who may, or let through by aws:PrincipalArn"
    for way, words, sure in open_traits(organization):
        key, _, statement = way.guards[0].partition("/")
        if sure:
            message = f"{statement} lets {way.trait} through, and anybody can have it: {words}"
            yield _problem(organization.guardrails[key], "LZ367", message, hint)
        else:
            message = f"{statement} lets {way.trait} through: {words}"
            yield _problem(organization.guardrails[key], "LZ368", message, hint, "warning")


def _laid_down(organization: Organization) -> Iterator[Diagnostic]:
    """Names for which a Deny is, though whoever has one can take another."""
    hint = "deny everybody but those who may (ArnNotLike), or deny making roles and users of other names"
    for guard, pattern, words in open_escapes(organization):
        key, _, statement = guard.partition("/")
        message = f"{statement} is for `{pattern}` alone, and is left by taking another name: {words} is not blocked"
        yield _problem(organization.guardrails[key], "LZ375", message, hint, "warning")


def _from_outside(organization: Organization) -> Iterator[Diagnostic]:
    """What RCPs let through by names and tags, which people of other organizations give themselves."""
    hint = (
        "deny those outside beside it (a statement with StringNotEquals aws:PrincipalOrgID, or "
        "`rcp-organization-identities` at the same place), or write the account in the pattern"
    )
    for way, words, sure in open_to_outsiders(organization):
        key, _, statement = way.guards[0].partition("/")
        who = f"{statement} lets {', '.join(f'`{name}`' for name in way.patterns)} through"
        if sure:
            message = (
                f"{who}, which anybody outside the organization can have in an account of their own: {words} passes"
            )
            yield _problem(organization.guardrails[key], "LZ370", message, hint)
        else:
            message = f"{who}, and it cannot be told whether somebody outside the organization too: {words}"
            yield _problem(organization.guardrails[key], "LZ370", message, hint, "warning")


def _allow_lists(organization: Organization) -> Iterator[Diagnostic]:
    """Where FullAWSAccess is taken away, another policy must allow something, or everything below is denied.

    Where it stays, it allows everything already.
    """
    nodes = (ROOT, *map(node_of, organization.units), *(f"account/{key}" for key in organization.accounts))
    for node in nodes:
        guards = [organization.guardrails[key] for key in organization.guarded.get(node, ())]
        allowing = [guardrail for guardrail in guards if guardrail.type == SCP and _allows(guardrail)]
        key = node.partition("/")[2] or node
        if organization.full_access(node):
            for guardrail in allowing:
                message = f"FullAWSAccess {_stays(organization, node)} at `{key}`: an Allow beside it changes nothing"
                hint = "`full_access: false` on the unit or account takes FullAWSAccess away"
                yield _problem(guardrail, "LZ346", message, hint, "warning")
        elif not allowing:
            source = organization.units[key].source if node.startswith("unit/") else organization.accounts[key].source
            message = f"`{key}` has no policy with an Allow: everything below it would be denied"
            yield Diagnostic("LZ345", message, source, "attach an allow-list guardrail there, or keep full_access")


def _stays(organization: Organization, node: str) -> str:
    return "stays as it is found" if organization.declared_full_access(node) is None else "is kept"


def _allows(guardrail: Guardrail) -> bool:
    statements = guardrail.document.get("Statement")
    listed = statements if isinstance(statements, list) else [statements]
    return any(isinstance(part, dict) and part.get("Effect") == "Allow" for part in listed)


def _problem(guardrail: Guardrail, code: str, message: str, hint: str, severity: str = "error") -> Diagnostic:
    text = f"guardrail `{guardrail.key}`: {message}"
    return Diagnostic(code, text, guardrail.source, hint, severity, ("guardrails", guardrail.key), len(guardrail.key))
