"""The delegated administrator of Security Hub CSPM."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from landing.aws import Aws
from landing.services.security_hub.settings import TRUSTED
from landing.services.shapes import APPOINTING, ServiceAdministrator


class SecurityHubAdministrator(ServiceAdministrator):
    """Appointed in the home region (EnableOrganizationAdminAccount); central configuration does the rest."""

    name = "security_hub_administrator"
    title = "Security Hub administrator"
    service = "security_hub"
    client_name = "securityhub"
    home_only = True
    lost = (
        "its configuration policies and their associations, its view of all members' findings, and what its automation "
        "rules, custom actions and insights say of them, which stay in that account"
    )
    controls = ("cis-aws-7.0:2.1.6", "nist-csf-2.0:GV.RR-02")
    help_uri = "https://docs.aws.amazon.com/securityhub/latest/userguide/designate-orgs-admin-account.html"
    reads = ("securityhub:ListOrganizationAdminAccounts",)
    writes = (
        "securityhub:EnableOrganizationAdminAccount",
        "securityhub:DisableOrganizationAdminAccount",
        *APPOINTING,
    )
    linked = TRUSTED

    def administrators(self, aws: Aws, client: Any) -> Iterable[tuple[str, str]]:
        """ListOrganizationAdminAccounts."""
        for entry in aws.listed(client, "list_organization_admin_accounts", "AdminAccounts"):
            yield entry["AccountId"], entry["Status"]

    def appoint(self, client: Any, account: str) -> None:
        """EnableOrganizationAdminAccount: Security Hub is switched on in that account by it."""
        client.enable_organization_admin_account(AdminAccountId=account)

    def dismiss(self, client: Any, account: str) -> None:
        """DisableOrganizationAdminAccount."""
        client.disable_organization_admin_account(AdminAccountId=account)
