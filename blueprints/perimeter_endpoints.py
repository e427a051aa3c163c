"""Endpoints of AWS services in a VPC, which let the organization's identities reach the organization's resources."""

import ipaddress
import re
from collections.abc import Mapping, Sequence
from typing import Any

from troposphere import Join, Output, Parameter, Ref, Sub, Tags, Template
from troposphere.ec2 import SecurityGroup, SecurityGroupRule, VPCEndpoint

from landing.blueprint.perimeter import endpoint_policy

CONTROLS = ("fsbp:EC2.55", "fsbp:EC2.56", "fsbp:EC2.57", "nist-800-53-r5:AC-4", "nist-csf-2.0:PR.IR-01")
NAME = "landing-perimeter"
SERVICES = (
    "ec2messages",
    "ecr.api",
    "ecr.dkr",
    "kms",
    "logs",
    "monitoring",
    "secretsmanager",
    "ssm",
    "ssmmessages",
    "sts",
)
GATEWAYS = ("dynamodb", "s3")
BUCKET = r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]"
IDS = {"network": r"vpc-[0-9a-f]{8,17}", "subnets": r"subnet-[0-9a-f]{8,17}", "route_tables": r"rtb-[0-9a-f]{8,17}"}
NOWHERE = {"IpProtocol": "icmp", "FromPort": 252, "ToPort": 86, "CidrIp": "255.255.255.255/32"}
"""A rule that lets nothing through: drift is told of lists that are there alone."""


def perimeter_endpoints(
    *,
    services: Sequence[str] = SERVICES,
    network: str = "",
    subnets: Sequence[str] = (),
    route_tables: Sequence[str] = (),
    clients: Sequence[str] = ("10.0.0.0/8",),
    accounts: Sequence[str] = (),
    buckets: Sequence[str] = (),
) -> Template:
    """Endpoints of AWS services in a VPC, which let the organization's identities reach the organization's resources.

    A stack in the account that owns the VPC. `network` and `subnets` are its id and those of its subnets, or outputs of
    another stack that `NetworkId` and `SubnetIds` are given. `services` have interface endpoints, which the ranges
    `clients` reach. With `route_tables` there are gateways to S3 and DynamoDB too; a network of `shared_network` has
    these. `accounts` are others whose resources are reached, `buckets` more buckets of AWS's whose objects are read.
    """
    given: dict[str, Sequence[str]] = {
        "network": [network] if network else [], "subnets": subnets, "route_tables": route_tables,
    }  # fmt: skip
    for name, ids in given.items():
        if not all(re.fullmatch(IDS[name], each) for each in ids) or len({*ids}) != len(ids):
            raise ValueError(f"`{name}` has what is no id, as `{IDS[name][:3]}…`, or has one twice")
    if not services and not route_tables:
        raise ValueError("neither `services` nor `route_tables`: there is nothing to make")
    wrong = [each for each in services if each in GATEWAYS or not re.fullmatch(r"[a-z0-9][a-z0-9.-]{1,60}", each)]
    if wrong or len({*map(_title, services)}) != len(services):
        raise ValueError(
            "`services` are names as `ecr.api`, each once; s3 and dynamodb have gateways, by `route_tables`"
        )
    if not all(re.fullmatch(r"\d{12}", each) for each in accounts):
        raise ValueError("`accounts` are ids of 12 digits")
    if not all(re.fullmatch(BUCKET, each) for each in buckets):
        raise ValueError("`buckets` are names of buckets")
    ranges = [str(ipaddress.IPv4Network(each)) for each in clients]
    template = Template("Endpoints of AWS services, with the perimeter of the organization")
    template.add_parameter(Parameter("OrganizationId", Type="String"))
    if not network:
        template.add_parameter(Parameter("NetworkId", Type="String", AllowedPattern=f"^{IDS['network']}$"))
    place: Any = network or Ref("NetworkId")
    if services:
        if not subnets:
            template.add_parameter(Parameter("SubnetIds", Type="CommaDelimitedList"))
        policies = {service: endpoint_policy(service, accounts) for service in services}
        _interfaces(template, place, list(subnets) or Ref("SubnetIds"), policies, ranges)
    for service in GATEWAYS if route_tables else ():
        _endpoint(
            template, place, service, endpoint_policy(service, accounts, buckets), RouteTableIds=list(route_tables)
        )
    return template


def _title(service: str) -> str:
    return "".join(map(str.capitalize, re.split("[.-]", service)))


def _interfaces(
    template: Template, network: Any, subnets: Any, policies: Mapping[str, dict[str, Any]], ranges: Sequence[str]
) -> None:
    https = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443}
    template.add_resource(
        SecurityGroup(
            "EndpointGroup",
            GroupDescription="Endpoints of AWS services: HTTPS from clients, and nothing out",
            VpcId=network,
            SecurityGroupIngress=[SecurityGroupRule(**https, CidrIp=each) for each in ranges],
            SecurityGroupEgress=[SecurityGroupRule(**NOWHERE)],
            Tags=Tags(Name=NAME),
        )
    )
    for service, policy in policies.items():
        _endpoint(
            template,
            network,
            service,
            policy,
            SubnetIds=subnets,
            SecurityGroupIds=[Ref("EndpointGroup")],
            PrivateDnsEnabled=True,
        )
    ids = Join(",", [Ref(f"{_title(service)}Endpoint") for service in policies])
    template.add_output(Output("EndpointIds", Value=ids))


def _endpoint(template: Template, network: Any, service: str, policy: dict[str, Any], **more: Any) -> None:
    template.add_resource(
        VPCEndpoint(
            f"{_title(service)}Endpoint",
            VpcId=network,
            VpcEndpointType="Gateway" if service in GATEWAYS else "Interface",
            ServiceName=Sub(f"com.amazonaws.${{AWS::Region}}.{service}"),
            PolicyDocument=policy,
            **more,
        )
    )
