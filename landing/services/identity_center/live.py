"""Permission sets as AWS has them: the list, and the accounts that have each."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace

from landing.aws import Aws, unless
from landing.core.errors import OperationFailed
from landing.organization import TAG
from landing.services.identity_center.directory import ABSENT, Instance
from landing.services.identity_center.settings import session_of

LISTED = "permission sets"
"""Under which name the list of all is remembered."""
_ISO = re.compile(r"PT(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?")


@dataclass(frozen=True, slots=True)
class Row:
    """A permission set as DescribePermissionSet and ListTagsForResource have it."""

    arn: str
    name: str
    description: str
    session: str
    relay_state: str
    tags: Mapping[str, str]

    @property
    def marked(self) -> bool:
        """Whether it is ours."""
        return TAG in self.tags


def permission_sets(aws: Aws, where: Instance) -> list[Row]:
    """All that there are: two calls each, because a list of names is what AWS does not have."""
    return aws.tree.once(LISTED, lambda: list(_rows(aws, where)))


def named(aws: Aws, where: Instance, name: str) -> Row | None:
    """The permission set of that name."""
    return next((row for row in permission_sets(aws, where) if row.name == name), None)


def _rows(aws: Aws, where: Instance) -> Iterator[Row]:
    client = where.client("sso-admin", aws)
    for arn in aws.listed(client, "list_permission_sets", "PermissionSets", InstanceArn=where.arn):
        with unless(ABSENT) as gone:
            found = client.describe_permission_set(InstanceArn=where.arn, PermissionSetArn=arn)["PermissionSet"]
            tags = aws.listed(client, "list_tags_for_resource", "Tags", InstanceArn=where.arn, ResourceArn=arn)
            by_key = {each["Key"]: each["Value"] for each in tags}
        if gone.code:
            continue  # somebody has deleted it meanwhile
        yield Row(
            arn,
            found["Name"],
            found.get("Description", ""),
            session_of(_minutes(found.get("SessionDuration", "PT1H"))),
            found.get("RelayState", ""),
            by_key,
        )


def remember(aws: Aws, where: Instance, name: str, row: Row | None) -> None:
    """What has become of a permission set: it is there now, or there no more."""

    def amended(rows: list[Row]) -> list[Row]:
        return [*(each for each in rows if each.name != name), *([row] if row else [])]

    aws.tree.once.amend(LISTED, lambda: list(_rows(aws, where)), amended)


def retag(aws: Aws, where: Instance, name: str, added: Mapping[str, str], gone: Collection[str] = ()) -> None:
    """A permission set has other tags now; somebody else may have changed it meanwhile."""

    def amended(rows: list[Row]) -> list[Row]:
        return [_tagged(each, added, gone) if each.name == name else each for each in rows]

    aws.tree.once.amend(LISTED, lambda: list(_rows(aws, where)), amended)


def _tagged(row: Row, added: Mapping[str, str], gone: Collection[str]) -> Row:
    return replace(row, tags={key: value for key, value in {**row.tags, **added}.items() if key not in gone})


def provisioned(aws: Aws, where: Instance, arn: str) -> Iterator[str]:
    """The ids of the accounts that have a permission set."""
    return aws.listed(
        where.client("sso-admin", aws),
        "list_accounts_for_provisioned_permission_set",
        "AccountIds",
        InstanceArn=where.arn,
        PermissionSetArn=arn,
    )


def stale(aws: Aws, where: Instance, arn: str) -> Iterator[str]:
    """The ids of those that have an older definition of it."""
    return aws.listed(
        where.client("sso-admin", aws),
        "list_accounts_for_provisioned_permission_set",
        "AccountIds",
        InstanceArn=where.arn,
        PermissionSetArn=arn,
        ProvisioningStatus="LATEST_PERMISSION_SET_NOT_PROVISIONED",
    )


def provision(aws: Aws, where: Instance, row: Row) -> None:
    """ProvisionPermissionSet in all accounts that have it, awaited; joins nothing: AWS takes one at a time."""
    client, started = where.client("sso-admin", aws), None
    for _ in aws.poll(f"provisioning permission set {row.name}", "identity_center"):
        if started is None:
            with unless("ConflictException"):  # it is being provisioned, or too many are
                started = client.provision_permission_set(
                    InstanceArn=where.arn, PermissionSetArn=row.arn, TargetType="ALL_PROVISIONED_ACCOUNTS"
                )["PermissionSetProvisioningStatus"]
            continue
        started = client.describe_permission_set_provisioning_status(
            InstanceArn=where.arn, ProvisionPermissionSetRequestId=started["RequestId"]
        )["PermissionSetProvisioningStatus"]
        if started["Status"] != "IN_PROGRESS":
            break
    if started and started["Status"] == "FAILED":
        raise OperationFailed(
            started.get("FailureReason") or "AWS does not say why",
            aws_code="FAILED",
            operation=f"provisioning permission set {row.name}",
        )


def _minutes(iso: str) -> int:
    """Minutes of an ISO 8601 duration of hours, minutes and seconds."""
    match = _ISO.fullmatch(iso)
    hours, minutes_, seconds = (int(part or 0) for part in match.groups()) if match else (0, 0, 0)
    return 60 * hours + minutes_ + seconds // 60
