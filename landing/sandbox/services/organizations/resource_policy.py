"""The policy by which members may manage policies ("Delegated administrator for AWS Organizations")."""

from __future__ import annotations

from typing import Any

from landing.sandbox.protocol.documents import listed, statements
from landing.sandbox.protocol.refusal import Refusal
from landing.sandbox.services.call import Call
from landing.sandbox.services.organizations.access import POLICY_MANAGEMENT, READS, current
from landing.sandbox.services.organizations.refusals import invalid
from landing.sandbox.services.organizations.state import Organization
from landing.sandbox.services.organizations.tags import checked

UNSUPPORTED_ELEMENTS = {
    "NotAction": "UNSUPPORTED_ACTION_IN_RESOURCE_POLICY",
    "NotResource": "UNSUPPORTED_RESOURCE_IN_RESOURCE_POLICY",
    "NotPrincipal": "INVALID_PRINCIPAL",
}


def put_resource_policy(call: Call) -> dict[str, Any]:
    """One in an organization, replaced when put again (API reference, PutResourcePolicy)."""
    organization = current(call)
    content = call["Content"]
    for statement in _statements(content):
        _check(statement)
    identifier = organization.resource_policy[0] if organization.resource_policy else "rp-" + call.world.token(8)
    tags = checked(organization.tags.get(identifier, {}), call.get("Tags", []))
    organization.resource_policy = (identifier, content)
    if tags:
        organization.tags[identifier] = tags
    return {"ResourcePolicy": _shown(organization)}


def describe_resource_policy(call: Call) -> dict[str, Any]:
    """API reference, DescribeResourcePolicy."""
    return {"ResourcePolicy": _shown(_having(current(call)))}


def delete_resource_policy(call: Call) -> None:
    """API reference, DeleteResourcePolicy."""
    organization = _having(current(call))
    assert organization.resource_policy is not None
    organization.tags.pop(organization.resource_policy[0], None)
    organization.resource_policy = None


def _having(organization: Organization) -> Organization:
    if organization.resource_policy is None:
        raise Refusal("ResourcePolicyNotFoundException", "We can't find a resource policy request.")
    return organization


def _statements(content: str) -> list[dict[str, Any]]:
    try:
        found = statements(content)
    except ValueError:
        raise _invalid("INVALID_RESOURCE_POLICY_JSON") from None
    if not found or not all(isinstance(statement, dict) for statement in found):
        raise _invalid("INVALID_RESOURCE_POLICY_JSON")
    return found


def _check(statement: dict[str, Any]) -> None:
    for element, reason in UNSUPPORTED_ELEMENTS.items():
        if element in statement:
            raise _invalid(reason)
    if not statement.get("Principal"):
        raise _invalid("INVALID_PRINCIPAL")
    for action in listed(statement.get("Action", [])):
        service, _, name = action.partition(":")
        if service != "organizations" or not (name.startswith(READS) or name in POLICY_MANAGEMENT):
            raise _invalid("UNSUPPORTED_ACTION_IN_RESOURCE_POLICY")


def _invalid(reason: str) -> Refusal:
    return invalid(reason, "The provided resource policy is not valid.")


def _shown(organization: Organization) -> dict[str, Any]:
    assert organization.resource_policy is not None
    identifier, content = organization.resource_policy
    arn = organization.arn("resourcepolicy", identifier)
    return {"ResourcePolicySummary": {"Id": identifier, "Arn": arn}, "Content": content}
