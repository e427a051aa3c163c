"""Members, as the administrator of an organization's Inspector associates and removes them."""

from __future__ import annotations

from typing import Any

from landing.sandbox.protocol.refusal import Refusal
from landing.sandbox.services.administrator import Member, may_be_member, shown
from landing.sandbox.services.call import Call
from landing.sandbox.services.inspector.state import administered, at, invalid
from landing.sandbox.world import World


def associate_member(call: Call) -> dict[str, Any]:
    """An account of the organization; scanning is another call (API reference, AssociateMember)."""
    administered(call)
    account = call["accountId"]
    if not may_be_member(call.world, call.account, account, call.region):
        raise invalid("The account is not another active account of the organization that can use this Region.")
    enrol(call.world, call.account, call.region, account)
    return {"accountId": account}


def enrol(world: World, administrator: str, region: str, account: str) -> None:
    """Make the account a member."""
    settings = at(world, administrator, region).administration
    assert settings is not None
    at(world, account, region).administrator = administrator
    settings.members[account] = Member(account, world.accounts[account].email, "ENABLED", world.now)


def disassociate_member(call: Call) -> dict[str, Any]:
    """It stands alone, with the scans that it has (API reference, DisassociateMember)."""
    member = administered(call).members.get(call["accountId"])
    if member is None or member.status == "REMOVED":
        raise invalid("The account is not a member.")
    member.status, member.updated = "REMOVED", call.world.now
    at(call.world, member.account, call.region).administrator = None
    return {"accountId": member.account}


def get_member(call: Call) -> dict[str, Any]:
    """API reference, GetMember."""
    member = administered(call).members.get(call["accountId"])
    if member is None:
        raise Refusal("ResourceNotFoundException", "The account is not a member.")
    return {"member": shown(call, member)}


def list_members(call: Call) -> dict[str, Any]:
    """Those that were removed too, if asked (API reference, onlyAssociated)."""
    associated = call.get("onlyAssociated", True)
    found = [m for m in administered(call).members.values() if not associated or m.status != "REMOVED"]
    return call.page("members", found, show=lambda member: shown(call, member), most=50)
