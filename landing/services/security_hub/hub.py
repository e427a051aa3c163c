"""Security Hub CSPM under central configuration: the hub, the aggregation of findings, the mode."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from landing.aws import SERVICE_DENIES, Aws, unless
from landing.core import forms
from landing.core.errors import OperationFailed
from landing.core.model import Action, Change, Diagnostic, Resource, Scope
from landing.core.partitions import GLOBAL_REGION, OPT_IN_REGIONS, REGIONS
from landing.organization import EnabledService, Organization
from landing.services.security_hub.administrator import SecurityHubAdministrator
from landing.services.security_hub.settings import TRUSTED, SecurityHubSettings
from landing.services.shapes import NAME, AdministeredSetting
from landing.services.strength import Weaker, kept, ranked

NOT_ENABLED = ("InvalidAccessException", SERVICE_DENIES, "ResourceNotFoundException")
"""What Security Hub answers in an account or for an organization where it is not switched on."""

SUCCESSOR = "SECURITYHUB_CSPM_POLICY"
"""The policy type that supersedes central configuration (botocore: OrganizationConfiguration.Status)."""


NO_AGGREGATOR = "no aggregator"
"""What `linked_regions` is when nothing links them."""


class SecurityHub(AdministeredSetting):
    """The finding aggregator and central configuration, set by the administrator in the home region.

    Order (AWS): administrator, finding aggregator, then CENTRAL; without default standards.
    """

    name = "security_hub"
    ending = "switched off"
    title = "Security Hub"
    service = "security_hub"
    client_name = "securityhub"
    home_only = True
    controls = ("cis-aws-5.0:4.16", "nist-800-53-r5:CA-7", "nist-csf-2.0:DE.AE-03")
    help_uri = "https://docs.aws.amazon.com/securityhub/latest/userguide/central-configuration-intro.html"
    weaker: ClassVar[Mapping[str, Weaker]] = {
        "configuration": ranked("CENTRAL", "LOCAL"),
        "linked_regions": kept(none=NO_AGGREGATOR),
    }
    canonical: ClassVar[Mapping[str, forms.Form]] = {"linked_regions": forms.unordered}
    reads = (
        "securityhub:ListFindingAggregators",
        "securityhub:GetFindingAggregator",
        "securityhub:DescribeOrganizationConfiguration",
        "sts:AssumeRole",
    )
    writes = (
        "securityhub:EnableSecurityHub",
        "securityhub:CreateFindingAggregator",
        "securityhub:UpdateFindingAggregator",
        "securityhub:DeleteFindingAggregator",
        "securityhub:UpdateOrganizationConfiguration",
        "iam:CreateServiceLinkedRole",
    )
    linked = TRUSTED

    def check(self, organization: Organization) -> Iterable[Diagnostic]:
        """Central configuration: not from an opt-in region, not beside its successor, not for one region alone."""
        service = organization.service(SecurityHubSettings)
        if service is None:
            return
        home = organization.home_region
        if home in OPT_IN_REGIONS:
            yield service.problem(
                "LZ352",
                f"Security Hub's home region cannot be the opt-in region {home}",
                "choose a home region that is on by default",
            )
        if SUCCESSOR in organization.policy_types:
            yield Diagnostic(
                "LZ355",
                f"the policy type {SUCCESSOR} takes the place of central configuration, which then takes no changes",
                organization.policy_types[SUCCESSOR],
                "keep either the policy type or `services.security_hub`",
            )
        yield from _linked_problems(organization, service)

    def desired(self, organization: Organization) -> Iterable[Resource]:
        """Findings of all governed regions, seen from the home region."""
        service = organization.service(SecurityHubSettings)
        if service is None:
            return
        linked = linked_regions(organization)
        for scope in self.scopes(organization):
            needs = (self.administrator(organization, scope, SecurityHubAdministrator()),)
            attributes = {"configuration": "CENTRAL", "linked_regions": linked}
            yield Resource(self.address(NAME, scope), attributes, needs, source=service.source)

    def read(self, organization: Organization, aws: Aws, scope: Scope) -> Iterable[Resource]:
        """Nothing, unless this account administers the organization's Security Hub."""
        client = aws.client("securityhub", scope)
        with unless(*NOT_ENABLED) as off:
            found = client.describe_organization_configuration()
        if off.code:
            return
        mode = found.get("OrganizationConfiguration") or {}
        aggregator = self._aggregator(aws, client)
        if aggregator is None and mode.get("ConfigurationType", "LOCAL") == "LOCAL" and not found["AutoEnable"]:
            return
        attributes = {
            "configuration": _mode(mode),
            "linked_regions": _linked(aggregator) if aggregator else NO_AGGREGATOR,
        }
        needs = (self.administrator(organization, scope, SecurityHubAdministrator()),)
        yield Resource(self.address(NAME, scope), attributes, needs)

    def _aggregator(self, aws: Aws, client: Any) -> Any:
        for entry in aws.listed(client, "list_finding_aggregators", "FindingAggregators"):
            return client.get_finding_aggregator(FindingAggregatorArn=entry["FindingAggregatorArn"])
        return None

    def apply(self, organization: Organization, aws: Aws, change: Change) -> None:
        """Hub, aggregator, mode; and wait until AWS has switched the mode."""
        client = aws.client("securityhub", change.address.scope)
        aggregator = self._aggregator(aws, client)
        if change.action is Action.DELETE:
            self._configure(aws, client, "LOCAL")
            if aggregator is not None:
                client.delete_finding_aggregator(FindingAggregatorArn=aggregator["FindingAggregatorArn"])
            return
        assert change.after is not None
        with unless("ResourceConflictException"):
            client.enable_security_hub(EnableDefaultStandards=False, ControlFindingGenerator="SECURITY_CONTROL")
        wanted: dict[str, Any] = {"RegionLinkingMode": "SPECIFIED_REGIONS", "Regions": change.after["linked_regions"]}
        if aggregator is None:
            with unless("LimitExceededException"):  # made already, and the answer was lost: an account has one
                client.create_finding_aggregator(**wanted)
        elif _linked(aggregator) != change.after["linked_regions"]:
            client.update_finding_aggregator(FindingAggregatorArn=aggregator["FindingAggregatorArn"], **wanted)
        self._configure(aws, client, "CENTRAL")

    def _configure(self, aws: Aws, client: Any, mode: str) -> None:
        found = client.describe_organization_configuration().get("OrganizationConfiguration") or {}
        if _mode(found) != mode:
            client.update_organization_configuration(
                AutoEnable=False, AutoEnableStandards="NONE", OrganizationConfiguration={"ConfigurationType": mode}
            )
        for _ in aws.poll(f"Security Hub {mode.lower()} configuration", "security_hub"):
            found = client.describe_organization_configuration().get("OrganizationConfiguration") or {}
            if found.get("Status") in ("FAILED", "DISABLED"):
                raise OperationFailed(
                    found.get("StatusMessage", ""),
                    operation="UpdateOrganizationConfiguration",
                    aws_code=found["Status"],
                )
            if _mode(found) == mode:  # what AWS shows may be of before
                return


