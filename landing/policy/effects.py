"""What a change of policies does: which actions become denied or permitted, with a request for each.

Computed from the classes of requests that the policies tell apart, as proofs are, and not from samples.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, reduce
from operator import or_
from typing import Any

from landing.policy.automata import TooManyError
from landing.policy.cases import Case, Tally, Unsolved, cases, chosen
from landing.policy.claim import Claim, named_by, read_claim
from landing.policy.document import statements
from landing.policy.evaluation import SCP, CompiledLevels
from landing.policy.levels import Compiled
from landing.policy.outcomes import Side, meeting
from landing.policy.prover import all_within_rcps, within_rcps
from landing.policy.request_space import RequestSpace
from landing.policy.statement_matches import Actions, Hits

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


class OverBudgetError(Exception):
    """Comparing takes more work than it was given."""


@dataclass(slots=True)
class Budget:
    """How much work comparisons may still be, in groups of actions that are looked at."""

    left: int

    def spend(self) -> None:
        """Take a unit of it. Raises `OverBudgetError` when there is none left."""
        if self.left <= 0:
            raise OverBudgetError
        self.left -= 1


def effect(before: Levels, after: Levels, scope: Mapping[str, Any] | None = None, policy_type: str = SCP) -> Effect:
    """The effect of replacing one hierarchy by another.

    `scope` narrows the requests that are looked at; it has the keys of a claim (see `read_claim`), but
    ``actions`` in place of ``deny`` and ``allow``: all actions of the catalogue without it. An action may
    be among both the denied and the permitted, for different requests. Raises ValueError on what is no
    scope.
    """
    return Comparison(before, after, scope=scope, policy_type=policy_type).effect()


def share(
    before: Levels,
    after: Levels,
    *,
    alone: Levels,
    without: Levels,
    scope: Mapping[str, Any] | None = None,
    policy_type: str = SCP,
) -> Effect:
    """What of the effect of several changes is owed to one of them: see `Comparison.share`."""
    return Comparison(before, after, scope=scope, policy_type=policy_type).share(alone, without)


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
    before: Levels,
    between: Levels,
    after: Levels,
    scope: Mapping[str, Any] | None = None,
    policy_type: str = SCP,
) -> Effect:
    """What a state on the way lets through though it is blocked both before and after: the `permitted` ones.

    The rest is as for `effect`.
    """
    comparison = Comparison(before, after, (between,), scope=scope, policy_type=policy_type)
    return comparison.answer(permitted=[Question((between,), (before, after))])


@dataclass(frozen=True, slots=True)
class Question:
    """Which requests do some hierarchies let through and all the others block?"""

    passes: tuple[Levels, ...]
    blocks: tuple[Levels, ...]


class Comparison:
    """Two hierarchies over the same requests, and others: most often made of the same statements, else given.

    The actions that the two treat differently are found once. To ask for what one change of many does is then work
    that goes with what that change changes, not with what the others do. With a budget, `OverBudgetError` is raised
    when it is used up.
    """

    def __init__(
        self,
        before: Levels,
        after: Levels,
        others: Sequence[Levels] = (),
        *,
        scope: Mapping[str, Any] | None = None,
        policy_type: str = SCP,
        compiled: Compiled | None = None,
        budget: Budget | None = None,
    ) -> None:
        self._scope, self._policy_type = scope or {}, policy_type
        self._shared, self._budget = compiled or Compiled(), budget
        self._before, self._after = before, after
        self._ends = (self._compiled(before), self._compiled(after))
        sets = [*self._ends, *map(self._compiled, others)]
        self._rules = list({id(rule): rule for each in sets for level in each.rules for rule in level}.values())
        self._known = frozenset(map(id, self._rules))
        common = frozenset.intersection(*(each.own for each in sets))
        claim = _claim(self._scope)
        actions = _asked(claim.actions, self._ends[0].needs_allow)
        groups = actions.group(self._rules, hit_by=[rule for rule in self._rules if id(rule) not in common])
        self._groups = {hits: alike for hits, alike in groups.items() if others or self._differ(hits, *self._ends)}
        hit = reduce(or_, (hits.may for hits in self._groups), 0)
        rules = [rule for _, rule in chosen(self._rules, hit)]
        self._space = RequestSpace(claim, rules, outsiders=not self._ends[0].needs_allow)
        self._cases: dict[Hits, list[Case | Unsolved]] = {}

    def _compiled(self, levels: Levels) -> CompiledLevels:
        return CompiledLevels(levels, self._policy_type, self._shared)

    def effect(self) -> Effect:
        """What becomes denied and permitted by all that differs."""
        return self.answer(
            denied=[Question((self._before,), (self._after,))], permitted=[Question((self._after,), (self._before,))]
        )

    def share(self, alone: Levels, without: Levels) -> Effect:
        """What of the effect of several changes is owed to one of them.

        `alone` is what there is with this change and no other, `without` with all others and not this one. A request
        that becomes denied (or permitted) in the end is owed to the change if that alone does so, or if without it
        the request would be as before: of two guardrails that both denied it and go, each is told to permit it.
        """
        before, after = self._before, self._after
        if alone == after:
            return self.effect()
        if _grows(before, alone) and _grows(alone, after):
            return self.answer(denied=[Question((before,), (alone,))])
        return self.answer(
            denied=[Question((before,), (alone, after)), Question((before, without), (after,))],
            permitted=[Question((alone, after), (before,)), Question((after,), (before, without))],
        )

    def answer(self, *, denied: Sequence[Question] = (), permitted: Sequence[Question] = ()) -> Effect:
        """The answers to questions about what becomes denied, and permitted."""
        asked = [*denied, *permitted]
        others = {id(levels): levels for question in asked for levels in (*question.passes, *question.blocks)}
        ends = {id(self._before): self._ends[0], id(self._after): self._ends[1]}
        sets = {name: ends.get(name) or self._compiled(levels) for name, levels in others.items()}
        if not all(policies.own <= self._known for policies in sets.values()):
            wider = Comparison(
                self._before,
                self._after,
                list(others.values()),
                scope=self._scope,
                policy_type=self._policy_type,
                compiled=self._shared,
                budget=self._budget,
            )
            return wider.answer(denied=denied, permitted=permitted)
        found: list[list[Changed]] = [[], []]
        unknown: dict[Open, None] = {}
        for side, questions in enumerate((denied, permitted)):
            for question in questions:
                passes, blocks = ([sets[id(each)] for each in some] for some in (question.passes, question.blocks))
                for answer in self._requests(passes, blocks):
                    if isinstance(answer, Changed):
                        found[side].append(answer)
                    else:
                        unknown[answer] = None
        return Effect(tuple(found[0]), tuple(found[1]), tuple(unknown))

    def _differ(self, hits: Hits, one: CompiledLevels, other: CompiledLevels) -> bool:
        """Whether two hierarchies say different things to the actions that hit some statements."""
        if all((id(rule) in one.own) is (id(rule) in other.own) for _, rule in chosen(self._rules, hits.may)):
            return False
        hit = {id(rule): bool(hits.sure >> number & 1) for number, rule in chosen(self._rules, hits.may)}
        return _says(one, hit) != _says(other, hit)

    def _requests(self, passes: Sequence[CompiledLevels], blocks: Sequence[CompiledLevels]) -> Iterator[Changed | Open]:
        """For actions with a request that some hierarchies let through and all others given block."""
        for hits in self._groups:
            if not all(self._differ(hits, one, other) for one in passes for other in blocks):
                continue
            if hits not in self._cases:
                self._cases[hits] = list(cases(self._space, self._rules, {hits: self._groups[hits]}, Tally(Counter())))
            for case in self._cases[hits]:
                if self._budget is not None:
                    self._budget.spend()
                found = _request(case, passes, blocks)
                if found is not None:
                    yield found


@lru_cache(maxsize=16)
def _asked(patterns: tuple[str, ...], needs_allow: bool) -> Actions:
    """The actions of a claim, those of them within RCPs where no Allow is needed."""
    if needs_allow:
        return Actions(named_by(patterns))
    return Actions(all_within_rcps() if patterns == ("*",) else filter(within_rcps, named_by(patterns)))


def _says(policies: CompiledLevels, hit: Mapping[int, bool]) -> object:
    """What a hierarchy says to actions, given which statements they hit, and whether that is sure."""
    denies: set[object] = set()
    allows = []
    for level in policies.rules:
        own = [(rule.effect, rule.meaning, hit[id(rule)]) for rule in level if id(rule) in hit]
        denies |= {statement for statement in own if statement[0] != "Allow"}
        allows.append(frozenset(statement for statement in own if statement[0] != "Deny"))
    return denies, frozenset(allows) if policies.needs_allow else frozenset()


def _request(
    case: Case | Unsolved, passes: Sequence[CompiledLevels], blocks: Sequence[CompiledLevels]
) -> Changed | Open | None:
    if isinstance(case, Unsolved):
        return Open(_names(case), case.reason)
    passing = [Side.of(case, policies) for policies in passes]
    blocking = [Side.of(case, policies) for policies in blocks]
    try:
        for certain in (True, False):
            request = meeting(case, passes=passing, blocks=blocking, certain=certain)
            if request is not None:
                break
        else:
            return None
        for tried in (*_consistent(request), request, *case.with_variables(request)):
            if _confirms(tried, passes, blocks):
                return Changed(_names(case), tried, _blocks_all(case, blocking), _by(tried, blocks))
        return Open(_names(case), _doubt(case, request, (*passes, *blocks)))
    except TooManyError as error:
        return Open(_names(case), str(error))


def _consistent(request: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The request with one region and one account, of its resource and of its keys; nothing where it has them.

    The resource follows the keys, or else they follow it: which of the two is the same request to the policies is for
    whoever evaluates it.
    """
    parts = str(request.get("resource", "")).split(":", 5)
    if len(parts) < 6:
        return
    context: dict[str, Any] = {**request.get("context", {})}
    named = {key.lower(): key for key in context}
    fields = {at: named[key] for at, key in ((3, "aws:requestedregion"), (4, "aws:resourceaccount")) if key in named}
    apart = {at: key for at, key in fields.items() if parts[at] and isinstance(context[key], str)}
    apart = {at: key for at, key in apart.items() if context[key] not in ("", parts[at])}
    if apart:
        moved = [context[apart[at]] if at in apart else part for at, part in enumerate(parts)]
        yield {**request, "resource": ":".join(moved)}
        yield {**request, "context": {**context, **{key: parts[at] for at, key in apart.items()}}}


