"""`landing prove` and `landing test`: what is claimed of the guardrails, at the places where the config attaches them."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest

from landing.cli import run
from landing.organization import Organization
from landing.policy import evaluate
from landing.policy.declared import declared, estate_of
from landing.policy.testing.suite import levels
from tests.samples import LIBRARY, SMALL

Capture = pytest.CaptureFixture[str]
TEXT = (
    SMALL
    + "guardrails:\n  deny-leave-organization: {target: {units: [workloads]}}\n  no-root: {target: {units: [workloads/prod]}}\n"
)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, config: Callable[..., Path]) -> Path:
    config(TEXT)
    shutil.copytree(LIBRARY, tmp_path, ignore=shutil.ignore_patterns("blueprints"), dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_claim_is_proved_where_the_policy_is_attached(home: Path, capsys: Capture) -> None:
    assert run(["prove", "never", "organizations:LeaveOrganization", "--in", "ou:workloads"]) == 0
    assert capsys.readouterr().out.startswith("Proved for ")


def test_a_claim_is_refuted_by_a_request_that_passes(
    home: Path, capsys: Capture, load_text: Callable[[str], Organization]
) -> None:
    arguments = ["prove", "never", "organizations:LeaveOrganization", "--in", "account:shop-prod", "--as", "role/Dev"]
    assert run([*arguments, "--format", "json"]) == 0
    assert [proof["result"] for proof in json.loads(capsys.readouterr().out)] == ["proved"]
    assert (
        run(["prove", "never", "iam:CreateUser", "--in", "account:shop-prod", "--as", "role/Dev", "--format", "json"])
        == 2
    )
    [proof] = json.loads(capsys.readouterr().out)
    organization = load_text(TEXT)
    estate = estate_of(organization)
    path = estate.path(estate.keys["shop-prod"])
    verdict = evaluate(levels(declared(organization, estate), path, "SERVICE_CONTROL_POLICY"), proof["counterexample"])
    assert verdict.result == "Allowed"


def test_mistakes_in_a_claim_are_usage(home: Path, capsys: Capture) -> None:
    assert run(["prove", "never", "s3:Nothing*"]) == 64
    assert "names no action" in capsys.readouterr().err
    assert run(["prove", "never", "s3:*", "--in", "nowhere"]) == 64
    assert run(["prove", "never", "s3:*", "--except", "me"]) == 64


def test_cases_of_the_config_are_about_all_guardrails_as_attached(home: Path, capsys: Capture) -> None:
    (home / "config" / "cases").mkdir()
    cases = home / "config" / "cases" / "mine.yaml"
    cases.write_text("- never: organizations:LeaveOrganization\n  in: ou:workloads\n")
    assert run(["test", "config/cases/mine.yaml"]) == 0
    cases.write_text("- try: iam:CreateUser\n  as: root\n  in: ou:dev\n  expect: denied\n")
    assert run(["test", "config/cases/mine.yaml", "--format", "text", "--format", "junit=out.xml"]) == 1
    text = capsys.readouterr().out
    assert "config/cases/mine.yaml:1:3" in text
    found = ElementTree.parse(home / "out.xml").getroot()
    assert [case.get("classname") for case in found.iter("testcase") if case.find("failure") is not None] == [
        "config/cases/mine.yaml"
    ]


def test_one_that_has_no_cases_fails(home: Path, capsys: Capture) -> None:
    assert run(["test", "no-root"]) == 1
    assert "has no cases: write this file" in capsys.readouterr().out


def test_an_unknown_name_is_usage(home: Path, capsys: Capture) -> None:
    assert run(["test", "no-such"]) == 64
    assert "no-root" in capsys.readouterr().err
