"""The condition operators of IAM: their names, and the test of one request value against policy values.

IAM user guide, "IAM JSON policy elements: Condition operators".
"""

import base64
import binascii
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import partial
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Any

from landing.policy.arn import arn_regexes, is_arn
from landing.policy.pattern import Pattern, full_match, glob_regex
from landing.policy.truth import Truth, Unknown

Test = Callable[[str], Truth]


@dataclass(frozen=True, slots=True)
class Operator:
    """An operator without its prefix and suffix; `relation` is the ordering or the way of comparing text."""

    name: str
    family: str
    relation: str = "equals"
    negated: bool = False


def _table() -> dict[str, Operator]:
    rows = [
        Operator("StringEquals", "string"),
        Operator("StringNotEquals", "string", negated=True),
        Operator("StringEqualsIgnoreCase", "string", "ignorecase"),
        Operator("StringNotEqualsIgnoreCase", "string", "ignorecase", negated=True),
        Operator("StringLike", "string", "like"),
        Operator("StringNotLike", "string", "like", negated=True),
        Operator("ArnEquals", "arn", "like"),
        Operator("ArnNotEquals", "arn", "like", negated=True),
        Operator("ArnLike", "arn", "like"),
        Operator("ArnNotLike", "arn", "like", negated=True),
        Operator("Bool", "bool"),
        Operator("BinaryEquals", "binary"),
        Operator("IpAddress", "ip"),
        Operator("NotIpAddress", "ip", negated=True),
        Operator("Null", "null"),
    ]
    for family, stem in (("numeric", "Numeric"), ("date", "Date")):
        rows.append(Operator(f"{stem}Equals", family))
        rows.append(Operator(f"{stem}NotEquals", family, negated=True))
        rows += [
            Operator(f"{stem}{relation}", family, relation)
            for relation in ("LessThan", "LessThanEquals", "GreaterThan", "GreaterThanEquals")
        ]
    return {row.name.lower(): row for row in rows}


OPERATORS = _table()
QUANTIFIERS = {"forallvalues": "ForAllValues", "foranyvalue": "ForAnyValue"}


@dataclass(frozen=True, slots=True)
class Use:
    """An operator as a policy uses it: ``ForAnyValue:StringLikeIfExists``."""

    operator: Operator
    quantifier: str | None
    if_exists: bool


def parse_use(text: str) -> Use | str:
    """The operator that a key of a Condition block names, whatever its case; else what is wrong with it."""
    prefix, colon, name = text.lower().rpartition(":")
    if colon and prefix not in QUANTIFIERS:
        return f"{text!r} has a prefix that is no set operator"
    operator = OPERATORS.get(name)
    if_exists = operator is None and name.endswith("ifexists")
    if if_exists:
        operator = OPERATORS.get(name.removesuffix("ifexists"))
    if operator is None:
        return f"{text!r} is no condition operator"
    if operator.family == "null" and (colon or if_exists):
        return f"{text!r}: Null takes neither a set operator nor IfExists"
    return Use(operator, QUANTIFIERS.get(prefix), if_exists)


def text_test(operator: Operator, patterns: Iterable[Pattern]) -> Test:
    """Whether a text equals or is like one of the patterns: for the families string and arn."""
    certain = [pattern for pattern in patterns if pattern.fault is None]
    doubtful = [pattern for pattern in patterns if pattern.fault is not None]
    matches = _matcher(operator, certain)
    may_match = _matcher(operator, doubtful)
    fault = doubtful[0].fault if doubtful else None

    def test(text: str) -> Truth:
        if operator.family == "arn" and not is_arn(text):
            return Unknown(f"{text!r} is compared as an ARN and is none")
        if matches(text):
            return True
        if fault is not None and may_match(text):
            return Unknown(fault)
        return False

    return test


def _matcher(operator: Operator, patterns: list[Pattern]) -> Callable[[str], bool]:
    if not patterns:
        return lambda text: False
    if operator.family == "arn":
        return full_match(arn_regexes(patterns, fold=False))
    lower = operator.relation == "ignorecase"
    matches = full_match(glob_regex(pattern.tokens, lower=lower) for pattern in patterns)
    return (lambda text: matches(text.lower())) if lower else matches


