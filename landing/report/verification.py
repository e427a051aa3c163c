"""What AWS's policy simulator says of the cases, beside what we say: as text, as JSON, and for build servers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Any

from landing.core.model import Source
from landing.guardrails.simulator_check import Difference, Verification
from landing.policy.testing.model import Position
from landing.policy.testing.report import PASSED, UNDETERMINED, Report, Result, SuiteReport, result_of
from landing.policy.testing.requests import in_words
from landing.policy.testing.trial import Outcome, decided_by

Sources = Mapping[str, Source | None]
"""Where the config names each guardrail."""

NAME = "AWS's policy simulator"


def as_text(verification: Verification, claims: int, sources: Sources) -> str:
    """The differences by case with their config lines, what was not compared and why, and a summary."""
    lines: list[str] = []
    for suite, differences in groupby(verification.differences, key=lambda difference: difference.suite):
        lines.append(f"{suite}{_at(sources.get(suite))}")
        for result in _results(list(differences), sources):
            lines += [f"  ✗ {result.title}", f"      {result.position}"]
            lines += (f"      {failure}" for failure in result.failures)
    for label, reasons in (("no answer", verification.unanswered), ("not compared", verification.left_out)):
        lines += (f"{label}: {_requests(count)}: {reason}" for reason, count in sorted(reasons.items()))
    if claims:
        lines.append(f"not compared: {claims:,} {_claims(claims)} of all requests, the simulator of one")
    return "\n".join([*lines, _verdict(verification)]) + "\n"


def _verdict(verification: Verification) -> str:
    """The last line: nothing in it sounds like success where nothing was compared."""
    differ, silent = len(verification.differences), sum(verification.unanswered.values())
    asked = verification.agreed + differ + silent
    counted = f"{NAME}: {_requests(asked)} in {verification.calls:,} calls"
    if asked == silent:
        return f"{counted}, none answered: nothing was compared with AWS"
    unanswered = f", {silent:,} not answered" if silent else ""
    return f"{counted}, {verification.agreed:,} agree{unanswered}: {f'{differ:,} differ' if differ else 'none differs'}"


def as_json(verification: Verification, claims: int, sources: Sources) -> dict[str, Any]:
    """Everything, for the key `aws` of the report."""
    return {
        "calls": verification.calls,
        "agreed": verification.agreed,
        "not_compared": dict(sorted(verification.left_out.items())),
        "no_answer": dict(sorted(verification.unanswered.items())),
        "claims_not_compared": claims,
        "differences": [
            {
                "name": each.suite,
                "case": str(each.case.position),
                "declared_at": _source(sources.get(each.suite)),
                "request": dict(each.request),
                "landing": each.question.decision,
                "by": _by(each, sources),
                "aws": each.aws,
            }
            for each in verification.differences
        ],
    }


def as_suites(verification: Verification, sources: Sources) -> Report:
    """A suite for each policy with differences, and one for what AWS did not answer."""
    suites = [
        SuiteReport(f"{NAME}: {suite}", differences[0].case.position.file, tuple(_results(differences, sources)))
        for suite, found in groupby(verification.differences, key=lambda difference: difference.suite)
        if (differences := list(found))
    ]
    here = Position("", 1, 1)
    counted = [Result("aws", f"{_requests(verification.agreed)} agree", PASSED, here, verification.agreed)]
    counted += (
        Result("aws", f"no answer: {reason}", UNDETERMINED, here, count, (_requests(count),))
        for reason, count in sorted(verification.unanswered.items())
    )
    return Report((*suites, SuiteReport(NAME, "", tuple(counted))))


def _results(differences: list[Difference], sources: Sources) -> Iterator[Result]:
    for _, found in groupby(differences, key=lambda difference: difference.case.position):
        group = list(found)
        yield result_of(group[0].case, "aws", len(group), (_words(each, sources) for each in group))


def _words(difference: Difference, sources: Sources) -> str:
    entries = difference.question.setting.context
    context = {entry.name: ",".join(entry.values) for entry in entries}
    by = _by(difference, sources)
    ours = difference.question.decision + (f" by {by}" if by else "")
    return f"{in_words({**difference.request, 'context': context})}: AWS says {difference.aws}, landing {ours}"


def _by(difference: Difference, sources: Sources) -> str:
    """What decides on our side, each policy with its config line."""
    verdict, path = difference.question.verdict, difference.question.path
    outcome = Outcome("", verdict.denies, tuple(path[level] for level in verdict.without_allow))
    lines = {place.policy: _at(sources.get(place.policy)) for place in verdict.denies}
    return decided_by(outcome) + "".join(dict.fromkeys(lines.values()))


def _at(source: Source | None) -> str:
    return f" ({source})" if source else ""


def _source(source: Source | None) -> str | None:
    return str(source) if source else None


def _requests(number: int) -> str:
    return f"{number:,} {'request' if number == 1 else 'requests'}"


def _claims(number: int) -> str:
    return "claim, which speaks" if number == 1 else "claims, which speak"
