"""Tries the cases of a policy on its mutants: one that no case tells from the policy must mean the same."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from landing.policy.levels import Rule, rules
from landing.policy.testing.claims import judge
from landing.policy.testing.equivalence import equivalent
from landing.policy.testing.estate import Estate
from landing.policy.testing.model import Argument, Claim
from landing.policy.testing.mutants import Mutant, mutants
from landing.policy.testing.report import PASSED, Survivor
from landing.policy.testing.running import Outcome, Prepared, Runner, complaint
from landing.policy.testing.suite import Attached, Suite, statements_of

Tried = tuple[Prepared, Outcome]


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
    alive = [mutant for mutant in everyone if not _killed(mutant, policy, estate, tried)]
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


def _killed(mutant: Mutant, policy: Attached, estate: Estate, tried: Sequence[Tried]) -> bool:
    """Whether a case that the policy passes fails on the mutant."""
    runner = Runner([replace(policy, document=mutant.document)], estate)
    about = _statements(mutant, policy)
    touched: dict[str, bool] = {}
    for prepared, outcome in sorted(tried, key=lambda item: not _by(item[1], mutant.statement)):
        action = prepared.request["action"].lower()
        if action not in touched:
            touched[action] = any(rule.on_action(action) is not False for rule in about)
        if not touched[action] or complaint(prepared.case, outcome):
            continue
        if complaint(prepared.case, runner.outcome(prepared)):
            return True
    return False


def _by(outcome: Outcome, statement: int) -> bool:
    return any(place.statement == statement for place in outcome.denies)


def _statements(mutant: Mutant, policy: Attached) -> tuple[Rule, ...]:
    """The statement before and after: only requests for their actions can tell the two apart."""
    before, after = statements_of(policy.document), statements_of(mutant.document)
    changed = [before[mutant.statement], *(item for item in after if item not in before)]
    return rules([[{"name": "changed", "policy": {"Version": "2012-10-17", "Statement": changed}}]])[0]


def _refuted(suite: Suite, estate: Estate, claims: Iterable[Claim]) -> bool:
    return any(judge(claim, suite, estate).status != PASSED for claim in claims)
