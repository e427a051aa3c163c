"""Lists of addresses and names that GuardDuty trusts or suspects; four kinds that differ by their names only."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from landing.sandbox.services.call import Call
from landing.sandbox.services.guardduty.state import absent, bad, managed_detector, own_detector

SETTINGS = ("Name", "Format", "Location", "ExpectedBucketOwner")


@dataclass(frozen=True, slots=True)
class Kind:
    """One of the kinds: its words in the API, and how many a detector may have (User Guide, "Quotas")."""

    name: str
    id: str
    ids: str
    most: int


IP = Kind("IPSet", "IpSetId", "IpSetIds", 1)
THREAT_INTEL = Kind("ThreatIntelSet", "ThreatIntelSetId", "ThreatIntelSetIds", 6)
TRUSTED = Kind("TrustedEntitySet", "TrustedEntitySetId", "TrustedEntitySetIds", 1)
THREAT = Kind("ThreatEntitySet", "ThreatEntitySetId", "ThreatEntitySetIds", 6)

Operation = Callable[[Call], dict[str, Any] | None]


def _sets(call: Call, kind: Kind) -> dict[str, dict[str, Any]]:
    return own_detector(call).held().entity_sets.setdefault(kind.name, {})


def _found(call: Call, kind: Kind) -> dict[str, Any]:
    found = _sets(call, kind).get(call[kind.id])
    if found is None:
        raise absent()
    return found


def _creating(kind: Kind) -> Operation:
    def create(call: Call) -> dict[str, Any]:
        """Of the administrator, for its members too."""
        managed_detector(call)
        sets = _sets(call, kind)
        if len(sets) >= kind.most:
            raise bad(f"The request is rejected because the limit of {kind.name} resources is exceeded.")
        made = call.world.token(32, "0123456789abcdef")
        sets[made] = {name: call[name] for name in SETTINGS if name in call} | {
            "Status": "ACTIVE" if call["Activate"] else "INACTIVE",
            "Tags": dict(call.get("Tags") or {}),
        }
        return {kind.id: made}

    return create


def _getting(kind: Kind) -> Operation:
    def get(call: Call) -> dict[str, Any]:
        """As it was put."""
        return _found(call, kind)

    return get


def _updating(kind: Kind) -> Operation:
    def update(call: Call) -> None:
        """What is not named stays."""
        managed_detector(call)
        found = _found(call, kind)
        found.update({name: call[name] for name in SETTINGS if name in call})
        if "Activate" in call:
            found["Status"] = "ACTIVE" if call["Activate"] else "INACTIVE"

    return update


def _deleting(kind: Kind) -> Operation:
    def delete(call: Call) -> None:
        """Gone at once."""
        managed_detector(call)
        _found(call, kind)
        del _sets(call, kind)[call[kind.id]]

    return delete


def _listing(kind: Kind) -> Operation:
    def lists(call: Call) -> dict[str, Any]:
        """Ids."""
        return call.page(kind.ids, list(_sets(call, kind)), most=50)

    return lists


create_ip_set, get_ip_set, update_ip_set = _creating(IP), _getting(IP), _updating(IP)
delete_ip_set, list_ip_sets = _deleting(IP), _listing(IP)
create_threat_intel_set, get_threat_intel_set = _creating(THREAT_INTEL), _getting(THREAT_INTEL)
update_threat_intel_set, delete_threat_intel_set = _updating(THREAT_INTEL), _deleting(THREAT_INTEL)
list_threat_intel_sets = _listing(THREAT_INTEL)
create_trusted_entity_set, get_trusted_entity_set = _creating(TRUSTED), _getting(TRUSTED)
update_trusted_entity_set, delete_trusted_entity_set = _updating(TRUSTED), _deleting(TRUSTED)
list_trusted_entity_sets = _listing(TRUSTED)
create_threat_entity_set, get_threat_entity_set = _creating(THREAT), _getting(THREAT)
update_threat_entity_set, delete_threat_entity_set = _updating(THREAT), _deleting(THREAT)
list_threat_entity_sets = _listing(THREAT)
