"""The effective policy of an account: what its declarative policies come to ("Inheritance operators")."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from landing.sandbox.protocol.refusal import Refusal
from landing.sandbox.services.call import Call
from landing.sandbox.services.organizations.access import current, denied
from landing.sandbox.services.organizations.members import shown as shown_account
from landing.sandbox.services.organizations.refusals import invalid
from landing.sandbox.services.organizations.state import Organization

VALUE_OPERATORS = frozenset({"@@assign", "@@append", "@@remove"})
CONTROL = "@@operators_allowed_for_child_policies"


@dataclass
class Node:
    """A place in the document: its value so far, and what policies further down may still do to it."""

    value: Any = None
    children: dict[str, Node] = field(default_factory=dict)
    allowed: frozenset[str] = VALUE_OPERATORS
    narrowed: frozenset[str] = VALUE_OPERATORS
    """What will be allowed for the next level: a level's own policies do not restrict each other."""

    def plain(self) -> Any:
        """The document without operators."""
        if not self.children:
            return self.value
        plain = {name: child.plain() for name, child in self.children.items()}
        return {name: value for name, value in plain.items() if value is not None}


def merged(levels: list[list[dict[str, Any]]]) -> dict[str, Any]:
    """Documents from the root downwards, those of one level together, as the document that comes of them."""
    root = Node()
    for documents in levels:
        for document in documents:
            _apply(root, document)
        _descend(root)
    result = root.plain()
    return result if isinstance(result, dict) else {}


def _apply(node: Node, document: Any) -> None:
    if not isinstance(document, dict):
        document = {"@@assign": document}
    for key, value in document.items():
        if key == CONTROL:
            node.narrowed &= _operators(value)
        elif key in VALUE_OPERATORS:
            if key in node.allowed:
                node.value = _operated(key, node.value, value)
        else:
            child = node.children.get(key)
            if child is None:
                if not node.allowed:
                    continue
                child = node.children[key] = Node(allowed=node.allowed, narrowed=node.narrowed)
            _apply(child, value)


def _operators(value: Any) -> frozenset[str]:
    names = value if isinstance(value, list) else [value]
    if "@@all" in names:
        return VALUE_OPERATORS
    return frozenset(names) & VALUE_OPERATORS


def _operated(operator: str, before: Any, value: Any) -> Any:
    if operator == "@@assign":
        return value
    values = value if isinstance(value, list) else [value]
    kept = [] if before is None else before if isinstance(before, list) else [before]
    if operator == "@@remove":
        return [item for item in kept if item not in values]
    return kept + [item for item in values if item not in kept]


def _descend(node: Node) -> None:
    node.allowed = node.narrowed
    for child in node.children.values():
        child.narrowed &= node.narrowed
        _descend(child)


def document(organization: Organization, account: str, policy_type: str) -> dict[str, Any] | None:
    """What the policies of a type say about a member; None if the type is off or none is attached above it."""
    if organization.policy_types.get(policy_type) != "ENABLED":
        return None
    levels = [
        [json.loads(policy.content) for policy in organization.attached(target, policy_type)]
        for target in reversed(list(organization.ancestry(account)))
    ]
    return merged(levels) if any(levels) else None


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
    effective = document(organization, account, call["PolicyType"])
    if effective is None:
        raise _not_found()
    return {
        "EffectivePolicy": {
            "PolicyContent": json.dumps(effective),
            "LastUpdatedTimestamp": call.world.now,
            "TargetId": account,
            "PolicyType": call["PolicyType"],
        }
    }


def _not_found() -> Refusal:
    return Refusal("EffectivePolicyNotFoundException", "The effective policy of this type is not found.")


def list_accounts_with_invalid_effective_policy(call: Call) -> dict[str, Any]:
    """None: what `documents` accepts merges into something valid (API reference)."""
    organization = current(call)
    if organization.policy_types.get(call["PolicyType"]) != "ENABLED":
        raise _not_found()
    page = call.page("Accounts", [], show=lambda member: shown_account(call.world, organization, member))
    return {**page, "PolicyType": call["PolicyType"]}


def list_effective_policy_validation_errors(call: Call) -> dict[str, Any]:
    """None, for the same reason (API reference, ListEffectivePolicyValidationErrors)."""
    organization = current(call)
    member = organization.member(call["AccountId"])
    if organization.policy_types.get(call["PolicyType"]) != "ENABLED":
        raise _not_found()
    return {
        **call.page("EffectivePolicyValidationErrors", []),
        "AccountId": member.id,
        "PolicyType": call["PolicyType"],
        "Path": organization.path(member.parent),
        "EvaluationTimestamp": call.world.now,
    }
