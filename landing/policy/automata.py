"""Globs as automata: which combinations of patterns one text can match, and a text that meets given ones."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache, lru_cache
from heapq import heappop, heappush
from string import ascii_letters, digits
from typing import NamedTuple

from landing.policy.glob_steps import Some, Step, Steps

STATES = 20_000
_KEPT = 4_096
# Characters of every kind, those that read well first; beyond ASCII there are more than any policy lists.
_CHARS = "xyzabcdefghijklmnopqrstuvwXYZABCDEFGHIJKLMNOPQRSTUVW9876543210" + "".join(
    char for char in map(chr, (*range(32, 127), *range(0xE6, 0x600))) if char not in ascii_letters + digits
)


class TooManyError(Exception):
    """A cap was reached: nothing is known of what lies behind it."""


class Reached(NamedTuple):
    """Texts, and whether they are all there are of their kind."""

    texts: tuple[str, ...]
    complete: bool


def reach(patterns: Sequence[Steps], domain: Steps, *, states: int = STATES) -> Reached:
    """A shortest text of the domain for each combination of patterns that a text of it matches.

    Walks the product of the patterns' automata breadth first, up to a number of states. What was found is kept: the
    claims of a file ask the same of account after account.
    """
    return _reached(tuple(patterns), tuple(domain), states)


@lru_cache(maxsize=_KEPT)
def _reached(patterns: tuple[Steps, ...], domain: Steps, states: int) -> Reached:
    machine = _Machine([*patterns, domain])
    texts: dict[int, str] = {}
    seen = {machine.start}
    queue = [(machine.start, "")]
    for state, text in queue:
        if state & machine.domain_end:
            texts.setdefault(state & machine.ends, text)
        for char, after in machine.after(state):
            if after in seen:
                continue
            if len(seen) >= states:
                return Reached(tuple(texts.values()), complete=False)
            seen.add(after)
            queue.append((after, text + char))
    return Reached(tuple(texts.values()), complete=True)


def reach_all(patterns: Sequence[Steps], domain: Steps, *, states: int = STATES) -> list[str]:
    """As `reach`, for who needs all texts. Raises `TooManyError` past the number of states."""
    reached = reach(patterns, domain, states=states)
    if not reached.complete:
        raise TooManyError(f"more than {states} states of {len(patterns)} patterns")
    return list(reached.texts)


class Goal(NamedTuple):
    """What a text is to match: one pattern of each group that is `required`, and none that is `forbidden`.

    `others` are patterns that make a difference to `accept`, which has the last word on a text.
    """

    required: Sequence[Sequence[Steps]]
    forbidden: Sequence[Steps]
    others: Sequence[Steps]
    accept: Callable[[str], bool]


def find(goal: Goal, domain: Steps, *, states: int = STATES) -> str | None:
    """A text of the domain that meets a goal, or none as there is none.

    Walks the product of the automata towards the required groups, and gives up where one of them is out of
    reach or a forbidden pattern can no longer fail. Raises `TooManyError` past a number of states.
    """
    groups = [list(group) for group in goal.required]
    flat = [steps for group in groups for steps in group]
    machine = _Machine([*flat, *goal.forbidden, *goal.others, domain])
    spans = iter(machine.spans)
    alive = [[next(spans) for _ in group] for group in groups]
    group_bits = [sum(span.bits for span in group) for group in alive]
    group_ends = [sum(span.end for span in group) for group in alive]
    lost = sum(next(spans).absorbing for _ in goal.forbidden)
    tested: set[int] = set()
    seen = {machine.start}
    heap = [(sum(1 for ends in group_ends if not machine.start & ends), 0, 0, machine.start, "")]
    while heap:
        missing, length, _, state, text = heappop(heap)
        if not missing and state & machine.domain_end and state & machine.ends not in tested:
            tested.add(state & machine.ends)
            if goal.accept(text):
                return text
        for char, after in machine.after(state):
            if after in seen or after & lost or not all(after & bits for bits in group_bits):
                continue
            if len(seen) >= states:
                raise TooManyError(f"more than {states} states of {len(machine.spans)} patterns")
            seen.add(after)
            still = sum(1 for ends in group_ends if not after & ends)
            heappush(heap, (still, length + 1, len(seen), after, text + char))
    return None


class _Span(NamedTuple):
    """The bits of a pattern, the last of them, and that again if the pattern goes on matching from there."""

    bits: int
    end: int
    absorbing: int


class _Machine:
    """All patterns side by side in the bits of one number; the last is the domain.

    Bit i of a pattern says that i of its single steps are taken. A character moves the bits whose next step
    takes it and keeps those that stand before a repeated step that takes it.
    """

    def __init__(self, patterns: Sequence[Steps]) -> None:
        singles: list[tuple[int, Step]] = []
        loops: list[tuple[int, Step]] = []
        self.spans: list[_Span] = []
        self.start = self.ends = 0
        at = 0
        for steps in patterns:
            begin = at
            for step in steps:
                (loops if step.many else singles).append((1 << at, step))
                at += 0 if step.many else 1
            forever = bool(steps) and steps[-1] == Step(Some.ANY, many=True)
            self.spans.append(_Span((2 << at) - (1 << begin), 1 << at, 1 << at if forever else 0))
            self.start |= 1 << begin
            self.ends |= 1 << at
            at += 1
        self._domain_bits, self.domain_end, _ = self.spans[-1]
        self._alphabet = list(_alphabet(singles, loops))

    def after(self, state: int) -> Iterator[tuple[str, int]]:
        """The states that follow, each with a character that leads to it, while the domain can be met."""
        for char, waiting, move, stay in self._alphabet:
            # A character that no pattern waits for here acts as the other characters do.
            if state & waiting:
                after = ((state & move) << 1) | (state & stay)
                if after & self._domain_bits:
                    yield char, after


def _alphabet(
    singles: Iterable[tuple[int, Step]], loops: Iterable[tuple[int, Step]]
) -> Iterable[tuple[str, int, int, int]]:
    """Each character with the bits that wait for just it (all, to try it always), that move and that stay."""
    waiting, moving = _by_chars(singles)
    _, staying = _by_chars(loops)
    kinds = moving.keys() | staying.keys()
    others: list[str] = []
    for alike in _kinds_of_chars(frozenset(kinds)):
        # Where every one of a kind is waited for somewhere, none of them acts as the others everywhere.
        others += [char for char in alike if char not in waiting][:1] or alike
    for char in (*others, *(char for char in sorted(waiting, key=str.swapcase) if char not in others)):
        move = waiting.get(char, 0) | _of_kinds(moving, char)
        yield char, -1 if char in others else waiting[char], move, _of_kinds(staying, char)


@cache
def _kinds_of_chars(kinds: frozenset[Some]) -> tuple[str, ...]:
    """The characters in groups, each of those that are in the same of some sets."""
    groups: dict[tuple[bool, ...], str] = {}
    for char in _CHARS:
        member = tuple(kind.has(char) for kind in kinds)
        groups[member] = groups.get(member, "") + char
    return tuple(groups.values())


def _by_chars(steps: Iterable[tuple[int, Step]]) -> tuple[dict[str, int], dict[Some, int]]:
    """The bits of the steps that take a character, and of those that take a set of them."""
    literal: dict[str, int] = {}
    kinds: dict[Some, int] = {}
    for bit, step in steps:
        if isinstance(step.chars, Some):
            kinds[step.chars] = kinds.get(step.chars, 0) | bit
        else:
            for char in step.chars:
                literal[char] = literal.get(char, 0) | bit
    return literal, kinds


def _of_kinds(kinds: dict[Some, int], char: str) -> int:
    bits = 0
    for kind, held in kinds.items():
        bits |= held if kind.has(char) else 0
    return bits
