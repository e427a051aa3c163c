"""Statements put through what a request says, key by key, all of them at once."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from landing.policy.conditions import Condition, Context
from landing.policy.levels import Resources, Rule
from landing.policy.operators import Test
from landing.policy.truth import Truth

# Bounds on what is remembered of each key: requests may have any number of values.
_KEPT = 4_096

_Masks = tuple[int, int]
_Check = tuple[Condition, Test]


class Hit(NamedTuple):
    """A statement that an action hits, or may hit."""

    rule: Rule
    on_action: Truth

    @property
    def always(self) -> bool:
        """Whether it surely applies to all requests for the action."""
        return self.on_action is True and self.rule.always


class Sieve:
    """Some statements, a bit each in their order; call it with a resource and a context.

    Statements of a hierarchy often ask for the same keys, and requests often have the same values there. So
    what a value of a key leaves of all statements is found out once, and a request is an And of such masks.
    What needs more than the one key, as variables do, is asked only of the statements that are left.
    """

    __slots__ = ("_all", "_columns", "_resources", "_sure", "_varied", "hits")

    def __init__(self, hits: Iterable[Hit]) -> None:
        self.hits = tuple(hits)
        self._all = (1 << len(self.hits)) - 1
        self._sure = 0
        columns: dict[str, dict[_Check, int]] = defaultdict(lambda: defaultdict(int))
        varied: dict[Condition, int] = defaultdict(int)
        resources: dict[Resources, int] = defaultdict(int)
        for number, (rule, on_action) in enumerate(self.hits):
            bit = 1 << number
            if on_action is True and rule.doubt is None:
                self._sure |= bit
            if rule.resources is not None:
                resources[rule.resources] |= bit
            for condition in rule.conditions:
                if condition.single is None:
                    varied[condition] |= bit
                else:
                    columns[condition.key][condition, condition.single] |= bit
        self._columns = tuple((key, _Column(columns[key])) for key in sorted(columns))
        self._resources = tuple(resources.items())
        self._varied = tuple(varied.items())

    def __call__(self, resource: str, context: Context) -> _Masks:
        """The statements that may apply, and those of them that surely do."""
        may, sure = self._all, self._sure
        for key, column in self._columns:
            value = context.get(key)
            if value is None or type(value) is str:
                found = column.known.get(value) or column.learn(value)
            else:
                found = column.masks(value)
            may &= found[0]
            if not may:
                return 0, 0
            sure &= found[1]
        for element, bits in self._resources:
            if may & bits:
                may, sure = _narrowed(may, sure, element(resource, context), bits)
        for condition, bits in self._varied:
            if may & bits:
                may, sure = _narrowed(may, sure, condition(context), bits)
        return may, sure & may


class _Column:
    """What each value of one key leaves of the statements that look at it, all others included."""

    __slots__ = ("_checks", "known")

    def __init__(self, checks: Mapping[_Check, int]) -> None:
        self._checks = tuple((*check, bits) for check, bits in checks.items())
        self.known: dict[str | None, _Masks] = {}

    def learn(self, value: str | None) -> _Masks:
        """The masks for a string or an absent key, to be remembered."""
        if len(self.known) >= _KEPT:
            self.known.clear()
        found = self.known[value] = self.masks(value)
        return found

    def masks(self, value: object) -> _Masks:
        """The masks for any value."""
        may = sure = -1
        text = value if type(value) is str else ""
        for condition, single, bits in self._checks:
            truth = single(text) if text and condition.by_value else condition.truth(value, single)
            if truth is not True:
                sure &= ~bits
                if truth is False:
                    may &= ~bits
        return may, sure


def _narrowed(may: int, sure: int, truth: Truth, bits: int) -> _Masks:
    """What is left of all statements when some of them need a condition of a truth."""
    if truth is True:
        return may, sure
    return may & ~bits if truth is False else may, sure & ~bits


def bits_of(mask: int) -> Iterator[int]:
    """The numbers of the bits of a mask, the lowest first."""
    while mask:
        lowest = mask & -mask
        yield lowest.bit_length() - 1
        mask ^= lowest
