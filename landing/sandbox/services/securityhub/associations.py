"""Which configuration holds where: applied to a target, or inherited from the nearest unit above."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from landing.sandbox.protocol.refusal import Refusal
from landing.sandbox.services import accounts
from landing.sandbox.services.call import Call
from landing.sandbox.services.securityhub import central, rollout
from landing.sandbox.services.securityhub.policies import policy_of
from landing.sandbox.services.securityhub.rollout import SELF_MANAGED
from landing.sandbox.services.securityhub.state import Association, Central, absent, invalid

KINDS = {"AccountId": "ACCOUNT", "OrganizationalUnitId": "ORGANIZATIONAL_UNIT", "RootId": "ROOT"}


def start_configuration_policy_association(call: Call) -> dict[str, Any]:
    """PENDING at first; what was applied to the target before is replaced (API reference)."""
    found = central.writable(call)
    target = _target(call, call["Target"])
    identifier = call["ConfigurationPolicyIdentifier"]
    policy = SELF_MANAGED if identifier == SELF_MANAGED else policy_of(found, identifier).id
    found.associations[target] = Association(policy, "PENDING", call.world.now)
    rollout.schedule(call.world, call.account)
    return _shown(call, found, target)


def start_configuration_policy_disassociation(call: Call) -> None:
    """The target inherits again (API reference, StartConfigurationPolicyDisassociation)."""
    found = central.writable(call)
    target = _target(call, call.get("Target") or {})
    identifier = call["ConfigurationPolicyIdentifier"].rpartition("/")[2]
    association = found.associations.get(target)
    if association is None or association.policy != identifier:
        raise absent("The configuration is not associated with the target.")
    del found.associations[target]
    rollout.schedule(call.world, call.account)


def get_configuration_policy_association(call: Call) -> dict[str, Any]:
    """API reference, GetConfigurationPolicyAssociation."""
    found = central.required(call)
    target = _target(call, call["Target"])
    if rollout.nearest(_organization(call), found, target) is None:
        raise absent("No configuration is associated with the target.")
    return _shown(call, found, target)


def batch_get_configuration_policy_associations(call: Call) -> dict[str, Any]:
    """API reference, BatchGetConfigurationPolicyAssociations."""
    found, shown, unknown = central.required(call), [], []
    for asked in call["ConfigurationPolicyAssociationIdentifiers"]:
        try:
            target = _target(call, asked.get("Target") or {})
        except Refusal as refusal:
            unknown.append(_unprocessed(asked, refusal.code, refusal.message))
            continue
        if rollout.nearest(_organization(call), found, target) is None:
            unknown.append(_unprocessed(asked, "ResourceNotFoundException", "No configuration is associated."))
        else:
            shown.append(_shown(call, found, target))
    return {
        "ConfigurationPolicyAssociations": shown,
        "UnprocessedConfigurationPolicyAssociations": unknown,
    }


def _unprocessed(asked: Mapping[str, Any], code: str, reason: str) -> dict[str, Any]:
    return {"ConfigurationPolicyAssociationIdentifiers": asked, "ErrorCode": code, "ErrorReason": reason}


def list_configuration_policy_associations(call: Call) -> dict[str, Any]:
    """Of the root, every unit and every account that has one (API reference)."""
    found, organization = central.required(call), _organization(call)
    wanted = call.get("Filters") or {}
    if wanted.get("AssociationType") == "APPLIED":
        targets = list(found.associations)
    else:
        everything = (*organization.units, *organization.members)
        targets = [target for target in everything if rollout.nearest(organization, found, target) is not None]
    shown = [_shown(call, found, target) for target in targets]
    policy = str(wanted.get("ConfigurationPolicyId", "")).rpartition("/")[2]
    shown = [
        entry
        for entry in shown
        if policy in ("", entry["ConfigurationPolicyId"])
        and wanted.get("AssociationType") in (None, entry["AssociationType"])
        and wanted.get("AssociationStatus") in (None, entry["AssociationStatus"])
    ]
    return call.page("ConfigurationPolicyAssociationSummaries", shown)


def _organization(call: Call) -> accounts.Organization:
    return accounts.membership(call.world, call.account)


def _target(call: Call, target: Mapping[str, str]) -> str:
    """The id of exactly one account, unit or root of the organization."""
    organization = _organization(call)
    if len(target) != 1:
        raise invalid("Target must be one account, organizational unit or root.")
    ((kind, name),) = target.items()
    exists = {
        "AccountId": name in organization.members,
        "OrganizationalUnitId": name in organization.units and name != organization.root,
        "RootId": name == organization.root,
    }[kind]
    if not exists:
        raise absent(f"The target {name} does not exist in the organization.")
    return name


def _shown(call: Call, found: Central, target: str) -> dict[str, Any]:
    organization = _organization(call)
    nearest = rollout.nearest(organization, found, target)
    assert nearest is not None
    source, association = nearest
    kind = "ACCOUNT" if target in organization.members else "ORGANIZATIONAL_UNIT"
    status = "DISABLED" if central.is_superseded(call) else association.status
    return {
        "ConfigurationPolicyId": association.policy,
        "TargetId": target,
        "TargetType": "ROOT" if target == organization.root else kind,
        "AssociationType": "APPLIED" if source == target else "INHERITED",
        "UpdatedAt": association.updated,
        "AssociationStatus": status,
    }
