"""Automated sensitive data discovery of an account, or of an organization by its administrator."""

from __future__ import annotations

from typing import Any

from landing.sandbox.protocol.refusal import Refusal
from landing.sandbox.services.call import Call
from landing.sandbox.services.macie.state import Member, Place, administered, enabled, here


def get_automated_discovery_configuration(call: Call) -> dict[str, Any]:
    """API reference, GetAutomatedDiscoveryConfiguration."""
    place = _decider(call)
    found = place.discovery
    return {
        "autoEnableOrganizationMembers": place.administration.auto_discover if place.administration else None,
        "classificationScopeId": found.scope or None,
        "disabledAt": found.disabled,
        "firstEnabledAt": found.first,
        "lastUpdatedAt": found.updated,
        "sensitivityInspectionTemplateId": found.template or None,
        "status": found.status,
    }


def update_automated_discovery_configuration(call: Call) -> dict[str, Any]:
    """ALL covers the members that are there, NEW those that come (API reference)."""
    place = _decider(call)
    asked = call.get("autoEnableOrganizationMembers")
    if asked is not None and place.administration is None:
        raise Refusal("AccessDeniedException", "Only the Macie administrator for an organization sets that.")
    found = place.discovery
    found.status, found.updated = call["status"], call.world.now
    if found.status == "ENABLED":
        found.first, found.disabled = found.first or call.world.now, None
        found.scope = found.scope or call.world.token(32, "0123456789abcdef")
        found.template = found.template or call.world.token(32, "0123456789abcdef")
    else:
        found.disabled = call.world.now
    if place.administration is not None and asked is not None:
        place.administration.auto_discover = asked
    if place.administration is not None and place.administration.auto_discover == "ALL" and found.status == "ENABLED":
        for member in _associated(call):
            member.discovery = "ENABLED"
    return {}


def list_automated_discovery_accounts(call: Call) -> dict[str, Any]:
    """The administrator and its members (API reference, ListAutomatedDiscoveryAccounts)."""
    found = {member.account: member.discovery for member in _associated(call)}
    found[call.account] = here(call).discovery.status
    wanted = call.get("accountIds") or list(found)
    items = [{"accountId": account, "status": found[account]} for account in wanted if account in found]
    return call.page("items", items, most=200)


def batch_update_automated_discovery_accounts(call: Call) -> dict[str, Any]:
    """Member by member, and the administrator itself (API reference)."""
    known, errors = {member.account: member for member in _associated(call)}, []
    for asked in call.get("accounts", []):
        account = asked["accountId"]
        if account == call.account:
            here(call).discovery.status = asked["status"]
        elif account not in known:
            errors.append({"accountId": account, "errorCode": "ACCOUNT_NOT_FOUND"})
        elif known[account].status == "Paused":
            errors.append({"accountId": account, "errorCode": "ACCOUNT_PAUSED"})
        else:
            known[account].discovery = asked["status"]
    return {"errors": errors}


def _associated(call: Call) -> list[Member]:
    return [member for member in administered(call).members.values() if member.status != "Removed"]


def _decider(call: Call) -> Place:
    """An administrator or an account that stands alone (User Guide, "Automated sensitive data discovery")."""
    place = enabled(call)
    if place.administrator is not None:
        raise Refusal("AccessDeniedException", "The administrator account decides that for its members.")
    return place
