"""Which landing this is: by what a build wrote down, by what an archive of git says, by what git says of a checkout."""

from __future__ import annotations

import os
import runpy
import shutil
import subprocess
from pathlib import Path

import pytest
from packaging.version import Version

from landing.core.version import UNKNOWN, of

CORE = Path(__file__).parents[1] / "landing" / "core"
COMMIT = "0123456789abcdef0123456789abcdef01234567"


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("1.2.0", "1.2.0"),
        ("1.2.1.dev5+g0123456789ab", "1.2.1.dev5+g0123456789ab"),
        (f"v1.2.0 {COMMIT}", "1.2.0"),
        (f"v1.2.9-14-g0123456 {COMMIT}", "1.2.10.dev14+g0123456789ab"),
        (COMMIT, "0.1.0.dev0+g0123456789ab"),
        ("7" * 40, "0.1.0.dev0+g777777777777"),
        ("", UNKNOWN),
        ("$Format:%H$", UNKNOWN),
        ("%(describe:tags=true)", UNKNOWN),  # what git says that is older than 2.32
    ],
)
def test_the_version_is_that_of_the_text(text: str, version: str) -> None:
    assert of(text) == version
    Version(version)


def test_a_checkout_has_the_version_of_its_tag_and_its_archive_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever repository the environment names, as git does it in a hook."""
    checkout, archive = tmp_path / "checkout", tmp_path / "archive"
    (checkout / "landing" / "core").mkdir(parents=True)
    for name in ("version.py", "version.txt"):
        shutil.copy(CORE / name, checkout / "landing" / "core" / name)
    shutil.copy(CORE.parents[1] / ".gitattributes", checkout)
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)

    def git(*arguments: str) -> None:
        who = ("-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false")
        subprocess.run(["git", "-C", str(checkout), *who, *arguments], check=True, capture_output=True)

    def told(folder: Path) -> str:
        return str(runpy.run_path(str(folder / "landing" / "core" / "version.py"))["landing_version"]())

    git("init", "--quiet")
    git("add", ".")
    git("commit", "--quiet", "-m", "first")
    assert told(checkout).startswith("0.1.0.dev0+g")
    git("tag", "v2.0.0")
    archive.mkdir()
    git("archive", "--output", str(archive / "all.tar"), "HEAD")
    shutil.unpack_archive(archive / "all.tar", archive, filter="data")
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "elsewhere"))
    assert told(checkout) == told(archive) == "2.0.0"
