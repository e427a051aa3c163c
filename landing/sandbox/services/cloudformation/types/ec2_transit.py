"""Amazon EC2: transit gateways, their route tables, what is attached to them, and routes of VPCs."""

from __future__ import annotations

from typing import Any

from landing.sandbox.services.cloudformation.types.base import Properties, ResourceType, Site, changed, found
from landing.sandbox.services.cloudformation.types.ec2_type import GONE, Ec2Type, added

OPTIONS = (
    "AmazonSideAsn", "AutoAcceptSharedAttachments", "DefaultRouteTableAssociation", "DefaultRouteTablePropagation",
    "DnsSupport", "MulticastSupport", "SecurityGroupReferencingSupport", "VpnEcmpSupport",
)  # fmt: skip


class TransitGateway(Ec2Type):
    """AWS::EC2::TransitGateway."""

    name = "AWS::EC2::TransitGateway"
    properties = frozenset({*OPTIONS, "Description", "Tags"})
    key, made = "TransitGatewayId", "TransitGateway"
    creates, deletes = "CreateTransitGateway", "DeleteTransitGateway"
    describes, described = "DescribeTransitGateways", "TransitGateways"

    def create(self, site: Site, properties: Properties) -> str:
        """The options are a structure of their own."""
        return super().create(site, {**properties, "Options": _options(properties)})

    def description(self, site: Site, name: str, properties: Properties) -> dict[str, Any] | None:
        """With the options."""
        one = super().description(site, name, properties)
        return one and {**one["Options"], **one}

    def update(self, site: Site, physical_id: str, before: Properties, after: Properties) -> None:
        """ModifyTransitGateway."""
        options = {name: value for name, value in _options(after).items() if before.get(name) != value}
        given = {"Options": options} if options else {}
        if changed(before, after, "Description"):
            given["Description"] = after.get("Description", "")
        if given:
            site.client("ec2").modify_transit_gateway(TransitGatewayId=physical_id, **given)

    def attributes(self, site: Site, physical_id: str, properties: Properties) -> Properties:
        """The id and the ARN."""
        return {"Id": physical_id, "TransitGatewayArn": site.arn("ec2", f"transit-gateway/{physical_id}")}


class TransitGatewayRouteTable(Ec2Type):
    """AWS::EC2::TransitGatewayRouteTable."""

    name = "AWS::EC2::TransitGatewayRouteTable"
    properties = frozenset({"Tags", "TransitGatewayId"})
    key, made = "TransitGatewayRouteTableId", "TransitGatewayRouteTable"
    creates, deletes = "CreateTransitGatewayRouteTable", "DeleteTransitGatewayRouteTable"
    describes, described = "DescribeTransitGatewayRouteTables", "TransitGatewayRouteTables"


class TransitGatewayAttachment(Ec2Type):
    """AWS::EC2::TransitGatewayAttachment: of a VPC."""

    name = "AWS::EC2::TransitGatewayAttachment"
    properties = frozenset({"Options", "SubnetIds", "Tags", "TransitGatewayId", "VpcId"})
    key, made = "TransitGatewayAttachmentId", "TransitGatewayVpcAttachment"
    creates, deletes = "CreateTransitGatewayVpcAttachment", "DeleteTransitGatewayVpcAttachment"
    describes, described = "DescribeTransitGatewayVpcAttachments", "TransitGatewayVpcAttachments"

    def update(self, site: Site, physical_id: str, before: Properties, after: Properties) -> None:
        """ModifyTransitGatewayVpcAttachment: subnets that come and go, and options."""
        given: dict[str, Any] = {
            "AddSubnetIds": added(before, after, "SubnetIds"),
            "RemoveSubnetIds": added(after, before, "SubnetIds"),
            "Options": after.get("Options") if changed(before, after, "Options") else None,
        }
        given = {name: value for name, value in given.items() if value}
        site.client("ec2").modify_transit_gateway_vpc_attachment(TransitGatewayAttachmentId=physical_id, **given)

    def attributes(self, site: Site, physical_id: str, properties: Properties) -> Properties:
        """The id."""
        return {"Id": physical_id}


