"""What each condition operator makes of a value (rule 16)."""

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.policy.build import condition_holds as holds

TAG = "aws:PrincipalTag/x"


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
        ("DateEquals", "2026-01-01T00:00:00.000000000Z", NEW_YEAR, True),
        ("DateEquals", "2026-01-01T00:00:00.0000001Z", NEW_YEAR, None),
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
        ("10.0.0.0/255.0.0.0", "10.0.0.1", None),
        ("10.0.0.0/0.255.255.255", "10.0.0.1", None),
        ("fe80::1%eth0", "fe80::1", None),
        ("fe80::1", "fe80::1%eth0", None),
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
