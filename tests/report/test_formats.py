"""What every format must keep to: golden bytes, the same bytes twice, hostile text, none, one and 30,000 findings."""

from __future__ import annotations

import importlib
import json
import re
import unicodedata
from dataclasses import replace
from functools import cache
from xml.etree import ElementTree

import pytest

from landing.engine.drift import Report, report
from landing.engine.plan import Plan
from landing.report import formats, plan_markdown, plan_text, sarif
from landing.report.style import Style
from tests.report.formats import DRIFTS, PLANS, REPOSITORY
from tests.report.samples import (
    ORIGIN,
    PROBLEMS,
    drift,
    empty,
    findings,
    hostile,
    many,
    organization,
    plan,
)


@pytest.mark.parametrize("name", PLANS)
def test_a_plan_is_written_as_before(name, golden):
    golden(f"reports/{name}", PLANS[name](plan(), organization()))


@pytest.mark.parametrize("name", DRIFTS)
def test_drift_is_written_as_before(name, golden):
    golden(f"reports/{name}", DRIFTS[name](drift(), organization()))


def test_problems_are_written_as_before(golden):
    written = json.loads(sarif.of_problems(PROBLEMS, repository=REPOSITORY, anchor="config"))
    written["runs"][0]["tool"]["driver"]["version"] = "0.0.0"
    golden("reports/validate.sarif", json.dumps(written, indent=1) + "\n")


@pytest.mark.parametrize("name", PLANS)
def test_the_same_plan_gives_the_same_bytes(name):
    read_back = Plan.from_json(json.loads(json.dumps(plan().to_json())))
    assert PLANS[name](plan(), organization()) == PLANS[name](read_back, organization())


@pytest.mark.parametrize("name", DRIFTS)
def test_the_same_drift_gives_the_same_bytes(name):
    shuffled = replace(plan(), changes=tuple(reversed(plan().changes)))
    again = report(organization(), shuffled)
    assert {f.address for f in again.findings} == {f.address for f in drift().findings}
    assert DRIFTS[name](drift(), organization()) == DRIFTS[name](again, organization())


def _dangerous(text: str) -> set[str]:
    """Characters that steer a terminal, turn text around or cannot be stored."""
    return {
        c for c in text.replace("\r\n", "\n") if c != "\n" and unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp")
    }


COMMAND = re.compile(r"::(error|warning|notice) ([^:]*)::(.*)")


def command(line: str) -> dict[str, str] | None:
    """What GitHub's runner makes of a line; raises ValueError for a command that is none of ours."""
    found = re.match(r"\s*::", line) or re.search(r"##(vso)?\[", line)
    if found is None:
        return None
    ours = COMMAND.fullmatch(line)
    if ours is None or "##[" in line:
        raise ValueError(line)
    return {"level": ours[1], "text": ours[3], **dict(part.split("=", 1) for part in ours[2].split(","))}


@pytest.mark.parametrize("name", PLANS)
def test_hostile_text_stays_text_in_plans(name):
    text = PLANS[name](hostile(), organization(name=hostile().made_from.organization))
    assert not _dangerous(text)
    lines = text.splitlines()
    assert not any(re.match(r"\+\+\+|---", line) for line in lines), "a file header of a diff"
    assert all(command(line) is not None for line in lines) if name == "plan.github" else not any(map(command, lines))
    text.encode()


@pytest.mark.parametrize("name", DRIFTS)
def test_hostile_text_stays_text_in_drift(name):
    text = DRIFTS[name](report(organization(), hostile()), organization())
    assert not _dangerous(text)
    lines = text.splitlines()
    assert all(command(line) is not None for line in lines) if name == "drift.github" else not any(map(command, lines))
    text.encode()


@pytest.mark.parametrize("name", PLANS)
def test_an_empty_plan_says_so(name):
    text = PLANS[name](empty(), organization())
    assert plan_text.NO_CHANGES in text
    assert "4120 objects compared" in text


@pytest.mark.parametrize("name", DRIFTS)
def test_no_finding(name):
    text = DRIFTS[name](report(organization(), empty()), organization())
    if name.endswith("sarif"):
        run = json.loads(text)["runs"][0]
        assert run["results"] == []
        assert run["invocations"][0]["toolExecutionNotifications"] == []
    elif name.endswith("xml"):
        suites = ElementTree.fromstring(text)
        assert (suites.get("failures"), suites.get("errors")) == ("0", "0")
        assert int(suites.get("tests", "0")) > 0
    elif name.endswith(("codequality", "asff")):
        assert json.loads(text) == []
    elif name.endswith("ocsf"):
        assert text == ""
    elif name.endswith("csv"):
        assert text.count("\r\n") == 1
    else:
        assert "No drift. Your infrastructure matches the configuration." in text
        assert "100.0 %" in text


