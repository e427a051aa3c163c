"""Values of condition keys as numbers, instants, booleans, addresses and bytes, and how two of them compare."""

import base64
import binascii
import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from operator import ge, gt, le, lt
from typing import Any

from landing.policy.truth import Unknown

_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?\Z", re.ASCII)
_DATE = re.compile(
    r"(\d{4})-(\d{2})(?:-(\d{2})(?:T(\d{2}):(\d{2})(?::(\d{2})(\.\d{1,6})?0*)?(Z|[+-]\d{2}:\d{2}))?)?\Z",
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


_CIDR = re.compile(r"[0-9A-Fa-f.:]+(/\d{1,3})?\Z", re.ASCII)


def read_network(text: str) -> IPv4Network | IPv6Network | Unknown:
    """A CIDR block, or one address as a block of its own; neither a netmask nor a zone is RFC 4632's notation."""
    try:
        network = ip_network(text, strict=False) if _CIDR.match(text) else None
    except ValueError:
        network = None
    return network or Unknown(f"{text!r} is neither an IP address nor a CIDR block")


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
    if "%" in text:
        return Unknown(f"{text!r} has a zone, which only its own host can read")
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
