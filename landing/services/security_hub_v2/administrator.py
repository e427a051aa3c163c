"""The delegated administrator of AWS Security Hub."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from landing.aws import Aws
from landing.core.model import Change, Resource, Scope
from landing.organization import Organization
from landing.services.security_hub.administrator import NEWER, SecurityHubAdministrator
from landing.services.security_hub_v2.settings import KEY
from landing.services.shapes import NAME, RegionalKind


class SecurityHubV2Part(RegionalKind):
    """A kind of it: the administrator, which both products share, says nothing where the config has the other."""

    service = KEY
    client_name = "securityhub"

    def in_use(self, organization: Organization, aws: Aws) -> bool:
        """Where the config has it, its mark is on the root, or an account administers what the config has not."""
        if self.service in organization.services or self.service in aws.tree.marked_services:
            return True
        other = SecurityHubAdministrator.service
        return other not in organization.services and super().in_use(organization, aws)


class SecurityHubV2Administrator(SecurityHubV2Part, SecurityHubAdministrator):
    """Appointed in the home region (EnableOrganizationAdminAccount, Feature), for all regions.

    Where a member administers Security Hub CSPM, AWS takes no other account (User Guide, "Enabling Security Hub").
    """

    name = "security_hub_v2_administrator"
    title = "Security Hub V2 administrator"
    feature = NEWER
    lost = "its view of all members' findings, and its aggregator, automation rules and connectors, which stay there"
    help_uri = "https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-v2-enable.html"

    def desired(self, organization: Organization) -> Iterable[Resource]:
        """After that of Security Hub CSPM, which says which account AWS takes."""
        for resource in super().desired(organization):
            if SecurityHubAdministrator.service in organization.services:
                first = SecurityHubAdministrator().address(NAME, resource.address.scope)
                yield replace(resource, requires=(*resource.requires, first))
            else:
                yield resource

    def in_the_way(self, organization: Organization, aws: Aws, change: Change) -> Iterable[str]:
        """Another account that administers Security Hub CSPM, and that the config does not dismiss."""
        if change.after is None or SecurityHubAdministrator.service in organization.services:
            return
        client = aws.client(self.client_name, Scope(organization.management, change.address.scope.region))
        keys = aws.tree.account_keys
        for account in SecurityHubAdministrator().appointed(aws, client):
            key = keys.get(account, account)
            if key not in (change.after["account"], organization.management):
                yield (
                    f"{key} administers Security Hub CSPM, and AWS takes no other account for Security Hub: name it as "
                    "roles.security_tooling, or have `services.security_hub` appoint ours"
                )

    def appoint(self, client: Any, account: str) -> None:
        """EnableOrganizationAdminAccount."""
        client.enable_organization_admin_account(AdminAccountId=account, Feature=NEWER)
