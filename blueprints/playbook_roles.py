"""The roles of a playbook: as which it makes its calls, and as which EventBridge starts it."""

from collections.abc import Sequence
from typing import Any

from troposphere import Sub, Template
from troposphere.iam import Policy, Role

from landing.blueprint.resource_names import EXEMPT_TAG, playbook_document, playbook_role, playbook_start_role

REGIONS = "home"  # IAM is global
VERSION = "2012-10-17"
ROLE = "arn:${AWS::Partition}:iam::${AWS::AccountId}:role/"


def playbook_roles(
    *, key: str, title: str, permissions: Sequence[dict[str, Any]], never: Sequence[str] = (), topic: str = ""
) -> Template:
    """The roles of a playbook: as which it makes its calls, and as which EventBridge starts it.

    The first may do what its playbook's policy says, and that to nothing that `never` names or that has the tag
    `landing:playbooks: exempt`; the second may start this one document and nothing else.
    """
    template = Template("Roles of a playbook")
    tag, exempt = EXEMPT_TAG
    actions = sorted({each for statement in permissions for each in _listed(statement["Action"])})
    statements = [
        *permissions,
        {
            "Sid": "HowOften",
            "Effect": "Allow",
            "Action": "ssm:DescribeAutomationExecutions",
            "Resource": "*",
        },
        {
            "Sid": "Exempt",
            "Effect": "Deny",
            "Action": actions,
            "Resource": "*",
            "Condition": {"StringEquals": {f"aws:ResourceTag/{tag}": exempt}},
        },
    ]
    if never:
        statements.append({"Sid": "Never", "Effect": "Deny", "Action": actions, "Resource": sorted(never)})
    if topic:
        statements.append({"Sid": "Approvers", "Effect": "Allow", "Action": "sns:Publish", "Resource": topic})
    template.add_resource(
        Role(
            "PlaybookRole",
            RoleName=playbook_role(key),
            Description=title[:1000],
            AssumeRolePolicyDocument=_trust("ssm.amazonaws.com"),
            Policies=[Policy(PolicyName="playbook", PolicyDocument={"Version": VERSION, "Statement": statements})],
        )
    )
    name = playbook_document(key)
    place = "arn:${AWS::Partition}:ssm:*:${AWS::AccountId}:"
    start = [
        {
            "Effect": "Allow",
            "Action": "ssm:StartAutomationExecution",
            "Resource": [Sub(f"{place}automation-definition/{name}:*"), Sub(f"{place}document/{name}")],
        },
        {
            "Effect": "Allow",
            "Action": "iam:PassRole",
            "Resource": Sub(f"{ROLE}{playbook_role(key)}"),
            "Condition": {"StringEquals": {"iam:PassedToService": "ssm.amazonaws.com"}},
        },
    ]
    template.add_resource(
        Role(
            "StartRole",
            RoleName=playbook_start_role(key),
            Description=f"EventBridge starts the playbook {key}",
            AssumeRolePolicyDocument=_trust("events.amazonaws.com"),
            Policies=[Policy(PolicyName="start", PolicyDocument={"Version": VERSION, "Statement": start})],
        )
    )
    return template


def _trust(service: str) -> dict[str, Any]:
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": service},
        "Action": "sts:AssumeRole",
        "Condition": {"StringEquals": {"aws:SourceAccount": Sub("${AWS::AccountId}")}},
    }
    return {"Version": VERSION, "Statement": [statement]}


def _listed(value: Any) -> list[str]:
    return list(value) if isinstance(value, list) else [value]
