"""Formats on the command line: stdout holds the result and nothing else, pipes may break, mistakes are usage errors."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from landing.cli import run
from landing.cli.commands import USAGE
from landing.cli.output import style_of
from landing.cli.progress import redraws
from landing.engine.plan import save
from landing.report import plan_markdown
from tests.report.samples import distinct, organization, plan

ROOT = Path(__file__).parents[2]


@pytest.fixture
def saved(config, tmp_path, monkeypatch) -> Path:
    config()
    monkeypatch.chdir(tmp_path)
    save(plan(), tmp_path / "plan.json")
    return tmp_path / "plan.json"


def test_show_writes_markdown_within_a_budget(saved, capsys):
    assert run(["show", "plan.json", "--format", "md", "--budget", "2000"]) == 0
    out, err = capsys.readouterr()
    assert out.startswith("<!-- landing:plan org=o-a1b2c3d4e5")
    assert len(out.encode()) <= 2000
    assert "`landing show plan.json`" in out
    assert err == ""


def test_show_tells_github_in_annotations_a_comment_and_the_summary_of_the_step(saved, capsys, monkeypatch):
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", "summary.md")
    Path("summary.md").write_text("# before\n", encoding="utf-8")
    assert run(["show", "plan.json", "--format", "github", "--comment-file", "comment.md"]) == 0
    assert "::warning file=config/organization.yaml,line=73" in capsys.readouterr().out
    comment, summary = (Path(name).read_text(encoding="utf-8") for name in ("comment.md", "summary.md"))
    assert comment.startswith("<!-- landing plan: config -->\n<!-- landing:plan org=o-a1b2c3d4e5")
    assert summary.startswith("# before\n<!-- landing:plan org=o-a1b2c3d4e5")
    assert run(["show", "plan.json", "--format", "json", "--summary-file", "other.md"]) == 0
    assert Path("other.md").read_text(encoding="utf-8") == summary.removeprefix("# before\n")


def test_without_a_plan_the_comment_says_so(tmp_path, capsys, monkeypatch):
    """One of an earlier commit is found by the first line, and must not stay."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "bad.yaml").write_text("accounts: 7\n", encoding="utf-8")
    assert run(["plan", "--config", str(tmp_path), "--comment-file", "comment.md"]) == 1
    capsys.readouterr()
    first, title, *_ = Path("comment.md").read_text(encoding="utf-8").splitlines()
    assert first == plan_markdown.as_comment(plan(), organization(), config=str(tmp_path)).splitlines()[0]
    assert title == "### No plan"


def test_a_summary_that_has_no_room_is_an_error(saved, capsys):
    Path("summary.md").write_text("x" * 999_000, encoding="utf-8")
    assert run(["show", "plan.json", "--summary-file", "summary.md"]) == 1
    assert "there is no room for a summary" in capsys.readouterr().err
    assert Path("summary.md").stat().st_size == 999_000


def test_show_expands_and_limits(saved, capsys):
    assert run(["show", "plan.json", "--expand", "stack", "--limit", "3"]) == 0
    out = capsys.readouterr().out
    assert out.count("  # stack.baseline@") == 3
    assert "… and 32 more stack will be updated in-place" in out


def test_show_writes_json_without_a_config(saved, capsys):
    assert run(["show", "plan.json", "--format", "json", "--config", "nowhere"]) == 0
    assert json.loads(capsys.readouterr().out)["summary"] == {
        "add": 2,
        "change": 38,
        "import": 0,
        "remove": 1,
        "forget": 0,
    }


@pytest.mark.parametrize(
    "arguments",
    [
        ["show", "plan.json", "--format", "html"],
        ["show", "--format", "github"],
        ["show", "--comment-file", "comment.md"],
        ["show", "plan.json", "--format", "md", "--budget", "10"],
        ["drift", "--format", "pdf"],
        ["drift", "--format", "text", "--format", "md"],
        ["validate", "--format", "junit"],
        ["apply", "--log-format", "xml"],
    ],
)
def test_mistakes_are_usage_errors(saved, arguments, capsys):
    assert run(arguments) == USAGE
    assert capsys.readouterr().out == ""


