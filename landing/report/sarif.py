"""SARIF 2.1.0: what code scanning shows beside the lines of the config; and the problems of the config in it.

The limits are GitHub's (docs: "SARIF support for code scanning"): a file with a result without a location is refused
whole, of the results only the first 5,000 are shown, a rule has at most 20 tags.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from landing import __version__
from landing.core.model import Diagnostic, Severity, Source
from landing.core.text import safe

MOST_RESULTS = 5000
MOST_PLACES = 100
MOST_TAGS = 20
LEVELS = {Severity.HIGH: "error", Severity.MEDIUM: "warning", Severity.LOW: "note"}
SCORES = {Severity.HIGH: "8.0", Severity.MEDIUM: "5.5", Severity.LOW: "2.0"}
"""GitHub's bands of security-severity: 7.0 and more is high, 4.0 and more medium."""

_PROBLEM_LEVELS = {"error": "error", "warning": "warning"}


@dataclass(frozen=True, slots=True)
class Rule:
    """What can be found; `severity` None leaves the score out."""

    id: str
    title: str
    description: str
    help_uri: str = ""
    severity: Severity | None = None
    tags: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """A reportingDescriptor."""
        properties: dict[str, Any] = {"tags": list(self.tags[:MOST_TAGS])}
        if self.severity:
            properties["security-severity"] = SCORES[self.severity]
        found = {
            "id": self.id,
            "shortDescription": {"text": self.title},
            "fullDescription": {"text": self.description},
            "help": {"text": self.description},
            "properties": properties,
        }
        if self.severity:
            found["defaultConfiguration"] = {"level": LEVELS[self.severity]}
        return found | ({"helpUri": self.help_uri} if self.help_uri else {})


@dataclass(frozen=True, slots=True)
class Result:
    """One finding at one line; `identity` stays the same when the file is edited elsewhere."""

    rule: Rule
    level: str
    message: str
    source: Source
    identity: str
    places: tuple[str, ...] = ()
    length: int = 1


def document(
    results: Sequence[Result], *, category: str, root: Path, version: str = __version__, notes: Sequence[str] = ()
) -> str:
    """The file; paths become relative to `root`. `results` come worst first, `notes` say what was not looked at."""
    rules = {result.rule.id: result.rule for result in results}
    numbers = {name: number for number, name in enumerate(sorted(rules))}
    shown = results[:MOST_RESULTS]
    notes = [*notes]
    if len(results) > len(shown):
        notes.append(f"{len(results) - len(shown)} results are left out: code scanning shows {MOST_RESULTS}.")
    used: dict[str, int] = {}
    run = {
        "tool": {
            "driver": {
                "name": "landing",
                "version": safe(version),
                "rules": [rules[name].to_json() for name in sorted(rules)],
            }
        },
        "automationDetails": {"id": f"landing/{category}/"},
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {"%SRCROOT%": {"description": {"text": "The root of the repository."}}},
        "invocations": [
            {
                "executionSuccessful": True,
                "toolExecutionNotifications": [{"level": "warning", "message": {"text": safe(note)}} for note in notes],
            }
        ],
        "results": [_result(result, numbers, used, root) for result in shown],
    }
    log = {"$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0", "runs": [run]}
    return json.dumps(log, indent=1) + "\n"


def _result(result: Result, numbers: dict[str, int], used: dict[str, int], root: Path) -> dict[str, Any]:
    key = f"{result.rule.id}\n{result.identity}"
    used[key] = used.get(key, 0) + 1
    again = f"\n{used[key]}" if used[key] > 1 else ""
    source = result.source
    location: dict[str, Any] = {
        "physicalLocation": {
            "artifactLocation": _artifact(source.file, root),
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
        "message": {"text": _prose(result.message)},
        "locations": [location],
        "partialFingerprints": {"landing/v1": hashlib.sha256((key + again).encode("utf-8", "replace")).hexdigest()},
    }
    return found | ({"occurrenceCount": len(result.places)} if result.places else {})


def _artifact(file: str, root: Path) -> dict[str, str]:
    """Relative to the root of the repository where the file is in it, absolute elsewhere."""
    path = Path(file)
    if path.is_absolute():
        if not path.is_relative_to(root):
            return {"uri": "file://" + quote(path.as_posix(), errors="replace")}
        path = path.relative_to(root)
    return {"uri": quote(path.as_posix(), errors="replace"), "uriBaseId": "%SRCROOT%"}


def _prose(text: str) -> str:
    """Message text, in which brackets followed by parentheses would be a link."""
    return safe(text).replace("](", "] (")


def of_problems(problems: Iterable[Diagnostic], *, root: Path, anchor: str) -> str:
    """The problems of a config, one result for each code and line; `anchor` is the file of those without a line."""
    groups: dict[tuple[str, str, int], list[Diagnostic]] = {}
    for problem in problems:
        source = problem.source or Source(anchor, 1, 1)
        groups.setdefault((problem.code, source.file, source.line), []).append(problem)
    results = [_of_problems(members, anchor) for members in groups.values()]
    order = ["error", "warning", "note"]
    results.sort(key=lambda result: (order.index(result.level), result.source, result.rule.id))
    return document(results, category="validate", root=root)


def _of_problems(problems: Sequence[Diagnostic], anchor: str) -> Result:
    first = problems[0]
    texts = [problem.message + (f" ({problem.help})" if problem.help else "") for problem in problems]
    rule = Rule(first.code, f"Configuration problem {first.code}", f"What landing validate reports as {first.code}.")
    return Result(
        rule,
        _PROBLEM_LEVELS.get(first.severity, "note"),
        "; ".join(dict.fromkeys(texts)),
        first.source or Source(anchor, 1, 1),
        "/".join(map(str, first.pointer)) or first.message,
        length=first.length,
    )
