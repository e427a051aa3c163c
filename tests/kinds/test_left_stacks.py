"""An account that somebody moves away keeps its stacks; when it comes back they are taken over."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from landing.core.errors import OperationFailed
from landing.core.model import Address
from landing.organization import Organization
from landing.sandbox import Sandbox
from landing.services.stacks.cloudformation import MARK, CloudFormationKind
from landing.services.stacks.left_stacks import left_stack
from tests.cloud import BY_NAME, Cloud
from tests.samples import SMALL

Load = Callable[[str], Organization]
KINDS = [BY_NAME[name] for name in ("organization", "trusted_access", "unit", "account", "stack_set")]
HOME, FAR = "eu-west-1", "us-east-1"
TEXT = (
    SMALL.replace("units:\n", "units:\n  quarantine: {name: Quarantine}\n", 1)
    + "baselines:\n  setting: {target: {units: [workloads]}, parameters: {value: one}}\n"
)
TWO = TEXT.replace("value: one", "value: two")
SET, DEV = Address("stack_set", "setting"), Address("account", "shop-dev")


@pytest.fixture(scope="module")
def world(load_text: Load) -> bytes:
    with Sandbox(organization=True) as sandbox:
        assert Cloud(sandbox, load_text(TEXT)).apply(KINDS).complete
        return sandbox.dump()


@pytest.fixture
def at(world: bytes, load_text: Load) -> Iterator[Callable[[str], Cloud]]:
    with Sandbox() as sandbox:
        sandbox.load(world)
        yield lambda text: Cloud(sandbox, load_text(text))


def by_hand(cloud: Cloud, to: str, key: str = "shop-dev") -> None:
    """Somebody moves an account, and AWS does what it does then."""
    cloud.move(key, to)
    cloud.sandbox.advance(3_600)


def member(cloud: Cloud, region: str = HOME) -> Any:
    session: Any = cloud.sandbox.session(cloud.open().tree.account_ids["shop-dev"], region=region)
    return session.client("cloudformation")


def stacks(cloud: Cloud, region: str = HOME) -> dict[str, str]:
    """Id and status of the stacks of the set in the account."""
    found = member(cloud, region).describe_stacks()["Stacks"]
    return {one["StackId"]: one["StackStatus"] for one in found if one["StackName"].startswith("StackSet-landing-")}


def instances(cloud: Cloud) -> dict[str, str]:
    """Region to the stack of the account's instance."""
    client: Any = cloud.sandbox.session(region=HOME).client("cloudformation")
    listed = client.list_stack_instances(
        StackSetName="landing-setting", StackInstanceAccount=cloud.open().tree.account_ids["shop-dev"]
    )["Summaries"]
    assert all(one["Status"] == "CURRENT" for one in listed), listed
    return {one["Region"]: one["StackId"] for one in listed}


def test_what_an_account_kept_is_taken_over_when_it_is_back(at: Callable[[str], Cloud]) -> None:
    cloud = at(TEXT)
    before = instances(cloud)
    by_hand(cloud, "quarantine")
    assert instances(cloud) == {}
    assert set(stacks(cloud)) == {before[HOME]}
    first = cloud.apply(KINDS)
    assert first.unsettled.keys() == {SET}
    assert "already" in first.unsettled[SET].message
    assert "run landing apply again: it takes over" in first.unsettled[SET].help
    assert cloud.open().tree.accounts["shop-dev"].unit == "workloads/dev"
    whole(cloud, before)


def whole(cloud: Cloud, before: dict[str, str]) -> None:
    """One apply more, after which the account has its stacks of before, and nothing else."""
    result = cloud.apply(KINDS)
    assert result.complete, [str(each) for each in result.failed.values()]
    assert instances(cloud) == before
    for region in (HOME, FAR):
        assert set(stacks(cloud, region)) == {before[region]}
    assert cloud.plan(KINDS, detect=True).changes == ()


def test_what_was_left_gets_what_has_changed_since(at: Callable[[str], Cloud]) -> None:
    before = instances(at(TEXT))
    by_hand(at(TEXT), "quarantine")
    assert at(TWO).apply(KINDS).complete  # the set is updated in the same run, which looks at what failed there
    assert instances(at(TWO)) == before
    assert at(TWO).plan(KINDS, detect=True).changes == ()
    body = member(at(TWO)).get_template(StackName=before[HOME])["TemplateBody"]
    assert '"two"' in json.dumps(body).replace("\\", "")


def test_of_several_that_were_left_none_is_chosen(at: Callable[[str], Cloud]) -> None:
    cloud = at(TEXT)
    by_hand(cloud, "quarantine")
    name = "StackSet-landing-setting-00000000-0000-0000-0000-000000000000"
    other = '{"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}}'
    member(cloud).create_stack(StackName=name, TemplateBody=other, Tags=[MARK])
    cloud.sandbox.advance(3_600)
    cloud.apply(KINDS)
    result = cloud.apply(KINDS)
    assert "several stacks were left there" in result.failed[SET].message
    assert name in result.failed[SET].message
    member(cloud).delete_stack(StackName=name)
    assert cloud.apply(KINDS).complete


