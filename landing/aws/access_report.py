"""Which services the accounts below a unit have tried to use, and when last: one job for each unit, whatever is in it.

API reference: IAM, GenerateOrganizationsAccessReport and GetOrganizationsAccessReport, of the management account alone,
where SCPs are enabled. Denied attempts count; listed are the services of which the SCPs on the way allow something.
AWS shows an attempt hours later.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
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
    pages: Iterator[Mapping[str, Any]]
    with translated(ORGANIZATION, "GenerateOrganizationsAccessReport"):
        job = client.generate_organizations_access_report(EntityPath=path)["JobId"]
        for _ in aws.poll(f"the report of what is used at {path}", "access_report"):
            pages = aws.pages(client, "get_organizations_access_report", JobId=job, MaxItems=MOST)
            found = next(pages)
            if found["JobStatus"] != "IN_PROGRESS":
                break
        if found["JobStatus"] != "COMPLETED":
            why = (found.get("ErrorDetails") or {}).get("Message", "no reason given")
            raise OperationFailed(f"IAM made no report of {path}: {why}", operation="GetOrganizationsAccessReport")
        rows = (_used(each) for page in (found, *pages) for each in page.get("AccessDetails", ()))
        return sorted(rows, key=lambda each: each.service), found["JobCompletionDate"]


def _used(row: Mapping[str, Any]) -> Used:
    return Used(
        row["ServiceNamespace"],
        row["ServiceName"],
        row.get("LastAuthenticatedTime"),
        row.get("EntityPath", "").rpartition("/")[2],
        row.get("Region", ""),
        row.get("TotalAuthenticatedEntities", 0),
    )
