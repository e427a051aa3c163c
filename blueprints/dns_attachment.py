"""Which rules of the DNS hub hold in a VPC, and a private zone that is known there."""

import re

from troposphere import Output, Parameter, Ref, Template
from troposphere.route53 import HostedZone, HostedZoneConfiguration, HostedZoneVPCs
from troposphere.route53resolver import FirewallRuleGroupAssociation, ResolverRuleAssociation

CONTROLS = ("nist-800-53-r5:SC-22",)
NAME = "landing-dns"
NETWORK = "vpc-[0-9a-f]{8,17}"
GROUP = "^rslvr-frg-[0-9a-f]{8,32}$"
PRIORITY = 101
"""The first that an account may give (API reference, AssociateFirewallRuleGroup)."""
RULE = "^rslvr-rr-[0-9a-f]{8,32}$"
ZONE = r"(?=.{1,253}$)([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?\.)+[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
MOST = 20


def dns_attachment(*, network: str = "", rules: int = 0, zone: str = "", firewall: bool = False) -> Template:
    """Which rules of the DNS hub hold in a VPC, and a private zone that is known there.

    A stack in the account that owns the VPC: `network`, or the output of another stack that `NetworkId` is given. In it
    hold `Rule1` and so on, as many as `rules` says (to 20): outputs of the stack of `dns_hub`, which shares them with
    this account. With `firewall` so does the group of rules of `dns_firewall`, as `FirewallRuleGroupId`. `zone` is a
    private hosted zone that the account has, as `shop.aws.example.com`; records are made by whom it belongs to. A VPC
    has one stack of this kind.
    """
    if not 0 <= rules <= MOST or not (rules or zone or firewall):
        raise ValueError(f"`rules` is from 0 to {MOST}: how many; without any, there is a `zone` or a `firewall`")
    if network and not re.fullmatch(NETWORK, network):
        raise ValueError("`network` is the id of a VPC, `vpc-…`")
    if zone and not re.fullmatch(ZONE, zone):
        raise ValueError("`zone` is a domain, of lower-case names with dots between them")
    template = Template("DNS of a VPC")
    if not network:
        template.add_parameter(Parameter("NetworkId", Type="String", AllowedPattern=f"^{NETWORK}$"))
    place = network or Ref("NetworkId")
    for number in range(1, rules + 1):
        template.add_parameter(Parameter(f"Rule{number}", Type="String", AllowedPattern=RULE))
        template.add_resource(
            ResolverRuleAssociation(
                f"Association{number}", Name=f"{NAME}-{number}", ResolverRuleId=Ref(f"Rule{number}"), VPCId=place
            )
        )
    if firewall:
        template.add_parameter(Parameter("FirewallRuleGroupId", Type="String", AllowedPattern=GROUP))
        template.add_resource(
            FirewallRuleGroupAssociation(
                "Firewall",
                Name=f"{NAME}-firewall",
                FirewallRuleGroupId=Ref("FirewallRuleGroupId"),
                MutationProtection="DISABLED",  # protected, no stack could delete it
                Priority=PRIORITY,
                VpcId=place,
            )
        )
    if zone:
        template.add_resource(
            HostedZone(
                "Zone",
                Name=zone,
                HostedZoneConfig=HostedZoneConfiguration(Comment="Private: known in the VPC"),
                VPCs=[HostedZoneVPCs(VPCId=place, VPCRegion=Ref("AWS::Region"))],
            )
        )
        template.add_output(Output("ZoneId", Value=Ref("Zone")))
    return template
