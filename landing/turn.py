"""Which way a new text of a policy turns: whether it blocks more, lets more through, or both."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from enum import Enum
from functools import lru_cache
from typing import Any

from landing import references
from landing.policy import RCP, SCP, effect
from landing.policy.limits import LIMITS, compact
from landing.policy.testing.suite import FULL_ACCESS_DOCUMENT, statements_of

Document = Mapping[str, Any]


class Turn(Enum):
    """What a change of a text does."""

    NOTHING = "nothing"
    TIGHTENS = "tightens"
    LOOSENS = "loosens"
    BOTH = "both"


def turn_of(before: Document, after: Document, policy_type: str) -> Turn:
    """Which way a change of a policy's document turns; both where that cannot be told."""
    if policy_type not in (SCP, RCP) or before == after:
        return Turn.NOTHING
    return _turn(
        json.dumps(_concrete(before), sort_keys=True), json.dumps(_concrete(after), sort_keys=True), policy_type
    )


def allows(document: Document) -> bool:
    """Whether it has an Allow, so that attaching it lets more through."""
    return any(statement.get("Effect") == "Allow" for statement in statements_of(document))


def denies(document: Document) -> bool:
    """Whether it has a Deny."""
    return any(statement.get("Effect") == "Deny" for statement in statements_of(document))


def between(before: Document, after: Document, policy_type: str) -> dict[str, Any] | None:
    """A text that blocks all that either blocks; None when they allow anything, or when it would be too long.

    It lets through what both let through.
    """
    if allows(before) or allows(after) or "Statement" not in before or "Statement" not in after:
        return None
    new = statements_of(after)
    kept = {bare(statement) for statement in new}
    old = [
        {key: value for key, value in statement.items() if key != "Sid"}  # a Sid may stand in a policy only once
        for statement in statements_of(before)
        if bare(statement) not in kept
    ]
    document = {**after, "Statement": [*new, *old]}
    return document if len(compact(document)) <= LIMITS[policy_type].size else None


def bare(statement: Mapping[str, Any]) -> str:
    """A statement without its name, as a text."""
    return json.dumps({key: value for key, value in statement.items() if key != "Sid"}, sort_keys=True)


@lru_cache(maxsize=1024)
def _turn(before: str, after: str, policy_type: str) -> Turn:
    old, new = json.loads(before), json.loads(after)
    if "Statement" not in old or "Statement" not in new:
        return Turn.BOTH
    was, will = ({bare(statement): statement for statement in statements_of(text)} for text in (old, new))
    gone = [statement for text, statement in was.items() if text not in will]
    come = [statement for text, statement in will.items() if text not in was]
    if not gone and not come:
        return Turn.NOTHING
    tightens = any(each.get("Effect") != "Allow" for each in come) or any(
        each.get("Effect") == "Allow" for each in gone
    )
    loosens = any(each.get("Effect") != "Allow" for each in gone) or any(each.get("Effect") == "Allow" for each in come)
    if tightens and loosens:
        tightens, loosens = _by_meaning(old, new, [*gone, *come], policy_type)
    if tightens and loosens:
        return Turn.BOTH
    return Turn.TIGHTENS if tightens else Turn.LOOSENS if loosens else Turn.NOTHING


def _by_meaning(
    before: Document, after: Document, changed: list[Mapping[str, Any]], policy_type: str
) -> tuple[bool, bool]:
    """Whether any request becomes denied, and whether any becomes permitted."""
    full = {"name": "", "policy": FULL_ACCESS_DOCUMENT}
    beside: list[list[dict[str, Any]]] = [[full] if policy_type == SCP else []]
    if policy_type == SCP and (allows(before) or allows(after)):
        beside.append([])
    denied = permitted = False
    for others in beside:
        old, new = ([[*others, {"name": "policy", "policy": text}]] for text in (before, after))
        try:
            found = effect(old, new, {"actions": list(_actions(changed))}, policy_type)
        except ValueError:
            return True, True
        denied |= bool(found.denied or found.undetermined)
        permitted |= bool(found.permitted or found.undetermined)
    return denied, permitted


def _actions(statements: list[Mapping[str, Any]]) -> Iterator[str]:
    """Patterns of all the actions that the statements are about."""
    for statement in statements:
        listed = statement.get("Action", "*")
        yield from [listed] if isinstance(listed, str) else listed


def _concrete(document: Document) -> Any:
    """With an id in the place of each token: any will do, as long as they differ."""
    plain = json.loads(json.dumps(document, default=dict))
    tokens = sorted(references.tokens_in(plain))
    ids = {token: f"{number:012d}" for number, token in enumerate(tokens, 1)}
    ids |= {token: name for token, name in _OTHERS.items() if token in ids}
    return references.resolve(plain, ids)


_OTHERS = {references.ORGANIZATION_ID: "o-example0000", references.ROOT_ID: "r-exam"}
