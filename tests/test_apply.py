"""Credentials in the middle of an apply: renewed where they can be, else the run stops in good order; new accounts."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from landing.aws import translated
from landing.cli import run
from landing.core.errors import CannotRead
from landing.core.model import Address, Json, Scope
from landing.engine.apply import apply
from landing.engine.journal import Event
from landing.engine.stop import Stop
from landing.organization import ROOT, Guardrail, Target
from landing.policy import SCP
from landing.sandbox import Sandbox
from tests.cloud import BY_NAME, Cloud
from tests.conftest import Load
from tests.samples import SMALL

KINDS = [BY_NAME[name] for name in ("organization", "trusted_access", "unit", "account")]


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as sandbox:
        yield sandbox


@pytest.fixture
def cloud(sandbox: Sandbox, organization: Load) -> Cloud:
    return Cloud(sandbox, organization())


def end_of(sandbox: Sandbox) -> None:
    """The time of the credentials that the run began with is up."""
    sandbox.world.expired.add(os.environ["AWS_ACCESS_KEY_ID"])


@pytest.mark.parametrize("after", [0, 4, 8])
@pytest.mark.parametrize("parallelism", [1, 8])
def test_expired_credentials_stop_the_run_and_the_next_one_goes_on(cloud: Cloud, after: int, parallelism: int) -> None:
    changes = cloud.plan(KINDS).changes
    events: list[Event] = []

    def listen(event: Event) -> None:
        events.append(event)
        if sum(one.type == "apply_complete" for one in events) == after:
            end_of(cloud.sandbox)

    result = cloud.apply(changes=changes, listeners=[listen], parallelism=parallelism)
    assert not result.complete
    assert result.failed, "what was running has failed"
    assert all("the credentials have expired; log in and run" in reason.text for reason in result.failed.values())
    failures = [index for index, event in enumerate(events) if event.type == "apply_errored"]
    assert not [event for event in events[failures[-1] :] if event.type == "apply_start"], "nothing new was begun"
    left = {*result.failed, *result.not_started, *result.blocked}
    assert left | {change.address for change in result.done} == {change.address for change in changes}
    assert {event.address for event in events if event.type == "apply_start"} == {
        event.address for event in events if event.type in ("apply_complete", "apply_errored", "apply_dropped")
    }, "the end of each change is told"
    cloud.sandbox.world.expired.clear()
    assert cloud.apply(KINDS).complete
    assert cloud.plan(KINDS).changes == ()


def test_a_person_reads_what_to_do_and_a_machine_reads_four(
    sandbox: Sandbox, config: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    config(SMALL.replace("example.com", "corp.io"))
    monkeypatch.chdir(tmp_path)
    sandbox.faults.reject("organizations", "CreateAccount", code="ExpiredTokenException", times=None, status=400)
    sandbox.faults.reject("organizations", "List*", code="ExpiredTokenException", times=None, after=60, status=400)
    assert run(["apply", "--auto-approve"]) == 4
    said = capsys.readouterr()
    assert "Apply finished early." in said.out
    assert "the credentials have expired; log in and run the command again" in said.err
    assert "It is safe to run landing apply again" in said.err
    (record,) = (tmp_path / ".landing" / "runs").iterdir()
    lines = [json.loads(line) for line in (record / "events.jsonl").read_text(encoding="utf-8").splitlines()]
    assert {line["type"] for line in lines} >= {"apply_start", "apply_complete", "apply_errored"}
    sandbox.faults.clear()
    assert run(["apply", "--auto-approve"]) == 0


def test_credentials_that_end_before_the_second_look_leave_it_to_the_next_run(cloud: Cloud) -> None:
    last = len(cloud.plan(KINDS).changes)
    ended = 0

    def listen(event: Event) -> None:
        nonlocal ended
        ended += event.type == "apply_complete"
        if ended == last:
            end_of(cloud.sandbox)

    result = cloud.apply(KINDS, listeners=[listen])
    assert (len(result.done), result.failed) == (last, {})
    assert "the credentials have expired" in str(result.unverified)
    assert not result.complete
    cloud.sandbox.world.expired.clear()
    assert cloud.plan(KINDS).changes == ()


def test_the_session_of_a_role_is_renewed_before_it_ends(cloud: Cloud) -> None:
    assert cloud.apply(KINDS).complete
    cloud.sandbox.world.options["session_seconds"] = 300
    aws = cloud.open()
    client = aws.client("cloudformation", Scope("log-archive", "eu-west-1"))
    ours: set[str] = set()
    for renewed in range(1, 4):
        client.describe_stacks()
        assert aws.calls["sts", "AssumeRole"] == renewed
        cloud.sandbox.world.expired |= ours
        ours = {key for key, who in cloud.sandbox.world.identities.items() if who.arn.endswith("/landing")}


def test_a_session_that_cannot_be_renewed_ends_the_run(cloud: Cloud) -> None:
    cloud.sandbox.world.options["session_seconds"] = 300
    kinds = [*KINDS, BY_NAME["stack"]]

    def listen(event: Event) -> None:
        if event.type == "apply_complete" and event.address == "account.log-archive":
            end_of(cloud.sandbox)

    result = cloud.apply(kinds, listeners=[listen], parallelism=1)
    assert all("the credentials have expired" in reason.text for reason in result.failed.values())
    assert result.interrupted
    cloud.sandbox.world.expired.clear()
    assert cloud.apply(kinds).complete


@pytest.mark.parametrize("code", ["OptInRequired", "SubscriptionRequiredException"])
def test_the_services_of_a_new_account_are_waited_for(cloud: Cloud, code: str) -> None:
    assert cloud.apply(KINDS).complete
    aws, scope = cloud.open(), Scope("log-archive", "eu-west-1")
    cloud.sandbox.faults.reject("cloudformation", "DescribeStacks", code=code, times=None, status=400)
    with pytest.raises(CannotRead, match=code), translated(scope):
        aws.client("cloudformation", scope).describe_stacks()
    cloud.sandbox.faults.clear()
    cloud.sandbox.faults.reject("cloudformation", "DescribeStacks", code=code, times=30, status=400)
    aws.tree.newcomers.add("log-archive")
    assert aws.client("cloudformation", scope).describe_stacks()["Stacks"] == []


def test_an_account_that_cannot_be_entered_is_told_why(cloud: Cloud) -> None:
    assert cloud.apply(KINDS).complete
    cloud.sandbox.faults.reject("sts", "AssumeRole", code="AccessDenied", times=None, status=403)
    scope = Scope("log-archive", "eu-west-1")
    with (
        pytest.raises(CannotRead, match="Accounts that were invited, not created, have no such role"),
        translated(scope),
    ):
        cloud.open().client("cloudformation", scope).describe_stacks()


def test_what_cannot_be_looked_at_again_is_not_said_to_be_verified(cloud: Cloud) -> None:
    def refuse(event: Event) -> None:
        if event.type == "phase_start" and event.message == "verify":
            cloud.sandbox.faults.reject(
                "organizations",
                "ListOrganizationalUnitsForParent",
                code="AccessDeniedException",
                times=None,
                status=400,
            )

    result = cloud.apply(KINDS, listeners=[refuse])
    assert "AccessDeniedException" in str(result.unverified)
    assert not result.complete
    cloud.sandbox.faults.clear()
    assert cloud.apply(KINDS).complete


@pytest.mark.parametrize("written", [False, True])
def test_a_change_that_has_written_nothing_is_not_begun_any_more(cloud: Cloud, written: bool) -> None:
    """It may have been announced and then have waited for its rate; what has written something goes on."""
    aws = cloud.open(read_only=False)
    stop, events = Stop(aws), list[Event]()

    def ask(**_: object) -> None:
        stop.ask()

    aws._base.register("after-call.organizations" if written else "before-call.organizations", ask)
    changes = cloud.plan([KINDS[0]]).changes
    result = apply(cloud.organization, aws, changes, stop=stop, listeners=[events.append])
    assert result.interrupted
    if written:
        assert [change.address for change in result.done] == [change.address for change in changes]
        return
    assert (result.done, result.failed, result.blocked) == ([], {}, {})
    assert result.not_started == [change.address for change in changes]
    assert [event.type for event in events] == ["apply_start", "apply_dropped"]
    assert cloud.sandbox.world.states.get("organizations") is None or cloud.open().tree.description is None
    assert cloud.apply(KINDS).complete


def test_no_text_is_loosened_when_what_tightens_has_failed(cloud: Cloud) -> None:
    """A statement that moves is in two policies, or in one; never in none."""
    kinds = [BY_NAME[name] for name in ("organization", "policy_type", "unit", "policy", "attachments")]

    def at(**texts: list[str]) -> Cloud:
        rails = {
            key: Guardrail(key, key, SCP, "", document(actions), Target(units=(ROOT,)))
            for key, actions in texts.items()
        }
        return Cloud(cloud.sandbox, replace(cloud.organization, guardrails=rails))

    def document(actions: list[str]) -> dict[str, Json]:
        statements: list[Json] = [{"Effect": "Deny", "Action": action, "Resource": "*"} for action in actions]
        return {"Version": "2012-10-17", "Statement": statements}

    stay, moving = "sqs:CreateQueue", "sqs:DeleteQueue"
    assert at(p=[stay, moving], q=[stay]).apply(kinds).complete
    moved, p, q = at(p=[stay], q=[stay, moving]), Address("policy", "p"), Address("policy", "q")
    cloud.sandbox.faults.reject("organizations", "UpdatePolicy", code="MalformedPolicyDocumentException", status=400)
    result = moved.apply(kinds)
    assert (result.done, list(result.failed), result.blocked) == ([], [q], {p: q})
    assert moved.apply(kinds).complete
    assert moved.plan(kinds).changes == ()
