"""What Systems Manager keeps of an account in a Region, beside what moto keeps."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from landing.sandbox.services.places import Places


@dataclass
class Made:
    """A call that an automation made as its role: what it was refused with, if it was."""

    service: str
    operation: str
    parameters: dict[str, Any]
    refused: str = ""

    @property
    def text(self) -> str:
        """As `iam:UpdateAccessKey`, by the service's name in botocore."""
        return f"{self.service}:{self.operation}"


@dataclass
class Step:
    """A step that was begun."""

    name: str
    action: str
    status: str
    failure: str = ""


@dataclass
class Execution:
    """An execution of an Automation document."""

    id: str
    document: str
    version: str
    content: dict[str, Any]
    parameters: dict[str, list[str]]
    role: str
    by: str
    started: datetime
    status: str = "InProgress"
    failure: str = ""
    steps: list[Step] = field(default_factory=list)
    values: dict[str, Any] = field(default_factory=dict)
    """What `{{ name }}` stands for: parameters, outputs of steps, variables."""
    calls: list[Made] = field(default_factory=list)
    waits_at: str = ""
    """The step that waits for an approval."""
    approvers: list[str] = field(default_factory=list)
    ended: datetime | None = None


@dataclass
class Here:
    """Settings that were changed (id to value, when, by whom), executions, associations and patch baselines by id,
    syncs by name, default patch baselines by system.
    """

    changed: dict[str, tuple[str, Any, str]] = field(default_factory=dict)
    executions: dict[str, Execution] = field(default_factory=dict)
    associations: dict[str, dict[str, Any]] = field(default_factory=dict)
    syncs: dict[str, dict[str, Any]] = field(default_factory=dict)
    baselines: dict[str, dict[str, Any]] = field(default_factory=dict)
    default_baselines: dict[str, str] = field(default_factory=dict)


PLACES = Places("ssm", Here)
