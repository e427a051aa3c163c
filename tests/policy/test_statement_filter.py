"""All statements at once say what each of them says by itself."""

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from landing.policy import compile_levels
from landing.policy.levels import Rule
from landing.policy.request import read_request
from landing.policy.statement_filter import Hit, Sieve, bits_of
from landing.policy.truth import every
from tests.policy.build import deny, level, request
from tests.policy.generated import hierarchies, requests


def hits(rules: list[Rule], action: str) -> list[Hit]:
    found = (Hit(rule, rule.on_action(action.lower())) for rule in rules)
    return [hit for hit in found if hit.on_action is not False]


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(levels=hierarchies(), asked=st.lists(requests(), min_size=1, max_size=6))
def test_a_sieve_is_its_statements_one_by_one(levels: list[Any], asked: list[dict[str, Any]]) -> None:
    rules = [rule for one in compile_levels(levels).rules for rule in one]
    sieves = {action: Sieve(hits(rules, action)) for action in {one["action"] for one in asked}}
    for action, _, resource, context in map(read_request, (*asked, *asked)):
        sieve = sieves[action]
        may, sure = sieve(resource, context)
        truths = [every((hit.on_action, hit.rule.applies(resource, context))) for hit in sieve.hits]
        assert list(bits_of(may)) == [number for number, truth in enumerate(truths) if truth is not False]
        assert list(bits_of(sure)) == [number for number, truth in enumerate(truths) if truth is True]


def test_many_values_of_a_key_are_not_all_kept() -> None:
    from landing.policy.statement_filter import _KEPT

    policies = compile_levels([level(deny(Condition={"StringLike": {"aws:SourceVpc": "vpc-*7"}}))])
    for number in range(_KEPT + 10):
        asked = request(context={"aws:SourceVpc": f"vpc-{number}"})
        assert policies.evaluate(asked).blocked is (number % 10 == 7)
    (relevant,) = policies._of_hits.values()
    assert all(len(column.known) <= _KEPT for _, column in relevant.sieve._columns)
