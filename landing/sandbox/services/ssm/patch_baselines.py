"""Patch baselines of an account in a Region, and which one is the default of a system.

Systems Manager API reference, CreatePatchBaseline and its neighbours; moto's take anything and have no default.
"""

from __future__ import annotations

from typing import Any

from landing.sandbox.protocol.refusal import Refusal
from landing.sandbox.services.call import Call
from landing.sandbox.services.ssm.state import PLACES

CHANGED = (
    "Name", "GlobalFilters", "ApprovalRules", "ApprovedPatches", "ApprovedPatchesComplianceLevel",
    "ApprovedPatchesEnableNonSecurity", "RejectedPatches", "RejectedPatchesAction", "Description", "Sources",
    "AvailableSecurityUpdatesComplianceStatus",
)  # fmt: skip
DEFAULTS: dict[str, Any] = {
    "ApprovedPatchesComplianceLevel": "UNSPECIFIED",
    "ApprovedPatchesEnableNonSecurity": False,
    "RejectedPatchesAction": "ALLOW_AS_DEPENDENCY",
}
MOST = 50
"""Patch baselines of an account in a Region (AWS General Reference, Systems Manager quotas)."""
UNDATED = ("DEBIAN", "UBUNTU")


def create_patch_baseline(call: Call) -> dict[str, Any]:
    """Of a system, Windows when none is given."""
    here = PLACES.here(call).baselines
    if len(here) >= MOST:
        raise Refusal("ResourceLimitExceededException", f"There are {MOST} patch baselines.")
    system = call.get("OperatingSystem", "WINDOWS")
    _check(call, system)
    id_ = f"pb-{call.world.token(17, '0123456789abcdef')}"
    given = {name: call[name] for name in CHANGED if name in call}
    made = {"CreatedDate": call.world.now, "ModifiedDate": call.world.now}
    here[id_] = {"BaselineId": id_, "OperatingSystem": system, **DEFAULTS, **made, **given}
    return {"BaselineId": id_}


def get_patch_baseline(call: Call) -> dict[str, Any]:
    """With its patch groups, of which there are none here."""
    return {**_found(call), "PatchGroups": []}


def update_patch_baseline(call: Call) -> dict[str, Any]:
    """What is not given stays, or with Replace goes."""
    found = _found(call)
    _check(call, found["OperatingSystem"])
    kept = {name: value for name, value in found.items() if name not in CHANGED} if call.get("Replace") else found
    given = {name: call[name] for name in CHANGED if name in call}
    changed = {**DEFAULTS, **kept, **given, "ModifiedDate": call.world.now}
    changed.setdefault("Name", found["Name"])
    PLACES.here(call).baselines[found["BaselineId"]] = changed
    return changed


def delete_patch_baseline(call: Call) -> dict[str, Any]:
    """Not the default one; one that is not there is gone."""
    here = PLACES.here(call)
    if call["BaselineId"] in here.default_baselines.values():
        raise Refusal("ResourceInUseException", f"{call['BaselineId']} is the default patch baseline.")
    here.baselines.pop(call["BaselineId"], None)
    return {"BaselineId": call["BaselineId"]}


def register_default_patch_baseline(call: Call) -> dict[str, Any]:
    """Of its system."""
    found = _found(call)
    PLACES.here(call).default_baselines[found["OperatingSystem"]] = found["BaselineId"]
    return {"BaselineId": found["BaselineId"]}


def get_default_patch_baseline(call: Call) -> dict[str, Any]:
    """Of a system, AWS's own where none was registered."""
    system = call.get("OperatingSystem", "WINDOWS")
    own = f"arn:{call.world.partition}:ssm:{call.region}:075727635805:patchbaseline/pb-0{system.lower()[:16]:0<16}"
    return {"BaselineId": PLACES.here(call).default_baselines.get(system, own), "OperatingSystem": system}


def _found(call: Call) -> dict[str, Any]:
    found = PLACES.here(call).baselines.get(call["BaselineId"])
    if found is None:
        raise Refusal("DoesNotExistException", f"Patch baseline {call['BaselineId']} does not exist.")
    return found


def _check(call: Call, system: str) -> None:
    """A rule says from when on it approves, but for Debian and Ubuntu (API reference, PatchRule)."""
    for rule in (call.get("ApprovalRules") or {}).get("PatchRules", ()):
        dated = "ApproveAfterDays" in rule or "ApproveUntilDate" in rule
        if dated == (system in UNDATED):
            wants = "takes no" if dated else "needs"
            raise Refusal("ValidationException", f"A rule for {system} {wants} ApproveAfterDays or ApproveUntilDate.")
