"""What a change of policies does: which actions become denied or permitted, with a request for each.

Computed from the classes of requests that the policies tell apart, as proofs are, and not from samples.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any

from landing.policy.automata import TooManyError
from landing.policy.cases import Case, Tally, Unsolved, cases, chosen
from landing.policy.claim import Claim, actions_of, read_claim
from landing.policy.document import statements
from landing.policy.evaluation import SCP, CompiledLevels
from landing.policy.hits import Hits, group
from landing.policy.levels import Compiled, Policies, Rule
from landing.policy.prover import within_rcps
from landing.policy.request_space import RequestSpace
from landing.policy.sides import Side, meeting

Levels = Sequence[Sequence[Mapping[str, Any]]]
"""Policies by level, as `evaluate` takes them, to be looked at more than once."""


@dataclass(frozen=True, slots=True)
class Changed:
    """Actions alike for which some requests are treated otherwise than before.

    `example` is one of these requests, confirmed by the evaluator, for the first of the actions. `entirely`
    is whether no request for the actions passes on the side that blocks the example. `by` are the statements
    that deny the example, as POLICY/SID; none where it is blocked for want of an Allow.
    """

    actions: tuple[str, ...]
    example: dict[str, Any]
    entirely: bool
    by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Open:
    """Actions of which it cannot be told what becomes of them, and why."""

    actions: tuple[str, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class Effect:
    """What a change does; empty where it changes nothing."""

    denied: tuple[Changed, ...]
    permitted: tuple[Changed, ...]
    undetermined: tuple[Open, ...]


def effect(before: Policies, after: Policies, scope: Mapping[str, Any] | None = None, policy_type: str = SCP) -> Effect:
    """The effect of replacing one hierarchy by another.

    `scope` narrows the requests that are looked at; it has the keys of a claim (see `read_claim`), but
    ``actions`` in place of ``deny`` and ``allow``: all actions of the catalogue without it. An action may
    be among both the denied and the permitted, for different requests. Raises ValueError on what is no
    scope.
    """
    comparison = _Comparison([before, after], scope or {}, policy_type)
    denied, no_denial = comparison.requests(passes=0, blocks=(1,))
    permitted, no_permission = comparison.requests(passes=1, blocks=(0,))
    return Effect(tuple(denied), tuple(permitted), tuple(dict.fromkeys((*no_denial, *no_permission))))


def share(
    before: Levels,
    after: Levels,
    *,
    alone: Levels,
    without: Levels,
    scope: Mapping[str, Any] | None = None,
    policy_type: str = SCP,
) -> Effect:
    """What of the effect of several changes is owed to one of them.

    `alone` is what there is with this change and no other, `without` with all others and not this one. A request that
    becomes denied (or permitted) in the end is owed to the change if that alone does so, or if without it the
    request would be as before: of two guardrails that both denied it and go, each is told to permit it.
    """
    if alone == after or (_grows(before, alone) and _grows(alone, after)):
        return effect(before, alone, scope, policy_type)
    first = _Comparison([before, alone, after], scope or {}, policy_type, both=(1, 2))
    second = _Comparison([before, without, after], scope or {}, policy_type, both=(0, 1))
    denied = (first.requests(passes=0, blocks=(1, 2)), second.requests(passes=3, blocks=(2,)))
    permitted = (first.requests(passes=3, blocks=(0,)), second.requests(passes=2, blocks=(0, 1)))
    unknown = dict.fromkeys(item for _, found in (*denied, *permitted) for item in found)
    return Effect(
        tuple(item for found, _ in denied for item in found),
        tuple(item for found, _ in permitted for item in found),
        tuple(unknown),
    )


def _grows(some: Levels, more: Levels) -> bool:
    """Whether nothing but policies that only deny is added: what was blocked stays so."""
    if len(some) != len(more):
        return False
    for fewer, level in zip(some, more, strict=True):
        added = [policy for policy in level if policy not in fewer]
        denying = (statement.effect == "Deny" for policy in added for statement in statements(policy["policy"]))
        if any(policy not in level for policy in fewer) or not all(denying):
            return False
    return True


def weaker(
    before: Policies,
    between: Policies,
    after: Policies,
    scope: Mapping[str, Any] | None = None,
    policy_type: str = SCP,
) -> Effect:
    """What a state on the way lets through though it is blocked both before and after: the `permitted` ones.

    The rest is as for `effect`.
    """
    comparison = _Comparison([before, between, after], scope or {}, policy_type)
    permitted, unknown = comparison.requests(passes=1, blocks=(0, 2))
    return Effect((), tuple(permitted), tuple(unknown))


class _Comparison:
    """Several hierarchies over the same requests; one more, the last, lets through what both of two do."""

    def __init__(
        self,
        hierarchies: Sequence[Policies],
        scope: Mapping[str, Any],
        policy_type: str,
        *,
        both: tuple[int, int] | None = None,
    ) -> None:
        shared = Compiled()
        self._compared = len(hierarchies)
        if both is not None:
            hierarchies = [*hierarchies, [level for number in both for level in hierarchies[number]]]
        self.policies = [CompiledLevels(levels, policy_type, shared) for levels in hierarchies]
        claim = _claim(scope)
        rules = [rule for policies in self.policies for level in policies.rules for rule in level]
        needs_allow = self.policies[0].needs_allow
        actions = [action for action in actions_of(claim) if needs_allow or within_rcps(action)]
        groups = group(actions, rules)
        changing = {hits: alike for hits, alike in groups.items() if self._differ(hits, rules)}
        hit = reduce(or_, (hits.may for hits in changing), 0)
        space = RequestSpace(claim, [rule for _, rule in chosen(rules, hit)], outsiders=not needs_allow)
        self._cases = list(cases(space, rules, changing, Tally(Counter())))

    def _differ(self, hits: Hits, rules: Sequence[Rule]) -> bool:
        """Whether the hierarchies say different things to the actions that hit some statements."""
        hit = {id(rule): bool(hits.sure >> number & 1) for number, rule in chosen(rules, hits.may)}
        said = set()
        for policies in self.policies[: self._compared]:
            denies = set()
            allows = []
            for level in policies.rules:
                own = [(rule.effect, rule.meaning, hit[id(rule)]) for rule in level if id(rule) in hit]
                denies |= {statement for statement in own if statement[0] != "Allow"}
                allows.append(frozenset(statement for statement in own if statement[0] != "Deny"))
            said.add((frozenset(denies), frozenset(allows) if policies.needs_allow else frozenset()))
        return len(said) > 1

    def requests(self, *, passes: int, blocks: Sequence[int]) -> tuple[list[Changed], list[Open]]:
        """The actions with a request that one hierarchy lets through and all others given block."""
        changed: list[Changed] = []
        unknown: list[Open] = []
        for case in self._cases:
            found = self._request(case, passes, blocks)
            if isinstance(found, Changed):
                changed.append(found)
            elif found is not None:
                unknown.append(found)
        return changed, unknown

    def _request(self, case: Case | Unsolved, passes: int, blocks: Sequence[int]) -> Changed | Open | None:
        names = tuple(action.text for action in case.actions)
        if isinstance(case, Unsolved):
            return Open(names, case.reason)
        passing = Side.of(case, self.policies[passes])
        blocking = [Side.of(case, self.policies[number]) for number in blocks]
        try:
            for certain in (True, False):
                request = meeting(case, passes=passing, blocks=blocking, certain=certain)
                if request is not None:
                    break
            else:
                return None
            for tried in (request, *case.with_variables(request)):
                if self._confirms(tried, passes, blocks):
                    return Changed(names, tried, self._blocks_all(case, blocking), self._by(tried, blocks))
            return Open(names, self._doubt(case, request, (passes, *blocks)))
        except TooManyError as error:
            return Open(names, str(error))

    def _confirms(self, request: Mapping[str, Any], passes: int, blocks: Sequence[int]) -> bool:
        if self.policies[passes].evaluate(request).blocked is not False:
            return False
        return all(self.policies[number].evaluate(request).blocked is True for number in blocks)

    def _by(self, request: Mapping[str, Any], blocks: Sequence[int]) -> tuple[str, ...]:
        sides = [{place.name for place in self.policies[number].evaluate(request).denies} for number in blocks]
        return tuple(sorted(set.intersection(*sides) or set.union(*sides)))

    @staticmethod
    def _blocks_all(case: Case, sides: Sequence[Side]) -> bool:
        return all(meeting(case, passes=side, blocks=[], certain=False) is None for side in sides)

    def _doubt(self, case: Case, request: Mapping[str, Any], numbers: Sequence[int]) -> str:
        verdicts = [self.policies[number].evaluate(request) for number in numbers]
        reasons = [f"{doubt.place.policy}: {doubt.reason}" for item in verdicts for doubt in item.doubts]
        reasons += [f"a policy compares with {name}, whose value is not fixed" for name in case.open_keys()]
        return [*reasons, f"the evaluator does not confirm the request {request}"][0]


def _claim(scope: Mapping[str, Any]) -> Claim:
    claimed = {key: value for key, value in scope.items() if key != "actions"}
    if {"deny", "allow"} & set(claimed):
        raise ValueError("a scope has actions, and neither deny nor allow")
    return read_claim({"deny": scope.get("actions", "*"), **claimed})
