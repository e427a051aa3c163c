"""Text of a policy as tokens: literal characters, wildcards and policy variables."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import Enum

from landing.policy.truth import Unknown


class Wild(Enum):
    """A wildcard: ``?`` is one character, ``*`` any number of them, none included."""

    ONE = "?"
    MANY = "*"


@dataclass(frozen=True, slots=True)
class Variable:
    """``${key}`` or ``${key, 'default'}``; the key is in lower case."""

    key: str
    default: str | None = None


Token = str | Wild | Variable
Tokens = tuple[Token, ...]

_VARIABLE = re.compile(r"\$\{\s*([^{}$,']+?)\s*(?:,\s*'([^']*)'\s*)?\}")


@dataclass(frozen=True, slots=True)
class Pattern:
    """Tokens, and what is wrong with the text; the wrong part stands as ``*``, its most liberal reading."""

    tokens: Tokens
    fault: str | None = None

    @property
    def needs(self) -> frozenset[str]:
        """The context keys (lower case) that its variables name."""
        return frozenset(token.key for token in self.tokens if isinstance(token, Variable))

    @property
    def literal(self) -> str | None:
        """The one text that it matches; none if it has wildcards or variables."""
        texts = [token for token in self.tokens if isinstance(token, str)]
        return "".join(texts) if len(texts) == len(self.tokens) else None

    @property
    def relaxed(self) -> "Pattern":
        """The pattern with ``*`` for each variable: it matches all that the pattern matches, however filled."""
        tokens: list[Token] = []
        for token in self.tokens:
            _append(tokens, Wild.MANY if isinstance(token, Variable) else token)
        return Pattern(tuple(tokens), self.fault)


def parse(text: str, *, wild: bool = True, variables: bool = True) -> Pattern:
    """Read a text; `wild` off takes ``*`` and ``?`` as characters, `variables` off takes ``${`` as text.

    IAM user guide, "IAM policy elements: Variables and tags".
    """
    tokens: list[Token] = []
    fault: str | None = None
    at = 0
    while at < len(text):
        if variables and text.startswith("${", at):
            token, at, problem = _variable(text, at)
            fault = fault or problem
        elif wild and text[at] in "*?":
            token, at = Wild(text[at]), at + 1
        else:
            token, at = text[at], at + 1
        _append(tokens, token)
    return Pattern(tuple(tokens), fault)


def _variable(text: str, at: int) -> tuple[Token, int, str | None]:
    """The token of the ``${…}`` at `at`, where it ends, and what is wrong with it."""
    if text[at + 2 : at + 4] in ("*}", "?}", "$}"):
        return text[at + 2], at + 4, None
    match = _VARIABLE.match(text, at)
    if match is None:
        return Wild.MANY, len(text), f"the variable at {text[at : at + 20]!r} is not of the form ${{key}}"
    if ":" not in match[1]:
        return Wild.MANY, match.end(), f"${{{match[1]}}} names no context key: a placeholder left unfilled?"
    return Variable(match[1].lower(), match[2]), match.end(), None


def _append(tokens: list[Token], token: Token) -> None:
    last = tokens[-1] if tokens else None
    if isinstance(token, str) and isinstance(last, str):
        tokens[-1] = last + token
    elif not (token is Wild.MANY and last is Wild.MANY):
        tokens.append(token)


def resolve(pattern: Pattern, context: Mapping[str, object]) -> Pattern | None:
    """The pattern with its variables filled from a context of lower case keys; none if one has no value.

    What is filled in is literal text: a ``*`` in it is no wildcard.
    """
    if not pattern.needs:
        return pattern
    tokens: list[Token] = []
    fault = pattern.fault
    for token in pattern.tokens:
        if not isinstance(token, Variable):
            _append(tokens, token)
            continue
        value = _value_of(token, context)
        if value is None:
            return None
        if isinstance(value, Unknown):
            fault = fault or value.reason
            value = Wild.MANY
        if value != "":
            _append(tokens, value)
    return Pattern(tuple(tokens), fault)


def _value_of(variable: Variable, context: Mapping[str, object]) -> Token | Unknown | None:
    value = context.get(variable.key)
    if value is None:
        return variable.default
    if isinstance(value, Unknown):
        return value
    if isinstance(value, list | tuple | set | frozenset):
        if variable.default is None:
            return None
        return Unknown(f"${{{variable.key}}} has a default and the key has several values: undocumented")
    return text_of(value)


def text_of(value: object) -> str:
    """A JSON scalar as the text that AWS compares: booleans as true and false."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def glob_regex(tokens: Iterable[Token], *, one: str = ".", lower: bool = False) -> str:
    """A regular expression that matches as the glob does, in linear time a wildcard.

    `one` is the expression of the characters a wildcard may stand for. After a ``*`` the first place
    where the text up to the next ``*`` fits is the right one, so an atomic group stops any going back.
    """
    segments: list[str] = [""]
    for token in tokens:
        if token is Wild.MANY:
            segments.append("")
        elif token is Wild.ONE:
            segments[-1] += one
        else:
            assert isinstance(token, str), "variables are resolved before a pattern is compiled"
            segments[-1] += re.escape(token.lower() if lower else token)
    if len(segments) == 1:
        return segments[0]
    middle = "".join(f"(?>{one}*?{segment})" for segment in segments[1:-1])
    return f"{segments[0]}{middle}{one}*{segments[-1]}"


def full_match(expressions: Iterable[str]) -> Callable[[str], bool]:
    """Whether one of the expressions matches the whole of a text."""
    expressions = list(expressions)
    if not expressions:
        return lambda text: False
    # \Z inside each branch, as a branch that fits only a beginning must not end the search of the others.
    match = re.compile("|".join(f"(?:{expression})\\Z" for expression in expressions), re.DOTALL).match
    return lambda text: match(text) is not None
