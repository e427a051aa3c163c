"""The actions of a claim in groups that the policies treat alike, each with the variables of its requests."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from landing.policy.automata import TooManyError
from landing.policy.catalog import Action
from landing.policy.hits import group
from landing.policy.keys import find_key
from landing.policy.levels import Rule
from landing.policy.request_space import PRINCIPAL, RESOURCE, RequestSpace, Sets
from landing.policy.search import Domains
from landing.policy.variables import Variable


@dataclass(frozen=True, slots=True)
class Hit:
    """A statement that a case's actions hit, and for which requests it applies.

    `certain` is whether it is sure to apply to those: neither its action nor the statement itself is in
    doubt.
    """

    rule: Rule
    certain: bool
    sets: Sets


@dataclass(frozen=True, slots=True)
class Case:
    """Actions alike, the statements they hit, and the variables of their requests with their classes."""

    actions: tuple[Action, ...]
    hits: tuple[Hit, ...]
    variables: Mapping[str, Variable]
    domains: Domains
    space: RequestSpace

    def request(self, chosen: Domains, action: Action | None = None) -> dict[str, Any]:
        """The request for a solution, for the first action or, where no variable tells them apart, another."""
        return self.space.request(action or self.actions[0], self.variables, chosen)


@dataclass(frozen=True, slots=True)
class Unsolved:
    """Actions that a cap kept from being looked at."""

    actions: tuple[Action, ...]
    reason: str


@dataclass(slots=True)
class Tally:
    """What the cases rest on: keys taken to be absent by how many actions, and actions without a resource."""

    absent: Counter[str]
    idle: int = 0


def cases(
    space: RequestSpace, rules: Sequence[Rule], actions: Iterable[Action], tally: Tally
) -> Iterator[Case | Unsolved]:
    """All cases of some actions; the tally is kept. Actions that no resource of the claim is for have none."""
    for hits, members in group(actions, rules).items():
        hit_rules = [(rule, bool(hits.sure >> number & 1)) for number, rule in _chosen(rules, hits.may)]
        for alike in _refined(space, [rule for rule, _ in hit_rules], members):
            try:
                case = _case(space, hit_rules, alike)
            except TooManyError as error:
                yield Unsolved(tuple(alike), str(error))
                continue
            if not case.variables[RESOURCE].values:
                tally.idle += len(alike)
                continue
            ruled_out = [name for name in case.variables if space.ruled_out(name, alike[0])]
            tally.absent.update(dict.fromkeys(ruled_out, len(alike)))
            yield case


def _chosen(rules: Sequence[Rule], bits: int) -> Iterator[tuple[int, Rule]]:
    while bits:
        lowest = bits & -bits
        number = lowest.bit_length() - 1
        yield number, rules[number]
        bits ^= lowest


def _refined(space: RequestSpace, rules: Sequence[Rule], actions: Iterable[Action]) -> Iterable[list[Action]]:
    """The actions apart by the keys their requests can have and by the classes of their resources."""
    keys = {condition.key for rule in rules for condition in rule.conditions}
    scoped = sorted(key for key in keys if (found := find_key(key)) is not None and found.scope == "service")
    apart: dict[Any, list[Action]] = defaultdict(list)
    for action in actions:
        try:
            resources: Any = space.resource(action, rules).signature
        except TooManyError:
            resources = action.formats
        apart[resources, tuple(space.ruled_out(key, action) for key in scoped)].append(action)
    return apart.values()


def _case(space: RequestSpace, hit_rules: Sequence[tuple[Rule, bool]], actions: Sequence[Action]) -> Case:
    rules = [rule for rule, _ in hit_rules]
    by_name: dict[str, list[Any]] = defaultdict(list)
    for rule in rules:
        for condition in rule.conditions:
            by_name[space.variable_of(condition.key)].append(condition)
    by_name[PRINCIPAL] += []
    variables = {name: space.variable(name, conditions) for name, conditions in by_name.items()}
    variables[RESOURCE] = space.resource(actions[0], rules)
    domains = {name: space.domain(name, variable, actions[0]) for name, variable in variables.items()}
    hits = tuple(
        Hit(rule, certain and rule.doubt is None and rule.effect is not None, space.sets(rule, variables))
        for rule, certain in hit_rules
    )
    return Case(tuple(actions), hits, variables, domains, space)
