"""How accounts of an organization become members: in the background, as the administrator's settings say.

User Guide, "Setting organization auto-enable preferences": ALL covers accounts that are there and those that
come, NEW only those that come, NONE disables nobody.
"""

from __future__ import annotations

from collections.abc import Mapping

from landing.sandbox.services import accounts
from landing.sandbox.services.administrator import OrganizationAdministrator, Refusals
from landing.sandbox.services.call import Call
from landing.sandbox.services.guardduty import features
from landing.sandbox.services.guardduty.state import (
    PLACES,
    PRINCIPAL,
    Administration,
    Detector,
    Here,
    at,
    bad,
    invalid,
)
from landing.sandbox.services.members import Member
from landing.sandbox.world import World, regions

HEXADECIMAL = "0123456789abcdef"


def new_detector(world: World, chosen: Mapping[str, str]) -> Detector:
    """A detector that is on."""
    return Detector(world.token(32, HEXADECIMAL), world.now, world.now, chosen)


def thing(administrator: str, region: str) -> tuple[str, str, str]:
    """What is asked after by those who wait for members."""
    return ("guardduty", administrator, region)


def poll(call: Call) -> None:
    """The caller, administrator or member, looks whether its organization's settings have come through."""
    organization = accounts.organization_of(call.world, call.account)
    if organization is not None:
        administrator = at(call.world, organization.management_account, call.region).appointed
        if administrator is not None:
            call.poll(thing(administrator, call.region))


def schedule(world: World, administrator: str, region: str) -> None:
    """Have `work` done soon; once is enough."""
    if not world.clock.is_waiting(thing(administrator, region)):
        world.clock.later(work, administrator, region, thing=thing(administrator, region))


def work(world: World, administrator: str, region: str) -> None:
    """Make members of those whose turn it is, and give the members what everyone is to have."""
    place = at(world, administrator, region)
    settings = place.administration
    organization = accounts.organization_of(world, administrator)
    if settings is None or organization is None or place.detector is None:
        return
    joined, everyone = settings.joined, settings.everyone
    settings.joined, settings.everyone = [], False
    if "GUARDDUTY_POLICY" in organization.policy_types:
        return  # The policies decide instead, as soon as their type is on (User Guide, "Organization policies").
    fresh = features.for_new_member(settings.features)
    for account in joined:
        enrol(world, administrator, region, account, fresh, which=("ALL", "NEW"))
    if everyone and settings.auto_enable == "ALL":
        for account in list(organization.members):
            enrol(world, administrator, region, account, fresh, which=("ALL",))
    if everyone:
        _enable_everywhere(world, place, region)


def _enable_everywhere(world: World, place: Here, region: str) -> None:
    """A feature that is set to ALL reaches members that are there, and the administrator itself."""
    settings = place.administration
    assert settings is not None
    members = (at(world, m.account, region).detector for m in settings.members.values() if m.status == "Enabled")
    for detector in (place.detector, *members):
        if detector is not None:
            detector.features = features.with_enabled(detector.features, settings.features, ("ALL",))


def enrol(
    world: World,
    administrator: str,
    region: str,
    account: str,
    fresh: Mapping[str, str],
    *,
    which: tuple[str, ...],
) -> str | None:
    """Make an account a member with a detector that is on; otherwise the reason why not."""
    settings = at(world, administrator, region).administration
    organization = accounts.organization_of(world, account)
    if settings is None or organization is None or organization.management_account != settings.organization:
        return "The request is rejected because the account is not a member of the organization."
    if account == administrator:
        return "The request is rejected because the account is the administrator itself."
    if not regions.is_usable(world, account, region) or not accounts.is_usable(world, account):
        return "The request is rejected because the account cannot be used in this Region."
    place = at(world, account, region)
    if account == organization.management_account and place.detector is None:
        return "Operation failed because your organization master must first enable GuardDuty to be added as a member"
    if place.detector is None:
        place.detector = new_detector(world, fresh)
    elif place.administrator != administrator:
        place.detector.features = features.with_enabled(place.detector.features, settings.features, which)
    place.detector.enabled = True
    place.administrator = administrator
    member = settings.members.get(account)
    if member is None or member.status != "Enabled":
        email = world.accounts[account].email
        settings.members[account] = Member(account, email, "Enabled", world.now)
    return None


class Administrator(OrganizationAdministrator[Administration]):
    """API reference, EnableOrganizationAdminAccount; it wants trusted access unless the console calls."""

    principal, places = PRINCIPAL, PLACES
    refusals = Refusals(
        unmanaged=lambda _: bad(
            "The request failed because you do not have required AWS Organization master permission."
        ),
        untrusted=lambda _: bad(
            "The request failed because AWS Organizations service access is not enabled for GuardDuty."
        ),
        stranger=lambda _: invalid(),
        taken=lambda _: bad(
            "The request failed because another account is already enabled as GuardDuty delegated administrator for "
            "the organization."
        ),
        absent=lambda _: bad("The request failed because the account is not the GuardDuty delegated administrator."),
    )

    def appoint(self, world: World, account: str, region: str) -> None:
        """It gets a detector."""
        place, organization = at(world, account, region), accounts.membership(world, account)
        place.detector = place.detector or new_detector(world, features.DEFAULTS)
        place.administration = Administration(organization.management_account, features.NOBODY)

    def dismissed(self, world: World, account: str, region: str) -> None:
        """GuardDuty stays on."""
        super().dismissed(world, account, region)
        world.clock.forget(thing(account, region))

    def enrol(self, world: World, administrator: str, region: str, account: str) -> None:
        """A new account is looked at soon."""
        settings = at(world, administrator, region).administration
        if settings is not None and settings.auto_enable != "NONE":
            settings.joined.append(account)
            schedule(world, administrator, region)


ADMINISTRATOR = Administrator()
