"""Endpoints of VPCs: what EC2 refuses, and what can be changed."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.sandbox.cloud import Cloud, refused, source

SSM = "com.amazonaws.us-east-1.ssm"
S3 = "com.amazonaws.us-east-1.s3"


@pytest.fixture
def place(cloud: Cloud) -> dict[str, str]:
    """A VPC with names, a subnet and a route table."""
    ec2 = cloud.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.0.0/24")["Subnet"]["SubnetId"]
    table = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
    return {"vpc": vpc, "subnet": subnet, "table": table}


def _named(cloud: Cloud, place: dict[str, str]) -> None:
    cloud.client("ec2").modify_vpc_attribute(VpcId=place["vpc"], EnableDnsHostnames={"Value": True})


@source("AWS PrivateLink guide: Access an AWS service using an interface VPC endpoint, Private DNS")
def test_private_names_need_a_vpc_with_names_and_belong_to_one_endpoint(cloud: Cloud, place: dict[str, str]) -> None:
    ec2 = cloud.client("ec2")
    asked: dict[str, Any] = {
        "VpcId": place["vpc"], "SubnetIds": [place["subnet"]], "VpcEndpointType": "Interface", "ServiceName": SSM
    }  # fmt: skip
    refused("InvalidParameter", ec2.create_vpc_endpoint, **asked)
    quiet = ec2.create_vpc_endpoint(**asked, PrivateDnsEnabled=False)["VpcEndpoint"]["VpcEndpointId"]
    refused("InvalidParameter", ec2.modify_vpc_endpoint, VpcEndpointId=quiet, PrivateDnsEnabled=True)
    _named(cloud, place)
    ec2.modify_vpc_endpoint(VpcEndpointId=quiet, PrivateDnsEnabled=True)
    (read,) = ec2.describe_vpc_endpoints(VpcEndpointIds=[quiet])["VpcEndpoints"]
    assert read["PrivateDnsEnabled"]
    refused("InvalidParameter", ec2.create_vpc_endpoint, **asked)


@source("EC2 API reference: Client error codes, InvalidVpcID.NotFound")
def test_an_endpoint_belongs_to_a_vpc_that_there_is(cloud: Cloud) -> None:
    for kind in ("Gateway", "Interface"):
        asked = {"VpcId": "vpc-0a1b2c3d4e5f60718", "ServiceName": S3, "VpcEndpointType": kind}
        refused("InvalidVpcID.NotFound", cloud.client("ec2").create_vpc_endpoint, **asked)


@source("EC2 API reference: CreateVpcEndpoint, ModifyVpcEndpoint")
def test_policies_routes_and_kinds_fit(cloud: Cloud, place: dict[str, str]) -> None:
    ec2 = cloud.client("ec2")
    asked: dict[str, Any] = {"VpcId": place["vpc"], "ServiceName": S3, "RouteTableIds": [place["table"]]}
    refused("InvalidPolicyDocument", ec2.create_vpc_endpoint, **asked, PolicyDocument="{")
    refused("InvalidParameter", ec2.create_vpc_endpoint, **asked, SubnetIds=[place["subnet"]])
    refused("InvalidParameter", ec2.create_vpc_endpoint, **asked, VpcEndpointType="Interface")
    closed = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Principal": "*", "Action": "*"}]})
    made = ec2.create_vpc_endpoint(**asked, VpcEndpointType="Gateway", PolicyDocument=closed)["VpcEndpoint"]
    refused("RouteAlreadyExists", ec2.create_vpc_endpoint, **asked)
    refused("InvalidParameter", ec2.modify_vpc_endpoint, VpcEndpointId=made["VpcEndpointId"], PrivateDnsEnabled=True)
    refused("InvalidPolicyDocument", ec2.modify_vpc_endpoint, VpcEndpointId=made["VpcEndpointId"], PolicyDocument="[]")
    ec2.modify_vpc_endpoint(VpcEndpointId=made["VpcEndpointId"], ResetPolicy=True)
    (read,) = ec2.describe_vpc_endpoints(VpcEndpointIds=[made["VpcEndpointId"]])["VpcEndpoints"]
    assert json.loads(read["PolicyDocument"])["Statement"][0]["Effect"] == "Allow"
