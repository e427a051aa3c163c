"""The delegated administrator of IAM Access Analyzer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from landing.aws import Aws
from landing.core.model import Change, Scope
from landing.organization import PREFIX, Organization
from landing.services.access_analyzer.settings import PRINCIPAL, TYPES
from landing.services.shapes import ServiceAdministrator


class AccessAnalyzerAdministrator(ServiceAdministrator):
    """Registered with AWS Organizations, which knows one at a time (RegisterDelegatedAdministrator).

    Its analyzers go before another comes: they would be disabled, unreadable, and still count for the organization's.
    """

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
    writes = (
        "organizations:RegisterDelegatedAdministrator",
        "organizations:DeregisterDelegatedAdministrator",
        "access-analyzer:ListAnalyzers",
        "access-analyzer:DeleteAnalyzer",
        "sts:AssumeRole",
    )

    def administrators(self, aws: Aws, client: Any) -> Iterable[tuple[str, str]]:
        """ListDelegatedAdministrators: whoever is registered is it."""
        for each in aws.listed(
            client, "list_delegated_administrators", "DelegatedAdministrators", ServicePrincipal=PRINCIPAL
        ):
            yield each["Id"], "ENABLED"

    def apply(self, organization: Organization, aws: Aws, change: Change) -> None:
        """As any, after what was ours with the one before; who administers is read anew."""
        after = change.after["account"] if change.after else ""
        for admin in self.appointed(aws, aws.client(self.client_name, change.address.scope)) if after else ():
            key = aws.tree.account_keys.get(admin, "")
            if key not in ("", after):
                self._clear(organization, aws, key)
        super().apply(organization, aws, change)
        aws.tree.forget_administrators()

    def _clear(self, organization: Organization, aws: Aws, account: str) -> None:
        """Delete the analyzers that a config has made there."""
        for region in self._offered(organization):
            scope = Scope(account, region)
            for found in [each for each in analyzers(aws, scope) if each["name"].startswith(PREFIX)]:
                aws.client("accessanalyzer", scope).delete_analyzer(analyzerName=found["name"])

    def appoint(self, client: Any, account: str) -> None:
        """RegisterDelegatedAdministrator."""
        client.register_delegated_administrator(AccountId=account, ServicePrincipal=PRINCIPAL)

    def dismiss(self, client: Any, account: str) -> None:
        """DeregisterDelegatedAdministrator."""
        client.deregister_delegated_administrator(AccountId=account, ServicePrincipal=PRINCIPAL)


def analyzers(aws: Aws, scope: Scope) -> Iterator[Mapping[str, Any]]:
    """The analyzers of the organization in an account and region (ListAnalyzers), but for those of AWS services."""
    for found in aws.listed(aws.client("accessanalyzer", scope), "list_analyzers", "analyzers"):
        if found["type"] in TYPES.values() and not found.get("managedBy"):
            yield found
