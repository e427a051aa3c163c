"""The wheel, installed elsewhere, does the main job: nothing that it needs stays behind in the checkout."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
Landing = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    python("-m", "hatchling", "build", "-t", "wheel", "-d", str(folder), cwd=ROOT)
    [built] = folder.glob("landing-*.whl")
    return built


@pytest.fixture
def installed(wheel: Path, tmp_path: Path) -> Iterator[Landing]:
    """The command of the installed wheel, in an empty folder."""
    site, work = tmp_path / "site", tmp_path / "work"
    work.mkdir()
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "LANDING_"))}
    environment = {**clean, "PYTHONPATH": str(site), "LANDING_SANDBOX": "1"}

    def landing(*arguments: str) -> subprocess.CompletedProcess[str]:
        return python("-m", "landing", *arguments, cwd=work, env=environment)

    yield landing
    landing("sandbox", "stop")


def python(*arguments: str, **options: object) -> subprocess.CompletedProcess[str]:
    done = subprocess.run([sys.executable, *arguments], capture_output=True, text=True, check=False, **options)
    assert done.returncode == 0, done.stdout + done.stderr
    return done


def test_the_wheel_holds_the_library_and_the_example(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    for folder in ("blueprints", "scps", "config"):
        ours = {path.relative_to(ROOT) for path in (ROOT / folder).rglob("*") if path.is_file()}
        ours = {path for path in ours if "__pycache__" not in path.parts}
        assert ours
        assert {f"landing/shipped/{path}" for path in ours} <= names


def test_the_wheel_does_the_main_job(installed: Landing, tmp_path: Path) -> None:
    assert installed("version").stdout.startswith("landing ")
    installed("init")
    assert (tmp_path / "work" / "config").is_dir()
    installed("validate")
    installed("plan", "--out", "plan.json", "--summary")
    applied = installed("apply", "plan.json", "--auto-approve")
    assert "Apply complete!" in applied.stdout
    assert "No changes" in installed("plan", "--detailed-exitcode").stdout
    report = json.loads(installed("drift", "--format", "json").stdout)
    assert report["findings"] == []
    assert report["summary"]["in_sync"] > 100
