"""The delegated administrator of Security Hub CSPM."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from landing.aws import Aws
from landing.core.model import Change
from landing.organization import Organization
from landing.services.security_hub.settings import TRUSTED
from landing.services.shapes import APPOINTING, ServiceAdministrator

NEWER = "SecurityHubV2"
"""The feature of which the other Security Hub has its administrator: the same account (API reference)."""


class SecurityHubAdministrator(ServiceAdministrator):
    """Appointed in the home region (EnableOrganizationAdminAccount); central configuration does the rest."""

    name = "security_hub_administrator"
    title = "Security Hub administrator"
    service = "security_hub"
    client_name = "securityhub"
    home_only = True
    feature: ClassVar[str] = "SecurityHub"
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
        """ListOrganizationAdminAccounts, of the feature."""
        for entry in aws.listed(client, "list_organization_admin_accounts", "AdminAccounts", Feature=self.feature):
            yield entry["AccountId"], entry["Status"]

    def apply(self, organization: Organization, aws: Aws, change: Change) -> None:
        """Where another account is to administer both Security Hubs, the old one is dismissed from both first."""
        if change.after is not None and self.feature != NEWER and "security_hub_v2" in organization.services:
            client = aws.client(self.client_name, change.address.scope)
            wanted = aws.tree.account_ids[change.after["account"]]
            for entry in aws.listed(client, "list_organization_admin_accounts", "AdminAccounts", Feature=NEWER):
                if entry["AccountId"] != wanted:
                    client.disable_organization_admin_account(AdminAccountId=entry["AccountId"], Feature=NEWER)
        super().apply(organization, aws, change)

    def appoint(self, client: Any, account: str) -> None:
        """EnableOrganizationAdminAccount: Security Hub is switched on in that account by it."""
        client.enable_organization_admin_account(AdminAccountId=account)

    def dismiss(self, client: Any, account: str) -> None:
        """DisableOrganizationAdminAccount, of the feature."""
        client.disable_organization_admin_account(AdminAccountId=account, Feature=self.feature)
