"""Sensitive data discovery jobs, which find nothing here."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from landing.sandbox.services.call import Call
from landing.sandbox.services.macie.state import Place, absent, conflict, enabled, invalid

DONE = ("COMPLETE", "CANCELLED")
FROM = {
    "CANCELLED": ("IDLE", "PAUSED", "RUNNING", "USER_PAUSED"),
    "RUNNING": ("USER_PAUSED",),
    "USER_PAUSED": ("IDLE", "PAUSED", "RUNNING"),
}
"""What may become of a job, and from what (API reference, UpdateClassificationJobRequest)."""
LASTING = timedelta(hours=1)
"""How long a job of one time runs here."""
LISTED = ("createdAt", "jobId", "jobType", "name", "lastRunErrorStatus")


def create_classification_job(call: Call) -> dict[str, Any]:
    """Once for a token (API reference, CreateClassificationJob)."""
    place = enabled(call)
    again = next((job for job in place.jobs.values() if job["clientToken"] == call["clientToken"]), None)
    if again is None:
        _check(call, place)
        made = call.world.token(32, "0123456789abcdef")
        members = (
            "allowListIds", "clientToken", "customDataIdentifierIds", "description", "jobType",
            "managedDataIdentifierIds", "name", "s3JobDefinition", "scheduleFrequency",
        )  # fmt: skip
        again = place.jobs[made] = {
            **{member: call[member] for member in members if member in call},
            "jobId": made,
            "jobArn": call.arn(f"classification-job/{made}"),
            "createdAt": call.world.now,
            "initialRun": call.get("initialRun", False),
            "managedDataIdentifierSelector": call.get("managedDataIdentifierSelector", "RECOMMENDED"),
            "samplingPercentage": call.get("samplingPercentage", 100),
            "lastRunErrorStatus": {"code": "NONE"},
            "status": "IDLE" if call["jobType"] == "SCHEDULED" else "RUNNING",
            "tags": call.get("tags", {}),
        }
    return {"jobArn": again["jobArn"], "jobId": again["jobId"]}


def describe_classification_job(call: Call) -> dict[str, Any]:
    """API reference, DescribeClassificationJob."""
    job = _job(call)
    return {**{member: value for member, value in job.items() if member != "status"}, "jobStatus": job["status"]}


def list_classification_jobs(call: Call) -> dict[str, Any]:
    """25 a page, by what is asked of them; times are not compared here (API reference, ListClassificationJobs)."""
    criteria = call.get("filterCriteria", {})
    found = []
    for each in enabled(call).jobs.values():
        _run(call, each)
        shown = {**{member: each[member] for member in LISTED}, "jobStatus": each["status"]}
        shown |= {member: value for member, value in each["s3JobDefinition"].items() if member != "scoping"}
        included = all(_holds(shown, term) for term in criteria.get("includes", []))
        if included and not any(_holds(shown, term) for term in criteria.get("excludes", [])):
            found.append(shown)
    return call.page("items", found, most=25)


def update_classification_job(call: Call) -> dict[str, Any]:
    """Pause, resume or cancel it (API reference, UpdateClassificationJob)."""
    job, asked = _job(call), call["jobStatus"]
    if asked not in FROM:
        raise invalid(f"{asked} isn't a status that a request can give.")
    if job["status"] not in FROM[asked]:
        raise conflict(f"The request failed because the job's status is {job['status']}.")
    resumed = "IDLE" if job["jobType"] == "SCHEDULED" else "RUNNING"
    job["status"] = resumed if asked == "RUNNING" else asked
    return {}


def _job(call: Call) -> dict[str, Any]:
    found = enabled(call).jobs.get(call["jobId"])
    if found is None:
        raise absent("The request failed because the specified resource doesn't exist.")
    _run(call, found)
    return found


def _run(call: Call, job: dict[str, Any]) -> None:
    if job["status"] == "RUNNING" and call.world.now - job["createdAt"] >= LASTING:
        job["status"] = "COMPLETE"


def _holds(shown: dict[str, Any], term: dict[str, Any]) -> bool:
    present, values = shown[term["key"]], term["values"]
    comparator = term["comparator"]
    if comparator == "EQ":
        return present in values
    if comparator == "NE":
        return present not in values
    if comparator == "CONTAINS":
        return any(value in present for value in values)
    raise invalid(f"{comparator} isn't a valid comparator for {term['key']}.")


def _check(call: Call, place: Place) -> None:
    """What belongs together (API reference, CreateClassificationJobRequest; the model has none of it)."""
    scheduled = call["jobType"] == "SCHEDULED"
    if scheduled != ("scheduleFrequency" in call) or (not scheduled and "initialRun" in call):
        raise invalid("A recurring job, and only that, has scheduleFrequency and initialRun.")
    selector = call.get("managedDataIdentifierSelector", "RECOMMENDED")
    if bool(call.get("managedDataIdentifierIds")) != (selector in ("INCLUDE", "EXCLUDE")):
        raise invalid("managedDataIdentifierIds go with the selection types INCLUDE and EXCLUDE.")
    custom = call.get("customDataIdentifierIds", [])
    if selector == "NONE" and not custom:
        raise invalid("The selection type NONE requires at least one custom data identifier.")
    if any(each not in place.identifiers or place.identifiers[each]["deleted"] for each in custom):
        raise absent("A custom data identifier doesn't exist.")
    if any(each not in place.lists for each in call.get("allowListIds", [])):
        raise absent("An allow list doesn't exist.")
    _check_bounds(call)
    _check_definition(call["s3JobDefinition"])


def _check_bounds(call: Call) -> None:
    if len(call["name"]) > 500 or len(call.get("description", "")) > 200:
        raise invalid("A name has 500 characters at most, a description 200.")
    if not 1 <= call.get("samplingPercentage", 100) <= 100:
        raise invalid("samplingPercentage is from 1 to 100.")
    monthly = call.get("scheduleFrequency", {}).get("monthlySchedule", {"dayOfMonth": 1})
    if not 1 <= monthly.get("dayOfMonth", 0) <= 31:
        raise invalid("dayOfMonth is from 1 to 31.")


def _check_definition(definition: dict[str, Any]) -> None:
    if ("bucketCriteria" in definition) == ("bucketDefinitions" in definition):
        raise invalid("A job's definition contains a bucketCriteria object or a bucketDefinitions array, not both.")
    for block in definition.get("bucketCriteria", {}).values():
        for term in block.get("and", []):
            comparator = (term.get("simpleCriterion") or term.get("tagCriterion") or {}).get("comparator")
            if comparator not in ("EQ", "NE"):
                raise invalid("Valid comparators are EQ and NE.")
    for block in definition.get("scoping", {}).values():
        for term in block.get("and", []):
            _check_term(term.get("simpleScopeTerm") or {}, term.get("tagScopeTerm") or {})


def _check_term(simple: dict[str, Any], tagged: dict[str, Any]) -> None:
    if tagged and (tagged.get("key") != "TAG" or tagged.get("comparator") not in ("EQ", "NE")):
        raise invalid("The only valid key is TAG, with EQ or NE.")
    if simple.get("key") == "OBJECT_EXTENSION" and simple.get("comparator") not in ("EQ", "NE"):
        raise invalid("Valid comparators of OBJECT_EXTENSION are EQ and NE.")
    if simple.get("key") == "OBJECT_KEY" and simple.get("comparator") != "STARTS_WITH":
        raise invalid("The valid comparator of OBJECT_KEY is STARTS_WITH.")
