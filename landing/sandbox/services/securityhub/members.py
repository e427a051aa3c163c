"""Members, as the organization's administrator sees and changes them."""

from __future__ import annotations

from landing.sandbox.protocol.refusal import Refusal
from landing.sandbox.services.call import Call
from landing.sandbox.services.members import Member, OrganizationMembers
from landing.sandbox.services.securityhub import rollout
from landing.sandbox.services.securityhub.state import PLACES, absent, at, here, invalid


class _Members(OrganizationMembers):
    """Each has a hub of its own."""

    places = PLACES
    associated = "The account is an associated member."

    def look(self, call: Call) -> None:
        """Once the settings have come through."""
        rollout.poll(call)

    def changeable(self, call: Call) -> dict[str, Member]:
        """API reference, DeleteMembers."""
        settings = here(call).administration
        if settings is None:
            raise invalid("The account is not an administrator.")
        return settings.members

    def invite(self, call: Call, account: str) -> str | None:
        """With default standards (API reference, CreateMembers)."""
        return rollout.add_member(call.world, call.account, call.region, account, default=True)

    def refuse_leaving(self, *, is_member: bool) -> Refusal:
        """User Guide, "Relationships"."""
        if is_member:
            return invalid("An account of an organization cannot disassociate itself from its administrator.")
        return absent("The account has no administrator account.")

    def disassociate_members(self, call: Call) -> None:
        """Security Hub stays on in them (API reference, DisassociateMembers)."""
        members = self.changeable(call)
        for account in call["AccountIds"]:
            if account not in members:
                raise absent(f"The account {account} is not a member.")
            hub = at(call.world, account, call.region).hub
            if hub is not None and hub.is_managed:
                raise invalid(f"The account {account} is centrally managed.")
            self.part(call, members[account])


MEMBERS = _Members()
