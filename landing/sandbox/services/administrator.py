"""The administrator of an organization in a service, appointed by the management account Region by Region.

Organizations User Guide, "AWS services that you can use with AWS Organizations": the page of each service wants
trusted access before an administrator is appointed, and the same administrator in every Region. By the guides of
GuardDuty, Macie, Inspector and Detective: who leaves the organization is a member no more, and an administrator that
Organizations knows no more is dismissed in every Region.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from landing.sandbox.protocol.refusal import Refusal
from landing.sandbox.services import accounts
from landing.sandbox.services.call import Call
from landing.sandbox.services.iam import linked_roles
from landing.sandbox.services.places import Places
from landing.sandbox.world import Event, World, regions


class Settings(Protocol):
    """What an administrator has set in a Region."""

    @property
    def members(self) -> dict[str, Any]:
        """By their accounts."""


@dataclass(slots=True)
class Relations:
    """What an account in a Region has to do with others."""

    appointed: str | None = None
    """Of a management account: the administrator of its organization."""
    leaving: str | None = None
    """The one before, until it is dismissed everywhere."""
    administrator: str | None = None
    """Of a member."""


A = TypeVar("A", bound=Settings)
A_co = TypeVar("A_co", bound=Settings, covariant=True)


class Place(Protocol[A_co]):
    """The state of an account in a Region, as `Relations` has it."""

    appointed: str | None
    administrator: str | None

    @property
    def administration(self) -> A_co | None:
        """Of an administrator."""


@dataclass(frozen=True, slots=True)
class Refusals:
    """How a service says no, given the account that the call is about."""

    unmanaged: Callable[[str], Refusal]
    """The caller is not the management account of an organization."""
    untrusted: Callable[[str], Refusal]
    """The service has no trusted access."""
    stranger: Callable[[str], Refusal]
    """The account is not an active one of the organization."""
    taken: Callable[[str], Refusal]
    """Another account is appointed, here or, as Organizations knows, elsewhere."""
    absent: Callable[[str], Refusal]
    """The account is not appointed here."""
    early: Callable[[str], Refusal] | None = None
    """The service does not know of its trusted access yet; None where it always does."""


class OrganizationAdministrator(Generic[A]):
    """A topic of a service: three operations, and what happens when accounts come and go. Subclasses declare it.

    Parameters and answers have the names that the model has for an account's id and its status.
    """

    principal: str
    places: Places[Any]
    """Of `Place`s."""
    refusals: Refusals
    lingers = ""
    """The status of one that is being dismissed; empty where that is done at once."""
    brings_trust = False
    """Whether trusted access comes with the first administrator; otherwise it must be there."""

    @property
    def at(self) -> Callable[[World, str, str], Place[A]]:
        """The state of an account in a Region."""
        return self.places.at

    def check(self, call: Call, organization: accounts.Organization, account: str) -> None:
        """Raise what else stands in the way of appointing the account."""

    def appoint(self, world: World, account: str, region: str) -> None:
        """Give the account what an administrator has."""
        raise NotImplementedError

    def dismissed(self, world: World, account: str, region: str) -> None:
        """Take it away."""
        place: Any = self.at(world, account, region)
        place.administration = None

    def enrol(self, world: World, administrator: str, region: str, account: str) -> None:
        """Make an account that has joined the organization a member, if the administrator wants that."""
        raise NotImplementedError

    def enable_organization_admin_account(self, call: Call) -> dict[str, Any]:
        """From the management account, after trusted access; again, it changes nothing."""
        here = self.at(call.world, call.account, call.region)
        organization, account = self.admitted(call, here.appointed)
        if here.appointed != account:
            self.install(call.world, call.account, account, call.region)
        self.register(call.world, organization, account)
        return _told(call, account)

    def admitted(self, call: Call, appointed: str | None) -> tuple[accounts.Organization, str]:
        """The caller's organization and the account that it may appoint, where `appointed` is so far."""
        organization, account = self.managed(call), _account(call)
        if not self.brings_trust and self.principal not in organization.services:
            raise self.refusals.untrusted(account)
        if self.refusals.early and not accounts.is_known(call, organization, self.principal):
            raise self.refusals.early(account)
        if account not in organization.members or call.world.accounts[account].state != "ACTIVE":
            raise self.refusals.stranger(account)
        elsewhere = {known for known, _, _ in self.administrations(call.world, call.account)}
        if self._leaving(call) or {appointed, *accounts.administrators(organization, self.principal), *elsewhere} - {
            None,
            account,
        }:
            raise self.refusals.taken(account)
        self.check(call, organization, account)
        return organization, account

    def install(self, world: World, management: str, account: str, region: str) -> None:
        """Appoint the account in a Region."""
        self.at(world, management, region).appointed = account
        self.at(world, account, region).administrator = None
        self.appoint(world, account, region)
        linked_roles.ensure(world, account, self.principal)

    def register(self, world: World, organization: accounts.Organization, account: str) -> None:
        """Have Organizations know the administrator."""
        if self.brings_trust:
            accounts.trust(world, organization, self.principal)
        if account != organization.management_account:
            accounts.delegate(world, organization, account, self.principal)

    def disable_organization_admin_account(self, call: Call) -> dict[str, Any]:
        """In this Region; with the last one Organizations forgets it too."""
        organization, here = self.managed(call), self.at(call.world, call.account, call.region)
        account = _account(call) or here.appointed or ""
        if here.appointed != account:
            raise self.refusals.absent(account)
        self.dismiss(call.world, call.account, call.region)
        if self.lingers:
            self.places.here(call).leaving = account
            call.world.clock.later(_gone, thing=self._thing(call))
        self.deregister(call, organization, account)
        return _told(call, account)

    def deregister(self, call: Call, organization: accounts.Organization, account: str) -> None:
        """Have Organizations forget it, if it is appointed in no Region."""
        elsewhere = any(self.administrations(call.world, organization.management_account))
        if not elsewhere and self.principal in organization.delegated.get(account, ()):
            accounts.undelegate(call.world, organization, account, self.principal)

    def list_organization_admin_accounts(self, call: Call) -> dict[str, Any]:
        """For the management account: the one that is appointed, or none."""
        self.managed(call)
        return self.listed(call, self.at(call.world, call.account, call.region).appointed)

    def listed(self, call: Call, appointed: str | None) -> dict[str, Any]:
        """A list of one administrator or none, and one on its way out, with the members that the model has for it."""
        members = call.operation.model.output_shape.members.items()
        member, entry = next((name, shape.member) for name, shape in members if shape.type_name == "list")
        statuses = {appointed: "ENABLED"} if appointed else {}
        if leaving := self._leaving(call):
            statuses[leaving] = self.lingers
        shown = [
            {
                name: account if name.lower().endswith("accountid") else status
                for name in entry.members
                if name.lower().endswith(("accountid", "status"))
            }
            for account, status in statuses.items()
        ]
        return call.page(member, shown, most=25)

    def _leaving(self, call: Call) -> str | None:
        """Who is on its way out of the Region, as the management account asks after it."""
        call.poll(self._thing(call))
        place = self.places.here(call)
        return place.leaving if self.lingers and call.world.clock.is_waiting(self._thing(call)) else None

    def _thing(self, call: Call) -> tuple[str, str, str, str]:
        return ("dismissal", self.principal, call.account, call.region)

    def managed(self, call: Call) -> accounts.Organization:
        """The organization whose management account calls."""
        organization = managed(call)
        if organization is None:
            raise self.refusals.unmanaged(call.account)
        return organization

    def administrations(self, world: World, management: str) -> Iterator[tuple[str, str, A]]:
        """Administrator, Region and settings, wherever the management account has appointed one."""
        for region in regions.every(world):
            appointed = self.at(world, management, region).appointed
            settings = None if appointed is None else self.at(world, appointed, region).administration
            if appointed is not None and settings is not None:
                yield appointed, region, settings

    def dismiss(self, world: World, management: str, region: str) -> None:
        """Appoint nobody any more; members stand alone, with what they have."""
        place = self.at(world, management, region)
        administrator, place.appointed = place.appointed, None
        settings = self.at(world, administrator, region).administration if administrator else None
        for account in settings.members if settings else ():
            self.at(world, account, region).administrator = None
        if administrator is not None:
            self.dismissed(world, administrator, region)

    def account_joined(self, world: World, event: Event) -> None:
        """A new account may become a member in the Regions that it may use."""
        organization = accounts.membership(world, event.account)
        for administrator, region, _ in self.administrations(world, organization.management_account):
            if regions.is_usable(world, event.account, region):
                self.enrol(world, administrator, region, event.account)

    def account_left(self, world: World, event: Event) -> None:
        """Who leaves the organization is a member no more."""
        for account, region, place in self.places.every(world):
            if account != event.account:
                continue
            settings = self.at(world, place.administrator, region).administration if place.administrator else None
            if settings is not None:
                settings.members.pop(event.account, None)
            place.administrator = None

    def administrator_deregistered(self, world: World, event: Event) -> None:
        """Organizations' own call acts in every Region."""
        organization = accounts.organization_of(world, event.account)
        if event.detail["principal"] == self.principal and organization is not None:
            management = organization.management_account
            for region in regions.every(world):
                if self.at(world, management, region).appointed == event.account:
                    self.dismiss(world, management, region)


def _gone(world: World) -> None:
    """Whoever was dismissed is on its way out no more."""


def managed(call: Call) -> accounts.Organization | None:
    """The organization whose management account calls."""
    organization = accounts.organization_of(call.world, call.account)
    return organization if organization and organization.management_account == call.account else None


def _account(call: Call) -> str:
    """The account that the call names, if it names one."""
    return next((value for name, value in call.items() if name.lower().endswith("accountid")), "")


def _told(call: Call, account: str) -> dict[str, Any]:
    """The account, if the operation answers it."""
    answered = call.operation.model.output_shape
    names = answered.members if answered else ()
    return {name: account for name in names if name.lower().endswith("accountid")}
