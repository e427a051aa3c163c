"""cfn-lint over the templates of the user's blueprints: where findings stand, and that it runs nothing here."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from landing.cli import run
from landing.config import load
from landing.core.errors import ConfigError
from landing.core.model import Diagnostic
from landing.library import Library, shipped, template_lint
from tests.samples import SMALL

BLUEPRINT = """from troposphere import Template
from troposphere.sqs import Queue


def own():
    template = Template()
    template.add_resource(Queue("Kept"))
    template.add_resource(
        Queue("Short", DelaySeconds=1_000_000)
    )
    template.set_metadata({metadata})
    return template
"""


@pytest.fixture
def lint(config: Callable[..., Path], tmp_path: Path) -> Callable[..., list[Diagnostic]]:
    def of(metadata: object = None) -> list[Diagnostic]:
        (tmp_path / "blueprints").mkdir(exist_ok=True)
        (tmp_path / "blueprints" / "own.py").write_text(BLUEPRINT.replace("{metadata}", repr(metadata or {})))
        folder = config(SMALL + "baselines: {own: {target: {units: [root]}}}\n")
        library = Library.load(shipped(), tmp_path)
        try:
            return load(folder, library, linted=True)[1]
        except ConfigError as error:
            return list(error.problems)

    return of


def test_a_finding_stands_at_the_line_that_says_it(lint: Callable[..., list[Diagnostic]], tmp_path: Path) -> None:
    (found,) = lint()
    assert found.code == "LZ407"
    assert found.severity == "error"
    assert found.source is not None
    assert (found.source.file, found.source.line) == (str(tmp_path / "blueprints" / "own.py"), 9)
    assert "cfn-lint E3034" in found.message
    assert "Resources/Short/Properties/DelaySeconds" in found.message


def test_a_template_says_itself_what_is_not_looked_at(lint: Callable[..., list[Diagnostic]]) -> None:
    assert lint({"cfn-lint": {"config": {"ignore_checks": ["E3034"]}}}) == []


def test_rules_that_a_template_names_run_where_they_can_do_nothing(
    lint: Callable[..., list[Diagnostic]], tmp_path: Path
) -> None:
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "mine.py").write_text(f"open({str(tmp_path / 'mark')!r}, 'w')\n")
    lint({"cfn-lint": {"config": {"append_rules": [str(tmp_path / "rules")]}}})
    assert not (tmp_path / "mark").exists()


def test_what_validate_refuses_plan_refuses_too(
    lint: Callable[..., list[Diagnostic]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(template_lint, "ask", lambda *asked: ([], ""))  # for the files alone
    lint()
    monkeypatch.undo()
    monkeypatch.chdir(tmp_path)
    assert run(["plan", "--refresh=false"]) == 1
    assert "error[LZ407]" in capsys.readouterr().err


def test_without_blueprints_of_the_user_nothing_is_linted(config: Callable[..., Path], library: Library) -> None:
    folder = config(SMALL + "baselines: {account-baseline: {target: {units: [root]}}}\n")
    assert list(template_lint.problems(load(folder, library)[0], library)) == []


def test_without_cfn_lint_that_is_said(lint: Callable[..., list[Diagnostic]], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(template_lint, "find_spec", lambda name: None)
    (found,) = lint()
    assert (found.code, found.severity) == ("LZ408", "info")
    assert "landing[lint]" in found.help
