"""The lock as a user meets it: apply takes it, whatever ends the run lets go of it, unlock removes what is left."""

from __future__ import annotations

import io
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

from landing.cli import run
from landing.runs.lock import FileLock, Holder, Waiting
from landing.sandbox import Sandbox
from landing.sandbox.endpoint import process
from landing.sandbox.world.home import Home
from tests.cloud import Story
from tests.gate import START
from tests.samples import FULL, LIBRARY, SMALL

Capture = pytest.CaptureFixture[str]
Config = Callable[..., Path]
OTHER = Holder("other", "s3://locks/landing.lock", "apply", "you@there", "1", "2026-01-01T00:00:00Z", "process 1")
LOCK = {"Bucket": "locks", "Key": "landing.lock"}
EU = {"LocationConstraint": "eu-west-1"}


@pytest.fixture
def cloud(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, config: Config, creation: Story) -> Iterator[Sandbox]:
    """An organization as FULL declares it, and a bucket for its lock."""
    config(FULL + "lock: {bucket: locks}\n")
    shutil.copytree(LIBRARY, tmp_path, ignore=shutil.ignore_patterns("blueprints"), dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    with Sandbox() as sandbox:
        sandbox.load(creation.end)
        sandbox.session().client("s3").create_bucket(Bucket="locks", CreateBucketConfiguration=EU)
        sandbox.calls.clear()
        yield sandbox


def put(sandbox: Sandbox, holder: Holder = OTHER) -> None:
    sandbox.session().client("s3").put_object(**LOCK, Body=holder.to_json().encode())


def is_held(s3: Any) -> bool:
    return "Contents" in s3.list_objects_v2(Bucket="locks")


def test_apply_takes_the_lock_and_lets_go_of_it(cloud: Sandbox) -> None:
    assert run(["apply", "--auto-approve"]) == 0
    assert cloud.calls["s3", "PutObject"] == 1
    assert cloud.calls["s3", "DeleteObject"] == 1
    assert not is_held(cloud.session().client("s3"))


@pytest.mark.parametrize("command", [["plan"], ["drift", "--no-detect"]], ids=lambda c: c[0])
def test_what_only_reads_takes_no_lock(cloud: Sandbox, command: list[str]) -> None:
    put(cloud)
    cloud.calls.clear()
    assert run(command) == 0
    assert not [call for call in cloud.calls if call[1] in ("PutObject", "GetObject", "DeleteObject")]


def test_apply_is_refused_while_the_lock_is_held(cloud: Sandbox, capsys: Capture) -> None:
    put(cloud)
    assert run(["apply", "--auto-approve"]) == 5
    said = capsys.readouterr()
    assert said.out == ""
    assert "Error acquiring the lock" in said.err
    assert "  Who:       you@there\n" in said.err
    assert "landing unlock other" in said.err


def test_the_account_of_the_bucket_is_entered_by_the_member_role(cloud: Sandbox, config: Config) -> None:
    config(FULL + "lock: {bucket: archived-locks, account: log-archive}\n")
    accounts = cloud.session().client("organizations").list_accounts()["Accounts"]
    member = next(account["Id"] for account in accounts if account["Name"] == "Log Archive")
    s3 = cloud.session(member).client("s3")
    s3.create_bucket(Bucket="archived-locks", CreateBucketConfiguration=EU)
    s3.put_object(Bucket="archived-locks", Key="landing.lock", Body=OTHER.to_json().encode())
    assert run(["apply", "--auto-approve"]) == 5
    assert run(["unlock", "other", "--force"]) == 0
    assert run(["apply", "--auto-approve"]) == 0
    assert "Contents" not in s3.list_objects_v2(Bucket="archived-locks")


def test_before_the_first_apply_the_account_of_the_bucket_may_not_exist(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, config: Config, capsys: Capture
) -> None:
    config(SMALL + "lock: {bucket: locks, account: log-archive}\n")
    monkeypatch.chdir(tmp_path)
    with Sandbox():
        assert run(["unlock"]) == 0
    assert "does not exist yet: only this machine is locked" in capsys.readouterr().err


def test_unlock_shows_the_lock_and_asks(cloud: Sandbox, capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    put(cloud)
    monkeypatch.setattr(sys, "stdin", io.StringIO("y\n"))
    assert run(["unlock"]) == 5
    said = capsys.readouterr().err
    assert "  Who:       you@there\n" in said
    assert "  Created:   2026-01-01T00:00:00Z\n" in said
    assert is_held(cloud.session().client("s3"))
    monkeypatch.setattr(sys, "stdin", io.StringIO("yes\n"))
    assert run(["unlock", "other"]) == 0
    assert not is_held(cloud.session().client("s3"))
    assert run(["unlock"]) == 0
    assert "No lock is held at s3://locks/landing.lock." in capsys.readouterr().err


def test_unlock_refuses_another_id(cloud: Sandbox, capsys: Capture) -> None:
    put(cloud)
    assert run(["unlock", "mine", "--force"]) == 5
    assert "The lock that is held is not mine. Nothing was removed." in capsys.readouterr().err
    assert is_held(cloud.session().client("s3"))


def test_unlock_refuses_while_the_run_is_alive_here(cloud: Sandbox, capsys: Capture) -> None:
    put(cloud)
    with FileLock(Path(".landing"), OTHER, Waiting()):
        assert run(["unlock", "other"]) == 5
        assert "alive on this machine (process 1)" in capsys.readouterr().err
        assert is_held(cloud.session().client("s3"))
        assert run(["unlock", "other", "--force"]) == 0
    assert not is_held(cloud.session().client("s3"))


def test_the_lock_of_this_machine_needs_no_unlocking(cloud: Sandbox, config: Config, capsys: Capture) -> None:
    config(FULL)
    assert run(["unlock"]) == 0
    with FileLock(Path(".landing"), OTHER, Waiting()):
        assert run(["unlock", "--force"]) == 5
    said = capsys.readouterr().err
    assert said.startswith("No lock is held.\n")
    assert "  Info:      process 1\n" in said
    assert "it ends with its process" in said
    with FileLock(Path(".landing"), OTHER, Waiting()):
        assert run(["unlock", "another"]) == 5
    assert "The lock that is held is not another. Nothing was removed." in capsys.readouterr().err


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The environment that leads to a sandbox over HTTP with a bucket for the lock."""
    home = Home(tmp_path_factory.mktemp("sandbox") / "home")
    process.ensure_started(home)
    environment = process.env(home)
    remote(environment).create_bucket(Bucket="locks", CreateBucketConfiguration=EU)
    yield environment
    process.stop(home)


def remote(environment: dict[str, str]) -> Any:
    return boto3.client(
        "s3",
        region_name="eu-west-1",
        endpoint_url=environment["AWS_ENDPOINT_URL"],
        aws_access_key_id=environment["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=environment["AWS_SECRET_ACCESS_KEY"],
    )


@pytest.fixture
def start(server: dict[str, str], tmp_path: Path, config: Config) -> Callable[..., subprocess.Popen[str]]:
    """Start `landing` in a folder of its own, with the sandbox for AWS."""
    folder = config(SMALL + "lock: {bucket: locks}\n")

    def begin(machine: str, *arguments: str) -> subprocess.Popen[str]:
        at = tmp_path / machine
        at.mkdir(exist_ok=True)
        command = [sys.executable, "-c", START, *arguments, "--config", str(folder)]
        pipe = subprocess.PIPE
        environment = os.environ | server
        return subprocess.Popen(
            command, cwd=at, env=environment, stdin=pipe, stdout=pipe, stderr=pipe, text=True, start_new_session=True
        )

    return begin


def wait_for_the_question(run: subprocess.Popen[str]) -> None:
    assert run.stderr is not None
    for line in run.stderr:
        if "Only 'yes' will be accepted" in line:
            return
    raise AssertionError("it ended without a question")


@pytest.mark.parametrize(
    ("ending", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)], ids=str
)
def test_a_run_that_is_ended_lets_go(
    start: Callable[..., subprocess.Popen[str]], server: dict[str, str], ending: signal.Signals, code: int
) -> None:
    with start("one", "apply") as one:
        wait_for_the_question(one)
        assert is_held(remote(server))
        one.send_signal(ending)
        _, said = one.communicate()
    assert one.returncode == code, said
    assert "Nothing more is done." in said
    assert not is_held(remote(server))


def test_a_killed_run_leaves_a_lock_that_the_next_is_told_to_remove(
    start: Callable[..., subprocess.Popen[str]], server: dict[str, str]
) -> None:
    with start("one", "apply") as one:
        wait_for_the_question(one)
        one.kill()
    assert is_held(remote(server))
    with start("two", "apply") as two:
        _, said = two.communicate()
    assert two.returncode == 5
    assert f"process {one.pid}" in said
    lock = said.rpartition("landing unlock ")[2].strip()
    with start("two", "unlock", lock) as unlock:
        _, said = unlock.communicate("yes\n")
    assert unlock.returncode == 0, said
    assert not is_held(remote(server))
