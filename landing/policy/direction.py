"""Which way a new text of a policy turns: whether it blocks more, lets more through, or both."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from enum import Enum
from functools import lru_cache
from typing import Any

from landing.core import references
from landing.policy import RCP, SCP, Budget, Comparison, Effect, OverBudgetError, effect
from landing.policy.limits import LIMITS, compact
from landing.policy.testing.requests import in_words
from landing.policy.testing.suite import FULL_ACCESS_DOCUMENT, Levels, statements_of

Document = Mapping[str, Any]

WORK = 5_000
"""How many groups of actions are looked at to see whether others block what a policy does not any more."""


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
    return _turn(*_texts(before, after)[0], policy_type)


def let_through(before: Document, after: Document, policy_type: str, who: str = "") -> str:
    """What passes with the new text of a policy and did not with the old one, in words; nothing where nothing does.

    `who` stands for the principal, where the policy is somebody's own. An account that the texts do not name is any.
    """
    if turn_of(before, after, policy_type) in (Turn.NOTHING, Turn.TIGHTENS):
        return ""
    texts, ids = _texts(before, after)
    words = references.symbolic(
        _let_through(*texts, policy_type, who), {made_up: token for token, made_up in ids.items()}
    )
    return _ACCOUNT.sub(lambda found: found[0] if found[0] in "".join(texts) else "<account>", words)


def blocked_beside(before: Document, beside: Sequence[Document], policy_type: str) -> bool:
    """Whether policies that are in force together block all that one blocked; no where that cannot be told soon.

    Only what they deny is looked at: a policy that allows something is never replaced by others.
    """
    if allows(before) or not all("Statement" in text for text in (before, *beside)):
        return False
    texts, _ = _concrete({"before": before, "beside": [*beside]})
    denied = {bare(each): each for each in statements_of(texts["before"])}
    left = [each for text in texts["beside"] for each in statements_of(text) if each.get("Effect") == "Deny"]
    lost = [each for text, each in denied.items() if text not in {bare(kept) for kept in left}]
    if not lost:
        return True
    full = [{"name": "", "policy": FULL_ACCESS_DOCUMENT}] if policy_type == SCP else []
    old, new = ([[*full, {"name": "policy", "policy": {"Statement": each}}]] for each in ([*denied.values()], left))
    scope, budget = {"actions": list(_actions(lost))}, Budget(WORK)
    try:
        found = Comparison(old, new, scope=scope, policy_type=policy_type, budget=budget).effect()
    except (ValueError, OverBudgetError):
        return False
    return not (found.permitted or found.undetermined)


def passing(found: Effect, who: str = "") -> str:
    """One request that an effect lets through, or of what it cannot be told; nothing where there is neither.

    `who` stands for the principal.
    """
    if found.permitted:
        example = found.permitted[0].example
        return f"e.g. {in_words({**example, 'principal': who} if who else example)} passes"
    if found.undetermined:
        unknown = found.undetermined[0]
        return f"it cannot be told of {unknown.actions[0]}: {unknown.reason}"
    return ""


def covers(strict: Levels, loose: Levels) -> bool:
    """Whether one hierarchy is seen to block all that another blocks: by its statements, not by what they mean."""
    narrow = [_statements([each], "Allow") for each in strict]
    needed = [allowed for each in loose if _EVERYTHING not in (allowed := _statements([each], "Allow"))]
    denied = _statements(loose, "Deny") <= _statements(strict, "Deny")
    return denied and all(any(each <= wide for each in narrow) for wide in needed)


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


def common(before: Document, after: Document) -> dict[str, Any]:
    """What both texts say."""
    kept = {bare(statement) for statement in statements_of(before)}
    return {**after, "Statement": [statement for statement in statements_of(after) if bare(statement) in kept]}


def bare(statement: Mapping[str, Any]) -> str:
    """A statement without its name, as a text."""
    return json.dumps({key: value for key, value in statement.items() if key != "Sid"}, sort_keys=True)


@lru_cache(maxsize=1024)
def _turn(before: str, after: str, policy_type: str) -> Turn:
    old, new = json.loads(before), json.loads(after)
    if "Statement" not in old or "Statement" not in new:
        return Turn.BOTH
    gone, come = _changed(old, new)
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


@lru_cache(maxsize=1024)
def _let_through(before: str, after: str, policy_type: str, who: str) -> str:
    old, new = json.loads(before), json.loads(after)
    if "Statement" not in old or "Statement" not in new:
        return "what it let through before cannot be told"
    gone, come = _changed(old, new)
    try:
        found = (passing(each, who) for each in _effects(old, new, [*gone, *come], policy_type))
        return next((words for words in found if words), "")
    except ValueError as error:
        return f"it cannot be told: {error}"


def _changed(before: Document, after: Document) -> tuple[list[Mapping[str, Any]], list[Mapping[str, Any]]]:
    """The statements that go, and those that come."""
    was, will = ({bare(statement): statement for statement in statements_of(text)} for text in (before, after))
    gone = [statement for text, statement in was.items() if text not in will]
    come = [statement for text, statement in will.items() if text not in was]
    return gone, come


def _by_meaning(
    before: Document, after: Document, changed: list[Mapping[str, Any]], policy_type: str
) -> tuple[bool, bool]:
    """Whether any request becomes denied, and whether any becomes permitted."""
    denied = permitted = False
    try:
        for found in _effects(before, after, changed, policy_type):
            denied |= bool(found.denied or found.undetermined)
            permitted |= bool(found.permitted or found.undetermined)
    except ValueError:
        return True, True
    return denied, permitted


def _effects(before: Document, after: Document, changed: list[Mapping[str, Any]], policy_type: str) -> Iterator[Effect]:
    """The effect beside FullAWSAccess, and where there is an Allow also without it; ValueError on what is no policy."""
    full = {"name": "", "policy": FULL_ACCESS_DOCUMENT}
    beside: list[list[dict[str, Any]]] = [[full] if policy_type == SCP else []]
    if policy_type == SCP and (allows(before) or allows(after)):
        beside.append([])
    for others in beside:
        old, new = ([[*others, {"name": "policy", "policy": text}]] for text in (before, after))
        yield effect(old, new, {"actions": list(_actions(changed))}, policy_type)


def _actions(statements: list[Mapping[str, Any]]) -> Iterator[str]:
    """Patterns of all the actions that the statements are about."""
    for statement in statements:
        listed = statement.get("Action", "*")
        yield from [listed] if isinstance(listed, str) else listed


def _texts(before: Document, after: Document) -> tuple[tuple[str, str], dict[str, str]]:
    """Both as texts with ids in the places of tokens, and the ids: a token stands for the same one in both."""
    both, ids = _concrete({"before": before, "after": after})
    old, new = (json.dumps(both[side], sort_keys=True) for side in ("before", "after"))
    return (old, new), ids


_ACCOUNT = re.compile(r"(?<!\d)\d{12}(?!\d)")


def _concrete(document: Document) -> tuple[Any, dict[str, str]]:
    """With an id in the place of each token, any as long as they differ; and the ids by token."""
    plain = json.loads(json.dumps(document, default=dict))
    tokens = sorted(references.tokens_in(plain))
    ids = {token: f"{number:012d}" for number, token in enumerate(tokens, 1)}
    ids |= {token: name for token, name in _OTHERS.items() if token in ids}
    return references.resolve(plain, ids), ids


_OTHERS = {references.ORGANIZATION_ID: "o-example0000", references.ROOT_ID: "r-exam"}


def _statements(levels: Levels, effect: str) -> set[str]:
    return {
        bare(statement)
        for each in levels
        for entry in each
        for statement in statements_of(entry["policy"])
        if statement.get("Effect") == effect
    }


_EVERYTHING = bare(statements_of(FULL_ACCESS_DOCUMENT)[0])
