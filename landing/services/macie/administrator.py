"""Who administers Amazon Macie in each region."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from landing.aws import Aws
from landing.services.macie.settings import TRUSTED
from landing.services.shapes import APPOINTING, ServiceAdministrator


class MacieAdministrator(ServiceAdministrator):
    """Appointed in every region (EnableOrganizationAdminAccount), which switches Macie on in that account."""

    name = "macie_administrator"
    title = "Macie administrator"
    service = "macie"
    client_name = "macie2"
    early = ("ValidationException",)
    lost = (
        "its members stand alone (Macie stays on in them), and automated discovery stops: its results are kept for "
        "30 days"
    )
    controls = ("cis-aws-7.0:2.1.6", "nist-csf-2.0:GV.RR-02")
    help_uri = "https://docs.aws.amazon.com/macie/latest/user/accounts-mgmt-ao-integrate.html"
    reads = ("macie2:ListOrganizationAdminAccounts",)
    writes = ("macie2:EnableOrganizationAdminAccount", "macie2:DisableOrganizationAdminAccount", *APPOINTING)
    linked = TRUSTED

    def administrators(self, aws: Aws, client: Any) -> Iterable[tuple[str, str]]:
        """ListOrganizationAdminAccounts."""
        for entry in aws.listed(client, "list_organization_admin_accounts", "adminAccounts"):
            yield entry["accountId"], entry["status"]

    def appoint(self, client: Any, account: str) -> None:
        """EnableOrganizationAdminAccount."""
        client.enable_organization_admin_account(adminAccountId=account)

    def dismiss(self, client: Any, account: str) -> None:
        """DisableOrganizationAdminAccount: members stand alone, Macie stays on in them."""
        client.disable_organization_admin_account(adminAccountId=account)
