"""Tokens that stand for AWS ids in plans and documents, so that a plan can be made before the ids exist.

`<account:log-archive>`, `<organization>` and `<root>` are put in place of ids when AWS is read, and replaced
by ids at the call. Configuration names in, ids never. `<output:hub.Id@network/eu-west-1>` stands for an output of a
stack, which is looked up where that stack is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from landing.core.model import Json

ORGANIZATION_ID = "<organization>"
ROOT_ID = "<root>"

_TOKEN = re.compile(r"<(?:account:[a-z0-9][a-z0-9_-]*|organization|root)>")
_ID = re.compile(r"(?<![0-9a-zA-Z])(?:[0-9]{12}|(?<!-)o-[a-z0-9]{10,32}|(?<!-)r-[a-z0-9]{4,32})(?![0-9a-zA-Z])")

_OUTPUT = re.compile(r"<output:([a-z0-9][a-z0-9_-]*)\.([A-Za-z0-9]+)(?:@([a-z0-9][a-z0-9_-]*)(?:/([a-z0-9-]+))?)?>")

J = TypeVar("J", bound=Json)


def account_id(key: str) -> str:
    """The token for the id of the account with this key."""
    return f"<account:{key}>"


def account_key(token: str) -> str:
    """The key of the account that a token stands for; nothing of any other text."""
    return token[len("<account:") : -1] if token.startswith("<account:") and _TOKEN.fullmatch(token) else ""


@dataclass(frozen=True, slots=True, order=True)
class Output:
    """An output of a stack, by the key of the stack; account and region where more than one place is possible."""

    stack: str
    name: str
    account: str = ""
    region: str = ""

    def __str__(self) -> str:
        """The token for its value."""
        place = f"@{self.account}" if self.account else ""
        return f"<output:{self.stack}.{self.name}{place}{f'/{self.region}' if self.region else ''}>"


def outputs_in(text: str) -> list[Output]:
    """Every output whose token occurs in a text."""
    return [Output(*(part or "" for part in match.groups())) for match in _OUTPUT.finditer(text)]


def with_outputs(text: str, value: Callable[[Output], str]) -> str:
    """A text with something else in the places of tokens of outputs."""
    return _OUTPUT.sub(lambda match: value(Output(*(part or "" for part in match.groups()))), text)


def tokens_in(value: Json) -> set[str]:
    """Every token that occurs in a value."""
    if isinstance(value, str):
        return set(_TOKEN.findall(value))
    if isinstance(value, Mapping):
        return {token for k, v in value.items() for token in tokens_in(k) | tokens_in(v)}
    if isinstance(value, list):
        return {token for item in value for token in tokens_in(item)}
    return set()


def resolve(value: J, ids: Mapping[str, str]) -> J:
    """Replace tokens by ids (`ids` goes by token); a token that is not in `ids` stays, for the caller to find."""
    return _map(value, _TOKEN, ids)


def symbolic(value: J, tokens: Mapping[str, str]) -> J:
    """Replace ids by tokens (`tokens` goes by id)."""
    return _map(value, _ID, tokens)


def _map(value: J, pattern: re.Pattern[str], table: Mapping[str, str]) -> J:
    def text(part: str) -> str:
        return pattern.sub(lambda match: table.get(match[0], match[0]), part)

    def walk(part: Json) -> Json:
        if isinstance(part, str):
            return text(part)
        if isinstance(part, list):
            return [walk(item) for item in part]
        if isinstance(part, dict):
            return {text(key): walk(item) for key, item in part.items()}
        return part

    return walk(value)  # type: ignore[return-value]  # the shape of the value is kept
