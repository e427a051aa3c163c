"""Stack sets, their instances and operations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from landing.sandbox.services.cloudformation import sections
from landing.sandbox.services.cloudformation.state import state_of
from landing.sandbox.services.cloudformation.template import Template
from landing.sandbox.world import World

Site = tuple[str, str]
"""Account and Region."""

SERVICE_MANAGED = "SERVICE_MANAGED"
DETECT_DRIFT = "DETECT_DRIFT"
ACTIVE = ("RUNNING", "STOPPING")
ENDED = ("SUCCEEDED", "FAILED", "STOPPED")


@dataclass(slots=True)
class Instance:
    """What ties a stack set to a stack in an account and Region."""

    account: str
    region: str
    unit: str
    """The unit (or root) of the deployment targets by which it came; empty for self-managed sets."""
    status: str = "OUTDATED"
    detailed: str = "PENDING"
    reason: str = ""
    stack_id: str = ""
    overrides: dict[str, str] = field(default_factory=dict)
    operation: str = ""
    drift: str = "NOT_CHECKED"
    drift_checked: datetime | None = None
    drift_operation: str = ""
    drifts: tuple[Mapping[str, Any], ...] = ()
    """What the last drift detection found in each resource; kept for drifted stacks only."""

    @property
    def site(self) -> Site:
        """Account and Region."""
        return self.account, self.region


@dataclass(slots=True)
class Result:
    """What became of an operation in one account and Region."""

    status: str = "PENDING"
    reason: str = ""
    unit: str = ""


@dataclass(slots=True)
class Operation:
    """An operation on a stack set; `verb` is what is done to each instance."""

    id: str
    action: str
    """CREATE, UPDATE, DELETE or DETECT_DRIFT, as the API shows it."""
    verb: str
    """deploy, delete, detect or import."""
    created: datetime
    preferences: Mapping[str, Any]
    targets: Mapping[str, Any] = field(default_factory=dict)
    """DeploymentTargets as given."""
    retain: bool = False
    status: str = "QUEUED"
    reason: str = ""
    ended: datetime | None = None
    whole_set: bool = False
    """Whether it concerns the set as such, and so excludes every other operation."""
    automatic: bool = False
    pending: dict[str, list[str]] = field(default_factory=dict)
    """Region to the accounts whose turn is still to come, the next one last."""
    sizes: dict[str, int] = field(default_factory=dict)
    """Region to the number of its accounts, for percentages."""
    results: dict[Site, Result] = field(default_factory=dict)
    failures: dict[str, int] = field(default_factory=dict)
    after: tuple[tuple[str, str], ...] = ()
    """Operations of other stack sets (set, operation) that must have ended before."""
    settings: Mapping[str, Any] = field(default_factory=dict)
    """What a queued operation changes when its turn comes: overrides, units by site, stacks to import."""


@dataclass(slots=True)
class StackSet:
    """A stack set."""

    id: str
    name: str
    account: str
    """Who owns it: for service-managed sets always the management account."""
    region: str
    body: str
    parameters: dict[str, str]
    permission_model: str
    description: str = ""
    capabilities: tuple[str, ...] = ()
    tags: dict[str, str] = field(default_factory=dict)
    status: str = "ACTIVE"
    automatic: bool = False
    retains: bool = False
    depends_on: tuple[str, ...] = ()
    managed_execution: bool = False
    administration_role: str = ""
    execution_role: str = ""
    token: str = ""
    targets: dict[str, dict[str, None]] = field(default_factory=dict)
    """Unit (or root) to its Regions: where stacks go by themselves when deployment is automatic."""
    instances: dict[Site, Instance] = field(default_factory=dict)
    operations: dict[str, Operation] = field(default_factory=dict)
    drift: dict[str, Any] = field(default_factory=dict)
    """The details of the last drift detection that ended."""

    @property
    def template(self) -> Template:
        """The template, parsed."""
        return sections.read(self.body)

    @property
    def is_service_managed(self) -> bool:
        """Whether it deploys by the organization's trusted access."""
        return self.permission_model == SERVICE_MANAGED

    @property
    def regions(self) -> list[str]:
        """Every Region in which it has instances or targets."""
        found = {region: None for _, region in self.instances}
        for regions in self.targets.values():
            found |= regions
        return sorted(found)

    def running(self) -> list[Operation]:
        """The operations that run now."""
        return [operation for operation in self.operations.values() if operation.status in ACTIVE]

    def queued(self) -> list[Operation]:
        """The operations that wait for their turn."""
        return [operation for operation in self.operations.values() if operation.status == "QUEUED"]


def set_of(world: World, account: str, region: str, identifier: str) -> StackSet:
    """The stack set with an id."""
    found: StackSet = state_of(world, account, region).stack_sets[identifier]
    return found
