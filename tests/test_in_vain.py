"""Calls that are not tried again: when the command is done, and when a quota is used up."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from botocore.session import Session

from landing.aws import Interrupted, translated
from landing.aws.causes import cause_of
from landing.core.errors import AwsError, Cause
from landing.core.model import ORGANIZATION
from landing.engine.observe import observe
from landing.organization import Organization
from landing.sandbox import Sandbox
from landing.services.control_tower.baseline import FORWARDED
from landing.services.registry import KINDS
from tests.cloud import QuickAws
from tests.gate import SECONDS, Gate, Process, gated
from tests.samples import SMALL

RETRIED = {
    "securityhub",  # "beyond the current Amazon Web Services account or throttling limits"
    "config",  # of the operations that answer it, we call none
}


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(organization=True) as sandbox:
        yield sandbox


@pytest.fixture
def aws(sandbox: Sandbox, load_text: Callable[[str], Organization]) -> QuickAws:
    return QuickAws(load_text(SMALL), read_only=False)


@pytest.mark.parametrize(("service", "call"), [("cloudformation", "CreateStackSet"), ("kms", "CreateKey")])
def test_a_quota_is_told_at_once_with_what_to_do(sandbox: Sandbox, aws: QuickAws, service: str, call: str) -> None:
    sandbox.faults.reject(service, call, code="LimitExceededException", times=None, status=400)
    parameters = {"StackSetName": "one"} if service == "cloudformation" else {}
    method = "create_stack_set" if service == "cloudformation" else "create_key"
    with pytest.raises(AwsError, match="Have the quota raised"), translated(ORGANIZATION):
        getattr(aws.client(service), method)(**parameters)
    assert aws.tally.uses[service, call].retried == 0


@pytest.mark.usefixtures("no_backoff")
def test_where_the_same_code_may_mean_a_rate_it_is_tried_again(sandbox: Sandbox, aws: QuickAws) -> None:
    sandbox.faults.reject("securityhub", "DescribeHub", code="LimitExceededException", times=3, status=429)
    with pytest.raises(AwsError), translated(ORGANIZATION):
        aws.client("securityhub").describe_hub()  # not subscribed, says AWS in the end
    assert aws.tally.uses["securityhub", "DescribeHub"].retried == 3


def test_which_services_mean_a_quota_by_their_own_words() -> None:
    session = Session()
    actions = {action for kind in KINDS for action in (*kind.reads, *kind.writes)} - {*FORWARDED}
    named = {action.partition(":")[0] for action in actions}
    for service in sorted(named & set(session.get_available_services())):
        model = session.get_service_model(service)
        if "LimitExceededException" not in model.shape_names:
            continue
        error = model.shape_for("LimitExceededException")
        if error.metadata.get("error", {}).get("code", error.name) != "LimitExceededException":
            continue  # botocore does not take it for throttling
        cause = Cause.QUOTA_OR_RATE if service in RETRIED else Cause.QUOTA
        assert cause_of(service, "LimitExceededException") is cause, service
        assert service in RETRIED or any(
            word in error.documentation for word in ("quota", "resource limit", "service limit")
        ), service


def test_when_the_command_is_done_no_attempt_is_made(sandbox: Sandbox, aws: QuickAws) -> None:
    sandbox.faults.reject("organizations", "ListAccounts", code="TooManyRequestsException", times=None, status=400)
    aws.tally.on_setback = lambda _: aws.close()
    attempts: list[str] = []
    client = aws.client("organizations")
    client.meta.events.register("request-created", lambda **_: attempts.append("one"))
    client.meta.events.register("response-received.organizations", lambda **_: aws.close())
    with pytest.raises(AwsError), translated(ORGANIZATION):
        client.list_accounts()
    assert len(attempts) == 1
    with pytest.raises(Interrupted):
        client.list_roots()
    assert len(attempts) == 1


@pytest.mark.usefixtures("sandbox")
def test_what_was_to_be_read_ahead_is_not_begun(aws: QuickAws, load_text: Callable[[str], Organization]) -> None:
    aws.close()
    with pytest.raises(Interrupted):
        observe(load_text(SMALL), aws)
    assert {use.seconds for use in aws.tally.uses.values()} == {0}, "nothing was sent"


@pytest.fixture
def gate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, config: Callable[..., Path]) -> Iterator[Gate]:
    """An organization with a guardrail, below the working folder."""
    config(SMALL + "guardrails: {deny-root-user: {target: {units: [workloads]}}}\n")
    monkeypatch.chdir(tmp_path)
    with gated(tmp_path) as gate:
        assert Process("apply", "--auto-approve").ends() == 0
        yield gate


def test_the_process_ends_while_what_was_read_ahead_is_in_the_air(gate: Gate) -> None:
    gate.hold, gate.behind = "ListAccounts", "ListAWSServiceAccessForOrganization"
    gate.sandbox.faults.reject("organizations", gate.behind, code="ExpiredTokenException", times=None, status=400)
    process = Process("plan")
    assert gate.reached.wait(SECONDS), process.told
    assert process.ends() == 1, process.told
    assert "the credentials have expired" in process.told
    assert not gate.opened.is_set()


def test_accounts_that_may_not_be_listed_are_a_gap_and_no_traceback(gate: Gate) -> None:
    gate.sandbox.faults.reject("organizations", "ListAccounts", code="AccessDeniedException", times=None, status=400)
    process = Process("plan")
    assert process.ends() == 3, process.told
    assert "Traceback" not in process.told
