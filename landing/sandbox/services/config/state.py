"""What AWS Config keeps for an account in a Region."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from landing.sandbox.protocol.refusal import Refusal
from landing.sandbox.services import accounts
from landing.sandbox.services.call import Call
from landing.sandbox.services.places import Places
from landing.sandbox.world import World

invalid = Refusal.of("InvalidParameterValueException")
"""A value that AWS Config does not like."""

T = TypeVar("T")
DEPLOYER = "config-multiaccountsetup.amazonaws.com"
"""Whose administrators deploy rules and conformance packs to an organization."""


@dataclass(slots=True)
class Recorder:
    """The customer-managed recorder."""

    name: str
    role: str
    group: dict[str, Any]
    mode: dict[str, Any]
    is_recording: bool = False
    started: datetime | None = None
    stopped: datetime | None = None


@dataclass(slots=True)
class Rule:
    """A rule of one account."""

    id: str
    definition: dict[str, Any]
    created: datetime
    pack: str | None = None
    """Id of the conformance pack that it belongs to."""


@dataclass(slots=True)
class Pack:
    """A conformance pack of one account."""

    id: str
    name: str
    settings: dict[str, Any]
    requested: datetime
    state: str
    reason: str | None = None
    completed: datetime | None = None
    rules: dict[str, dict[str, Any]] = field(default_factory=dict)
    """The rules of its template, by their names there."""


@dataclass(slots=True)
class Deployment:
    """An organization's rule or conformance pack, and how far it has come."""

    name: str
    kind: str
    """ConfigRule or ConformancePack: what its operations are named after."""
    settings: dict[str, Any]
    suffix: str
    rules: dict[str, dict[str, Any]]
    """Rules that members get, by their names in the template; a rule is its own only one."""
    status: str
    updated: datetime
    members: dict[str, tuple[str, str, datetime]] = field(default_factory=dict)
    """Account to status and error code."""
    deployed: dict[str, None] = field(default_factory=dict)
    """Accounts that have it."""
    tries: dict[str, int] = field(default_factory=dict)
    """Accounts that joined without recorder, and how often it was tried again."""

    @property
    def member_name(self) -> str:
        """What members see it as."""
        prefix = "OrgConfigRule" if self.kind == "ConfigRule" else "OrgConformsPack"
        return f"{prefix}-{self.name}-{self.suffix}"


@dataclass(slots=True)
class Here:
    """An account in a Region."""

    recorder: Recorder | None = None
    channel: dict[str, Any] | None = None
    rules: dict[str, Rule] | None = None
    packs: dict[str, Pack] | None = None
    deployments: dict[tuple[str, str], Deployment] | None = None
    """Of a management account or delegated administrator, by kind and name."""
    aggregators: dict[str, dict[str, Any]] | None = None
    authorizations: dict[tuple[str, str], datetime] | None = None
    queries: dict[str, dict[str, Any]] | None = None
    remediations: dict[str, dict[str, Any]] | None = None
    executions: dict[tuple[str, str, str], dict[str, Any]] | None = None
    """Of remediations, by rule, type and id of a resource: how the last one ended."""
    retention: int | None = None
    tags: dict[str, dict[str, str]] | None = None
    """By ARN."""


PLACES = Places("config", Here)
at, here = PLACES.at, PLACES.here


def peek(world: World, account: str, region: str) -> Here | None:
    """The same, without making one."""
    found: Here | None = world.states.get("config", {}).get((account, region))
    return found


def recorder_of(world: World, account: str, region: str) -> Recorder | None:
    """The recorder of an account in a Region."""
    place = peek(world, account, region)
    return None if place is None else place.recorder


def required_recorder(call: Call) -> Recorder:
    """The caller's recorder, where nothing goes without."""
    recorder = here(call).recorder
    if recorder is None:
        raise Refusal(
            "NoAvailableConfigurationRecorderException",
            "Configuration Recorder is not available to put delivery channel or rules.",
        )
    return recorder


def entitled(call: Call, principal: str) -> accounts.Organization:
    """The organization that the caller may act for (API reference, OrganizationAccessDeniedException)."""
    organization = accounts.organization_of(call.world, call.account)
    if organization is None:
        raise Refusal("NoAvailableOrganizationException", "The account is not part of an organization.")
    if organization.feature_set != "ALL":
        raise Refusal("OrganizationAllFeaturesNotEnabledException", "The organization has not all features.")
    if accounts.may_administer(call, principal) is None:
        raise Refusal(
            "OrganizationAccessDeniedException",
            "This action can be only made by the organization's management account or delegated administrator.",
        )
    return organization


def selected(names: Iterable[str] | None, known: dict[str, T], code: str, what: str) -> list[T]:
    """Those that are named, or all; a name that is not known is refused with `code`."""
    if not names:
        return list(known.values())
    missing = [name for name in names if name not in known]
    if missing:
        raise Refusal(code, f"{what} {', '.join(missing)} does not exist.")
    return [known[name] for name in names]


def put_tags(call: Call, arn: str) -> None:
    """Keep the tags of a request that makes something."""
    if call.get("Tags"):
        tags = {tag["Key"]: tag.get("Value", "") for tag in call["Tags"]}
        place = here(call)
        place.tags = place.tags or {}
        place.tags.setdefault(arn, {}).update(tags)


def deployments(world: World, account: str, region: str) -> Iterator[tuple[str, Deployment]]:
    """What the organization of an account deploys in a Region, with the account that did."""
    organization = accounts.organization_of(world, account)
    if organization is not None:
        for owner in (organization.management_account, *accounts.administrators(organization, DEPLOYER)):
            place = peek(world, owner, region)
            for deployment in () if place is None else list((place.deployments or {}).values()):
                yield owner, deployment
