"""Condition operators, missing keys and multivalued keys (rules 12 to 16)."""

from datetime import UTC, datetime
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
def test_rule_15_several_values_without_a_set_operator_do_not_match(
    operator: str, present: list[str]
) -> None:
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
    ("operator", "value", "present", "expected"),
    [
        ("StringEquals", "a*", "a*", True),
        ("StringEquals", "a*", "ab", False),
        ("StringEquals", "Ab", "ab", False),
        ("StringEquals", 123, "123", True),
        ("StringEquals", True, "true", True),
        ("StringEquals", "true", True, True),
        ("StringEquals", 1.5, "1.5", None),
        ("StringEqualsIgnoreCase", "Ab*", "aB*", True),
        ("StringEqualsIgnoreCase", "Ab*", "abc", False),
        ("StringNotEqualsIgnoreCase", "Ab", "AB", False),
        ("StringLike", "a?c*", "abc", True),
        ("StringLike", "a?c*", "ABC", False),
        ("StringLike", "a.c", "abc", False),
        ("StringLike", "[ab]", "a", False),
        ("StringLike", "*", "", True),
        ("StringNotLike", "a*", "b", True),
        ("StringEquals", "", "", True),
        ("StringLike", "*a*a*a*a*a*b", "a" * 60, False),
    ],
)
def test_rule_16_strings(operator: str, value: Any, present: Any, expected: bool | None) -> None:
    assert holds(operator, TAG, value, present=present) is expected


@pytest.mark.parametrize("operator", ["ArnEquals", "ArnLike"])
@pytest.mark.parametrize(
    ("value", "present", "expected"),
    [
        ("arn:aws:iam::*:role/Admin*", "arn:aws:iam::1:role/Admin-x/y", True),
        ("arn:aws:iam::*:role/admin", "arn:aws:iam::1:role/Admin", False),
        ("arn:AWS:iam::*:role/x", "arn:aws:iam::1:role/x", False),
        ("arn:aws:iam::*:role/*:x", "arn:aws:iam::1:role/a:b:x", True),
        ("arn:aws:iam::*:x", "arn:aws:iam::1:2:x", False),
        ("arn:aws:sns:*:*:topic-*", "arn:aws:sns:eu-west-1:1:topic-a", True),
        ("*", "arn:aws:iam::1:role/x", None),
        ("arn:aws:iam::*", "arn:aws:iam::1:role/x", None),
        ("arn:aws:iam::*:ro*", "arn:aws:iam::1:role/x", None),
        ("arn:aws:iam::*:ro*", "arn:aws:iam::1:user/x", False),
        ("arn:aws:iam::*:*", "arn:aws:iam::1:user/x", True),
        ("arn:aws:iam::*:role/x", "Admin", None),
    ],
)
def test_rule_16_arns(operator: str, value: str, present: str, expected: bool | None) -> None:
    assert holds(operator, "aws:SourceArn", value, present=present) is expected
    inverse = None if expected is None else not expected
    assert holds(operator.replace("Arn", "ArnNot"), "aws:SourceArn", value, present=present) is inverse


@pytest.mark.parametrize(
    ("value", "present", "expected"),
    [
        ("true", "TRUE", True),
        (True, "true", True),
        ("False", False, True),
        ("true", "false", False),
        ("yes", "true", None),
        ("true", "yes", None),
        ("true", "", None),
    ],
)
def test_rule_16_bools(value: Any, present: Any, expected: bool | None) -> None:
    assert holds("Bool", "aws:SecureTransport", value, present=present) is expected


@pytest.mark.parametrize(
    ("operator", "value", "present", "expected"),
    [
        ("NumericEquals", "10", "10.0", True),
        ("NumericEquals", 10, 10, True),
        ("NumericEquals", "0.1", "0.10", True),
        ("NumericNotEquals", "10", "10.0", False),
        ("NumericLessThan", "10", "9", True),
        ("NumericLessThan", "10", "10", False),
        ("NumericLessThanEquals", "10", "10", True),
        ("NumericGreaterThan", "10", "100", True),
        ("NumericGreaterThan", "-5", "-4.9", True),
        ("NumericGreaterThanEquals", ["200", "10"], "11", True),
        ("NumericEquals", "1e3", "1000", None),
        ("NumericEquals", "ten", "10", None),
        ("NumericEquals", "10", "ten", None),
        ("NumericEquals", "10", True, None),
        ("NumericEquals", ["ten", "10"], "10", True),
        ("NumericEquals", "9007199254740993", "9007199254740992", False),
    ],
)
def test_rule_16_numbers(operator: str, value: Any, present: Any, expected: bool | None) -> None:
    assert holds(operator, "s3:max-keys", value, present=present) is expected


