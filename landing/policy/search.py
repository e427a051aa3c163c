"""Looks for one choice per variable that meets all constraints: the parts of a request, for instance."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from landing.policy.automata import TooManyError

# What a way of meeting a constraint asks: of each variable it names, a choice out of a set (a bit each).
Way = Mapping[str, int]
Constraint = Sequence[Way]
Domains = dict[str, int]

NODES = 20_000


@dataclass(slots=True)
class _Budget:
    left: int = field(default=NODES)

    def spend(self) -> None:
        self.left -= 1
        if self.left < 0:
            raise TooManyError(f"more than {NODES} steps in the search for a request")


def solve(domains: Domains, constraints: Sequence[Constraint]) -> Domains | None:
    """The domains narrowed so that any choice out of them meets all constraints; none if there is none.

    A constraint is met when one of its ways is. Raises `TooManyError` when it takes too long.
    """
    if not all(domains.values()):
        return None
    return _solve(domains, list(constraints), _Budget())


def _solve(domains: Domains, constraints: list[Constraint], budget: _Budget) -> Domains | None:
    budget.spend()
    while True:
        open_: list[list[Way]] = []
        forced = False
        for constraint in constraints:
            ways = [way for way in constraint if _possible(domains, way)]
            if not ways:
                return None
            if any(_certain(domains, way) for way in ways):
                continue
            if len(ways) == 1:
                domains = narrowed(domains, ways[0])
                forced = True
            else:
                open_.append(ways)
        if not open_:
            return domains
        constraints = list(open_)
        if not forced:
            break
    first = min(range(len(open_)), key=lambda index: len(open_[index]))
    rest: list[Constraint] = [ways for index, ways in enumerate(open_) if index != first]
    for way in open_[first]:
        found = _solve(narrowed(domains, way), rest, budget)
        if found is not None:
            return found
    return None


def _possible(domains: Domains, way: Way) -> bool:
    return all(domains[name] & allowed for name, allowed in way.items())


def _certain(domains: Domains, way: Way) -> bool:
    return all(not domains[name] & ~allowed for name, allowed in way.items())


def narrowed(domains: Domains, way: Way) -> Domains:
    """The domains with what a way asks."""
    return {**domains, **{name: domains[name] & allowed for name, allowed in way.items()}}


def outside(sets: Way) -> Constraint:
    """The constraint that not all of some variables are in their sets."""
    return [{name: ~allowed} for name, allowed in sets.items()]
