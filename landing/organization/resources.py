"""The resources of which the organization itself is made, as plans and guardrails speak of them.

What their kinds are called, and what some of their attributes mean to others than the kind: policies are put in force
by attaching them to nodes and by moving accounts, and whoever orders or explains a plan knows that.
"""

from __future__ import annotations

from collections.abc import Mapping

from landing.core.model import Address, Attributes, Change, Resource
from landing.organization.policies import ForeignPolicy

UNIT, ACCOUNT, REGION, SERVICE = "unit", "account", "governed_region", "governed_service"
INVITATION, OPT_IN = "invitation", "opt_in_regions"
RELEASE = "release"
GOVERNED_ACCOUNT, STACK = "governed_account", "stack"
SHIELD_ACCOUNT = "shield_account"
POLICY_TYPE, POLICY, ATTACHMENTS = "policy_type", "policy", "attachments"
STACK_SET = "stack_set"
CONTACTS, DELEGATED_ADMINISTRATOR = "contacts", "delegated_administrator"
GUARDING = (POLICY, ATTACHMENTS, ACCOUNT, RELEASE)
"""The kinds whose changes bear on requests."""

HOLDS = "guardrails"
"""What a pack holds, as an attribute and in tags: the state of packing, which nothing but AWS remembers."""

OWNER = "owner"
"""Who keeps a policy that is not ours, as an attribute of it, where that is known."""

NODES = "nodes"
"""Where a policy of others is attached, as an attribute of it."""

BEST_EFFORT = "best_effort"
"""Marks a stage of attachments before the last: it attaches what the free slots admit, the last one does the rest."""


LANDING_ZONE = "control_tower"
TRUSTED_ACCESS, CONTROL_TOWER_PRINCIPAL = "trusted_access", "controltower.amazonaws.com"


def has_control_tower(live: Mapping[Address, Resource]) -> bool:
    """Whether Control Tower works in the organization: only its management account can give it trusted access."""
    return Address(TRUSTED_ACCESS, CONTROL_TOWER_PRINCIPAL) in live


def policies_of(attributes: Attributes | None) -> set[str]:
    """The policies that a set of attachments names."""
    return set(attributes["policies"]) if attributes else set()


def moves(change: Change) -> bool:
    """Whether an account goes from one unit to another."""
    before, after = change.before or {}, change.after or {}
    placed = change.address.kind in (ACCOUNT, RELEASE)
    return placed and bool(before and after) and before.get("unit") != after.get("unit")


def foreign_in(live: Mapping[Address, Resource]) -> tuple[ForeignPolicy, ...]:
    """The policies of others that are attached somewhere."""
    return tuple(
        ForeignPolicy(
            each["id"],
            each["name"],
            each["type"],
            tuple(each[NODES]),
            address,
            each["content"] or None,
            each.get(OWNER, ""),
        )
        for address, resource in live.items()
        if address.kind == POLICY and (each := resource.attributes).get(NODES)
    )
