"""Tries the cases of a policy on its mutants: one that no case tells from the policy must mean the same."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from landing.policy.action_pattern import ActionPattern
from landing.policy.levels import rules
from landing.policy.testing.claims import judge
from landing.policy.testing.equivalence import equivalent
from landing.policy.testing.estate import Estate
from landing.policy.testing.model import Argument, Claim
from landing.policy.testing.mutants import Mutant, mutants
from landing.policy.testing.report import PASSED, Survivor
from landing.policy.testing.suite import Attached, Suite, statements_of
from landing.policy.testing.trial import Outcome, Prepared, Runner, complaint

Tried = tuple[Prepared, Outcome]
ByAction = Mapping[str, Sequence[Prepared]]


def survivors(
    suite: Suite,
    estate: Estate,
    tried: Sequence[Tried],
    claims: Iterable[Claim],
    arguments: Iterable[Argument],
) -> tuple[int, tuple[Survivor, ...]]:
    """How many mutants there are, and those that pass all cases and claims that the policy passes.

    A survivor has an argument if the prover shows it equivalent, or else the one that the file gives.
    """
    policy = suite.policies[0]
    given = {argument.mutant: argument.because for argument in arguments}
    policy = replace(policy, replaces_full_access=policy.allows)  # whatever a mutant says
    everyone = mutants(policy.document)
    passing = _by_action(prepared for prepared, outcome in tried if not complaint(prepared.case, outcome))
    alive = [mutant for mutant in everyone if not _killed(mutant, policy, passing)]
    found = []
    for mutant in alive:
        mutated = replace(policy, document=mutant.document)
        if _refuted(Suite(suite.name, suite.cases, (mutated,), suite.values), estate, claims):
            continue
        argument = given.get(mutant.name, "")
        if not argument and equivalent(policy.document, mutant, policy.type, estate.partition):
            argument = "proved to block the same requests"
        found.append(Survivor(mutant.name, argument))
    return len(everyone), tuple(found)


def _killed(mutant: Mutant, policy: Attached, tried: ByAction) -> bool:
    """Whether a case that the policy passes fails on the mutant."""
    runner = Runner([replace(policy, document=mutant.document)])
    about = _touched(mutant, policy)
    return any(
        complaint(prepared.case, runner.outcome(prepared))
        for action, asked in tried.items()
        if about(action)
        for prepared in asked
    )


def _touched(mutant: Mutant, policy: Attached) -> Callable[[str], bool]:
    """Whether requests for an action (in lower case) may tell the policy from the mutant."""
    before, after = statements_of(policy.document), statements_of(mutant.document)
    was = before[mutant.statement]
    now = after[mutant.statement] if len(after) == len(before) else None
    others = {*was, *(now or {})} - {"Action", "NotAction"}
    if now is not None and all(was.get(key) == now.get(key) for key in others):
        entries = (_entries(was) - _entries(now)) | (_entries(now) - _entries(was))
        patterns = [ActionPattern(entry) for entry in entries]
        return lambda action: any(pattern(action) is not False for pattern in patterns)
    rule = rules([[{"name": "changed", "policy": {**policy.document, "Statement": [was]}}]])[0][0]
    return lambda action: rule.on_action(action) is not False


def _entries(statement: Mapping[str, Any]) -> set[str]:
    found = statement.get("Action", statement.get("NotAction", []))
    return {found} if isinstance(found, str) else set(found)


def _by_action(tried: Iterable[Prepared]) -> ByAction:
    found: dict[str, list[Prepared]] = {}
    for prepared in tried:
        found.setdefault(prepared.request["action"].lower(), []).append(prepared)
    return found


def _refuted(suite: Suite, estate: Estate, claims: Iterable[Claim]) -> bool:
    return any(judge(claim, suite, estate).status != PASSED for claim in claims)
