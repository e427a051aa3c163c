"""What Access Analyzer keeps for an account in a Region."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from landing.sandbox.protocol.refusal import Refusal
from landing.sandbox.services.call import Call
from landing.sandbox.services.places import Places

invalid = Refusal.of("ValidationException", reason="other")

PRINCIPAL = "access-analyzer.amazonaws.com"


@dataclass(slots=True)
class Analyzer:
    """An analyzer with its archive rules."""

    arn: str
    name: str
    type: str
    created: datetime
    configuration: dict[str, Any]
    tags: dict[str, str]
    status: str = "CREATING"
    reason: str | None = None
    """Why it is DISABLED."""
    rules: dict[str, dict[str, Any]] = field(default_factory=dict)

    @property
    def of_organization(self) -> bool:
        """Whether the organization is its zone of trust."""
        return self.type.startswith("ORGANIZATION")


@dataclass(slots=True)
class Place:
    """An account in a Region."""

    analyzers: dict[str, Analyzer] = field(default_factory=dict)


PLACES = Places("accessanalyzer", Place)
at = PLACES.at


def named(call: Call) -> Analyzer:
    """The caller's analyzer of that name."""
    found = at(call.world, call.account, call.region).analyzers.get(call["analyzerName"])
    if found is None:
        raise absent(call["analyzerName"], "Analyzer")
    return found


def by_arn(call: Call, member: str = "analyzerArn") -> Analyzer:
    """The caller's analyzer with that ARN."""
    for found in at(call.world, call.account, call.region).analyzers.values():
        if found.arn == call[member]:
            return found
    raise absent(call[member], "Analyzer")


def absent(what: str, kind: str) -> Refusal:
    """A ResourceNotFoundException."""
    return Refusal("ResourceNotFoundException", f"{kind} {what} not found", resourceId=what, resourceType=kind)


def conflict(message: str, what: str, kind: str) -> Refusal:
    """A ConflictException."""
    return Refusal("ConflictException", message, resourceId=what, resourceType=kind)
