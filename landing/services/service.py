"""The declaration of a service: all that the rest of the house derives from it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from landing.aws import endpoints
from landing.core.model import Diagnostic, Json, Resource
from landing.core.vocabulary import Schema
from landing.organization import Delivery, EnabledService, Guardrail, Organization
from landing.services import overrides
from landing.services.base import BY_SERVICE, Kind
from landing.services.log_archive.received import RECEIVED
from landing.services.settings import schema_of

SettingsOf = Callable[[Organization, Collection[Resource]], dict[str, Json]]
"""Settings, as YAML has them, by what AWS holds of the kinds of a service."""

HOME = "home"
GOVERNED = "governed"


@dataclass(frozen=True, slots=True)
class ServiceBlueprint:
    """A blueprint that a service brings: as a plain stack in the account of a role, or, without a role, everywhere.

    The blueprint's parameters are filled from the service's settings of the same name.
    """

    key: str
    blueprint: str
    regions: str
    role: str = ""
    requires: tuple[str, ...] = ()
    existing: str = ""
    """The setting that says what becomes of what an account has already, of which AWS gives only one."""
    target: str = ""
    """The setting that says where it is deployed; everywhere where that says nothing."""
    unless: str = ""
    """The setting that names what stands in its place."""
    when: str = ""
    """The setting that must be on for the blueprint to be deployed."""


@dataclass(frozen=True, kw_only=True)
class Service:
    """A service: its settings, what it needs of AWS Organizations, where it is offered, and the kinds it is made of.

    Sources of `trusted` and `delegated`: the "Organizations integration" pages of the AWS Organizations user guide.
    """

    key: str
    """Its key under `services` in the config."""

    title: str
    """What AWS calls it."""

    settings: type | None = None
    """A frozen dataclass (see `landing.services.settings`); a service without one is always there."""

    trusted: tuple[str, ...] = ()
    """Service principals that must have trusted access."""

    trusted_where: Mapping[str, Callable[[Any], bool]] = field(default_factory=dict)
    """Of these, what only some settings need: whether the settings do."""

    delegated: tuple[str, ...] = ()
    """Principals whose administrator is registered by RegisterDelegatedAdministrator, not by a call of the service."""

    remembered: bool = False
    """Whether the root is marked with it, though what it holds has marks of its own: so that these are looked for."""

    endpoint: str = ""
    """Its prefix in botocore's table of endpoints, which tells in which regions it is. Empty: in all."""

    regions: Collection[str] = ()
    """The regions it is in, where that table is wrong."""

    kinds: tuple[Kind, ...] = ()

    settings_of: SettingsOf | None = None
    """What the settings would have to be for what AWS holds of its kinds; they may be written out as the defaults.

    What no setting can say is left out: an import tries the settings, and takes them where a plan changes nothing.
    """

    blueprints: tuple[ServiceBlueprint, ...] = ()

    guardrails: Callable[[Organization], Iterable[Guardrail]] | None = None
    """The organization policies that its settings come down to, which are kept as those under `guardrails` are."""

    delivery: Delivery | None = None
    delivers: Callable[[Any], bool] = lambda _: True
    """Whether with these settings it makes its `delivery` to the log archive."""

    cost: str = ""
    """What it is charged by, in a sentence."""

    docs: str = ""
    """The AWS documentation page to begin with."""

    @property
    def controls(self) -> tuple[str, ...]:
        """Ids of the control catalogues that its kinds satisfy, as `catalogue:id`."""
        return tuple(dict.fromkeys(control for kind in self.kinds for control in kind.controls))

    @property
    def appointing(self) -> tuple[str, ...]:
        """Principals whose administrator the service appoints by a call of its own."""
        appoints = self.settings is not None and not self.delegated and not self.remembered
        return self.trusted if appoints else ()

    def needed(self, settings: Any) -> tuple[str, ...]:
        """The principals that must have trusted access with these settings."""
        where = self.trusted_where
        return tuple(each for each in self.trusted if each not in where or where[each](settings))

    @property
    def administered(self) -> bool:
        """Whether what it holds is ours only where it is marked: as what an administrator sets, which has no tags."""
        return any(kind.ownership in BY_SERVICE for kind in self.kinds)

    @property
    def schema(self) -> Schema:
        """Its part of the config's schema."""
        return schema_of(self.settings) if self.settings else {}

    def offered(self, regions: Iterable[str], partition: str) -> tuple[str, ...]:
        """Those of the regions in which AWS has it."""
        known = self.regions or (endpoints.regions(self.endpoint, partition) if self.endpoint else None)
        return tuple(region for region in regions if known is None or region in known)

    def check(self, organization: Organization) -> Iterator[Diagnostic]:
        """What is wrong with its settings, beyond the schema, and governed regions that do not have it."""
        for kind in self.kinds:
            yield from kind.check(organization)
        enabled = organization.services.get(self.key)
        if enabled is None:
            return
        yield from overrides.problems(organization, enabled)
        missing = [each for each in organization.governed_regions if each not in organization.offered[self.key]]
        if missing:
            message = f"{self.title} is not offered in {', '.join(missing)}: it is left out there"
            yield Diagnostic("LZ366", message, enabled.source, severity="info")
        if self.delivery and self.delivers(enabled.settings) and "log_archive" not in organization.services:
            yield Diagnostic(
                "LZ354",
                f"`{self.key}` delivers to the log archive, which is not among the services",
                enabled.source,
                "add `log_archive: {}` under services",
            )


def deliveries(services: Iterable[Service], enabled: Mapping[str, EnabledService[Any]]) -> Iterator[Delivery]:
    """What the services of a config deliver to the log archive, and then what accounts do."""
    for service in services:
        configured = enabled.get(service.key)
        if service.delivery and configured is not None and service.delivers(configured.settings):
            yield service.delivery
    archive = enabled.get("log_archive")
    for purpose in archive.settings.receives if archive else ():
        yield RECEIVED[purpose]


def existing_logs(enabled: Mapping[str, EnabledService[Any]]) -> tuple[Mapping[str, str], str]:
    """What the config says that the log archive has already: names of buckets by what they are for, and a key."""
    archive = enabled.get("log_archive")
    existing = archive.settings.existing if archive else None
    return (existing.buckets, existing.key) if existing else ({}, "")
