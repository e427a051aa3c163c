"""What Security Hub keeps for an account in a Region."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from landing.sandbox.protocol.refusal import Refusal
from landing.sandbox.services.administrator import Relations
from landing.sandbox.services.call import Call
from landing.sandbox.services.members import Member
from landing.sandbox.services.places import Places
from landing.sandbox.world import World, regions

invalid = Refusal.of("InvalidInputException", Code="InvalidInputException")
"""A value that Security Hub does not like."""
absent = Refusal.of("ResourceNotFoundException", Code="ResourceNotFoundException")
"""A thing that is not there."""
no_access = Refusal.of("InvalidAccessException", Code="InvalidAccessException")
"""A call that the account is not entitled to."""
conflict = Refusal.of("ResourceConflictException", Code="ResourceConflictException")
"""Something stands in the way."""

unfit = Refusal.of("ValidationException")
"""A value that the newer Security Hub does not like."""

PRINCIPAL = "securityhub.amazonaws.com"


@dataclass(frozen=True, slots=True)
class Settings:
    """What a configuration policy says; accounts share one, so it never changes."""

    enabled: bool
    standards: tuple[str, ...] = ()
    only: frozenset[str] | None = None
    """The controls that are on, if the policy lists those."""
    off: frozenset[str] = frozenset()
    parameters: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    home: str = ""

    def allows(self, control: str) -> bool:
        """Whether a control is on, as far as the policy's list goes."""
        return control not in self.off if self.only is None else control in self.only


@dataclass(slots=True)
class Holdings:
    """What hangs on a hub."""

    findings: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    """By product and id."""
    rules: dict[str, dict[str, Any]] = field(default_factory=dict)
    actions: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Custom actions by ARN."""
    products: dict[str, None] | None = None


@dataclass(slots=True)
class Hub:
    """Security Hub CSPM is on."""

    subscribed: datetime
    standards: Mapping[str, str] = field(default_factory=dict)
    """Key of a standard to PENDING, READY or DELETING. Never changed in place: accounts share one."""
    generator: str = "SECURITY_CONTROL"
    auto_enable_controls: bool = True
    settings: Settings | None = None
    """What the last configuration policy left."""
    is_managed: bool = False
    """Whether a configuration policy holds now."""
    changes: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    """What the account has decided for a control in a standard."""
    parameters: dict[str, dict[str, Any]] = field(default_factory=dict)
    tags: dict[str, str] | None = None
    holdings: Holdings | None = None

    def held(self) -> Holdings:
        """What hangs on it, to be changed."""
        self.holdings = self.holdings or Holdings()
        return self.holdings


@dataclass(slots=True)
class Policy:
    """A configuration policy."""

    id: str
    name: str
    description: str | None
    document: dict[str, Any]
    settings: Settings
    created: datetime
    updated: datetime
    revision: int = 1
    tags: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Association:
    """A configuration that was applied to a target."""

    policy: str
    status: str
    updated: datetime


@dataclass(slots=True)
class Central:
    """Central configuration of an organization, in the home Region of its administrator."""

    status: str = "PENDING"
    policies: dict[str, Policy] = field(default_factory=dict)
    associations: dict[str, Association] = field(default_factory=dict)
    """By target: root, unit or account."""
    applied: dict[str, tuple[Any, ...]] = field(default_factory=dict)
    """Account to the configuration that it has by now."""


@dataclass(slots=True)
class Administration:
    """What the organization's administrator has in a Region."""

    organization: str
    """The management account."""
    auto_enable: bool = False
    auto_enable_standards: str = "DEFAULT"
    members: dict[str, Member] = field(default_factory=dict)
    joined: list[str] = field(default_factory=list)
    central: Central | None = None


@dataclass(slots=True)
class Aggregator:
    """Findings of other Regions are seen in this one, the home Region."""

    id: str
    mode: str
    regions: tuple[str, ...]


@dataclass(slots=True)
class Version2:
    """The newer Security Hub is on."""

    id: str
    subscribed: datetime
    tags: dict[str, str] = field(default_factory=dict)
    features: dict[str, datetime] = field(default_factory=dict)
    """Features that are on, and since when."""
    rules: dict[str, dict[str, Any]] = field(default_factory=dict)
    connectors: dict[str, dict[str, Any]] = field(default_factory=dict)
    """By ARN, as the automation rules."""
    tokens: dict[str, str] = field(default_factory=dict)
    """ARNs of what was made, by the client's token."""


@dataclass(slots=True)
class Here(Relations):
    """An account in a Region."""

    hub: Hub | None = None
    administration: Administration | None = None
    appointed2: str | None = None
    """As `appointed`, for the newer Security Hub."""
    aggregator: Aggregator | None = None
    version2: Version2 | None = None
    aggregator2: Aggregator | None = None


PLACES = Places("securityhub", Here)
at, here = PLACES.at, PLACES.here


def own_hub(call: Call) -> Hub:
    """The caller's hub; the service has made sure that there is one."""
    found = here(call).hub
    assert found is not None
    return found


def unmanaged_hub(call: Call) -> Hub:
    """The same, where a configuration policy leaves the account nothing to decide."""
    found = own_hub(call)
    if found.is_managed:
        raise Refusal("AccessDeniedException", "The account is centrally managed by a configuration policy.")
    return found


def aggregator_of(world: World, account: str, attribute: str = "aggregator") -> tuple[str, Aggregator] | None:
    """The home Region of an account and its aggregator there (or `aggregator2`, of the newer Security Hub)."""
    for region in regions.every(world):
        found: Aggregator | None = getattr(at(world, account, region), attribute)
        if found is not None:
            return region, found
    return None


def linked(world: World, home: str, aggregator: Aggregator) -> tuple[str, ...]:
    """The Regions that an aggregator sees besides its own."""
    others = tuple(region for region in regions.every(world) if region != home)
    match aggregator.mode:
        case "ALL_REGIONS":
            return others
        case "ALL_REGIONS_EXCEPT_SPECIFIED":
            return tuple(region for region in others if region not in aggregator.regions)
        case "SPECIFIED_REGIONS":
            return tuple(region for region in others if region in aggregator.regions)
    return ()


def central_of(world: World, administrator: str, region: str) -> Central | None:
    """The central configuration that holds in a Region: the home Region's, there and in the linked ones."""
    found = aggregator_of(world, administrator)
    if found is None:
        return None
    home, aggregator = found
    settings = at(world, administrator, home).administration
    if settings is None or (region != home and region not in linked(world, home, aggregator)):
        return None
    return settings.central
