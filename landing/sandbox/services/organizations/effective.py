"""The effective policy of an account: what its declarative policies come to ("Inheritance operators")."""

from __future__ import annotations

import json
from typing import Any

from landing.policy.declarative import effective
from landing.policy.declarative.shape import Lack, complete
from landing.policy.declarative.shapes import SHAPES
from landing.sandbox.protocol.refusal import Refusal
from landing.sandbox.services.call import Call
from landing.sandbox.services.organizations.access import current, denied
from landing.sandbox.services.organizations.members import shown as shown_account
from landing.sandbox.services.organizations.refusals import invalid
from landing.sandbox.services.organizations.state import Organization


def document(organization: Organization, account: str, policy_type: str) -> dict[str, Any] | None:
    """What the policies of a type say about a member; None if the type is off or none is attached above it."""
    if organization.policy_types.get(policy_type) != "ENABLED":
        return None
    levels = [
        [json.loads(policy.content) for policy in organization.attached(target, policy_type)]
        for target in reversed(list(organization.ancestry(account)))
    ]
    return dict(effective(levels).document) if any(levels) else None


def describe_effective_policy(call: Call) -> dict[str, Any]:
    """A member sees its own, the management account everyone's (API reference, DescribeEffectivePolicy)."""
    organization = current(call)
    account = call.get("TargetId", call.account)
    if account.startswith(("r-", "ou-")):
        raise invalid("TARGET_NOT_SUPPORTED", "The target must be an account.")
    sees_all = call.account == organization.management_account or call.account in organization.delegated
    if account != call.account and not sees_all:
        raise denied()
    organization.member(account, "TargetNotFoundException")
    found = document(organization, account, call["PolicyType"])
    if found is None:
        raise _not_found()
    return {
        "EffectivePolicy": {
            "PolicyContent": json.dumps(found),
            "LastUpdatedTimestamp": call.world.now,
            "TargetId": account,
            "PolicyType": call["PolicyType"],
        }
    }


def _not_found() -> Refusal:
    return Refusal("EffectivePolicyNotFoundException", "The effective policy of this type is not found.")


def _lacks(organization: Organization, account: str, policy_type: str) -> list[Lack]:
    """Why what the policies of a type come to is not valid for a member (User Guide, "Invalid effective policies")."""
    found = document(organization, account, policy_type)
    return [] if found is None or policy_type not in SHAPES else [*complete(found, SHAPES[policy_type])]


def list_accounts_with_invalid_effective_policy(call: Call) -> dict[str, Any]:
    """The members whose policies together are not valid: they keep what was valid before (API reference)."""
    organization, policy_type = current(call), call["PolicyType"]
    if organization.policy_types.get(policy_type) != "ENABLED":
        raise _not_found()
    wrong = [member for member in organization.members.values() if _lacks(organization, member.id, policy_type)]
    page = call.page("Accounts", wrong, show=lambda member: shown_account(call.world, organization, member))
    return {**page, "PolicyType": policy_type}


def list_effective_policy_validation_errors(call: Call) -> dict[str, Any]:
    """What is wrong with the policies of one member together (API reference)."""
    organization, policy_type = current(call), call["PolicyType"]
    member = organization.member(call["AccountId"])
    if organization.policy_types.get(policy_type) != "ENABLED":
        raise _not_found()
    attached = [
        policy.id
        for target in organization.ancestry(member.id)
        for policy in organization.attached(target, policy_type)
    ]
    errors = [
        {
            "ErrorCode": lack.error,
            "ErrorMessage": lack.message,
            "PathToError": "/".join(lack.where),
            "ContributingPolicies": attached,
        }
        for lack in _lacks(organization, member.id, policy_type)
    ]
    return {
        **call.page("EffectivePolicyValidationErrors", errors),
        "AccountId": member.id,
        "PolicyType": policy_type,
        "Path": organization.path(member.parent),
        "EvaluationTimestamp": call.world.now,
    }
