"""Policies: creating, changing, deleting and listing them; where they are attached is `attachments`."""

from __future__ import annotations

from typing import Any

from landing.sandbox.protocol.refusal import Refusal
from landing.sandbox.services import event_history
from landing.sandbox.services.call import Call
from landing.sandbox.services.organizations.access import arn_of, current
from landing.sandbox.services.organizations.documents import check
from landing.sandbox.services.organizations.refusals import invalid, violated
from landing.sandbox.services.organizations.state import Organization, Policy
from landing.sandbox.services.organizations.tags import checked
from landing.sandbox.services.organizations.types import DEFAULTS, TYPES


def create_policy(call: Call) -> dict[str, Any]:
    """Its type need not be enabled, its name is used once in a type (API reference, CreatePolicy)."""
    organization = current(call)
    if organization.feature_set != "ALL":
        raise Refusal(
            "PolicyTypeNotAvailableForOrganizationException",
            "You can't use the specified policy type with the feature set currently enabled.",
        )
    policy_type = call["Type"]
    check(policy_type, call["Content"])
    tags = checked({}, call.get("Tags", []))
    _check_name(organization, policy_type, call["Name"], None)
    if sum(policy.type == policy_type for policy in organization.policies.values()) >= TYPES[policy_type].number:
        raise violated("POLICY_NUMBER_LIMIT_EXCEEDED", "You have exceeded the number of policies.")
    policy = Policy("p-" + call.world.token(8), policy_type, call["Name"], call["Description"], call["Content"])
    organization.policies[policy.id] = policy
    if tags:
        organization.tags[policy.id] = tags
    event_history.record(call)
    return {"Policy": _shown(organization, policy)}


def _check_name(organization: Organization, policy_type: str, name: str, policy: str | None) -> None:
    for other in organization.policies.values():
        if other.type == policy_type and other.name == name and other.id != policy:
            raise Refusal("DuplicatePolicyException", "A policy with the same name already exists.")


def describe_policy(call: Call) -> dict[str, Any]:
    """The content comes back byte for byte as it was sent (API reference, DescribePolicy)."""
    organization = current(call)
    return {"Policy": _shown(organization, organization.policy(call["PolicyId"]))}


def update_policy(call: Call) -> dict[str, Any]:
    """What is not given stays (API reference, UpdatePolicy)."""
    organization = current(call)
    policy = _own(organization, call["PolicyId"])
    if "Content" in call:
        check(policy.type, call["Content"])
    if "Name" in call:
        _check_name(organization, policy.type, call["Name"], policy.id)
    policy.content = call.get("Content", policy.content)
    policy.name = call.get("Name", policy.name)
    policy.description = call.get("Description", policy.description)
    if "Content" in call:
        call.world.publish("policies-changed", organization.management_account, type=policy.type)
    event_history.record(call)
    return {"Policy": _shown(organization, policy)}


def delete_policy(call: Call) -> None:
    """Only one that is attached nowhere (API reference, DeletePolicy)."""
    organization = current(call)
    policy = _own(organization, call["PolicyId"])
    if organization.targets.get(policy.id):
        raise Refusal(
            "PolicyInUseException",
            "The policy is attached to one or more entities. You must detach it from all roots, OUs, and "
            "accounts before performing this operation.",
        )
    del organization.policies[policy.id]
    organization.targets.pop(policy.id, None)
    organization.tags.pop(policy.id, None)


def _own(organization: Organization, policy_id: str) -> Policy:
    """A policy that may be changed."""
    policy = organization.policy(policy_id)
    if policy.is_aws_managed:
        raise invalid("IMMUTABLE_POLICY", "You specified a policy that is managed by AWS and can't be modified.")
    return policy


def list_policies(call: Call) -> dict[str, Any]:
    """Those of one type, AWS's own among them (API reference, ListPolicies)."""
    organization = current(call)
    policies = [policy for policy in organization.policies.values() if policy.type == call["Filter"]]
    return call.page("Policies", policies, show=lambda policy: summary(organization, policy))


def attach_defaults(organization: Organization, target: str) -> None:
    """Give a new target the AWS managed policies of the enabled types (User Guide, "SCPs", "RCPs")."""
    for policy_type, policy in DEFAULTS.items():
        if organization.policy_types.get(policy_type) == "ENABLED":
            organization.attach(policy, target)


def summary(organization: Organization, policy: Policy) -> dict[str, Any]:
    """A policy without its content."""
    return {
        "Id": policy.id,
        "Arn": arn_of(organization, policy.id),
        "Name": policy.name,
        "Description": policy.description,
        "Type": policy.type,
        "AwsManaged": policy.is_aws_managed,
    }


def _shown(organization: Organization, policy: Policy) -> dict[str, Any]:
    return {"PolicySummary": summary(organization, policy), "Content": policy.content}
