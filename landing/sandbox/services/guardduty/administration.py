"""What the administrator of an organization's GuardDuty sets for members."""

from __future__ import annotations

from typing import Any

from landing.sandbox.services import accounts
from landing.sandbox.services.call import Call
from landing.sandbox.services.guardduty import enrolment, features
from landing.sandbox.services.guardduty.state import Here, administered, at, bad, here

FROM_AUTO_ENABLE = {True: "NEW", False: "NONE"}


def describe_organization_configuration(call: Call) -> dict[str, Any]:
    """For the administrator (API reference, DescribeOrganizationConfiguration)."""
    settings = administered(call)
    enrolment.poll(call)
    return {
        "AutoEnable": settings.auto_enable != "NONE",
        "MemberAccountLimitReached": False,
        "DataSources": features.organization_data_sources(settings.features),
        "Features": features.shown(settings.features, "AutoEnable"),
        "AutoEnableOrganizationMembers": settings.auto_enable,
    }


def update_organization_configuration(call: Call) -> None:
    """Either AutoEnable or AutoEnableOrganizationMembers; features that are not named stay (API reference)."""
    settings = administered(call)
    if ("AutoEnable" in call) == ("AutoEnableOrganizationMembers" in call):
        raise bad(
            "The request is rejected because exactly one of autoEnable and autoEnableOrganizationMembers must be given."
        )
    asked = features.requested(call, "AutoEnable")
    settings.features = {**settings.features, **asked}
    settings.auto_enable = call.get("AutoEnableOrganizationMembers") or FROM_AUTO_ENABLE[call["AutoEnable"]]
    if settings.auto_enable == "ALL" or "ALL" in settings.features.values():
        settings.everyone = True
        enrolment.schedule(call.world, call.account, call.region)


def get_organization_statistics(call: Call) -> dict[str, Any]:
    """Counts over the accounts of the organization, for the administrator (API reference)."""
    settings = administered(call)
    organization = accounts.membership(call.world, call.account)
    enrolment.poll(call)
    members = [m for m in settings.members.values() if m.status != "Removed"]
    active = [m for m in members if m.status == "Enabled"]
    places = [at(call.world, m.account, call.region) for m in active] + [here(call)]
    return {
        "OrganizationDetails": {
            "UpdatedAt": call.world.now,
            "OrganizationStatistics": {
                "TotalAccountsCount": len(organization.members),
                "MemberAccountsCount": len(members),
                "ActiveAccountsCount": len(active),
                "EnabledAccountsCount": len(places),
                "CountByFeature": _counts(places),
            },
        }
    }


def _counts(places: list[Here]) -> list[dict[str, Any]]:
    enabled = [
        {key for key, status in p.detector.features.items() if status == "ENABLED"} for p in places if p.detector
    ]

    def count(key: str) -> int:
        return sum(key in keys for keys in enabled)

    return [
        {
            "Name": name,
            "EnabledAccountsCount": count(name),
            "AdditionalConfiguration": [
                {"Name": part, "EnabledAccountsCount": count(f"{name}/{part}")} for part in parts
            ],
        }
        for name, parts in features.ADDITIONAL.items()
    ]
