"""Who administers Amazon Security Lake."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import ClassVar

from landing.aws import Aws
from landing.core.model import Action, Address, Change, Resource, Scope, Severity
from landing.organization import Organization
from landing.services.base import Kind, Ownership, required_account
from landing.services.organizations.trusted_access import TrustedAccess
from landing.services.security_lake.settings import PRINCIPAL, SecurityLakeSettings
from landing.services.shapes import NAME
from landing.services.strength import Weaker, neutral


class SecurityLakeAdministrator(Kind):
    """The log archive account, for all regions at once (RegisterDataLakeDelegatedAdministrator).

    It is never dismissed: AWS deletes the lake with its administrator.
    """

    name = "security_lake_administrator"
    title = "Security Lake administrator"
    service = "security_lake"
    ownership = Ownership.CONFIG
    severity = Severity.HIGH
    parallel = 1
    removal = ""
    controls = ("cis-aws-7.0:2.1.6", "nist-csf-2.0:GV.RR-02")
    help_uri = "https://docs.aws.amazon.com/security-lake/latest/userguide/multi-account-management.html"
    weaker: ClassVar[Mapping[str, Weaker]] = {"account": neutral}
    reads = ("organizations:ListDelegatedAdministrators", "organizations:ListDelegatedServicesForAccount")
    writes = (
        "securitylake:RegisterDataLakeDelegatedAdministrator",
        "organizations:EnableAWSServiceAccess",
        "organizations:RegisterDelegatedAdministrator",
        "iam:CreateServiceLinkedRole",
    )
    linked = (PRINCIPAL,)

    def desired(self, organization: Organization) -> Iterable[Resource]:
        """The log archive account, when the service is in the config."""
        service = organization.service(SecurityLakeSettings)
        if service is not None:
            needs = (required_account(organization.log_archive), TrustedAccess().address(PRINCIPAL))
            yield Resource(self.address(NAME), {"account": organization.log_archive}, needs, source=service.source)

    def read(self, organization: Organization, aws: Aws, scope: Scope) -> Iterable[Resource]:
        """As AWS Organizations knows it; the service has no call that tells."""
        if aws.tree.description is None:
            return
        keys = aws.tree.account_keys
        for principal, account in aws.tree.administrators:
            if principal == PRINCIPAL:
                yield Resource(self.address(NAME), {"account": keys.get(account, account)}, owned=False)

    def impossible(self, change: Change, live: Mapping[Address, Resource]) -> Iterable[str]:
        """Another one: with it goes the lake that it has."""
        if change.action is Action.UPDATE and change.before:
            yield (
                f"{change.before['account']} administers Security Lake, and AWS deletes its lake when it is dismissed: "
                "name it as roles.log_archive, leave the service out of the config, or dismiss it yourself "
                "(aws securitylake deregister-data-lake-delegated-administrator)"
            )

    def apply(self, organization: Organization, aws: Aws, change: Change) -> None:
        """Appointed again, it is as it was."""
        assert change.after is not None
        account = aws.tree.account_ids[change.after["account"]]
        client = aws.client("securitylake", Scope(organization.management, organization.home_region))
        with aws.writing:
            client.register_data_lake_delegated_administrator(accountId=account)
        aws.tree.forget_administrators()
