"""Filters on findings, which may archive them (suppression rules)."""

from __future__ import annotations

from typing import Any

from landing.sandbox.services.call import Call
from landing.sandbox.services.guardduty.state import absent, bad, managed_detector, own_detector

SETTINGS = ("Description", "Action", "Rank", "FindingCriteria")
MOST = 100


def create_filter(call: Call) -> dict[str, Any]:
    """Of the administrator, for its members too; 100 of them (User Guide, "Quotas")."""
    filters = managed_detector(call).held().filters
    if call["Name"] in filters:
        raise bad("The request is rejected because a filter with the given name already exists.")
    if len(filters) >= MOST:
        raise bad("The request is rejected because the limit of filters is exceeded.")
    filters[call["Name"]] = {
        "Name": call["Name"],
        "Action": "NOOP",
        "Rank": len(filters) + 1,
        "CreatedAt": call.world.now,
        "UpdatedAt": call.world.now,
        "Tags": dict(call.get("Tags") or {}),
        **{name: call[name] for name in SETTINGS if name in call},
    }
    return {"Name": call["Name"]}


def get_filter(call: Call) -> dict[str, Any]:
    """API reference, GetFilter."""
    return _found(call)


def update_filter(call: Call) -> dict[str, Any]:
    """What is not named stays (API reference, UpdateFilter)."""
    managed_detector(call)
    found = _found(call)
    found.update({name: call[name] for name in SETTINGS if name in call}, UpdatedAt=call.world.now)
    return {"Name": call["FilterName"]}


def delete_filter(call: Call) -> None:
    """API reference, DeleteFilter."""
    _found(call)
    del managed_detector(call).held().filters[call["FilterName"]]


def list_filters(call: Call) -> dict[str, Any]:
    """Names (API reference, ListFilters)."""
    return call.page("FilterNames", list(own_detector(call).held().filters), most=50)


def _found(call: Call) -> dict[str, Any]:
    found = own_detector(call).held().filters.get(call["FilterName"])
    if found is None:
        raise absent()
    return found
