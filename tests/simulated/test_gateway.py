"""What the simulated AWS does to calls: throttles, latency, faults, and calls that are counted."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, ConnectionClosedError

from tests.simulated.rates import Buckets
from tests.simulated.server import Simulated, serving
from tests.simulated.weather import KINDS, FaultKind, Weather, is_read

ONCE = Config(retries={"total_max_attempts": 1})


@pytest.fixture
def sandbox() -> Iterator[Simulated]:
    with Simulated(organization=True) as sandbox:
        yield sandbox


@pytest.fixture
def organizations(sandbox: Simulated) -> Any:
    return sandbox.session().client("organizations", config=ONCE)


def _root(organizations: Any) -> str:
    return str(organizations.list_roots()["Roots"][0]["Id"])


def _units(organizations: Any, root: str) -> list[str]:
    found = organizations.list_organizational_units_for_parent(ParentId=root)["OrganizationalUnits"]
    return [unit["Name"] for unit in found]


def _weather(sandbox: Simulated, kind: FaultKind) -> None:
    sandbox.gateway.weather = Weather(1.0, kinds=[kind], services=["organizations", "cloudformation"])


def test_too_fast_is_answered_as_aws_does_and_counted(sandbox: Simulated, organizations: Any) -> None:
    sandbox.gateway.buckets = Buckets(lambda: 0.0)
    organizations.describe_organization()
    organizations.describe_organization()
    with pytest.raises(organizations.exceptions.TooManyRequestsException) as refused:
        organizations.describe_organization()
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400
    assert sandbox.gateway.calls["organizations", "DescribeOrganization"] == 3
    assert sandbox.gateway.throttles == {("organizations", "DescribeOrganization"): 1}
    sandbox.gateway.reset_counts()
    assert not sandbox.gateway.calls


def test_cloudformation_throttles_in_its_own_words(sandbox: Simulated) -> None:
    sandbox.gateway.buckets = Buckets(lambda: 0.0)
    cloudformation = sandbox.session().client("cloudformation", config=ONCE)
    for _ in range(20):
        cloudformation.list_stack_sets()
    with pytest.raises(ClientError) as refused:
        cloudformation.list_stack_sets()
    assert refused.value.response["Error"]["Code"] == "Throttling"
    assert sandbox.gateway.throttles["cloudformation", "ListStackSets"] == 1


@pytest.mark.parametrize(
    ("kind", "code", "has_effect"),
    [
        ("error", "InternalFailure", False),
        ("late_error", "InternalFailure", True),
        ("throttle", "TooManyRequestsException", False),
        ("concurrent", "ConcurrentModificationException", False),
        ("reset", "", True),
        ("hang", "", False),
        ("late_hang", "", True),
    ],
)
def test_a_struck_write(
    sandbox: Simulated, organizations: Any, kind: FaultKind, code: str, *, has_effect: bool
) -> None:
    root = _root(organizations)
    _weather(sandbox, kind)
    with pytest.raises(ClientError if code else ConnectionClosedError) as struck:
        organizations.create_organizational_unit(ParentId=root, Name="new")
    if isinstance(struck.value, ClientError):
        assert struck.value.response["Error"]["Code"] == code
    sandbox.gateway.calm()
    assert ("new" in _units(organizations, root)) == has_effect


def test_a_stack_set_is_busy(sandbox: Simulated) -> None:
    cloudformation = sandbox.session().client("cloudformation", config=ONCE)
    _weather(sandbox, "busy")
    with pytest.raises(cloudformation.exceptions.OperationInProgressException):
        cloudformation.delete_stack_set(StackSetName="any")
    assert cloudformation.list_stack_sets()["Summaries"] == [], "reads are not busy"


def test_a_new_object_is_invisible_for_some_reads(sandbox: Simulated, organizations: Any) -> None:
    root = _root(organizations)
    sandbox.gateway.weather = Weather(1.0, kinds=["stale"], reads=2)
    organizations.create_organizational_unit(ParentId=root, Name="new")
    sandbox.gateway.weather = None
    assert [_units(organizations, root) for _ in range(3)] == [[], [], ["new"]]


def test_what_is_written_meanwhile_is_not_lost(sandbox: Simulated, organizations: Any) -> None:
    root = _root(organizations)
    sandbox.gateway.weather = Weather(1.0, kinds=["stale"], reads=2)
    organizations.create_organizational_unit(ParentId=root, Name="first")
    sandbox.gateway.weather = None
    assert _units(organizations, root) == []
    organizations.create_organizational_unit(ParentId=root, Name="second")
    sandbox.gateway.calm()
    assert _units(organizations, root) == ["first", "second"]


def test_the_same_seed_is_the_same_weather() -> None:
    def story(seed: int) -> list[str | None]:
        weather = Weather(0.3, seed)
        return [weather.fate("organizations", "CreatePolicy") for _ in range(100)]

    assert story(1) == story(1) != story(2)


def test_every_kind_of_fault_happens() -> None:
    weather = Weather(1.0)
    calls = [("organizations", "CreatePolicy"), ("cloudformation", "CreateStackInstances"), ("s3", "GetObject")]
    struck = {weather.fate(*calls[number % 3]) for number in range(1_000)}
    assert struck == set(KINDS)
    assert is_read("DescribePolicy")
    assert not is_read("CreatePolicy")


def test_latencies_overlap(sandbox: Simulated) -> None:
    """Both callers are in their latency at the same time, or the barrier breaks."""
    together = threading.Barrier(2, timeout=10)
    sandbox.gateway.latency, sandbox.gateway._sleep = 1.0, lambda seconds: together.wait()
    clients = [sandbox.session().client("organizations", config=ONCE) for _ in range(2)]
    threads = [threading.Thread(target=client.describe_organization) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not together.broken


def test_a_reset_over_http_is_a_connection_error(sandbox: Simulated) -> None:
    with serving(sandbox) as aws:
        client = sandbox.session().client("organizations", config=ONCE, endpoint_url=aws.url)
        root = _root(client)
        _weather(sandbox, "reset")
        with pytest.raises(ConnectionClosedError):
            client.create_organizational_unit(ParentId=root, Name="new")
        sandbox.gateway.calm()
        assert _units(client, root) == ["new"]
