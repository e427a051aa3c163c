"""Policies of the user's own: their files, and what `validate` says of them with its place."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from landing.config import load
from landing.core.errors import ConfigError
from landing.core.model import Diagnostic
from landing.library import Library, shipped
from tests.samples import SMALL

METADATA = "title: t\ndescription: d\ntype: SERVICE_CONTROL_POLICY\nseverity: high\n"
NOT_BREAK_GLASS = {"ArnNotLike": {"aws:PrincipalArn": ["{{ exempt_roles }}", "arn:aws:iam::*:role/x/{{ team }}"]}}
Check = Callable[..., list[Diagnostic]]


def statement(**elements: Any) -> dict[str, Any]:
    listed = {"Effect": "Deny", "Action": "s3:DeleteBucket", "Resource": "*", "Condition": NOT_BREAK_GLASS}
    return {key: value for key, value in {**listed, **elements}.items() if value is not None}


@pytest.fixture
def checked(config: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Check:
    """Everything that is said of a config with one policy beside it, which its guardrails use or not."""
    monkeypatch.chdir(tmp_path)

    def check(*statements: dict[str, Any], metadata: str = METADATA, guardrails: str = "") -> list[Diagnostic]:
        folder = tmp_path / "scps" / "mine"
        folder.mkdir(parents=True, exist_ok=True)
        document = {"Version": "2012-10-17", "Statement": list(statements)}
        (folder / "policy.json").write_text(json.dumps(document, indent=2))
        (folder / "metadata.yaml").write_text(metadata)
        try:
            return load(config(SMALL + guardrails), Library.load(shipped(), tmp_path))[1]
        except ConfigError as error:
            return list(error.problems)

    return check


PARAMETERS = METADATA + "parameters: {team: {default: a}, names: {type: list, default: [a, b, c]}}\n"
USED = """guardrails:
  protect-landing: {target: {units: [root]}}
  g: {policy: mine, target: {units: [root]}, parameters: {names: [v, w, x, y]}}
"""


def test_a_finding_stands_where_the_policy_says_it(checked: Check) -> None:
    actions = ["s3:Get{{ names }}", "s3:Frobnicate", "s3:DeleteBucket"]
    found = checked(statement(), statement(Action=actions), metadata=PARAMETERS, guardrails=USED)
    [problem] = [problem for problem in found if "Frobnicate" in problem.message]
    assert problem.code == "POL301"
    assert problem.source is not None
    assert problem.source.file == "scps/mine/policy.json"
    line = (Path("scps/mine/policy.json").read_text().splitlines())[problem.source.line - 1]
    assert line[problem.source.column - 1 :].startswith('"s3:Frobnicate"')
    assert problem.length == len('"s3:Frobnicate"')
    assert "guardrail `g` (" in problem.message
    assert ":" in problem.message.partition("(")[2].partition(")")[0], "and the line that asked for it"
    filled = [problem for problem in found if "s3:Get" in problem.message]
    assert len({problem.source for problem in filled}) == 1, "four actions come from one placeholder"
    assert len(filled) == 4


def test_notes_are_given_of_what_the_user_wrote_only(checked: Check) -> None:
    twice = statement(Action=["s3:DeleteBucket", "s3:DeleteBucket"])
    found = checked(twice, metadata=PARAMETERS, guardrails=USED)
    assert [(problem.code, problem.severity) for problem in found] == [("POL304", "info")]


def test_a_policy_that_is_not_used_is_looked_at_too_but_stops_nothing(checked: Check) -> None:
    found = checked(statement(Action="s3:Frobnicate"), metadata=PARAMETERS)
    assert [(problem.code, problem.severity) for problem in found] == [("POL301", "warning")]
    assert "which no guardrail uses" in found[0].message
    [unknown] = checked(statement(Action="{{ nothing }}"), metadata=PARAMETERS)
    assert (unknown.code, unknown.severity) == ("LZ313", "error")
    needy = METADATA + "parameters: {nothing: {type: string}, team: {default: a}}\n"
    assert checked(statement(Action="{{ nothing }}"), metadata=needy) == []


def test_a_document_that_is_nearly_too_large_is_warned_about(checked: Check) -> None:
    names = [f"arn:aws:s3:::{'x' * 50}{number:03}" for number in range(138)]
    found = checked(statement(Resource=names), metadata=PARAMETERS, guardrails=USED)
    assert [problem.code for problem in found] == ["LZ342"], found[0].message


def test_an_allow_beside_full_access_is_warned_about(checked: Check) -> None:
    allow = statement(Effect="Allow", Condition=None)
    found = checked(allow, guardrails="guardrails: {mine: {target: {units: [workloads]}}}\n")
    assert [(problem.code, problem.severity) for problem in found] == [("LZ346", "warning")]
    assert "`workloads`" in found[0].message
    assert "full_access: false" in found[0].help


@pytest.mark.parametrize(
    ("old", "new", "code", "line", "words"),
    [
        ("high", "terrible", "LZ403", 4, "`terrible` is no severity"),
        ("SERVICE_CONTROL_POLICY", "SCP", "LZ340", 3, "`SCP` is no policy type"),
        ("title: t", "tilte: t", "LZ403", 1, "unknown key `tilte`"),
        ("title: t", "title: [t]", "LZ403", 1, "`title` must be a text"),
        ("severity: high", "severity: high\nparameters: [a]", "LZ403", 5, "must map names"),
        ("severity: high", "severity: high\nparameters: {a: 5}", "LZ403", 5, "must map names"),
        ("severity: high", "severity: high\nparameters: {a: {type: number}}", "LZ403", 5, "`number` is no type"),
        ("severity: high", "severity: high\nparameters: {a: {type: list, default: b}}", "LZ403", 5, "default"),
        ("severity: high", "severity: high\ncontrols: 5", "LZ403", 5, "must be a list of texts"),
        ("severity: high", "severity: [high", "LZ402", 5, "cannot read metadata"),
        (METADATA, "- a\n", "LZ402", 1, "must be a mapping"),
        (METADATA, "", "LZ403", 1, "`title` is missing"),
    ],
)
def test_metadata_that_is_wrong_is_told_with_its_line(
    checked: Check, old: str, new: str, code: str, line: int, words: str
) -> None:
    problems = checked(statement(Condition=None), metadata=METADATA.replace(old, new))
    found = [problem for problem in problems if words in problem.message]
    assert [(problem.code, problem.source and problem.source.line) for problem in found] == [(code, line)]
