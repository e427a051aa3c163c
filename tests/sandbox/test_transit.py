"""Transit gateways: shared by AWS RAM, attached to from other accounts, routed by their owner alone."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.cloud import Cloud, refused, source

GUIDE = "VPC Transit Gateways guide: "
API = "EC2 API reference: "


def ec2(cloud: Cloud, account: str | None = None) -> Any:
    return cloud.client("ec2", account)


def gateway(cloud: Cloud, **options: str) -> dict[str, str]:
    given = {"DefaultRouteTableAssociation": "disable", "DefaultRouteTablePropagation": "disable", **options}
    made = ec2(cloud).create_transit_gateway(Options=given)["TransitGateway"]
    return {"id": made["TransitGatewayId"], "arn": made["TransitGatewayArn"]}


def network(cloud: Cloud, account: str | None = None) -> dict[str, Any]:
    """A VPC with a subnet, as CreateTransitGatewayVpcAttachment wants it."""
    client = ec2(cloud, account)
    vpc = client.create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]["VpcId"]
    return {"VpcId": vpc, "SubnetIds": [client.create_subnet(VpcId=vpc, CidrBlock="10.1.0.0/28")["Subnet"]["SubnetId"]]}


def attach(cloud: Cloud, account: str | None, hub: dict[str, str], place: dict[str, Any]) -> dict[str, str]:
    answer = ec2(cloud, account).create_transit_gateway_vpc_attachment(TransitGatewayId=hub["id"], **place)
    found: dict[str, str] = answer["TransitGatewayVpcAttachment"]
    return found


def states(cloud: Cloud, account: str | None = None) -> list[str]:
    found = ec2(cloud, account).describe_transit_gateway_vpc_attachments()["TransitGatewayVpcAttachments"]
    return [one["State"] for one in found]


@pytest.fixture
def member(cloud: Cloud) -> str:
    return cloud.account("member")


@source(GUIDE + "Share a transit gateway; Considerations: RAM must be enabled with AWS Organizations")
@pytest.mark.parametrize("way", ["account", "unit", "organization"])
def test_a_gateway_is_attached_to_by_whom_it_is_shared_with(cloud: Cloud, member: str, way: str) -> None:
    hub, place, ram = gateway(cloud, AutoAcceptSharedAttachments="enable"), network(cloud, member), cloud.client("ram")
    unit = cloud.unit("networks")
    cloud.organizations.move_account(AccountId=member, SourceParentId=cloud.root, DestinationParentId=unit)
    found = cloud.organizations.describe_organizational_unit(OrganizationalUnitId=unit)["OrganizationalUnit"]["Arn"]
    organization = cloud.organizations.describe_organization()["Organization"]["Arn"]
    principal = {"account": member, "unit": found, "organization": organization}[way]
    early = {"name": "early", "resourceArns": [hub["arn"]], "principals": [principal]}
    if way == "account":
        ram.create_resource_share(**early)  # an invitation, as to anybody
    else:
        refused("UnknownResourceException", ram.create_resource_share, **early)
    refused("InvalidTransitGatewayID.NotFound", lambda: attach(cloud, member, hub, place))
    assert ec2(cloud, member).describe_transit_gateways()["TransitGateways"] == []
    ram.enable_sharing_with_aws_organization()
    share = ram.create_resource_share(name="hub", resourceArns=[hub["arn"]], principals=[principal])["resourceShare"]
    (seen,) = ec2(cloud, member).describe_transit_gateways()["TransitGateways"]
    assert (seen["TransitGatewayId"], seen["OwnerId"] != member) == (hub["id"], True)
    made = attach(cloud, member, hub, place)
    assert (made["State"], made["VpcOwnerId"]) == ("available", member)
    refused("DuplicateTransitGatewayAttachment", lambda: attach(cloud, member, hub, place))
    ram.delete_resource_share(resourceShareArn=share["resourceShareArn"])
    refused("InvalidTransitGatewayID.NotFound", lambda: attach(cloud, member, hub, network(cloud, member)))
    assert states(cloud) == states(cloud, member) == ["available"]  # what is attached stays


@pytest.fixture
def shared(cloud: Cloud, member: str) -> dict[str, str]:
    """A gateway that asks its owner, shared with the member."""
    hub, ram = gateway(cloud, AutoAcceptSharedAttachments="disable"), cloud.client("ram")
    ram.enable_sharing_with_aws_organization()
    ram.create_resource_share(name="hub", resourceArns=[hub["arn"]], principals=[member])
    return hub


@source(GUIDE + "Accept a shared attachment; " + API + "AcceptTransitGatewayVpcAttachment, CreateRoute")
def test_an_attachment_waits_for_the_owner(cloud: Cloud, member: str, shared: dict[str, str]) -> None:
    place = network(cloud, member)
    made = attach(cloud, member, shared, place)
    id_, theirs = made["TransitGatewayAttachmentId"], ec2(cloud, member)
    assert made["State"] == "pendingAcceptance"
    (table,) = theirs.describe_route_tables(Filters=[{"Name": "vpc-id", "Values": [place["VpcId"]]}])["RouteTables"]
    way = {
        "RouteTableId": table["RouteTableId"],
        "DestinationCidrBlock": "10.0.0.0/8",
        "TransitGatewayId": shared["id"],
    }
    refused("InvalidTransitGatewayID.NotFound", theirs.create_route, **way)
    refused("IncorrectState", theirs.modify_transit_gateway_vpc_attachment, TransitGatewayAttachmentId=id_)
    accept = ec2(cloud).accept_transit_gateway_vpc_attachment
    refused(
        "InvalidTransitGatewayAttachmentID.NotFound",
        theirs.accept_transit_gateway_vpc_attachment,
        TransitGatewayAttachmentId=id_,
    )
    routes = ec2(cloud).create_transit_gateway_route_table(TransitGatewayId=shared["id"])["TransitGatewayRouteTable"]
    joined = {
        "TransitGatewayAttachmentId": id_, "TransitGatewayRouteTableId": routes["TransitGatewayRouteTableId"]
    }  # fmt: skip
    refused("IncorrectState", ec2(cloud).associate_transit_gateway_route_table, **joined)
    assert accept(TransitGatewayAttachmentId=id_)["TransitGatewayVpcAttachment"]["State"] == "available"
    refused("IncorrectState", accept, TransitGatewayAttachmentId=id_)
    theirs.create_route(**way)
    theirs.replace_route(**way)
    (read,) = theirs.describe_route_tables(RouteTableIds=[way["RouteTableId"]])["RouteTables"]
    assert shared["id"] in [one.get("TransitGatewayId") for one in read["Routes"]]


@source(GUIDE + "Reject a shared attachment")
def test_the_owner_rejects(cloud: Cloud, member: str, shared: dict[str, str]) -> None:
    id_ = attach(cloud, member, shared, network(cloud, member))["TransitGatewayAttachmentId"]
    ec2(cloud).reject_transit_gateway_vpc_attachment(TransitGatewayAttachmentId=id_)
    assert states(cloud, member) == ["rejected"]


@source(GUIDE + "Share a transit gateway: route tables, associations and propagations are the owner's")
def test_routes_are_the_owners(cloud: Cloud, member: str, shared: dict[str, str]) -> None:
    id_ = attach(cloud, member, shared, network(cloud, member))["TransitGatewayAttachmentId"]
    own, theirs = ec2(cloud), ec2(cloud, member)
    own.accept_transit_gateway_vpc_attachment(TransitGatewayAttachmentId=id_)
    tables = [
        own.create_transit_gateway_route_table(TransitGatewayId=shared["id"])["TransitGatewayRouteTable"]
        for _ in range(2)
    ]
    first, second = (
        {"TransitGatewayAttachmentId": id_, "TransitGatewayRouteTableId": one["TransitGatewayRouteTableId"]}
        for one in tables
    )
    for name in (
        "associate_transit_gateway_route_table",
        "disassociate_transit_gateway_route_table",
        "enable_transit_gateway_route_table_propagation",
        "disable_transit_gateway_route_table_propagation",
    ):
        refused("InvalidRouteTableID.NotFound", getattr(theirs, name), **first)
    refused("InvalidAssociation.NotFound", own.disassociate_transit_gateway_route_table, **first)
    own.associate_transit_gateway_route_table(**first)
    refused("Resource.AlreadyAssociated", own.associate_transit_gateway_route_table, **second)
    (shown,) = own.describe_transit_gateway_attachments()["TransitGatewayAttachments"]
    assert shown["Association"]["TransitGatewayRouteTableId"] == first["TransitGatewayRouteTableId"]
    assert (shown["ResourceOwnerId"], shown["TransitGatewayOwnerId"] != member) == (member, True)
    for joined in (first, second):
        own.enable_transit_gateway_route_table_propagation(**joined)
    refused(
        "TransitGatewayRouteTablePropagation.Duplicate", own.enable_transit_gateway_route_table_propagation, **first
    )
    for joined in (first, second):
        own.disable_transit_gateway_route_table_propagation(**joined)
    refused(
        "TransitGatewayRouteTablePropagation.NotFound", own.disable_transit_gateway_route_table_propagation, **first
    )
    table = {"TransitGatewayRouteTableId": first["TransitGatewayRouteTableId"]}
    refused("IncorrectState", own.delete_transit_gateway_route_table, **table)
    own.disassociate_transit_gateway_route_table(**first)
    own.delete_transit_gateway_route_table(**table)


@source(GUIDE + "Unshare a transit gateway: either owner deletes the attachment; " + API + "DeleteTransitGateway")
@pytest.mark.parametrize("by_owner", [True, False])
def test_a_gateway_goes_when_nothing_is_attached(
    cloud: Cloud, member: str, shared: dict[str, str], by_owner: bool
) -> None:
    id_ = attach(cloud, member, shared, network(cloud, member))["TransitGatewayAttachmentId"]
    ec2(cloud).accept_transit_gateway_vpc_attachment(TransitGatewayAttachmentId=id_)
    refused("IncorrectState", ec2(cloud).delete_transit_gateway, TransitGatewayId=shared["id"])
    refused(
        "InvalidTransitGatewayID.NotFound", ec2(cloud, member).delete_transit_gateway, TransitGatewayId=shared["id"]
    )
    ec2(cloud, None if by_owner else member).delete_transit_gateway_vpc_attachment(TransitGatewayAttachmentId=id_)
    assert states(cloud) == states(cloud, member) == []
    ec2(cloud).delete_transit_gateway(TransitGatewayId=shared["id"])


@source(API + "CreateTransitGatewayVpcAttachment: one subnet for each Availability Zone; tags are one's own")
def test_an_attachment_has_a_subnet_in_a_zone(cloud: Cloud, member: str, shared: dict[str, str]) -> None:
    theirs, place = ec2(cloud, member), network(cloud, member)
    zone = theirs.describe_subnets(SubnetIds=place["SubnetIds"])["Subnets"][0]["AvailabilityZone"]
    more = theirs.create_subnet(VpcId=place["VpcId"], CidrBlock="10.1.1.0/28", AvailabilityZone=zone)["Subnet"]
    two = [*place["SubnetIds"], more["SubnetId"]]
    refused("DuplicateSubnetsInSameZone", lambda: attach(cloud, member, shared, {**place, "SubnetIds": two}))
    tags = [{"ResourceType": "transit-gateway-attachment", "Tags": [{"Key": "Name", "Value": "a"}]}]
    attach(cloud, member, shared, {**place, "TagSpecifications": tags})
    (own,) = theirs.describe_transit_gateway_vpc_attachments()["TransitGatewayVpcAttachments"]
    (seen,) = ec2(cloud).describe_transit_gateway_vpc_attachments()["TransitGatewayVpcAttachments"]
    assert (own["Tags"], seen.get("Tags", [])) == ([{"Key": "Name", "Value": "a"}], [])


@source(API + "CreateTransitGateway: DefaultRouteTableAssociation, DefaultRouteTablePropagation")
def test_a_gateway_joins_by_its_options(cloud: Cloud) -> None:
    hub = gateway(cloud, DefaultRouteTableAssociation="enable", DefaultRouteTablePropagation="enable")
    attach(cloud, None, hub, network(cloud))
    (shown,) = ec2(cloud).describe_transit_gateways()["TransitGateways"]
    table = shown["Options"]["AssociationDefaultRouteTableId"]
    for ask, member in (
        (ec2(cloud).get_transit_gateway_route_table_associations, "Associations"),
        (ec2(cloud).get_transit_gateway_route_table_propagations, "TransitGatewayRouteTablePropagations"),
    ):
        assert len(ask(TransitGatewayRouteTableId=table)[member]) == 1
    plain = gateway(cloud)
    attach(cloud, None, plain, network(cloud))
    found = ec2(cloud).describe_transit_gateway_attachments()["TransitGatewayAttachments"]
    assert ["Association" in one for one in found] == [True, False]
