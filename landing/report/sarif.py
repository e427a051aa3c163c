"""SARIF 2.1.0: what code scanning shows beside the lines of the config.

The limits are GitHub's (docs: "SARIF support for code scanning", "SARIF results file is too large"): a file with a
result without a location, or of more than 10 MB when compressed, is refused whole; of the results the first 5,000 are
shown; a rule has at most 20 tags. What is found once more is known by `primaryLocationLineHash` alone.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

from landing.core.model import Diagnostic, Severity
from landing.core.text import safe
from landing.core.version import landing_version
from landing.engine.drift import Report
from landing.report import drift_results, problems
from landing.report.fold import alike
from landing.report.reasons import missed_in
from landing.report.result import LEVELS, Repository, Result, Rule, fingerprints

MOST_RESULTS = 5000
MOST_PLACES = 100
MOST_TAGS = 20
MOST_NOTES = 100
MOST_BYTES = 10_000_000
"""Of the compressed file."""
LONGEST_TITLE, LONGEST_MESSAGE = 1024, 10_000
"""Characters of the description of a rule, which is GitHub's limit, and of a message, which is ours."""
NAMED = 10
SCORES = {Severity.HIGH: "8.0", Severity.MEDIUM: "5.5", Severity.LOW: "2.0"}
"""GitHub's bands of security-severity: 7.0 and more is high, 4.0 and more medium."""


def of_drift(report: Report, *, repository: Repository, anchor: str) -> str:
    """The file of what has drifted; `anchor` is the file of findings that no line of the config asks for.

    What could not be checked is no result, since it would come and go with AWS's availability: it is told as a
    notification of the run.
    """
    results = [*drift_results.of(report, anchor=anchor), *drift_results.accepted(report, anchor=anchor)]
    notes = [f"Not checked: {missed}" for missed in missed_in(report.plan.gaps)]
    version = report.plan.made_from.version
    return document(results, category="drift", repository=repository, version=version, notes=notes)


def of_problems(found: Iterable[Diagnostic], *, repository: Repository, anchor: str) -> str:
    """The problems of a config, one result for each code and line; `anchor` is the file of those without a line."""
    return document(problems.as_results(found, anchor=anchor), category="validate", repository=repository)


def document(
    results: Sequence[Result],
    *,
    category: str,
    repository: Repository,
    version: str = "",
    notes: Sequence[str] = (),
    most_bytes: int = MOST_BYTES,
) -> str:
    """The file. `results` come worst first, `notes` say what was not looked at; what is too much is folded."""
    shown, version = folded(results), version or landing_version()
    text = _text(shown, category, repository, version, _few(notes))
    left, names = len(shown), MOST_PLACES
    while left and len(gzip.compress(text.encode(), mtime=0)) > most_bytes:
        if names:
            names = 0
            shown = [replace(result, places=(), message=_cut(result.message, 1000)) for result in shown]
        else:
            left //= 2
        said = f"{len(shown) - left} results are left out: code scanning takes {most_bytes:,} bytes, compressed."
        more = [said] if left < len(shown) else []
        text = _text(shown[:left], category, repository, version, [*_few(notes), *more])
    return text


def folded(results: Sequence[Result], most: int = MOST_RESULTS) -> list[Result]:
    """At most so many: the worst as they are, of the others those of a rule, a level and a file as one."""
    if len(results) <= most:
        return list(results)
    kept = most // 2
    rest = alike(results[kept:], lambda each: (each.rule.id, each.level, each.suppressed, each.source.file))
    if kept + len(rest) > most:
        rest = alike(results[kept:], lambda each: (each.rule.id, each.level, each.suppressed))
    return [*results[:kept], *(_together(members) for members in rest[: most - kept])]


def _together(members: Sequence[Result]) -> Result:
    first = members[0]
    if len(members) == 1:
        return first
    lines = ", ".join(str(member.source.line) for member in members[1 : NAMED + 1])
    more = f" and {len(members) - 1 - NAMED} more" if len(members) - 1 > NAMED else ""
    message = f"{len(members)} results, of which this is the first: {first.message} The others: lines {lines}{more}."
    places = tuple(place for member in members for place in member.places)
    return replace(first, message=message, places=places, identity=f"folded {first.source.file}")


