"""Handshakes: inviting accounts, and asking members to agree to all features."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from landing.sandbox.protocol.refusal import Refusal
from landing.sandbox.services.call import Call
from landing.sandbox.services.organizations import creation
from landing.sandbox.services.organizations.access import current
from landing.sandbox.services.organizations.membership import depart, join
from landing.sandbox.services.organizations.refusals import invalid
from landing.sandbox.services.organizations.state import (
    Handshake,
    Organization,
    organization_of,
    organizations_of,
)
from landing.sandbox.services.organizations.tags import checked

INVITATION_DAYS = 15
INVITATIONS_A_DAY = 20


def open_handshake(
    call: Call, organization: Organization, action: str, *, days: int, account: str | None = None
) -> Handshake:
    """A new handshake that ends by itself."""
    handshake = Handshake(
        id="h-" + call.world.token(32, "0123456789abcdef"),
        organization=organization.management_account,
        action=action,
        requested=call.world.now,
        expires=call.world.now + timedelta(days=days),
        account=account,
    )
    organizations_of(call.world).handshakes[handshake.id] = handshake
    return handshake


def invite_account_to_organization(call: Call) -> dict[str, Any]:
    """By account id or e-mail address; open for fifteen days (API reference, InviteAccountToOrganization)."""
    organization = current(call)
    account = _invited(call)
    tags = checked({}, call.get("Tags", []))
    if account in organization.members:
        raise _impossible("ALREADY_IN_AN_ORGANIZATION", "The account is already a member of an organization.")
    if any(h.account == account and h.action == "INVITE" for h in _open(call, organization)):
        raise Refusal("DuplicateHandshakeException", "A handshake for this account is open already.")
    _check_quotas(call, organization)
    handshake = open_handshake(call, organization, "INVITE", days=INVITATION_DAYS, account=account)
    handshake.notes, handshake.tags = call.get("Notes"), tags
    handshake.email = call["Target"]["Id"] if call["Target"]["Type"] == "EMAIL" else None
    return {"Handshake": shown(call, handshake)}


def _impossible(reason: str, message: str) -> Refusal:
    return Refusal("HandshakeConstraintViolationException", message, Reason=reason)


def _check_quotas(call: Call, organization: Organization) -> None:
    """Open invitations count as accounts; in 24 hours 20 are sent, or as many as there may be accounts (User Guide)."""
    if creation.is_full(call.world, organization):
        raise _impossible("ACCOUNT_NUMBER_LIMIT_EXCEEDED", "You have exceeded the allowed number of AWS accounts.")
    sent = sum(
        handshake.action == "INVITE" and handshake.requested > call.world.now - timedelta(days=1)
        for handshake in organizations_of(call.world).handshakes.values()
        if handshake.organization == organization.management_account
    )
    if sent >= max(INVITATIONS_A_DAY, creation.account_quota(call.world)):
        raise _impossible("HANDSHAKE_RATE_LIMIT_EXCEEDED", "You have exceeded the invitations that you can send today.")


def _invited(call: Call) -> str:
    target = call["Target"]
    if target["Type"] == "ACCOUNT" and target["Id"].isdigit() and len(target["Id"]) == 12:
        return call.world.account(target["Id"]).id
    if target["Type"] == "EMAIL":
        for account in call.world.accounts.values():
            if account.email.lower() == target["Id"].lower():
                return account.id
        raise invalid("INVALID_EMAIL_ADDRESS_TARGET", "You specified an invalid email.")
    raise invalid("INVALID_PARTY_TYPE_TARGET", "You specified the wrong type of party.")


def accept_handshake(call: Call) -> dict[str, Any]:
    """What was asked comes to pass (API reference, AcceptHandshake)."""
    handshake = _answerable(call)
    organization = organizations_of(call.world).organizations.get(handshake.organization)
    if organization is None:
        raise Refusal("HandshakeNotFoundException", "The organization is gone.")
    if handshake.action == "INVITE":
        _join(call, organization, handshake)
    handshake.state = "ACCEPTED"
    if handshake.action == "APPROVE_ALL_FEATURES":
        _let_confirm(call, organization)
    elif handshake.action == "ENABLE_ALL_FEATURES":
        organization.feature_set = "ALL"
    return {"Handshake": shown(call, handshake)}


def _let_confirm(call: Call, organization: Organization) -> None:
    """Once no member is left to agree, the management account can confirm all features."""
    mine = [
        handshake
        for handshake in organizations_of(call.world).handshakes.values()
        if handshake.organization == organization.management_account
    ]
    if not any(h.action == "APPROVE_ALL_FEATURES" and h.state == "OPEN" for h in mine):
        for handshake in mine:
            if handshake.action == "ENABLE_ALL_FEATURES" and handshake.state == "REQUESTED":
                handshake.state = "OPEN"


def _join(call: Call, organization: Organization, handshake: Handshake) -> None:
    """The account joins, and leaves the organization that it was in."""
    before = organization_of(call.world, call.account)
    if before is not None and before.management_account == call.account:
        raise Refusal(
            "MasterCannotLeaveOrganizationException",
            "You can't remove a management account from an organization.",
        )
    if before is not None:
        depart(call.world, before, call.account, "LEFT")
    join(call.world, organization, call.account, "INVITED", handshake.tags)


def decline_handshake(call: Call) -> dict[str, Any]:
    """By the one that was asked (API reference, DeclineHandshake)."""
    handshake = _answerable(call)
    handshake.state = "DECLINED"
    return {"Handshake": shown(call, handshake)}


def cancel_handshake(call: Call) -> dict[str, Any]:
    """By the one that asked (API reference, CancelHandshake)."""
    handshake = _still_open(_visible(call))
    if handshake.organization != call.account:
        raise Refusal("AccessDeniedException", "Only the account that sent the invitation can cancel it.")
    handshake.state = "CANCELED"
    return {"Handshake": shown(call, handshake)}


def describe_handshake(call: Call) -> dict[str, Any]:
    """For both sides (API reference, DescribeHandshake)."""
    return {"Handshake": shown(call, _visible(call))}


def list_handshakes_for_account(call: Call) -> dict[str, Any]:
    """What the caller is asked (API reference, ListHandshakesForAccount)."""
    found = [h for h in organizations_of(call.world).handshakes.values() if h.account == call.account]
    return call.page("Handshakes", _filtered(call, found), show=lambda handshake: shown(call, handshake))


def list_handshakes_for_organization(call: Call) -> dict[str, Any]:
    """What the organization asks (API reference, ListHandshakesForOrganization)."""
    management = current(call).management_account
    found = [h for h in organizations_of(call.world).handshakes.values() if h.organization == management]
    return call.page("Handshakes", _filtered(call, found), show=lambda handshake: shown(call, handshake))


def _filtered(call: Call, handshakes: list[Handshake]) -> list[Handshake]:
    wanted = call.get("Filter", {}).get("ActionType")
    for handshake in handshakes:
        _expire(call, handshake)
    return [handshake for handshake in handshakes if wanted in (None, handshake.action)]


def _open(call: Call, organization: Organization) -> list[Handshake]:
    handshakes = organizations_of(call.world).handshakes.values()
    return [
        h for h in handshakes if h.organization == organization.management_account and _expire(call, h).state == "OPEN"
    ]


def _expire(call: Call, handshake: Handshake) -> Handshake:
    if handshake.state == "OPEN" and call.world.now > handshake.expires:
        handshake.state = "EXPIRED"
    return handshake


def _visible(call: Call) -> Handshake:
    handshake = organizations_of(call.world).handshakes.get(call["HandshakeId"])
    if handshake is None or call.account not in (handshake.organization, handshake.account):
        raise Refusal("HandshakeNotFoundException", "We can't find a handshake with that HandshakeId.")
    return _expire(call, handshake)


def _answerable(call: Call) -> Handshake:
    handshake = _still_open(_visible(call))
    if handshake.account != call.account:
        raise Refusal("AccessDeniedException", "Only the account that was asked can answer a handshake.")
    return handshake


def _still_open(handshake: Handshake) -> Handshake:
    if handshake.state != "OPEN":
        raise Refusal("InvalidHandshakeTransitionException", f"The handshake is {handshake.state}; it can't change.")
    return handshake


def shown(call: Call, handshake: Handshake) -> dict[str, Any]:
    """A handshake as the API describes it."""
    organization = organizations_of(call.world).organizations.get(handshake.organization)
    identifier = organization.id if organization is not None else ""
    account = handshake.account
    parties = [{"Id": identifier, "Type": "ORGANIZATION"}]
    resources: list[dict[str, Any]] = [{"Type": "ORGANIZATION", "Value": identifier}]
    if account is not None:
        party = (account, "ACCOUNT") if handshake.email is None else (handshake.email, "EMAIL")
        parties.append({"Id": party[0], "Type": party[1]})
        resources.append({"Type": party[1], "Value": party[0]})
    if handshake.notes:
        resources.append({"Type": "NOTES", "Value": handshake.notes})
    arn = f"arn:{call.partition}:organizations::{handshake.organization}:handshake/{identifier}"
    return {
        "Id": handshake.id,
        "Arn": f"{arn}/{handshake.action.lower()}/{handshake.id}",
        "Parties": parties,
        "State": handshake.state,
        "RequestedTimestamp": handshake.requested,
        "ExpirationTimestamp": handshake.expires,
        "Action": handshake.action,
        "Resources": resources,
    }
