"""A report as text for a terminal, as JSON, and as JUnit XML for build servers."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any
from xml.etree import ElementTree

from landing.policy.testing.report import FAILED, PASSED, SKIPPED, UNDETERMINED, Report, Result, SuiteReport

FORMAT_VERSION = "1.0"
_SYMBOLS = {PASSED: "✓", FAILED: "✗", SKIPPED: "-", UNDETERMINED: "?"}


def as_text(report: Report, *, verbose: bool = False) -> str:
    """What is wrong, each with its line, and a summary; with `verbose` also what is right."""
    lines = [line for suite in report.suites for line in _lines(suite, verbose=verbose)]
    return "\n".join([*lines, *([""] if lines else []), summary(report)]) + "\n"


def summary(report: Report) -> str:
    """One line: how many policies, cases, requests, playbooks and mutants, and how many of each are wrong."""
    results = [result for suite in report.suites for result in suite.results]
    playbooks = sum(any(result.kind == "event" for result in suite.results) for suite in report.suites)
    parts = [
        _counted(len(report.suites) - playbooks, "policy", "policies"),
        _counted(sum(result.kind == "case" for result in results), "case"),
        _counted(sum(result.requests for result in results if result.kind == "case"), "request"),
        _counted(report.claims, "claim"),
    ]
    if playbooks:
        events = sum(result.kind == "event" for result in results)
        parts.append(f"{_counted(playbooks, 'playbook')} with {_counted(events, 'case')}")
    if settings := sum(result.kind == "setting" for result in results):
        parts.append(_counted(settings, "setting"))
    if any(suite.mutants is not None for suite in report.suites):
        mutants = sum(suite.mutants or 0 for suite in report.suites)
        alive = sum(not survivor.argument for suite in report.suites for survivor in suite.survivors)
        parts.append(f"{_counted(mutants, 'mutant')}, {alive} alive")
    wrong = report.count(FAILED, UNDETERMINED) + sum(len(suite.mistakes) for suite in report.suites)
    skipped = report.count(SKIPPED)
    parts += [f"{skipped} skipped"] if skipped else []
    verdict = "all pass" if report.passed else f"{wrong} wrong" if wrong else "mutants alive"
    return f"{', '.join(parts)}: {verdict}"


def _counted(number: int, one: str, many: str = "") -> str:
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def _lines(suite: SuiteReport, *, verbose: bool) -> Iterator[str]:
    shown = [result for result in suite.results if verbose or result.status not in (PASSED, SKIPPED)]
    alive = [survivor for survivor in suite.survivors if verbose or not survivor.argument]
    if not (shown or alive or suite.mistakes or verbose):
        return
    yield suite.name
    for mistake in suite.mistakes:
        yield f"  {_SYMBOLS[FAILED]} {mistake.message}"
        yield f"      {mistake.position}"
    for result in shown:
        yield f"  {_SYMBOLS[result.status]} {result.title}"
        yield f"      {result.position}"
        yield from (f"      {failure}" for failure in result.failures)
    for survivor in alive:
        why = f"the same: {survivor.argument}" if survivor.argument else "no case tells it from the policy"
        yield f"  {_SYMBOLS[PASSED if survivor.argument else FAILED]} mutant `{survivor.mutant}`: {why}"


def as_json(report: Report, more: Mapping[str, Any] | None = None) -> str:
    """Everything, as one object; `more` are further keys of it."""
    shown = {
        "format_version": FORMAT_VERSION,
        "passed": report.passed,
        "summary": {status: report.count(status) for status in _SYMBOLS},
        "policies": [_suite(suite) for suite in report.suites],
        **(more or {}),
    }
    return json.dumps(shown, indent=2, ensure_ascii=False) + "\n"


def _suite(suite: SuiteReport) -> dict[str, Any]:
    return {
        "name": suite.name,
        "file": suite.file,
        "passed": suite.passed,
        "mistakes": [
            {"line": item.position.line, "column": item.position.column, "message": item.message}
            for item in suite.mistakes
        ],
        "results": [_result(result) for result in suite.results],
        "mutants": suite.mutants,
        "survivors": [{"mutant": item.mutant, "argument": item.argument} for item in suite.survivors],
    }


def _result(result: Result) -> dict[str, Any]:
    return {
        "kind": result.kind,
        "title": result.title,
        "status": result.status,
        "line": result.position.line,
        "column": result.position.column,
        "requests": result.requests,
        "failures": list(result.failures),
    }


def as_junit(report: Report) -> str:
    """A test suite for each policy; mistakes are errors, mutants that live are failures."""
    root = ElementTree.Element("testsuites", name="policies")
    for suite in report.suites:
        suite_name, file = _printable(suite.name), _printable(suite.file)
        element = ElementTree.SubElement(root, "testsuite", name=suite_name, file=file)
        for name, line, verdict, text in _outcomes(suite):
            names = {"classname": suite_name, "name": _printable(name), "file": file, "line": str(line)}
            case = ElementTree.SubElement(element, "testcase", names)
            if verdict:
                first = _printable(text.partition("\n")[0] or name)
                ElementTree.SubElement(case, verdict, message=first).text = _printable(text)
        for attribute, path in _COUNTED.items():
            element.set(attribute, str(len(element.findall(path))))
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


_NOT_XML = re.compile("[^\\t\\n\\r\\x20-\\ud7ff\\ue000-\\ufffd\\U00010000-\\U0010ffff]")
_COUNTED = {"tests": "testcase", "failures": "*/failure", "errors": "*/error", "skipped": "*/skipped"}
_VERDICTS = {FAILED: "failure", UNDETERMINED: "failure", SKIPPED: "skipped"}


def _outcomes(suite: SuiteReport) -> Iterator[tuple[str, int, str, str]]:
    """Name, line, JUnit's word for what is wrong (none if nothing is) and the details."""
    for mistake in suite.mistakes:
        yield mistake.message, mistake.position.line, "error", str(mistake.position)
    for result in suite.results:
        verdict = _VERDICTS.get(result.status, "")
        yield result.title, result.position.line, verdict, "\n".join(result.failures)
    for survivor in suite.survivors:
        verdict = "" if survivor.argument else "failure"
        yield f"mutant {survivor.mutant}", 1, verdict, "no case tells it from the policy"


def _printable(text: str) -> str:
    """XML has no control characters and no halves of surrogates, not even escaped."""
    return _NOT_XML.sub("?", text)
