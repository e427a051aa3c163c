"""Last access of services in the organization (IAM User Guide, "Refine permissions using last accessed information").

What counts are attempts, denied ones too; a service is listed where the SCPs on the way allow some action of it. Jobs
are made by the management account alone, where SCPs are enabled. AWS shows an attempt hours later; here it is at once.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from landing.policy import SCP, catalog
from landing.sandbox.protocol.documents import listed, statements
from landing.sandbox.protocol.refusal import Refusal
from landing.sandbox.services import accounts
from landing.sandbox.services.call import Call
from landing.sandbox.world import Identity, World

AT_ONCE = 5
"""Jobs in progress; AWS names no number (API reference, ReportGenerationLimitExceededException)."""

SORTED = {
    "SERVICE_NAMESPACE": lambda row: row["ServiceNamespace"],
    "LAST_AUTHENTICATED_TIME": lambda row: row["LastAuthenticatedTime"].timestamp() if "EntityPath" in row else 0.0,
}


@dataclass
class Job:
    """A report that was asked for."""

    created: datetime
    path: str
    rows: list[dict[str, Any]] = field(default_factory=list)
    completed: datetime | None = None


def note(world: World, caller: Identity, service: str, region: str) -> None:
    """A principal of an account has tried to use a service."""
    _used(world, caller.account)[service] = (world.now, world.home_region if region.startswith("aws-") else region)


def generate_organizations_access_report(call: Call) -> dict[str, Any]:
    """Moto has no organizations (API reference, GenerateOrganizationsAccessReport)."""
    organization = _administered(call)
    path = call["EntityPath"].rstrip("/")
    node = path.rpartition("/")[2]
    if not organization.has_target(node) or _way(organization, node) != path:
        raise Refusal("InvalidInput", f"The entity path {call['EntityPath']} does not exist.")
    jobs = _jobs(call.world, call.account)
    if sum(job.completed is None for job in jobs.values()) >= AT_ONCE:
        raise Refusal("ReportGenerationLimitExceeded", "Too many reports are being generated.", 409)
    job_id = call.world.uuid()
    jobs[job_id] = Job(call.world.now, path)
    call.world.clock.later(finish, call.account, job_id, thing=("access-report", job_id))
    return {"JobId": job_id}


def get_organizations_access_report(call: Call) -> dict[str, Any]:
    """Moto has no organizations (API reference, GetOrganizationsAccessReport)."""
    _administered(call)
    call.poll(("access-report", call["JobId"]))
    job = _jobs(call.world, call.account).get(call["JobId"])
    if job is None:
        raise Refusal("NoSuchEntity", f"The job {call['JobId']} does not exist.", 404)
    if job.completed is None:
        return {"JobStatus": "IN_PROGRESS", "JobCreationDate": job.created}
    name, _, direction = call.get("SortKey", "SERVICE_NAMESPACE_ASCENDING").rpartition("_")
    rows = sorted(job.rows, key=SORTED[name], reverse=direction == "DESCENDING")
    first, most = int(call.get("Marker", "0")), call.get("MaxItems", 100)
    page, rest = rows[first : first + most], len(rows) > first + most
    return {
        "JobStatus": "COMPLETED",
        "JobCreationDate": job.created,
        "JobCompletionDate": job.completed,
        "NumberOfServicesAccessible": len(rows),
        "NumberOfServicesNotAccessed": sum("EntityPath" not in row for row in rows),
        "AccessDetails": page,
        "IsTruncated": rest,
        **({"Marker": str(first + most)} if rest else {}),
    }


def finish(world: World, account: str, job_id: str) -> None:
    """The report is there."""
    job = _jobs(world, account)[job_id]
    job.rows = list(_rows(world, accounts.membership(world, account), job.path))
    job.completed = world.now


def _rows(world: World, organization: accounts.Organization, path: str) -> Iterator[dict[str, Any]]:
    node = path.rpartition("/")[2]
    members = [each for each in organization.members if node in organization.ancestry(each)]
    levels = [organization.attached(each, SCP) for each in path.split("/")[1:]]
    for service in sorted(catalog.services()):
        if not _is_allowed(service, levels):
            continue
        used = [(*_used(world, each)[service], each) for each in members if service in _used(world, each)]
        row = {"ServiceName": service, "ServiceNamespace": service, "TotalAuthenticatedEntities": len(used)}
        if used:
            when, region, account = max(used)
            row |= {"LastAuthenticatedTime": when, "Region": region, "EntityPath": _way(organization, account)}
        yield row


def _is_allowed(service: str, levels: list[Any]) -> bool:
    """Whether no level denies the whole service to everybody, and each allows some of it."""
    for policies in levels:
        found = [each for policy in policies for each in statements(policy.content)]
        denied = (each for each in found if each["Effect"] == "Deny" and "Condition" not in each)
        if any(_covers(each, service, whole=True) and each.get("Resource") in ("*", ["*"]) for each in denied):
            return False
        if not any(_covers(each, service, whole=False) for each in found if each["Effect"] == "Allow"):
            return False
    return True


def _covers(statement: dict[str, Any], service: str, *, whole: bool) -> bool:
    if "NotAction" in statement:
        named = {text.partition(":")[0] for text in listed(statement["NotAction"])}
        return service not in named and "*" not in named
    for text in listed(statement.get("Action", ())):
        prefix, _, name = text.partition(":")
        if text == "*" or (prefix == service and (name == "*" or not whole)):
            return True
    return False


def _administered(call: Call) -> accounts.Organization:
    organization = accounts.organization_of(call.world, call.account)
    if organization is None or organization.management_account != call.account:
        raise Refusal("AccessDenied", "Only the management account may ask for access reports.", 403)
    if organization.policy_types.get(SCP) != "ENABLED":
        raise Refusal("AccessDenied", "Service control policies are not enabled in the organization.", 403)
    return organization


def _way(organization: accounts.Organization, node: str) -> str:
    """`o-…/r-…/ou-…/123456789012`."""
    if node in organization.members:
        return organization.path(organization.members[node].parent) + node
    return organization.path(node).rstrip("/")


def _used(world: World, account: str) -> dict[str, tuple[datetime, str]]:
    found: dict[str, tuple[datetime, str]] = world.state("iam.access", account, "", dict)
    return found


def _jobs(world: World, account: str) -> dict[str, Job]:
    found: dict[str, Job] = world.state("iam.access_jobs", account, "", dict)
    return found
