"""Condition operators, missing keys and multivalued keys (rules 12 to 15 and 19)."""

from typing import Any

import pytest

from tests.policy.build import condition_holds as holds
from tests.policy.build import denies, deny

TAG = "aws:PrincipalTag/x"


def test_rule_12_operators_and_keys_are_all_needed_and_one_value_is_enough() -> None:
    block = {
        "StringEquals": {"aws:RequestedRegion": ["eu-west-1", "eu-west-2"], TAG: "a"},
        "Bool": {"aws:SecureTransport": "true"},
    }
    good = {"aws:RequestedRegion": "eu-west-2", TAG: "a", "aws:SecureTransport": "true"}
    assert denies(deny(Condition=block), context=good) is True
    for key, other in ((TAG, "b"), ("aws:RequestedRegion", "us-east-1"), ("aws:SecureTransport", "false")):
        assert denies(deny(Condition=block), context={**good, key: other}) is False
        assert denies(deny(Condition=block), context={k: v for k, v in good.items() if k != key}) is False


def test_rule_12_a_negated_operator_wants_none_of_the_values_to_match() -> None:
    assert holds("StringNotEquals", TAG, ["a", "b"], present="b") is False
    assert holds("StringNotEquals", TAG, ["a", "b"], present="c") is True


def test_rule_12_an_empty_block_and_an_empty_operator_ask_nothing() -> None:
    assert denies(deny(Condition={})) is True
    assert denies(deny(Condition={"StringEquals": {}})) is True


def test_rule_13_names_of_operators_and_keys_have_no_case() -> None:
    assert holds("stringEQUALSifexists", "AWS:principaltag/X", "a", context={TAG: "a"}) is True
    assert holds("ForAnyValue:Stringlike", "aws:tagkeys", "a*", context={"aws:TagKeys": ["ab"]}) is True
    assert holds("foranyvalue:stringlike", "aws:tagkeys", "a*", context={"aws:TagKeys": ["b"]}) is False
    assert holds("NULL", "aws:TAGKEYS", "True", context={}) is True


def test_rule_13_one_key_twice_in_different_case_is_undetermined() -> None:
    block = {"StringEquals": {TAG: "a", TAG.upper(): "a"}}
    assert denies(deny(Condition=block), context={TAG: "a"}) is None


POSITIVE = {
    "StringEquals": "a",
    "StringEqualsIgnoreCase": "a",
    "StringLike": "a",
    "ArnEquals": "arn:aws:iam::1:role/a",
    "ArnLike": "arn:aws:iam::1:role/a",
    "NumericEquals": "1",
    "NumericLessThan": "1",
    "NumericLessThanEquals": "1",
    "NumericGreaterThan": "1",
    "NumericGreaterThanEquals": "1",
    "DateEquals": "2026-01-01",
    "DateLessThan": "2026-01-01",
    "DateLessThanEquals": "2026-01-01",
    "DateGreaterThan": "2026-01-01",
    "DateGreaterThanEquals": "2026-01-01",
    "Bool": "true",
    "BinaryEquals": "YQ==",
    "IpAddress": "10.0.0.0/8",
}
NEGATED = {
    "StringNotEquals": "a",
    "StringNotEqualsIgnoreCase": "a",
    "StringNotLike": "a",
    "ArnNotEquals": "arn:aws:iam::1:role/a",
    "ArnNotLike": "arn:aws:iam::1:role/a",
    "NumericNotEquals": "1",
    "DateNotEquals": "2026-01-01",
    "NotIpAddress": "10.0.0.0/8",
}


@pytest.mark.parametrize("operator", POSITIVE)
def test_rule_14_a_missing_key_is_false_to_a_positive_operator(operator: str) -> None:
    assert holds(operator, "a:b", POSITIVE[operator]) is False
    assert holds(operator, "a:b", POSITIVE[operator], present=None) is False
    assert holds(f"{operator}IfExists", "a:b", POSITIVE[operator]) is True


@pytest.mark.parametrize("operator", NEGATED)
def test_rule_14_a_missing_key_is_true_to_a_negated_operator(operator: str) -> None:
    assert holds(operator, "a:b", NEGATED[operator]) is True
    assert holds(f"{operator}IfExists", "a:b", NEGATED[operator]) is True


@pytest.mark.parametrize("operator", [*POSITIVE, *NEGATED])
@pytest.mark.parametrize("suffix", ["", "IfExists"])
def test_rule_14_set_operators_on_a_missing_key(operator: str, suffix: str) -> None:
    value = (POSITIVE | NEGATED)[operator]
    assert holds(f"ForAllValues:{operator}{suffix}", "a:b", value) is True
    assert holds(f"ForAnyValue:{operator}{suffix}", "a:b", value) is False


