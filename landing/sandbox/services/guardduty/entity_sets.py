"""Lists of addresses and names that GuardDuty trusts or suspects; four kinds that differ by their names only."""

from __future__ import annotations

from typing import Any

from landing.sandbox.services.call import Call
from landing.sandbox.services.guardduty.state import absent, bad, managed_detector, own_detector

SETTINGS = ("Name", "Format", "Location", "ExpectedBucketOwner")
MOST = {"IPSet": 1, "ThreatIntelSet": 6, "TrustedEntitySet": 1, "ThreatEntitySet": 6}
"""Kind, as its operations are named, to how many a detector may have (User Guide, "Quotas")."""


def _kind(call: Call) -> str:
    return next(kind for kind in MOST if kind in call.operation.name)


def _id(call: Call) -> str:
    """What the API calls an id of the kind."""
    return f"{_kind(call)}Id".replace("IPSet", "IpSet")


def _sets(call: Call) -> dict[str, dict[str, Any]]:
    return own_detector(call).held().entity_sets.setdefault(_kind(call), {})


def _found(call: Call) -> dict[str, Any]:
    found = _sets(call).get(call[_id(call)])
    if found is None:
        raise absent()
    return found


def create_ip_set(call: Call) -> dict[str, Any]:
    """Of the administrator, for its members too (API reference, CreateIPSet and the like)."""
    managed_detector(call)
    sets, kind = _sets(call), _kind(call)
    if len(sets) >= MOST[kind]:
        raise bad(f"The request is rejected because the limit of {kind} resources is exceeded.")
    made = call.world.token(32, "0123456789abcdef")
    sets[made] = {name: call[name] for name in SETTINGS if name in call} | {
        "Status": "ACTIVE" if call["Activate"] else "INACTIVE",
        "Tags": dict(call.get("Tags") or {}),
    }
    return {_id(call): made}


def get_ip_set(call: Call) -> dict[str, Any]:
    """As it was put (API reference, GetIPSet and the like)."""
    return _found(call)


def update_ip_set(call: Call) -> None:
    """What is not named stays (API reference, UpdateIPSet and the like)."""
    managed_detector(call)
    found = _found(call)
    found.update({name: call[name] for name in SETTINGS if name in call})
    if "Activate" in call:
        found["Status"] = "ACTIVE" if call["Activate"] else "INACTIVE"


def delete_ip_set(call: Call) -> None:
    """Gone at once (API reference, DeleteIPSet and the like)."""
    managed_detector(call)
    _found(call)
    del _sets(call)[call[_id(call)]]


def list_ip_sets(call: Call) -> dict[str, Any]:
    """Ids (API reference, ListIPSets and the like)."""
    return call.page(f"{_id(call)}s", list(_sets(call)), most=50)


create_threat_intel_set = create_trusted_entity_set = create_threat_entity_set = create_ip_set
get_threat_intel_set = get_trusted_entity_set = get_threat_entity_set = get_ip_set
update_threat_intel_set = update_trusted_entity_set = update_threat_entity_set = update_ip_set
delete_threat_intel_set = delete_trusted_entity_set = delete_threat_entity_set = delete_ip_set
list_threat_intel_sets = list_trusted_entity_sets = list_threat_entity_sets = list_ip_sets