def value_test(operator: Operator, texts: Iterable[str]) -> Test:
    """Whether a value equals, precedes or lies in one of the policy's values: for all other families."""
    read = READERS[operator.family]
    wanted = [read(text) for text in texts]
    faults = [value for value in wanted if isinstance(value, Unknown)]
    holds = RELATIONS[operator.family, operator.relation]

    def test(text: str) -> Truth:
        value = READ_REQUEST.get(operator.family, read)(text)
        if isinstance(value, Unknown):
            return value
        if any(holds(value, bound) for bound in wanted if not isinstance(bound, Unknown)):
            return True
        return faults[0] if faults else False

    return test


_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?\Z", re.ASCII)
_DATE = re.compile(
    r"(\d{4})-(\d{2})(?:-(\d{2})(?:T(\d{2}):(\d{2})(?::(\d{2})(\.\d{1,6})?\d*)?(Z|[+-]\d{2}:\d{2}))?)?\Z",
    re.ASCII,
)


def read_number(text: str) -> Decimal | Unknown:
    """An integer or a decimal."""
    return Decimal(text) if _NUMBER.match(text) else Unknown(f"{text!r} is no number")


def read_instant(text: str) -> datetime | Unknown:
    """An ISO 8601 date (W3C profile, with a zone when it has a time) or seconds since the epoch."""
    try:
        # Four digits are a year to one reader and seconds to another.
        if re.fullmatch(r"\d+", text, re.ASCII) and len(text) != 4:
            return datetime.fromtimestamp(int(text), UTC)
        match = _DATE.match(text)
        if match is None:
            return Unknown(f"{text!r} is neither an ISO 8601 date with its zone nor seconds since the epoch")
        year, month, day, hour, minute, second, fraction, zone = match.groups()
        clock = f"{hour or '00'}:{minute or '00'}:{second or '00'}{(fraction or '.0').ljust(7, '0')}"
        return datetime.fromisoformat(f"{year}-{month}-{day or '01'}T{clock}{zone or 'Z'}").astimezone(UTC)
    except (ValueError, OverflowError, OSError):
        return Unknown(f"{text!r} is no date there is")


def read_bool(text: str) -> bool | Unknown:
    """The words true and false, whatever their case."""
    lowered = text.lower()
    return lowered == "true" if lowered in ("true", "false") else Unknown(f"{text!r} is neither true nor false")


def read_network(text: str) -> IPv4Network | IPv6Network | Unknown:
    """A CIDR block, or one address as a block of its own."""
    try:
        return ip_network(text, strict=False)
    except ValueError:
        return Unknown(f"{text!r} is neither an IP address nor a CIDR block")


def _read_address(text: str) -> IPv4Network | IPv6Network | Unknown:
    try:
        return ip_network(ip_address(text))
    except ValueError:
        return Unknown(f"{text!r} is no IP address")


def read_binary(text: str) -> bytes | Unknown:
    """Base64."""
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return Unknown(f"{text!r} is not base64")


READERS: dict[str, Callable[[str], object]] = {
    "numeric": read_number,
    "date": read_instant,
    "bool": read_bool,
    "null": read_bool,
    "ip": read_network,
    "binary": read_binary,
}
READ_REQUEST: dict[str, Callable[[str], object]] = {"ip": _read_address}


def _ordered(value: Any, bound: Any, *, relation: str) -> bool:
    below, same = bool(value < bound), bool(value == bound)
    holds = {
        "LessThan": below,
        "LessThanEquals": below or same,
        "GreaterThan": not below and not same,
        "GreaterThanEquals": not below,
    }
    return holds[relation]


def _within(value: IPv4Network | IPv6Network, network: IPv4Network | IPv6Network) -> bool:
    if value.version != network.version:  # a network of the other family holds no address of this one
        return False
    return int(network.network_address) <= int(value[0]) <= int(network.broadcast_address)


def _same(value: object, bound: object) -> bool:
    return value == bound


RELATIONS: dict[tuple[str, str], Callable[[Any, Any], bool]] = {
    (family, "equals"): _same for family in ("numeric", "date", "bool", "null", "binary")
}
RELATIONS["ip", "equals"] = _within
for _family in ("numeric", "date"):
    for _relation in ("LessThan", "LessThanEquals", "GreaterThan", "GreaterThanEquals"):
        RELATIONS[_family, _relation] = partial(_ordered, relation=_relation)


def request_text(value: object) -> str | Unknown:
    """A value of a request's context as text; a date without a zone stands for no instant."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.isoformat() if value.tzinfo else Unknown(f"{value} has no zone")
    if isinstance(value, int | float | Decimal | date):
        return str(value)
    return value if isinstance(value, Unknown) else Unknown(f"{value!r} is no value of a context key")