class Joined(ResourceType):
    """What ties an attachment to a route table; the physical id is both, with | between them.

    `ties`, `unties` and `lists` are the methods of an EC2 client, `listed` the member of the answer of the last.
    """

    properties = frozenset({"TransitGatewayAttachmentId", "TransitGatewayRouteTableId"})
    ties: str
    unties: str
    lists: str
    listed: str

    def create(self, site: Site, properties: Properties) -> str:
        """By the operation that ties."""
        getattr(site.client("ec2"), self.ties)(**properties)
        return f"{properties['TransitGatewayRouteTableId']}|{properties['TransitGatewayAttachmentId']}"

    def delete(self, site: Site, physical_id: str, properties: Properties) -> None:
        """By the operation that unties."""
        found(getattr(site.client("ec2"), self.unties), **properties)

    def read(self, site: Site, physical_id: str, expected: Properties) -> Properties | None:
        """What the table lists."""
        table, _, attachment = physical_id.partition("|")
        for one in getattr(site.client("ec2"), self.lists)(TransitGatewayRouteTableId=table)[self.listed]:
            if one["TransitGatewayAttachmentId"] == attachment and one["State"] not in (*GONE, "disassociated"):
                return {"TransitGatewayAttachmentId": attachment, "TransitGatewayRouteTableId": table}
        return None

    def attributes(self, site: Site, physical_id: str, properties: Properties) -> Properties:
        """It has none."""
        return {}


class TransitGatewayRouteTableAssociation(Joined):
    """AWS::EC2::TransitGatewayRouteTableAssociation."""

    name = "AWS::EC2::TransitGatewayRouteTableAssociation"
    ties, unties = "associate_transit_gateway_route_table", "disassociate_transit_gateway_route_table"
    lists, listed = "get_transit_gateway_route_table_associations", "Associations"


class TransitGatewayRouteTablePropagation(Joined):
    """AWS::EC2::TransitGatewayRouteTablePropagation."""

    name = "AWS::EC2::TransitGatewayRouteTablePropagation"
    ties = "enable_transit_gateway_route_table_propagation"
    unties = "disable_transit_gateway_route_table_propagation"
    lists, listed = "get_transit_gateway_route_table_propagations", "TransitGatewayRouteTablePropagations"


class Route(ResourceType):
    """AWS::EC2::Route, to a transit gateway or a gateway; the physical id is the table and the destination."""

    name = "AWS::EC2::Route"
    properties = frozenset({"DestinationCidrBlock", "GatewayId", "RouteTableId", "TransitGatewayId"})

    def create(self, site: Site, properties: Properties) -> str:
        """CreateRoute."""
        site.client("ec2").create_route(**properties)
        return f"{properties['RouteTableId']}|{properties['DestinationCidrBlock']}"

    def read(self, site: Site, physical_id: str, expected: Properties) -> Properties | None:
        """The route of the table that has the destination."""
        table, _, destination = physical_id.partition("|")
        answer = site.client("ec2").describe_route_tables(RouteTableIds=[table])
        for route in answer["RouteTables"][0]["Routes"]:
            if route.get("DestinationCidrBlock") == destination:
                return {**{name: route[name] for name in self.properties if name in route}, "RouteTableId": table}
        return None

    def update(self, site: Site, physical_id: str, before: Properties, after: Properties) -> None:
        """ReplaceRoute."""
        site.client("ec2").replace_route(**after)

    def delete(self, site: Site, physical_id: str, properties: Properties) -> None:
        """DeleteRoute."""
        table, _, destination = physical_id.partition("|")
        found(site.client("ec2").delete_route, RouteTableId=table, DestinationCidrBlock=destination)

    def attributes(self, site: Site, physical_id: str, properties: Properties) -> Properties:
        """The destination."""
        return {"CidrBlock": properties["DestinationCidrBlock"]}


def _options(properties: Properties) -> dict[str, Any]:
    return {name: properties[name] for name in OPTIONS if name in properties}
