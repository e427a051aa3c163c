"""The session of Macie's administrator: what it watches, what it publishes, and what accounts that join get.

Macie User Guide, "Managing multiple Macie accounts". Switched off it is paused: nothing is deleted.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from landing.aws import SERVICE_DENIES, Aws, unless
from landing.core.model import Action, Change, Diagnostic, Resource, Scope
from landing.organization import Organization
from landing.services.macie.administrator import MacieAdministrator
from landing.services.macie.settings import CHOSEN, TRUSTED, MacieSettings
from landing.services.shapes import NAME, AdministeredSetting
from landing.services.strength import Weaker, on, ranked

ATTRIBUTES = ("auto_enable", "publishing_frequency", "policy_findings", "classification_findings", "discovery")


class Macie(AdministeredSetting):
    """The administrator's session, automatic enablement and automated discovery."""

    name = "macie"
    ending = "switched off"
    title = "Macie"
    service = "macie"
    client_name = "macie2"
    controls = ("fsbp:Macie.1", "fsbp:Macie.2", "nist-800-53-r5:RA-5", "pci-dss-4.0:12.5.2")
    help_uri = "https://docs.aws.amazon.com/macie/latest/user/accounts-mgmt-ao.html"
    weaker: ClassVar[Mapping[str, Weaker]] = {
        "status": ranked("ENABLED", "PAUSED"),
        "auto_enable": on,
        "publishing_frequency": ranked("FIFTEEN_MINUTES", "ONE_HOUR", "SIX_HOURS"),
        "discovery": ranked("ALL", "NEW", CHOSEN, "NONE"),
        "policy_findings": on,
        "classification_findings": on,
    }
    reads = (
        "macie2:GetMacieSession",
        "macie2:DescribeOrganizationConfiguration",
        "macie2:GetAutomatedDiscoveryConfiguration",
        "macie2:GetFindingsPublicationConfiguration",
        "sts:AssumeRole",
    )
    writes = (
        "macie2:EnableMacie",
        "macie2:UpdateMacieSession",
        "macie2:UpdateOrganizationConfiguration",
        "macie2:UpdateAutomatedDiscoveryConfiguration",
        "macie2:PutFindingsPublicationConfiguration",
        "iam:CreateServiceLinkedRole",
    )
    linked = TRUSTED

    def desired(self, organization: Organization) -> Iterable[Resource]:
        """The same in each governed region that has Macie."""
        service = organization.service(MacieSettings)
        if service is None:
            return
        attributes = {"status": "ENABLED", **{name: getattr(service.settings, name) for name in ATTRIBUTES}}
        for scope in self.scopes(organization):
            needs = (self.administrator(organization, scope, MacieAdministrator()),)
            yield Resource(self.address(NAME, scope), attributes, needs, source=service.source)

    def read(self, organization: Organization, aws: Aws, scope: Scope) -> Iterable[Resource]:
        """Nothing where Macie is off or paused, or administers no organization."""
        client = aws.client("macie2", scope)
        with unless(SERVICE_DENIES) as off:
            session = client.get_macie_session()
            joining = client.describe_organization_configuration()
            discovery = _discovery(client)
            published = client.get_findings_publication_configuration()["securityHubConfiguration"]
        if off.code or session["status"] == "PAUSED":
            return
        attributes = {
            "status": session["status"],
            "auto_enable": joining["autoEnable"],
            "publishing_frequency": session["findingPublishingFrequency"],
            "policy_findings": published["publishPolicyFindings"],
            "classification_findings": published["publishClassificationFindings"],
            "discovery": discovery,
        }
        needs = (self.administrator(organization, scope, MacieAdministrator()),)
        yield Resource(self.address(NAME, scope), attributes, needs)

    def check(self, organization: Organization) -> Iterable[Diagnostic]:
        """Discovery in some accounts where it is off in all."""
        service = organization.service(MacieSettings)
        for key, override in (service.settings.overrides if service else {}).items():
            if service and override.discovery == "ALL" and service.settings.discovery == "NONE":
                message = f"`{key}` wants automated discovery, which is off in the whole organization"
                hint = "say `discovery: SOME` of the service: on in those accounts alone"
                yield service.problem("LZ447", message, hint, "overrides", key, "discovery")

    def apply(self, organization: Organization, aws: Aws, change: Change) -> None:
        """The session first; what it publishes and whom it covers are of the administrator."""
        client, after = aws.client("macie2", change.address.scope), change.after
        if after is not None:
            session = {"status": "ENABLED", "findingPublishingFrequency": after["publishing_frequency"]}
            with unless("ConflictException"):  # it is on already
                client.enable_macie(**session)
            client.update_macie_session(**session)
            published = {
                "publishPolicyFindings": after["policy_findings"],
                "publishClassificationFindings": after["classification_findings"],
            }
            client.put_findings_publication_configuration(securityHubConfiguration=published)
        client.update_organization_configuration(autoEnable=bool(after and after["auto_enable"]))
        self._discover(client, after["discovery"] if after else "NONE")
        if change.action is Action.DELETE:
            client.update_macie_session(status="PAUSED")

    def _discover(self, client: Any, mode: str) -> None:
        """Only where it differs: ALL, sent again, would cover the accounts in which it is off by an override.

        The mode is always sent, because left out it means ALL.
        """
        if _discovery(client) != mode:
            status = "DISABLED" if mode == "NONE" else "ENABLED"
            covered = "NONE" if mode == CHOSEN else mode
            client.update_automated_discovery_configuration(status=status, autoEnableOrganizationMembers=covered)


def _discovery(client: Any) -> str:
    """Whom automated discovery covers, as the config has it (GetAutomatedDiscoveryConfiguration)."""
    found = client.get_automated_discovery_configuration()
    if found["status"] != "ENABLED":
        return "NONE"
    covered = str(found.get("autoEnableOrganizationMembers") or "NONE")
    return CHOSEN if covered == "NONE" else covered
