"""AWS CloudTrail: trails of accounts and of the organization (User Guide and API reference)."""

from __future__ import annotations

from typing import Any

from landing.sandbox.protocol.constraints import Problem
from landing.sandbox.protocol.model import Operation
from landing.sandbox.protocol.refusal import Refusal
from landing.sandbox.services import event_history
from landing.sandbox.services.call import Call
from landing.sandbox.services.cloudtrail.state import Trails
from landing.sandbox.services.service import Scope, Service


class CloudTrail(Service[Trails]):
    """A trail lives in its home Region and is seen, as a shadow, in other Regions and by members."""

    name = "cloudtrail"
    scope = Scope.ACCOUNT
    state_type = Trails
    topics = (event_history,)

    def refuse_problem(self, operation: Operation, problem: Problem) -> Refusal:
        """API reference, InvalidParameterException."""
        if problem.path.endswith(("readWriteType", "fieldSelectors", "equals")):
            return Refusal("InvalidEventSelectorsException", str(problem))
        return Refusal("InvalidParameterException", str(problem))

    def create_event_data_store(self, call: Call) -> None:
        """CloudTrail Lake is closed to new customers since 2026-05-31 (User Guide, "Availability change")."""
        del call
        raise Refusal("OperationNotPermittedException", "AWS CloudTrail Lake is no longer available to new customers.")

    def list_event_data_stores(self, call: Call) -> dict[str, Any]:
        """None, since none can be made."""
        del call
        return {"EventDataStores": []}
