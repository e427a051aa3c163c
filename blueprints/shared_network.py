"""A VPC whose subnets other accounts of the organization use, attached to the hub where there is one."""

import ipaddress
import re
from collections.abc import Sequence
from typing import Any, Literal

from troposphere import Cidr, GetAtt, GetAZs, Join, Output, Parameter, Ref, Select, Sub, Template
from troposphere.ec2 import (
    VPC,
    Route,
    RouteTable,
    Subnet,
    SubnetRouteTableAssociation,
    TransitGatewayAttachment,
    VPCEndpoint,
)

from landing.blueprint.flow_log import add_flow_log
from landing.blueprint.perimeter import endpoint_policy
from landing.blueprint.sharing import add_share

CONTROLS = ("fsbp:EC2.6", "fsbp:EC2.15", "nist-800-53-r5:AC-4", "nist-800-53-r5:SC-7", "nist-csf-2.0:PR.IR-01")
GATEWAY = "tgw-[0-9a-f]{8,17}"
HUB_PREFIX = 28
"""Of subnets that an attachment has for itself (Transit Gateways guide, "Best practices")."""
MOST_PARTS = 256
"""What Fn::Cidr makes at most (Template reference)."""


def shared_network(
    *,
    cidr: str = "",
    pooled: bool = False,
    prefix: int = 20,
    name: str = "shared",
    zones: int = 2,
    subnet_prefix: int = 24,
    share_with: Sequence[str] = ("organization",),
    attached: bool = False,
    transit_gateway: str = "",
    routes: Sequence[str] = ("10.0.0.0/8",),
    flow_logs: Literal["account", "log-archive"] = "account",
    log_days: int = 365,
) -> Template:
    """A VPC whose subnets other accounts of the organization use, attached to the hub where there is one.

    `cidr` is its range, /16 to /24. `pooled` in its place says that the range, of `prefix`, comes from a pool of
    addresses, the output of another stack that `IpamPoolId` is given. In each of `zones` (1 to 6) there is a private
    subnet of `subnet_prefix`, shared with `share_with`: `organization`, ids of units and of accounts. `transit_gateway`
    is the id of a transit gateway; `attached` in its place says that it is an output too, which `TransitGatewayId` is
    given. `routes` lead to it: `0.0.0.0/0` only where it is written. S3 and DynamoDB are reached by endpoints, for
    principals and resources of the organization. `name` tells networks of one account apart.
    """
    if cidr and pooled:
        raise ValueError(
            "`cidr` and `pooled` are alternatives: take one out, the range is given or comes from the pool"
        )
    if not cidr and not pooled:
        raise ValueError("no range: give `cidr`, as `10.64.0.0/16`, or `pooled: true` with `IpamPoolId`")
    length = prefix if pooled else ipaddress.IPv4Network(cidr).prefixlen
    if not 16 <= length <= 24 or not length < subnet_prefix <= HUB_PREFIX:
        raise ValueError("the range is from /16 to /24, and `subnet_prefix` longer than that, up to 28")
    if not 1 <= zones <= 6 or not re.fullmatch("[a-z][a-z0-9-]{0,19}", name):
        raise ValueError("`zones` is from 1 to 6, and `name` of lower-case letters, digits and `-`")
    if transit_gateway and (attached or not re.fullmatch(GATEWAY, transit_gateway)):
        raise ValueError("`transit_gateway` is an id, `tgw-…`, in the place of `attached`")
    attached = attached or bool(transit_gateway)
    for route in routes:
        ipaddress.IPv4Network(route)
    room = 2 ** (subnet_prefix - length)
    if room < zones + attached or (attached and 2 ** (HUB_PREFIX - subnet_prefix) < zones):
        raise ValueError(f"there is no room for {zones} subnets of /{subnet_prefix}, and those of the attachment")
    called = f"{name}-network"
    template = Template("A VPC whose subnets are shared")
    if pooled:
        template.add_parameter(Parameter("IpamPoolId", Type="String", AllowedPattern="^ipam-pool-[0-9a-f]{8,17}$"))
        block: dict[str, Any] = {"Ipv4IpamPoolId": Ref("IpamPoolId"), "Ipv4NetmaskLength": prefix}
    else:
        block = {"CidrBlock": cidr}
    template.add_resource(VPC("Network", **block, EnableDnsHostnames=True, EnableDnsSupport=True, Tags=_tags(called)))
    last = min(room, MOST_PARTS) - 1
    parts = _parts(GetAtt("Network", "CidrBlock"), 32 - subnet_prefix, [*range(zones), last], last + 1)
    template.add_resource(RouteTable("Routes", VpcId=Ref("Network"), Tags=_tags(called)))
    subnets = [_subnet(template, called, f"Subnet{zone}", zone, part) for zone, part in enumerate(parts[:zones], 1)]
    template.add_output(Output("NetworkId", Value=Ref("Network")))
    template.add_output(Output("SubnetIds", Value=Join(",", [Ref(name) for name in subnets])))
    if attached:
        hub: Any = transit_gateway or Ref("TransitGatewayId")
        if not transit_gateway:
            template.add_parameter(Parameter("TransitGatewayId", Type="String", AllowedPattern=f"^{GATEWAY}$"))
        small = _parts(parts[-1], 32 - HUB_PREFIX, list(range(zones)), zones)
        _attach(template, called, hub, small)
        _routes(template, hub, routes)
    _endpoints(template)
    add_flow_log(template, "Network", flow_logs, called, log_days)
    arns = [
        Sub(f"arn:${{AWS::Partition}}:ec2:${{AWS::Region}}:${{AWS::AccountId}}:subnet/${{{name}}}") for name in subnets
    ]
    add_share(template, "SubnetShare", f"landing-{called}", arns, share_with)
    return template


