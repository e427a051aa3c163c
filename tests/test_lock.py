"""One apply at a time: the second is refused, or waits; it never interleaves."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from landing.errors import LandingError, LockHeld
from landing.lock import Lock

HOLD = "import sys; from pathlib import Path; from landing.lock import Lock\nwith Lock(Path('.landing')): print('held', flush=True); sys.stdin.read()"


@pytest.fixture
def other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Another process that holds the lock until its input ends."""
    monkeypatch.chdir(tmp_path)
    with subprocess.Popen([sys.executable, "-c", HOLD], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as it:
        assert it.stdout is not None
        assert it.stdout.readline() == "held\n"
        yield it
        it.kill()


def test_the_second_is_refused_and_told_who_holds_it(other: subprocess.Popen[str]) -> None:
    with (
        pytest.raises(LockHeld, match=rf'"pid": {other.pid}.*--lock-timeout'.replace(".*", r"[\s\S]*")),
        Lock(Path(".landing")),
    ):
        pass


def test_the_second_waits_for_as_long_as_it_is_told(other: subprocess.Popen[str]) -> None:
    waited: list[float] = []

    def sleep(seconds: float) -> None:
        waited.append(seconds)
        if len(waited) == 3:
            other.communicate("")

    with Lock(Path(".landing"), timeout=60, sleep=sleep, clock=lambda: sum(waited)):
        holder = json.loads(Path(".landing/lock").read_text())
    assert holder["pid"] == os.getpid()
    assert len(waited) == 3


def test_waiting_ends(other: subprocess.Popen[str]) -> None:
    waited: list[float] = []
    with pytest.raises(LockHeld), Lock(Path(".landing"), timeout=60, sleep=waited.append, clock=lambda: sum(waited)):
        pass
    assert 60 <= sum(waited) < 61
    assert other.poll() is None


def test_a_killed_holder_holds_nothing(other: subprocess.Popen[str]) -> None:
    other.kill()
    other.wait()
    with Lock(Path(".landing")):
        pass


def test_apply_is_refused_with_its_own_exit_code_and_changes_nothing(other: subprocess.Popen[str], config) -> None:
    config()
    environment = {**os.environ, "LANDING_SANDBOX": "1"}
    command = [sys.executable, "-m", "landing", "apply", "--auto-approve"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert "Error acquiring the lock" in done.stderr
    assert f'"pid": {other.pid}' in done.stderr
    assert done.stdout == ""


def test_a_folder_that_cannot_be_written_is_an_error_that_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(LandingError, match="Nothing was changed"), Lock(tmp_path / "file"):
        pass