def _few(notes: Sequence[str]) -> list[str]:
    more = [f"… and {len(notes) - MOST_NOTES} more"] if len(notes) > MOST_NOTES else []
    return [*notes[:MOST_NOTES], *more]


def _text(results: Sequence[Result], category: str, repository: Repository, version: str, notes: Sequence[str]) -> str:
    rules = {result.rule.id: result.rule for result in results}
    numbers = {name: number for number, name in enumerate(sorted(rules))}
    prints = fingerprints(results)
    told = any(result.suppressed for result in results)  # of all results or of none (SARIF 2.1.0, 3.27.23)
    run = {
        "tool": {
            "driver": {
                "name": "landing",
                "version": safe(version),
                "rules": [_rule(rules[name]) for name in sorted(rules)],
            }
        },
        "automationDetails": {"id": f"landing/{category}/"},
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {"%SRCROOT%": {"description": {"text": "The root of the repository."}}},
        "invocations": [
            {
                "executionSuccessful": True,
                "toolExecutionNotifications": [
                    {"level": "warning", "message": {"text": _cut(safe(note))}} for note in notes
                ],
            }
        ],
        "results": [
            _result(result, numbers, identity, repository) | ({"suppressions": _suppressions(result)} if told else {})
            for result, identity in zip(results, prints, strict=True)
        ],
    }
    log = {"$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0", "runs": [run]}
    return json.dumps(log, indent=1) + "\n"


def _rule(rule: Rule) -> dict[str, Any]:
    """A reportingDescriptor."""
    properties: dict[str, Any] = {"tags": list(rule.tags[:MOST_TAGS])}
    if rule.severity:
        properties["security-severity"] = SCORES[rule.severity]
    description = _cut(rule.description, LONGEST_TITLE)
    found = {
        "id": rule.id,
        "shortDescription": {"text": _cut(rule.title, LONGEST_TITLE)},
        "fullDescription": {"text": description},
        "help": {"text": description},
        "properties": properties,
    }
    if rule.severity:
        found["defaultConfiguration"] = {"level": LEVELS[rule.severity]}
    return found | ({"helpUri": rule.help_uri} if rule.help_uri else {})


def _result(result: Result, numbers: dict[str, int], identity: str, repository: Repository) -> dict[str, Any]:
    source = result.source
    location: dict[str, Any] = {
        "physicalLocation": {
            "artifactLocation": _artifact(source.file, repository),
            "region": {
                "startLine": max(1, source.line),
                "startColumn": max(1, source.column),
                "endColumn": max(1, source.column) + max(1, result.length),
            },
        }
    }
    if result.places:
        location["logicalLocations"] = [
            {"fullyQualifiedName": safe(place), "kind": "resource"} for place in result.places[:MOST_PLACES]
        ]
    found = {
        "ruleId": result.rule.id,
        "ruleIndex": numbers[result.rule.id],
        "level": result.level,
        "message": {"text": _cut(_prose(result.message))},
        "locations": [location],
        "partialFingerprints": {"landing/v1": identity, "primaryLocationLineHash": f"{identity[:16]}:1"},
    }
    return found | ({"occurrenceCount": len(result.places)} if result.places else {})


def _suppressions(result: Result) -> list[dict[str, str]]:
    if not result.suppressed:
        return []
    return [{"kind": "external", "status": "accepted", "justification": _cut(safe(result.suppressed))}]


def _artifact(file: str, repository: Repository) -> dict[str, str]:
    """Relative to the root of the repository where the file is in it, absolute elsewhere."""
    path = repository.path(file)
    if Path(path).is_absolute():
        return {"uri": "file://" + quote(path, errors="replace")}
    return {"uri": quote(path, errors="replace"), "uriBaseId": "%SRCROOT%"}


def _prose(text: str) -> str:
    """Message text, in which brackets followed by parentheses would be a link."""
    return safe(text).replace("](", "] (")


def _cut(text: str, most: int = LONGEST_MESSAGE) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"