def test_what_somebody_else_made_is_not_taken_over(at: Callable[[str], Cloud]) -> None:
    cloud = at(TEXT)
    before = instances(cloud)
    by_hand(cloud, "quarantine")
    for region, stack in before.items():
        body = member(cloud, region).get_template(StackName=stack)["TemplateBody"]
        text = body if isinstance(body, str) else json.dumps(body)
        member(cloud, region).update_stack(StackName=stack, TemplateBody=text, Tags=[])
    cloud.apply(KINDS)
    result = cloud.apply(KINDS)
    assert "already" in result.failed[SET].message
    assert {*before.values()} <= {*stacks(cloud), *stacks(cloud, FAR)}


def test_what_takes_no_update_is_told_by_name(at: Callable[[str], Cloud]) -> None:
    cloud = at(TEXT)
    before = instances(cloud)
    by_hand(cloud, "quarantine")
    cloud.sandbox.faults.fail("ssm", "DeleteParameter", code="TooMany", message="not now", status=400)
    member(cloud).delete_stack(StackName=before[HOME])
    cloud.sandbox.advance(3_600)
    cloud.sandbox.faults.clear()
    assert stacks(cloud) == {before[HOME]: "DELETE_FAILED"}
    cloud.apply(KINDS)
    message = cloud.apply(KINDS).failed[SET].message
    assert "was left there when the account left, and takes no update as it is DELETE_FAILED" in message
    assert before[HOME].split("/")[1] in message
    member(cloud).delete_stack(StackName=before[HOME])
    assert cloud.apply(KINDS).complete


def test_what_is_being_updated_is_waited_for(at: Callable[[str], Cloud]) -> None:
    cloud = at(TEXT)
    before = instances(cloud)
    by_hand(cloud, "quarantine")
    cloud.apply(KINDS)
    body = member(cloud).get_template(StackName=before[HOME])["TemplateBody"]
    text = body if isinstance(body, str) else json.dumps(body)
    tags = [MARK, {"Key": "by", "Value": "hand"}]
    member(cloud).update_stack(StackName=before[HOME], TemplateBody=text, Tags=tags)
    assert stacks(cloud)[before[HOME]] == "UPDATE_IN_PROGRESS"
    whole(cloud, before)


def test_of_a_stack_set_that_is_not_ours_nothing_is_taken_over(at: Callable[[str], Cloud]) -> None:
    """Another account may have one of this name, and what is there may be of that one."""
    cloud = at(TEXT)
    (stack,) = stacks(cloud)
    kind = BY_NAME["stack_set"]
    assert isinstance(kind, CloudFormationKind)
    with pytest.raises(OperationFailed, match=r"may be of another stack set of this name: it is left alone"):
        left_stack(cloud.open(), member(cloud), "landing-setting", "", kind, declared=True)
    assert list(stacks(cloud)) == [stack]


QUARANTINED = TEXT.replace("organization:\n", "organization:\n  new_accounts: {quarantine: quarantine}\n").replace(
    "units: [workloads]}", "units: [root], exclude: {accounts: [shop-dev]}}"
)
WEB = QUARANTINED.replace(
    "  shop-dev: {", "  shop-web: {name: Shop Web, email: sw@example.com, unit: workloads/dev}\n  shop-dev: {"
)


def test_what_a_new_account_got_in_quarantine_is_taken_over_where_it_stays(load_text: Load) -> None:
    """Of a stack set that names accounts one by one, the stack that AWS made in quarantine by itself is left there."""
    kinds = [*KINDS, BY_NAME["release"]]
    with Sandbox(organization=True) as sandbox:
        assert Cloud(sandbox, load_text(QUARANTINED)).apply(kinds).complete
        cloud = Cloud(sandbox, load_text(WEB))
        result = cloud.apply(kinds)
        assert result.complete, [str(each) for each in (*result.failed.values(), *result.unsettled.values())]
        assert cloud.open().tree.accounts["shop-web"].unit == "workloads/dev"
        assert cloud.plan(kinds, detect=True).changes == ()
        session: Any = sandbox.session(cloud.open().tree.account_ids["shop-web"], region=HOME)
        names = [one["StackName"] for one in session.client("cloudformation").describe_stacks()["Stacks"]]
        assert len(names) == 1


def test_a_new_account_waits_for_what_names_accounts_one_by_one(load_text: Load) -> None:
    kinds = [*KINDS, BY_NAME["release"]]
    with Sandbox(organization=True) as sandbox:
        assert Cloud(sandbox, load_text(QUARANTINED)).apply(kinds).complete
        cloud = Cloud(sandbox, load_text(WEB))
        sandbox.faults.fail("ssm", "PutParameter", code="TooMany", message="not now", status=400)
        result = cloud.apply(kinds)
        assert "shop-web stays in quarantine: setting/" in result.failed[Address("release", "shop-web")].message
        assert cloud.open().tree.accounts["shop-web"].unit == "quarantine"
