"""Members of an organization's administrator in a service, as the administrator and they themselves see them.

By the guides of GuardDuty, Security Hub, Macie, Inspector and Detective: accounts of the organization are members
without an invitation, and a member that is disassociated is shown as removed until it is deleted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from landing.sandbox.protocol.refusal import Refusal, unsupported
from landing.sandbox.services import accounts
from landing.sandbox.services.call import Call
from landing.sandbox.services.places import Places
from landing.sandbox.world import World, regions


@dataclass(slots=True)
class Member:
    """An account as its administrator sees it."""

    account: str
    email: str
    status: str
    """In the words of the service."""
    updated: datetime


class Members:
    """A topic of a service: looking at members, and at one's administrator. Subclasses declare it.

    Parameters and answers have the names that the model has for an account's id, its status and so on.
    """

    places: Places[Any]
    """Of `administrator.Place`s."""
    removed = "Removed"
    """The status of a member that is associated no more."""
    most = 50
    """Members on a page, where the model does not say."""
    stranger = "The account is not a member."
    """What is said of an account that is named, and is none."""

    def look(self, call: Call) -> None:
        """What comes before any look: the caller's own state is checked, and the background asked after."""

    def known(self, call: Call) -> Mapping[str, Any]:
        """The members that the caller has, by their accounts."""
        self.look(call)
        settings = self.places.here(call).administration
        return {} if settings is None else settings.members

    def shown(self, call: Call, member: Any) -> dict[str, Any]:
        """A member as the answer has it."""
        return shown(call, member, call.account)

    def part(self, call: Call, member: Member) -> None:
        """The member stands alone, with what it has."""
        member.status, member.updated = self.removed, call.world.now
        self.places.at(call.world, member.account, call.region).administrator = None

    def list_members(self, call: Call) -> dict[str, Any]:
        """Associated ones, unless those that were removed are asked for too."""
        asked = next((value for name, value in call.items() if name.lower() == "onlyassociated"), True)
        everyone = str(asked).lower() == "false"
        found = [member for member in self.known(call).values() if everyone or member.status != self.removed]
        return call.page(_listed(call), found, show=partial(self.shown, call), most=self.most)

    def get_members(self, call: Call) -> dict[str, Any]:
        """Those of the accounts that are named."""
        known, named = self.known(call), call["AccountIds"]
        found = [self.shown(call, known[account]) for account in named if account in known]
        left = self.unprocessed(call, named, lambda account: None if account in known else self.stranger)
        return {_listed(call): found, **left}

    def get_administrator_account(self, call: Call) -> dict[str, Any]:
        """A member's; nothing for an account without one."""
        self.look(call)
        answered = next(name for name, shape in _answer(call).items() if shape.type_name == "structure")
        administrator = self.places.here(call).administrator
        settings = self.places.at(call.world, administrator, call.region).administration if administrator else None
        if settings is None:
            return {answered: None}
        member = settings.members[call.account]
        return {
            answered: shown(call, Member(administrator, member.email, member.status, member.updated), administrator)
        }

    def get_master_account(self, call: Call) -> dict[str, Any]:
        """The older name."""
        return self.get_administrator_account(call)

    def list_invitations(self, call: Call) -> dict[str, Any]:
        """None: members come from the organization here."""
        return {_listed(call): []}

    def unprocessed(self, call: Call, named: Iterable[str], act: Callable[[str], str | None]) -> dict[str, Any]:
        """Act on the accounts that are named; the answer is those for which `act` says why not."""
        entry = _answer(call)["UnprocessedAccounts"].member.members
        reason = next(name for name in entry if name != "AccountId")
        refused = {account: why for account in named if (why := act(account)) is not None}
        return {"UnprocessedAccounts": [{"AccountId": account, reason: why} for account, why in refused.items()]}


