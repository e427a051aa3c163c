"""AWS Organizations, strict: it says no where AWS says no (Organizations User Guide and API reference)."""

from __future__ import annotations

from typing import ClassVar

from landing.sandbox.protocol.constraints import Problem
from landing.sandbox.protocol.model import Operation
from landing.sandbox.protocol.refusal import Refusal
from landing.sandbox.services.call import Call
from landing.sandbox.services.organizations import access
from landing.sandbox.services.organizations import state as state_module
from landing.sandbox.services.organizations.refusals import invalid
from landing.sandbox.services.service import Scope, Service

REASONS = {
    "enum": ("INVALID_ENUM", "You specified an invalid value."),
    "pattern": ("INVALID_PATTERN", "You provided a value that doesn't match the required pattern."),
    "required": ("INPUT_REQUIRED", "You must include a value for all required parameters."),
    "min_length": ("MIN_LENGTH_EXCEEDED", "You provided a string that is shorter than allowed."),
    "max_length": ("MAX_LENGTH_EXCEEDED", "You provided a string that is longer than allowed."),
    "min_value": ("MIN_VALUE_EXCEEDED", "You provided a numeric parameter that is too small."),
    "max_value": ("MAX_VALUE_EXCEEDED", "You provided a numeric parameter that is too large."),
}


class Organizations(Service[state_module.Organizations]):
    """Every refusal that AWS documents for the tree, accounts, policies, delegations and handshakes."""

    name = "organizations"
    token_error: ClassVar = {
        "code": "InvalidInputException",
        "message": "Get the value for NextToken from the response to a previous call of the operation.",
        "Reason": "INVALID_NEXT_TOKEN",
    }
    scope = Scope.WORLD
    state_type = state_module.Organizations

    def admit(self, call: Call) -> None:
        """Management account, delegated administrator, member, or anyone: it depends on the operation."""
        access.admit(call)

    def refuse_problem(self, operation: Operation, problem: Problem) -> Refusal:
        """There is a Reason for each kind of invalid input (API reference, InvalidInputException)."""
        reason, message = REASONS[problem.kind]
        if problem.kind == "enum" and problem.path.lower().endswith(("policytype", "filter", "type")):
            reason = "INVALID_ENUM_POLICY_TYPE"
        return invalid(reason, message)
