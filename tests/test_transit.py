"""A hub that other accounts' networks are attached to, from the first plan until it is gone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from landing.core.model import Action
from landing.organization import Organization
from landing.sandbox import Sandbox
from tests.cloud import Cloud
from tests.samples import SMALL

Load = Callable[[str], Organization]
TRUSTED = SMALL.replace("organization:\n", "organization:\n  trusted_access: {ram: {}}\n")
HUB = """stacks:
  transit-hub: {accounts: [shop-prod], parameters: {auto_accept: true}}
"""
NETWORK = """  dev-network:
    blueprint: shared_network
    accounts: [shop-dev]
    parameters:
      cidr: 10.65.0.0/20
      name: dev
      share_with: []
      attached: true
      routes: [10.0.0.0/8]
      TransitGatewayId: "{{ stacks.transit-hub.outputs.TransitGatewayId }}"
"""
SEGMENT = """  dev-segment:
    blueprint: transit_attachment
    accounts: [shop-prod]
    parameters:
      Attachment: "{{ stacks.dev-network.outputs.AttachmentId }}"
      Segment: "{{ stacks.transit-hub.outputs.WorkloadsRoutesId }}"
      ReachedBy1: "{{ stacks.transit-hub.outputs.SharedRoutesId }}"
"""
WHOLE = TRUSTED + HUB + NETWORK + SEGMENT
ASKED = WHOLE.replace("auto_accept: true", "auto_accept: false")


@pytest.fixture(scope="module")
def built(load_text: Load) -> bytes:
    with Sandbox() as sandbox:
        result = Cloud(sandbox, load_text(WHOLE)).apply()
        assert result.complete, result.failed
        return sandbox.dump()


@pytest.fixture
def at(built: bytes, load_text: Load) -> Iterator[Callable[[str], Cloud]]:
    with Sandbox() as sandbox:
        sandbox.load(built)
        yield lambda text: Cloud(sandbox, load_text(text))


def ec2(cloud: Cloud, account: str) -> Any:
    session: Any = cloud.sandbox.session(cloud.open().tree.account_ids[account], region="eu-west-1")
    return session.client("ec2")


def attachment(cloud: Cloud, account: str) -> dict[str, Any]:
    answer = ec2(cloud, account).describe_transit_gateway_vpc_attachments()
    (found,) = answer["TransitGatewayVpcAttachments"]
    return dict(found)


def drifted(cloud: Cloud) -> set[str]:
    return {change.address.name for change in cloud.plan(detect=True).changes}


def test_networks_of_other_accounts_are_attached_by_one_apply(at: Callable[[str], Cloud]) -> None:
    cloud = at(WHOLE)
    assert cloud.plan(detect=True).changes == ()
    assert attachment(cloud, "shop-dev")["State"] == attachment(cloud, "shop-prod")["State"] == "available"
    assert attachment(cloud, "shop-prod")["VpcOwnerId"] == cloud.open().tree.account_ids["shop-dev"]


def test_what_somebody_changes_is_seen_and_put_back(at: Callable[[str], Cloud]) -> None:
    cloud = at(WHOLE)
    hub, which = ec2(cloud, "shop-prod"), attachment(cloud, "shop-prod")["TransitGatewayAttachmentId"]
    (gateway,) = hub.describe_transit_gateways()["TransitGateways"]
    table = hub.describe_transit_gateway_attachments()["TransitGatewayAttachments"][0]["Association"]
    hub.disassociate_transit_gateway_route_table(
        TransitGatewayAttachmentId=which, TransitGatewayRouteTableId=table["TransitGatewayRouteTableId"]
    )
    theirs = ec2(cloud, "shop-dev")
    (routes,) = theirs.describe_route_tables(Filters=[{"Name": "tag:Name", "Values": ["landing-dev-network"]}])[
        "RouteTables"
    ]
    theirs.delete_route(RouteTableId=routes["RouteTableId"], DestinationCidrBlock="10.0.0.0/8")
    hub.modify_transit_gateway(
        TransitGatewayId=gateway["TransitGatewayId"], Options={"AutoAcceptSharedAttachments": "disable"}
    )
    assert drifted(cloud) == {"transit-hub", "dev-network", "dev-segment"}
    result = cloud.apply(changes=cloud.plan(detect=True).changes)
    assert result.complete, result.failed
    assert drifted(cloud) == set()


def test_a_gateway_that_is_no_longer_shared_keeps_what_is_attached(at: Callable[[str], Cloud]) -> None:
    cloud = at(WHOLE)
    session: Any = cloud.sandbox.session(cloud.open().tree.account_ids["shop-prod"], region="eu-west-1")
    ram = session.client("ram")
    (share,) = ram.get_resource_shares(resourceOwner="SELF", resourceShareStatus="ACTIVE")["resourceShares"]
    ram.delete_resource_share(resourceShareArn=share["resourceShareArn"])
    assert drifted(cloud) == {"transit-hub"}
    assert cloud.apply(changes=cloud.plan(detect=True).changes).complete
    assert drifted(cloud) == set()
    assert attachment(cloud, "shop-dev")["State"] == "available"


def test_attachments_go_before_the_hub(at: Callable[[str], Cloud]) -> None:
    cloud = at(TRUSTED)
    plan, order = cloud.plan(), list[str]()
    stacks = [change for change in plan.changes if change.address.kind == "stack"]
    assert {change.action for change in stacks} == {Action.DELETE}
    result = cloud.apply(changes=plan.changes, listeners=[lambda event: order.append(event.address)])
    assert result.complete, result.failed
    gone = [order.index(f"stack.{name}") for name in PLACES]
    assert gone == sorted(gone)
    assert cloud.plan().changes == ()


PLACES = ("dev-segment@shop-prod/eu-west-1", "dev-network@shop-dev/eu-west-1", "transit-hub@shop-prod/eu-west-1")


def test_a_gateway_that_asks_is_attached_to_in_two_steps(load_text: Load) -> None:
    with Sandbox() as sandbox:
        first = Cloud(
            sandbox, load_text((TRUSTED + HUB + NETWORK).replace("[10.0.0.0/8]", "[]").replace("true}", "false}"))
        )
        assert first.apply().complete
        assert attachment(first, "shop-prod")["State"] == "pendingAcceptance"
        early = Cloud(sandbox, load_text(ASKED)).apply()
        assert any("InvalidTransitGatewayID.NotFound" in str(why) for why in early.failed.values()), early.failed
        which = attachment(first, "shop-prod")["TransitGatewayAttachmentId"]
        ec2(first, "shop-prod").accept_transit_gateway_vpc_attachment(TransitGatewayAttachmentId=which)
        cloud = Cloud(sandbox, load_text(ASKED))
        result = cloud.apply()
        assert result.complete, result.failed
        assert drifted(cloud) == set()
