"""What `landing can` has found out: whether requests are let through, and what decides."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from landing.core.text import safe
from landing.guardrails.verdict import Answer
from landing.organization import Organization
from landing.policy.limits import LIMITS
from landing.policy.testing import Attached
from landing.policy.testing.trial import Outcome, decided_by
from landing.report.style import Style, shown

HEADINGS = {
    "SERVICE_CONTROL_POLICY": "SCPs of the principal's account:",
    "RESOURCE_CONTROL_POLICY": "RCPs of the resource's account:",
}
WORDS = {
    "not-denied": "Not blocked by guardrails",
    "denied": "Blocked by guardrails",
    "undetermined": "It cannot be told",
}


@dataclass(frozen=True, slots=True)
class Answers:
    """An answer for each account; `names` has their keys by id, `together` folds them."""

    answers: Sequence[Answer]
    names: Mapping[str, str]
    organization: Organization
    policies: Sequence[Attached]
    together: bool = False


def as_text(found: Answers, style: Style) -> str:
    """Everything about each answer, or a line for all that are alike."""
    if found.together:
        return style.page(_matrix(found.answers, found.names))
    return style.page(
        line for a in found.answers for line in _lines(a, found.names, found.organization, found.policies)
    )


def as_json(found: Answers) -> str:
    """A list of answers."""
    return json.dumps([_entry(answer, found.names, found.organization) for answer in found.answers], indent=2) + "\n"


def _decided(answer: Answer, organization: Organization) -> Iterator[tuple[str, str]]:
    """Where, and what, decides: a statement with its line in the config, or a level without an Allow."""
    for level, place in answer.decided:
        policy = organization.guardrails.get(place.policy) or organization.packs.get(place.policy)
        line = f" ({policy.source})" if policy and policy.source else ""
        yield level, f"{place.name}{line}"
    for node in answer.outcome.without_allow:
        yield node, "nothing allows it here"


def _lines(
    answer: Answer, names: Mapping[str, str], organization: Organization, policies: Iterable[Attached]
) -> Iterator[str]:
    request = answer.request
    doubt = answer.outcome.reason if answer.outcome.result == "undetermined" else ""
    yield f"{WORDS[answer.outcome.result]}{': ' + safe(doubt) if doubt else ''}"
    yield f"  {safe(request['principal'])} with {safe(request['action'])} on {safe(request['resource'])}"
    yield from _chains(answer, names, organization, policies)
    yield from (f"  {safe(note)}" for note in answer.notes if note != doubt)
    yield from (f"  assumes {safe(key)} = {shown(value)}" for key, value in sorted(answer.assumed.items()))
    if answer.flips or answer.others:
        yield "  depends on"
    alike: dict[str, list[str]] = {}
    for resource, outcome in answer.others:
        alike.setdefault(_becomes(outcome), []).append(resource)
    for becomes, (resource, *rest) in alike.items():
        types = "type" if len(rest) == 1 else "types"
        more = f" and {len(rest)} more {types}" if rest else ""
        yield f"    the resource: {becomes} on {safe(resource)}{more}"
    for flip in answer.flips:
        on = f" on {safe(flip.resource)}" if flip.resource != request["resource"] else ""
        yield f"    {safe(flip.key)}: {_becomes(flip.outcome)} with {shown(flip.value)}{on}"


def _chains(
    answer: Answer, names: Mapping[str, str], organization: Organization, policies: Iterable[Attached]
) -> Iterator[str]:
    """The levels from the root to the account, once for SCPs and once for RCPs if they are of two accounts."""
    decided: dict[str, list[str]] = {}
    for node, what in _decided(answer, organization):
        decided.setdefault(node, []).append(what)
    paths = list(dict.fromkeys(answer.paths.values()))
    for path in paths:
        kinds = [kind for kind, of_kind in answer.paths.items() if of_kind == path]
        if len(paths) > 1:
            yield f"  {HEADINGS[kinds[0]]}"
        for node in path:
            name = f"account {names.get(node, node)}" if node == path[-1] else f"unit {node}"
            here = sum(node in policy.at for policy in policies if policy.type in kinds)
            counted = f"{here} {'policy' if here == 1 else 'policies'}" if here else LIMITS[kinds[0]].built_in[0]
            yield f"  {'root' if node == 'root' else safe(name)}: {counted}"
            yield from (f"    - denied by {safe(what)}" for what in decided.pop(node, ()))


def _becomes(outcome: Outcome) -> str:
    return (
        f"denied by {safe(decided_by(outcome))}"
        if outcome.result == "denied"
        else "not blocked"
        if outcome.result == "not-denied"
        else "undetermined"
    )


def _matrix(answers: Iterable[Answer], names: Mapping[str, str]) -> Iterator[str]:
    alike: dict[tuple[str, str], list[str]] = {}
    for answer in answers:
        why = decided_by(answer.outcome) or (answer.outcome.reason if answer.outcome.result == "undetermined" else "")
        alike.setdefault((answer.outcome.result, why), []).append(names.get(answer.account, answer.account))
    for (outcome, why), accounts in sorted(alike.items()):
        counted = f"{len(accounts)} {'account' if len(accounts) == 1 else 'accounts'}"
        yield f"{WORDS[outcome]} in {counted}{': ' + safe(why) if why else ''}"
        more = f" and {len(accounts) - 10} more" if len(accounts) > 10 else ""
        yield f"  {', '.join(map(safe, sorted(accounts)[:10]))}{more}"


def _entry(answer: Answer, names: Mapping[str, str], organization: Organization) -> dict[str, Any]:
    return {
        "account": names.get(answer.account, answer.account),
        "account_id": answer.account,
        "request": {key: value for key, value in answer.request.items() if key != "context"}
        | {
            "context": {key: value for key, value in answer.request["context"].items() if isinstance(value, str | list)}
        },
        "result": answer.outcome.result,
        "reason": answer.outcome.reason,
        "path": list(next(iter(answer.paths.values()), ())),
        "paths": {kind: list(path) for kind, path in answer.paths.items()},
        "notes": list(answer.notes),
        "other_resources": [{"resource": resource, "result": outcome.result} for resource, outcome in answer.others],
        "decided_by": [{"level": level, "by": what} for level, what in _decided(answer, organization)],
        "depends_on": [
            {"key": flip.key, "value": flip.value, "resource": flip.resource, "result": flip.outcome.result}
            for flip in answer.flips
        ],
    }
