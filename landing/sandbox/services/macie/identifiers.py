"""Custom data identifiers, which nobody changes, and which go on where they are used when they are deleted."""

from __future__ import annotations

import re
from typing import Any

from landing.sandbox.services.call import Call
from landing.sandbox.services.macie.state import absent, enabled, invalid, made_for

SEVERITIES = ("LOW", "MEDIUM", "HIGH")
MEMBERS = ("arn", "createdAt", "description", "id", "name")


def create_custom_data_identifier(call: Call) -> dict[str, Any]:
    """Once for a token (API reference, CreateCustomDataIdentifier); that a name is taken is documented nowhere."""
    place = enabled(call)
    token = call.get("clientToken", "")
    again = made_for(place.identifiers, token)
    if again is None:
        _check(call)
        made = call.world.token(36, "0123456789abcdef-")
        again = place.identifiers[made] = {
            "token": token,
            "id": made,
            "arn": call.arn(f"custom-data-identifier/{made}"),
            "createdAt": call.world.now,
            "deleted": False,
            "name": call["name"],
            "description": call.get("description"),
            "regex": call["regex"],
            "keywords": call.get("keywords", []),
            "ignoreWords": call.get("ignoreWords", []),
            "maximumMatchDistance": call.get("maximumMatchDistance", 50),
            "severityLevels": call.get("severityLevels", []),
            "tags": call.get("tags", {}),
        }
    return {"customDataIdentifierId": again["id"]}


def get_custom_data_identifier(call: Call) -> dict[str, Any]:
    """Also one that is deleted (User Guide, "Deleting a custom data identifier")."""
    found = enabled(call).identifiers.get(call["id"])
    if found is None:
        raise absent("The request failed because the specified resource doesn't exist.")
    return {member: value for member, value in found.items() if member != "token"}


def batch_get_custom_data_identifiers(call: Call) -> dict[str, Any]:
    """Also those that are deleted, and which there are not (API reference, BatchGetCustomDataIdentifiers)."""
    place, asked = enabled(call), call.get("ids", [])
    found = [place.identifiers[each] for each in asked if each in place.identifiers]
    return {
        "customDataIdentifiers": [{member: each[member] for member in (*MEMBERS, "deleted")} for each in found],
        "notFoundIdentifierIds": [each for each in asked if each not in place.identifiers],
    }


def list_custom_data_identifiers(call: Call) -> dict[str, Any]:
    """Those that are not deleted (API reference, ListCustomDataIdentifiers)."""
    found = [each for each in enabled(call).identifiers.values() if not each["deleted"]]
    return call.page("items", [{member: each[member] for member in MEMBERS} for each in found], most=25)


def delete_custom_data_identifier(call: Call) -> dict[str, Any]:
    """Softly (API reference, DeleteCustomDataIdentifier)."""
    found = enabled(call).identifiers.get(call["id"])
    if found is None or found["deleted"]:
        raise absent("The request failed because the specified resource doesn't exist.")
    found["deleted"] = True
    return {}


def _check(call: Call) -> None:
    """Of what a request has (API reference, CreateCustomDataIdentifierRequest; the model has none of these bounds)."""
    for member, most in (("name", 128), ("description", 512), ("regex", 512)):
        if member in call and not 1 <= len(call[member]) <= most:
            raise invalid(f"{member} has 1 to {most} characters.")
    try:
        re.compile(call["regex"])
    except re.error:
        raise invalid("The regular expression isn't valid.") from None
    for member, least, most in (("keywords", 3, 50), ("ignoreWords", 4, 10)):
        words = call.get(member, [])
        if len(words) > most or any(not least <= len(word) <= 90 for word in words):
            raise invalid(f"{member} has {most} words at most, of {least} to 90 characters.")
    if not 1 <= call.get("maximumMatchDistance", 50) <= 300:
        raise invalid("maximumMatchDistance is from 1 to 300.")
    levels = {level["severity"]: level["occurrencesThreshold"] for level in call.get("severityLevels", [])}
    thresholds = [levels[severity] for severity in SEVERITIES if severity in levels]
    if len(levels) != len(call.get("severityLevels", [])) or thresholds != sorted({*thresholds}):
        raise invalid("The occurrences thresholds must be in ascending order by severity, each severity once.")
