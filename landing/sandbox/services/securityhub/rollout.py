"""What Security Hub does to the accounts of an organization in the background."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from landing.core.constraints import security_hub as catalogue
from landing.sandbox.services import accounts
from landing.sandbox.services.administrator import OrganizationAdministrator, Refusals
from landing.sandbox.services.call import Call
from landing.sandbox.services.members import Member
from landing.sandbox.services.securityhub import version2_policy
from landing.sandbox.services.securityhub.state import (
    PLACES,
    PRINCIPAL,
    Administration,
    Association,
    Central,
    Here,
    Hub,
    Settings,
    aggregator_of,
    at,
    here,
    invalid,
    linked,
    no_access,
)
from landing.sandbox.world import Event, World, regions

SELF_MANAGED = "SELF_MANAGED_SECURITY_HUB"


def new_hub(world: World) -> Hub:
    """A hub without standards."""
    return Hub(world.now)


def settle_standards(world: World, account: str, region: str) -> None:
    """Have standards that are being enabled or disabled get there."""
    thing = ("securityhub-standards", account, region)
    world.clock.later(finish_standards, account, region, thing=thing)


def finish_standards(world: World, account: str, region: str) -> None:
    """What was PENDING is READY, what was DELETING is gone."""
    hub = at(world, account, region).hub
    if hub is not None:
        hub.standards = {key: "READY" for key, status in hub.standards.items() if status != "DELETING"}


def thing(administrator: str) -> tuple[str, str]:
    """What is asked after by those who wait for the organization."""
    return ("securityhub", administrator)


def poll(call: Call) -> None:
    """The caller, administrator or member, looks whether the settings have come through."""
    organization = accounts.organization_of(call.world, call.account)
    if organization is not None:
        administrator = at(call.world, organization.management_account, call.region).appointed
        if administrator is not None:
            call.poll(thing(administrator))


def schedule(world: World, administrator: str) -> None:
    """Have `work` done soon; once is enough."""
    if not world.clock.is_waiting(thing(administrator)):
        world.clock.later(work, administrator, thing=thing(administrator))


def work(world: World, administrator: str) -> None:
    """Switch to central configuration; give accounts what policies, or the local settings, say."""
    organization = accounts.organization_of(world, administrator)
    if organization is None:
        return
    found = aggregator_of(world, administrator)
    home = None if found is None else found[0]
    settings = None if home is None else at(world, administrator, home).administration
    if found is not None and home is not None and settings is not None and settings.central is not None:
        others = linked(world, home, found[1])
        spread_administrator(world, organization.management_account, administrator, others)
        settings.central.status = "ENABLED"
        _apply_policies(world, organization, administrator, settings.central, (home, *others))
    for region in regions.every(world):
        local = at(world, administrator, region).administration
        if local is not None:
            joined, local.joined = local.joined, []
            for account in joined:
                add_member(world, administrator, region, account, default=local.auto_enable_standards == "DEFAULT")


def spread_administrator(world: World, management: str, administrator: str, others: Iterable[str]) -> None:
    """Under central configuration the administrator of the home Region is that of the linked ones."""
    for region in others:
        if at(world, management, region).appointed is None and regions.is_usable(world, administrator, region):
            ADMINISTRATOR.install(world, management, administrator, region)


def nearest(organization: accounts.Organization, central: Central, target: str) -> tuple[str, Association] | None:
    """The association that holds for a target: its own, or that of the nearest unit above."""
    path = organization.ancestry(target) if target in organization.members else _upwards(organization, target)
    for node in path:
        if node in central.associations:
            return node, central.associations[node]
    return None


def _upwards(organization: accounts.Organization, unit: str | None) -> Iterable[str]:
    while unit is not None:
        yield unit
        unit = organization.units[unit].parent


def _apply_policies(
    world: World,
    organization: accounts.Organization,
    administrator: str,
    central: Central,
    where: tuple[str, ...],
) -> None:
    shared: dict[str, Mapping[str, str]] = {
        policy.id: dict.fromkeys(policy.settings.standards, "READY") for policy in central.policies.values()
    }
    for account in list(organization.members):
        if not accounts.is_usable(world, account):
            continue
        found = nearest(organization, central, account)
        policy = None if found is None else central.policies.get(found[1].policy)
        wanted = (None,) if policy is None else (policy.id, policy.revision, where)
        if central.applied.get(account, (None,)) == wanted:
            continue
        central.applied[account] = wanted
        for region in where:
            if regions.is_usable(world, account, region):
                place = at(world, account, region)
                if policy is None:
                    _let_go(place)
                else:
                    _configure(
                        world,
                        administrator,
                        region,
                        account,
                        settings=policy.settings,
                        standards=shared[policy.id],
                    )
    for gone in central.applied.keys() - organization.members.keys():
        del central.applied[gone]
    for association in central.associations.values():
        association.status = "SUCCESS"


def _let_go(place: Here) -> None:
    """Without a policy the settings stay, and the account decides for itself."""
    if place.hub is not None:
        place.hub.is_managed = False


def _configure(
    world: World,
    administrator: str,
    region: str,
    account: str,
    *,
    settings: Settings,
    standards: Mapping[str, str],
) -> None:
    place = at(world, account, region)
    if not settings.enabled:
        if account != administrator:  # A policy that disables Security Hub passes the administrator over.
            place.hub = None
            forget_member(world, account, region)
        return
    hub = place.hub or new_hub(world)
    place.hub = hub
    hub.standards, hub.settings, hub.is_managed = standards, settings, True
    hub.changes, hub.parameters = {}, {}
    if account != administrator:
        _associate(world, administrator, region, account)


def _associate(world: World, administrator: str, region: str, account: str) -> None:
    settings = at(world, administrator, region).administration
    if settings is None:
        return
    at(world, account, region).administrator = administrator
    known = settings.members.get(account)
    if known is None or known.status != "Enabled":
        settings.members[account] = Member(account, world.accounts[account].email, "Enabled", world.now)


def add_member(world: World, administrator: str, region: str, account: str, *, default: bool) -> str | None:
    """Make an account of the organization a member, with Security Hub on; otherwise the reason why not."""
    settings = at(world, administrator, region).administration
    organization = accounts.organization_of(world, account)
    if settings is None or organization is None or organization.management_account != settings.organization:
        return "The account is not a member of the organization."
    if account == administrator:
        return "The account is the administrator."
    if not regions.is_usable(world, account, region) or not accounts.is_usable(world, account):
        return "The account cannot be used in this Region."
    place = at(world, account, region)
    if place.hub is None:
        if account == organization.management_account:
            return "The organization management account must enable Security Hub first."
        place.hub = new_hub(world)
        if default:
            place.hub.standards = dict.fromkeys(catalogue.DEFAULT_STANDARDS, "READY")
    _associate(world, administrator, region, account)
    return None


def release(world: World, central: Central, where: Iterable[str]) -> None:
    """Central configuration ends: accounts keep their settings and decide for themselves."""
    for region in where:
        for account in central.applied:
            _let_go(at(world, account, region))


def forget_member(world: World, account: str, region: str) -> None:
    """End the association of a member with its administrator."""
    place = at(world, account, region)
    administrator, place.administrator = place.administrator, None
    settings = None if administrator is None else at(world, administrator, region).administration
    if settings is not None:
        settings.members.pop(account, None)


def account_moved(world: World, event: Event) -> None:
    """Another policy may hold in the new place."""
    organization = accounts.membership(world, event.account)
    version2_policy.spread(world, event.account)
    for administrator, _, settings in ADMINISTRATOR.administrations(world, organization.management_account):
        if settings.central is not None:
            schedule(world, administrator)


class Administrator(OrganizationAdministrator[Administration]):
    """Organizations User Guide, "AWS Security Hub CSPM and AWS Organizations"; User Guide, "Designating..."."""

    principal, places = PRINCIPAL, PLACES
    brings_trust = True
    refusals = Refusals(
        unmanaged=lambda _: no_access("The request must be made by the organization management account."),
        untrusted=lambda account: invalid(f"There is no trusted access for {account}."),
        stranger=lambda account: invalid(f"The account {account} is not an active account of the organization."),
        taken=lambda _: invalid("Another account is the Security Hub administrator of the organization."),
        absent=lambda account: invalid(f"The account {account} is not the Security Hub administrator."),
    )

    def enable_organization_admin_account(self, call: Call) -> dict[str, Any]:
        """The same account for both Security Hubs."""
        if not _is_newer(call):
            return {**super().enable_organization_admin_account(call), **_feature(call)}
        place = here(call)
        organization, account = self.admitted(call, place.appointed2)
        if account == organization.management_account:
            raise invalid("The organization management account cannot be the delegated administrator.")
        place.appointed2 = account
        self.register(call.world, organization, account)
        return {"AdminAccountId": account, **_feature(call)}

    def disable_organization_admin_account(self, call: Call) -> dict[str, Any]:
        """One of both; Organizations forgets the account with the other."""
        if not _is_newer(call):
            return super().disable_organization_admin_account(call)
        organization, account, place = self.managed(call), call["AdminAccountId"], here(call)
        if place.appointed2 != account:
            raise self.refusals.absent(account)
        place.appointed2 = None
        self.deregister(call, organization, account)
        return {}

    def deregister(self, call: Call, organization: accounts.Organization, account: str) -> None:
        """Unless it is appointed for the newer Security Hub."""
        if here(call).appointed2 is None:
            super().deregister(call, organization, account)

    def listed(self, call: Call, appointed: str | None) -> dict[str, Any]:
        """Of one of both (API reference, ListOrganizationAdminAccounts)."""
        return {**super().listed(call, here(call).appointed2 if _is_newer(call) else appointed), **_feature(call)}

    def appoint(self, world: World, account: str, region: str) -> None:
        """Security Hub is on by that, with the default standards."""
        place, organization = at(world, account, region), accounts.membership(world, account)
        if place.hub is None:
            place.hub = new_hub(world)
            place.hub.standards = dict.fromkeys(catalogue.DEFAULT_STANDARDS, "PENDING")
            settle_standards(world, account, region)
        place.administration = Administration(organization.management_account)

    def dismiss(self, world: World, management: str, region: str) -> None:
        """Members and administrator decide for themselves."""
        for administrator, where, settings in list(self.administrations(world, management)):
            for account in (administrator, *settings.members) if where == region else ():
                _let_go(at(world, account, region))
        super().dismiss(world, management, region)

    def enrol(self, world: World, administrator: str, region: str, account: str) -> None:
        """Local configuration enables new accounts, central configuration looks at its policies."""
        settings = at(world, administrator, region).administration
        assert settings is not None
        if settings.auto_enable:
            settings.joined.append(account)
        if settings.auto_enable or settings.central is not None:
            schedule(world, administrator)

    def account_joined(self, world: World, event: Event) -> None:
        """What the organization policies say, too."""
        super().account_joined(world, event)
        version2_policy.spread(world, event.account)

    def account_left(self, world: World, event: Event) -> None:
        """Security Hub stays as it is, and the account stands alone."""
        super().account_left(world, event)
        for account, _, place in PLACES.every(world):
            if account == event.account:
                _let_go(place)

    def administrator_deregistered(self, world: World, event: Event) -> None:
        """Configuration policies are lost (User Guide)."""
        super().administrator_deregistered(world, event)
        if event.detail["principal"] == PRINCIPAL:
            for _, _, place in PLACES.every(world):
                place.appointed2 = None if place.appointed2 == event.account else place.appointed2
            world.clock.forget(thing(event.account))


ADMINISTRATOR = Administrator()


def _is_newer(call: Call) -> bool:
    return call.get("Feature") == "SecurityHubV2"


def _feature(call: Call) -> dict[str, str]:
    return {"Feature": call.get("Feature", "SecurityHub")}
