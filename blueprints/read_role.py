"""A role in every account that can only read, by which `landing plan` and `landing drift` look at it."""

from troposphere import Parameter, Sub, Template
from troposphere.iam import Policy, Role

REGIONS = "home"  # IAM is global


def read_role(*, trusted: str = "*", max_session_hours: int = 1, member_reads: list[str] | None = None) -> Template:
    """A role that can only read, for planning and for drift.

    `trusted` is the name (`*` allowed) of the management account's roles and users that may assume it, a path with it:
    `role/landing-plan`. Name the role as `access.read_role: landing-read` once it is in every account.
    `member_reads` are the actions by which services are read in members, filled in from their declarations;
    `SecurityAudit` has what CloudFormation reads besides, to detect drift.
    """
    template = Template("Role by which plan and drift read this account")
    template.add_parameter(Parameter("ManagementAccountId", Type="String"))
    template.add_parameter(Parameter("OrganizationId", Type="String"))
    reading = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": member_reads, "Resource": "*"}],
    }
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
            Policies=[Policy(PolicyName="landing-reads", PolicyDocument=reading)] if member_reads else [],
        )
    )
    return template
