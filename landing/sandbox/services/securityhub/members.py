"""Members, as the organization's administrator sees and changes them."""

from __future__ import annotations

from typing import Any

from landing.sandbox.protocol.refusal import unsupported
from landing.sandbox.services.administrator import shown
from landing.sandbox.services.call import Call
from landing.sandbox.services.securityhub import rollout
from landing.sandbox.services.securityhub.state import Administration, absent, at, here, invalid


def create_members(call: Call) -> dict[str, Any]:
    """Accounts of the organization are members at once, with default standards (API reference)."""
    settings = here(call).administration
    if settings is None:
        raise unsupported("securityhub", "CreateMembers", "only by the administrator of an organization")
    refused = []
    for detail in call["AccountDetails"]:
        account = detail["AccountId"]
        why = rollout.add_member(call.world, call.account, call.region, account, default=True)
        if why is not None:
            refused.append({"AccountId": account, "ProcessingResult": why})
    return {"UnprocessedAccounts": refused}


def list_members(call: Call) -> dict[str, Any]:
    """Associated ones unless OnlyAssociated is false (API reference, ListMembers)."""
    rollout.poll(call)
    settings = here(call).administration
    found = [] if settings is None else list(settings.members.values())
    if call.get("OnlyAssociated", True):
        found = [member for member in found if member.status == "Enabled"]
    return call.page("Members", found, show=lambda member: shown(call, member), most=50)


def get_members(call: Call) -> dict[str, Any]:
    """API reference, GetMembers."""
    rollout.poll(call)
    settings = here(call).administration
    known = {} if settings is None else settings.members
    unknown = [account for account in call["AccountIds"] if account not in known]
    return {
        "Members": [shown(call, known[account]) for account in call["AccountIds"] if account in known],
        "UnprocessedAccounts": [{"AccountId": a, "ProcessingResult": "The account is not a member."} for a in unknown],
    }


def disassociate_members(call: Call) -> None:
    """Security Hub stays on in them (API reference, DisassociateMembers)."""
    settings = _administered(call)
    for account in call["AccountIds"]:
        member = settings.members.get(account)
        if member is None:
            raise absent(f"The account {account} is not a member.")
        hub = at(call.world, account, call.region).hub
        if hub is not None and hub.is_managed:
            raise invalid(f"The account {account} is centrally managed.")
        at(call.world, account, call.region).administrator = None
        member.status, member.updated = "Removed", call.world.now


def delete_members(call: Call) -> dict[str, Any]:
    """Those that were disassociated before (API reference, DeleteMembers)."""
    settings = _administered(call)
    refused = []
    for account in call["AccountIds"]:
        member = settings.members.get(account)
        if member is None or member.status == "Enabled":
            refused.append({"AccountId": account, "ProcessingResult": "The account is an associated member."})
        else:
            del settings.members[account]
    return {"UnprocessedAccounts": refused}


def get_administrator_account(call: Call) -> dict[str, Any]:
    """Nothing for an account without one (API reference, GetAdministratorAccount)."""
    return {"Administrator": _administrator(call)}


def get_master_account(call: Call) -> dict[str, Any]:
    """The older name (API reference, GetMasterAccount)."""
    return {"Master": _administrator(call)}


def disassociate_from_administrator_account(call: Call) -> None:
    """Not for accounts of an organization (User Guide, "Relationships")."""
    if here(call).administrator is None:
        raise absent("The account has no administrator account.")
    raise invalid("An account of an organization cannot disassociate itself from its administrator.")


def disassociate_from_master_account(call: Call) -> None:
    """The older name."""
    disassociate_from_administrator_account(call)


def list_invitations(call: Call) -> dict[str, Any]:
    """None: members come from the organization here."""
    del call
    return {"Invitations": []}


def _administrator(call: Call) -> dict[str, Any] | None:
    rollout.poll(call)
    administrator = here(call).administrator
    settings = None if administrator is None else at(call.world, administrator, call.region).administration
    if administrator is None or settings is None:
        return None
    member = settings.members[call.account]
    return {"AccountId": administrator, "InvitedAt": member.updated, "MemberStatus": member.status}


def _administered(call: Call) -> Administration:
    settings = here(call).administration
    if settings is None:
        raise invalid("The account is not an administrator.")
    return settings
