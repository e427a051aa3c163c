"""The administrator of an organization's GuardDuty, and what it sets for members."""

from __future__ import annotations

from typing import Any

from landing.sandbox.services import accounts, membership
from landing.sandbox.services.call import Call
from landing.sandbox.services.guardduty import enrolment, features
from landing.sandbox.services.guardduty.state import (
    PRINCIPAL,
    Administration,
    Here,
    at,
    bad,
    here,
    invalid,
    own_detector,
)
from landing.sandbox.services.iam.linked_roles import ensure

FROM_AUTO_ENABLE = {True: "NEW", False: "NONE"}


def enable_organization_admin_account(call: Call) -> None:
    """From the management account, after trusted access, one in a Region (API reference).

    The Organizations User Guide ("Amazon GuardDuty and AWS Organizations") wants EnableAWSServiceAccess before
    this call unless it is made by the console.
    """
    organization = _managed(call)
    account = call["AdminAccountId"]
    if PRINCIPAL not in organization.services:
        raise bad("The request failed because AWS Organizations service access is not enabled for GuardDuty.")
    if account not in organization.members or call.world.accounts[account].state != "ACTIVE":
        raise invalid()
    appointed = here(call).appointed
    others = [other for other in accounts.administrators(organization, PRINCIPAL) if other != account]
    if appointed not in (None, account) or others:
        raise bad(
            "The request failed because another account is already enabled as GuardDuty delegated administrator for "
            "the organization."
        )
    if appointed == account:
        return
    _appoint(call, organization, account)


def _appoint(call: Call, organization: accounts.Organization, account: str) -> None:
    """It gets a detector, and Organizations knows about it."""
    place = at(call.world, account, call.region)
    if place.detector is None:
        place.detector = enrolment.new_detector(call.world, features.DEFAULTS)
    ensure(call.world, account, PRINCIPAL)
    here(call).appointed = account
    place.administrator = None
    place.administration = Administration(organization.management_account, features.NOBODY)
    if account != organization.management_account:
        accounts.delegate(call.world, organization, account, PRINCIPAL)


def disable_organization_admin_account(call: Call) -> None:
    """In this Region; in the last one Organizations forgets it too (API reference)."""
    organization = _managed(call)
    if here(call).appointed != call["AdminAccountId"]:
        raise bad("The request failed because the account is not the GuardDuty delegated administrator.")
    enrolment.dismiss(call.world, organization.management_account, call.region)
    elsewhere = any(True for _ in membership.administrations(call.world, organization.management_account, at))
    if not elsewhere and PRINCIPAL in organization.delegated.get(call["AdminAccountId"], ()):
        accounts.undelegate(call.world, organization, call["AdminAccountId"], PRINCIPAL)


def list_organization_admin_accounts(call: Call) -> dict[str, Any]:
    """For the management account (API reference, ListOrganizationAdminAccounts)."""
    _managed(call)
    appointed = here(call).appointed
    found = [] if appointed is None else [{"AdminAccountId": appointed, "AdminStatus": "ENABLED"}]
    return call.page("AdminAccounts", found, most=50)


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
    place = here(call)
    if place.administration is None:
        raise _not_administrator()
    organization = accounts.organization_of(call.world, call.account)
    assert organization is not None
    enrolment.poll(call)
    members = [m for m in place.administration.members.values() if m.status != "Removed"]
    active = [m for m in members if m.status == "Enabled"]
    places = [at(call.world, m.account, call.region) for m in active] + [place]
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


def administered(call: Call) -> Administration:
    """What the caller, as administrator, has set; its detector is the one that the call names."""
    own_detector(call)
    settings = here(call).administration
    if settings is None:
        raise _not_administrator()
    return settings


def _not_administrator() -> Exception:
    return bad("The request failed because the current account is not the GuardDuty delegated administrator.")


def _managed(call: Call) -> accounts.Organization:
    organization = accounts.organization_of(call.world, call.account)
    if organization is None or organization.management_account != call.account:
        raise bad("The request failed because you do not have required AWS Organization master permission.")
    return organization
