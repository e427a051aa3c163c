"""Cases of declarative policies: what they come to set, place by place."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from landing.policy.testing import Attached, Suite, run
from landing.policy.testing.report import SuiteReport
from tests.policy.cases import ESTATE, problems

S3, TAGS = "S3_POLICY", "TAG_POLICY"
BLOCK: dict[str, Any] = {"s3_attributes": {"public_access_block_configuration": {"@@assign": "all"}}}
NAME = "s3_attributes.public_access_block_configuration"


def _report(tmp_path: Path, cases: str, *policies: Attached) -> SuiteReport:
    file = tmp_path / "cases.yaml"
    if cases:
        file.write_text(cases)
    return run([Suite("guard", file, policies)], ESTATE).suites[0]


def test_what_comes_to_be_set_is_compared_place_by_place(tmp_path: Path) -> None:
    unit = next(units[0] for units in ESTATE.accounts.values() if units)
    opened = Attached(
        "open", {"s3_attributes": {"public_access_block_configuration": {"@@assign": "none"}}}, S3, (unit,)
    )
    cases = f"""
- {{setting: {NAME}, in: management, expect: all}}
- {{setting: {NAME}, in: "ou:{unit}", expect: none}}
- {{setting: s3_attributes.other, expect: ~}}
"""
    report = _report(tmp_path, cases, Attached("block", BLOCK, S3), opened)
    assert report.passed, problems(report)
    assert {result.kind for result in report.results} == {"setting"}
    wrong = _report(
        tmp_path, f"- {{setting: {NAME}, in: 'ou:{unit}', expect: [all]}}\n", Attached("block", BLOCK, S3), opened
    )
    assert problems(wrong)
    assert all(line.endswith(": none") for line in problems(wrong))


def test_lists_are_compared_whole(tmp_path: Path) -> None:
    tags = Attached("tags", {"tags": {"team": {"tag_value": {"@@assign": ["a", "b"]}}}}, TAGS)
    assert _report(tmp_path, "- {setting: tags.team.tag_value, expect: [a, b]}\n", tags).passed
    assert not _report(tmp_path, "- {setting: tags.team.tag_value, expect: [a]}\n", tags).passed


def test_a_setting_without_a_case_is_told_and_no_file_at_all_is_skipped(tmp_path: Path) -> None:
    assert [result.status for result in _report(tmp_path, "", Attached("block", BLOCK, S3)).results] == ["skipped"]
    report = _report(tmp_path, "- {setting: s3_attributes.other, expect: ~}\n", Attached("block", BLOCK, S3))
    assert problems(report) == ["1: no case names it"]


def test_a_place_that_there_is_not_is_a_mistake_where_it_stands(tmp_path: Path) -> None:
    report = _report(tmp_path, f"- {{setting: {NAME}, in: ou:nowhere, expect: all}}\n", Attached("block", BLOCK, S3))
    (mistake,) = report.mistakes
    assert "there is no `ou:nowhere`" in mistake.message
    assert (mistake.position.line, mistake.position.column) == (1, len(f"- {{setting: {NAME}, in: ") + 1)
