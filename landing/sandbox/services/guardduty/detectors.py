"""The detector of an account in a Region."""

from __future__ import annotations

from typing import Any

from landing.sandbox.services.call import Call
from landing.sandbox.services.guardduty import enrolment, features
from landing.sandbox.services.guardduty.state import (
    PRINCIPAL,
    Detector,
    at,
    bad,
    here,
    managed_detector,
    own_detector,
)
from landing.sandbox.services.iam.linked_roles import ensure, service_role
from landing.sandbox.services.members import stamp


def create_detector(call: Call) -> dict[str, Any]:
    """One for each account and Region; features that are not named are enabled (API reference, CreateDetector)."""
    place = here(call)
    if place.detector is not None:
        raise bad("The request is rejected because a detector already exists for the current account.")
    asked = features.requested(call, "Status", detector=True)
    place.detector = enrolment.new_detector(call.world, {**features.DEFAULTS, **asked})
    place.detector.enabled = call["Enable"]
    place.detector.frequency = call.get("FindingPublishingFrequency", "SIX_HOURS")
    place.detector.tags = dict(call.get("Tags") or {})
    ensure(call.world, call.account, PRINCIPAL)
    return {"DetectorId": place.detector.id}


def list_detectors(call: Call) -> dict[str, Any]:
    """At most one (API reference, ListDetectors)."""
    enrolment.poll(call)
    found = here(call).detector
    return call.page("DetectorIds", [] if found is None else [found.id], most=50)


def get_detector(call: Call) -> dict[str, Any]:
    """A member has its administrator's frequency (User Guide, "Setting the frequency...")."""
    detector = own_detector(call)
    status = "ENABLED" if detector.enabled else "DISABLED"
    foundational = dict.fromkeys(features.FOUNDATIONAL, status)
    return {
        "CreatedAt": stamp(detector.created),
        "UpdatedAt": stamp(detector.updated),
        "FindingPublishingFrequency": _frequency(call, detector),
        "ServiceRole": service_role(call.world, call.account, PRINCIPAL),
        "Status": status,
        "DataSources": features.data_sources(detector.features, enabled=detector.enabled),
        "Tags": detector.tags or {},
        "Features": features.shown({**foundational, **detector.features}, "Status", UpdatedAt=detector.updated),
    }


def _frequency(call: Call, detector: Detector) -> str:
    administrator = here(call).administrator
    theirs = None if administrator is None else at(call.world, administrator, call.region).detector
    return (theirs or detector).frequency


def update_detector(call: Call) -> None:
    """What is not named stays; a member's is its administrator's business (API reference, UpdateDetector)."""
    detector = managed_detector(call)
    asked = features.requested(call, "Status", detector=True)
    detector.features = {**detector.features, **asked}
    detector.enabled = call.get("Enable", detector.enabled)
    detector.frequency = call.get("FindingPublishingFrequency", detector.frequency)
    detector.updated = call.world.now


def delete_detector(call: Call) -> None:
    """Not with members, nor as one (API reference, DeleteDetector)."""
    managed_detector(call)
    place = here(call)
    if place.administration is not None and any(m.status != "Removed" for m in place.administration.members.values()):
        raise bad(
            "The request is rejected because the current account cannot delete detector while it has invited or "
            "associated members."
        )
    place.detector = None