NEW_YEAR = "1767225600"  # 2026-01-01T00:00:00Z


@pytest.mark.parametrize(
    ("operator", "value", "present", "expected"),
    [
        ("DateEquals", "2026-01-01T00:00:00Z", NEW_YEAR, True),
        ("DateEquals", "2026-01-01", int(NEW_YEAR), True),
        ("DateEquals", "2026-01", "2026-01-01T00:00Z", True),
        ("DateEquals", NEW_YEAR, "2026-01-01T01:00:00+01:00", True),
        ("DateEquals", "2026-01-01T00:00:00.000Z", NEW_YEAR, True),
        ("DateEquals", "2026-01-01T00:00:00Z", datetime(2026, 1, 1, tzinfo=UTC), True),
        ("DateNotEquals", "2026-01-01T00:00:00.001Z", NEW_YEAR, True),
        ("DateLessThan", "2026-01-01T00:00:00Z", "2025-12-31T23:59:59Z", True),
        ("DateLessThan", "2026-01-01T00:00:00Z", "2026-01-01T00:30:00+01:00", True),
        ("DateGreaterThan", "2026-01-01T00:00:00Z", "2026-01-01T00:00:01Z", True),
        ("DateGreaterThanEquals", "2026-01-01T00:00:00Z", NEW_YEAR, True),
        ("DateEquals", "2026-01-01T00:00:00", NEW_YEAR, None),
        ("DateEquals", "2026", NEW_YEAR, None),
        ("DateEquals", "2026-13-01", NEW_YEAR, None),
        ("DateEquals", "yesterday", NEW_YEAR, None),
        ("DateEquals", "2026-01-01", datetime(2026, 1, 1), None),
        ("DateLessThan", "99999999999999999999", NEW_YEAR, None),
    ],
)
def test_rule_16_dates_are_instants(operator: str, value: Any, present: Any, expected: bool | None) -> None:
    assert holds(operator, "aws:CurrentTime", value, present=present) is expected


@pytest.mark.parametrize(
    ("value", "present", "expected"),
    [
        ("10.0.0.0/8", "10.255.255.255", True),
        ("10.0.0.0/8", "11.0.0.0", False),
        ("10.1.2.3", "10.1.2.3", True),
        ("10.1.2.3", "10.1.2.4", False),
        ("10.0.0.1/8", "10.9.9.9", True),
        ("0.0.0.0/0", "203.0.113.9", True),
        ("0.0.0.0/0", "2001:db8::1", False),
        ("2001:DB8::/32", "2001:0db8:0:0:0:0:0:1", True),
        ("2001:db8::1", "2001:db8:0::1", True),
        ("2001:db8::/32", "2001:db9::1", False),
        ("::/0", "10.0.0.1", False),
        (["192.0.2.0/24", "2001:db8::/32"], "2001:db8::9", True),
        ("10.0.0.0/33", "10.0.0.1", None),
        ("ten", "10.0.0.1", None),
        (["ten", "10.0.0.1"], "10.0.0.1", True),
        ("10.0.0.0/8", "10.0.0.0/8", None),
    ],
)
def test_rule_16_addresses_are_numbers(value: Any, present: str, expected: bool | None) -> None:
    assert holds("IpAddress", "aws:SourceIp", value, present=present) is expected
    inverse = None if expected is None else not expected
    assert holds("NotIpAddress", "aws:SourceIp", value, present=present) is inverse


def test_rule_16_binary_values_are_compared_as_bytes() -> None:
    assert holds("BinaryEquals", "a:b", "YWI=", present="YWI=") is True
    assert holds("BinaryEquals", "a:b", "YWI=", present="YWM=") is False
    assert holds("BinaryEquals", "a:b", "not base64!", present="YWI=") is None


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