@pytest.mark.parametrize("name", DRIFTS)
def test_one_finding(name):
    text = DRIFTS[name](findings(1), organization())
    assert "stack-00000" in text
    assert "config/organization.yaml" in text


MANY = 10_000


@cache
def _alike() -> Report:
    return report(organization(), many(MANY))


@cache
def _different() -> Report:
    return findings(MANY)


@pytest.mark.parametrize("name", DRIFTS)
@pytest.mark.parametrize("made", [_alike, _different])
def test_ten_thousand_findings_stay_readable(name, made):
    found = made()
    assert len(found.drifted) == MANY
    text = DRIFTS[name](found, organization())
    most = {
        "drift.txt": 60_000,
        "drift.md": 60_000,
        "drift.html": 2_100_000,
        "drift.sarif": 8_000_000,
        "drift.github": 300_000,
        "drift.codequality": 7_000_000,
        "drift.csv": 5_000_000,
        "drift.ocsf": 20_000_000,
        "drift.asff": 20_000_000,
        "drift.xml": 100_000,
    }
    assert len(text.encode()) <= most[name]


@pytest.mark.parametrize("name", [*PLANS, *DRIFTS])
def test_what_could_not_be_read_is_told(name):
    only_gaps = replace(empty(), gaps=plan().gaps)
    text = (
        PLANS[name](only_gaps, organization())
        if name in PLANS
        else DRIFTS[name](report(organization(), only_gaps), organization())
    )
    assert "AccessDeniedException" in text
    assert plan_text.NO_CHANGES not in text
    assert "No drift. Your" not in text


def test_a_plan_file_is_not_needed_to_write_markdown():
    text = plan_markdown.render(Plan((), made_from=replace(ORIGIN, organization="")), organization())
    assert "the organization" in text


def test_ascii_alone_where_the_stream_knows_no_more():
    strange = hostile("Zürich → 東京 · ✓ 🙂")
    text = plan_text.render(strange, organization(), Style(ascii=True))
    text.encode("ascii")
    assert r"Z\xfcrich -> \u6771\u4eac , ok \U0001f642" in text


def test_json_in_a_log_commands_nothing_and_says_the_same() -> None:
    odd = hostile("##[error]x ##vso[task]")
    text = formats.shown("plan", "json", odd, None, view=formats.View())
    assert not re.search(r"##(vso)?\[", text)
    assert json.loads(text) == odd.to_json()


def test_a_result_has_the_formats_whose_files_show_it() -> None:
    offered = {
        "plan": ("text", "json", "md", "github"),
        "attached": ("text", "json", "md"),
        "drift": ("text", "json", "md", "html", "csv", "github", "gitlab", "sarif", "junit", "ocsf", "asff"),
        "problems": ("text", "json", "github", "gitlab", "sarif"),
        "tests": ("text", "json", "github", "junit"),
        "answers": ("text", "json"),
        "proofs": ("text", "json"),
        "runs": ("text", "json"),
        "root": ("text", "json", "md", "csv"),
        "access": ("text", "json", "csv"),
        "compliance": ("text", "json", "html", "csv"),
        "drill": ("text", "json"),
    }
    assert set(formats.RESULTS) == set(offered)
    for result, names in offered.items():
        assert formats.names(result) == names


COMMANDS = {
    "plan": "plan", "show": "plan", "drift": "drift", "validate": "problems", "test": "tests", "can": "answers",
    "prove": "proofs", "status": "runs", "root": "root", "access": "access", "compliance": "compliance",
}  # fmt: skip


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_offers_every_format_of_its_result(name: str) -> None:
    command = importlib.import_module(f"landing.cli.{name}").command
    (option,) = (each for each in command.params if "--format" in each.opts)
    choices, wanted = getattr(option.type, "choices", None), formats.names(COMMANDS[name])
    assert tuple(choices) == wanted if choices else f"One of {', '.join(wanted)}," in option.help


def test_problems_that_are_none_say_what_is_valid() -> None:
    org = organization()
    text = formats.shown("problems", "text", [], org, view=formats.View())
    assert text.startswith("The configuration is valid: ")
    assert formats.shown("problems", "text", [], None, view=formats.View()) == ""
    assert json.loads(formats.shown("problems", "json", [], org, view=formats.View()))["problems"] == []