@pytest.mark.parametrize(
    ("values", "when_absent", "when_present"),
    [
        ("true", True, False),
        (True, True, False),
        ("FALSE", False, True),
        (False, False, True),
        (["true", "false"], True, True),
        (["true"], True, False),
    ],
)
def test_rule_14_null_asks_whether_a_key_is_there(values: Any, when_absent: bool, when_present: bool) -> None:
    assert holds("Null", TAG, values) is when_absent
    assert holds("Null", TAG, values, present="") is when_present
    assert holds("Null", TAG, values, present=["a", "b"]) is when_present


def test_rule_14_null_of_an_empty_list_and_odd_forms_of_null_are_undetermined() -> None:
    assert holds("Null", "aws:TagKeys", "true", present=[]) is None
    assert holds("NullIfExists", TAG, "true") is None
    assert holds("ForAnyValue:Null", TAG, "true") is None
    assert holds("Null", TAG, "yes") is None


@pytest.mark.parametrize(
    ("operator", "present", "expected"),
    [
        ("ForAllValues:StringEquals", ["a", "b"], True),
        ("ForAllValues:StringEquals", ["a", "c"], False),
        ("ForAllValues:StringEquals", [], True),
        ("ForAllValues:StringEquals", "b", True),
        ("ForAnyValue:StringEquals", ["c", "b"], True),
        ("ForAnyValue:StringEquals", ["c", "d"], False),
        ("ForAnyValue:StringEquals", [], False),
        ("ForAnyValue:StringEquals", "a", True),
        ("ForAllValues:StringNotEquals", ["c", "d"], True),
        ("ForAllValues:StringNotEquals", ["c", "a"], False),
        ("ForAllValues:StringNotEquals", [], True),
        ("ForAnyValue:StringNotEquals", ["a", "c"], True),
        ("ForAnyValue:StringNotEquals", ["a", "b"], False),
        ("ForAnyValue:StringNotEquals", [], False),
        ("ForAnyValue:StringEqualsIfExists", ["c"], False),
        ("ForAllValues:StringEqualsIfExists", ["c"], False),
    ],
)
def test_rule_15_set_operators_test_each_value(operator: str, present: Any, expected: bool) -> None:
    assert holds(operator, "aws:TagKeys", ["a", "b"], present=present) is expected


@pytest.mark.parametrize("operator", ["StringEquals", "StringNotEquals", "StringLikeIfExists"])
@pytest.mark.parametrize("present", [["a"], ["z", "y"], []])
def test_rule_15_several_values_without_a_set_operator_do_not_match(operator: str, present: list[str]) -> None:
    assert holds(operator, "aws:TagKeys", "a", present=present) is False


def test_rule_15_for_all_values_over_empty_strings_is_not_guessed() -> None:
    assert holds("ForAllValues:StringEquals", "aws:TagKeys", "a", present="") is None
    assert holds("ForAllValues:StringEquals", "aws:TagKeys", "a", present=["", "b"]) is False
    assert holds("ForAllValues:StringLike", "aws:TagKeys", "*", present=[""]) is True


def test_rule_15_each_value_of_several_may_be_in_doubt() -> None:
    assert holds("ForAnyValue:NumericEquals", "a:b", "1", present=["x", "1"]) is True
    assert holds("ForAnyValue:NumericEquals", "a:b", "1", present=["x", "2"]) is None
    assert holds("ForAllValues:NumericEquals", "a:b", "1", present=["x", "2"]) is False


@pytest.mark.parametrize(
    ("operator", "values"),
    [
        ("StringEqual", "a"),
        ("ForSomeValues:StringEquals", "a"),
        ("StringEqualsIfExistsIfExists", "a"),
        ("IfExists", "a"),
        ("StringEquals", []),
        ("StringEquals", {"a": 1}),
        ("StringEquals", [["a"]]),
        ("StringEquals", None),
    ],
)
def test_rule_19_what_is_no_operator_or_no_value_is_undetermined(operator: str, values: Any) -> None:
    assert holds(operator, TAG, values, present="a") is None
    assert holds(operator, TAG, values) is None


def test_rule_19_a_placeholder_left_unfilled_is_undetermined_where_it_may_match() -> None:
    assert holds("StringEquals", "aws:PrincipalAccount", "${Account}", present="1") is None
    assert holds("StringNotEquals", "aws:PrincipalAccount", "${Account}", present="1") is None
    assert holds("StringLike", TAG, "x-${Account}", present="y") is False


def test_other_conditions_of_a_statement_can_make_a_doubt_idle() -> None:
    block = {"NumericEquals": {"a:b": "ten"}, "StringEquals": {TAG: "a"}}
    assert denies(deny(Condition=block), context={"a:b": "1", TAG: "b"}) is False
    assert denies(deny(Condition=block), context={"a:b": "1", TAG: "a"}) is None
