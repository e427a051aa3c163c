"""Export of GuardDuty findings to the log archive."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from landing.aws import Aws
from landing.blueprint.naming import LOG_KEY_ALIAS, bucket
from landing.core.model import Action, Change, Resource, Scope, Severity
from landing.core.references import account_id
from landing.organization import Organization
from landing.services.guardduty.detector import GuardDuty
from landing.services.guardduty.settings import GuardDutySettings
from landing.services.log_archive import key as log_key
from landing.services.shapes import NAME, AdministeredSetting
from landing.services.stacks.stack import Stack


class GuardDutyExport(AdministeredSetting):
    """A publishing destination in every region (CreatePublishingDestination): bucket and key of the log archive."""

    name = "guardduty_export"
    title = "GuardDuty findings export"
    severity = Severity.MEDIUM
    service = "guardduty"
    client_name = "guardduty"
    controls = ("nist-800-53-r5:AU-9", "nist-csf-2.0:PR.PS-04")
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

    def desired(self, organization: Organization) -> Iterable[Resource]:
        """The same in each governed region, when GuardDuty is to export."""
        service = organization.service(GuardDutySettings)
        if service is None or not service.settings.export or "log-archive" not in organization.deployments:
            return
        home, archive = organization.home_region, organization.log_archive
        attributes = {"bucket": bucket("guardduty", account_id(archive), home), "key": LOG_KEY_ALIAS}
        for scope in self.scopes(organization):
            needs = (GuardDuty().address(NAME, scope), Stack().address("log-archive", Scope(archive, home)))
            yield Resource(self.address(NAME, scope), attributes, needs, source=service.source)

    def read(self, aws: Aws, scope: Scope) -> Iterable[Resource]:
        """The S3 destination of the region's detector."""
        client = aws.client("guardduty", scope)
        for detector_id in aws.listed(client, "list_detectors", "DetectorIds"):
            for entry in aws.listed(client, "list_publishing_destinations", "Destinations", DetectorId=detector_id):
                found = client.describe_publishing_destination(
                    DetectorId=detector_id, DestinationId=entry["DestinationId"]
                )["DestinationProperties"]
                attributes = {
                    "bucket": aws.symbolic(found["DestinationArn"].rpartition(":::")[2].rstrip("/")),
                    "key": log_key.shown(aws, found["KmsKeyArn"]),
                }
                home, archive = aws.organization.home_region, aws.organization.log_archive
                needs = (GuardDuty().address(NAME, scope), Stack().address("log-archive", Scope(archive, home)))
                yield Resource(self.address(NAME, scope), attributes, needs)

    def apply(self, aws: Aws, change: Change) -> None:
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
            "DestinationArn": f"arn:{aws.organization.partition}:s3:::{aws.resolve(change.after['bucket'])}",
            "KmsKeyArn": log_key.arn_of_key(aws),
        }
        if present:
            client.update_publishing_destination(
                **ids, DestinationId=present[0]["DestinationId"], DestinationProperties=properties
            )
            return
        try:
            client.create_publishing_destination(**ids, DestinationType="S3", DestinationProperties=properties)
        except client.exceptions.BadRequestException:
            if not list(aws.listed(client, "list_publishing_destinations", "Destinations", **ids)):
                raise  # else it was made already, and the answer was lost