def test_validate_writes_sarif_also_when_there_is_nothing_to_say(config, tmp_path, monkeypatch, capsys):
    config()
    monkeypatch.chdir(tmp_path)
    assert run(["validate", "--format", "sarif"]) == 0
    assert json.loads(capsys.readouterr().out)["runs"][0]["results"] == []
    config("organization: {nmae: x}\n")
    assert run(["validate", "--format", "sarif"]) == 1
    results = json.loads(capsys.readouterr().out)["runs"][0]["results"]
    assert results
    artifact = results[0]["locations"][0]["physicalLocation"]["artifactLocation"]
    assert artifact == {"uri": "config/landing.yaml", "uriBaseId": "%SRCROOT%"}


def landing(arguments: list[str], folder: Path, **environment: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "landing", *arguments],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)} | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def test_a_reader_that_goes_away_is_no_error(saved):
    save(distinct(3000), saved)
    process = landing(["show", "plan.json", "--limit", "0"], saved.parent)
    assert process.stdout
    assert process.stdout.readline()
    process.stdout.close()
    assert process.stderr
    assert process.stderr.read() == b""
    assert process.wait() == 141
    process.stderr.close()


@pytest.mark.parametrize("form", ["text", "md"])
def test_an_ascii_terminal_gets_ascii(saved, form):
    process = landing(["show", "plan.json", "--format", form], saved.parent, PYTHONIOENCODING="ascii", LC_ALL="C")
    out, err = process.communicate()
    assert err == b""
    assert "12 accounts x 3 regions" in out.decode("ascii")


STREAMS = {
    "no stdout": (">&-", 1, "Error: standard output is closed"),
    "no stderr": ("2>&-", 0, ""),
    "neither": (">&- 2>&-", 1, ""),
    "no stdin": ("<&-", 0, ""),
    "a full disk": (">/dev/full", 1, "Error: cannot write the result: No space left on device"),
    "a full disk for stderr": ("2>/dev/full", 0, ""),
    "a reader that goes away": ("| true", 141, ""),
}


@pytest.mark.parametrize(("streams", "code", "said"), STREAMS.values(), ids=STREAMS)
@pytest.mark.parametrize("arguments", ["--version", "show plan.json --format json", "validate"])
def test_streams_that_cannot_be_written_end_in_a_line(saved, arguments, streams, code, said):
    line = f"{sys.executable} -m landing {arguments} {streams}"
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", line],
        cwd=saved.parent,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr[: len(said)]) == (code, said)
    assert "Traceback" not in done.stderr
    assert done.stderr.count("\n") == (1 if said else 0)


def test_the_version_is_an_option(capsys):
    assert run(["--version"]) == 0
    assert run(["version"]) == 0
    one, other = capsys.readouterr().out.splitlines()
    assert one == other
    assert one.startswith("landing ")


def test_where_each_guardrail_lives_as_markdown(config, tmp_path, monkeypatch, capsys):
    config()
    monkeypatch.chdir(tmp_path)
    assert run(["show", "--format", "md"]) == 0
    assert capsys.readouterr().out.startswith("### Guardrails by node\n")


class Stream:
    """A stream that says whether it is a terminal."""

    encoding = "utf-8"

    def __init__(self, terminal: bool) -> None:
        self.terminal = terminal

    def isatty(self) -> bool:
        return self.terminal


@pytest.mark.parametrize(
    ("terminal", "environment", "colour", "live"),
    [
        (True, {}, True, True),
        (False, {}, False, False),
        (False, {"FORCE_COLOR": "1"}, True, False),
        (True, {"CI": "true", "FORCE_COLOR": "1"}, True, False),
        (True, {"NO_COLOR": "1"}, False, True),
        (True, {"NO_COLOR": ""}, True, True),
        (True, {"TERM": "dumb"}, False, False),
    ],
)
def test_colour_and_redrawing_are_decided_apart(monkeypatch, terminal, environment, colour, live):
    for name in ("CI", "NO_COLOR", "FORCE_COLOR", "CLICOLOR_FORCE", "TERM"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    stream = Stream(terminal)
    monkeypatch.setattr(sys, "stderr", stream)
    assert style_of(stream).colour is colour
    assert redraws() is live


def test_help_imports_neither_rich_nor_jinja():
    seen = "import sys; from landing.cli import run; run(['--help']); print([m for m in ('rich', 'jinja2') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", seen], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