class OrganizationMembers(Members):
    """What GuardDuty and Security Hub, whose operations have the same names, have alike."""

    associated: str
    """What is said of a member that is to be deleted, and was not disassociated before."""

    def changeable(self, call: Call) -> dict[str, Member]:
        """The members of the caller, to be removed; refused if it is not the administrator."""
        raise NotImplementedError

    def invite(self, call: Call, account: str) -> str | None:
        """Make an account of the organization a member at once; otherwise the reason why not."""
        raise NotImplementedError

    def refuse_leaving(self, *, is_member: bool) -> Refusal:
        """Members of an organization do not leave by themselves, and others have nobody to leave."""
        raise NotImplementedError

    def create_members(self, call: Call) -> dict[str, Any]:
        """Accounts of the organization are members at once."""
        if self.places.here(call).administration is None:
            raise unsupported(call.operation.service, "CreateMembers", "only by the administrator of an organization")
        named = [detail["AccountId"] for detail in call["AccountDetails"]]
        return self.unprocessed(call, named, partial(self.invite, call))

    def delete_members(self, call: Call) -> dict[str, Any]:
        """Those that were disassociated before."""
        members = self.changeable(call)

        def delete(account: str) -> str | None:
            if account not in members or members[account].status != self.removed:
                return self.associated
            del members[account]
            return None

        return self.unprocessed(call, call["AccountIds"], delete)

    def disassociate_from_administrator_account(self, call: Call) -> None:
        """Not for accounts of an organization (User Guides, "Relationships")."""
        self.look(call)
        raise self.refuse_leaving(is_member=self.places.here(call).administrator is not None)

    def disassociate_from_master_account(self, call: Call) -> None:
        """The older name."""
        self.disassociate_from_administrator_account(call)


def may_be_member(world: World, administrator: str, account: str, region: str) -> bool:
    """Whether the account is another one of the administrator's organization, and may use the Region."""
    organization = accounts.organization_of(world, administrator)
    return (
        organization is not None
        and account in organization.members
        and account != administrator
        and accounts.is_usable(world, account)
        and regions.is_usable(world, account, region)
    )


def shown(call: Call, member: Member, administrator: str) -> dict[str, Any]:
    """A member of an administrator as the answer has it, by the names of the model."""
    values: dict[str, Any] = {
        **dict.fromkeys(("accountid",), member.account),
        **dict.fromkeys(("email", "emailaddress"), member.email),
        **dict.fromkeys(("status", "relationshipstatus", "memberstatus"), member.status),
        **dict.fromkeys(("masterid", "masteraccountid", "administratorid", "administratoraccountid"), administrator),
        **dict.fromkeys(("delegatedadminaccountid",), administrator),
        **dict.fromkeys(("invitedat", "invitedtime", "updatedat", "updatedtime"), member.updated),
    }
    known = {name: shape for name, shape in _entry(call).members.items() if name.lower() in values}
    found = {name: values[name.lower()] for name in known}
    return found | {
        name: stamp(value)
        for name, value in found.items()
        if isinstance(value, datetime) and known[name].type_name == "string"
    }


def _answer(call: Call) -> Mapping[str, Any]:
    members: Mapping[str, Any] = call.operation.model.output_shape.members
    return members


def _listed(call: Call) -> str:
    """The list in an answer that is not about accounts that were refused."""
    lists = (name for name, shape in _answer(call).items() if shape.type_name == "list")
    return next(name for name in lists if name != "UnprocessedAccounts")


def _entry(call: Call) -> Any:
    """The structure in an answer that says which account is in which state."""
    parts = (call.operation.model.output_shape, *(getattr(one, "member", one) for one in _answer(call).values()))
    for part in parts:
        names = " ".join(part.members).lower().split() if part.type_name == "structure" else []
        if "accountid" in names and any(name.endswith("status") for name in names):
            return part
    raise LookupError(f"{call.operation.name} answers no members")


def stamp(moment: datetime) -> str:
    """A time in the way that GuardDuty writes it into strings."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03}Z"
