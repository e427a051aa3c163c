"""Policies of VPC endpoints that let the organization's identities reach the organization's resources, and few others.

AWS whitepaper "Building a data perimeter on AWS", network controls; IAM User Guide, "Data perimeters". A policy of an
endpoint grants nothing: who passes still needs permission.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from troposphere import Ref, Sub

SERVICE_BUCKETS = (
    "al2023-repos-${AWS::Region}-de612dc2",
    "amazon-ssm-${AWS::Region}",
    "amazon-ssm-packages-${AWS::Region}",
    "aws-ssm-document-attachments-${AWS::Region}",
    "prod-${AWS::Region}-starport-layer-bucket",
)
"""Buckets of AWS's that hosts read packages, agents and layers of images from.

Systems Manager User Guide, "SSM Agent communications with AWS managed S3 buckets"; Amazon ECR User Guide, "Interface
VPC endpoints"; Amazon Linux 2023 User Guide, "Managing repositories".
"""
OF_AWS = ("ec2messages", "ssm", "ssmmessages")
"""Services of which what is used is AWS's too, as documents and channels of Systems Manager are: who asks decides."""
FEDERATED = ["sts:AssumeRoleWithSAML", "sts:AssumeRoleWithWebIdentity"]
"""Calls of who is nobody's principal yet (STS API reference): the role that is assumed decides."""


def endpoint_policy(service: str, accounts: Sequence[str] = (), buckets: Sequence[str] = ()) -> dict[str, Any]:
    """The policy of the endpoint of a service, as `s3` or `ecr.api`; needs the parameter `OrganizationId`.

    `accounts` are others whose resources the organization's identities reach. `buckets` are more of AWS's whose objects
    are read, beside `SERVICE_BUCKETS`.
    """
    identities = {"aws:PrincipalOrgID": Ref("OrganizationId")}
    resources = {} if service in OF_AWS else {"aws:ResourceOrgID": Ref("OrganizationId")}
    statements = [
        _allow("Organization", "*", "*", StringEquals={**identities, **resources}),
        _allow("Services", "*", "*", Bool={"aws:PrincipalIsAWSService": "true"}),
    ]
    if service == "s3":
        names = [Sub(f"arn:${{AWS::Partition}}:s3:::{name}/*") for name in (*SERVICE_BUCKETS, *buckets)]
        statements.append(_allow("Packages", "s3:GetObject", names))
    if service == "sts":
        statements.append(_allow("Federated", FEDERATED, "*", StringEquals=resources))
    if accounts and resources:
        others = {**identities, "aws:ResourceAccount": list(accounts)}
        statements.append(_allow("Others", "*", "*", StringEquals=others))
    return {"Version": "2012-10-17", "Statement": statements}


def _allow(sid: str, action: str | list[str], resource: Any, **condition: Any) -> dict[str, Any]:
    allowed = {"Sid": sid, "Effect": "Allow", "Principal": "*", "Action": action, "Resource": resource}
    return {**allowed, "Condition": condition} if condition else allowed
