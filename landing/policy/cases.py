"""The actions of a claim in groups that the policies treat alike, each with the variables of its requests."""

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from landing.policy.automata import TooManyError
from landing.policy.catalog import Action
from landing.policy.keys import find_key, spelled
from landing.policy.levels import Rule
from landing.policy.request_space import PRINCIPAL, RESOURCE, RequestSpace
from landing.policy.resource_space import form_of
from landing.policy.search import Ask, Asks, Constraint, Search, Way
from landing.policy.statement_matches import Hits
from landing.policy.truth import Unknown
from landing.policy.variables import Variable


@dataclass(frozen=True, slots=True)
class Hit:
    """A statement that a case's actions hit, and for which requests it applies.

    `certain` is whether it is sure to apply to those: neither its action nor the statement itself is in
    doubt.
    """

    rule: Rule
    certain: bool
    checks: tuple[tuple[str, Hashable], ...]


@dataclass(frozen=True, slots=True)
class Case:
    """Actions alike, the statements they hit, and the variables of their requests."""

    actions: tuple[Action, ...]
    hits: tuple[Hit, ...]
    variables: Mapping[str, Variable]
    space: RequestSpace

    def applies(self, hit: Hit, *, certain: bool) -> Way:
        """What makes a statement apply: surely, or perhaps."""
        return self._way([Ask(*check, holds=True, certain=certain) for check in hit.checks])

    def fails(self, hit: Hit, *, certain: bool) -> Constraint:
        """What makes a statement not apply: surely, or perhaps."""
        return [self._way([Ask(*check, holds=False, certain=certain)]) for check in hit.checks]

    def _way(self, asks: Sequence[Ask]) -> Way:
        masks: dict[str, int] = {}
        for ask in asks:
            mask = self.variables[ask.variable].mask(ask)
            masks[ask.variable] = masks.get(ask.variable, mask) & mask
        return Way(masks, frozenset(ask for ask in asks if self.variables[ask.variable].open))

    def search(self, constraints: Callable[[], Sequence[Constraint]]) -> dict[str, Any] | None:
        """A request that meets some constraints; they are asked for again whenever a class is found.

        Raises `TooManyError` when it cannot be told.
        """
        while True:
            search = Search(constraints())
            domains = {
                name: self.space.domain(name, variable, self.actions[0]) for name, variable in self.variables.items()
            }
            found = search.solve(domains)
            if found is not None:
                return self.space.request(self.actions[0], self.variables, found)
            # Only what no class at all can meet makes the search complete.
            if not [conflict for conflict in search.conflicts if self._learn(conflict)]:
                return None

    def open_keys(self) -> list[str]:
        """The keys that the policies' variables name and whose value nothing fixes."""
        needs = {key for hit in self.hits for key in hit.rule.needs}
        return [f"${{{spelled(key)}}}" for key in sorted(needs) if isinstance(self.space.fixed.get(key), Unknown)]

    def with_variables(self, request: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        """The request with keys that variables name set to what the variables are compared with."""
        context = {key.lower(): value for key, value in request["context"].items()}
        for condition in (condition for hit in self.hits for condition in hit.rule.conditions):
            free = [key for key in condition.needs if self.space.may_have(key, self.actions[0])]
            value = context.get(condition.key)
            if free and isinstance(value, str):
                filled = {self.space.names.get(key, spelled(key)): value for key in free if key not in context}
                yield {**request, "context": {**request["context"], **filled}}

    def _learn(self, conflict: Asks) -> bool:
        names = {ask.variable for ask in conflict}
        return all(
            self.variables[name].learn(frozenset(ask for ask in conflict if ask.variable == name)) for name in names
        )


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
    space: RequestSpace,
    rules: Sequence[Rule],
    groups: Mapping[Hits, Sequence[Action]],
    tally: Tally,
) -> Iterator[Case | Unsolved]:
    """All cases of some actions, in groups by what they hit, the bits being those of the rules.

    Actions that no resource of the claim is for have none. The tally is kept.
    """
    for hits, members in groups.items():
        hit_rules = [(rule, bool(hits.sure >> number & 1)) for number, rule in chosen(rules, hits.may)]
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


def chosen(rules: Sequence[Rule], bits: int) -> Iterator[tuple[int, Rule]]:
    """The rules whose bits are set, with their numbers."""
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
    signatures: dict[Any, Any] = {}
    for action in actions:
        form = form_of(action)
        if form not in signatures:
            signatures[form] = _signature(space, rules, action)
        apart[signatures[form], tuple(space.ruled_out(key, action) for key in scoped)].append(action)
    return apart.values()


def _signature(space: RequestSpace, rules: Sequence[Rule], action: Action) -> Any:
    try:
        return space.resource(action, rules).signature
    except TooManyError:
        return action.formats


def _case(space: RequestSpace, hit_rules: Sequence[tuple[Rule, bool]], actions: Sequence[Action]) -> Case:
    rules = [rule for rule, _ in hit_rules]
    by_name: dict[str, list[Any]] = defaultdict(list)
    for rule in rules:
        for condition in rule.conditions:
            by_name[space.variable_of(condition.key)].append(condition)
    by_name[PRINCIPAL] += []
    variables = {name: space.variable(name, conditions) for name, conditions in by_name.items()}
    variables[RESOURCE] = space.resource(actions[0], rules)
    hits = tuple(
        Hit(rule, certain and rule.doubt is None and rule.effect is not None, space.asked(rule))
        for rule, certain in hit_rules
    )
    return Case(tuple(actions), hits, variables, space)
