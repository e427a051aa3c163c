"""How many policies of a type a node may have, and how many places are left beside those of AWS and of others."""

from __future__ import annotations

from landing.organization import ForeignPolicy, Organization
from landing.policy.limits import LIMITS


def slots(organization: Organization, node: str, policy_type: str) -> int:
    """How many policies of a type may be attached to a node besides those of AWS itself and those of others."""
    strict = policy_type == "SERVICE_CONTROL_POLICY" and not organization.full_access(node)
    return _left(organization, node, policy_type, built_in=not strict)


def room(organization: Organization, node: str, policy_type: str) -> int:
    """How many of the policies that `attachments` lists a node may have: those of others take slots as well.

    FullAWSAccess is listed on the root and on units, and on accounts of which the config says whether they have it;
    where it is not, it takes a slot all the same, as RCPFullAWSAccess does everywhere.
    """
    listed = policy_type == "SERVICE_CONTROL_POLICY" and not (
        node.startswith("account/")
        and organization.declared_full_access(node) is None
        and organization.full_access(node)
    )
    return _left(organization, node, policy_type, built_in=not listed)


def _left(organization: Organization, node: str, policy_type: str, *, built_in: bool) -> int:
    """The slots that others leave, and AWS too where its own policies are to be counted."""
    theirs = len(others(organization, node, policy_type))
    return limit(organization, policy_type) - theirs - (len(LIMITS[policy_type].built_in) if built_in else 0)


def limit(organization: Organization, policy_type: str) -> int:
    """How many policies of a type a node may have, as raised by AWS if the config says so."""
    return organization.limits.get(policy_type, {}).get("attached", LIMITS[policy_type].attached)


def others(organization: Organization, node: str, policy_type: str) -> list[ForeignPolicy]:
    """The policies of others at a node, as far as AWS was asked."""
    return [policy for policy in organization.foreign_at.get(node, ()) if policy.type == policy_type]
