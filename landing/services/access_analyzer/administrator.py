"""The delegated administrator of IAM Access Analyzer."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from landing.aws import Aws
from landing.core.model import Change
from landing.organization import Organization
from landing.services.access_analyzer.settings import PRINCIPAL
from landing.services.shapes import ServiceAdministrator


class AccessAnalyzerAdministrator(ServiceAdministrator):
    """Registered with AWS Organizations, which knows one at a time (RegisterDelegatedAdministrator)."""

    name = "access_analyzer_administrator"
    title = "Access Analyzer administrator"
    service = "access_analyzer"
    client_name = "organizations"
    home_only = True
    parallel = 1
    lost = (
        "its analyzers of the organization with their findings and rules: AWS disables them, and shows them to nobody"
    )
    controls = ("cis-aws-7.0:2.1.6", "nist-csf-2.0:GV.RR-02")
    help_uri = "https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-delegated-administrator.html"
    reads = ("organizations:ListDelegatedAdministrators",)
    writes = ("organizations:RegisterDelegatedAdministrator", "organizations:DeregisterDelegatedAdministrator")

    def administrators(self, aws: Aws, client: Any) -> Iterable[tuple[str, str]]:
        """ListDelegatedAdministrators: whoever is registered is it."""
        for each in aws.listed(
            client, "list_delegated_administrators", "DelegatedAdministrators", ServicePrincipal=PRINCIPAL
        ):
            yield each["Id"], "ENABLED"

    def apply(self, organization: Organization, aws: Aws, change: Change) -> None:
        """As any; what is known of the administrators of the organization is read anew."""
        super().apply(organization, aws, change)
        aws.tree.forget_administrators()

    def appoint(self, client: Any, account: str) -> None:
        """RegisterDelegatedAdministrator."""
        client.register_delegated_administrator(AccountId=account, ServicePrincipal=PRINCIPAL)

    def dismiss(self, client: Any, account: str) -> None:
        """DeregisterDelegatedAdministrator."""
        client.deregister_delegated_administrator(AccountId=account, ServicePrincipal=PRINCIPAL)
