"""What came of a test: plain values, for a person, a program or a build server to read."""

from collections.abc import Iterable
from dataclasses import dataclass

from landing.policy.testing.model import Case, Claim, Mistake, Position, Setting

PASSED, FAILED, SKIPPED, UNDETERMINED = "passed", "failed", "skipped", "undetermined"


@dataclass(frozen=True, slots=True)
class Result:
    """One line of a report: a case, a claim, a statement's coverage or the mutants of a statement.

    `requests` is how many were tried, `failures` are the first that went wrong, in words. Skipped is what the
    policies do not reach.
    """

    kind: str
    title: str
    status: str
    position: Position
    requests: int = 0
    failures: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Survivor:
    """A mutant that no case tells from the policy; `argument` is why that is right, if it is."""

    mutant: str
    argument: str = ""


@dataclass(frozen=True, slots=True)
class SuiteReport:
    """All results of a suite. `mutants` is how many were tried, none if they were not asked for."""

    name: str
    file: str
    results: tuple[Result, ...]
    mistakes: tuple[Mistake, ...] = ()
    mutants: int | None = None
    survivors: tuple[Survivor, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether nothing is wrong: no mistake, no failure, no mutant that lives without an argument."""
        return (
            not self.mistakes
            and all(result.status in (PASSED, SKIPPED) for result in self.results)
            and all(survivor.argument for survivor in self.survivors)
        )


@dataclass(frozen=True, slots=True)
class Report:
    """The reports of all suites."""

    suites: tuple[SuiteReport, ...]

    @property
    def passed(self) -> bool:
        """Whether every suite passed."""
        return all(suite.passed for suite in self.suites)

    @property
    def claims(self) -> int:
        """How many of the results are of claims."""
        return sum(result.kind in ("never", "always") for suite in self.suites for result in suite.results)

    def count(self, *statuses: str) -> int:
        """How many results have one of the statuses."""
        return sum(result.status in statuses for suite in self.suites for result in suite.results)


def result_of(
    item: Case | Claim | Setting, kind: str, requests: int, failures: Iterable[str], shown: int = 5
) -> Result:
    """The result of a case: failed with the first failures, skipped without a request, or passed."""
    found = list(failures)
    if len(found) > shown:
        found[shown:] = [f"and {len(found) - shown} more"]
    status = FAILED if found else PASSED if requests else SKIPPED
    return Result(kind, item.title, status, item.position, requests, tuple(found))
