"""A permissions boundary for roles that teams make themselves: no way out of it, and none around the landing zone."""

from troposphere import Sub, Template
from troposphere.iam import ManagedPolicy

REGIONS = "home"  # IAM is global
PATH = "/landing/"


def permission_boundary(*, denied_actions: list[str] | None = None) -> Template:
    """The policy `landing/landing-boundary`, which lets everything through but ways out of it.

    Who has it makes only roles and users that have it too, takes it off nobody, and changes neither the policy nor what
    the landing zone has made, nor the account. `denied_actions` are denied besides. Name, path and description stay as
    they are: IAM replaces a policy for another, and not while roles have it.
    """
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
    statements = [
        {"Sid": "Everything", "Effect": "Allow", "Action": "*", "Resource": "*"},
        {
            "Sid": "OnlyWithBoundary",
            "Effect": "Deny",
            "Action": [
                "iam:CreateRole",
                "iam:CreateUser",
                "iam:PutRolePermissionsBoundary",
                "iam:PutUserPermissionsBoundary",
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
            "Action": ["iam:*Role", "iam:*RolePolicy", "iam:UpdateAssumeRolePolicy", "sts:AssumeRole"],
            "Resource": own,
        },
        {
            "Sid": "AccountStays",
            "Effect": "Deny",
            "Action": ["account:*", "organizations:LeaveOrganization"],
            "Resource": "*",
        },
    ]
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
