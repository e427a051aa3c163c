"""AWS Lambda, as services call it: no function is run, what it was given is kept (Developer Guide, "Permissions")."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from landing.sandbox.authorization import trust
from landing.sandbox.authorization.delivery import Deliverer
from landing.sandbox.moto import upstream
from landing.sandbox.protocol.refusal import Refusal
from landing.sandbox.services.places import Places
from landing.sandbox.world import World

FUNCTION = ":function:"


@dataclass
class Invocations:
    """Events that functions of an account in a Region were given, oldest first: name of the function, event."""

    waiting: list[tuple[str, dict[str, Any]]] = field(default_factory=list)


INVOCATIONS = Places("lambda-invocations", Invocations)


def invoke(world: World, who: Deliverer, arn: str, event: Mapping[str, Any]) -> None:
    """The function is given it, where its policy lets the service invoke it; else refused."""
    there, owner = arn.split(":")[3:5]
    functions = upstream.backend("lambda", owner, there).list_functions()
    statements = [one for each in functions if each.function_arn == arn for one in each.policy.statements]
    document = json.dumps({"Version": "2012-10-17", "Statement": statements})
    if not statements or not trust.admits(document, who.identity, "lambda:InvokeFunction", who.context, resource=arn):
        raise Refusal("AccessDeniedException", f"{who.identity.principal} may not invoke {arn}.")
    INVOCATIONS.at(world, owner, there).waiting.append((arn.partition(FUNCTION)[2], dict(event)))
