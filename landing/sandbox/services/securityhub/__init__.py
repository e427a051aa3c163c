"""AWS Security Hub CSPM: hubs, standards, central configuration, findings (User Guide and API reference)."""

from __future__ import annotations

from typing import ClassVar

from landing.sandbox.protocol.constraints import Problem
from landing.sandbox.protocol.model import Operation
from landing.sandbox.protocol.refusal import Refusal
from landing.sandbox.services.call import Call
from landing.sandbox.services.securityhub.members import MEMBERS
from landing.sandbox.services.securityhub.rollout import ADMINISTRATOR
from landing.sandbox.services.securityhub.state import Here, here, unfit
from landing.sandbox.services.securityhub.tags import TAGS
from landing.sandbox.services.service import Service

WITHOUT_HUB = frozenset({
    "DisableOrganizationAdminAccount", "EnableOrganizationAdminAccount", "EnableSecurityHub",
    "ListOrganizationAdminAccounts",
})  # fmt: skip
"""Operations for accounts that Security Hub CSPM is not on in, besides those of the newer Security Hub."""


class SecurityHub(Service[Here]):
    """Region by Region, unless central configuration spreads it from the home Region."""

    name = "securityhub"
    problem_error: ClassVar = {"code": "InvalidInputException", "Code": "InvalidInputException"}
    token_error: ClassVar = {**problem_error, "message": "Invalid NextToken."}
    state_type = Here
    topics = (ADMINISTRATOR, MEMBERS, TAGS)

    def admit(self, call: Call) -> None:
        """Almost everything needs a hub (API reference, InvalidAccessException)."""
        name = call.operation.name
        if name not in WITHOUT_HUB and not name.endswith("V2") and here(call).hub is None:
            raise Refusal("InvalidAccessException", f"Account {call.account} is not subscribed to AWS Security Hub")

    def refuse_problem(self, operation: Operation, problem: Problem) -> Refusal:
        """Those of the newer Security Hub have another error for it (the errors that the model has of each)."""
        return unfit(str(problem)) if _is_newer(operation) else super().refuse_problem(operation, problem)

    def refuse_token(self, operation: Operation) -> Refusal:
        """The same."""
        return unfit("Invalid NextToken.") if _is_newer(operation) else super().refuse_token(operation)


def _is_newer(operation: Operation) -> bool:
    errors = {shape.name for shape in operation.model.error_shapes}
    return "ValidationException" in errors and "InvalidInputException" not in errors
