"""GuardDuty for the whole organization: detector, automatic enablement, features."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import ClassVar

from landing.aws import Aws, unless
from landing.core.model import Action, Change, Diagnostic, Resource, Scope
from landing.organization import EnabledService, Organization
from landing.services.guardduty import features
from landing.services.guardduty.administrator import GuardDutyAdministrator, detectors
from landing.services.guardduty.settings import ADDITIONAL, TRUSTED, GuardDutySettings
from landing.services.overrides import by_account
from landing.services.shapes import NAME, AdministeredSetting
from landing.services.strength import Weaker, each, no_more, ranked


class GuardDuty(AdministeredSetting):
    """The administrator's detector and what it enables in members (UpdateDetector, UpdateOrganizationConfiguration).

    With `auto_enable: ALL`, accounts that are members already are covered too, within a day.
    """

    name = "guardduty"
    ending = "switched off"
    title = "GuardDuty"
    service = "guardduty"
    client_name = "guardduty"
    controls = ("fsbp:GuardDuty.1", "nist-800-53-r5:SI-4", "pci-dss-4.0:11.5.1", "nist-csf-2.0:DE.CM-01")
    help_uri = "https://docs.aws.amazon.com/guardduty/latest/ug/set-guardduty-auto-enable-preferences.html"
    weaker: ClassVar[Mapping[str, Weaker]] = {
        "auto_enable": ranked("ALL", "NEW", "NONE"),
        "publishing_frequency": ranked("FIFTEEN_MINUTES", "ONE_HOUR", "SIX_HOURS"),
        "features": each(ranked(True, *features.HALF, False)),
        "new_members_only": no_more,
    }
    reads = (
        "guardduty:ListDetectors",
        "guardduty:GetDetector",
        "guardduty:DescribeOrganizationConfiguration",
        "sts:AssumeRole",
    )
    writes = (
        "guardduty:CreateDetector",
        "guardduty:UpdateDetector",
        "guardduty:UpdateOrganizationConfiguration",
        "iam:CreateServiceLinkedRole",
    )
    linked = TRUSTED

    def check(self, organization: Organization) -> Iterable[Diagnostic]:
        """Agents are managed only where runtime monitoring reaches members at all.

        All other plans are of use in the administrator's own detector, which has them then too.
        """
        service = organization.service(GuardDutySettings)
        if service is None or service.settings.auto_enable != "NONE":
            return
        if any(each.join for each in by_account(organization, service).values()):
            return
        for name, value in service.settings.features.items():
            if value and name.upper() in ADDITIONAL:
                yield Diagnostic(
                    "LZ351",
                    f"GuardDuty feature `{name}` reaches no member: auto_enable is NONE",
                    service.at("features"),
                    "set auto_enable to ALL or NEW",
                    "warning",
                )

    def desired(self, organization: Organization) -> Iterable[Resource]:
        """The same in each governed region."""
        service = organization.service(GuardDutySettings)
        if service is None:
            return
        settings, own = service.settings, by_account(organization, service)[organization.security_tooling]
        attributes = {
            "auto_enable": settings.auto_enable,
            "publishing_frequency": settings.publishing_frequency,
            "features": features.wanted_of_both(settings.features, own.features, settings.auto_enable),
            "new_members_only": _off_somewhere(organization, service) if settings.auto_enable == "ALL" else [],
        }
        for scope in self.scopes(organization):
            needs = (self.administrator(organization, scope, GuardDutyAdministrator()),)
            yield Resource(self.address(NAME, scope), attributes, needs, source=service.source)

    def read(self, organization: Organization, aws: Aws, scope: Scope) -> Iterable[Resource]:
        """An enabled detector that administers an organization; anything less is off."""
        client = aws.client("guardduty", scope)
        for detector_id in detectors(aws, scope):
            detector = client.get_detector(DetectorId=detector_id)
            with unless("BadRequestException") as no_administrator:
                pages = list(aws.pages(client, "describe_organization_configuration", DetectorId=detector_id))
            if no_administrator.code or detector["Status"] != "ENABLED":
                return
            auto_enable = pages[0].get("AutoEnableOrganizationMembers", "NONE")
            members = [feature for page in pages for feature in page.get("Features") or ()]
            attributes = {
                "auto_enable": auto_enable,
                "publishing_frequency": detector["FindingPublishingFrequency"],
                "features": features.seen(members, detector.get("Features") or (), auto_enable),
                "new_members_only": features.new_only(members, auto_enable),
            }
            needs = (self.administrator(organization, scope, GuardDutyAdministrator()),)
            yield Resource(self.address(NAME, scope), attributes, needs)

    def apply(self, organization: Organization, aws: Aws, change: Change) -> None:
        """Detector first (it may be suspended), then what members get; off means that nobody gets it."""
        client = aws.client("guardduty", change.address.scope)
        found = list(aws.listed(client, "list_detectors", "DetectorIds"))
        if change.action is Action.DELETE:
            for detector_id in found:
                client.update_organization_configuration(DetectorId=detector_id, AutoEnableOrganizationMembers="NONE")
                client.update_detector(DetectorId=detector_id, Enable=False)
            return
        after = change.after
        assert after is not None
        settings = {
            "Enable": True,
            "FindingPublishingFrequency": after["publishing_frequency"],
            "Features": features.for_detector(after["features"]),
        }
        if found:
            client.update_detector(DetectorId=found[0], **settings)
        else:
            found = [client.create_detector(**settings)["DetectorId"]]
        client.update_organization_configuration(
            DetectorId=found[0],
            AutoEnableOrganizationMembers=after["auto_enable"],
            Features=features.for_members(after["features"], after["auto_enable"], after["new_members_only"]),
        )


def _off_somewhere(organization: Organization, service: EnabledService[GuardDutySettings]) -> list[str]:
    """The paths of what is on everywhere but where some override says: AWS would enable it there again and again."""
    everywhere = {path for path, on in features.flat(service.settings.features).items() if on}
    overridden = [each for each in by_account(organization, service).values() if each is not service.settings]
    off = (path for each in overridden for path, on in features.flat(each.features).items() if not on)
    return sorted(everywhere.intersection(off))
