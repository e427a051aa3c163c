"""What services with an administrator in each Region do when something happens in the organization.

The same for each of them, by the guides of GuardDuty, Macie, Inspector and Detective: who leaves is a member no more,
and an administrator that Organizations knows no more is dismissed in every Region.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Protocol, TypeVar

from landing.sandbox.services import accounts
from landing.sandbox.world import Event, World, regions


class Settings(Protocol):
    """What an administrator has set in a Region."""

    @property
    def members(self) -> dict[str, Any]:
        """By their accounts."""


A = TypeVar("A", bound=Settings)
A_co = TypeVar("A_co", bound=Settings, covariant=True)


class Place(Protocol[A_co]):
    """The state of an account in a Region, as `Relations` has it."""

    appointed: str | None
    administrator: str | None

    @property
    def administration(self) -> A_co | None:
        """Of an administrator."""


At = Callable[[World, str, str], Place[A]]


def administrations(world: World, management: str, at: At[A]) -> Iterator[tuple[str, str, A]]:
    """Administrator, Region and settings, wherever the management account has appointed one."""
    for region in regions.every(world):
        appointed = at(world, management, region).appointed
        settings = None if appointed is None else at(world, appointed, region).administration
        if appointed is not None and settings is not None:
            yield appointed, region, settings


def of_newcomer(world: World, account: str, at: At[A]) -> Iterator[tuple[str, str, A]]:
    """The same for an account that has joined, in the Regions that it may use."""
    organization = accounts.organization_of(world, account)
    assert organization is not None
    for administrator, region, settings in administrations(world, organization.management_account, at):
        if regions.is_usable(world, account, region):
            yield administrator, region, settings


def leave(world: World, account: str, at: At[A]) -> None:
    """The account has left the organization."""
    for region in regions.every(world):
        place = at(world, account, region)
        settings = at(world, place.administrator, region).administration if place.administrator else None
        if settings is not None:
            settings.members.pop(account, None)
        place.administrator = None


def dismiss(world: World, management: str, region: str, at: At[A]) -> str | None:
    """Appoint nobody any more; members stand alone. The answer is who was appointed."""
    place = at(world, management, region)
    administrator, place.appointed = place.appointed, None
    settings = at(world, administrator, region).administration if administrator else None
    for account in settings.members if settings else ():
        at(world, account, region).administrator = None
    return administrator


def deregister(
    world: World, event: Event, principal: str, at: At[A], dismissed: Callable[[World, str, str], None]
) -> None:
    """Organizations knows an administrator no more; `dismissed` is given its management account and each Region."""
    organization = accounts.organization_of(world, event.account)
    if event.detail["principal"] == principal and organization is not None:
        management = organization.management_account
        for region in regions.every(world):
            if at(world, management, region).appointed == event.account:
                dismissed(world, management, region)
