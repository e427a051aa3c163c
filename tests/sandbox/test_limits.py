"""The sandbox says what it cannot do, loudly, and lets nothing out."""

from __future__ import annotations

import socket
from typing import Any

import pytest
from botocore.exceptions import ClientError

from landing.sandbox import Sandbox
from landing.sandbox.endpoint import guard
from tests.sandbox.cloud import Cloud, refused, source

UNSUPPORTED: dict[str, tuple[str, str, dict[str, Any], str]] = {
    "a JSON service that moto lacks": ("compute-optimizer", "get_enrollment_status", {}, "GetEnrollmentStatus"),
    "a REST service that moto lacks": ("auditmanager", "get_account_status", {}, "GetAccountStatus"),
    "a service on another domain": ("notifications", "list_notification_hubs", {}, "ListNotificationHubs"),
    "an operation of a JSON service": ("ssm", "list_nodes", {}, "ListNodes"),
    "an operation of a query service": ("iam", "get_outbound_web_identity_federation_info", {},
        "GetOutboundWebIdentityFederationInfo"),
    "an operation of EC2": ("ec2", "describe_fast_snapshot_restores", {}, "DescribeFastSnapshotRestores"),
    "an operation of ours": ("organizations", "list_inbound_responsibility_transfers", {
        "Type": "BILLING"}, "ListInboundResponsibilityTransfers"),
    "a sub-resource of S3": ("s3", "get_bucket_abac", {"Bucket": "b"}, "GetBucketAbac"),
}  # fmt: skip


@pytest.mark.parametrize("what", UNSUPPORTED)
@source("HTTP: 501 Not Implemented, which no AWS client retries")
def test_what_is_not_supported_is_named(cloud: Cloud, what: str) -> None:
    service, method, parameters, operation = UNSUPPORTED[what]
    before = cloud.calls().get(f"{service}:{operation}", 0)
    with pytest.raises(ClientError) as caught:
        getattr(cloud.client(service), method)(**parameters)
    error = caught.value.response
    assert error["Error"]["Code"] == "SandboxUnsupported"
    assert f"{service}:{operation}" in error["Error"]["Message"]
    assert error["ResponseMetadata"]["HTTPStatusCode"] == 501
    assert cloud.calls()[f"{service}:{operation}"] == before + 1


@source("Organizations API reference: required parameters")
def test_a_request_that_boto3_would_not_send_is_refused_too(cloud: Cloud) -> None:
    client = cloud.new_client("organizations")
    client.meta.config.parameter_validation = False
    refused("InvalidInputException", client.describe_policy, PolicyId="nonsense", reason="INVALID_PATTERN")


def test_moto_failing_is_unsupported_not_a_crash(sandbox: Sandbox) -> None:
    ecs: Any = sandbox.session().client("ecs")
    with pytest.raises(ClientError, match="moto fails on this request with TypeError") as caught:
        ecs.describe_capacity_providers()
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 501


def test_nothing_leaves_the_machine(sandbox: Sandbox) -> None:
    with pytest.raises(PermissionError, match="lets nothing out"):
        socket.create_connection(("192.0.2.1", 443), timeout=1)


def test_no_name_server_is_asked(sandbox: Sandbox) -> None:
    with pytest.raises(socket.gaierror, match="lets nothing out"):
        socket.getaddrinfo("s3.amazonaws.com", 443)
    assert socket.getaddrinfo("127.0.0.1", 443)


@pytest.mark.parametrize(
    ("host", "stays"),
    [
        ("127.0.0.1", True),
        ("::1", True),
        ("localhost", True),
        ("123456789012.localhost", True),
        ("192.0.2.1", False),
        ("s3.amazonaws.com", False),
        ("127.0.0.1.example.com", False),
    ],
)
def test_only_loopback_stays_on_the_machine(host: str, stays: bool) -> None:
    assert guard.is_loopback(host) is stays


def test_there_is_one_sandbox_in_a_process(sandbox: Sandbox) -> None:
    with pytest.raises(RuntimeError, match="a sandbox in this process already"), Sandbox():
        pass
    assert sandbox.session().client("sts").get_caller_identity()["Account"] == sandbox.management_account_id


def test_the_environment_is_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "mine")
    import os

    before = dict(os.environ)
    with Sandbox() as entered:
        assert os.environ["AWS_ACCESS_KEY_ID"] == entered.world.administrator().access_key
        assert "AWS_PROFILE" not in os.environ
    assert dict(os.environ) == before


def test_worlds_of_one_seed_are_alike() -> None:
    def made(seed: int) -> Any:
        with Sandbox(organization=True, seed=seed) as entered:
            client: Any = entered.session().client("organizations")
            return client.describe_organization()["Organization"]["Id"], entered.seed(2)

    assert made(1) == made(1)
    assert made(1) != made(2)
