"""Globs as steps from character to character: the form in which automata take them."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from string import ascii_letters, ascii_lowercase, digits

from landing.policy import arn
from landing.policy.pattern import Pattern, Token, Wild


class Some(Enum):
    """Sets of characters that are not listed one by one."""

    ANY = "any"
    NOT_COLON = "not colon"
    NAME = "neither colon nor slash"
    WORD = "letter or digit of ASCII, dot, hyphen or underscore"
    LOWER = "lower case letter of ASCII"
    HEX = "lower case hexadecimal digit"
    DIGIT = "digit"

    def has(self, char: str) -> bool:
        """Whether a character is one of the set."""
        if self in _LISTED:
            return char in _LISTED[self]
        if self is Some.NOT_COLON:
            return char != ":"
        if self is Some.NAME:
            return char not in ":/"
        return True


_LISTED = {
    Some.WORD: frozenset(f"{ascii_letters}{digits}.-_"),
    Some.LOWER: frozenset(ascii_lowercase),
    Some.HEX: frozenset(f"{digits}abcdef"),
    Some.DIGIT: frozenset(digits),
}


@dataclass(frozen=True, slots=True)
class Step:
    """One character out of a set; `many` for any number of them."""

    chars: frozenset[str] | Some
    many: bool = False


Steps = tuple[Step, ...]


def text_steps(tokens: Iterable[Token], *, lower: bool = False, any_: Some = Some.ANY) -> Steps:
    """A glob; `lower` lets each letter be of either case, `any_` is what a wildcard stands for."""
    steps = []
    for token in tokens:
        if isinstance(token, Wild):
            steps.append(Step(any_, token is Wild.MANY))
        elif isinstance(token, str):
            steps += [Step(frozenset((char, char.lower(), char.upper()) if lower else char)) for char in token]
        else:  # a variable that nothing fills may stand for any text
            steps.append(Step(any_, many=True))
    return tuple(steps)


def arn_steps(pattern: Pattern, *, fold: bool) -> Steps:
    """An ARN pattern, matched as `arn.arn_regex` matches it."""
    parts = arn.split(pattern.tokens)
    if parts is None:
        return text_steps(pattern.tokens)
    steps: list[Step] = []
    for part in parts[:5]:
        steps += text_steps(part, lower=fold, any_=Some.NOT_COLON)
        steps.append(Step(frozenset(":")))
    return (*steps, *text_steps(parts[5]))


def literal(text: str) -> Steps:
    """A text as it is."""
    return tuple(Step(frozenset(char)) for char in text)


def several(chars: Some) -> Steps:
    """One character of a set, or more."""
    return (Step(chars, many=True), Step(chars))


IS_ARN: Steps = (
    *literal("arn:"),
    *(step for _ in range(4) for step in (Step(Some.NOT_COLON, many=True), Step(frozenset(":")))),
    Step(Some.ANY, many=True),
)
