"""GuardDuty for the whole organization: detector, automatic enablement, features."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from landing.aws import Aws, unless
from landing.core.model import Action, Change, Diagnostic, Resource, Scope
from landing.organization import Organization
from landing.services.guardduty.administrator import GuardDutyAdministrator
from landing.services.guardduty.settings import ADDITIONAL, FEATURES, TRUSTED, GuardDutySettings
from landing.services.shapes import NAME, AdministeredSetting
from landing.services.strength import Weaker, each, ranked

HALF = ("members only", "administrator only")
"""What a feature is that members get and the administrator's own detector has not, or the other way round."""


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
        "features": each(ranked(True, *HALF, False)),
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
        """Agents are managed only where runtime monitoring reaches members at all."""
        service = organization.service(GuardDutySettings)
        if service is None or service.settings.auto_enable != "NONE":
            return
        features = service.settings.features
        for name, value in features.items():
            if value:
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
        settings = service.settings
        attributes = {
            "auto_enable": settings.auto_enable,
            "publishing_frequency": settings.publishing_frequency,
            "features": _wanted(settings.features),
        }
        for scope in self.scopes(organization):
            needs = (self.administrator(organization, scope, GuardDutyAdministrator()),)
            yield Resource(self.address(NAME, scope), attributes, needs, source=service.source)

    def read(self, organization: Organization, aws: Aws, scope: Scope) -> Iterable[Resource]:
        """An enabled detector that administers an organization; anything less is off."""
        client = aws.client("guardduty", scope)
        for detector_id in aws.listed(client, "list_detectors", "DetectorIds"):
            detector = client.get_detector(DetectorId=detector_id)
            with unless("BadRequestException") as no_administrator:
                pages = list(aws.pages(client, "describe_organization_configuration", DetectorId=detector_id))
            if no_administrator.code or detector["Status"] != "ENABLED":
                return
            attributes = {
                "auto_enable": pages[0].get("AutoEnableOrganizationMembers", "NONE"),
                "publishing_frequency": detector["FindingPublishingFrequency"],
                "features": _seen(
                    [feature for page in pages for feature in page.get("Features") or ()],
                    detector.get("Features") or (),
                    pages[0].get("AutoEnableOrganizationMembers", "NONE"),
                ),
            }
            needs = (self.administrator(organization, scope, GuardDutyAdministrator()),)
            yield Resource(self.address(NAME, scope), attributes, needs)

    def apply(self, organization: Organization, aws: Aws, change: Change) -> None:
        """Detector first (it may be suspended), then what members get; off means that nobody gets it."""
        client = aws.client("guardduty", change.address.scope)
        detectors = list(aws.listed(client, "list_detectors", "DetectorIds"))
        if change.action is Action.DELETE:
            for detector_id in detectors:
                client.update_organization_configuration(DetectorId=detector_id, AutoEnableOrganizationMembers="NONE")
                client.update_detector(DetectorId=detector_id, Enable=False)
            return
        after = change.after
        assert after is not None
        features = [_detector_feature(name, value) for name, value in after["features"].items()]
        settings = {"Enable": True, "FindingPublishingFrequency": after["publishing_frequency"], "Features": features}
        if detectors:
            client.update_detector(DetectorId=detectors[0], **settings)
        else:
            detectors = [client.create_detector(**settings)["DetectorId"]]
        client.update_organization_configuration(
            DetectorId=detectors[0],
            AutoEnableOrganizationMembers=after["auto_enable"],
            Features=[
                _organization_feature(name, value, after["auto_enable"]) for name, value in after["features"].items()
            ],
        )


def features_of(found: Mapping[str, Any]) -> dict[str, Any]:
    """The setting `features` for what was seen, but for defaults; what it cannot say counts as on."""
    settings: dict[str, Any] = {}
    for name, value in found.items():
        on = value["on"] is not False
        agents = {agent.lower(): word is not False for agent, word in value.items() if agent != "on"}
        if on and not all(agents.values()):
            settings[name.lower()] = agents
        elif on != FEATURES[name]:
            settings[name.lower()] = on
    return settings


def detector_features(settings: GuardDutySettings) -> list[dict[str, Any]]:
    """What a new detector is to have: every feature with its status."""
    wanted = _wanted(settings.features)
    return [_detector_feature(name, value) for name, value in wanted.items()]


def _wanted(settings: Mapping[str, Any]) -> dict[str, Any]:
    """By feature: on or off, or on with the agents that are managed."""
    wanted: dict[str, Any] = {}
    for name, default in FEATURES.items():
        value = settings.get(name.lower(), default)
        agents = ADDITIONAL.get(name, ())
        if not agents:
            wanted[name] = {"on": value}
            continue
        parts = value if isinstance(value, Mapping) else {}
        wanted[name] = {"on": value is not False} | {
            agent: value is not False and parts.get(agent.lower(), True) for agent in agents
        }
    return wanted


def _seen(members: Iterable[Mapping[str, Any]], own: Iterable[Mapping[str, Any]], auto_enable: str) -> dict[str, Any]:
    """On is what members get and the administrator's own detector has; a difference shows as neither.

    Where members get nothing at all (`auto_enable: NONE`), the administrator's own detector alone tells.
    """
    detector = {feature["Name"]: feature for feature in own}
    found: dict[str, Any] = {}
    for feature in members:
        name = feature["Name"]
        if name not in FEATURES:
            continue
        mine = detector.get(name, {})
        found[name] = {"on": _both(feature, mine, auto_enable)}
        parts = {part["Name"]: part for part in mine.get("AdditionalConfiguration") or ()}
        for part in feature.get("AdditionalConfiguration") or ():
            if part["Name"] in ADDITIONAL.get(name, ()):
                found[name][part["Name"]] = _both(part, parts.get(part["Name"], {}), auto_enable)
    return found


def _both(members: Mapping[str, Any], own: Mapping[str, Any], auto_enable: str) -> bool | str:
    for_members, mine = members["AutoEnable"] != "NONE", own.get("Status") == "ENABLED"
    if for_members == mine or (not for_members and auto_enable == "NONE"):
        return mine
    return HALF[0] if for_members else HALF[1]


def _detector_feature(name: str, value: Mapping[str, bool]) -> dict[str, Any]:
    words = {True: "ENABLED", False: "DISABLED"}
    sent: dict[str, Any] = {"Name": name, "Status": words[value["on"]]}
    agents = [{"Name": agent, "Status": words[on]} for agent, on in value.items() if agent != "on"]
    return sent | ({"AdditionalConfiguration": agents} if agents else {})


def _organization_feature(name: str, value: Mapping[str, bool], auto_enable: str) -> dict[str, Any]:
    def word(on: bool) -> str:
        return auto_enable if on else "NONE"

    sent: dict[str, Any] = {"Name": name, "AutoEnable": word(value["on"])}
    agents = [{"Name": agent, "AutoEnable": word(on)} for agent, on in value.items() if agent != "on"]
    return sent | ({"AdditionalConfiguration": agents} if agents else {})
