"""What is the same to AWS."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any

import pytest

from landing.core import forms
from landing.core.model import Diagnostic
from landing.services.security_hub.policy import _seen
from tests.samples import SMALL

Find = Callable[..., list[Diagnostic]]


def test_addresses_differ_by_more_than_case() -> None:
    assert forms.email("Ops@Example.com") == forms.email("ops@example.COM")
    assert forms.email("ops+log@example.com") != forms.email("ops@example.com")


def test_neither_order_nor_repetition_counts_at_any_depth() -> None:
    one = {"a": ["x", "y", "x"], "b": [{"c": [2, 1]}, {"c": [3]}], "d": "text"}
    other = {"b": [{"c": [3]}, {"c": [1, 2]}, {"c": [2, 1]}], "a": ["y", "x"], "d": "text"}
    assert forms.unordered(one) == forms.unordered(other) == forms.unordered(forms.unordered(one))
    assert forms.unordered({"a": ["x"]}) != forms.unordered({"a": ["X"]})
    assert forms.unordered("no list") == "no list"


GUARDRAILS = """
guardrails:
  deny-leave-organization: {target: {units: [root]}}
  second: {policy: deny-root-user, name: DENY-LEAVE-ORGANIZATION, target: {units: [workloads]}}
"""


@pytest.mark.parametrize(
    ("text", "code", "said", "first"),
    [
        (SMALL.replace("dev: {name: Dev}", "dev: {name: PROD}"), "LZ305", "`workloads/prod` beside it", "      prod:"),
        (SMALL.replace("email: sd@", "email: Sp@"), "LZ303", "account `shop-prod` already", "sp@example.com"),
        (SMALL + GUARDRAILS, "LZ315", "as has `deny-leave-organization`", "  deny-leave-organization:"),
    ],
)
def test_names_that_differ_by_case_alone_are_refused_with_both_places(
    problems: Find, text: str, code: str, said: str, first: str
) -> None:
    (problem,) = (problem for problem in problems(text=text) if problem.code == code)
    assert said in problem.message
    line = next(number for number, line in enumerate(text.splitlines(), 1) if first in line)
    assert f"landing.yaml:{line}:" in problem.message
    assert problem.source is not None
    assert problem.source.line > line


def test_a_policy_cannot_have_the_name_of_one_of_awss_own(problems: Find) -> None:
    found = problems("guardrails:\n  deny-root-user: {name: fullAWSAccess, target: {units: [root]}}\n")
    (problem,) = (problem for problem in found if problem.code == "LZ315")
    assert "as has `FullAWSAccess` (AWS's own)" in problem.message


@pytest.mark.parametrize(
    ("controls", "shown"),
    [
        ({}, []),
        ({"DisabledSecurityControlIdentifiers": ["IAM.6", "EC2.1"]}, ["EC2.1", "IAM.6"]),
        ({"EnabledSecurityControlIdentifiers": ["IAM.6", "EC2.1"]}, "all but EC2.1 IAM.6"),
    ],
)
def test_a_policy_that_names_what_is_on_is_not_one_that_names_what_is_off(
    controls: dict[str, Any], shown: Collection[str]
) -> None:
    found = _seen({"ServiceEnabled": True, "SecurityControlsConfiguration": controls})
    assert found["disabled_controls"] == shown


def test_addresses_are_compared_nowhere_else() -> None:
    package = Path(str(forms.__file__)).parent
    found = [
        f"{path.relative_to(package)}: {line.strip()}"
        for path in package.rglob("*.py")
        if path.name != "forms.py" and "sandbox" not in path.parts
        for line in path.read_text(encoding="utf-8").splitlines()
        if re.search(r"(?i)mail.*\.(lower|casefold|upper)\(\)", line)
    ]
    assert found == []
