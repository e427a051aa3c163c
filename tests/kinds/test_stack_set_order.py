"""Stack sets that need one another: accounts that join later get them in that order, and they are removed in reverse."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from landing.core.model import Address
from landing.organization import Organization
from landing.sandbox import Sandbox
from tests.cloud import BY_NAME, Cloud
from tests.samples import SMALL

Load = Callable[[str], Organization]
TEXT = SMALL + "services: {log_archive: {}, config: {}}\n"
NEWCOMER = TEXT.replace(
    "accounts:\n",
    "accounts:\n  shop-new: {name: Shop New, email: sn@example.com, unit: workloads/dev}\n",
)
ROLE, RECORDER = Address("stack_set", "config-role"), Address("stack_set", "config-recorder")
NAMES = ("landing-config-role", "landing-config-recorder")
KIND = BY_NAME["stack_set"]


@pytest.fixture(scope="module")
def world(load_text: Load) -> bytes:
    with Sandbox() as sandbox:
        assert Cloud(sandbox, load_text(TEXT)).apply().complete
        return sandbox.dump()


@pytest.fixture
def cloud(world: bytes, load_text: Load) -> Iterator[Cloud]:
    with Sandbox() as sandbox:
        sandbox.load(world)
        yield Cloud(sandbox, load_text(TEXT))


def test_an_account_that_joins_gets_the_role_before_the_recorder(cloud: Cloud, load_text: Load) -> None:
    """AWS deploys to it by itself, to all sets at once where none says that it comes after another."""
    later = Cloud(cloud.sandbox, load_text(NEWCOMER))
    assert later.apply().complete
    states = cloud.sandbox.world.states["cloudformation"][cloud.sandbox.management_account_id, "eu-west-1"].stack_sets
    role, recorder = (next(one for one in states.values() if one.name == name) for name in NAMES)
    begun = [operation.id for operation in role.operations.values() if operation.automatic]
    waited = [other for operation in recorder.operations.values() for _, other in operation.after]
    assert set(begun) & set(waited)
    cloud.sandbox.world.clock.advance(cloud.sandbox.world, 1_000)
    assert later.plan().changes == ()


def test_a_changed_order_is_drift_and_is_put_right(cloud: Cloud) -> None:
    client = cloud.open(read_only=False).client("cloudformation")
    automatic = {"Enabled": True, "RetainStacksOnAccountRemoval": True}
    client.update_stack_set(
        StackSetName="landing-config-recorder", UsePreviousTemplate=True, AutoDeployment=automatic,
        Parameters=[{"ParameterKey": name, "UsePreviousValue": True} for name in ("HomeRegion", "LogArchiveAccountId")],
        Capabilities=["CAPABILITY_NAMED_IAM"],
    )  # fmt: skip
    cloud.sandbox.world.clock.advance(cloud.sandbox.world, 1_000)
    (change,) = cloud.plan([KIND]).changes
    assert (change.before or {})["auto_deployment"]["after"] == []
    assert cloud.apply([KIND]).complete
    assert cloud.state([KIND])[RECORDER]["auto_deployment"]["after"] == ["config-role"]


def test_what_needs_another_is_removed_before_it(cloud: Cloud, load_text: Load) -> None:
    without = Cloud(cloud.sandbox, load_text(TEXT.replace(", config: {}", "")))
    order: list[str] = []
    changes = [change for change in without.plan().changes if change.address in (ROLE, RECORDER)]
    result = without.apply(changes=changes, listeners=[lambda event: order.append(event.address)], parallelism=4)
    assert result.complete, result.failed
    ended = [address for address in order if address]
    assert ended.index(str(RECORDER)) < ended.index(str(ROLE))
