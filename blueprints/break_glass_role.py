"""The role for emergencies: used by named people of the management account with MFA, when nothing else lets them in."""

import re

from troposphere import Parameter, Sub, Template
from troposphere.iam import Role

REGIONS = "home"  # IAM is global
PERSON = r"(user|role)/[\w+=,.@/-]+"
POLICY = r"[\w+=,.@/-]+"


def break_glass_role(*, trusted: list[str], policies: list[str] | None = None, mfa_minutes: int = 60) -> Template:
    """The role for emergencies, which needs neither an identity provider nor IAM Identity Center.

    `trusted` are those of the management account who may use it, `user/NAME` or `role/NAME`, after they have shown MFA
    within `mfa_minutes`; `policies` are AWS's own by name, AdministratorAccess when left out. A session lasts an hour.
    `access.exempt_roles: [break-glass]` lets it through the guardrails; `services.alarms.watched_roles` tells of uses.
    """
    if not trusted or not all(re.fullmatch(PERSON, who) for who in trusted):
        raise ValueError("`trusted` are `user/NAME` or `role/NAME`, each written out: at least one, and no pattern")
    if mfa_minutes < 1 or not all(re.fullmatch(POLICY, name) for name in policies or ()):
        raise ValueError("`mfa_minutes` is 1 or more, and `policies` are names of policies of AWS")
    template = Template("Role for emergencies")
    for name in ("ManagementAccountId", "OrganizationId"):
        template.add_parameter(Parameter(name, Type="String"))
    management = "arn:${AWS::Partition}:iam::${ManagementAccountId}"
    template.add_resource(
        Role(
            "BreakGlassRole",
            RoleName="break-glass",
            Description="For emergencies only: every use is looked into",
            MaxSessionDuration=3600,
            AssumeRolePolicyDocument={
                "Version": "2012-10-17",
                "Statement": [
                    {
                        "Effect": "Allow",
                        "Principal": {"AWS": Sub(f"{management}:root")},
                        "Action": "sts:AssumeRole",
                        "Condition": {
                            "StringEquals": {"aws:PrincipalOrgID": Sub("${OrganizationId}")},
                            "ArnLike": {"aws:PrincipalArn": [Sub(f"{management}:{who}") for who in trusted]},
                            "Bool": {"aws:MultiFactorAuthPresent": "true"},
                            "NumericLessThan": {"aws:MultiFactorAuthAge": str(mfa_minutes * 60)},
                        },
                    }
                ],
            },
            ManagedPolicyArns=[
                Sub(f"arn:${{AWS::Partition}}:iam::aws:policy/{name}") for name in policies or ["AdministratorAccess"]
            ],
        )
    )
    return template
