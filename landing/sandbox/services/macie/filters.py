"""Filters of findings; those with the action ARCHIVE are suppression rules."""

from __future__ import annotations

from typing import Any

from landing.sandbox.services.call import Call
from landing.sandbox.services.macie.state import absent, enabled, invalid, made_for


def create_findings_filter(call: Call) -> dict[str, Any]:
    """Once for a token (API reference, CreateFindingsFilter); that a name is taken is documented nowhere."""
    filters = enabled(call).filters
    again = made_for(filters, call["clientToken"])
    if again is None:
        _check(call)
        made = call.world.token(36, "0123456789abcdef-")
        again = filters[made] = {
            "token": call["clientToken"],
            "id": made,
            "arn": call.arn(f"findings-filter/{made}"),
            "name": call["name"],
            "action": call["action"],
            "description": call.get("description"),
            "findingCriteria": call["findingCriteria"],
            "position": call.get("position", len(filters) + 1),
            "tags": call.get("tags", {}),
        }
    return {"arn": again["arn"], "id": again["id"]}


def update_findings_filter(call: Call) -> dict[str, Any]:
    """What is named (API reference, UpdateFindingsFilter)."""
    found = _filter(call)
    _check(call)
    members = ("name", "action", "description", "findingCriteria", "position")
    found.update({member: call[member] for member in members if member in call})
    return {"arn": found["arn"], "id": found["id"]}


def get_findings_filter(call: Call) -> dict[str, Any]:
    """API reference, GetFindingsFilter."""
    return {member: value for member, value in _filter(call).items() if member != "token"}


def list_findings_filters(call: Call) -> dict[str, Any]:
    """25 a page, without criteria (API reference, ListFindingsFilters)."""
    members = ("action", "arn", "id", "name", "tags")
    found = [{member: each[member] for member in members} for each in enabled(call).filters.values()]
    return call.page("findingsFilterListItems", found, most=25)


def delete_findings_filter(call: Call) -> dict[str, Any]:
    """API reference, DeleteFindingsFilter."""
    del enabled(call).filters[_filter(call)["id"]]
    return {}


def _filter(call: Call) -> dict[str, Any]:
    found = enabled(call).filters.get(call["id"])
    if found is None:
        raise absent("The request failed because the specified resource doesn't exist.")
    return found


def _check(call: Call) -> None:
    """Of what a request has (API reference, CreateFindingsFilterRequest; the model has none of these bounds)."""
    if "name" in call and not 3 <= len(call["name"]) <= 64:
        raise invalid("A name has 3 to 64 characters.")
    if len(call.get("description", "")) > 512:
        raise invalid("A description has 512 characters at most.")
    if "findingCriteria" in call and not call["findingCriteria"].get("criterion"):
        raise invalid("There is no criterion.")
