"""Where discovery results of Macie go."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from landing.aws import SERVICE_DENIES, Aws, unless
from landing.core.errors import Cause, OperationFailed
from landing.core.model import Address, Change, Scope
from landing.organization import Organization
from landing.services.base import Ownership
from landing.services.log_archive.export import ArchiveExport
from landing.services.log_archive.key import arn_of_key
from landing.services.macie.session import Macie
from landing.services.shapes import NAME

HINT = (
    "the stack `log-archive` makes both with policies that let Macie in; whoever owns those that "
    "`services.log_archive.existing` names makes them, and adds what the template of that stack has (landing synth)"
)
"""What to do where Macie is not let in."""


class MacieExport(ArchiveExport):
    """Where discovery results go (PutClassificationExportConfiguration); AWS can replace that, and never remove it."""

    name = "macie_export"
    title = "Macie discovery results export"
    ownership = Ownership.CONFIG
    service = "macie"
    client_name = "macie2"
    purpose = "macie"
    removal = ""
    help_uri = "https://docs.aws.amazon.com/macie/latest/user/discovery-results-repository-s3.html"
    reads = ("macie2:GetClassificationExportConfiguration", "kms:DescribeKey", "sts:AssumeRole")
    writes = ("macie2:PutClassificationExportConfiguration",)

    def after(self, scope: Scope) -> Address:
        """The region's session."""
        return Macie().address(NAME, scope)

    def destinations(self, aws: Aws, client: Any) -> Iterable[tuple[str, str]]:
        """GetClassificationExportConfiguration."""
        with unless(SERVICE_DENIES):
            found = client.get_classification_export_configuration()["configuration"].get("s3Destination")
            if found:
                yield found["bucketName"], found["kmsKeyArn"]

    def apply(self, organization: Organization, aws: Aws, change: Change) -> None:
        """Replace whatever is configured."""
        assert change.after is not None
        destination = {"bucketName": aws.resolve(change.after["bucket"]), "kmsKeyArn": arn_of_key(organization, aws)}
        destination["expectedBucketOwner"] = aws.tree.account_ids[organization.log_archive]
        client = aws.client(self.client_name, change.address.scope)
        with unless("ConflictException") as refused:
            client.put_classification_export_configuration(configuration={"s3Destination": destination})
        if refused.code:
            raise OperationFailed(
                f"{refused.message} The bucket is {destination['bucketName']}, the key {destination['kmsKeyArn']}",
                help=HINT,
                operation="PutClassificationExportConfiguration",
                scope=change.address.scope,
                aws_code=refused.code,
                cause=Cause.CONFLICT,
            )
