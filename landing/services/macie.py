"""Amazon Macie: its administrator in each region, what it watches and what accounts that join get, where results go.

Macie User Guide, "Managing multiple Macie accounts". Switched off it is paused: nothing is deleted."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, ClassVar

from landing.aws import SERVICE_DENIES, Aws, unless
from landing.core.model import Action, Address, Change, Json, Resource, Scope
from landing.organization import Delivery, Organization
from landing.services.base import Ownership
from landing.services.log_archive.export import ArchiveExport
from landing.services.log_archive.key import arn_of_key
from landing.services.service import Service
from landing.services.settings import setting
from landing.services.shapes import APPOINTING, NAME, AdministeredSetting, ServiceAdministrator, at_home
from landing.services.strength import Weaker, on, ranked

TRUSTED = ("macie.amazonaws.com",)
SOURCES = ("macie2:*:{account}:export-configuration:*", "macie2:*:{account}:classification-job/*")
"""User Guide, "Storing and retaining sensitive data discovery results"."""


@dataclass(frozen=True, kw_only=True)
class MacieSettings:
    """Amazon Macie in every governed region that has it."""

    auto_enable: bool = setting(True, "Accounts that join are covered.")
    publishing_frequency: str = setting(
        "FIFTEEN_MINUTES", "How often findings are updated.", enum=["FIFTEEN_MINUTES", "ONE_HOUR", "SIX_HOURS"]
    )
    discovery: str = setting(
        "NONE", "Automated discovery of sensitive data, charged by bucket and GB.", enum=["ALL", "NEW", "NONE"]
    )
    export: bool = setting(True, "Deliver discovery results to the log archive; AWS keeps them for 90 days.")


class MacieAdministrator(ServiceAdministrator):
    """Appointed in every region (EnableOrganizationAdminAccount), which switches Macie on in that account."""

    name = "macie_administrator"
    title = "Macie administrator"
    service = "macie"
    client_name = "macie2"
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
        "discovery": ranked("ALL", "NEW", "NONE"),
    }
    reads = (
        "macie2:GetMacieSession",
        "macie2:DescribeOrganizationConfiguration",
        "macie2:GetAutomatedDiscoveryConfiguration",
        "sts:AssumeRole",
    )
    writes = (
        "macie2:EnableMacie",
        "macie2:UpdateMacieSession",
        "macie2:UpdateOrganizationConfiguration",
        "macie2:UpdateAutomatedDiscoveryConfiguration",
        "iam:CreateServiceLinkedRole",
    )
    linked = TRUSTED

    def desired(self, organization: Organization) -> Iterable[Resource]:
        """The same in each governed region that has Macie."""
        service = organization.service(MacieSettings)
        if service is None:
            return
        settings = {key: value for key, value in asdict(service.settings).items() if key != "export"}
        attributes = {"status": "ENABLED", **settings}
        for scope in self.scopes(organization):
            needs = (self.administrator(organization, scope, MacieAdministrator()),)
            yield Resource(self.address(NAME, scope), attributes, needs, source=service.source)

    def read(self, organization: Organization, aws: Aws, scope: Scope) -> Iterable[Resource]:
        """Nothing where Macie is off or paused, or administers no organization."""
        client = aws.client("macie2", scope)
        with unless(SERVICE_DENIES) as off:
            session = client.get_macie_session()
            joining = client.describe_organization_configuration()
            discovery = client.get_automated_discovery_configuration()
        if off.code or session["status"] == "PAUSED":
            return
        attributes = {
            "status": session["status"],
            "auto_enable": joining["autoEnable"],
            "publishing_frequency": session["findingPublishingFrequency"],
            "discovery": discovery["autoEnableOrganizationMembers"] if discovery["status"] == "ENABLED" else "NONE",
        }
        needs = (self.administrator(organization, scope, MacieAdministrator()),)
        yield Resource(self.address(NAME, scope), attributes, needs)

    def apply(self, organization: Organization, aws: Aws, change: Change) -> None:
        """The session first; the mode of discovery is always sent, because left out it means ALL."""
        client, after = aws.client("macie2", change.address.scope), change.after
        mode = after["discovery"] if after else "NONE"
        if after is not None:
            session = {"status": "ENABLED", "findingPublishingFrequency": after["publishing_frequency"]}
            with unless("ConflictException"):  # it is on already
                client.enable_macie(**session)
            client.update_macie_session(**session)
        client.update_organization_configuration(autoEnable=bool(after and after["auto_enable"]))
        status = "DISABLED" if mode == "NONE" else "ENABLED"
        client.update_automated_discovery_configuration(status=status, autoEnableOrganizationMembers=mode)
        if change.action is Action.DELETE:
            client.update_macie_session(status="PAUSED")


class MacieExport(ArchiveExport):
    """Where discovery results go (PutClassificationExportConfiguration); AWS can replace that, and never remove it."""

    name = "macie_export"
    title = "Macie discovery results export"
    ownership = Ownership.CONFIG
    service = "macie"
    client_name = "macie2"
    purpose = "macie"
    removal = ""
    help_uri = "https://docs.aws.amazon.com/macie/latest/user/discovery-results-repository-s3.html"
    reads = ("macie2:GetClassificationExportConfiguration", "kms:DescribeKey", "sts:AssumeRole")
    writes = ("macie2:PutClassificationExportConfiguration",)

    def after(self, scope: Scope) -> Address:
        """The region's session."""
        return Macie().address(NAME, scope)

    def destinations(self, aws: Aws, client: Any) -> Iterable[tuple[str, str]]:
        """GetClassificationExportConfiguration."""
        with unless(SERVICE_DENIES):
            found = client.get_classification_export_configuration()["configuration"].get("s3Destination")
            if found:
                yield found["bucketName"], found["kmsKeyArn"]

    def apply(self, organization: Organization, aws: Aws, change: Change) -> None:
        """Replace whatever is configured."""
        assert change.after is not None
        destination = {"bucketName": aws.resolve(change.after["bucket"]), "kmsKeyArn": arn_of_key(organization, aws)}
        destination["expectedBucketOwner"] = aws.tree.account_ids[organization.log_archive]
        client = aws.client(self.client_name, change.address.scope)
        client.put_classification_export_configuration(configuration={"s3Destination": destination})


def settings_of(organization: Organization, live: Collection[Resource]) -> dict[str, Json]:
    """As in the home region; exported is what goes to the log archive, and other destinations stay as they are."""
    found = at_home(organization, live, Macie())
    settings = {name: value for name, value in found.items() if name != "status"}
    return {**settings, "export": MacieExport().goes_to_archive(organization, live)}


SERVICE = Service(
    key="macie",
    title="Amazon Macie",
    settings=MacieSettings,
    trusted=TRUSTED,
    endpoint="macie2",
    kinds=(MacieAdministrator(), Macie(), MacieExport()),
    settings_of=settings_of,
    delivery=Delivery("macie", "macie.amazonaws.com", SOURCES),
    delivers=lambda settings: bool(settings.export),
    cost="By bucket that is evaluated, and by GB that discovery looks at.",
    docs="https://docs.aws.amazon.com/macie/latest/user/accounts-mgmt-ao.html",
)
