"""VPCs go when nothing is in them, and peerings are found by VPC."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.sandbox.cloud import Cloud, refused, source


def _peering(ec2: Any, vpc: str) -> None:
    other = ec2.create_vpc(CidrBlock="10.2.0.0/16")["Vpc"]["VpcId"]
    ec2.create_vpc_peering_connection(VpcId=other, PeerVpcId=vpc)


def _attached(ec2: Any, vpc: str) -> None:
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(VpcId=vpc, InternetGatewayId=gateway)


def _vpn(ec2: Any, vpc: str) -> None:
    ec2.attach_vpn_gateway(VpcId=vpc, VpnGatewayId=ec2.create_vpn_gateway(Type="ipsec.1")["VpnGateway"]["VpnGatewayId"])


KEEP: dict[str, Callable[[Any, str], Any]] = {
    "subnet": lambda ec2, vpc: ec2.create_subnet(VpcId=vpc, CidrBlock="10.1.0.0/24"),
    "route table": lambda ec2, vpc: ec2.create_route_table(VpcId=vpc),
    "security group": lambda ec2, vpc: ec2.create_security_group(GroupName="web", Description="web", VpcId=vpc),
    "network ACL": lambda ec2, vpc: ec2.create_network_acl(VpcId=vpc),
    "endpoint": lambda ec2, vpc: ec2.create_vpc_endpoint(VpcId=vpc, ServiceName="com.amazonaws.us-east-1.s3"),
    "egress-only gateway": lambda ec2, vpc: ec2.create_egress_only_internet_gateway(VpcId=vpc),
    "carrier gateway": lambda ec2, vpc: ec2.create_carrier_gateway(VpcId=vpc),
    "internet gateway": _attached,
    "VPN gateway": _vpn,
    "peering": _peering,
}


@source("ec2: DeleteVpc (API reference): DependencyViolation; VPC User Guide: Delete your VPC")
@pytest.mark.parametrize("what", KEEP)
def test_a_network_stays_while_something_is_in_it(cloud: Cloud, what: str) -> None:
    ec2 = cloud.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]["VpcId"]
    KEEP[what](ec2, vpc)
    refused("DependencyViolation", ec2.delete_vpc, VpcId=vpc)


@source("ec2: DeleteVpc (API reference): what AWS makes with a VPC goes with it, and what has ended keeps none")
def test_a_network_goes_with_what_aws_made(cloud: Cloud) -> None:
    ec2 = cloud.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]["VpcId"]
    _peering(ec2, vpc)
    wanted = [{"Name": "accepter-vpc-info.vpc-id", "Values": [vpc]}]
    (peering,) = ec2.describe_vpc_peering_connections(Filters=wanted)["VpcPeeringConnections"]
    ec2.delete_vpc_peering_connection(VpcPeeringConnectionId=peering["VpcPeeringConnectionId"])
    ec2.delete_vpc(VpcId=vpc)
    assert vpc not in [each["VpcId"] for each in ec2.describe_vpcs()["Vpcs"]]


@source("ec2: DescribeVpcPeeringConnections (API reference): filters")
def test_peerings_are_found_by_network(cloud: Cloud) -> None:
    ec2 = cloud.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]["VpcId"]
    _peering(ec2, vpc)
    for name, count in (("accepter-vpc-info.vpc-id", 1), ("requester-vpc-info.vpc-id", 0)):
        found = ec2.describe_vpc_peering_connections(Filters=[{"Name": name, "Values": [vpc]}])
        assert len(found["VpcPeeringConnections"]) == count
    refused("InvalidParameterValue", ec2.describe_vpc_peering_connections, Filters=[{"Name": "vpc", "Values": [vpc]}])
