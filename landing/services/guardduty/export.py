"""Export of GuardDuty findings to the log archive."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from landing.aws import Aws, unless
from landing.core.model import Action, Address, Change, Scope
from landing.organization import Organization
from landing.services.guardduty.detector import GuardDuty
from landing.services.log_archive.export import ArchiveExport
from landing.services.log_archive.key import arn_of_key
from landing.services.shapes import NAME


class GuardDutyExport(ArchiveExport):
    """A publishing destination in every region (CreatePublishingDestination): bucket and key of the log archive."""

    name = "guardduty_export"
    title = "GuardDuty findings export"
    service = "guardduty"
    client_name = "guardduty"
    purpose = "guardduty"
    help_uri = "https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_exportfindings.html"
    reads = (
        "guardduty:ListDetectors",
        "guardduty:ListPublishingDestinations",
        "guardduty:DescribePublishingDestination",
        "kms:DescribeKey",
        "sts:AssumeRole",
    )
    writes = (
        "guardduty:CreatePublishingDestination",
        "guardduty:UpdatePublishingDestination",
        "guardduty:DeletePublishingDestination",
    )

    def after(self, scope: Scope) -> Address:
        """The region's detector."""
        return GuardDuty().address(NAME, scope)

    def destinations(self, aws: Aws, client: Any) -> Iterable[tuple[str, str]]:
        """The S3 destination of the region's detector."""
        for detector_id in aws.listed(client, "list_detectors", "DetectorIds"):
            for entry in aws.listed(client, "list_publishing_destinations", "Destinations", DetectorId=detector_id):
                found = client.describe_publishing_destination(
                    DetectorId=detector_id, DestinationId=entry["DestinationId"]
                )["DestinationProperties"]
                yield found["DestinationArn"].rpartition(":::")[2].rstrip("/"), found["KmsKeyArn"]

    def apply(self, organization: Organization, aws: Aws, change: Change) -> None:
        """One destination per detector: update it when it is there."""
        client = aws.client("guardduty", change.address.scope)
        detector_id = next(iter(aws.listed(client, "list_detectors", "DetectorIds")))
        present = list(aws.listed(client, "list_publishing_destinations", "Destinations", DetectorId=detector_id))
        ids: dict[str, Any] = {"DetectorId": detector_id}
        if change.action is Action.DELETE:
            for entry in present:
                client.delete_publishing_destination(**ids, DestinationId=entry["DestinationId"])
            return
        assert change.after is not None
        properties = {
            "DestinationArn": f"arn:{organization.partition}:s3:::{aws.resolve(change.after['bucket'])}",
            "KmsKeyArn": arn_of_key(organization, aws),
        }
        if present:
            client.update_publishing_destination(
                **ids, DestinationId=present[0]["DestinationId"], DestinationProperties=properties
            )
            return
        with unless("BadRequestException") as refused:
            client.create_publishing_destination(**ids, DestinationType="S3", DestinationProperties=properties)
        if refused.code and not list(aws.listed(client, "list_publishing_destinations", "Destinations", **ids)):
            refused.again()  # else it was made by a request whose answer was lost
