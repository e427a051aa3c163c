"""Policy types of the root, and policies on roots, units and accounts."""

from __future__ import annotations

from typing import Any

from landing.sandbox.protocol.refusal import Refusal
from landing.sandbox.services import event_history
from landing.sandbox.services.call import Call
from landing.sandbox.services.organizations.access import arn_of, current
from landing.sandbox.services.organizations.lifecycle import shown_root
from landing.sandbox.services.organizations.policies import summary
from landing.sandbox.services.organizations.refusals import invalid, violated
from landing.sandbox.services.organizations.state import Organization, organizations_of
from landing.sandbox.services.organizations.types import DEFAULTS, RCP, SCP, TYPES
from landing.sandbox.world import World

SWITCHING = 10
"""Virtual seconds that switching a policy type takes when nobody asks after it."""


def enable_policy_type(call: Call) -> dict[str, Any]:
    """PENDING_ENABLE for a while (API reference, EnablePolicyType)."""
    organization = current(call)
    policy_type = _switchable(call, organization)
    if policy_type in organization.policy_types:
        raise Refusal("PolicyTypeAlreadyEnabledException", "The specified policy type is already enabled.")
    service = TYPES[policy_type].service
    if service is not None and service not in organization.services:
        raise violated(
            "SERVICE_ACCESS_NOT_ENABLED",
            f"You must enable service access for {service} before you enable the policy type.",
        )
    return _switch(call, organization, policy_type, "PENDING_ENABLE")


def disable_policy_type(call: Call) -> dict[str, Any]:
    """Every policy of the type is detached from everything, for good (API reference, DisablePolicyType)."""
    organization = current(call)
    policy_type = _switchable(call, organization)
    if policy_type not in organization.policy_types:
        raise _not_enabled()
    return _switch(call, organization, policy_type, "PENDING_DISABLE")


def _switchable(call: Call, organization: Organization) -> str:
    policy_type: str = call["PolicyType"]
    if call["RootId"] != organization.root:
        raise Refusal("RootNotFoundException", "You specified a root that doesn't exist.")
    if organization.feature_set != "ALL":
        raise Refusal(
            "PolicyTypeNotAvailableForOrganizationException",
            "You can't use the specified policy type with the feature set currently enabled.",
        )
    if organization.policy_types.get(policy_type, "").startswith("PENDING"):
        raise Refusal("PolicyChangesInProgressException", "Changes to the policy type are in progress.")
    return policy_type


def _switch(call: Call, organization: Organization, policy_type: str, status: str) -> dict[str, Any]:
    organization.policy_types[policy_type] = status
    call.world.clock.later(
        finish_switching,
        organization.management_account,
        policy_type,
        thing=("policy-types", organization.id),
        seconds=SWITCHING,
    )
    return {"Root": shown_root(organization)}


def finish_switching(world: World, management_account: str, policy_type: str) -> None:
    """The type is on, with its default policy everywhere; or off, with none of its policies anywhere."""
    organization = organizations_of(world).organizations.get(management_account)
    if organization is None:
        return
    if organization.policy_types.pop(policy_type) == "PENDING_ENABLE":
        organization.policy_types[policy_type] = "ENABLED"
        if policy_type in DEFAULTS:
            for target in (*organization.units, *organization.members):
                organization.attach(DEFAULTS[policy_type], target)
        return
    for policy in organization.policies.values():
        if policy.type == policy_type:
            for target in list(organization.targets.get(policy.id, ())):
                organization.detach(policy.id, target)


def attach_policy(call: Call) -> None:
    """Of an enabled type, not twice, not too many (API reference, AttachPolicy; "Quotas")."""
    organization = current(call)
    policy = organization.policy(call["PolicyId"])
    target = _target(organization, call["TargetId"])
    if organization.policy_types.get(policy.type) != "ENABLED":
        raise _not_enabled()
    if policy.id in organization.attachments.get(target, ()):
        raise Refusal("DuplicatePolicyAttachmentException", "A policy with the same name and type is already attached.")
    if len(organization.attached(target, policy.type)) >= TYPES[policy.type].attached:
        raise violated(
            "MAX_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED",
            "You have attached the maximum number of policies to the specified target.",
        )
    organization.attach(policy.id, target)
    call.world.publish("policies-changed", organization.management_account, type=policy.type)
    event_history.record(call)


def detach_policy(call: Call) -> None:
    """Never the last SCP, never RCPFullAWSAccess (API reference, DetachPolicy; User Guide, "RCPs")."""
    organization = current(call)
    policy = organization.policy(call["PolicyId"])
    target = _target(organization, call["TargetId"])
    if policy.id not in organization.attachments.get(target, ()):
        raise Refusal("PolicyNotAttachedException", "The policy isn't attached to the specified target.")
    if policy.id == DEFAULTS[RCP]:
        raise invalid("NON_DETACHABLE_POLICY", "You can't detach this AWS managed policy.")
    if policy.type == SCP and len(organization.attached(target, SCP)) == 1:
        raise violated(
            "MIN_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED",
            "You cannot remove the last service control policy of the specified target.",
        )
    organization.detach(policy.id, target)
    call.world.publish("policies-changed", organization.management_account, type=policy.type)
    event_history.record(call)


def list_policies_for_target(call: Call) -> dict[str, Any]:
    """What is attached directly, not what is inherited (API reference, ListPoliciesForTarget)."""
    organization = current(call)
    policies = organization.attached(_target(organization, call["TargetId"]), call["Filter"])
    return call.page("Policies", policies, show=lambda policy: summary(organization, policy))


def list_targets_for_policy(call: Call) -> dict[str, Any]:
    """Roots, units and accounts with their names (API reference, ListTargetsForPolicy)."""
    organization = current(call)
    policy = organization.policy(call["PolicyId"])

    def shown(target: str) -> dict[str, Any]:
        kind, name = "ORGANIZATIONAL_UNIT", ""
        if target in organization.members:
            kind, name = "ACCOUNT", call.world.accounts[target].name
        elif target == organization.root:
            kind = "ROOT"
        name = name or organization.units[target].name
        return {"TargetId": target, "Arn": arn_of(organization, target), "Name": name, "Type": kind}

    return call.page("Targets", list(organization.targets.get(policy.id, ())), show=shown)


def _target(organization: Organization, target: str) -> str:
    if not organization.has_target(target):
        raise Refusal("TargetNotFoundException", "You specified a target that doesn't exist.")
    return target


def _not_enabled() -> Refusal:
    return Refusal("PolicyTypeNotEnabledException", "This operation can be performed only for enabled policy types.")
