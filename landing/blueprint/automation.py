"""Documents of Systems Manager Automation, as part of a template: the document, whose role it has, when it runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from troposphere import Ref, Sub, Template
from troposphere.iam import Policy, Role
from troposphere.ssm import Association, Document


def role_arn(name: str) -> Sub:
    """The ARN of a role of the account that the stack is in."""
    return Sub(f"arn:${{AWS::Partition}}:iam::${{AWS::AccountId}}:role/{name}")


def add_document(
    template: Template,
    name: str,
    description: str,
    role: Any,
    steps: Sequence[Mapping[str, Any]],
    **parameters: str | type[int],
) -> Document:
    """A document that acts as a role, which must be there; `parameters` are texts with their patterns, or numbers."""
    declared = {
        key: {"type": "String", "allowedPattern": form} if isinstance(form, str) else {"type": "Integer"}
        for key, form in parameters.items()
    }
    content = {
        "schemaVersion": "0.3",
        "description": description,
        "assumeRole": role,
        **({"parameters": declared} if declared else {}),
        "mainSteps": steps,
    }
    return add_content(template, name, content)


def add_content(template: Template, name: str, content: Mapping[str, Any]) -> Document:
    """A document with a content that is whole; another content is a new version."""
    return template.add_resource(
        Document(
            "Document",
            Name=name,
            DocumentType="Automation",
            DocumentFormat="JSON",
            UpdateMethod="NewVersion",
            Content=content,
        )
    )


def add_schedule(
    template: Template, logical: str, document: Document, every_hours: int, *, name: str = "", **parameters: Any
) -> None:
    """Runs a document when the stack is made, and every so many hours (State Manager, associations).

    The association has a name of its own where the document has several.
    """
    template.add_resource(
        Association(
            logical,
            AssociationName=name or document.Name,
            Name=Ref(document),
            Parameters={key: [value] for key, value in parameters.items()},
            ScheduleExpression=f"rate({every_hours} hour{'s' if every_hours > 1 else ''})",
        )
    )


def add_document_role(
    template: Template,
    logical: str,
    name: str,
    *,
    description: str,
    policy: str,
    actions: Sequence[str],
    linked: str = "",
) -> None:
    """A role that Systems Manager takes on in its own account, with one inline policy of these actions.

    It may make the service-linked role of the service principal `linked`.
    """
    trusted = {
        "Effect": "Allow",
        "Principal": {"Service": "ssm.amazonaws.com"},
        "Action": "sts:AssumeRole",
        "Condition": {"StringEquals": {"aws:SourceAccount": Sub("${AWS::AccountId}")}},
    }
    statements: list[dict[str, Any]] = [{"Effect": "Allow", "Action": list(actions), "Resource": "*"}]
    if linked:
        statements.append(
            {
                "Effect": "Allow",
                "Action": "iam:CreateServiceLinkedRole",
                "Resource": role_arn(f"aws-service-role/{linked}/*"),
                "Condition": {"StringEquals": {"iam:AWSServiceName": linked}},
            }
        )
    template.add_resource(
        Role(
            logical,
            RoleName=name,
            Description=description,
            AssumeRolePolicyDocument={"Version": "2012-10-17", "Statement": [trusted]},
            Policies=[Policy(PolicyName=policy, PolicyDocument={"Version": "2012-10-17", "Statement": statements})],
        )
    )
