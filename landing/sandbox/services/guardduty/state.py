"""What GuardDuty keeps for an account in a Region."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from landing.sandbox.protocol.refusal import Refusal
from landing.sandbox.services.administrator import Relations
from landing.sandbox.services.call import Call
from landing.sandbox.services.members import Member
from landing.sandbox.services.places import Places

bad = Refusal.of("BadRequestException")
"""GuardDuty's word for almost every refusal."""

PRINCIPAL = "guardduty.amazonaws.com"


@dataclass(slots=True)
class Holdings:
    """What hangs on a detector."""

    filters: dict[str, dict[str, Any]] = field(default_factory=dict)
    entity_sets: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)
    """By kind (IPSet, ThreatIntelSet...), then by id."""
    destinations: dict[str, dict[str, Any]] = field(default_factory=dict)
    findings: dict[str, dict[str, Any]] = field(default_factory=dict)
    scans: dict[str, Any] = field(default_factory=dict)
    """Settings of malware scans, as they were put."""


@dataclass(slots=True)
class Detector:
    """The one detector of an account in a Region."""

    id: str
    created: datetime
    updated: datetime
    features: Mapping[str, str]
    """`FEATURE` or `FEATURE/ADDITIONAL` to its status. Never changed in place: members share one."""
    enabled: bool = True
    frequency: str = "SIX_HOURS"
    tags: dict[str, str] | None = None
    holdings: Holdings | None = None

    def held(self) -> Holdings:
        """What hangs on it, to be changed."""
        self.holdings = self.holdings or Holdings()
        return self.holdings


@dataclass(slots=True)
class Administration:
    """What the organization's administrator has set in a Region."""

    organization: str
    """The management account."""
    features: Mapping[str, str]
    auto_enable: str = "NONE"
    members: dict[str, Member] = field(default_factory=dict)
    joined: list[str] = field(default_factory=list)
    """Accounts that have come since, and are not looked at yet."""
    everyone: bool = False
    """Whether accounts that were there before are still to be looked at."""


@dataclass(slots=True)
class Here(Relations):
    """An account in a Region."""

    detector: Detector | None = None
    administration: Administration | None = None
    """Of the organization's administrator."""


PLACES = Places("guardduty", Here)
at, here = PLACES.at, PLACES.here


def own_detector(call: Call) -> Detector:
    """The caller's detector, which the call names."""
    found = here(call).detector
    if found is None or found.id != call["DetectorId"]:
        raise bad("The request is rejected because the input detectorId is not owned by the current account.")
    return found


def managed_detector(call: Call) -> Detector:
    """The same, where a member may not do what its administrator does for it (User Guide, "Relationships")."""
    found = own_detector(call)
    if here(call).administrator is not None:
        raise bad("The request is rejected because the current account is a member, managed by its administrator.")
    return found


def administered(call: Call) -> Administration:
    """What the caller, as administrator, has set; its detector is the one that the call names, if it names one."""
    if "DetectorId" in call:
        own_detector(call)
    settings = here(call).administration
    if settings is None:
        raise bad("The request failed because the current account is not the GuardDuty delegated administrator.")
    return settings


def invalid() -> Refusal:
    """What it says about a value that it does not like."""
    return bad("The request is rejected because an invalid or out-of-range value is specified as an input parameter.")


def absent() -> Refusal:
    """What it says about a thing on a detector that is not there."""
    return bad("The request is rejected since no such resource found.")
