"""Filters of findings; those that suppress are suppression rules."""

from __future__ import annotations

from typing import Any

from landing.sandbox.protocol.refusal import Refusal
from landing.sandbox.services.call import Call
from landing.sandbox.services.inspector.state import absent, enabled, invalid


def create_filter(call: Call) -> dict[str, Any]:
    """By a name that no other has (API reference, CreateFilter)."""
    filters = enabled(call).filters
    if any(found["name"] == call["name"] for found in filters.values()):
        raise Refusal("BadRequestException", "A filter of this name exists.")
    if not call["filterCriteria"]:
        raise invalid("filterCriteria has at least one criterion.")
    arn = call.arn(f"owner/{call.account}/filter/{call.world.token(16, '0123456789abcdef')}")
    filters[arn] = {
        "arn": arn,
        "ownerId": call.account,
        "name": call["name"],
        "criteria": call["filterCriteria"],
        "action": call["action"],
        "createdAt": call.world.now,
        "updatedAt": call.world.now,
        "description": call.get("description"),
        "reason": call.get("reason"),
        "tags": call.get("tags", {}),
    }
    return {"arn": arn}


def update_filter(call: Call) -> dict[str, Any]:
    """What is named (API reference, UpdateFilter)."""
    found = _filter(call, call["filterArn"])
    names = {"filterCriteria": "criteria"}
    for member in ("action", "description", "filterCriteria", "name", "reason"):
        if member in call:
            found[names.get(member, member)] = call[member]
    found["updatedAt"] = call.world.now
    return {"arn": found["arn"]}


def delete_filter(call: Call) -> dict[str, Any]:
    """API reference, DeleteFilter."""
    arn = _filter(call, call["arn"])["arn"]
    del enabled(call).filters[arn]
    return {"arn": arn}


def list_filters(call: Call) -> dict[str, Any]:
    """All, or those of an action or of these ARNs (API reference, ListFilters)."""
    arns = call.get("arns")
    found = [
        each
        for each in enabled(call).filters.values()
        if call.get("action") in (None, each["action"]) and (not arns or each["arn"] in arns)
    ]
    return call.page("filters", found)


def _filter(call: Call, arn: str) -> dict[str, Any]:
    found = enabled(call).filters.get(arn)
    if found is None:
        raise absent("The filter")
    return found
