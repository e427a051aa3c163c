"""What happens to a stack and its resources, as DescribeStackEvents tells it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from landing.sandbox.services.cloudformation.state import Event, Resource, Stack
from landing.sandbox.world import World

STACK_TYPE = "AWS::CloudFormation::Stack"
STEP = timedelta(milliseconds=1)


def of_stack(world: World, stack: Stack, status: str, reason: str = "") -> None:
    """The stack takes a new status."""
    stack.status, stack.reason = status, reason
    _add(world, stack, (stack.name, stack.id, STACK_TYPE, status), reason, None)


def of_resource(world: World, stack: Stack, resource: Resource, status: str, reason: str = "") -> None:
    """A resource takes a new status."""
    resource.status, resource.reason = status, reason
    what = (resource.logical_id, resource.physical_id, resource.type, status)
    resource.changed = _add(world, stack, what, reason, resource.properties).time


def _add(
    world: World, stack: Stack, what: tuple[str, str, str, str], reason: str, properties: Mapping[str, Any] | None
) -> Event:
    time = world.now
    if stack.events and stack.events[-1].time >= time:
        time = stack.events[-1].time + STEP
    logical_id, physical_id, kind, status = what
    identifier = f"{logical_id}-{status}-{time:%Y-%m-%dT%H:%M:%S}.{time.microsecond // 1000:03}Z"
    event = Event(identifier, time, logical_id, physical_id, kind, status, reason, properties, stack.token)
    stack.events.append(event)
    return event


def shown(stack: Stack, event: Event) -> dict[str, Any]:
    """An event as the API shows it."""
    return {
        "StackId": stack.id,
        "EventId": event.id,
        "StackName": stack.name,
        "LogicalResourceId": event.logical_id,
        "PhysicalResourceId": event.physical_id,
        "ResourceType": event.type,
        "Timestamp": event.time,
        "ResourceStatus": event.status,
        "ResourceStatusReason": event.reason or None,
        "ResourceProperties": None if event.properties is None else json.dumps(event.properties),
        "ClientRequestToken": event.token or None,
    }
