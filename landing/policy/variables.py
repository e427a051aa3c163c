"""A part of a request as a variable: the classes of its values, and what each makes of the conditions."""

from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import Any, Protocol

from landing.policy.automata import TooManyError
from landing.policy.conditions import Condition, Context
from landing.policy.keys import Key
from landing.policy.search import Ask, Asks
from landing.policy.truth import Truth, Unknown, every, some

ABSENT = None
CLASSES = 4_000


class Learner(Protocol):
    """Looks for a value that does all that is asked; none if there is none."""

    def __call__(self, asks: Asks) -> Any | None:
        """Raises `TooManyError` if it cannot tell."""


class Variable:
    """A variable of the search: a value of each class, and for each check the classes it holds for.

    A class is a bit: `sure` has those where a check surely holds, `may` also those where it is unknown. The
    first value of a class stands for it. Without a `learner` the classes are all there are; with one, more
    can be found by what is asked of them.
    """

    def __init__(
        self,
        values: Iterable[Any],
        checks: Sequence[Hashable],
        truth: Callable[[Any, Any], Truth],
        learner: Learner | None = None,
    ) -> None:
        self.values: list[Any] = []
        self.sure = dict.fromkeys(checks, 0)
        self.may = dict.fromkeys(checks, 0)
        self.open = learner is not None
        self._truth = truth
        self._learner = learner
        self._signatures: dict[tuple[Any, ...], None] = {}
        self._barren: list[Asks] = []
        for value in values:
            self.add(value)

    def add(self, value: Any, *, apart: bool = False) -> None:
        """Take in a value if it is of a new class, or is to be kept apart."""
        truths = [self._truth(check, value) for check in self.sure]
        signature = tuple(None if isinstance(item, Unknown) else item for item in truths)
        if signature in self._signatures and not apart:
            return
        if not apart:
            self._signatures[signature] = None
        bit = 1 << len(self.values)
        self.values.append(value)
        for check, item in zip(self.sure, truths, strict=True):
            self.may[check] |= bit if item is not False else 0
            self.sure[check] |= bit if item is True else 0

    @property
    def full(self) -> int:
        """All classes."""
        return (1 << len(self.values)) - 1

    @property
    def signature(self) -> frozenset[Any]:
        """Equal for variables with the same checks and the same classes."""
        return frozenset(self._signatures)

    def mask(self, ask: Ask) -> int:
        """The classes that do what is asked."""
        if ask.holds:
            return (self.sure if ask.certain else self.may)[ask.check]
        return self.full & ~(self.may if ask.certain else self.sure)[ask.check]

    def learn(self, asks: Asks) -> bool:
        """Whether some class does all that is asked, if need be after looking for one."""
        known = self.full
        for ask in asks:
            known &= self.mask(ask)
        if known:
            return True
        if self._learner is None or any(barren <= asks for barren in self._barren):
            return False
        value = self._learner(asks)
        if value is None:
            self._barren.append(asks)
            return False
        self.add(value)
        return True


def key_variable(found: Key | None, conditions: Sequence[Condition], scalars: Sequence[str], pins: Context) -> Variable:
    """The classes of a condition key. The first is its absence, for the caller to rule out."""
    tests = {condition: condition.single or condition.filled(pins) for condition in _sound(conditions)}
    values: list[Any] = list(scalars)
    if found is None:
        # Nobody lists the key: it may have one value or several.
        values += lists(conditions, scalars, pins)
    elif found.multivalued:
        # A request may give one value as such, which acts otherwise than a list without a set operator.
        values = [*lists(conditions, scalars, pins), *filter(None, scalars)]

    def truth(condition: Condition, value: Any) -> Truth:
        if condition.fault is not None:
            return Unknown(condition.fault)
        return condition.truth(value, tests[condition])

    variable = Variable((), conditions, truth)
    # Absence is a class of its own even where it acts as some value does: a key may be said to be there.
    variable.add(ABSENT, apart=True)
    for value in values:
        variable.add(value)
    return variable


def _sound(conditions: Iterable[Condition]) -> Iterable[Condition]:
    return (condition for condition in conditions if condition.fault is None)


def lists(conditions: Sequence[Condition], elements: Sequence[str], pins: Context) -> list[list[str]]:
    """Lists of one or more values that together act as all such lists do.

    What a condition makes of a list is an And or an Or over its values, so lists are grown value by value
    until no new combination of truths comes up. Raises `TooManyError` past a number of combinations.
    """
    sound = list(_sound(conditions))
    tests = [condition.single or condition.filled(pins) for condition in sound]
    join = [_joined(condition) for condition in sound]
    units: dict[tuple[Truth, ...], list[str]] = {}
    for element in elements:
        if element:
            truths = (condition.truth([element], test) for condition, test in zip(sound, tests, strict=True))
            units.setdefault(tuple(_plain(item) for item in truths), [element])
    found = dict(units)
    queue = list(found)
    for truths_so_far in queue:
        for unit, element_list in units.items():
            pairs = zip(join, truths_so_far, unit, strict=True)
            truths_of_both = tuple(_plain(joined((one, other))) for joined, one, other in pairs)
            if truths_of_both in found:
                continue
            if len(found) >= CLASSES:
                raise TooManyError(f"more than {CLASSES} combinations of values of one key")
            found[truths_of_both] = found[truths_so_far] + element_list
            queue.append(truths_of_both)
    return list(found.values())


_IN_DOUBT = Unknown("")


def _plain(truth: Truth) -> Truth:
    """One unknown for all, so that combinations compare equal whatever the reason."""
    return _IN_DOUBT if isinstance(truth, Unknown) else truth


def _joined(condition: Condition) -> Callable[[Iterable[Truth]], Truth]:
    """How the truths of values make the truth of a list; any way does where the values do not matter."""
    quantifier = condition.use.quantifier if condition.use else None
    return some if quantifier == "ForAnyValue" else every
