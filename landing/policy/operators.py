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
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from operator import ge, gt, le, lt
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
        if matches(text):
            return True
        return Unknown(fault) if fault is not None and may_match(text) else False

    decided = test if doubtful else matches

    def arn_test(text: str) -> Truth:
        return decided(text) if is_arn(text) else Unknown(f"{text!r} is compared as an ARN and is none")

    if operator.family == "arn":
        return arn_test
    return decided


def _matcher(operator: Operator, patterns: list[Pattern]) -> Callable[[str], bool]:
    if not patterns:
        return lambda text: False
    if operator.family == "arn":
        return full_match(arn_regexes(patterns, fold=False))
    lower = operator.relation == "ignorecase"
    literals = frozenset(text for pattern in patterns if (text := pattern.literal) is not None)
    if len(literals) == len(frozenset(patterns)) and not lower:
        return literals.__contains__
    matches = full_match(glob_regex(pattern.tokens, lower=lower) for pattern in patterns)
    return (lambda text: matches(text.lower())) if lower else matches


def value_test(operator: Operator, texts: Iterable[str]) -> Test:
    """Whether a value equals, precedes or lies in one of the policy's values: for all other families."""
    read = READERS[operator.family]
    wanted = [read(text) for text in texts]
    bounds = [value for value in wanted if not isinstance(value, Unknown)]
    otherwise: Truth = next((value for value in wanted if isinstance(value, Unknown)), False)
    holds = RELATIONS[operator.family, operator.relation]
    read_request = READ_REQUEST.get(operator.family, read)

    def test(text: str) -> Truth:
        value = read_request(text)
        if isinstance(value, Unknown):
            return value
        for bound in bounds:
            if holds(value, bound):
                return True
        return otherwise

    return test


_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?\Z", re.ASCII)
_DATE = re.compile(
    r"(\d{4})-(\d{2})(?:-(\d{2})(?:T(\d{2}):(\d{2})(?::(\d{2})(\.\d{1,6})?\d*)?(Z|[+-]\d{2}:\d{2}))?)?\Z",
    re.ASCII,
)


@lru_cache(maxsize=8192)
def read_number(text: str) -> Decimal | Unknown:
    """An integer or a decimal."""
    return Decimal(text) if _NUMBER.match(text) else Unknown(f"{text!r} is no number")


@lru_cache(maxsize=8192)
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


# Of a network its family and its first and last address as numbers; of an address the same.
_Stretch = tuple[int, int, int]


def _read_stretch(text: str) -> _Stretch | Unknown:
    network = read_network(text)
    if isinstance(network, Unknown):
        return network
    return network.version, int(network.network_address), int(network.broadcast_address)


@lru_cache(maxsize=8192)
def _read_address(text: str) -> _Stretch | Unknown:
    try:
        address = ip_address(text)
    except ValueError:
        return Unknown(f"{text!r} is no IP address")
    return address.version, int(address), int(address)


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
    "ip": _read_stretch,
    "binary": read_binary,
}
READ_REQUEST: dict[str, Callable[[str], object]] = {"ip": _read_address}


def _within(value: _Stretch, network: _Stretch) -> bool:
    # A network of the other family holds no address of this one.
    return value[0] == network[0] and network[1] <= value[1] <= network[2]


def _same(value: object, bound: object) -> bool:
    return value == bound


RELATIONS: dict[tuple[str, str], Callable[[Any, Any], bool]] = {
    (family, "equals"): _same for family in ("numeric", "date", "bool", "null", "binary")
}
RELATIONS["ip", "equals"] = _within
_ORDERS: dict[str, Callable[[Any, Any], bool]] = {
    "LessThan": lt,
    "LessThanEquals": le,
    "GreaterThan": gt,
    "GreaterThanEquals": ge,
}
RELATIONS |= {(family, relation): holds for family in ("numeric", "date") for relation, holds in _ORDERS.items()}


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
