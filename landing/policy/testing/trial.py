"""Tries the requests of a case on the policies and compares what becomes of them with what was expected."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from landing.policy.coverage import Coverage, covered
from landing.policy.evaluation import ALLOWED, RCP, SCP, UNDETERMINED, CompiledLevels, Verdict
from landing.policy.levels import Place
from landing.policy.outline import Outline
from landing.policy.testing.model import Case
from landing.policy.testing.requests import Ask
from landing.policy.testing.suite import Attached, levels

DENIED, NOT_DENIED = "denied", "not-denied"
RESULTS = (DENIED, "undetermined", NOT_DENIED)
"""What may become of a request, the strongest first."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A request with the keys that follow from it, and whose policies it meets: the same for every mutant."""

    case: Case
    request: Mapping[str, Any]
    coverage: Coverage


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a request: ``denied`` (and by what), ``not-denied`` or ``undetermined`` (and why)."""

    result: str
    denies: tuple[Place, ...] = ()
    without_allow: tuple[str, ...] = ()
    reason: str = ""


def prepare(case: Case, ask: Ask, organization: Outline) -> Prepared:
    """Complete a request with the condition keys that follow from principal, resource and organization."""
    coverage = covered(organization, ask.request)
    complete = coverage.complete(ask.request)
    context = {key: value for key, value in complete["context"].items() if key.lower() not in ask.without}
    return Prepared(case, {**complete, "context": context}, coverage)


class Runner:
    """Policies compiled for each path of an organization's accounts."""

    def __init__(self, policies: Iterable[Attached]) -> None:
        self._policies = tuple(policies)
        self._types = {policy.type for policy in self._policies}
        self._nodes = {node for policy in self._policies for node in policy.at}
        self._compiled: dict[tuple[tuple[str, ...], str], CompiledLevels] = {}

    def outcome(self, prepared: Prepared) -> Outcome:
        """What becomes of a request: a denial by SCPs or RCPs stands whatever the others say."""
        coverage = prepared.coverage
        outcomes = []
        if SCP in self._types:
            doubt = coverage.scp_doubt
            outcomes.append(self._of_type(prepared, SCP, coverage.scp_path, coverage.scp_reason, doubt))
        if RCP in self._types:
            doubt = coverage.rcp_doubt
            outcomes.append(self._of_type(prepared, RCP, coverage.rcp_path, coverage.rcp_reason, doubt))
        if len(outcomes) == 1:
            return outcomes[0]
        by_result = {result: [item for item in outcomes if item.result == result] for result in RESULTS}
        strongest = next(by_result[result] for result in RESULTS if by_result[result])
        return Outcome(
            result=strongest[0].result,
            denies=tuple(place for item in strongest for place in item.denies),
            without_allow=tuple(node for item in strongest for node in item.without_allow),
            reason="; ".join(dict.fromkeys(item.reason for item in strongest if item.reason)),
        )

    def _of_type(
        self, prepared: Prepared, kind: str, path: tuple[str, ...] | None, reason: str, doubt: str | None
    ) -> Outcome:
        if path is None:
            return Outcome("undetermined", reason=doubt) if doubt else Outcome(NOT_DENIED, reason=reason)
        verdict = self._levels(path, kind).evaluate(prepared.request)
        if doubt and verdict.result != ALLOWED:
            return Outcome("undetermined", reason=doubt)
        return _outcome(verdict, path)

    def _levels(self, path: tuple[str, ...], kind: str) -> CompiledLevels:
        # Policies are attached to few nodes: paths that meet the same ones share what is compiled.
        key = (tuple(node if node in self._nodes else "" for node in path), kind)
        if key not in self._compiled:
            self._compiled[key] = CompiledLevels(levels(self._policies, path, kind), kind)
        return self._compiled[key]


def _outcome(verdict: Verdict, path: tuple[str, ...]) -> Outcome:
    if verdict.result == UNDETERMINED:
        return Outcome("undetermined", reason="; ".join(doubt.reason for doubt in verdict.doubts))
    if verdict.result == ALLOWED:
        return Outcome(NOT_DENIED)
    return Outcome(DENIED, verdict.denies, tuple(path[level] for level in verdict.without_allow))


def complaint(case: Case, outcome: Outcome) -> str | None:
    """What is wrong with the outcome of a request, if anything is."""
    if outcome.result != case.expect:
        if outcome.result == DENIED:
            return f"denied by {decided_by(outcome)}"
        return f"{outcome.result}{f': {outcome.reason}' if outcome.reason else ''}"
    if case.by:
        strangers = [place for place in outcome.denies if not any(_is(place, name) for name in case.by)]
        if strangers or not outcome.denies:
            return f"denied by {decided_by(outcome)}, not by {' or '.join(case.by)}"
    return None


def decided_by(outcome: Outcome) -> str:
    """The statements that deny, or the levels where nothing allows."""
    named = [place.name for place in outcome.denies]
    named += [f"no Allow at {node}" for node in outcome.without_allow]
    return ", ".join(dict.fromkeys(named))


def _is(place: Place, name: str) -> bool:
    """Whether a name is a statement's: ``Sid``, ``#number`` from 1, or one of them behind ``policy/``."""
    policy, slash, statement = name.rpartition("/")
    return (not slash or policy == place.policy) and statement in (place.sid, f"#{place.statement + 1}")
