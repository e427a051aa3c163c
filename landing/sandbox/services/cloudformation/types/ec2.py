"""Amazon EC2: an account's defaults in a Region, and networks."""

from __future__ import annotations

from typing import Any

from landing.sandbox.services.cloudformation.types.api import ApiType
from landing.sandbox.services.cloudformation.types.base import Properties, Site
from landing.sandbox.services.cloudformation.types.ec2_ipam import Ipam, IpamPool
from landing.sandbox.services.cloudformation.types.ec2_network import (
    FlowLog,
    RouteTable,
    SecurityGroup,
    Subnet,
    SubnetRouteTableAssociation,
    Vpc,
    VpcEndpoint,
)
from landing.sandbox.services.cloudformation.types.ec2_transit import (
    Route,
    TransitGateway,
    TransitGatewayAttachment,
    TransitGatewayRouteTable,
    TransitGatewayRouteTableAssociation,
    TransitGatewayRouteTablePropagation,
)

__all__ = [
    "FlowLog",
    "Ipam",
    "IpamPool",
    "Route",
    "RouteTable",
    "SecurityGroup",
    "SnapshotBlockPublicAccess",
    "Subnet",
    "SubnetRouteTableAssociation",
    "TransitGateway",
    "TransitGatewayAttachment",
    "TransitGatewayRouteTable",
    "TransitGatewayRouteTableAssociation",
    "TransitGatewayRouteTablePropagation",
    "Vpc",
    "VpcEndpoint",
]


class SnapshotBlockPublicAccess(ApiType):
    """AWS::EC2::SnapshotBlockPublicAccess."""

    name = "AWS::EC2::SnapshotBlockPublicAccess"
    properties = frozenset({"State"})
    service = "ec2"
    creates, deletes = "EnableSnapshotBlockPublicAccess", "DisableSnapshotBlockPublicAccess"
    describes = "GetSnapshotBlockPublicAccessState"

    def description(self, site: Site, name: str, properties: Properties) -> dict[str, Any] | None:
        """Where nothing is blocked, there is none."""
        found = super().description(site, name, properties)
        return None if found is None or found["State"] == "unblocked" else found
