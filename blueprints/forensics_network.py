"""A network in which instances look at evidence, and from which there is no way out."""

import ipaddress
from typing import Any, Literal

from troposphere import GetAZs, Join, Output, Ref, Select, Sub, Template
from troposphere.ec2 import (
    VPC,
    RouteTable,
    SecurityGroup,
    SecurityGroupRule,
    Subnet,
    SubnetRouteTableAssociation,
    VPCEndpoint,
)

from landing.blueprint.flow_log import add_flow_log
from landing.blueprint.resource_names import bucket

CONTROLS = (
    "fsbp:EC2.6",
    "fsbp:EC2.15",
    "fsbp:EC2.57",
    "nist-800-53-r5:AC-4",
    "nist-800-53-r5:SC-7",
    "nist-csf-2.0:PR.IR-01",
)
REGIONS = "home"
NAME = "forensics-network"
EVIDENCE = "arn:${AWS::Partition}:s3:::" + bucket("evidence", "${AWS::AccountId}", "${AWS::Region}")
MANAGED = ("amazon-ssm", "amazon-ssm-packages", "aws-ssm-document-attachments")
"""Buckets of AWS's that an agent reads updates and attachments from, before the region's name.

Systems Manager User Guide, "SSM Agent communications with AWS managed S3 buckets".
"""
INTERFACES = {"Kms": "kms", "Logs": "logs", "Messages": "ssmmessages", "SystemsManager": "ssm"}
OWNED = ("kms", "logs")
"""Services of which all that is used belongs to the account; documents of Systems Manager are AWS's too."""


def forensics_network(
    *,
    cidr: str = "10.255.0.0/24",
    zones: int = 1,
    flow_logs: Literal["account", "log-archive"] = "account",
    log_days: int = 365,
) -> Template:
    """A network in which instances look at evidence, and from which there is no way out.

    A VPC with a private subnet in each of `zones` (1 to 3), without internet gateway, NAT or route to another network.
    Endpoints lead to Systems Manager, by which people reach the instances, to KMS, to CloudWatch Logs and to the
    bucket for evidence, and their policies let in nobody but the account's own principals: keys that are found in
    evidence do not work from here. `cidr` is a private range, /16 to /26. `flow_logs` are in the account, for
    `log_days`, or in the log archive.
    """
    network = ipaddress.IPv4Network(cidr)
    if not network.is_private or not 16 <= network.prefixlen <= 26:
        raise ValueError("`cidr` is a private range, from /16 to /26")
    if not 1 <= zones <= 3:
        raise ValueError("`zones` is from 1 to 3")
    template = Template("A network without exits, in which evidence is looked at")
    template.add_resource(VPC("Network", CidrBlock=cidr, EnableDnsHostnames=True, EnableDnsSupport=True, Tags=_tags()))
    template.add_resource(RouteTable("Routes", VpcId=Ref("Network"), Tags=_tags()))
    subnets = [f"Subnet{number}" for number in range(1, zones + 1)]
    for number, (name, part) in enumerate(zip(subnets, network.subnets(prefixlen_diff=2), strict=False)):
        template.add_resource(
            Subnet(
                name,
                VpcId=Ref("Network"),
                AvailabilityZone=Select(number, GetAZs("")),
                CidrBlock=str(part),
                MapPublicIpOnLaunch=False,
                Tags=_tags(),
            )
        )
        template.add_resource(
            SubnetRouteTableAssociation(f"{name}Routes", SubnetId=Ref(name), RouteTableId=Ref("Routes"))
        )
    _groups(template, cidr)
    _endpoints(template, subnets)
    add_flow_log(template, "Network", flow_logs, NAME, log_days)
    template.add_output(Output("NetworkId", Value=Ref("Network")))
    template.add_output(Output("SubnetIds", Value=Join(",", [Ref(name) for name in subnets])))
    template.add_output(Output("AnalysisGroupId", Value=Ref("AnalysisGroup")))
    return template


def _tags() -> list[dict[str, str]]:
    return [{"Key": "Name", "Value": f"landing-{NAME}"}]


def _groups(template: Template, cidr: str) -> None:
    """Endpoints answer and begin nothing; instances that look reach endpoints, and nobody reaches them."""
    nowhere = SecurityGroupRule(IpProtocol="icmp", FromPort=252, ToPort=86, CidrIp="255.255.255.255/32")
    https = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443}
    template.add_resource(
        SecurityGroup(
            "EndpointGroup",
            GroupDescription="Endpoints of the network: HTTPS from it, and nothing out",
            VpcId=Ref("Network"),
            SecurityGroupIngress=[SecurityGroupRule(**https, CidrIp=cidr)],
            SecurityGroupEgress=[nowhere],
            Tags=_tags(),
        )
    )
    template.add_resource(
        SecurityGroup(
            "AnalysisGroup",
            GroupDescription="Instances that look at evidence: HTTPS to endpoints, and nothing in",
            VpcId=Ref("Network"),
            # Lets nothing in; drift is told of lists that are there alone.
            SecurityGroupIngress=[nowhere],
            # Anywhere, as S3 has public addresses; the network has a route to no others.
            SecurityGroupEgress=[SecurityGroupRule(**https, CidrIp="0.0.0.0/0")],
            Tags=_tags(),
        )
    )


def _endpoints(template: Template, subnets: list[str]) -> None:
    own = {"aws:PrincipalAccount": Ref("AWS::AccountId")}
    everything = {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}
    for title, service in INTERFACES.items():
        inside = {"aws:ResourceAccount": Ref("AWS::AccountId")} if service in OWNED else {}
        template.add_resource(
            VPCEndpoint(
                f"{title}Endpoint",
                VpcId=Ref("Network"),
                VpcEndpointType="Interface",
                ServiceName=Sub(f"com.amazonaws.${{AWS::Region}}.{service}"),
                PrivateDnsEnabled=True,
                SubnetIds=[Ref(name) for name in subnets],
                SecurityGroupIds=[Ref("EndpointGroup")],
                PolicyDocument=_policy({**everything, "Condition": {"StringEquals": {**own, **inside}}}),
            )
        )
    keep = {
        "Sid": "Evidence",
        "Effect": "Allow",
        "Principal": "*",
        "Action": [
            "s3:AbortMultipartUpload",
            "s3:GetBucketLocation",
            "s3:GetObject",
            "s3:GetObjectVersion",
            "s3:ListBucket",
            "s3:ListBucketVersions",
            "s3:ListMultipartUploadParts",
            "s3:PutObject",
        ],
        "Resource": [Sub(EVIDENCE), Sub(f"{EVIDENCE}/*")],
        "Condition": {"StringEquals": own},
    }
    agent = {
        "Sid": "Agent",
        "Effect": "Allow",
        "Principal": "*",
        "Action": "s3:GetObject",
        "Resource": [Sub(f"arn:${{AWS::Partition}}:s3:::{name}-${{AWS::Region}}/*") for name in MANAGED],
    }
    template.add_resource(
        VPCEndpoint(
            "StorageEndpoint",
            VpcId=Ref("Network"),
            VpcEndpointType="Gateway",
            ServiceName=Sub("com.amazonaws.${AWS::Region}.s3"),
            RouteTableIds=[Ref("Routes")],
            PolicyDocument=_policy(keep, agent),
        )
    )


def _policy(*statements: dict[str, Any]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}
