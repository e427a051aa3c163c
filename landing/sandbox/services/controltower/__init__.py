"""AWS Control Tower: a landing zone, what of it is enabled on units, and what it makes there (API reference)."""

from __future__ import annotations

from landing.sandbox.protocol.refusal import Refusal
from landing.sandbox.services import accounts
from landing.sandbox.services.call import Call
from landing.sandbox.services.controltower.state import Place
from landing.sandbox.services.controltower.tags import TAGS
from landing.sandbox.services.service import Service


class ControlTower(Service[Place]):
    """For the management account, in the Region of its landing zone; Account Factory is unsupported."""

    name = "controltower"
    state_type = Place
    topics = (TAGS,)

    def admit(self, call: Call) -> None:
        """Only the management account (User Guide, "How AWS Control Tower works")."""
        if not accounts.is_management(call.world, call.account):
            raise Refusal("AccessDeniedException", "You must sign in to the organization's management account.")
