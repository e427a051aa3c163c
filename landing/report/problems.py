"""Problems of the config with the line they stand in, a caret and what to do; or as JSON, or beside the lines."""

from __future__ import annotations

import json
import unicodedata
from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

from landing.core.model import Diagnostic, Source
from landing.core.source_tree import refusal
from landing.core.text import safe
from landing.organization import Organization
from landing.report.result import ERROR, NOTE, ORDER, WARNING, Result, Rule
from landing.report.style import Style

AT_MOST = 20
WIDEST = 200
"""Characters of a line that are shown, around the column that matters."""
MOST_SHOWN = 64 << 20
"""Bytes of a file of which lines are shown."""
_LEVELS = {"error": ERROR, "warning": WARNING}
_COLOUR = {"error": "red", "warning": "yellow", "info": "cyan"}


def render(problems: Sequence[Diagnostic], style: Style, *, limit: int = AT_MOST) -> str:
    """Text for people; `limit` 0 shows all."""
    files: dict[str, list[str]] = {}
    lines: list[str] = []
    for problem in problems[: limit or None]:
        lines += [*_problem(problem, files, style), ""]
    rest = problems[limit:] if limit else ()
    for code, count in sorted(Counter(problem.code for problem in rest).items()):
        lines.append(f"… and {count} more {code} (--limit 0 shows all)")
    lines.append(counted(problems))
    return "\n".join(lines) + "\n"


def verdict(problems: Sequence[Diagnostic], organization: Organization | None) -> str:
    """What a config that is valid is about; nothing of another."""
    if organization is None or any(problem.severity == "error" for problem in problems):
        return ""
    return (
        f"The configuration is valid: {len(organization.accounts)} accounts, {len(organization.units)} units, "
        f"{len(organization.guardrails)} guardrails, {len(organization.deployments)} deployments, "
        f"{len(organization.services)} services.\n"
    )


def counted(problems: Sequence[Diagnostic]) -> str:
    """How many errors, warnings and notes, in how many files."""
    counts = Counter(problem.severity for problem in problems)
    words = {"error": "error", "warning": "warning", "info": "note"}
    parts = [f"{counts[key]} {word}{'s' * (counts[key] != 1)}" for key, word in words.items() if counts[key]]
    files = {problem.source.file for problem in problems if problem.source}
    where = f" in {len(files)} file{'s' * (len(files) != 1)}" if files else ""
    return f"Found {_listed(parts) or 'no problems'}{where}."


def _listed(parts: Sequence[str]) -> str:
    return " and ".join(filter(None, (", ".join(parts[:-1]), *parts[-1:])))


def _problem(problem: Diagnostic, files: dict[str, list[str]], style: Style) -> Iterator[str]:
    title = style.paint(f"{problem.severity}[{problem.code}]", _COLOUR[problem.severity], "bold")
    yield f"{title}: {safe(problem.message)}"
    if problem.source:
        yield from _excerpt(problem.source, problem.length, files, style)
    if problem.help:
        yield f"  = help: {safe(problem.help)}"


def _excerpt(source: Source, length: int, files: dict[str, list[str]], style: Style) -> Iterator[str]:
    margin = len(str(source.line))
    yield f"{' ' * margin}--> {safe(source)}"
    if source.file not in files:
        files[source.file] = _lines(Path(source.file))
    if source.line > len(files[source.file]):
        return
    line = files[source.file][source.line - 1]
    first = max(0, source.column - 1 - WIDEST // 2) if source.column > WIDEST * 3 // 4 else 0
    shown, before = line[first : first + WIDEST], line[first : source.column - 1]
    indent = sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in before)
    carets = "^" * max(1, min(length, len(shown) - len(before) or 1))
    yield f"{' ' * margin} |"
    yield f"{source.line} | {safe(shown.replace(chr(9), ' '))}"
    yield f"{' ' * margin} | {' ' * indent}{style.paint(carets[:160], 'red')}"


def _lines(path: Path) -> list[str]:
    """The lines of a file beside the config; none of a file that is elsewhere in truth."""
    if refusal(path, path.parent, largest=MOST_SHOWN):
        return []
    try:
        return path.read_text(encoding="utf-8-sig", errors="replace").splitlines()
    except OSError:
        return []


def as_json(problems: Sequence[Diagnostic]) -> str:
    """One JSON document."""
    entries = [
        {
            "code": problem.code,
            "severity": problem.severity,
            "message": problem.message,
            "help": problem.help,
            "pointer": "/" + "/".join(map(str, problem.pointer)),
            "source": asdict(problem.source) if problem.source else None,
        }
        for problem in problems
    ]
    return json.dumps({"format_version": "1.0", "problems": entries}, indent=1) + "\n"


def as_results(problems: Iterable[Diagnostic], *, anchor: str, each: bool = False) -> list[Result]:
    """Worst first, one for each code and line, or for each problem; `anchor` is the file of those without a line."""
    groups: dict[Hashable, list[Diagnostic]] = {}
    for number, problem in enumerate(problems):
        source = problem.source or Source(anchor, 1, 1)
        groups.setdefault((problem.code, source.file, source.line, number if each else 0), []).append(problem)
    results = [_result(members, anchor) for members in groups.values()]
    return sorted(results, key=lambda result: (ORDER.index(result.level), result.source, result.rule.id))


def _result(problems: Sequence[Diagnostic], anchor: str) -> Result:
    first = problems[0]
    texts = [problem.message + (f" ({problem.help})" if problem.help else "") for problem in problems]
    rule = Rule(first.code, f"Configuration problem {first.code}", f"What landing validate reports as {first.code}.")
    return Result(
        rule,
        _LEVELS.get(first.severity, NOTE),
        safe("; ".join(dict.fromkeys(texts))),
        first.source or Source(anchor, 1, 1),
        "/".join(map(str, first.pointer)) or first.message,
        length=first.length,
    )
