"""Globs as automata: which combinations of patterns one text can match, with a shortest text for each."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum

from landing.policy import arn
from landing.policy.pattern import Pattern, Token, Wild


class Some(Enum):
    """Sets of characters that are not listed one by one."""

    ANY = "any"
    NOT_COLON = "not colon"
    NOT_SLASH = "not slash"
    DIGIT = "digit"

    def has(self, char: str) -> bool:
        """Whether a character is one of the set."""
        if self is Some.NOT_COLON:
            return char != ":"
        if self is Some.NOT_SLASH:
            return char != "/"
        return self is Some.ANY or char in "0123456789"


@dataclass(frozen=True, slots=True)
class Step:
    """One character out of a set; `many` for any number of them."""

    chars: frozenset[str] | Some
    many: bool = False

    def has(self, char: str) -> bool:
        """Whether it takes a character."""
        return self.chars.has(char) if isinstance(self.chars, Some) else char in self.chars


Steps = tuple[Step, ...]
STATES = 40_000
_OTHERS = "xyzabcdefghijklmnopqrstuvwXYZABCDEFGHIJKLMNOPQRSTUVWøæ"


class TooManyError(Exception):
    """A cap was reached: nothing is known of what lies behind it."""


def text_steps(tokens: Iterable[Token], *, lower: bool = False, any_: Some = Some.ANY) -> Steps:
    """A glob; `lower` lets each letter be of either case, `any_` is what a wildcard stands for."""
    steps = []
    for token in tokens:
        if isinstance(token, Wild):
            steps.append(Step(any_, token is Wild.MANY))
        elif isinstance(token, str):
            steps += [
                Step(frozenset((char, char.lower(), char.upper()) if lower else char)) for char in token
            ]
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


def reach(patterns: Sequence[Steps], domain: Steps, *, states: int = STATES) -> list[str]:
    """A shortest text of the domain for each combination of patterns that a text of it matches.

    Walks the product of the patterns' automata breadth first. Raises `TooManyError` past a number of states.
    """
    machine = _Machine([*patterns, domain])
    texts: dict[int, str] = {}
    seen = {machine.start}
    queue = [(machine.start, "")]
    for state, text in queue:
        if state & machine.domain_end:
            texts.setdefault(state & machine.ends, text)
        for char, literal_bits, move, stay in machine.alphabet:
            # A character that no pattern waits for here acts as the other characters do.
            if literal_bits is not None and not state & literal_bits:
                continue
            after = ((state & move) << 1) | (state & stay)
            if after in seen or not after & machine.domain_bits:
                continue
            if len(seen) >= states:
                raise TooManyError(f"more than {states} states of {len(patterns)} patterns")
            seen.add(after)
            queue.append((after, text + char))
    return list(texts.values())


class _Machine:
    """All patterns side by side in the bits of one number; the last is the domain.

    Bit i of a pattern says that i of its single steps are taken. A character moves the bits whose next step
    takes it and keeps those that stand before a repeated step that takes it.
    """

    def __init__(self, patterns: Sequence[Steps]) -> None:
        singles: list[tuple[int, Step]] = []
        loops: list[tuple[int, Step]] = []
        self.start = self.ends = self.domain_end = self.domain_bits = 0
        at = 0
        for steps in patterns:
            begin = at
            self.start |= 1 << at
            for step in steps:
                if step.many:
                    loops.append((1 << at, step))
                else:
                    singles.append((1 << at, step))
                    at += 1
            self.domain_end = 1 << at
            self.domain_bits = (1 << (at + 1)) - (1 << begin)
            self.ends |= 1 << at
            at += 1
        self.alphabet = list(self._characters(singles, loops))

    @staticmethod
    def _characters(
        singles: list[tuple[int, Step]], loops: list[tuple[int, Step]]
    ) -> Iterable[tuple[str, int | None, int, int]]:
        """Each character, the bits that wait for just it (none: try always), that move, that stay."""
        literal_bits: dict[str, int] = {}
        kinds = {step.chars for _, step in (*singles, *loops) if isinstance(step.chars, Some)}
        for bit, step in singles:
            if not isinstance(step.chars, Some):
                for char in step.chars:
                    literal_bits[char] = literal_bits.get(char, 0) | bit
        others = [next(char for char in _OTHERS if char not in literal_bits)]
        if Some.DIGIT in kinds:
            others += [char for char in "9876543210" if char not in literal_bits][:1]
        others += [char for kind, char in ((Some.NOT_COLON, ":"), (Some.NOT_SLASH, "/")) if kind in kinds]
        for char in (*others, *(char for char in sorted(literal_bits) if char not in others)):
            move = sum(bit for bit, step in singles if step.has(char))
            stay = 0
            for bit, step in loops:
                stay |= bit if step.has(char) else 0
            yield char, None if char in others else literal_bits[char], move, stay
