"""One apply at a time: the second is refused, or waits; it never interleaves."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from landing.aws import ConditionalObject
from landing.core.errors import LandingError, LockHeld
from landing.organization import LockPlace, Organization
from landing.runs.lock import FileLock, Holder, ObjectLock, Waiting, holder_of, living_holder
from landing.sandbox import Sandbox
from tests.cloud import QuickAws

HERE = Path(".landing")
MINE = Holder("mine", Operation="apply", Who="me@here", Version="1", Created="2026-01-01T00:00:00Z", Info="process 1")
OTHER = replace(MINE, ID="other", Who="you@there")
BUCKET, KEY = "locks", "landing.lock"
HOLD = (
    "import sys; from pathlib import Path; from landing.runs.lock import *\n"
    "with FileLock(Path('.landing'), Holder('other'), Waiting()): print('held', flush=True); sys.stdin.read()"
)
Find = Callable[..., list[Any]]


@pytest.fixture
def other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[subprocess.Popen[str]]:
    """Another process that holds the lock file until its input ends."""
    monkeypatch.chdir(tmp_path)
    with subprocess.Popen([sys.executable, "-c", HOLD], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as it:
        assert it.stdout is not None
        assert it.stdout.readline() == "held\n"
        yield it
        it.kill()


class Waited(Waiting):
    """Waits without waiting; `then` is called at each sleep with how often there was one."""

    def __init__(self, timeout: float, then: Callable[[int], object] = lambda _: None) -> None:
        self.waited: list[float] = []
        self.told: list[str] = []

        def sleep(seconds: float) -> None:
            self.waited.append(seconds)
            then(len(self.waited))

        super().__init__(timeout, sleep, lambda: sum(self.waited), self.told.append)


def test_a_holder_is_shown_as_terraform_shows_it() -> None:
    assert str(replace(MINE, Path="s3://locks/landing.lock")).splitlines() == [
        "Lock Info:",
        "  ID:        mine",
        "  Path:      s3://locks/landing.lock",
        "  Operation: apply",
        "  Who:       me@here",
        "  Version:   1",
        "  Created:   2026-01-01T00:00:00Z",
        "  Info:      process 1",
    ]
    assert holder_of(MINE.to_json()) == MINE


@pytest.mark.parametrize("content", [b"", b"no JSON", b"[1]", b'{"unheard": "of"}', b"\xff"])
def test_what_somebody_else_left_there_is_a_holder_too(content: bytes) -> None:
    assert holder_of(content).ID == "unknown"


def test_the_second_process_is_refused_and_told_who_holds_the_file(other: subprocess.Popen[str]) -> None:
    with pytest.raises(LockHeld, match=r"ID: +other\n[\s\S]*--lock-timeout"), FileLock(HERE, MINE, Waiting()):
        pass
    found = living_holder(HERE)
    assert found is not None
    assert found.ID == "other"


def test_the_second_process_waits_for_as_long_as_it_is_told(other: subprocess.Popen[str]) -> None:
    waiting = Waited(60, lambda times: other.communicate("") if times == 3 else None)
    with FileLock(HERE, MINE, waiting):
        assert holder_of((HERE / "lock").read_text()).ID == "mine"
    assert len(waiting.waited) == 3
    assert len(waiting.told) == 1


def test_waiting_for_a_process_ends(other: subprocess.Popen[str]) -> None:
    waiting = Waited(60)
    with pytest.raises(LockHeld, match=r"It was waited for 60 s \(--lock-timeout\)"), FileLock(HERE, MINE, waiting):
        pass
    assert sum(waiting.waited) == pytest.approx(60)
    assert other.poll() is None


def test_a_holder_that_has_not_written_its_name_yet_is_not_told_at_the_first_look() -> None:
    waiting = Waited(60)
    assert waiting.goes_on(Holder("unknown"), 1)
    assert waiting.goes_on(OTHER, 1)
    assert waiting.told == ["Waiting for the lock that you@there holds since 2026-01-01T00:00:00Z"]


def test_a_killed_process_holds_nothing(other: subprocess.Popen[str]) -> None:
    other.kill()
    other.wait()
    assert living_holder(HERE) is None
    with FileLock(HERE, MINE, Waiting()):
        pass


def test_apply_is_refused_with_its_own_exit_code_and_changes_nothing(other: subprocess.Popen[str], config: Any) -> None:
    config()
    environment = {**os.environ, "LANDING_SANDBOX": "1"}
    command = [sys.executable, "-m", "landing", "apply", "--auto-approve"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 5
    assert "Error acquiring the lock" in done.stderr
    assert done.stdout == ""


def test_a_folder_that_cannot_be_written_is_an_error_that_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(LandingError, match="Nothing was changed"), FileLock(tmp_path / "file", MINE, Waiting()):
        pass


@pytest.fixture
def aws(organization: Callable[..., Organization]) -> Iterator[QuickAws]:
    """A door to an AWS with a bucket for locks."""
    wanted = organization(f"lock: {{bucket: {BUCKET}}}\n")
    with Sandbox(organization=True) as sandbox:
        s3 = sandbox.session().client("s3")
        s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
        aws = QuickAws(wanted, read_only=False)
        aws.sandbox, aws.lock = sandbox, wanted.lock  # type: ignore[attr-defined]
        yield aws


@pytest.fixture
def sandbox(aws: Any) -> Sandbox:
    found: Sandbox = aws.sandbox
    return found


@pytest.fixture
def thing(aws: Any) -> ConditionalObject:
    return ConditionalObject(aws, aws.lock)


def content(sandbox: Sandbox) -> str | None:
    """The ID in the object, if there is one."""
    s3 = sandbox.session().client("s3")
    if "Contents" not in s3.list_objects_v2(Bucket=BUCKET):
        return None
    return holder_of(s3.get_object(Bucket=BUCKET, Key=KEY)["Body"].read()).ID


def put(sandbox: Sandbox, holder: Holder) -> None:
    sandbox.session().client("s3").put_object(Bucket=BUCKET, Key=KEY, Body=holder.to_json().encode())


def delete(sandbox: Sandbox) -> None:
    sandbox.session().client("s3").delete_object(Bucket=BUCKET, Key=KEY)


def test_the_object_is_there_while_the_lock_is_held(thing: ConditionalObject, sandbox: Sandbox) -> None:
    warned: list[str] = []
    with ObjectLock(thing, MINE, Waiting(), warned.append):
        body = sandbox.session().client("s3").get_object(Bucket=BUCKET, Key=KEY)["Body"].read()
        assert json.loads(body) == {
            "ID": "mine",
            "Path": "s3://locks/landing.lock",
            "Operation": "apply",
            "Who": "me@here",
            "Version": "1",
            "Created": "2026-01-01T00:00:00Z",
            "Info": "process 1",
        }
    assert content(sandbox) is None
    assert warned == []


def test_the_second_machine_is_refused_and_told_how_to_go_on(thing: ConditionalObject, sandbox: Sandbox) -> None:
    put(sandbox, OTHER)
    with pytest.raises(LockHeld) as caught, ObjectLock(thing, MINE, Waiting()):
        pass
    assert "Who:       you@there" in str(caught.value)
    assert "--lock-timeout SECONDS. If that run has died: landing unlock other" in str(caught.value)
    assert content(sandbox) == "other"


def test_the_second_machine_waits_for_as_long_as_it_is_told(thing: ConditionalObject, sandbox: Sandbox) -> None:
    put(sandbox, OTHER)
    waiting = Waited(60, lambda times: delete(sandbox) if times == 3 else None)
    with ObjectLock(thing, MINE, waiting):
        assert content(sandbox) == "mine"
    assert len(waiting.waited) == 3
    assert waiting.told == ["Waiting for the lock that you@there holds since 2026-01-01T00:00:00Z"]


def test_waiting_for_a_machine_ends(thing: ConditionalObject, sandbox: Sandbox) -> None:
    put(sandbox, OTHER)
    waiting = Waited(15)
    with pytest.raises(LockHeld), ObjectLock(thing, MINE, waiting):
        pass
    assert sum(waiting.waited) == pytest.approx(15)


@pytest.mark.parametrize("by", ["reset", "error"])
@pytest.mark.parametrize("operation", ["PutObject", "DeleteObject"])
def test_an_answer_that_is_lost_loses_no_lock(
    thing: ConditionalObject, sandbox: Sandbox, by: Any, operation: str
) -> None:
    warned: list[str] = []
    sandbox.faults.lose("s3", operation, by=by)
    with ObjectLock(thing, MINE, Waiting(), warned.append):
        assert content(sandbox) == "mine"
    assert sandbox.faults.armed == []
    assert content(sandbox) is None
    assert warned == []


def test_a_conflict_is_tried_again(thing: ConditionalObject, sandbox: Sandbox) -> None:
    sandbox.faults.reject("s3", "PutObject", code="ConditionalRequestConflict", status=409, times=2)
    with ObjectLock(thing, MINE, Waiting()):
        assert content(sandbox) == "mine"
    assert sandbox.faults.armed == []


def test_an_interrupt_after_the_object_was_created_leaves_none(
    aws: Any, thing: ConditionalObject, sandbox: Sandbox
) -> None:
    interrupts = [KeyboardInterrupt()]

    def interrupt(**_: Any) -> None:
        if interrupts:
            assert content(sandbox) == "mine"
            raise interrupts.pop()

    aws._session("", "").register("after-call.s3.PutObject", interrupt)
    with pytest.raises(KeyboardInterrupt), ObjectLock(thing, MINE, Waiting()):
        pass
    assert content(sandbox) is None


def test_an_interrupted_run_lets_go(thing: ConditionalObject, sandbox: Sandbox) -> None:
    with pytest.raises(KeyboardInterrupt), ObjectLock(thing, MINE, Waiting()):
        raise KeyboardInterrupt
    assert content(sandbox) is None


def test_a_lock_that_was_removed_is_noticed(thing: ConditionalObject, sandbox: Sandbox) -> None:
    warned: list[str] = []
    with ObjectLock(thing, MINE, Waiting(), warned.append):
        delete(sandbox)
    assert len(warned) == 1
    assert "The lock mine at s3://locks/landing.lock was removed while this run held it" in warned[0]


def test_a_lock_of_somebody_else_is_left_alone(thing: ConditionalObject, sandbox: Sandbox) -> None:
    warned: list[str] = []
    with ObjectLock(thing, MINE, Waiting(), warned.append):
        put(sandbox, OTHER)
    assert "was taken over by you@there" in warned[0]
    assert content(sandbox) == "other"


def test_a_lock_that_changes_hands_while_it_is_released_is_left_alone(
    aws: QuickAws, thing: ConditionalObject, sandbox: Sandbox
) -> None:
    warned: list[str] = []
    aws._session("", "").register("before-call.s3.DeleteObject", lambda **_: put(sandbox, OTHER))
    with ObjectLock(thing, MINE, Waiting(), warned.append):
        pass
    assert "while this run held it" in warned[0]
    assert content(sandbox) == "other"


def test_a_lock_that_cannot_be_released_hides_nothing(thing: ConditionalObject, sandbox: Sandbox) -> None:
    warned: list[str] = []
    sandbox.faults.reject("s3", "DeleteObject", code="AccessDenied", status=403)
    with pytest.raises(ZeroDivisionError), ObjectLock(thing, MINE, Waiting(), warned.append):
        raise ZeroDivisionError
    assert "could not be released: DeleteObject" in warned[0]
    assert warned[0].endswith("landing unlock mine")


def test_a_bucket_that_may_not_be_used_is_an_error_that_says_so(thing: ConditionalObject, sandbox: Sandbox) -> None:
    sandbox.faults.reject("s3", code="AccessDenied", status=403, times=None)
    with pytest.raises(LandingError, match=r"AccessDenied[\s\S]*docs/permissions.md`. Nothing was changed"):
        ObjectLock(thing, MINE, Waiting()).__enter__()


def test_a_bucket_that_is_not_there_is_an_error_that_says_so(aws: QuickAws) -> None:
    place = LockPlace("no-such-bucket", KEY, "management", "eu-west-1")
    with pytest.raises(LandingError, match="Create the bucket first"):
        ObjectLock(ConditionalObject(aws, place), MINE, Waiting()).__enter__()


def test_a_bucket_of_a_stranger_is_not_used(aws: QuickAws, sandbox: Sandbox) -> None:
    stranger = sandbox.session("555555555555", region="us-east-1").client("s3")
    stranger.create_bucket(Bucket="grabbed")
    place = LockPlace("grabbed", KEY, "management", "us-east-1")
    with pytest.raises(LandingError, match="AccessDenied"):
        ObjectLock(ConditionalObject(aws, place), MINE, Waiting()).__enter__()
    assert "Contents" not in stranger.list_objects_v2(Bucket="grabbed")


def test_the_config_says_where_the_object_is(organization: Callable[..., Organization]) -> None:
    assert organization().lock is None
    assert organization("lock: {bucket: b-1}\n").lock == LockPlace("b-1", "landing.lock", "management", "eu-west-1")
    given = "lock: {bucket: b-1, key: shop/lock, account: log-archive, region: eu-north-1}\n"
    assert organization(given).lock == LockPlace("b-1", "shop/lock", "log-archive", "eu-north-1")


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ("{}", "LZ202"),
        ("{bucket: b-1, account: log-archiv}", "LZ302"),
        ("{bucket: b-1, region: cn-north-1}", "LZ308"),
    ],
)
def test_a_place_that_cannot_be_is_a_problem_of_the_config(problems: Find, given: str, code: str) -> None:
    assert [problem.code for problem in problems(f"lock: {given}\n")] == [code]
