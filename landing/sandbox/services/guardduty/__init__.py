"""Amazon GuardDuty: detectors, and an organization's administrator over them (User Guide, API reference)."""

from __future__ import annotations

from landing.sandbox.protocol.constraints import Problem
from landing.sandbox.protocol.model import Operation
from landing.sandbox.protocol.refusal import Refusal
from landing.sandbox.services.call import Call
from landing.sandbox.services.guardduty.enrolment import ADMINISTRATOR
from landing.sandbox.services.guardduty.members import MEMBERS
from landing.sandbox.services.guardduty.state import Here, invalid
from landing.sandbox.services.guardduty.tags import TAGS
from landing.sandbox.services.service import Service


class GuardDuty(Service[Here]):
    """Everything is Region by Region: the administrator too."""

    name = "guardduty"
    state_type = Here
    topics = (ADMINISTRATOR, MEMBERS, TAGS)

    def refuse_problem(self, operation: Operation, problem: Problem) -> Refusal:
        """One message for every invalid value (API reference, BadRequestException)."""
        del operation, problem
        return invalid()

    def refuse_token(self, operation: Operation) -> Refusal:
        """The same."""
        del operation
        return invalid()

    def list_malware_protection_plans(self, call: Call) -> dict[str, list[str]]:
        """None: they are not supported here, so nobody can have made one."""
        del call
        return {"MalwareProtectionPlans": []}

    def get_invitations_count(self, call: Call) -> dict[str, int]:
        """None."""
        del call
        return {"InvitationsCount": 0}
