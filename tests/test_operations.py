"""What AWS goes on with when nobody waits for it any more."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from botocore.hooks import HierarchicalEmitter

from landing.aws.operations import Operations
from landing.organization import Organization
from landing.sandbox import Sandbox
from tests.cloud import QuickAws


def test_operations_run_until_aws_says_that_they_have_ended() -> None:
    operations, emitter = Operations(), HierarchicalEmitter()
    operations.listen(emitter)

    def answer(call: str, **parsed: Any) -> None:
        emitter.emit(f"after-call.cloudformation.{call}", model=SimpleNamespace(name=call), parsed=parsed)

    answer("UpdateStackSet", OperationId="op-2")
    answer("CreateStackInstances", OperationId="op-1")
    answer("DetectStackSetDrift", OperationId="op-3")
    answer("DescribeStackSetOperation", StackSetOperation={"OperationId": "op-1", "Status": "RUNNING"})
    assert operations.running == ("CreateStackInstances op-1", "UpdateStackSet op-2")
    answer("DescribeStackSetOperation", StackSetOperation={"OperationId": "op-2", "Status": "FAILED"})
    answer("DescribeStackSetOperation", StackSetOperation={"OperationId": "op-9", "Status": "RUNNING"})
    assert operations.running == ("CreateStackInstances op-1",)


def test_the_door_hears_of_accounts_that_are_created(full: Organization) -> None:
    with Sandbox(organization=True, latency=1):
        aws = QuickAws(full, read_only=False)
        client = aws.client("organizations")
        identity = client.create_account(AccountName="Shop", Email="shop@example.com")["CreateAccountStatus"]["Id"]
        assert aws.operations.running == (f"CreateAccount {identity}",)
        for _ in range(3):
            client.describe_create_account_status(CreateAccountRequestId=identity)
        assert aws.operations.running == ()
