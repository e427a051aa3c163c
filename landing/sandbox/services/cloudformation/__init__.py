"""AWS CloudFormation: stacks, change sets, drift and stack sets, on the resources of the same world."""

from __future__ import annotations

from typing import ClassVar

from landing.sandbox.services.cloudformation.stack_sets import access, automatic, instances, operations, sets
from landing.sandbox.services.cloudformation.state import CloudFormationState
from landing.sandbox.services.service import Scope, Service


class CloudFormation(Service[CloudFormationState]):
    """What a template cannot have done here fails loudly, before anything is made (see `support`)."""

    name = "cloudformation"
    token_error: ClassVar = {"code": "ValidationError", "message": "The pagination token is not valid."}
    scope = Scope.REGION
    state_type = CloudFormationState
    topics = (access, automatic, instances, operations, sets)
