"""Proves that policies block all requests of a kind, or none of them, or finds one that shows otherwise.

The requests are endless, but the policies tell only so many apart: actions by the statements they hit, and
the principal, the resource and each condition key by the truth of the conditions on them. Every combination
of such classes stands for requests that exist, so looking through the combinations is a proof. Where the
meaning of a statement is in doubt, or a cap is reached, the answer is undetermined.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, reduce
from operator import or_
from typing import Any

from landing.policy import catalog
from landing.policy.automata import TooManyError
from landing.policy.cases import Case, Tally, Unsolved, cases, chosen
from landing.policy.catalog import Action
from landing.policy.claim import Claim, actions_of, read_claim
from landing.policy.coverage import beyond_scps
from landing.policy.evaluation import SCP, CompiledLevels, compiled
from landing.policy.levels import Policies
from landing.policy.outcomes import Side, meeting
from landing.policy.request_space import RequestSpace
from landing.policy.statement_matches import Hits, group

PROVED, REFUTED, UNDETERMINED = "proved", "refuted", "undetermined"


@dataclass(frozen=True, slots=True)
class Proof:
    """What became of a claim.

    `result` is proved, refuted or undetermined. `counterexample` is a request for which the claim is false,
    as the evaluator confirmed: given when refuted. `assumptions` are what the proof rests on. `reason` says
    why it is undetermined. `actions` is how many actions the claim is about, `failing` those that have a
    counterexample, and `doubtful` those of which it cannot be told.
    """

    result: str
    counterexample: dict[str, Any] | None
    assumptions: tuple[str, ...]
    reason: str | None
    actions: int
    failing: tuple[str, ...]
    doubtful: tuple[str, ...]


def prove(levels: Policies, claim: Mapping[str, Any], policy_type: str = SCP) -> Proof:
    """Whether a claim holds for a hierarchy of SCPs, or of RCPs: see `read_claim` for what a claim is.

    A claim that no principal or no resource can meet is undetermined: it says nothing. Raises ValueError on
    what is no claim.
    """
    return _Prover(compiled(levels, policy_type), read_claim(claim)).prove()


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What was found for some actions: that they fail with a request, or that it cannot be told and why."""

    actions: tuple[Action, ...]
    request: dict[str, Any] | None = None
    reason: str | None = None


class _Prover:
    def __init__(self, policies: CompiledLevels, claim: Claim) -> None:
        self.policies = policies
        self.claim = claim
        self.rules = [rule for level in policies.rules for rule in level]
        self.actions = actions_of(claim)
        self.groups = group(self.actions, self.rules)
        hit = reduce(or_, (hits.may for hits in self.groups))
        rules = [rule for _, rule in chosen(self.rules, hit)]
        self.space = RequestSpace(claim, rules, outsiders=not policies.needs_allow)
        self.tally = Tally(Counter())

    def prove(self) -> Proof:
        actions = self.actions
        outcomes = list(self._outcomes(actions))
        failing = [outcome for outcome in outcomes if outcome.request is not None]
        doubtful = [outcome for outcome in outcomes if outcome.request is None]
        result = REFUTED if failing else UNDETERMINED if doubtful else PROVED
        reason = doubtful[0].reason if doubtful else None
        if result == PROVED and self.tally.idle == len(actions):
            result, reason = UNDETERMINED, "no action of the claim can be asked on its resources"
        return Proof(
            result=result,
            counterexample=failing[0].request if failing else None,
            assumptions=self._assumptions(actions),
            reason=reason,
            actions=len(actions),
            failing=_names(failing),
            doubtful=_names(doubtful),
        )

    def _outcomes(self, actions: Sequence[Action]) -> Iterator[_Outcome]:
        try:
            if not self.space.principal_exists():
                yield _Outcome(tuple(actions), reason="no principal is one of the claim's")
                return
        except TooManyError as error:
            yield _Outcome(tuple(actions), reason=str(error))
            return
        groups: Mapping[Hits, Sequence[Action]] = self.groups
        if not self.policies.needs_allow:
            beyond = tuple(action for action in actions if not within_rcps(action))
            groups = {hits: list(filter(within_rcps, members)) for hits, members in groups.items()}
            if beyond and self.claim.denies:
                listed = f"by AWS's list of {catalog.day()}"
                reason = f"RCPs do not apply to {beyond[0].text} {listed}, or it is not documented that they do"
                yield _Outcome(beyond, reason=reason)
        for case in cases(self.space, self.rules, groups, self.tally):
            outcome = self._outcome(case)
            if outcome is not None:
                yield outcome

    def _outcome(self, case: Case | Unsolved) -> _Outcome | None:
        if isinstance(case, Unsolved):
            return _Outcome(case.actions, reason=case.reason)
        side = Side.of(case, self.policies)
        passes, blocks = ([side], []) if self.claim.denies else ([], [side])
        try:
            for certain in (True, False):
                request = meeting(case, passes=passes, blocks=blocks, certain=certain)
                if request is not None:
                    return self._confirmed(case, request)
        except TooManyError as error:
            return _Outcome(case.actions, reason=str(error))
        return None

    def _confirmed(self, case: Case, request: dict[str, Any]) -> _Outcome:
        """The outcome once the evaluator has said what it makes of the request."""
        verdict = self.policies.evaluate(request)
        for tried in (request, *case.with_variables(request)):
            if self.policies.evaluate(tried).blocked is (not self.claim.denies):
                return _Outcome(case.actions, tried)
        reasons = [f"{doubt.place.policy}: {doubt.reason}" for doubt in verdict.doubts]
        reasons += [f"a policy compares with {name}, whose value the claim does not fix" for name in case.open_keys()]
        reasons.append(f"the evaluator does not confirm the request {request}")
        return _Outcome(case.actions, reason=reasons[0])

    def _assumptions(self, actions: Sequence[Action]) -> tuple[str, ...]:
        found = [
            f"the actions are those of the catalogue of {catalog.version()}",
            f"ARNs are of the partition {self.claim.partition}",
            "the account is a member account, and none of its principals is a service-linked role",
            "a multivalued key that is present has one or more values, none of them empty",
        ]
        found += [f"{name} holds ARNs" for name in self.space.taken_as_arns()]
        found += [
            f"{self.space.names[name]} is absent where the catalogue does not list it: {count} actions"
            for name, count in sorted(self.tally.absent.items())
        ]
        if self.policies.needs_allow and any(beyond_scps(action.lowered) for action in actions):
            found.append("tasks that AWS lists as outside of SCPs are taken to be within")
        if self.tally.idle:
            found.append(f"{self.tally.idle} of {len(actions)} actions cannot be asked on the claim's resources")
        return tuple(found)


def _names(outcomes: Iterable[_Outcome]) -> tuple[str, ...]:
    return tuple(sorted(action.text for outcome in outcomes for action in outcome.actions))


def within_rcps(action: Action) -> bool:
    """Whether RCPs reach an action: its service is one of theirs and it is for resources."""
    return action.service in catalog.rcp_services() and bool(action.formats)


@cache
def all_within_rcps() -> tuple[Action, ...]:
    """Every action that RCPs reach, ordered by service; the actions of other services are not read for it."""
    services = sorted(catalog.rcp_services())
    return tuple(
        action for name in services for action in catalog.service_actions(name).values() if within_rcps(action)
    )
