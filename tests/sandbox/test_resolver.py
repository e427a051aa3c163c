"""Route 53 Resolver: endpoints, rules that forward, and rules that accounts share."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.cloud import Cloud, refused, source

GUIDE = "Route 53 Developer Guide: "
API = "route53resolver API reference: "


def resolver(cloud: Cloud, account: str | None = None) -> Any:
    return cloud.client("route53resolver", account)


@pytest.fixture
def place(cloud: Cloud) -> dict[str, Any]:
    """A VPC with two subnets and a group, and an outbound endpoint there."""
    ec2 = cloud.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnets = [ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.0.{part}.0/24")["Subnet"]["SubnetId"] for part in range(2)]
    group = ec2.create_security_group(GroupName="dns", Description="dns", VpcId=vpc)["GroupId"]
    made = {"SecurityGroupIds": [group], "IpAddresses": [{"SubnetId": subnet} for subnet in subnets]}
    endpoint = resolver(cloud).create_resolver_endpoint(CreatorRequestId="out", Direction="OUTBOUND", **made)
    return {"vpc": vpc, "subnets": subnets, "endpoint": endpoint["ResolverEndpoint"]["Id"], "made": made}


def rule(cloud: Cloud, domain: str = "corp.example.com", token: str = "a", **more: Any) -> Any:
    given = {"RuleType": "SYSTEM", "DomainName": domain, "CreatorRequestId": token, **more}
    return resolver(cloud).create_resolver_rule(**given)["ResolverRule"]


@source(GUIDE + "Values that you specify when you create or edit inbound endpoints")
def test_an_endpoint_is_in_two_subnets_of_one_network(cloud: Cloud, place: dict[str, Any]) -> None:
    create, first = resolver(cloud).create_resolver_endpoint, {"SubnetId": place["subnets"][0]}
    given = {**place["made"], "CreatorRequestId": "in", "Direction": "INBOUND"}
    refused("InvalidRequestException", create, **{**given, "IpAddresses": [first, first]})
    elsewhere = next(
        one["SubnetId"] for one in cloud.client("ec2").describe_subnets()["Subnets"] if one["VpcId"] != place["vpc"]
    )
    refused("InvalidRequestException", create, **{**given, "IpAddresses": [first, {"SubnetId": elsewhere}]})
    groups = cloud.client("ec2").describe_security_groups()["SecurityGroups"]
    others = next(one["GroupId"] for one in groups if one["VpcId"] != place["vpc"])
    refused("InvalidRequestException", create, **{**given, "SecurityGroupIds": [others]})
    refused("ResourceExistsException", create, **{**given, "CreatorRequestId": "out"})
    assert create(**given)["ResolverEndpoint"]["HostVPCId"] == place["vpc"]


@source(API + "CreateResolverRule, UpdateResolverRule, DeleteResolverEndpoint")
def test_a_rule_forwards_by_an_outbound_endpoint(cloud: Cloud, place: dict[str, Any]) -> None:
    create = resolver(cloud).create_resolver_rule
    given = {"CreatorRequestId": "a", "RuleType": "FORWARD", "DomainName": "corp.example.com"}
    to = {"ResolverEndpointId": place["endpoint"], "TargetIps": [{"Ip": "10.9.0.2", "Port": 53}]}
    refused("InvalidRequestException", create, **given)
    refused("InvalidRequestException", create, **given, ResolverEndpointId=place["endpoint"])
    inbound = resolver(cloud).create_resolver_endpoint(CreatorRequestId="in", Direction="INBOUND", **place["made"])
    other = {**to, "ResolverEndpointId": inbound["ResolverEndpoint"]["Id"]}
    refused("InvalidRequestException", create, **given, **other)
    made = create(**given, **to)["ResolverRule"]
    update = resolver(cloud).update_resolver_rule
    refused(
        "InvalidRequestException",
        update,
        ResolverRuleId=made["Id"],
        Config={"ResolverEndpointId": other["ResolverEndpointId"]},
    )
    refused("ResourceNotFoundException", update, ResolverRuleId="rslvr-rr-0", Config={"Name": "b"})
    changed = update(ResolverRuleId=made["Id"], Config={"Name": "b", "TargetIps": [{"Ip": "10.9.0.3", "Port": 53}]})
    assert (changed["ResolverRule"]["Name"], changed["ResolverRule"]["TargetIps"][0]["Ip"]) == ("b", "10.9.0.3")
    delete = resolver(cloud).delete_resolver_endpoint
    refused("InvalidRequestException", delete, ResolverEndpointId=place["endpoint"])
    resolver(cloud).delete_resolver_rule(ResolverRuleId=made["Id"])
    delete(ResolverEndpointId=place["endpoint"])


@source(API + "AssociateResolverRule, DisassociateResolverRule, DeleteResolverRule")
def test_a_network_has_one_rule_of_a_domain(cloud: Cloud, place: dict[str, Any]) -> None:
    first, second = rule(cloud), rule(cloud, token="b")
    below = rule(cloud, "aws.corp.example.com", token="c")
    tie = resolver(cloud).associate_resolver_rule
    tie(ResolverRuleId=first["Id"], VPCId=place["vpc"])
    refused("InvalidRequestException", tie, ResolverRuleId=first["Id"], VPCId=place["vpc"])
    refused("InvalidRequestException", tie, ResolverRuleId=second["Id"], VPCId=place["vpc"])
    tie(ResolverRuleId=below["Id"], VPCId=place["vpc"])
    refused("InvalidParameterException", tie, ResolverRuleId=first["Id"], VPCId="vpc-0123456789abcdef0")
    refused("ResourceInUseException", resolver(cloud).delete_resolver_rule, ResolverRuleId=first["Id"])
    untie = resolver(cloud).disassociate_resolver_rule
    untie(ResolverRuleId=first["Id"], VPCId=place["vpc"])
    refused("ResourceNotFoundException", untie, ResolverRuleId=first["Id"], VPCId=place["vpc"])
    resolver(cloud).delete_resolver_rule(ResolverRuleId=first["Id"])


@source(GUIDE + "Sharing Resolver rules with other AWS accounts and using shared rules")
def test_a_shared_rule_holds_in_networks_of_others(cloud: Cloud) -> None:
    member, found = cloud.account("member"), rule(cloud)
    vpc = cloud.client("ec2", member).create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]["VpcId"]
    theirs = resolver(cloud, member)
    tie = {"ResolverRuleId": found["Id"], "VPCId": vpc}
    refused("ResourceNotFoundException", theirs.associate_resolver_rule, **tie)
    refused("ResourceNotFoundException", theirs.get_resolver_rule, ResolverRuleId=found["Id"])
    ram = cloud.client("ram")
    ram.enable_sharing_with_aws_organization()
    ram.create_resource_share(name="dns", resourceArns=[found["Arn"]], principals=[member])
    assert theirs.get_resolver_rule(ResolverRuleId=found["Id"])["ResolverRule"]["DomainName"] == "corp.example.com."
    theirs.associate_resolver_rule(**tie)
    refused("ResourceNotFoundException", theirs.delete_resolver_rule, ResolverRuleId="rslvr-rr-0")
    refused("ResourceInUseException", resolver(cloud).delete_resolver_rule, ResolverRuleId=found["Id"])
    theirs.disassociate_resolver_rule(**tie)
    resolver(cloud).delete_resolver_rule(ResolverRuleId=found["Id"])


@pytest.fixture
def group(cloud: Cloud) -> dict[str, str]:
    """A group of rules of DNS Firewall, and a list of domains."""
    client = resolver(cloud)
    made = client.create_firewall_rule_group(CreatorRequestId="g", Name="filter")["FirewallRuleGroup"]
    domains = client.create_firewall_domain_list(CreatorRequestId="l", Name="own")["FirewallDomainList"]["Id"]
    return {"id": made["Id"], "arn": made["Arn"], "list": domains}


@source(API + "CreateFirewallRule, UpdateFirewallRule, DeleteFirewallDomainList, DeleteFirewallRuleGroup")
def test_a_rule_of_the_firewall_is_whole_and_has_a_priority_of_its_own(cloud: Cloud, group: dict[str, str]) -> None:
    client = resolver(cloud)
    create, named = client.create_firewall_rule, {"CreatorRequestId": "r", "Name": "r"}
    of = {**named, "FirewallRuleGroupId": group["id"], "Priority": 1}
    listed = {**of, "FirewallDomainListId": group["list"]}
    threat = {**of, "DnsThreatProtection": "DGA", "ConfidenceThreshold": "HIGH"}
    refused("ValidationException", create, **of, Action="ALERT")
    refused("ValidationException", create, **{**listed, **threat}, Action="ALERT")
    refused("ValidationException", create, **of, Action="ALERT", DnsThreatProtection="DGA")
    refused("ValidationException", create, **listed, Action="BLOCK")
    refused("ValidationException", create, **listed, Action="ALLOW", BlockResponse="NODATA")
    refused("ValidationException", create, **threat, Action="ALLOW")
    theirs = cloud.client("route53resolver", region="eu-west-1").list_firewall_domain_lists()["FirewallDomainLists"]
    elsewhere = {**listed, "FirewallDomainListId": theirs[0]["Id"]}
    refused("ResourceNotFoundException", create, **elsewhere, Action="ALERT")
    create(**listed, Action="BLOCK", BlockResponse="NODATA")
    refused("ValidationException", create, **{**listed, "Priority": 2}, Action="ALERT")
    refused("ValidationException", create, **threat, Action="ALERT")
    managed = client.list_firewall_domain_lists()["FirewallDomainLists"][0]["Id"]
    create(**{**of, "Priority": 2}, FirewallDomainListId=managed, Action="ALERT")
    refused("ConflictException", client.delete_firewall_domain_list, FirewallDomainListId=group["list"])
    refused("ConflictException", client.delete_firewall_rule_group, FirewallRuleGroupId=group["id"])
    refused("ResourceNotFoundException", client.list_firewall_domains, FirewallDomainListId=managed)
    update = client.update_firewall_domains
    refused("ValidationException", update, FirewallDomainListId=group["list"], Operation="ADD", Domains=["a.*.b"])


@source(API + "AssociateFirewallRuleGroup, DisassociateFirewallRuleGroup; " + GUIDE + "sharing rule groups")
def test_a_network_of_another_account_has_the_firewall_that_is_shared(cloud: Cloud, group: dict[str, str]) -> None:
    member = cloud.account("member")
    vpc = cloud.client("ec2", member).create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]["VpcId"]
    theirs, tie = resolver(cloud, member), {"CreatorRequestId": "t", "Name": "t", "VpcId": vpc, "Priority": 101}
    refused("ResourceNotFoundException", theirs.associate_firewall_rule_group, **tie, FirewallRuleGroupId=group["id"])
    ram = cloud.client("ram")
    ram.enable_sharing_with_aws_organization()
    ram.create_resource_share(name="dns", resourceArns=[group["arn"]], principals=[member])
    associate, tie = theirs.associate_firewall_rule_group, {**tie, "FirewallRuleGroupId": group["id"]}
    refused("ValidationException", associate, **{**tie, "Priority": 100})
    refused("ValidationException", associate, **{**tie, "Priority": 9900})
    refused("ResourceNotFoundException", associate, **{**tie, "VpcId": "vpc-0123456789abcdef0"})
    made = associate(**tie, MutationProtection="ENABLED")["FirewallRuleGroupAssociation"]["Id"]
    refused("ConflictException", associate, **{**tie, "Priority": 102})
    refused("ConflictException", resolver(cloud).delete_firewall_rule_group, FirewallRuleGroupId=group["id"])
    refused("ConflictException", theirs.disassociate_firewall_rule_group, FirewallRuleGroupAssociationId=made)
    theirs.update_firewall_rule_group_association(FirewallRuleGroupAssociationId=made, MutationProtection="DISABLED")
    theirs.disassociate_firewall_rule_group(FirewallRuleGroupAssociationId=made)
    refused(
        "ResourceNotFoundException", theirs.get_firewall_rule_group_association, FirewallRuleGroupAssociationId=made
    )
    resolver(cloud).delete_firewall_rule_group(FirewallRuleGroupId=group["id"])
