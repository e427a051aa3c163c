"""Tests policies by their cases: expectations, claims, coverage of statements and mutation."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cache, partial

from landing.policy.evaluation import RCP, SCP
from landing.policy.testing import settings
from landing.policy.testing.case_file import read
from landing.policy.testing.claims import judge
from landing.policy.testing.estate import Estate
from landing.policy.testing.model import Case, Cases, Claim, Mistake, Position, Setting
from landing.policy.testing.mutation import Tried, survivors
from landing.policy.testing.report import FAILED, PASSED, SKIPPED, Report, Result, SuiteReport, result_of
from landing.policy.testing.requests import CaseError, asks, in_words
from landing.policy.testing.suite import Attached, Suite, statements_of
from landing.policy.testing.trial import DENIED, Outcome, Prepared, Runner, complaint, prepare


def run(suites: Iterable[Suite], estate: Estate, *, mutate: bool = False) -> Report:
    """Test suites in an organization; never raises on what is wrong with a file of cases.

    A suite of one policy is also tested for coverage: each statement must decide a case. With `mutate`, a
    case or claim must fail on each of its mutants (see `landing.policy.testing.mutants`) that is not shown
    to be equivalent.
    """
    return Report(tuple(_suite(suite, estate, mutate=mutate) for suite in suites))


def _suite(suite: Suite, estate: Estate, *, mutate: bool) -> SuiteReport:
    declarative = all(policy.type not in (SCP, RCP) for policy in suite.policies)
    if not suite.cases.exists():
        if declarative:
            title = "a policy of this type grants and denies nothing, and no case says what it comes to set"
            position = Position(str(suite.cases), 1, 1)
            return SuiteReport(suite.name, str(suite.cases), (Result("policy", title, SKIPPED, position),))
        missing = Mistake(Position(str(suite.cases), 1, 1), f"policy `{suite.name}` has no cases: write this file")
        return SuiteReport(suite.name, str(suite.cases), (), (missing,))
    cases = read(suite.cases)
    runner = Runner(suite.policies)
    organization = estate.organization
    results: list[Result] = []
    mistakes = list(cases.mistakes)
    tried: list[Tried] = []
    for case in cases.cases:
        try:
            prepared = [prepare(case, ask, organization) for ask in asks(case, suite, estate)]
        except CaseError as error:
            mistakes.append(Mistake(case.parts.get(error.part, case.position), str(error)))
            continue
        outcomes = [(item, runner.outcome(item)) for item in prepared]
        tried += outcomes
        results.append(result_of(case, "case", len(outcomes), _failures(case, outcomes)))
    come_to = cache(partial(settings.settings, suite, estate))
    items: tuple[Claim | Setting, ...] = (*cases.claims, *cases.settings)
    for item in items:
        try:
            if isinstance(item, Claim):
                results.append(judge(item, suite, estate))
            else:
                results.append(settings.judge(item, suite, estate, come_to))
        except CaseError as error:
            mistakes.append(Mistake(item.parts.get(error.part, item.position), str(error)))
    report = SuiteReport(suite.name, str(suite.cases), tuple(results), tuple(mistakes))
    if len(suite.policies) != 1:
        return report
    # What a case that cannot be tried would decide is not known.
    lines = settings.coverage(suite, estate, cases) if declarative else _coverage(suite, tried)
    covered = tuple(result for result in lines if result.status == PASSED or not mistakes)
    report = replace(report, results=(*report.results, *covered))
    return _mutated(report, suite, estate, tried, cases) if mutate and report.passed and not declarative else report


def _failures(case: Case, outcomes: Iterable[Tried]) -> Iterator[str]:
    for prepared, outcome in outcomes:
        words = complaint(case, outcome)
        if words:
            where = in_words({**prepared.request, "context": {}})
            yield f"{where} in {prepared.request['resourceAccount']}: {words}"


def _coverage(suite: Suite, tried: list[Tried]) -> Iterator[Result]:
    """A result for each statement that decides no case; one for all of them if there is none."""
    policy = suite.policies[0]
    position = Position(str(suite.cases), 1, 1)
    deciding = {place.statement for prepared, outcome in tried if _meant(prepared, outcome) for place in outcome.denies}
    statements = statements_of(policy.document)
    bare = 0
    for index, statement in enumerate(statements):
        if statement.get("Effect") == "Allow" and _allows(policy, index, tried):
            deciding.add(index)
        if index not in deciding:
            bare += 1
            name = statement.get("Sid") or f"#{index + 1}"
            yield Result("coverage", f"{policy.name}/{name}", FAILED, position, 0, ("it decides no case",))
    if not bare:
        yield Result("coverage", f"each of {len(statements)} statements decides a case", PASSED, position)


def _meant(prepared: Prepared, outcome: Outcome) -> bool:
    return prepared.case.expect == DENIED and outcome.result == DENIED


def _allows(policy: Attached, index: int, tried: list[Tried]) -> bool:
    """Whether a request is let through by one Allow statement alone."""
    statements = statements_of(policy.document)
    rest = {**policy.document, "Statement": statements[:index] + statements[index + 1 :]}
    runner = Runner([replace(policy, document=rest, replaces_full_access=True)])
    return any(outcome.result != DENIED and runner.outcome(prepared).result == DENIED for prepared, outcome in tried)


def _mutated(report: SuiteReport, suite: Suite, estate: Estate, tried: list[Tried], cases: Cases) -> SuiteReport:
    count, found = survivors(suite, estate, tried, cases.claims, cases.arguments)
    names = {survivor.mutant for survivor in found}
    idle = tuple(
        Mistake(argument.position, f"no mutant `{argument.mutant}` survives: there is nothing to argue")
        for argument in cases.arguments
        if argument.mutant not in names
    )
    return replace(report, mutants=count, survivors=found, mistakes=(*report.mistakes, *idle))
