"""Shows that a mutant means the same as its policy: by what the texts say, or by proof."""

from collections.abc import Iterable, Mapping
from typing import Any

from landing.policy.action_pattern import ActionPattern
from landing.policy.catalog import all_actions
from landing.policy.evaluation import SCP
from landing.policy.prover import PROVED, prove
from landing.policy.testing.mutants import Mutant
from landing.policy.testing.suite import statements_of


def equivalent(document: Mapping[str, Any], mutant: Mutant, policy_type: str, partition: str) -> bool:
    """Whether a proof shows that an SCP of Deny statements and its mutant block the same requests.

    What one of them denies is turned into what is allowed, beside what the other denies: if no request passes
    that, the other denies at least as much. The prover knows no such turn for RCPs.
    """
    if policy_type != SCP or any(item.get("Effect") != "Deny" for item in statements_of(document)):
        return False
    return all(
        _covers(ours, theirs, partition) for ours, theirs in ((document, mutant.document), (mutant.document, document))
    )


def _covers(narrow: Mapping[str, Any], wide: Mapping[str, Any], partition: str) -> bool:
    """Whether all that `narrow` denies is denied by `wide`."""
    shared = statements_of(wide)
    for statement in statements_of(narrow):
        if statement in shared:
            continue
        turned = {"Version": "2012-10-17", "Statement": [{**statement, "Effect": "Allow"}]}
        actions = list(_actions(statement))
        if not actions:
            continue
        policies = [[{"name": "turned", "policy": turned}, {"name": "other", "policy": wide}]]
        if prove(policies, {"deny": actions, "partition": partition}).result != PROVED:
            return False
    return True


def _actions(statement: Mapping[str, Any]) -> Iterable[str]:
    """The actions of the catalogue that a statement is about."""
    negated = "NotAction" in statement
    entries = statement["NotAction" if negated else "Action"]
    patterns = [ActionPattern(text) for text in ([entries] if isinstance(entries, str) else entries)]
    for action in all_actions():
        named = any(pattern(action.lowered) is not False for pattern in patterns)
        if named is not negated:
            yield action.text
