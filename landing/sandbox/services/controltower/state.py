"""What Control Tower keeps for the management account in a Region, and the refusals that its parts share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from landing.sandbox.protocol.refusal import Refusal
from landing.sandbox.services.accounts import Organization, organization_of
from landing.sandbox.services.call import Call
from landing.sandbox.services.places import Places
from landing.sandbox.world import World

PRINCIPAL = "controltower.amazonaws.com"
IN_PROGRESS, SUCCEEDED, FAILED, UNDER_CHANGE = "IN_PROGRESS", "SUCCEEDED", "FAILED", "UNDER_CHANGE"
IN_SYNC, DRIFTED = "IN_SYNC", "DRIFTED"


@dataclass(slots=True)
class Zone:
    """The landing zone."""

    arn: str
    version: str
    manifest: dict[str, Any]
    remediation: list[str]
    status: str = "PROCESSING"
    drift: str = IN_SYNC
    tags: dict[str, str] = field(default_factory=dict)

    @property
    def regions(self) -> list[str]:
        """The Regions that it governs."""
        return list(self.manifest.get("governedRegions", ()))

    def enables(self, integration: str) -> bool:
        """Whether a part of the manifest is on; in 3.x those without a word are."""
        part = self.manifest.get(integration)
        return isinstance(part, dict) and bool(part.get("enabled", True))


@dataclass(slots=True)
class Enabled:
    """A control or baseline on a unit; of a baseline, also on an account, by way of its unit."""

    arn: str
    identifier: str
    target: str
    """Id of a unit, or of an account."""
    parameters: dict[str, Any]
    version: str = ""
    status: str = UNDER_CHANGE
    last: str = ""
    """Id of the last operation."""
    parent: str = ""
    drift: str = IN_SYNC
    """Of inheritance."""
    tags: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Operation:
    """What was asked for and goes on; `about` is a landing zone, baseline or control."""

    id: str
    about: str
    type: str
    started: datetime
    status: str = IN_PROGRESS
    ended: datetime | None = None
    message: str = ""
    enabled: Enabled | None = None


@dataclass(slots=True)
class Place:
    """The management account in a Region; there is a landing zone in one of them."""

    zone: Zone | None = None
    baselines: dict[str, Enabled] = field(default_factory=dict)
    controls: dict[str, Enabled] = field(default_factory=dict)
    operations: dict[str, Operation] = field(default_factory=dict)
    guards: dict[str, str] = field(default_factory=dict)
    """Unit to the SCP that has its preventive controls."""

    def running(self, *about: str) -> Iterator[Operation]:
        """The operations of these sorts that are in progress."""
        return (each for each in self.operations.values() if each.status == IN_PROGRESS and each.about in about)

    def baselines_on(self, target: str) -> list[Enabled]:
        """Those that are enabled on a unit or account."""
        return [each for each in self.baselines.values() if each.target == target]


PLACES = Places("controltower", Place)
at, here = PLACES.at, PLACES.here


def home(world: World, management: str) -> tuple[str, Place] | None:
    """The Region with the landing zone of a management account, and what is kept there."""
    found = PLACES.every(world)
    return next(((region, place) for account, region, place in found if account == management and place.zone), None)


def zone_of(call: Call) -> Zone:
    """The landing zone; nothing can be enabled without."""
    zone = here(call).zone
    if zone is None:
        raise invalid("AWS Control Tower has no landing zone in this Region.")
    return zone


def organization(call: Call) -> Organization:
    """The caller's; `admit` has made sure that there is one."""
    found = organization_of(call.world, call.account)
    assert found is not None
    return found


def unit_of(call: Call, arn: str) -> str:
    """The id of a unit; only units are targets (API reference, EnableBaseline, EnableControl)."""
    found = organization(call)
    unit = arn.rpartition("/")[2]
    if not unit.startswith("ou-") or unit not in found.units or arn != found.arn("ou", unit):
        raise invalid("The target must be the ARN of an organizational unit of this organization.")
    return unit


def arn_of_target(call: Call, target: str) -> str:
    """As the organization has it."""
    return organization(call).arn("account" if target.isdigit() else "ou", target)


def begin(call: Call, about: str, kind: str, then: Callable[..., None], enabled: Enabled | None = None) -> str:
    """An operation that ends by `then(world, account, region, id)` in the background; its id."""
    operation = Operation(call.world.uuid(), about, kind, call.world.now, enabled=enabled)
    here(call).operations[operation.id] = operation
    if enabled is not None:
        enabled.status, enabled.last = UNDER_CHANGE, operation.id
    call.world.clock.later(then, call.account, call.region, operation.id, thing=("controltower", operation.id))
    return operation.id


def end(world: World, operation: Operation, problem: str = "") -> None:
    """It has succeeded, or not."""
    operation.status, operation.message = FAILED if problem else SUCCEEDED, problem
    operation.ended = world.now
    if operation.enabled is not None:
        operation.enabled.status = operation.status


def found(call: Call, about: str) -> Operation:
    """An operation of this sort, which comes closer by being asked after."""
    operation_id = call["operationIdentifier"]
    call.poll(("controltower", operation_id))
    operation = here(call).operations.get(operation_id)
    if operation is None or operation.about != about:
        raise absent("The operation does not exist.")
    return operation


def shown(operation: Operation) -> dict[str, Any]:
    """As GetControlOperation, GetBaselineOperation and GetLandingZoneOperation have in common."""
    return {
        "operationIdentifier": operation.id,
        "operationType": operation.type,
        "status": operation.status,
        "startTime": operation.started,
        **({"endTime": operation.ended} if operation.ended else {}),
        **({"statusMessage": operation.message} if operation.message else {}),
    }


def given(call: Call) -> dict[str, Any]:
    """The parameters of a control or baseline by their keys."""
    return {each["key"]: each["value"] for each in call.get("parameters") or ()}


def listed(parameters: dict[str, Any]) -> list[dict[str, Any]]:
    """The same, as they are answered."""
    return [{"key": key, "value": value} for key, value in parameters.items()]


def invalid(message: str) -> Refusal:
    """ValidationException."""
    return Refusal("ValidationException", message)


def absent(message: str) -> Refusal:
    """ResourceNotFoundException."""
    return Refusal("ResourceNotFoundException", message)


def conflict(message: str) -> Refusal:
    """ConflictException: something else is going on, or is there already."""
    return Refusal("ConflictException", message)
