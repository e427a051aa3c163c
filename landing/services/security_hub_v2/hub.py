"""AWS Security Hub in the accounts that switch it on themselves: the administrator's, and the management account."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import ClassVar

from landing.aws import Aws, unless
from landing.core.model import Action, Change, Diagnostic, Resource, Scope
from landing.core.partitions import OPT_IN_REGIONS
from landing.core.text import few
from landing.organization import Organization
from landing.organization.resources import ATTACHMENTS, POLICY
from landing.services.base import Ownership, required_account
from landing.services.security_hub_v2 import members
from landing.services.security_hub_v2.administrator import SecurityHubV2Administrator, SecurityHubV2Part
from landing.services.security_hub_v2.settings import KEY, LINKED, SecurityHubV2Settings
from landing.services.shapes import NAME
from landing.services.strength import Weaker, on

OFF = ("ResourceNotFoundException",)
"""What AWS answers where it is not on (DescribeSecurityHubV2)."""


class SecurityHubV2(SecurityHubV2Part):
    """On in a governed region (EnableSecurityHubV2), in the administrator's account and in the management account.

    The organization policy does it in all others. It reaches the management account only once that has the
    service-linked role, which comes with the call (Organizations User Guide, "Security Hub policies").
    """

    name = "security_hub_v2"
    ending = "switched off"
    title = "Security Hub V2"
    ownership = Ownership.SERVICE
    controls = ("cis-aws-5.0:4.16", "nist-800-53-r5:CA-7", "pci-dss-4.0:10.4.1.1", "nist-csf-2.0:DE.AE-03")
    help_uri = "https://docs.aws.amazon.com/securityhub/latest/userguide/what-is-securityhub-v2.html"
    weaker: ClassVar[Mapping[str, Weaker]] = {"enabled": on}
    waits_for = (POLICY, ATTACHMENTS)
    reads = ("securityhub:DescribeSecurityHubV2", "sts:AssumeRole")
    writes = (
        "securityhub:EnableSecurityHubV2",
        "securityhub:DisableSecurityHubV2",
        "iam:CreateServiceLinkedRole",
    )
    linked = LINKED

    def account(self, organization: Organization) -> str:
        """The security tooling account, which administers."""
        return organization.security_tooling

    def scopes(self, organization: Organization) -> Iterator[Scope]:
        """The two accounts, in each governed region that has it."""
        for scope in super().scopes(organization):
            yield scope
            yield Scope(organization.management, scope.region)

    def check(self, organization: Organization) -> Iterable[Diagnostic]:
        """What AWS would refuse of the regions, and the policies; an analyzer that comes with it."""
        service = organization.service(SecurityHubV2Settings)
        if service is None:
            return
        home, settings = organization.home_region, service.settings
        if home in OPT_IN_REGIONS or home not in members.regions(organization):
            message = f"Security Hub cannot be seen from the home region {home}, where it is off, or an opt-in region"
            yield service.problem("LZ469", message, "choose another home region, or leave the service out")
        accounts, tooling = members.accounts(organization), organization.security_tooling
        if accounts and tooling not in accounts:
            message = f"Security Hub is off in `{tooling}`, which administers it, and on in {few(sorted(accounts))}"
            yield service.problem("LZ469", message, "have an override switch it on there, too", "overrides", key=True)
        scanned = {"": settings.network_scanning} | {
            key: override.network_scanning for key, override in settings.overrides.items()
        }
        for key, scanning in scanned.items():
            if scanning is not None and organization.partition != "aws":
                message = f"there is no network scanning in the partition {organization.partition}"
                path = ("overrides", key, "network_scanning") if key else ("network_scanning",)
                yield service.problem("LZ469", message, "leave it out", *path, key=True)
        if settings.overrides and not settings.policy:
            message = "overrides are parts of the organization policy, which `policy: false` leaves out"
            yield service.problem("LZ469", message, "write them as guardrails, or drop `policy`", "overrides", key=True)
        analyzers = organization.services.get("access_analyzer")
        if accounts and analyzers is not None and getattr(analyzers.settings, "unused", None) is not None:
            yield service.problem(
                "LZ470",
                "Security Hub brings an analyzer of unused access of its own, at no charge; `access_analyzer.unused` "
                "is paid for beside it",
                "leave that one out, unless you need its other period or its exclusions",
                severity="info",
            )

    def desired(self, organization: Organization) -> Iterable[Resource]:
        """On, where the service is; nothing where it is switched off."""
        service = organization.service(SecurityHubV2Settings)
        if service is None:
            return
        accounts, here = members.accounts(organization), members.regions(organization)
        home = Scope(organization.management, organization.home_region)
        needs = (
            required_account(organization.management),
            SecurityHubV2Administrator().address(NAME, home),
        )
        for scope in self.scopes(organization):
            if scope.account in accounts and scope.region in here:
                yield Resource(self.address(NAME, scope), {"enabled": True}, needs, source=service.source)

    def read(self, organization: Organization, aws: Aws, scope: Scope) -> Iterable[Resource]:
        """DescribeSecurityHubV2."""
        with unless(*OFF) as off:
            aws.client(self.client_name, scope).describe_security_hub_v2()
        if not off.code:
            home = Scope(organization.management, organization.home_region)
            needs = (SecurityHubV2Administrator().address(NAME, home),)
            yield Resource(self.address(NAME, scope), {"enabled": True}, needs)

    def apply(self, organization: Organization, aws: Aws, change: Change) -> None:
        """Both calls may be repeated; a policy that switches it off has perhaps been first."""
        client = aws.client(self.client_name, change.address.scope)
        if change.action is not Action.DELETE:
            client.enable_security_hub_v2()
            return
        with unless(*OFF) as off:
            client.describe_security_hub_v2()
        if not off.code:
            client.disable_security_hub_v2()

    def notes(self, organization: Organization, change: Change) -> Iterable[str]:
        """How it is charged, and what goes on where the config drops it."""
        if change.action is Action.CREATE:
            yield (
                "charged by resource: takes the place of the prices of GuardDuty, Inspector and Security Hub CSPM, in "
                "every account"
            )
        if change.action is not Action.DELETE:
            return
        service, scope = organization.service(SecurityHubV2Settings), change.address.scope
        if service is None:
            yield (
                "members keep it, and it is paid for there: to switch it off, first apply "
                f"`services.{KEY}: {{enabled: false}}`, then take it out"
            )
            return
        off = service.settings.disable_in_regions
        if scope.region not in off and scope.account in members.accounts(organization):
            yield (
                f"members keep it in {scope.region}, and it is paid for there: to switch it off, name the region in "
                f"`services.{KEY}.disable_in_regions`"
            )
