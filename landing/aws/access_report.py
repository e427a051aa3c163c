"""Which services the accounts below a unit have tried to use, and when last: one job for each unit, whatever is in it.

API reference: IAM, GenerateOrganizationsAccessReport and GetOrganizationsAccessReport, of the management account alone,
where SCPs are enabled. Denied attempts count; listed are the services of which the SCPs on the way allow something.
AWS shows an attempt hours later. botocore has no pages for it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from landing.aws.faults import translated
from landing.core.errors import OperationFailed
from landing.core.model import ORGANIZATION

if TYPE_CHECKING:
    from landing.aws.door import Aws

ACTIONS = ("iam:GenerateOrganizationsAccessReport", "iam:GetOrganizationsAccessReport")
"""What is called."""

LOOKS = (
    "organizations:DescribeAccount", "organizations:DescribeOrganization", "organizations:DescribeOrganizationalUnit",
    "organizations:DescribePolicy", "organizations:ListChildren", "organizations:ListParents",
    "organizations:ListPolicies", "organizations:ListPoliciesForTarget", "organizations:ListRoots",
    "organizations:ListTargetsForPolicy",
)  # fmt: skip
"""What IAM looks up in the caller's name (IAM User Guide, "Viewing last accessed information for Organizations")."""

DEADLINE = "access_report"
MOST = 1_000
"""Rows of a page."""


@dataclass(frozen=True, slots=True)
class Used:
    """A service by its namespace, as policies have it; when it was last tried, by an account, if it was."""

    service: str
    title: str
    last: datetime | None = None
    account: str = ""
    region: str = ""
    accounts: int = 0
    """How many have tried."""


def access_report(aws: Aws, path: str) -> tuple[list[Used], datetime]:
    """The services that may be used at `o-…/r-…/ou-…`, by namespace, and when AWS has said so.

    Raises AwsError; TimedOut after its deadline.
    """
    client = aws.client("iam")
    with translated(ORGANIZATION, "GenerateOrganizationsAccessReport"):
        job = client.generate_organizations_access_report(EntityPath=path)["JobId"]
        for _ in aws.poll(f"the report of what is used at {path}", DEADLINE):
            found = client.get_organizations_access_report(JobId=job, MaxItems=MOST)
            if found["JobStatus"] != "IN_PROGRESS":
                break
        if found["JobStatus"] != "COMPLETED":
            why = (found.get("ErrorDetails") or {}).get("Message", "no reason given")
            raise OperationFailed(f"IAM made no report of {path}: {why}", operation="GetOrganizationsAccessReport")
        rows = sorted(_rows(client, job, found), key=lambda each: each.service)
        return rows, found["JobCompletionDate"]


def _rows(client: Any, job: str, page: Any) -> Iterator[Used]:
    while True:
        for each in page.get("AccessDetails", ()):
            yield Used(
                each["ServiceNamespace"],
                each["ServiceName"],
                each.get("LastAuthenticatedTime"),
                each.get("EntityPath", "").rpartition("/")[2],
                each.get("Region", ""),
                each.get("TotalAuthenticatedEntities", 0),
            )
        if not page.get("IsTruncated"):
            return
        page = client.get_organizations_access_report(JobId=job, MaxItems=MOST, Marker=page["Marker"])
