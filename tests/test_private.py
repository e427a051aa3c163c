"""Nothing under `.landing/` is followed, opened or truncated through a link."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from landing.core import files, private_files
from landing.core.errors import LandingError
from landing.engine.journal import Journal, is_open
from landing.engine.snapshot import load
from landing.runs.history import record, records
from landing.runs.lock import FileLock, Holder, Waiting, living_holder
from landing.runs.record import Run


def _now() -> str:
    return "2026-01-01T00:00:00Z"


USES: dict[str, tuple[str, Callable[[Path], object]]] = {
    "the lock": ("lock", lambda folder: FileLock(folder, Holder("id"), Waiting()).__enter__()),
    "who holds the lock": ("lock", living_holder),
    "a snapshot, read": ("snapshot.json", lambda folder: load(folder / "snapshot.json")),
    "a snapshot, written": ("snapshot.json", lambda folder: files.write(folder / "snapshot.json", "{}", private=True)),
    "the journal of a run": ("events.jsonl", lambda folder: Journal(folder / "events.jsonl", _now)),
    "whether a journal is open": ("events.jsonl", lambda folder: is_open(folder / "events.jsonl")),
    "a new run": ("runs", lambda folder: Run(_now, lambda: 0.0, folder / "runs")),
    "the runs": ("runs", lambda folder: records(folder / "runs")),
    "a run": ("runs", lambda folder: record("id", folder / "runs")),
}


@pytest.mark.parametrize("what", USES)
def test_a_link_is_refused(tmp_path: Path, what: str) -> None:
    name, use = USES[what]
    folder, precious = tmp_path / ".landing", tmp_path / "precious"
    folder.mkdir()
    precious.write_text("kept", encoding="utf-8")
    (folder / name).symlink_to(precious)
    with pytest.raises(LandingError, match=f"{name} is a symbolic link.*Remove it|File exists"):
        use(folder)
    assert precious.read_text(encoding="utf-8") == "kept"


@pytest.mark.parametrize("what", USES)
def test_the_folder_itself_may_be_no_link(tmp_path: Path, what: str) -> None:
    _, use = USES[what]
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / ".landing").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(LandingError, match=r"\.landing is a symbolic link"):
        use(tmp_path / ".landing")
    assert not list((tmp_path / "elsewhere").iterdir())


def test_a_run_behind_a_link_is_not_listed(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / ".landing" / "runs").mkdir(parents=True)
    (tmp_path / ".landing" / "runs" / "20260101T000000Z").symlink_to(tmp_path / "elsewhere")
    assert records(tmp_path / ".landing" / "runs") == []


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(LandingError, match="not a plain file"):
        private_files.read(tmp_path / "pipe")


def test_a_neighbour_that_is_there_already_is_not_written_through(tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    precious.write_text("kept", encoding="utf-8")
    for is_private in (False, True):
        (tmp_path / "plan.json.partial").symlink_to(precious)
        files.write(tmp_path / "plan.json", "{}", private=is_private)
        assert (tmp_path / "plan.json").read_text(encoding="utf-8") == "{}"
    assert precious.read_text(encoding="utf-8") == "kept"
