"""Members, as the administrator of an organization's Macie adds, pauses and removes them."""

from __future__ import annotations

from typing import Any

from landing.sandbox.protocol.refusal import Refusal
from landing.sandbox.services import accounts
from landing.sandbox.services.call import Call
from landing.sandbox.services.macie.state import (
    PLACES,
    Member,
    absent,
    administered,
    at,
    conflict,
    enable,
    enabled,
    invalid,
)
from landing.sandbox.services.members import Members, may_be_member
from landing.sandbox.services.tags import Tags
from landing.sandbox.world import World

MOST = 10_000
"""Members of an organization in a Region (User Guide, "Amazon Macie quotas")."""

STATUSES = {"ENABLED": "Enabled", "PAUSED": "Paused"}


class _Members(Members):
    """They are Enabled, Paused or Removed."""

    places = PLACES

    def look(self, call: Call) -> None:
        """Where Macie is on."""
        enabled(call)

    def known(self, call: Call) -> dict[str, Any]:
        """For the administrator (API reference, ListMembers)."""
        return {**administered(call).members}

    def shown(self, call: Call, member: Any) -> dict[str, Any]:
        """By its ARN, and never invited."""
        arn = call.arn(f"member/{member.account}")
        return {**super().shown(call, member), "arn": arn, "invitedAt": None, "tags": member.tags}

    def get_administrator_account(self, call: Call) -> dict[str, Any]:
        """A member's (API reference, GetAdministratorAccount)."""
        if enabled(call).administrator is None:
            raise absent("The account isn't associated with a Macie administrator account.")
        return super().get_administrator_account(call)


MEMBERS = _Members()


def create_member(call: Call) -> dict[str, Any]:
    """An account of the organization, by id and e-mail address (API reference, CreateMember)."""
    settings, account = administered(call), call["account"]
    identifier = account["accountId"]
    call.poll(appointment(call.account, call.region))
    if not settings.in_effect:
        raise invalid("The request failed because the account isn't the administrator of the organization yet.")
    if not may_be_member(call.world, call.account, identifier, call.region):
        raise invalid("The account isn't another active account of the organization that can use this Region.")
    if account["email"].lower() != call.world.accounts[identifier].email.lower():
        raise invalid("The e-mail address isn't the one of the account.")
    if identifier in settings.members and settings.members[identifier].status != "Removed":
        raise conflict("The account is already associated with the administrator.")
    organization = accounts.membership(call.world, call.account)
    if identifier == organization.management_account and at(call.world, identifier, call.region).session is None:
        raise conflict("Macie must first be enabled for the management account.")
    if sum(member.status != "Removed" for member in settings.members.values()) >= MOST:
        raise Refusal("ServiceQuotaExceededException", f"An administrator has at most {MOST:,} members.")
    enrol(call.world, call.account, call.region, identifier, call.get("tags"))
    return {"arn": call.arn(f"member/{identifier}")}


def appointment(account: str, region: str) -> tuple[str, str, str]:
    """What is still to take effect."""
    return ("macie appointment", account, region)


def take_effect(world: World, account: str, region: str) -> None:
    """The administrator may add members, if it is one still."""
    settings = at(world, account, region).administration
    if settings is not None:
        settings.in_effect = True


def enrol(world: World, administrator: str, region: str, account: str, tags: dict[str, str] | None = None) -> None:
    """Switch Macie on for an account and associate it with the administrator."""
    settings = at(world, administrator, region).administration
    assert settings is not None
    enable(world, account, region)
    place = at(world, account, region)
    place.administrator = administrator
    place.discovery.status = "DISABLED"
    discovery = "DISABLED" if settings.auto_discover == "NONE" else "ENABLED"
    email = world.accounts[account].email
    settings.members[account] = Member(account, email, "Enabled", world.now, tags or {}, discovery)


def get_member(call: Call) -> dict[str, Any]:
    """API reference, GetMember."""
    return MEMBERS.shown(call, _member(call))


def disassociate_member(call: Call) -> dict[str, Any]:
    """It stands alone, and Macie stays on (API reference, DisassociateMember)."""
    MEMBERS.part(call, _member(call))
    return {}


def delete_member(call: Call) -> dict[str, Any]:
    """After it was disassociated (API reference, DeleteMember)."""
    member = _member(call)
    if member.status != "Removed":
        raise conflict("The account is still associated with the administrator.")
    del administered(call).members[member.account]
    return {}


def update_member_session(call: Call) -> dict[str, Any]:
    """Pause Macie for a member, or resume it (API reference, UpdateMemberSession)."""
    member = _member(call)
    if member.status == "Removed":
        raise conflict("The account isn't associated with the administrator.")
    session = at(call.world, member.account, call.region).session
    assert session is not None
    session.status, session.updated = call["status"], call.world.now
    member.status, member.updated = STATUSES[call["status"]], call.world.now
    return {}


def _member(call: Call) -> Member:
    found = administered(call).members.get(call["id"])
    if found is None:
        raise absent("The account isn't a member of the administrator.")
    return found


def _tags(call: Call) -> dict[str, str]:
    """Of a member, by its ARN."""
    account = call["resourceArn"].rpartition("member/")[2]
    member = administered(call).members.get(account)
    if member is None or call["resourceArn"] != call.arn(f"member/{account}", service="macie2"):
        raise absent("The resource doesn't exist.")
    return member.tags


TAGS = Tags(of=_tags, too_many=lambda: invalid("A resource has at most 50 tags."))
