"""The alias of an account, by which its users sign in, and which its console shows."""

import re

from troposphere import GetAtt, Ref, Template
from troposphere.iam import Policy, Role

from landing.blueprint.automation import add_document, add_schedule
from landing.blueprint.resource_names import ACCOUNT_ALIAS

REGIONS = "home"  # IAM is global
FORM = r"(?!\d{12}$)[a-z0-9]([a-z0-9]|-(?!-)){1,61}[a-z0-9]"
"""IAM API reference, CreateAccountAlias; not the id of an account."""


def account_alias(*, alias: str, every_hours: int = 24) -> Template:
    """The account has this alias, which nobody else in the world may have; another that it has is replaced.

    CloudFormation has no type for it: every `every_hours` a document sets it, where it is another. It stays when the
    stack goes.
    """
    if not re.fullmatch(FORM, alias) or not 1 <= every_hours <= 720:
        raise ValueError("`alias` has 3 to 63 small letters, digits and single `-`; `every_hours` is from 1 to 720")
    template = Template("Alias of the account")
    allowed = {"Effect": "Allow", "Action": ["iam:CreateAccountAlias", "iam:ListAccountAliases"], "Resource": "*"}
    trusted = {"Effect": "Allow", "Principal": {"Service": "ssm.amazonaws.com"}, "Action": "sts:AssumeRole"}
    own = {"StringEquals": {"aws:SourceAccount": Ref("AWS::AccountId")}}
    role = template.add_resource(
        Role(
            "AliasRole",
            RoleName=ACCOUNT_ALIAS,
            Description="Systems Manager sets the alias of this account",
            AssumeRolePolicyDocument={"Version": "2012-10-17", "Statement": [{**trusted, "Condition": own}]},
            Policies=[Policy(PolicyName="alias", PolicyDocument={"Version": "2012-10-17", "Statement": [allowed]})],
        )
    )
    steps = [
        {
            "name": "has",
            "action": "aws:executeAwsApi",
            "inputs": {"Service": "iam", "Api": "ListAccountAliases"},
            "outputs": [{"Name": "Alias", "Selector": "$.AccountAliases[0]", "Type": "String"}],
            "isCritical": False,  # as where there is none
            "onFailure": "step:set",
        },
        {
            "name": "right",
            "action": "aws:branch",
            "inputs": {
                "Choices": [{"NextStep": "done", "Variable": "{{ has.Alias }}", "StringEquals": "{{ Alias }}"}],
                "Default": "set",
            },
        },
        {
            "name": "set",
            "action": "aws:executeAwsApi",
            "isEnd": True,
            "inputs": {"Service": "iam", "Api": "CreateAccountAlias", "AccountAlias": "{{ Alias }}"},
        },
        {"name": "done", "action": "aws:sleep", "isEnd": True, "inputs": {"Duration": "PT1S"}},
    ]
    described = "Sets the alias of the account"
    document = add_document(template, ACCOUNT_ALIAS, described, GetAtt(role, "Arn"), steps, Alias=f"^{FORM}$")
    add_schedule(template, "Set", document, every_hours, Alias=alias)
    return template
