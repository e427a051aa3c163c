"""IP Address Manager: pools within pools, and VPCs that take ranges of them, also of another account's."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.cloud import Cloud, refused, source

GUIDE = "Amazon VPC IPAM User Guide: "


@pytest.fixture
def pool(cloud: Cloud) -> dict[str, str]:
    """A pool of everything, and one of us-east-1 with a part of it."""
    ec2 = cloud.client("ec2")
    ipam = ec2.create_ipam(OperatingRegions=[{"RegionName": "us-east-1"}])["Ipam"]
    made: dict[str, Any] = {"IpamScopeId": ipam["PrivateDefaultScopeId"], "AddressFamily": "ipv4"}
    whole = ec2.create_ipam_pool(**made)["IpamPool"]["IpamPoolId"]
    ec2.provision_ipam_pool_cidr(IpamPoolId=whole, Cidr="10.0.0.0/8")
    part = ec2.create_ipam_pool(
        **made, Locale="us-east-1", SourceIpamPoolId=whole, AllocationMinNetmaskLength=20, AllocationMaxNetmaskLength=24
    )["IpamPool"]
    ec2.provision_ipam_pool_cidr(IpamPoolId=part["IpamPoolId"], Cidr="10.0.0.0/19")
    return {"ipam": ipam["IpamId"], "whole": whole, "part": part["IpamPoolId"], "arn": part["IpamPoolArn"], **made}


@source(GUIDE + "Create a top-level IPv4 pool, Provision CIDRs to a pool")
def test_pools_are_for_regions_of_the_ipam_and_ranges_are_nobody_elses(cloud: Cloud, pool: dict[str, str]) -> None:
    ec2 = cloud.client("ec2")
    made: dict[str, Any] = {"IpamScopeId": pool["IpamScopeId"], "AddressFamily": "ipv4"}
    refused("ResourceLimitExceeded", ec2.create_ipam)
    refused("InvalidParameterValue", ec2.create_ipam_pool, **made, Locale="eu-west-1")
    refused("InvalidParameterValue", ec2.provision_ipam_pool_cidr, IpamPoolId=pool["part"], Cidr="192.168.0.0/24")
    refused("InvalidParameterValue", ec2.provision_ipam_pool_cidr, IpamPoolId=pool["part"], Cidr="10.0.1.0/24")
    refused("DependencyViolation", ec2.deprovision_ipam_pool_cidr, IpamPoolId=pool["whole"], Cidr="10.0.0.0/8")
    refused("DependencyViolation", ec2.delete_ipam_pool, IpamPoolId=pool["part"])
    refused("DependencyViolation", ec2.delete_ipam, IpamId=pool["ipam"])
    away = [{"RegionName": "us-east-1"}]
    refused("InvalidParameterValue", ec2.modify_ipam, IpamId=pool["ipam"], RemoveOperatingRegions=away)


@source(GUIDE + "Create a VPC that uses an IPAM pool CIDR")
def test_a_vpc_takes_the_next_range_and_gives_it_back(cloud: Cloud, pool: dict[str, str]) -> None:
    ec2, asked = cloud.client("ec2"), {"Ipv4IpamPoolId": pool["part"], "Ipv4NetmaskLength": 20}
    refused("InvalidParameterValue", ec2.create_vpc, Ipv4IpamPoolId=pool["part"], Ipv4NetmaskLength=16)
    refused("InvalidParameterValue", ec2.create_vpc, Ipv4IpamPoolId=pool["whole"], Ipv4NetmaskLength=20)
    first, second = (ec2.create_vpc(**asked)["Vpc"] for _ in range(2))
    assert [first["CidrBlock"], second["CidrBlock"]] == ["10.0.0.0/20", "10.0.16.0/20"]
    refused("InsufficientCidrBlocks", ec2.create_vpc, **asked)
    refused("DependencyViolation", ec2.deprovision_ipam_pool_cidr, IpamPoolId=pool["part"], Cidr="10.0.0.0/19")
    ec2.delete_vpc(VpcId=first["VpcId"])
    assert ec2.create_vpc(**asked)["Vpc"]["CidrBlock"] == "10.0.0.0/20"


@source(GUIDE + "Share an IPAM pool using AWS RAM")
def test_others_use_a_pool_that_is_shared_with_them(cloud: Cloud, pool: dict[str, str]) -> None:
    member = cloud.account("member")
    asked = {"Ipv4IpamPoolId": pool["part"], "Ipv4NetmaskLength": 20}
    refused("InvalidIpamPoolId.NotFound", cloud.client("ec2", member).create_vpc, **asked)
    ram = cloud.client("ram")
    ram.enable_sharing_with_aws_organization()
    ram.create_resource_share(name="pools", resourceArns=[pool["arn"]], principals=[member])
    assert cloud.client("ec2", member).create_vpc(**asked)["Vpc"]["CidrBlock"] == "10.0.0.0/20"