def _tags(called: str) -> list[dict[str, str]]:
    return [{"Key": "Name", "Value": f"landing-{called}"}]


def _parts(whole: Any, bits: int, which: Sequence[int], count: int) -> list[Any]:
    """Some of the first `count` parts of a range, each with so many bits for hosts."""
    return [Select(number, Cidr(whole, count, bits)) for number in which]


def _subnet(template: Template, called: str, name: str, zone: int, part: Any) -> str:
    template.add_resource(
        Subnet(
            name,
            VpcId=Ref("Network"),
            AvailabilityZone=Select(zone - 1, GetAZs("")),
            CidrBlock=part,
            MapPublicIpOnLaunch=False,
            Tags=_tags(called),
        )
    )
    template.add_resource(SubnetRouteTableAssociation(f"{name}Routes", SubnetId=Ref(name), RouteTableId=Ref("Routes")))
    return name


def _attach(template: Template, called: str, hub: Any, parts: Sequence[Any]) -> None:
    """The attachment has small subnets of its own, which nobody else uses, one in every zone."""
    own = [_subnet(template, called, f"HubSubnet{zone}", zone, part) for zone, part in enumerate(parts, 1)]
    template.add_resource(
        TransitGatewayAttachment(
            "Attachment",
            TransitGatewayId=hub,
            VpcId=Ref("Network"),
            SubnetIds=[Ref(name) for name in own],
            Tags=_tags(called),
        )
    )
    template.add_output(Output("AttachmentId", Value=Ref("Attachment")))


def _routes(template: Template, hub: Any, routes: Sequence[str]) -> None:
    for number, route in enumerate(routes, 1):
        template.add_resource(
            Route(
                f"Route{number}",
                DependsOn="Attachment",
                RouteTableId=Ref("Routes"),
                DestinationCidrBlock=route,
                TransitGatewayId=hub,
            )
        )


def _endpoints(template: Template) -> None:
    """Gateways to S3 and DynamoDB, which cost nothing: the organization's identities reach its resources."""
    if "OrganizationId" not in template.parameters:
        template.add_parameter(Parameter("OrganizationId", Type="String"))
    for title, service in (("Storage", "s3"), ("Tables", "dynamodb")):
        template.add_resource(
            VPCEndpoint(
                f"{title}Endpoint",
                VpcId=Ref("Network"),
                VpcEndpointType="Gateway",
                ServiceName=Sub(f"com.amazonaws.${{AWS::Region}}.{service}"),
                RouteTableIds=[Ref("Routes")],
                PolicyDocument=endpoint_policy(service),
            )
        )
