"""A read-only role in every account for the security tooling account."""

from typing import Literal

from troposphere import Parameter, Sub, Template
from troposphere.iam import Role

REGIONS = "home"  # IAM is global


def security_audit_role(*, max_session_hours: Literal[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12] = 1) -> Template:
    """A read-only role in every account for the security tooling account."""
    template = Template("Read-only role for the security tooling account")
    template.add_parameter(Parameter("SecurityToolingAccountId", Type="String"))
    template.add_parameter(Parameter("OrganizationId", Type="String"))
    template.add_resource(
        Role(
            "AuditRole",
            RoleName="landing-security-audit",
            Description="The security tooling account looks, and changes nothing",
            MaxSessionDuration=max_session_hours * 3600,
            AssumeRolePolicyDocument={
                "Version": "2012-10-17",
                "Statement": [
                    {
                        "Effect": "Allow",
                        "Principal": {"AWS": Sub("arn:${AWS::Partition}:iam::${SecurityToolingAccountId}:root")},
                        "Action": "sts:AssumeRole",
                        "Condition": {"StringEquals": {"aws:PrincipalOrgID": Sub("${OrganizationId}")}},
                    }
                ],
            },
            ManagedPolicyArns=[Sub("arn:${AWS::Partition}:iam::aws:policy/SecurityAudit")],
        )
    )
    return template