def _names(case: Case | Unsolved) -> tuple[str, ...]:
    return tuple(action.text for action in case.actions)


def _confirms(request: Mapping[str, Any], passes: Sequence[CompiledLevels], blocks: Sequence[CompiledLevels]) -> bool:
    if any(policies.evaluate(request).blocked is not False for policies in passes):
        return False
    return all(policies.evaluate(request).blocked is True for policies in blocks)


def _by(request: Mapping[str, Any], blocks: Sequence[CompiledLevels]) -> tuple[str, ...]:
    sides = [{place.name for place in policies.evaluate(request).denies} for policies in blocks]
    return tuple(sorted(set.intersection(*sides) or set.union(*sides)))


def _blocks_all(case: Case, sides: Sequence[Side]) -> bool:
    return all(meeting(case, passes=[side], blocks=[], certain=False) is None for side in sides)


def _doubt(case: Case, request: Mapping[str, Any], sets: Sequence[CompiledLevels]) -> str:
    verdicts = [policies.evaluate(request) for policies in sets]
    reasons = [f"{doubt.place.policy}: {doubt.reason}" for item in verdicts for doubt in item.doubts]
    reasons += [f"a policy compares with {name}, whose value is not fixed" for name in case.open_keys()]
    return [*reasons, f"the evaluator does not confirm the request {request}"][0]


def _claim(scope: Mapping[str, Any]) -> Claim:
    claimed = {key: value for key, value in scope.items() if key != "actions"}
    if {"deny", "allow"} & set(claimed):
        raise ValueError("a scope has actions, and neither deny nor allow")
    return read_claim({"deny": scope.get("actions", "*"), **claimed})
