"""Remediations that are ready: an entry of the config that is called like one has what stands here.

Each is a document of AWS, with the parameters and permissions that its page of the Systems Manager Automation Runbook
Reference names, as far as it uses them with these parameters; that of flow logs comes with the rule.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from landing.blueprint.resource_names import FLOW_LOG_BUCKET, FLOW_LOGS_DOCUMENT

RESOURCE = "RESOURCE_ID"
RUN = ("ssm:GetAutomationExecution", "ssm:StartAutomationExecution")
"""What the pages of all these documents ask for besides."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShippedRemediation:
    """A managed rule, the document that mends what it finds, and what it needs for that."""

    identifier: str
    document: str
    permissions: tuple[str, ...]
    parameters: Mapping[str, Any] = field(default_factory=dict)
    """Of the rule."""
    document_parameters: Mapping[str, Any] = field(default_factory=dict)
    shared: tuple[str, ...] = ()
    """Parameters of the rule that the document has too: it is given what the rule is."""
    home_only: bool = False


SHIPPED: Mapping[str, ShippedRemediation] = {
    "password-policy": ShippedRemediation(
        identifier="IAM_PASSWORD_POLICY",
        parameters={
            "MinimumPasswordLength": 14,
            "PasswordReusePrevention": 24,
            "MaxPasswordAge": 90,
            "RequireUppercaseCharacters": True,
            "RequireLowercaseCharacters": True,
            "RequireSymbols": True,
            "RequireNumbers": True,
        },
        document="AWSConfigRemediation-SetIAMPasswordPolicy",
        document_parameters={"AllowUsersToChangePassword": True},
        shared=(
            "MinimumPasswordLength",
            "PasswordReusePrevention",
            "MaxPasswordAge",
            "RequireUppercaseCharacters",
            "RequireLowercaseCharacters",
            "RequireSymbols",
            "RequireNumbers",
        ),
        permissions=(*RUN, "iam:GetAccountPasswordPolicy", "iam:UpdateAccountPasswordPolicy"),
        home_only=True,
    ),
    "default-security-groups": ShippedRemediation(
        identifier="VPC_DEFAULT_SECURITY_GROUP_CLOSED",
        document="AWSConfigRemediation-RemoveVPCDefaultSecurityGroupRules",
        document_parameters={"GroupId": RESOURCE},
        permissions=(
            *RUN,
            "ec2:DescribeSecurityGroups",
            "ec2:RevokeSecurityGroupEgress",
            "ec2:RevokeSecurityGroupIngress",
        ),
    ),
    "open-ssh": ShippedRemediation(
        identifier="INCOMING_SSH_DISABLED",
        document="AWS-DisableIncomingSSHOnPort22",
        document_parameters={"SecurityGroupIds": RESOURCE},
        permissions=("ec2:DescribeSecurityGroups", "ec2:RevokeSecurityGroupIngress"),
    ),
    "open-admin-ports": ShippedRemediation(
        # The document knows no ports: it takes out every rule that lets everybody in, of a group of which the rule has
        # found one (its page). Telnet, RDP, VNC, WinRM; SSH has a document that closes nothing else.
        identifier="VPC_SG_PORT_RESTRICTION_CHECK",
        parameters={"restrictPorts": "23,3389,5900,5985,5986"},
        document="AWSConfigRemediation-RemoveUnrestrictedSourceIngressRules",
        document_parameters={"SecurityGroupId": RESOURCE},
        permissions=(*RUN, "ec2:DescribeSecurityGroups", "ec2:RevokeSecurityGroupIngress"),
    ),
    "public-buckets": ShippedRemediation(
        identifier="S3_BUCKET_LEVEL_PUBLIC_ACCESS_PROHIBITED",
        document="AWSConfigRemediation-ConfigureS3BucketPublicAccessBlock",
        document_parameters={
            "BucketName": RESOURCE,
            "BlockPublicAcls": True,
            "BlockPublicPolicy": True,
            "IgnorePublicAcls": True,
            "RestrictPublicBuckets": True,
        },
        # The page names the actions for a whole account, which the steps, by their operations, do not need.
        permissions=(*RUN, "s3:GetBucketPublicAccessBlock", "s3:PutBucketPublicAccessBlock"),
    ),
    "volume-encryption": ShippedRemediation(
        identifier="EC2_EBS_ENCRYPTION_BY_DEFAULT",
        document="AWSConfigRemediation-EnableEbsEncryptionByDefault",
        permissions=(*RUN, "ec2:EnableEbsEncryptionByDefault", "ec2:GetEbsEncryptionByDefault"),
    ),
    "flow-logs": ShippedRemediation(
        # Those of AWS look at the bucket, which is the log archive's and shows itself to nobody: the document is ours.
        identifier="VPC_FLOW_LOGS_ENABLED",
        document=FLOW_LOGS_DOCUMENT,
        document_parameters={"VpcId": RESOURCE, "LogDestinationARN": FLOW_LOG_BUCKET, "TrafficType": "ALL"},
        permissions=(
            "ec2:CreateFlowLogs",
            "ec2:DescribeFlowLogs",
            "logs:CreateLogDelivery",
            "logs:DeleteLogDelivery",
        ),
    ),
}
"""By the key that an entry of the config has."""
