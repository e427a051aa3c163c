"""A part of a request as a variable: the classes of its values, and what each makes of the conditions."""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from landing.policy.automata import TooManyError
from landing.policy.conditions import Condition, Context
from landing.policy.keys import Key
from landing.policy.truth import Truth, Unknown, every, some

ABSENT = None
CLASSES = 4_000


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable of the search: a value of each class, and for each check the classes it holds for.

    A class is a bit: `sure` has those where a check surely holds, `may` also those where it is unknown.
    Variables with the same checks and the same signature have the same classes.
    """

    values: tuple[Any, ...]
    sure: Mapping[Hashable, int]
    may: Mapping[Hashable, int]
    signature: frozenset[Any] = frozenset()

    @property
    def full(self) -> int:
        """All classes."""
        return (1 << len(self.values)) - 1


def classify(
    values: Iterable[Any], checks: Sequence[Hashable], truth: Callable[[Any, Any], Truth]
) -> Variable:
    """The classes of some values, told apart by the truth of the checks; the first of each stands for it."""
    seen: dict[tuple[Any, ...], None] = {}
    kept: list[Any] = []
    sure = dict.fromkeys(checks, 0)
    may = dict.fromkeys(checks, 0)
    for value in values:
        truths = [truth(check, value) for check in checks]
        signature = tuple(None if isinstance(item, Unknown) else item for item in truths)
        if signature in seen:
            continue
        seen[signature] = None
        bit = 1 << len(kept)
        kept.append(value)
        for check, item in zip(checks, truths, strict=True):
            if item is not False:
                may[check] |= bit
            if item is True:
                sure[check] |= bit
    return Variable(tuple(kept), sure, may, frozenset(seen))


def key_variable(
    found: Key | None, conditions: Sequence[Condition], scalars: Sequence[str], pins: Context
) -> Variable:
    """The classes of a condition key. The first is its absence, for the caller to rule out."""
    tests = {id(condition): condition.single or condition.filled(pins) for condition in _sound(conditions)}
    many = found is not None and found.multivalued
    values: list[Any] = []
    if not many:
        values += scalars
    if many or (found is None and any(item.use and item.use.quantifier for item in conditions)):
        values += lists(conditions, scalars, pins)

    def truth(condition: Condition, value: Any) -> Truth:
        if condition.fault is not None:
            return Unknown(condition.fault)
        return condition.truth(value, tests[id(condition)])

    present = classify(values, conditions, truth)
    # Absence is a class of its own even where it acts as some value does: a key may be said to be there.
    absent = classify([ABSENT], conditions, truth)
    return Variable(
        (ABSENT, *present.values),
        {item: absent.sure[item] | present.sure[item] << 1 for item in conditions},
        {item: absent.may[item] | present.may[item] << 1 for item in conditions},
    )


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
