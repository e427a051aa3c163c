"""Which capabilities a template needs (User Guide, "Acknowledging IAM resources in CloudFormation templates")."""

from __future__ import annotations

from collections.abc import Collection

from landing.sandbox.protocol.refusal import Refusal
from landing.sandbox.services.cloudformation.template import Template

NAMES = {
    "AWS::IAM::AccessKey": None,
    "AWS::IAM::Group": "GroupName",
    "AWS::IAM::GroupPolicy": None,
    "AWS::IAM::InstanceProfile": "InstanceProfileName",
    "AWS::IAM::ManagedPolicy": "ManagedPolicyName",
    "AWS::IAM::Policy": None,
    "AWS::IAM::Role": "RoleName",
    "AWS::IAM::RolePolicy": None,
    "AWS::IAM::User": "UserName",
    "AWS::IAM::UserPolicy": None,
    "AWS::IAM::UserToGroupAddition": None,
}
"""Types that need a capability, and the property by which they get a name of one's own."""


def needed(template: Template) -> tuple[str, ...]:
    """CAPABILITY_NAMED_IAM, CAPABILITY_IAM or none."""
    found = [resource for resource in template.resources.values() if resource.type in NAMES]
    if any(NAMES[resource.type] in resource.properties for resource in found):
        return ("CAPABILITY_NAMED_IAM",)
    return ("CAPABILITY_IAM",) if found else ()


def reason(template: Template) -> str | None:
    """Why, in the words of ValidateTemplate."""
    kinds = sorted({resource.type for resource in template.resources.values() if resource.type in NAMES})
    if not kinds:
        return None
    return f"The following resource(s) require capabilities: [{', '.join(kinds)}]"


def check(template: Template, given: Collection[str]) -> None:
    """Refuse what was not acknowledged; CAPABILITY_NAMED_IAM includes CAPABILITY_IAM."""
    missing = [
        capability for capability in needed(template) if capability not in given and "CAPABILITY_NAMED_IAM" not in given
    ]
    if missing:
        raise Refusal("InsufficientCapabilitiesException", f"Requires capabilities : [{', '.join(missing)}]")
