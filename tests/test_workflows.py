"""Workflows, the action and the image: each file, job, step, input, output, variable and right that they name is there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[1]
GITHUB = ROOT / "ci" / "github"
FILES = sorted(
    [*(ROOT / ".github/workflows").iterdir(), *(GITHUB / ".github/workflows").iterdir(), ROOT / "action.yml"]
)
TEXTS = {file: file.read_text(encoding="utf-8") for file in FILES}
SCOPES = {"actions", "attestations", "contents", "id-token", "issues", "packages", "pull-requests", "security-events"}
KNOWN = {
    "github": {"action_path", "event", "event_name", "ref", "repository", "token", "workflow"},
    "runner": {"temp"},
    "event": {"event.pull_request.number", "event.pull_request.base.sha", "event.pull_request.head.repo.full_name"},
}
"""What is taken of GitHub's contexts (GitHub docs, "Contexts reference"), and of the event of a pull request."""
INPUTS = {
    "actions/checkout": {"fetch-depth", "persist-credentials"},
    "actions/setup-python": {"python-version"},
    "actions/upload-artifact": {"if-no-files-found", "name", "path", "retention-days"},
    "actions/download-artifact": {"name", "path"},
    "actions/attest-build-provenance": {"subject-path"},
    "pypa/gh-action-pypi-publish": {"packages-dir"},
}
"""Of the actions that are used, by their action.yml: what they are given here."""
OF_RUNNER = re.compile(r"GITHUB_\w+|RUNNER_TEMP|ACTIONS_ID_TOKEN_REQUEST_(URL|TOKEN)")
SCRIPT = GITHUB / ".github" / "landing.sh"


def jobs_of(file: Path) -> dict[str, Any]:
    """Jobs by their names; the action is one."""
    found = yaml.safe_load(TEXTS[file])
    jobs: dict[str, Any] = found.get("jobs", {"action": found.get("runs")})
    return jobs


def references(value: object) -> Iterator[str]:
    """What the expressions in a part of a workflow ask for; an `if` is one without braces."""
    if isinstance(value, dict):
        for key, each in value.items():
            yield from references(f"${{{{ {each} }}}}" if key == "if" and "${{" not in str(each) else each)
    elif isinstance(value, list):
        for each in value:
            yield from references(each)
    else:
        for expression in re.findall(r"\$\{\{(.*?)\}\}", str(value)):
            yield from re.findall(r"(?<![\w'./-])[a-z]+(?:\.[\w-]+)+", re.sub("'[^']*'", "", expression))


def functions() -> dict[str, str]:
    """The steps of the script by their names."""
    text = SCRIPT.read_text(encoding="utf-8")
    return dict(re.findall(r"^(\w+)\(\) \{\n(.*?)^\}$", text, re.MULTILINE | re.DOTALL))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_expressions_ask_for_what_is_there(file: Path) -> None:
    whole, jobs = yaml.safe_load(TEXTS[file]), jobs_of(file)
    pages = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "docs/ci.md", ROOT / "CONTRIBUTING.md"))
    told = {"digest", "changes", "allow"}
    for name, job in jobs.items():
        needed = job.get("needs", [])
        needed = [needed] if isinstance(needed, str) else needed
        assert {*needed} < {*jobs}, name
        before: set[str] = set()
        for part in [*job["steps"], {key: each for key, each in job.items() if key != "steps"}]:
            for asked in references(part):
                context, first, *rest = asked.split(".")
                match context:
                    case "steps":
                        assert first in before, asked
                        assert rest[0] == "outputs", asked
                        assert rest[1] in told, asked
                    case "needs":
                        assert first in needed, asked
                        assert rest[1] in jobs[first]["outputs"], asked
                    case "inputs":
                        assert first in whole["inputs"], asked
                    case "vars":
                        assert f"`{first}`" in pages, asked
                    case _:
                        assert first in KNOWN[context], asked
                        assert first != "event" or asked.removeprefix("github.") in KNOWN["event"], asked
            before |= {part["id"]} if "id" in part else set()
        assert {*job.get("permissions", {})} <= SCOPES
        assert {*job.get("permissions", {}).values()} <= {"read", "write"}


