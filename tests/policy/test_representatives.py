"""Values that stand for all values, and actions in groups, against their definitions."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from landing.policy import catalog, prove
from landing.policy.levels import rules
from landing.policy.representatives import addresses, instants, numbers
from landing.policy.statement_matches import group
from tests.policy.build import deny, level
from tests.policy.proofs import DETECTOR, proof


def test_numbers_lie_on_between_and_beyond_the_bounds() -> None:
    assert numbers(["2", "1"]) == ["0", "1", "2", "3", "1.5"]
    assert numbers(["1", "10", "ten"]) == ["0", "1", "10", "11", "2"]
    assert numbers([]) == ["1"]


def test_instants_lie_on_between_and_beyond_the_bounds() -> None:
    assert instants(["2026-01-03", "1767225600"]) == [
        "2025-12-31T00:00:00Z",
        "2026-01-01T00:00:00Z",
        "2026-01-03T00:00:00Z",
        "2026-01-02T00:00:00Z",
        "2026-01-04T00:00:00Z",
    ]
    assert len(instants(["0001-01-01", "9999-12-31T23:59:59Z"])) == 3


def test_addresses_begin_every_stretch_in_both_families() -> None:
    assert addresses(["10.0.0.0/8"]) == ["0.0.0.0", "10.0.0.0", "11.0.0.0", "::"]
    assert addresses(["255.255.255.255", "2001:db8::/32"]) == [
        "0.0.0.0",
        "255.255.255.255",
        "::",
        "2001:db8::",
        "2001:db9::",
    ]


@pytest.mark.parametrize(
    "condition",
    [
        {"NumericLessThanEquals": {"aws:EpochTime": "2.5"}},
        {"NumericGreaterThan": {"aws:EpochTime": "2.5"}},
        {"StringLike": {"aws:EpochTime": "17*"}},
        {"DateLessThan": {"aws:EpochTime": "1970-01-01T00:00:02.5Z"}},
    ],
)
def test_seconds_since_the_epoch_are_whole_whatever_they_are_compared_with(condition: Any) -> None:
    exempt = {"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": condition}
    levels = [level(exempt, full=False)]
    assert prove(levels, {"deny": DETECTOR}).result == "refuted"


ENTRIES = (
    *("s3:GetObject", "S3:put*", "s3:*", "*", "iam:*Role*"),
    *("s*:Get*", "*:*", "guardduty", "nosuch:*", "sqs:Send?essage"),
)
SOME = [action for name in ("s3", "iam", "sqs", "guardduty") for action in catalog.service_actions(name).values()]


@settings(max_examples=60)
@given(
    listed=st.lists(st.lists(st.sampled_from(ENTRIES), max_size=3), min_size=1, max_size=3),
    negated=st.lists(st.booleans(), min_size=3, max_size=3),
)
def test_groups_say_what_each_statement_says_of_each_action(listed: Any, negated: list[bool]) -> None:
    pairs = zip(listed, negated, strict=False)
    statements = [deny(NotAction=entries) if no else deny(entries) for entries, no in pairs]
    [compiled] = rules([level(*statements)])
    found = group(SOME, compiled)
    assert sum(map(len, found.values())) == len(SOME)
    for hits, actions in found.items():
        for action in actions[:5]:
            for number, rule in enumerate(compiled):
                truth = rule.on_action(action.text.lower())
                assert (hits.sure >> number & 1) == (truth is True), (action.text, rule.statement)
                assert (hits.may >> number & 1) == (truth is not False), (action.text, rule.statement)


@pytest.mark.parametrize("kind", ["deny", "allow"])
def test_a_doubtful_exception_is_neither_a_hit_nor_none(kind: str) -> None:
    assert proof(deny(NotAction="s*:Get*"), **{kind: "s3:GetObject"}).result == "undetermined"
    assert proof(deny(NotAction="s*:Get*"), deny="s3:PutObject").result == "proved"
