"""The delegated administrator of GuardDuty."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from landing.aws import Aws
from landing.core.model import Scope
from landing.services.guardduty.settings import TRUSTED
from landing.services.shapes import APPOINTING, ServiceAdministrator


def detectors(aws: Aws, scope: Scope) -> list[str]:
    """The id of an account's detector in a region, if it has one: read once for all that hangs on it."""
    client = aws.client("guardduty", scope)
    return aws.tree.once(
        f"guardduty detectors {scope}", lambda: list(aws.listed(client, "list_detectors", "DetectorIds"))
    )


class GuardDutyAdministrator(ServiceAdministrator):
    """Appointed in every region (GuardDuty, EnableOrganizationAdminAccount); it gets a detector by that."""

    name = "guardduty_administrator"
    title = "GuardDuty administrator"
    service = "guardduty"
    client_name = "guardduty"
    lost = (
        "its members stand alone (GuardDuty stays on in them), and its suppression rules, lists and exports hold for "
        "none of them"
    )
    controls = ("cis-aws-7.0:2.1.6", "nist-csf-2.0:GV.RR-02")
    help_uri = "https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_organizations.html"
    reads = ("guardduty:ListOrganizationAdminAccounts",)
    writes = (
        "guardduty:EnableOrganizationAdminAccount",
        "guardduty:DisableOrganizationAdminAccount",
        "organizations:ListDelegatedAdministrators",
        *APPOINTING,
    )
    linked = TRUSTED

    def administrators(self, aws: Aws, client: Any) -> Iterable[tuple[str, str]]:
        """ListOrganizationAdminAccounts."""
        for entry in aws.listed(client, "list_organization_admin_accounts", "AdminAccounts"):
            yield entry["AdminAccountId"], entry["AdminStatus"]

    def appoint(self, client: Any, account: str) -> None:
        """EnableOrganizationAdminAccount."""
        client.enable_organization_admin_account(AdminAccountId=account)

    def dismiss(self, client: Any, account: str) -> None:
        """DisableOrganizationAdminAccount: members become standalone, GuardDuty stays on in them."""
        client.disable_organization_admin_account(AdminAccountId=account)
