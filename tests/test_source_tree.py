"""Files beside the config that a stranger may have put there: what is refused, what is never quoted, what is counted."""

from __future__ import annotations

import os
import py_compile
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from landing.blueprint.process import rendered
from landing.config import load
from landing.config.digest import digest
from landing.config.reader import MAX_BYTES
from landing.core.errors import ConfigError
from landing.core.model import Diagnostic, Source
from landing.core.source_tree import LARGEST
from landing.library import Library
from landing.report.problems import render
from landing.report.style import Style
from tests.samples import SMALL

SECRET = "topsecret: {"
METADATA = "title: t\ndescription: d\ntype: SERVICE_CONTROL_POLICY\nseverity: high\n"
POLICY = '{"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Action": "s3:*", "Resource": "*"}}'
BLUEPRINT = "from troposphere import Template\n\n\ndef own():\n    return Template()\n"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A config with a policy, cases and a blueprint of its own."""
    folder = tmp_path / "checkout"
    for name, text in {
        "config/landing.yaml": SMALL,
        "config/cases/all.yaml": "- {try: s3:GetObject, as: role/a, in: anywhere, expect: denied}\n",
        "scps/mine/policy.json": POLICY,
        "scps/mine/metadata.yaml": METADATA,
        "blueprints/own.py": BLUEPRINT,
        "blueprints/parts/names.py": "NAME = 1\n",
    }.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "credentials").write_text(SECRET)
    return tmp_path / "home" / "credentials"


def problems(checkout: Path) -> list[Diagnostic]:
    try:
        return load(checkout / "config", Library.load(checkout))[1]
    except ConfigError as error:
        return list(error.problems)


def told(found: list[Diagnostic]) -> str:
    return render(found, Style(), limit=0)


PLACES = (
    "config/more.yaml",
    "config/cases/more.yaml",
    "scps/mine/policy.json",
    "scps/mine/metadata.yaml",
    "scps/mine/cases.yaml",
    "blueprints/own.py",
    "blueprints/parts/deep.py",
    "blueprints/data.json",
)


@pytest.mark.parametrize("place", PLACES)
def test_a_link_that_leads_out_is_refused_and_not_quoted(checkout: Path, secret: Path, place: str) -> None:
    (checkout / place).unlink(missing_ok=True)
    (checkout / place).symlink_to(secret)
    found = problems(checkout)
    assert [each.code for each in found] == ["LZ103" if place.startswith("config") else "LZ409"]
    assert place in found[0].message
    assert "leads out of" in found[0].message
    assert SECRET not in told(found)
    with pytest.raises(ConfigError):
        digest(checkout / "config")


@pytest.mark.parametrize("place", ["config", "config/cases", "scps", "scps/theirs", "blueprints", "blueprints/theirs"])
def test_a_folder_that_is_a_link_out_is_refused(checkout: Path, secret: Path, place: str) -> None:
    if (checkout / place).exists():
        (checkout / place).rename(secret.parent / "moved")
        (checkout / place).symlink_to(secret.parent / "moved")
    else:
        (checkout / place).symlink_to(secret.parent)
    found = problems(checkout)
    assert [each.code for each in found] == ["LZ103" if place.startswith("config") else "LZ409"]
    assert SECRET not in told(found)


def test_a_link_that_stays_inside_is_followed(checkout: Path) -> None:
    (checkout / "config" / "landing.yaml").rename(checkout / "config" / "all")
    (checkout / "config" / "landing.yaml").symlink_to("all")
    (checkout / "scps" / "again").symlink_to("mine")
    assert problems(checkout) == []


@pytest.mark.parametrize("place", [*PLACES, "config"])
def test_a_pipe_is_refused_instead_of_waited_for(checkout: Path, place: str) -> None:
    if (checkout / place).is_dir():
        (checkout / place).rename(checkout / "elsewhere")
    (checkout / place).unlink(missing_ok=True)
    os.mkfifo(checkout / place)
    (found,) = problems(checkout)
    assert "neither a file nor a folder" in found.message


def test_a_device_is_refused(checkout: Path) -> None:
    (checkout / "config" / "zero.yaml").symlink_to("/dev/zero")
    assert [each.code for each in problems(checkout)] == ["LZ103"]


@pytest.mark.parametrize("place", PLACES)
def test_what_is_too_large_is_refused_unread(checkout: Path, place: str) -> None:
    with (checkout / place).open("ab") as file:
        file.truncate((MAX_BYTES if place == "config/more.yaml" else LARGEST) + 1)
    (found,) = problems(checkout)
    assert "bytes long; at most" in found.message


def test_links_in_a_circle_and_to_nowhere_are_refused(checkout: Path) -> None:
    (checkout / "config" / "a.yaml").symlink_to("b.yaml")
    (checkout / "config" / "b.yaml").symlink_to("a.yaml")
    (checkout / "scps" / "mine" / "gone").symlink_to("nowhere")
    assert [each.code for each in problems(checkout)] == ["LZ409"]
    (checkout / "scps" / "mine" / "gone").unlink()
    assert [each.code for each in problems(checkout)] == ["LZ103", "LZ103"]


def test_of_what_was_not_read_no_files_are_counted() -> None:
    assert render([Diagnostic("LZ103", "a link")], Style()).endswith("Found 1 error.\n")


def test_a_report_shows_no_line_of_a_link_that_leads_out(checkout: Path, secret: Path) -> None:
    (checkout / "config" / "a.yaml").symlink_to(secret)
    assert SECRET not in told([Diagnostic("LZ000", "m", Source(str(checkout / "config" / "a.yaml"), 1, 1))])


def _rename(folder: Path, old: str, new: str) -> None:
    (folder / old).rename(folder / new)


CHANGES: dict[str, Callable[[Path], object]] = {
    "a file is called otherwise": lambda folder: _rename(folder, "config/landing.yaml", "config/other.yaml"),
    "a policy is called otherwise": lambda folder: _rename(folder, "scps/mine", "scps/yours"),
    "a module that a blueprint imports": lambda folder: (folder / "blueprints/parts/names.py").write_text("NAME = 2\n"),
    "a file that a blueprint reads": lambda folder: (folder / "blueprints/.data").write_text("1"),
    "a policy": lambda folder: (folder / "scps/mine/policy.json").write_text(POLICY + "\n"),
    "cases of the config": lambda folder: (folder / "config/cases/all.yaml").write_text(""),
    "cases of a policy": lambda folder: (folder / "scps/mine/cases.yaml").write_text(""),
    "where a link leads": lambda folder: (folder / "blueprints/link").symlink_to("own.py"),
}


@pytest.mark.parametrize("name", CHANGES)
def test_the_digest_changes_with(checkout: Path, name: str) -> None:
    before = digest(checkout / "config")
    CHANGES[name](checkout)
    assert digest(checkout / "config") != before


def test_the_digest_is_that_of_the_same_files_elsewhere(checkout: Path, tmp_path: Path) -> None:
    before = digest(checkout / "config")
    (checkout / "blueprints" / "__pycache__").mkdir()
    (checkout / "blueprints" / "__pycache__" / "own.cpython-311.pyc").write_bytes(b"compiled")
    (checkout / "config" / "notes.txt").write_text("no part of the config")
    moved = checkout.rename(tmp_path / "moved")
    assert digest(moved / "config") == before


def test_what_was_compiled_before_is_not_run(checkout: Path) -> None:
    folder = checkout / "blueprints"
    other = checkout / "other.py"
    for name in ("own", "_part"):
        (folder / f"{name}.py").write_text(BLUEPRINT.replace("def own", "from _part import *\ndef own"))
        other.write_text("raise ValueError('compiled')\n")
        compiled = folder / "__pycache__" / f"{name}.{sys.implementation.cache_tag}.pyc"
        py_compile.compile(str(other), str(compiled), invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH)
    (folder / "_part.py").write_text("")
    (found,) = rendered(folder, "compiled", [("own.py", {})])
    assert found.template == {"Resources": {}}
