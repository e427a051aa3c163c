"""The wheel, installed elsewhere, does the main job: nothing that it needs stays behind in the checkout."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Callable
from pathlib import Path

import click
import pytest
from packaging.requirements import Requirement

from landing.cli.commands import cli
from landing.cli.help_page import COMMANDS
from landing.config import schema
from landing.core.version import landing_version

ROOT = Path(__file__).parents[1]
Installed = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    python("-m", "hatchling", "build", "-t", "wheel", "-d", str(folder), cwd=ROOT)
    [built] = folder.glob("landing-*.whl")
    return built


@pytest.fixture
def installed(wheel: Path, tmp_path: Path) -> Installed:
    """What the installed wheel does in an empty folder: `landing` and `python` are those that have it."""
    site, work, commands = (tmp_path / name for name in ("site", "work", "bin"))
    work.mkdir()
    commands.mkdir()
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    for name, words in (("landing", f"{sys.executable} -m landing"), ("python", sys.executable)):
        (commands / name).write_text(f'#!/bin/sh\nexec {words} "$@"\n')
        (commands / name).chmod(0o755)
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "LANDING_"))}
    environment = {
        **clean,
        "PATH": os.pathsep.join([str(commands), clean["PATH"]]),
        "PYTHONPATH": str(site),
        "TMPDIR": str(tmp_path),
        "XDG_STATE_HOME": str(tmp_path / "state"),
    }

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        return ended_well(subprocess.run(words, cwd=work, env=environment, capture_output=True, text=True, check=False))

    return run


def ended_well(done: subprocess.CompletedProcess[str]) -> subprocess.CompletedProcess[str]:
    assert done.returncode == 0, done.stdout + done.stderr
    return done


def python(*arguments: str, **options: object) -> subprocess.CompletedProcess[str]:
    return ended_well(
        subprocess.run([sys.executable, *arguments], capture_output=True, text=True, check=False, **options)
    )


def test_the_wheel_holds_the_library_and_the_example(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    for folder in ("blueprints", "scps", "playbooks", "conformance-packs", "config", "ci", "docs"):
        ours = {path.relative_to(ROOT) for path in (ROOT / folder).rglob("*") if path.is_file()}
        ours = {path for path in ours if "__pycache__" not in path.parts}
        assert ours
        assert {f"landing/shipped/{path}" for path in ours} <= names


def test_the_wheel_does_the_main_job(installed: Installed, tmp_path: Path) -> None:
    """`make demo`, with what is installed: from an empty account, as the roles that `synth` describes."""
    assert installed("landing", "version").stdout.startswith("landing ")
    installed("landing", "init")
    assert (tmp_path / "work" / "config").is_dir()
    demo = installed("sh", str(ROOT / "tests" / "demo.sh")).stdout
    assert "Apply complete!" in demo
    assert "No changes" in demo
    assert demo.count("In sync 100.0 %") == 1


def test_the_source_alone_gives_the_same_bytes(wheel: Path, tmp_path: Path) -> None:
    """From the sdist, elsewhere, without git: version, manual pages, schema and all."""
    python("-m", "hatchling", "build", "-t", "sdist", "-d", str(tmp_path), cwd=ROOT)
    [sdist] = tmp_path.glob("landing-*.tar.gz")
    shutil.unpack_archive(sdist, tmp_path, filter="data")
    python("-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path), cwd=tmp_path / sdist.name[: -len(".tar.gz")])
    assert (tmp_path / wheel.name).read_bytes() == wheel.read_bytes()


def test_the_wheel_holds_manual_pages_and_the_schema(wheel: Path) -> None:
    archive = zipfile.ZipFile(wheel)
    version = archive.read("landing/core/version.txt").decode().strip()
    assert version == landing_version() == wheel.name.split("-")[1]
    shared = {name.partition(".data/data/share/")[2]: name for name in archive.namelist() if ".data/data/" in name}
    assert json.loads(archive.read(shared.pop("landing/schema/landing.json"))) == schema()
    context = click.Context(cli)
    commands = {f"landing-{name}": cli.get_command(context, name) for name in COMMANDS}
    groups = {name: each for name, each in commands.items() if isinstance(each, click.Group)}
    assert "landing-sandbox" in groups
    commands |= {f"{group}-{name}": each for group, found in groups.items() for name, each in found.commands.items()}
    commands["landing"] = cli
    assert {*shared} == {f"man/man1/{name}.1" for name in commands}
    for name, command in commands.items():
        page = archive.read(shared[f"man/man1/{name}.1"]).decode()
        assert page.startswith(f'.TH "{name.upper()}" "1"'.replace("-", "\\-"))
        assert f"landing {version}".replace("-", "\\-") in page
        for option in (each for each in command.params if isinstance(each, click.Option)):
            assert option.opts[-1].replace("-", "\\-") in page
        assert not [line for line in page.splitlines() if line.startswith("'") or "\b" in line]


def needed_by(lock: str) -> list[str]:
    """What pyproject.toml asks for of the environment of a lock."""
    whole = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    if lock == "site":
        return list(whole["dependency-groups"]["site"])
    optional = whole["project"]["optional-dependencies"] if lock == "development" else {}
    return [*whole["project"]["dependencies"], *(line for lines in optional.values() for line in lines)]


@pytest.mark.parametrize("lock", ["runtime", "development", "site"])
def test_the_lock_holds_a_release_with_hashes_of_everything_that_is_needed(lock: str) -> None:
    text = (ROOT / "requirements" / f"{lock}.lock").read_text(encoding="utf-8")
    locked = {
        name: (version, rest) for name, version, rest in re.findall(r"^([\w.-]+)==(\S+)((?:.*\\\n)*.*)", text, re.M)
    }
    for line in needed_by(lock):
        needed = Requirement(line)
        version, _ = locked[needed.name.lower()]
        assert needed.specifier.contains(version), f"{line}: the lock has {version}; make lock"
    assert all("--hash=sha256:" in rest for _, rest in locked.values())


def test_provenance_names_every_file_and_the_commit(tmp_path: Path) -> None:
    (tmp_path / "landing.whl").write_bytes(b"wheel")
    told = json.loads(python(str(ROOT / ".ci" / "provenance.py"), str(tmp_path), cwd=ROOT).stdout)
    assert told["subject"] == [{"name": "landing.whl", "digest": {"sha256": hashlib.sha256(b"wheel").hexdigest()}}]
    source, lock = told["predicate"]["buildDefinition"]["resolvedDependencies"]
    assert re.fullmatch("[0-9a-f]{40}", source["digest"]["gitCommit"])
    assert lock["uri"] == "file:requirements/development.lock"


def test_the_first_of_two_builds_is_kept_where_the_second_does_not_take_it_in() -> None:
    """An sdist takes in what git does not ignore: `first` beside `dist` made each second build another one."""
    text = (ROOT / ".github" / "workflows" / "release.yaml").read_text(encoding="utf-8")
    (kept,) = re.findall(r"make dist && mv dist (\S+) && make dist && diff --recursive \1 dist\n", text)
    ended_well(subprocess.run(["git", "check-ignore", kept], cwd=ROOT, capture_output=True, text=True, check=False))
    assert kept.startswith("build/")  # which `make dist` makes, and leaves alone


def test_the_bill_of_materials_is_as_cyclonedx_has_it_and_the_same_again(tmp_path: Path) -> None:
    """As `make dist` asks for it, of an environment in which nothing is: what is told of landing itself."""
    from cyclonedx.schema import SchemaVersion
    from cyclonedx.validation.json import JsonStrictValidator

    (line,) = re.findall(r"cyclonedx-py (.*)", (ROOT / "Makefile").read_text(encoding="utf-8"))
    python("-m", "venv", "--without-pip", str(tmp_path / "empty"))
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    (tmp_path / "pyproject.toml").write_text(re.sub("(?m)^dynamic = .*", 'version = "1.2.3"', text), encoding="utf-8")
    texts = []
    for file in (tmp_path / "one.json", tmp_path / "two.json"):
        names = {".venv-runtime": str(tmp_path / "empty"), "build/pyproject.toml": str(tmp_path / "pyproject.toml")}
        words = [names.get(word, word) for word in line.split()]
        python("-m", "cyclonedx_py", *words[:-1], str(file))
        texts.append(file.read_text(encoding="utf-8"))
    assert texts[0] == texts[1]
    told = json.loads(texts[0])
    assert JsonStrictValidator(SchemaVersion.from_version(told["specVersion"])).validate_str(texts[0]) is None
    mine = told["metadata"]["component"]
    assert (mine["name"], mine["version"], mine["type"]) == ("landing", "1.2.3", "application")
    assert [each["license"]["id"] for each in mine["licenses"]] == ["Apache-2.0"]
    (needs,) = (each for each in told["dependencies"] if each["ref"] == mine["bom-ref"])
    assert needs


def test_the_image_has_no_base_but_by_digest_no_root_and_no_shell() -> None:
    text = (ROOT / "Containerfile").read_text(encoding="utf-8")
    assert re.findall(r"^FROM (\S+)", text, re.MULTILINE) == ["${BASE}", "${RUNTIME}"]
    assert re.findall(r"^ARG (\S+)$", text, re.MULTILINE)[:2] == ["BASE", "RUNTIME"]  # without defaults
    for name in ("BASE", "RUNTIME"):
        assert f'RUN case "${{{name}}}" in *@sha256:*) ;; *) echo' in text
    _, _, last = text.partition("FROM ${RUNTIME}")
    assert re.search(r"^USER [1-9]\d*:[1-9]\d*$", last, re.MULTILINE)
    assert all(words.startswith('["') for words in re.findall(r"^(?:RUN|CMD|ENTRYPOINT) (.*)$", last, re.MULTILINE))


def test_workflows_run_what_a_person_runs_with_actions_named_by_commit() -> None:
    texts = [path.read_text(encoding="utf-8") for path in (ROOT / ".github" / "workflows").glob("*.yaml")]
    assert any("- run: .ci/run\n" in text for text in texts)
    for used in re.findall(r"uses: (\S+)", "".join(texts)):
        assert re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", used), used
