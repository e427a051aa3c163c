"""What a lost stack has left behind is taken back: the buckets of the log archive."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest

from landing.organization import Organization
from landing.sandbox import Sandbox
from tests.cloud import BY_NAME, Cloud, Cut, DyingAws
from tests.samples import SMALL

HOME = "eu-west-1"
TEXT = SMALL.replace(", us-east-1]", "]") + "services: {log_archive: {}, cloudtrail: {}}\n"
ARCHIVE = f"stack.log-archive@log-archive/{HOME}"
Load = Callable[[str], Organization]


def member(cloud: Cloud, service: str) -> Any:
    return cloud.sandbox.session(cloud.open().tree.account_ids["log-archive"], region=HOME).client(service)  # type: ignore[call-overload]


@pytest.fixture(scope="module")
def lost(load_text: Load) -> bytes:
    """The log archive's stack was deleted by hand; its buckets, which it retains, are there."""
    with Sandbox(organization=True) as sandbox:
        cloud = Cloud(sandbox, load_text(TEXT))
        result = cloud.apply()
        assert result.complete, (result.failed, result.blocked)
        assert cloud.plan().changes == ()
        cloudformation = member(cloud, "cloudformation")
        cloudformation.update_termination_protection(StackName="landing-log-archive", EnableTerminationProtection=False)
        stack = cloudformation.describe_stacks(StackName="landing-log-archive")["Stacks"][0]["StackId"]
        cloudformation.delete_stack(StackName=stack)
        while cloudformation.describe_stacks(StackName=stack)["Stacks"][0]["StackStatus"] != "DELETE_COMPLETE":
            pass
        return sandbox.dump()


def buckets(cloud: Cloud) -> dict[str, Any]:
    """When each was made."""
    return {each["Name"]: each["CreationDate"] for each in member(cloud, "s3").list_buckets()["Buckets"]}


def keys(cloud: Cloud) -> list[Any]:
    return list(member(cloud, "kms").list_keys()["Keys"])


@pytest.fixture
def cloud(lost: bytes, load_text: Load) -> Iterator[Cloud]:
    with Sandbox() as sandbox:
        sandbox.load(lost)
        yield Cloud(sandbox, load_text(TEXT))


def test_the_buckets_are_taken_back_as_they_are(cloud: Cloud) -> None:
    before = buckets(cloud)
    assert len(before) == 4
    result = cloud.apply()
    assert result.complete, (result.failed, result.blocked)
    assert cloud.plan(detect=True).changes == ()
    assert buckets(cloud) == before
    assert len(keys(cloud)) == 1, "the key was taken back as well"


@pytest.mark.parametrize("writes", range(5))
def test_taking_them_back_goes_on_where_it_was_cut_off(cloud: Cloud, writes: int) -> None:
    (change,) = (each for each in cloud.plan([BY_NAME["stack"]]).changes if str(each.address) == ARCHIVE)
    aws = DyingAws(cloud.organization, writes=writes, after_effect=True)
    with suppress(Cut):
        cloud.apply(changes=[change], aws=aws)
    assert cloud.apply(changes=[change]).complete
    assert cloud.plan([BY_NAME["stack"]], detect=True).changes == ()


def test_a_bucket_that_an_update_had_let_go_is_taken_back(cloud: Cloud, load_text: Load) -> None:
    assert cloud.apply().complete
    watching = Cloud(cloud.sandbox, load_text(TEXT.replace("cloudtrail: {}", "cloudtrail: {}, macie: {}")))
    for wanted in (watching, cloud, watching):
        result = wanted.apply()
        assert result.complete, result.failed
        assert wanted.plan().changes == ()
