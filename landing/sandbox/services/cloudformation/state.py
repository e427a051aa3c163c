"""What CloudFormation keeps for an account in a Region: stacks, their resources and events, change sets, drift."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from landing.sandbox.services.cloudformation import sections
from landing.sandbox.services.cloudformation.template import Template
from landing.sandbox.world import World

SERVICE = "cloudformation"


@dataclass(slots=True)
class Drift:
    """What the last look at a live resource found."""

    status: str
    """IN_SYNC, MODIFIED, DELETED or NOT_CHECKED."""
    checked: datetime
    differences: tuple[dict[str, Any], ...] = ()
    expected: Mapping[str, Any] = field(default_factory=dict)
    actual: Mapping[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Resource:
    """A resource of a stack; `properties` are those that the template asked for, resolved."""

    logical_id: str
    type: str
    status: str
    changed: datetime
    physical_id: str = ""
    reason: str = ""
    properties: Mapping[str, Any] = field(default_factory=dict)
    deletion_policy: str = "Delete"
    replace_policy: str = "Delete"
    metadata: Any = None
    drift: Drift | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to a stack or to one of its resources."""

    id: str
    time: datetime
    logical_id: str
    physical_id: str
    type: str
    status: str
    reason: str
    properties: Mapping[str, Any] | None
    token: str


@dataclass(slots=True)
class Detection:
    """A drift detection of a whole stack."""

    id: str
    stack_id: str
    started: datetime
    status: str = "DETECTION_IN_PROGRESS"
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a call asks a stack to be."""

    body: str
    parameters: Mapping[str, str]
    """As given, defaults included."""
    resolved: Mapping[str, str]
    """Values behind parameters of an SSM type."""
    tags: Mapping[str, str]
    capabilities: tuple[str, ...]
    role: str | None = None
    notifications: tuple[str, ...] = ()

    @property
    def template(self) -> Template:
        """The template, parsed."""
        return sections.read(self.body)

    @property
    def values(self) -> dict[str, str]:
        """What Ref gives for each parameter."""
        return {**self.parameters, **self.resolved}


@dataclass(frozen=True, slots=True)
class Before:
    """A stack as it was before an update."""

    wanted: Wanted
    resources: Mapping[str, Resource]


@dataclass(slots=True)
class Stack:
    """A stack; a deleted one is kept, and found by its id only."""

    id: str
    name: str
    account: str
    region: str
    wanted: Wanted
    created: datetime
    status: str
    reason: str = ""
    updated: datetime | None = None
    deleted: datetime | None = None
    description: str = ""
    resources: dict[str, Resource] = field(default_factory=dict)
    outputs: dict[str, dict[str, str]] = field(default_factory=dict)
    events: list[Event] = field(default_factory=list)
    protected: bool = False
    policy: str | None = None
    on_failure: str = "ROLLBACK"
    """ROLLBACK, DELETE or DO_NOTHING."""
    timeout: int | None = None
    retain_new: bool = False
    """Whether resources stay when the creation fails for good (RetainExceptOnCreate)."""
    token: str = ""
    tokens: dict[str, str] = field(default_factory=dict)
    """Client request token to the operation that it was used for."""
    drift_status: str = "NOT_CHECKED"
    drift_checked: datetime | None = None
    change_sets: dict[str, ChangeSet] = field(default_factory=dict)
    stack_set: str | None = None
    """The id of the stack set that it is an instance of."""
    executed: str | None = None
    """The change set that made it what it is."""
    imports: dict[str, None] = field(default_factory=dict)
    """Names of the exports that it uses."""
    before: Before | None = None
    """What an update that runs, or whose rollback failed, goes back to."""

    @property
    def is_live(self) -> bool:
        """Whether it is still there."""
        return self.status != "DELETE_COMPLETE"

    @property
    def is_busy(self) -> bool:
        """Whether an operation runs."""
        return self.status.endswith("_IN_PROGRESS") and self.status != "REVIEW_IN_PROGRESS"


@dataclass(slots=True)
class ChangeSet:
    """A change set; `changes` is the preview that was made when it was created."""

    id: str
    name: str
    kind: str
    """CREATE, UPDATE or IMPORT."""
    created: datetime
    wanted: Wanted
    description: str | None = None
    reverts_drift: bool = False
    takes_existing: bool = False
    """Whether what is there already under a name of the template is taken into the stack."""
    on_failure: str | None = None
    status: str = "CREATE_PENDING"
    reason: str = ""
    execution: str = "UNAVAILABLE"
    changes: list[dict[str, Any]] = field(default_factory=list)
    imports: dict[str, str] = field(default_factory=dict)
    """What it takes in: physical id by logical id."""
    token: str = ""


@dataclass
class CloudFormationState:
    """Everything in one account and Region."""

    stacks: dict[str, Stack] = field(default_factory=dict)
    """By id, deleted ones included."""
    names: dict[str, str] = field(default_factory=dict)
    """Name of a live stack to its id."""
    exports: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Name of an export to the id of its stack and its value."""
    detections: dict[str, Detection] = field(default_factory=dict)
    stack_sets: dict[str, Any] = field(default_factory=dict)
    """Stack sets by id, deleted ones included; see `stack_sets.state`."""


def state_of(world: World, account: str, region: str) -> CloudFormationState:
    """The state of an account in a Region, made when first asked for."""
    return world.state(SERVICE, account, region, CloudFormationState)


def stack_of(world: World, stack_id: str) -> Stack:
    """The stack with an id, wherever it is."""
    _, _, _, region, account, _ = stack_id.split(":", 5)
    return state_of(world, account, region).stacks[stack_id]
