"""A permissions boundary for roles that teams make themselves: what they make has it too, and it protects itself."""

import re

from troposphere import Sub, Template
from troposphere.iam import ManagedPolicy

CONTROLS = ("nist-800-53-r5:AC-6", "nist-csf-2.0:PR.AA-05")
REGIONS = "home"  # IAM is global
PATH = "/landing/"


def permission_boundary(*, denied_actions: list[str] | None = None) -> Template:
    """The policy `landing/landing-boundary`.

    Who has it makes only roles and users that have it too and gives policies to no others, takes it off nobody, makes
    no passwords and keys of users, and changes neither the policy nor the roles of the landing zone, nor the account. A
    role without it that trusts the account, or that may be passed to a service, is a way around it: have few.
    `denied_actions` are denied besides. Name, path and description stay as they are: IAM replaces a policy for another,
    and not while roles have it.
    """
    if not all(re.fullmatch(r"[a-z0-9-]+:[A-Za-z0-9*?]+", action) for action in denied_actions or ()):
        raise ValueError("`denied_actions` are SERVICE:ACTION")
    statements = _statements()
    if denied_actions:
        statements.append({"Sid": "Denied", "Effect": "Deny", "Action": sorted(denied_actions), "Resource": "*"})
    template = Template("Permissions boundary for roles that teams make")
    template.add_resource(
        ManagedPolicy(
            "Boundary",
            ManagedPolicyName="landing-boundary",
            Path=PATH,
            Description="Roles that teams make may do no more than this",
            PolicyDocument={"Version": "2012-10-17", "Statement": statements},
        )
    )
    return template


def _statements() -> list[dict[str, object]]:
    """What it lets through, and what it denies whoever has it."""
    boundary = Sub(f"arn:${{AWS::Partition}}:iam::${{AWS::AccountId}}:policy{PATH}landing-boundary")
    own = [
        Sub(f"arn:${{AWS::Partition}}:iam::${{AWS::AccountId}}:{kind}")
        for kind in (
            "role/landing-*",
            "role/stacksets-exec-*",
            "role/OrganizationAccountAccessRole",
            "role/break-glass",
        )
    ]
    return [
        {"Sid": "Everything", "Effect": "Allow", "Action": "*", "Resource": "*"},
        {
            "Sid": "OnlyWithBoundary",
            "Effect": "Deny",
            "Action": [
                "iam:AttachRolePolicy",
                "iam:AttachUserPolicy",
                "iam:CreateRole",
                "iam:CreateUser",
                "iam:PutRolePermissionsBoundary",
                "iam:PutRolePolicy",
                "iam:PutUserPermissionsBoundary",
                "iam:PutUserPolicy",
            ],
            "Resource": "*",
            "Condition": {"StringNotEquals": {"iam:PermissionsBoundary": boundary}},
        },
        {
            "Sid": "BoundaryStays",
            "Effect": "Deny",
            "Action": ["iam:DeleteRolePermissionsBoundary", "iam:DeleteUserPermissionsBoundary"],
            "Resource": "*",
        },
        {
            "Sid": "NoPasswordsAndKeys",
            "Effect": "Deny",
            "Action": ["iam:CreateAccessKey", "iam:CreateLoginProfile", "iam:UpdateLoginProfile"],
            "Resource": "*",
        },
        {
            "Sid": "PolicyStays",
            "Effect": "Deny",
            "Action": [
                "iam:CreatePolicyVersion",
                "iam:DeletePolicy",
                "iam:DeletePolicyVersion",
                "iam:SetDefaultPolicyVersion",
            ],
            "Resource": boundary,
        },
        {
            "Sid": "LandingZoneStays",
            "Effect": "Deny",
            "Action": [
                "iam:*Role",
                "iam:*RolePolicy",
                "iam:PutRolePermissionsBoundary",
                "iam:UpdateAssumeRolePolicy",
                "sts:AssumeRole",
            ],
            "Resource": own,
        },
        {
            "Sid": "AccountStays",
            "Effect": "Deny",
            "Action": ["account:*", "organizations:LeaveOrganization"],
            "Resource": "*",
        },
    ]
