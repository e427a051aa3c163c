"""A transit gateway that the organization's networks are attached to, with a route table for each segment."""

import re
from collections.abc import Sequence

from troposphere import GetAtt, Output, Ref, Template
from troposphere.ec2 import TransitGateway, TransitGatewayRouteTable

from landing.blueprint.sharing import add_share

CONTROLS = ("nist-800-53-r5:AC-4", "nist-800-53-r5:SC-7", "nist-csf-2.0:PR.IR-01")
NAME = "landing-transit"
MOST = 20
"""Route tables of a transit gateway (Transit Gateways guide, Quotas)."""


def transit_hub(
    *,
    segments: Sequence[str] = ("shared", "workloads"),
    share_with: Sequence[str] = ("organization",),
    auto_accept: bool = True,
    asn: int = 64512,
) -> Template:
    """A transit gateway that the organization's networks are attached to, with a route table for each segment.

    It is shared with `share_with`: `organization`, ids of units and of accounts. What is attached reaches nothing until
    `transit_attachment` says which segment it belongs to and who reaches it: so `auto_accept` lets attachments of these
    accounts in. `asn` is a private number of autonomous systems, and cannot be changed later.
    """
    if not segments or len(segments) > MOST or len(set(segments)) != len(segments):
        raise ValueError(f"`segments` are from 1 to {MOST}, each named once")
    if not all(re.fullmatch("[a-z][a-z0-9]{0,30}", segment) for segment in segments):
        raise ValueError("a segment's name is of lower-case letters and digits")
    if not (64512 <= asn <= 65534 or 4200000000 <= asn <= 4294967294):
        raise ValueError("`asn` is from 64512 to 65534, or from 4200000000 to 4294967294")
    template = Template("The hub of the organization's networks")
    template.add_resource(
        TransitGateway(
            "Hub",
            Description="The organization's networks",
            AmazonSideAsn=asn,
            AutoAcceptSharedAttachments="enable" if auto_accept else "disable",
            DefaultRouteTableAssociation="disable",
            DefaultRouteTablePropagation="disable",
            DnsSupport="enable",
            VpnEcmpSupport="enable",
            Tags=[{"Key": "Name", "Value": NAME}],
        )
    )
    template.add_output(Output("TransitGatewayId", Value=Ref("Hub")))
    for segment in segments:
        title = f"{segment.capitalize()}Routes"
        tags = [{"Key": "Name", "Value": f"{NAME}-{segment}"}]
        template.add_resource(TransitGatewayRouteTable(title, TransitGatewayId=Ref("Hub"), Tags=tags))
        template.add_output(Output(f"{title}Id", Value=Ref(title)))
    add_share(template, "HubShare", NAME, [GetAtt("Hub", "TransitGatewayArn")], share_with)
    return template
