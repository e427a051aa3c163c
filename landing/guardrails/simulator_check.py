"""Asks AWS's policy simulator about the requests of the cases, and lists where it says other than we do."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from landing.aws import Aws
from landing.aws.simulator import simulate
from landing.core.errors import AwsError, CannotRead, NoCredentials
from landing.policy.testing import Estate, Suite
from landing.policy.testing.model import Case
from landing.policy.testing.replay import Asked, Question, Setting, replay

ACTIONS_AT_ONCE = 100
"""Actions in one call: AWS answers with as many results a page unless asked for more."""

NO_ANSWER = "AWS gave no decision"


@dataclass(frozen=True, slots=True)
class Difference:
    """A request of which AWS's simulator says other than we do; `question` has our verdict."""

    suite: str
    case: Case
    request: Mapping[str, Any]
    question: Question
    aws: str


@dataclass(frozen=True, slots=True)
class Verification:
    """What came of it, in requests: `left_out` and `unanswered` by their reasons."""

    agreed: int = 0
    differences: tuple[Difference, ...] = ()
    left_out: Mapping[str, int] = field(default_factory=dict)
    unanswered: Mapping[str, int] = field(default_factory=dict)
    calls: int = 0

    @property
    def exit_code(self) -> int:
        """2 when something differs, 3 when AWS did not answer something, else 0."""
        return 2 if self.differences else 3 if self.unanswered else 0


@dataclass(frozen=True, slots=True)
class _Call:
    """A call, and the requests that it answers; each pair of an action and a resource is one of them."""

    setting: Setting
    actions: tuple[str, ...]
    resources: tuple[str, ...]


def verify(
    suites: Iterable[Suite],
    estate: Estate,
    aws: Aws,
    *,
    workers: int = 10,
    progress: Callable[[int, int, str], None] = lambda done, total, what: None,
) -> Verification:
    """Replay the cases of suites; raises CannotRead and NoCredentials when AWS does not let us ask."""
    asked = [(suite.name, each) for suite in suites for each in replay(suite, estate)]
    calls = list(_calls(each.question for _, each in asked if isinstance(each.question, Question)))
    answers: dict[tuple[Setting, str, str], str] = {}
    errors: dict[tuple[Setting, str, str], str] = {}
    with ThreadPoolExecutor(workers, "simulate") as pool:
        try:
            for done, (call, found) in enumerate(
                zip(calls, pool.map(lambda one: _ask(aws, one), calls), strict=True), 1
            ):
                target = errors if isinstance(found, str) else answers
                for action in call.actions:
                    for resource in call.resources:
                        word = found if isinstance(found, str) else found.get((action, resource))
                        if word is not None:
                            target[call.setting, action, resource] = word
                progress(done, len(calls), f"{len(call.actions)} actions")
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
    return _judged(asked, answers, errors, len(calls))


def _calls(questions: Iterable[Question]) -> Iterator[_Call]:
    """Few calls that ask all questions and no other: actions on the same resources, in the same setting, share one."""
    wanted: dict[Setting, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for question in questions:
        # AWS gives one decision for `*`, and one each for resources that have a name: they cannot be mixed.
        wanted[question.setting][question.action].add(question.resource)
    for setting, by_action in wanted.items():
        shared: dict[frozenset[str], list[str]] = defaultdict(list)
        for action, resources in by_action.items():
            for group in (resources & {"*"}, resources - {"*"}):
                if group:
                    shared[frozenset(group)].append(action)
        for on, actions in shared.items():
            for start in range(0, len(actions), ACTIONS_AT_ONCE):
                yield _Call(setting, tuple(actions[start : start + ACTIONS_AT_ONCE]), tuple(sorted(on)))


def _ask(aws: Aws, call: _Call) -> dict[tuple[str, str], str] | str:
    """The decisions, or why AWS gave none."""
    setting = call.setting
    context = [(entry.name, entry.type, entry.values) for entry in setting.context]
    try:
        return simulate(
            aws,
            levels=setting.levels,
            caller=setting.caller,
            context=context,
            actions=call.actions,
            resources=call.resources,
        )
    except (CannotRead, NoCredentials):
        raise
    except AwsError as error:
        answer = error.diagnostic
        return f"{answer.aws_code or answer.code}: {answer.message}"


def _judged(
    asked: Iterable[tuple[str, Asked]],
    answers: Mapping[tuple[Setting, str, str], str],
    errors: Mapping[tuple[Setting, str, str], str],
    calls: int,
) -> Verification:
    left_out: Counter[str] = Counter()
    unanswered: Counter[str] = Counter()
    differences: list[Difference] = []
    agreed = 0
    for suite, each in asked:
        question = each.question
        if not isinstance(question, Question):
            left_out[question] += 1
            continue
        key = (question.setting, question.action, question.resource)
        answer = answers.get(key)
        if answer is None:
            unanswered[errors.get(key, NO_ANSWER)] += 1
        elif answer == question.decision:
            agreed += 1
        else:
            differences.append(Difference(suite, each.case, each.request, question, answer))
    return Verification(agreed, tuple(differences), dict(left_out), dict(unanswered), calls)
