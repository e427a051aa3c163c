"""Looks for one choice per variable that meets all constraints: the parts of a request, for instance."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from landing.policy.automata import TooManyError

Domains = dict[str, int]
NODES = 20_000


class Ask(NamedTuple):
    """What is asked of a variable: that a check holds, or not; surely, or perhaps."""

    variable: str
    check: Hashable
    holds: bool
    certain: bool


Asks = frozenset[Ask]


@dataclass(frozen=True, slots=True)
class Way:
    """One way of meeting a constraint: of each variable it names, a class out of a set (a bit each).

    `asks` says the same for variables of which not all classes are known.
    """

    masks: Mapping[str, int]
    asks: Asks = frozenset()


Constraint = Sequence[Way]


@dataclass(slots=True)
class Search:
    """A search; `conflicts` is what no known class could meet: the search is complete if nothing can."""

    constraints: Sequence[Constraint]
    conflicts: set[Asks] = field(default_factory=set)
    left: int = NODES

    def solve(self, domains: Domains) -> Domains | None:
        """The domains narrowed so that any choice out of them meets all constraints; none if there is none.

        A constraint is met when one of its ways is. Raises `TooManyError` when it takes too long.
        """
        if not all(domains.values()):
            return None
        return self._solve(domains, frozenset(), list(self.constraints))

    def _solve(self, domains: Domains, asked: Asks, constraints: list[Constraint]) -> Domains | None:
        self.left -= 1
        if self.left < 0:
            raise TooManyError(f"more than {NODES} steps in the search for a request")
        forced = True
        while forced:
            forced = False
            remaining: list[Constraint] = []
            for constraint in constraints:
                ways = [way for way in constraint if self._possible(domains, asked, way)]
                if not ways:
                    return None
                if any(_certain(domains, way) for way in ways):
                    continue
                if len(ways) == 1:
                    domains, asked = narrowed(domains, ways[0]), asked | ways[0].asks
                    forced = True
                else:
                    remaining.append(ways)
            constraints = remaining
        if not constraints:
            return domains
        first = min(range(len(constraints)), key=lambda index: len(constraints[index]))
        rest = constraints[:first] + constraints[first + 1 :]
        for way in constraints[first]:
            found = self._solve(narrowed(domains, way), asked | way.asks, rest)
            if found is not None:
                return found
        return None

    def _possible(self, domains: Domains, asked: Asks, way: Way) -> bool:
        failing = [name for name, allowed in way.masks.items() if not domains[name] & allowed]
        if failing and {ask.variable for ask in way.asks}.issuperset(failing):
            self.conflicts.add(frozenset(ask for ask in asked | way.asks if ask.variable in failing))
        return not failing


def _certain(domains: Domains, way: Way) -> bool:
    return all(not domains[name] & ~allowed for name, allowed in way.masks.items())


def narrowed(domains: Domains, way: Way) -> Domains:
    """The domains with what a way asks."""
    return {**domains, **{name: domains[name] & allowed for name, allowed in way.masks.items()}}
