"""The delegated administrator of Amazon Inspector."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from landing.aws import Aws
from landing.services.inspector.settings import LINKED
from landing.services.shapes import APPOINTING, ServiceAdministrator


class InspectorAdministrator(ServiceAdministrator):
    """Appointed in every region (EnableDelegatedAdminAccount); trusted access must be there before."""

    name = "inspector_administrator"
    title = "Inspector administrator"
    service = "inspector"
    client_name = "inspector2"
    early = ("ValidationException",)
    parallel = 1  # AWS Organizations takes one change at a time
    lost = (
        "its members stand alone, with the scans that they have and pay for, and its suppression rules, CIS scans and "
        "settings of scans hold for none of them"
    )
    controls = ("cis-aws-7.0:2.1.6", "nist-csf-2.0:GV.RR-02")
    help_uri = "https://docs.aws.amazon.com/inspector/latest/user/designating-admin.html"
    reads = ("inspector2:ListDelegatedAdminAccounts",)
    writes = ("inspector2:EnableDelegatedAdminAccount", "inspector2:DisableDelegatedAdminAccount", *APPOINTING)
    linked = LINKED

    def administrators(self, aws: Aws, client: Any) -> Iterable[tuple[str, str]]:
        """ListDelegatedAdminAccounts."""
        for entry in aws.listed(client, "list_delegated_admin_accounts", "delegatedAdminAccounts"):
            yield entry["accountId"], entry["status"]

    def appoint(self, client: Any, account: str) -> None:
        """EnableDelegatedAdminAccount."""
        client.enable_delegated_admin_account(delegatedAdminAccountId=account)

    def dismiss(self, client: Any, account: str) -> None:
        """DisableDelegatedAdminAccount: members stand alone, and are scanned as before."""
        client.disable_delegated_admin_account(delegatedAdminAccountId=account)
