"""Who administers Amazon Detective in each region."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from landing.aws import Aws
from landing.core.model import Action, Change
from landing.organization import Organization
from landing.services.detective.settings import TRUSTED
from landing.services.shapes import APPOINTING, ServiceAdministrator


class DetectiveAdministrator(ServiceAdministrator):
    """Appointed in every region (EnableOrganizationAdminAccount), which makes the behaviour graph of that region.

    AWS dismisses whoever is appointed (DisableOrganizationAdminAccount names nobody), and deletes that graph.
    """

    name = "detective_administrator"
    title = "Detective administrator"
    service = "detective"
    client_name = "detective"
    early = ("ValidationException",)
    lost = "the behaviour graph of each region with all that it has learned, for good"
    controls = ("nist-csf-2.0:GV.RR-02",)
    help_uri = "https://docs.aws.amazon.com/detective/latest/userguide/accounts-designate-admin.html"
    reads = ("detective:ListOrganizationAdminAccount",)  # so it is called
    writes = ("detective:EnableOrganizationAdminAccount", "detective:DisableOrganizationAdminAccount", *APPOINTING)
    linked = TRUSTED

    def administrators(self, aws: Aws, client: Any) -> Iterable[tuple[str, str]]:
        """ListOrganizationAdminAccounts, which has no status: who is listed is the administrator."""
        for entry in aws.listed(client, "list_organization_admin_accounts", "Administrators"):
            yield entry["AccountId"], "ENABLED"

    def appoint(self, client: Any, account: str) -> None:
        """EnableOrganizationAdminAccount."""
        client.enable_organization_admin_account(AccountId=account)

    def dismiss(self, client: Any, account: str) -> None:
        """DisableOrganizationAdminAccount: the graph is deleted, and nothing is charged any more."""
        client.disable_organization_admin_account()

    def notes(self, organization: Organization, change: Change) -> Iterable[str]:
        """That a graph is deleted with its data."""
        yield from super().notes(organization, change)
        if change.action is Action.DELETE:
            yield f"the behaviour graph of {change.address.scope.region} is deleted, with a year of data: for good"
