"""The organization itself: its beginning, its end, its root, its feature sets."""

from __future__ import annotations

from typing import Any

from landing.sandbox.protocol.refusal import Refusal
from landing.sandbox.services.call import Call
from landing.sandbox.services.organizations.access import current
from landing.sandbox.services.organizations.handshakes import open_handshake
from landing.sandbox.services.organizations.handshakes import shown as shown_handshake
from landing.sandbox.services.organizations.membership import depart
from landing.sandbox.services.organizations.state import Member, Organization, Unit, organization_of, organizations_of
from landing.sandbox.services.organizations.types import aws_managed_policies
from landing.sandbox.world import World


def create_organization(call: Call) -> dict[str, Any]:
    """The caller becomes the management account (API reference, CreateOrganization)."""
    if organization_of(call.world, call.account) is not None:
        raise Refusal("AlreadyInOrganizationException", "The AWS account is already a member of an organization.")
    return {"Organization": _shown(call, found(call.world, call.account, call.get("FeatureSet", "ALL")))}


def found(world: World, management_account: str, feature_set: str) -> Organization:
    """A new organization with its root, its management account and AWS's own policies."""
    state = organizations_of(world)
    root = "r-" + world.token(4)
    organization = Organization(
        id="o-" + world.token(10),
        management_account=management_account,
        feature_set=feature_set,
        root=root,
        partition=world.partition,
    )
    organization.units[root] = Unit(root, "Root", None)
    organization.policies |= {policy.id: policy for policy in aws_managed_policies()}
    organization.members[management_account] = Member(management_account, root, "INVITED", world.now)
    organization.units[root].accounts[management_account] = None
    state.organizations[management_account] = organization
    state.of_account[management_account] = management_account
    return organization


def describe_organization(call: Call) -> dict[str, Any]:
    """For every member (API reference, DescribeOrganization)."""
    return {"Organization": _shown(call, current(call))}


def delete_organization(call: Call) -> None:
    """Refused while there is any member, closed ones included (API reference, DeleteOrganization)."""
    organization = current(call)
    if len(organization.members) > 1:
        raise Refusal(
            "OrganizationNotEmptyException",
            "To delete an organization you must first remove all member accounts (except the master).",
        )
    state = organizations_of(call.world)
    del state.organizations[call.account]
    del state.of_account[call.account]


def list_roots(call: Call) -> dict[str, Any]:
    """Asking brings a policy type that is being switched closer to its end (API reference, ListRoots)."""
    organization = current(call)
    call.poll(("policy-types", organization.id))
    return call.page("Roots", [shown_root(organization)])


def shown_root(organization: Organization) -> dict[str, Any]:
    """The root with the state of its policy types."""
    return {
        "Id": organization.root,
        "Arn": organization.arn("root", organization.root),
        "Name": "Root",
        "PolicyTypes": [
            {"Type": policy_type, "Status": status} for policy_type, status in organization.policy_types.items()
        ],
    }


def enable_all_features(call: Call) -> dict[str, Any]:
    """Invited members must agree, then the management account confirms ("Enabling all features")."""
    organization = current(call)
    if organization.feature_set == "ALL":
        raise Refusal(
            "HandshakeConstraintViolationException",
            "The organization already has all features enabled.",
            Reason="ORGANIZATION_ALREADY_HAS_ALL_FEATURES",
        )
    handshake = open_handshake(call, organization, "ENABLE_ALL_FEATURES", days=90, account=call.account)
    asked = [m.id for m in organization.members.values() if m.method == "INVITED" and m.id != call.account]
    for account in asked:
        open_handshake(call, organization, "APPROVE_ALL_FEATURES", days=90, account=account)
    if asked:
        handshake.state = "REQUESTED"
    else:
        handshake.state, organization.feature_set = "ACCEPTED", "ALL"
    return {"Handshake": shown_handshake(call, handshake)}


def leave_organization(call: Call) -> None:
    """For members, not for the management account (API reference, LeaveOrganization)."""
    organization = current(call)
    if call.account == organization.management_account:
        raise Refusal(
            "MasterCannotLeaveOrganizationException",
            "You can't remove a management account from an organization.",
        )
    depart(call.world, organization, call.account, "LEFT")


def _shown(call: Call, organization: Organization) -> dict[str, Any]:
    management = organization.management_account
    policy_types = [{"Type": "SERVICE_CONTROL_POLICY", "Status": "ENABLED"}]
    return {
        "Id": organization.id,
        "Arn": f"arn:{call.partition}:organizations::{management}:organization/{organization.id}",
        "FeatureSet": organization.feature_set,
        "MasterAccountArn": organization.arn("account", management),
        "MasterAccountId": management,
        "MasterAccountEmail": call.world.accounts[management].email,
        "AvailablePolicyTypes": policy_types if organization.feature_set == "ALL" else [],
    }