def test_actions_are_named_by_one_commit_each_and_given_what_they_take() -> None:
    commits: dict[str, set[str]] = {}
    for file, text in TEXTS.items():
        for used, commit, rest in re.findall(r"uses: ([\w./-]+)@(\S+)(.*)", text):
            assert re.fullmatch("[0-9a-f]{40}", commit), used
            assert re.fullmatch(r" # v\d+(\.\d+)*( .*)?", rest), f"{used}: which release is it?"
            commits.setdefault(used, set()).add(commit + rest.split()[1])
        for step in (step for job in jobs_of(file).values() for step in job["steps"] if "uses" in step):
            assert {*step.get("with", {})} <= INPUTS[step["uses"].partition("@")[0]], step
    assert all(len(found) == 1 for found in commits.values()), commits
    assert commits.keys() == INPUTS.keys()


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_what_is_fetched_has_been_uploaded(file: Path) -> None:
    jobs = jobs_of(file)
    made: dict[str, str] = {}
    for name, job in jobs.items():
        for step in job["steps"]:
            artifact = step.get("with", {}).get("name", "")
            if "upload-artifact@" in step.get("uses", ""):
                made[artifact] = name
            if "download-artifact@" in step.get("uses", ""):
                assert artifact in made, (name, artifact)
    if file.name == "landing.yml":
        assert "--name landing-plan " in functions()["fetch"]
        assert made["landing-plan"] in jobs["apply"]["needs"]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_commands_are_there_and_have_what_they_need(file: Path) -> None:
    whole = yaml.safe_load(TEXTS[file])
    targets = {*re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)}
    steps = functions()
    for job in jobs_of(file).values():
        for step in (step for step in job["steps"] if "run" in step):
            given = {**whole.get("env", {}), **job.get("env", {}), **step.get("env", {})}
            for target in re.findall(r"\bmake (\w+)", step["run"]):
                assert target in targets, step["run"]
            for path in re.findall(r"^\.ci/\w+", step["run"]):
                assert (ROOT / path).stat().st_mode & 0o100, path
            for path, word in re.findall(r'bash "?([\w./$-]+)"? ?(\w*)', step["run"]):
                here = ROOT if "GITHUB_ACTION_PATH" in path else GITHUB
                assert (here / path.removeprefix("$GITHUB_ACTION_PATH/")).is_file(), path
                body = steps[word] if word else ""
                assert word or "$STEP" in step["run"] or "install.sh" in path, step["run"]
                for name in re.findall(r"\$\{(\w+):\?", body):
                    assert name in given or OF_RUNNER.fullmatch(name), (word, name)
                if re.search(r"\bgh ", body):
                    assert "GH_TOKEN" in given, word
                if word == "credentials":
                    assert job.get("permissions", {"id-token": "write"})["id-token"] == "write"
                    assert {"AWS_REGION", "LANDING_ROLE", "LANDING_SESSION"} <= {*given}


def test_the_action_takes_the_steps_of_the_script() -> None:
    (cases,) = re.findall(r"case \$STEP in (.*?)\) ;;", TEXTS[ROOT / "action.yml"])
    helpers = {"api", "as_body", "credentials", "first_of", "install"}
    assert {*cases.split(" | ")} == {*functions()} - helpers


def test_the_image_copies_what_a_build_is_given() -> None:
    text = (ROOT / "Containerfile").read_text(encoding="utf-8")
    given = [line[1:] for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").split() if line.startswith("!")]
    for copied in re.findall(r"^COPY (?!--from)(.*) \S+$", text, re.MULTILINE):
        for source in copied.split():
            assert any(fnmatch(source.replace("*", "1.whl"), each) or source == each for each in given), source
            assert source.startswith("dist/") or (ROOT / source).is_file(), source
    assert "\nimage:" in (ROOT / "Makefile").read_text(encoding="utf-8")
