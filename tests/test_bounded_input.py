"""Input that is small and means too much: nesting, aliases of aliases, numbers of a million digits."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from landing.blueprint.process import DEEPEST
from landing.core import json_text
from landing.core.errors import LandingError, UnknownFormat
from landing.core.model import Action, Address, Change, Diagnostic, Json, Source
from landing.core.yaml_text import NotAdmitted, parse
from landing.engine import plan, snapshot
from landing.library import Library
from landing.policy.testing.case_file import parse as read_cases
from landing.report.problems import render
from landing.report.style import Style
from landing.runs.history import records
from landing.runs.lock import Holder, holder_of
from tests.samples import SMALL

BOMB = "x0: &x0 [a, a, a, a, a, a, a, a, a, a]\n" + "".join(
    f"x{n}: &x{n} [{', '.join([f'*x{n - 1}'] * 10)}]\n" for n in range(1, 10)
)
CHAIN = "x0: &x0 [a]\n" + "".join(f"x{n}: &x{n} [*x{n - 1}]\n" for n in range(1, 100))
HOSTILE = {
    "brackets": ("x: " + "[" * 500, "LZ112", "nested deeper than 64"),
    "closed brackets": ("x: " + "[" * 500 + "]" * 500, "LZ112", "nested deeper than 64"),
    "mappings": ("".join(f"{' ' * n}k:\n" for n in range(1_000)), "LZ112", "nested deeper than 64"),
    "lists": ("x:\n " + "- " * 1_000 + "a", "LZ112", "nested deeper than 64"),
    "aliases of aliases": (BOMB, "LZ113", "more than 100,000 values"),
    "a chain of aliases": (CHAIN, "LZ112", "by the alias"),
    "digits": ("x: " + "9" * 1_000_000, "LZ116", "1,000,000 digits"),
    "negative digits": ("x: -" + "9" * 1_000_000, "LZ116", "whole number"),
    "hexadecimal digits": ("x: 0x" + "f" * 1_000_000, "LZ116", "whole number"),
    "an exponent": ("x: 1e999", "LZ116", "larger than any"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_yaml_that_means_too_much_is_refused_at_its_place(name: str) -> None:
    text, code, words = HOSTILE[name]
    with pytest.raises(NotAdmitted, match=words) as refused:
        parse(text)
    assert refused.value.code == code
    assert refused.value.mark < (1_000, 1_000)


def test_a_config_says_so_with_file_line_and_column(problems: Callable[..., list[Diagnostic]]) -> None:
    (found,) = problems("", SMALL + "limits: {deleted_number: " + "9" * 1_000_000 + "}\n")
    assert found.source is not None
    assert (found.code, found.source.line, found.source.column) == ("LZ116", len(SMALL.splitlines()) + 1, 26)
    assert len(render([found], Style())) < 2_000


def test_brackets_without_end_are_told_at_a_line(problems: Callable[..., list[Diagnostic]]) -> None:
    (found,) = problems("", SMALL + "x: " + "[" * 100_000)
    assert found.source is not None
    assert (found.code, found.source.line) == ("LZ105", len(SMALL.splitlines()) + 1)


def test_aliases_that_mean_little_are_followed() -> None:
    assert parse("a: &a [1, 2]\nb: {c: *a, d: *a}\ne: &a 3\nf: [*a]\n") == {
        "a": [1, 2],
        "b": {"c": [1, 2], "d": [1, 2]},
        "e": 3,
        "f": [3],
    }


def test_integers_that_a_computer_counts_in_are_read() -> None:
    assert parse(f"[{2**63 - 1}, -{2**63 - 1}, 0x7fff]") == [2**63 - 1, -(2**63) + 1, 0x7FFF]


JSON = {
    "brackets": "[" * 100_000,
    "braces": '{"a": ' * 1_000 + "1" + "}" * 1_000,
    "digits": '{"Version":\n ' + "9" * 1_000_000 + "}",
    "a constant": '{"Version":\n NaN}',
    "a key twice": '{"Version": 1,\n"Version": 2}',
}


@pytest.mark.parametrize("name", JSON)
def test_json_that_means_too_much_is_refused_at_its_place(name: str) -> None:
    with pytest.raises(json.JSONDecodeError) as refused:
        json_text.read(JSON[name])
    assert len(refused.value.msg) < 100
    assert name in ("brackets", "braces", "a key twice") or (refused.value.lineno, refused.value.colno) == (2, 2)


@pytest.mark.parametrize("name", JSON)
def test_files_that_somebody_else_may_have_written_are_bounded(tmp_path: Path, name: str) -> None:
    """A plan on its way from the review, and what a checkout brings with it; nothing ends in a traceback."""
    file = tmp_path / "plan.json"
    file.write_text(JSON[name])
    with pytest.raises(UnknownFormat, match=r"is not a whole plan: .*Plan again") as refused:
        plan.load(file)
    assert len(str(refused.value)) < 500
    with pytest.raises(LandingError, match="is no whole snapshot"):
        snapshot.load(file)
    (tmp_path / "run").mkdir()
    for record in ("summary.json", "events.jsonl"):
        (tmp_path / "run" / record).write_text(JSON[name])
    assert [each.outcome for each in records(tmp_path)] == ["killed"]
    assert holder_of(JSON[name].encode()) == Holder("unknown")


def test_a_plan_holds_templates_as_deep_as_they_may_be(tmp_path: Path) -> None:
    template: Json = "x"
    for _ in range(DEEPEST):
        template = {"a": template}
    address = Address("stack_set", "deep")
    made = plan.Plan((Change(Action.CREATE, address, None, {"template": template}),))
    plan.save(made, tmp_path / "plan.json")
    assert plan.load(tmp_path / "plan.json") == made


def test_brackets_in_texts_do_not_nest() -> None:
    assert json_text.read(json.dumps(["[{" * 100 + '"' + "\\"])) == ["[{" * 100 + '"' + "\\"]


@pytest.mark.parametrize(("file", "text"), [("metadata.yaml", BOMB), ("metadata.yaml", "x: " + "[" * 100_000)])
def test_metadata_of_a_policy_is_bounded(tmp_path: Path, file: str, text: str) -> None:
    folder = tmp_path / "scps" / "mine"
    folder.mkdir(parents=True)
    (folder / "policy.json").write_text(JSON["digits"])
    (folder / file).write_text(text)
    problems = Library.load(tmp_path).problems
    assert {problem.code for problem in problems} == {"LZ402", "LZ404"}
    assert len("".join(map(str, problems))) < 1_000


@pytest.mark.parametrize(
    "text",
    ["- " * 100_000, "[" * 100_000, "- &a [*a]\n", BOMB, "- try: &a [*a]\n  expect: denied\n", "- 9" + "9" * 1_000_000],
)
def test_cases_are_bounded(text: str) -> None:
    cases = read_cases(text, "cases.yaml")
    assert cases.mistakes
    assert all(len(mistake.message) < 500 for mistake in cases.mistakes)


def test_a_line_without_end_is_shown_around_its_column(tmp_path: Path) -> None:
    (tmp_path / "long.yaml").write_text("a" * 5_000_000 + "WRONG" + "b" * 5_000_000)
    text = render([Diagnostic("LZ000", "m", Source(str(tmp_path / "long.yaml"), 1, 5_000_001), length=5)], Style())
    assert "aWRONGb" in text
    shown, carets = text.splitlines()[3:5]
    assert shown.index("WRONG") == carets.index("^^^^^")
    assert len(text) < 1_000
