"""Reports as text, JSON and JUnit XML."""

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest

from landing.policy.testing import Report, SuiteReport, run
from landing.policy.testing.model import Position
from landing.policy.testing.output import as_json, as_junit, as_text, summary
from landing.policy.testing.report import PASSED, Result
from tests.policy.cases import BUT_EXEMPT, ESTATE, SHOP, deny, suite

CASES = """
- {try: guardduty:DeleteDetector, in: account:shop, expect: denied}
- {try: guardduty:DeleteDetector, in: account:shop, as: exempt, expect: denied}
- {try: guardduty:DeleteDetector, in: management, expect: nothing}
- {never: guardduty:DeleteDetector, except: exempt}
"""
GOOD = "- {try: guardduty:DeleteDetector, expect: denied}\n"


@pytest.fixture
def bad(tmp_path: Path) -> Report:
    return run([suite(tmp_path, CASES, deny("NoDelete", "guardduty:DeleteDetector", **BUT_EXEMPT))], ESTATE)


@pytest.fixture
def alive(tmp_path: Path) -> Report:
    return run([suite(tmp_path, GOOD, deny("NoDelete", "guardduty:DeleteDetector", **BUT_EXEMPT))], ESTATE, mutate=True)


def test_text_shows_what_is_wrong_with_its_line(bad: Report, tmp_path: Path) -> None:
    lines = as_text(bad).splitlines()
    assert lines[0] == "guard"
    assert lines[1] == "  ✗ `nothing` is neither denied nor not-denied"
    assert lines[2] == f"      {tmp_path}/cases.yaml:4:59"
    assert lines[3] == "  ✗ exempt tries guardduty:DeleteDetector in account:shop: denied"
    assert lines[4] == f"      {tmp_path}/cases.yaml:3:3"
    assert lines[5].endswith(f"detector/example in {SHOP}: not-denied")
    assert lines[-1] == "1 policy, 2 cases, 3 requests, 1 claim: 2 wrong"
    assert "role/Anyone" not in as_text(bad)
    assert "  ✓ role/Anyone tries guardduty:DeleteDetector in account:shop: denied" in as_text(bad, verbose=True)


def test_text_of_what_is_right_is_one_line(tmp_path: Path) -> None:
    report = run([suite(tmp_path, GOOD, deny("NoDelete", "guardduty:DeleteDetector"))], ESTATE)
    assert as_text(report) == "1 policy, 1 case, 3 requests, 0 claims: all pass\n"


def test_mutants_that_live_are_told(alive: Report) -> None:
    mutant = "NoDelete: without ArnNotLike aws:PrincipalArn"
    assert f"  ✗ mutant `{mutant}`: no case tells it from the policy" in as_text(alive).splitlines()
    assert summary(alive).endswith("alive: mutants alive")
    assert {"mutant": mutant, "argument": ""} in json.loads(as_json(alive))["policies"][0]["survivors"]
    failures = ElementTree.fromstring(as_junit(alive)).findall("testsuite/testcase[failure]")
    assert f"mutant {mutant}" in [case.get("name") for case in failures]


def test_json_says_everything(bad: Report) -> None:
    shown = json.loads(as_json(bad))
    assert (shown["format_version"], shown["passed"]) == ("1.0", False)
    assert shown["summary"] == {"passed": 3, "failed": 1, "skipped": 0, "undetermined": 0}
    (policy,) = shown["policies"]
    assert policy["mistakes"] == [{"line": 4, "column": 59, "message": "`nothing` is neither denied nor not-denied"}]
    assert [(item["kind"], item["status"], item["line"], item["requests"]) for item in policy["results"]] == [
        ("case", "passed", 2, 1),
        ("case", "failed", 3, 2),
        ("never", "passed", 5, 3),
        ("coverage", "passed", 1, 0),
    ]


def test_junit_is_what_build_servers_read(bad: Report) -> None:
    root = ElementTree.fromstring(as_junit(bad))
    (suite_element,) = root
    assert root.tag == "testsuites"
    assert {key: suite_element.get(key) for key in ("name", "tests", "failures", "errors", "skipped")} == {
        "name": "guard",
        "tests": "5",
        "failures": "1",
        "errors": "1",
        "skipped": "0",
    }
    failed = suite_element.findall("testcase[failure]")
    assert [case.get("line") for case in failed] == ["3"]
    assert "not-denied" in (failed[0].findtext("failure") or "")
    assert [case.get("line") for case in suite_element.findall("testcase[error]")] == ["4"]


def test_junit_takes_any_text() -> None:
    odd = Result("case", 'a "<b>" & \x00\x1b\ufffe\ud800 c', PASSED, Position("f", 1, 1))
    text = as_junit(Report((SuiteReport("p\x01", "f\x02", (odd,)),)))
    assert ElementTree.fromstring(text).find("testsuite/testcase").get("name") == 'a "<b>" & ???? c'  # type: ignore[union-attr]


def test_the_order_is_always_the_same(tmp_path: Path) -> None:
    policy = deny("NoDelete", "guardduty:Delete*", **BUT_EXEMPT)
    reports = [run([suite(tmp_path, CASES, policy)], ESTATE) for _ in range(2)]
    assert as_text(reports[0], verbose=True) == as_text(reports[1], verbose=True)
    assert as_json(reports[0]) == as_json(reports[1])
