"""Allow lists: an expression, or an object in a bucket whose lines are not reported."""

from __future__ import annotations

from typing import Any

from landing.sandbox.authorization import delivery
from landing.sandbox.services.call import Call
from landing.sandbox.services.macie.jobs import DONE
from landing.sandbox.services.macie.state import absent, enabled, invalid, made_for


def create_allow_list(call: Call) -> dict[str, Any]:
    """Once for a token (API reference, CreateAllowList); that a name is taken is documented nowhere."""
    lists = enabled(call).lists
    again = made_for(lists, call["clientToken"])
    if again is None:
        _check(call)
        made = call.world.token(22, "0123456789abcdefghijklmnopqrstuvwxyz")
        again = lists[made] = {
            "token": call["clientToken"],
            "id": made,
            "arn": call.arn(f"allow-list/{made}"),
            "name": call["name"],
            "description": call.get("description"),
            "criteria": call["criteria"],
            "createdAt": call.world.now,
            "updatedAt": call.world.now,
            "tags": call.get("tags", {}),
        }
    return {"arn": again["arn"], "id": again["id"]}


def update_allow_list(call: Call) -> dict[str, Any]:
    """All of it but tags (API reference, UpdateAllowList)."""
    found = _list(call)
    _check(call)
    found |= {"name": call["name"], "criteria": call["criteria"], "description": call.get("description")}
    found["updatedAt"] = call.world.now
    return {"arn": found["arn"], "id": found["id"]}


def get_allow_list(call: Call) -> dict[str, Any]:
    """With whether Macie can read it (API reference, AllowListStatus)."""
    found = _list(call)
    shown = {member: value for member, value in found.items() if member != "token"}
    return {**shown, "status": {"code": _status(found["criteria"])}}


def list_allow_lists(call: Call) -> dict[str, Any]:
    """25 a page, without criteria (API reference, ListAllowLists)."""
    members = ("arn", "createdAt", "description", "id", "name", "updatedAt")
    found = [{member: each[member] for member in members} for each in enabled(call).lists.values()]
    return call.page("allowLists", found, most=25)


def delete_allow_list(call: Call) -> dict[str, Any]:
    """Not while a job uses it that is neither COMPLETE nor CANCELLED, unless told so (API reference)."""
    found = _list(call)
    place = enabled(call)
    used = any(found["id"] in job.get("allowListIds", ()) and job["status"] not in DONE for job in place.jobs.values())
    if used and call.get("ignoreJobChecks") != "true":
        raise invalid("The request failed because active classification jobs are configured to use the allow list.")
    del place.lists[found["id"]]
    return {}


def _list(call: Call) -> dict[str, Any]:
    found = enabled(call).lists.get(call["id"])
    if found is None:
        raise absent("The request failed because the specified resource doesn't exist.")
    return found


def _check(call: Call) -> None:
    """One of the two forms (API reference, AllowListCriteria)."""
    if len([form for form in ("regex", "s3WordsList") if form in call["criteria"]]) != 1:
        raise invalid("The criteria must specify either a regular expression or an S3 object.")


def _status(criteria: dict[str, Any]) -> str:
    file = criteria.get("s3WordsList")
    bucket = delivery.bucket(file["bucketName"]) if file else None
    found = bucket.keys.get(file["objectKey"]) if file and bucket is not None else None
    if file and found is None:
        return "S3_OBJECT_NOT_FOUND"
    return "S3_OBJECT_EMPTY" if found is not None and not found.size else "OK"
