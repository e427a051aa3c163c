"""The page on semantics names, for every rule, tests that there are."""

import re
from pathlib import Path

from landing.policy.linter import CODES

HERE = Path(__file__).parent
PAGE = (HERE.parent.parent / "docs" / "policy-semantics.md").read_text()
SOURCES = "\n".join(file.read_text() for file in HERE.glob("test_*.py"))
TESTS = set(re.findall(r"^def (test_\w+)", SOURCES, re.MULTILINE))
ROWS = {int(number): row for number, row in re.findall(r"^\| (\d+) \| (.+)$", PAGE, re.MULTILINE)}


def test_every_rule_is_on_the_page_with_documentation() -> None:
    assert sorted(ROWS) == list(range(1, 20))
    assert all(re.search(r"(IAM|Org) `[\w-]+\.html`", row) for row in ROWS.values())


def test_every_test_on_the_page_exists_and_carries_the_number_of_its_rule() -> None:
    for number, row in ROWS.items():
        named = re.findall(r"`(test_\w+)`", row)
        assert named, number
        assert set(named) <= TESTS, set(named) - TESTS
        assert all(f"{number:02}" in re.findall(r"\d\d", name) for name in named), named


def test_every_code_of_the_lint_is_on_its_page() -> None:
    page = (HERE.parent.parent / "docs" / "policy-lint.md").read_text()
    rows = re.findall(r"^\| (POL\d+) \| (.+) \| (.+) \|$", page, re.MULTILINE)
    assert {code: (wrong, remedy) for code, wrong, remedy in rows} == {
        code: (each.wrong, each.remedy) for code, each in CODES.items()
    }


def test_every_code_of_the_lint_is_given_by_some_check() -> None:
    checks = HERE.parent.parent / "landing" / "policy"
    files = [*checks.glob("linter/*.py"), checks / "declarative" / "shape.py"]
    sources = [file.read_text() for file in files if file.name != "codes.py"]
    assert {code for source in sources for code in re.findall(r"POL\d+", source)} == set(CODES)
