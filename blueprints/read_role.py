"""A role in every account that can only read, by which `landing plan` and `landing drift` look at it."""

from troposphere import Parameter, Sub, Template
from troposphere.iam import Policy, Role

REGIONS = "home"  # IAM is global

READS = [
    "cloudformation:DescribeStackDriftDetectionStatus",
    "cloudformation:DescribeStackResourceDrifts",
    "cloudformation:DescribeStacks",
    "cloudformation:DetectStackDrift",
    "cloudformation:DetectStackResourceDrift",
    "cloudformation:GetTemplate",
    "cloudtrail:DescribeTrails",
    "cloudtrail:GetEventSelectors",
    "cloudtrail:GetInsightSelectors",
    "cloudtrail:GetTrailStatus",
    "config:DescribeOrganizationConfigRules",
    "config:SelectAggregateResourceConfig",
    "guardduty:DescribeOrganizationConfiguration",
    "guardduty:DescribePublishingDestination",
    "guardduty:GetDetector",
    "guardduty:ListDetectors",
    "guardduty:ListPublishingDestinations",
    "kms:DescribeKey",
    "macie2:DescribeOrganizationConfiguration",
    "macie2:GetAutomatedDiscoveryConfiguration",
    "macie2:GetClassificationExportConfiguration",
    "macie2:GetMacieSession",
    "securityhub:DescribeOrganizationConfiguration",
    "securityhub:GetConfigurationPolicy",
    "securityhub:GetFindingAggregator",
    "securityhub:ListConfigurationPolicies",
    "securityhub:ListConfigurationPolicyAssociations",
    "securityhub:ListFindingAggregators",
]
"""What `landing` reads in members; `SecurityAudit` has what CloudFormation reads besides, to detect drift."""


def read_role(*, trusted: str = "*", max_session_hours: int = 1) -> Template:
    """A role that can only read, for planning and for drift.

    `trusted` is the name (`*` allowed) of the management account's roles and users that may assume it, a path with it:
    `role/landing-plan`. Name the role as `access.read_role: landing-read` once it is in every account.
    """
    template = Template("Role by which plan and drift read this account")
    template.add_parameter(Parameter("ManagementAccountId", Type="String"))
    template.add_parameter(Parameter("OrganizationId", Type="String"))
    management = "arn:${AWS::Partition}:iam::${ManagementAccountId}"
    template.add_resource(
        Role(
            "ReadRole",
            RoleName="landing-read",
            Description="The management account plans and reports drift, and changes nothing",
            MaxSessionDuration=max_session_hours * 3600,
            AssumeRolePolicyDocument={
                "Version": "2012-10-17",
                "Statement": [
                    {
                        "Effect": "Allow",
                        "Principal": {"AWS": Sub(f"{management}:root")},
                        "Action": "sts:AssumeRole",
                        "Condition": {
                            "StringEquals": {"aws:PrincipalOrgID": Sub("${OrganizationId}")},
                            "ArnLike": {"aws:PrincipalArn": Sub(f"{management}:{trusted}")},
                        },
                    }
                ],
            },
            ManagedPolicyArns=[Sub("arn:${AWS::Partition}:iam::aws:policy/SecurityAudit")],
            Policies=[
                Policy(
                    PolicyName="landing-reads",
                    PolicyDocument={
                        "Version": "2012-10-17",
                        "Statement": [{"Effect": "Allow", "Action": READS, "Resource": "*"}],
                    },
                )
            ],
        )
    )
    return template