def linked_regions(organization: Organization) -> list[str]:
    """The regions that follow the home region; central configuration needs at least one.

    Where the home region alone is governed and the config names no other: the region of the partition where what is
    global is recorded, or else the first one that is on by default. Empty where the partition has no other.
    """
    service = organization.service(SecurityHubSettings)
    assert service is not None
    home = organization.home_region
    named = {*organization.governed_regions, *service.settings.linked_regions} - {home}
    if named:
        return sorted(named)
    others = {region for region, where in REGIONS.items() if where == organization.partition}
    others -= {home, *OPT_IN_REGIONS}
    return sorted({GLOBAL_REGION[organization.partition]} & others or others)[:1]


def _linked_problems(organization: Organization, service: EnabledService[SecurityHubSettings]) -> Iterable[Diagnostic]:
    for index, region in enumerate(service.settings.linked_regions):
        if REGIONS[region] != organization.partition or region == organization.home_region:
            message = f"{region} cannot follow the home region {organization.home_region}"
            hint = "name other regions of the same partition"
            yield service.problem("LZ356", message, hint, "linked_regions", index)
    if {*organization.governed_regions, *service.settings.linked_regions} - {organization.home_region}:
        return
    home = organization.home_region
    message = f"{home} alone is governed, and Security Hub's central configuration needs two regions"
    linked = linked_regions(organization)
    if linked:
        hint = "name the region in `linked_regions`, or govern another region"
        message += f": it reaches {linked[0]} too, and switches Security Hub on there"
        yield service.problem("LZ356", message, hint, severity="warning")
    else:
        yield service.problem("LZ356", message, "leave Security Hub out: the partition has no other region")


def _mode(found: Any) -> str:
    mode, status = found.get("ConfigurationType", "LOCAL"), found.get("Status", "ENABLED")
    return str(mode if status == "ENABLED" else f"{mode} ({status.lower()})")


def _linked(aggregator: Any) -> Any:
    """The regions of an aggregator; another linking mode shows by its name."""
    mode = aggregator["RegionLinkingMode"]
    if mode == "NO_REGIONS":
        return []
    regions = sorted(aggregator.get("Regions") or [])
    return regions if mode == "SPECIFIED_REGIONS" else f"{mode} {' '.join(regions)}".strip()
