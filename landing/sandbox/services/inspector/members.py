"""Members, as the administrator of an organization's Inspector associates and removes them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from landing.sandbox.protocol.refusal import Refusal
from landing.sandbox.services.call import Call
from landing.sandbox.services.inspector.state import PLACES, active, administered, at, invalid
from landing.sandbox.services.members import Member, Members, may_be_member
from landing.sandbox.world import World


class _Members(Members):
    """They are CREATED for a while, ENABLED, or REMOVED."""

    places = PLACES
    removed = "REMOVED"

    def known(self, call: Call) -> Mapping[str, Member]:
        """For the administrator (API reference, ListMembers)."""
        call.poll(_thing(call.account, call.region))
        return administered(call).members


MEMBERS = _Members()


def associate_member(call: Call) -> dict[str, Any]:
    """An account of the organization, by and by; scanning is another call (API reference, AssociateMember)."""
    known = active(call).members
    account = call["accountId"]
    if not may_be_member(call.world, call.account, account, call.region):
        raise invalid("The account is not another active account of the organization that can use this Region.")
    if account not in known or known[account].status == MEMBERS.removed:
        enrol(call.world, call.account, call.region, account)
        thing = _thing(call.account, call.region)
        call.world.clock.later(associated, call.account, account, call.region, thing=thing)
    return {"accountId": account}


def enrol(world: World, administrator: str, region: str, account: str) -> None:
    """Begin to make the account a member."""
    settings = at(world, administrator, region).administration
    assert settings is not None
    at(world, account, region).administrator = administrator
    settings.members[account] = Member(account, world.accounts[account].email, "CREATED", world.now)


def associated(world: World, administrator: str, account: str, region: str) -> None:
    """It is a member, unless it was removed meanwhile."""
    settings = at(world, administrator, region).administration
    member = settings.members.get(account) if settings else None
    if member is not None and member.status == "CREATED":
        member.status, member.updated = "ENABLED", world.now


def _thing(administrator: str, region: str) -> tuple[str, str, str]:
    """What is asked after by those who wait for members."""
    return ("inspector members", administrator, region)


def disassociate_member(call: Call) -> dict[str, Any]:
    """It stands alone, with the scans that it has (API reference, DisassociateMember)."""
    member = administered(call).members.get(call["accountId"])
    if member is None or member.status == MEMBERS.removed:
        raise invalid("The account is not a member.")
    MEMBERS.part(call, member)
    return {"accountId": member.account}


def get_member(call: Call) -> dict[str, Any]:
    """API reference, GetMember."""
    member = administered(call).members.get(call["accountId"])
    if member is None:
        raise Refusal("ResourceNotFoundException", "The account is not a member.")
    return {"member": MEMBERS.shown(call, member)}
