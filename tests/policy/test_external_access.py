"""Every action that opens something to the outside is decided, and each decision is what the guardrails do."""

from __future__ import annotations

from collections import Counter
from functools import cache

import pytest

from landing.config import load
from landing.guardrails.verdict import Oracle
from landing.library import shipped
from landing.policy import catalog
from landing.policy.declared import declared, estate_of
from tests.policy import shipped as policies
from tests.policy.external_access import Decision, candidates, decisions, idle, of

STRANGER = "arn:aws:iam::999999999999:role/Stranger"
KINDS = [f"{number}-{decision.verdict}-{decision.text[:40]}" for number, decision in enumerate(decisions())]


@cache
def oracle() -> Oracle:
    organization, _ = load(shipped() / "config", policies.library())
    estate = estate_of(organization)
    return Oracle(declared(organization, estate), estate)


def answer(who: str, action: str, resource: str = "", **keys: str) -> tuple[str, set[str]]:
    """What becomes of a request in an ordinary workload account, and the statements that deny it."""
    asked = oracle()
    account = asked.estate.keys["payments-prod"]
    found = asked.ask(who, action, resource.format(account=account), account, keys, flips=False)
    return found.outcome.result, {place.name for place in found.outcome.denies}


def test_every_candidate_is_decided_and_nothing_else() -> None:
    times = Counter((action.text, decision.verdict) for decision in decisions() for action in of(decision))
    decided = {action for action, _ in times}
    missing = [action.text for action in candidates() if action.text not in decided]
    assert missing == [], "decide them in scps/external-access.yaml"
    assert sorted(action for action, verdict in times if verdict != "denied" and times[action, verdict] > 1) == []
    assert sorted(action for action, count in Counter(action for action, _ in times).items() if count > 1) == []


def test_every_pattern_names_actions() -> None:
    assert idle() == []
    wanted = set(candidates())
    patterns = [text for decision in decisions() for text in decision.patterns]
    assert [text for text in patterns if not wanted.intersection(catalog.expand(text))] == []


@pytest.mark.parametrize("decision", decisions(), ids=KINDS)
def test_decisions_are_what_the_guardrails_do(decision: Decision) -> None:
    assert [words for action in of(decision) for words in wrong(decision, action.text)] == []


def wrong(decision: Decision, action: str) -> list[str]:
    """What the guardrails do otherwise."""
    result, by = answer("role/Admin", action, **decision.given)
    if decision.verdict == "denied" and not (decision.when or decision.resource):
        return [] if result == "denied" and decision.text in by else [f"{action} is {result} by {by}"]
    found = [f"{action} is {result} by {by}"] if result != "not-denied" else []
    if decision.verdict == "denied":
        result, by = answer("role/Admin", action, decision.resource, **{**decision.given, **decision.when})
    elif decision.verdict == "outsiders":
        result, by = answer(STRANGER, decision.through or action, **decision.given)
    else:
        return found
    if result != "denied" or decision.text not in by:
        found.append(f"{action} is {result} by {by}, not denied by {decision.text}")
    return found
