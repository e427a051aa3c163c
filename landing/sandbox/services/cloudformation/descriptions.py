"""Stacks, their resources and events as the API shows them; asking after a stack brings its operation closer."""

from __future__ import annotations

import json
from typing import Any

from landing.sandbox.services.call import Call
from landing.sandbox.services.cloudformation import events, parameters, requests
from landing.sandbox.services.cloudformation.document import wrong
from landing.sandbox.services.cloudformation.state import Resource, Stack, state_of


def describe_stacks(call: Call) -> dict[str, Any]:
    """One, or all that are not deleted (API reference, DescribeStacks)."""
    if "StackName" in call:
        call.poll(("stack", requests.any_stack(call, call["StackName"]).id))
        found = [requests.any_stack(call, call["StackName"])]
    else:
        state = state_of(call.world, call.account, call.region)
        for identifier in list(state.names.values()):
            call.poll(("stack", identifier))
        found = [state.stacks[identifier] for identifier in reversed(state.names.values())]
    return call.page("Stacks", found, show=shown)


def shown(stack: Stack) -> dict[str, Any]:
    """A stack in full."""
    wanted = stack.wanted
    return {
        "StackId": stack.id,
        "StackName": stack.name,
        "ChangeSetId": stack.executed,
        "Description": stack.description or None,
        "Parameters": parameters.shown(wanted.template, wanted.parameters, wanted.resolved),
        "CreationTime": stack.created,
        "LastUpdatedTime": stack.updated,
        "DeletionTime": stack.deleted,
        "RollbackConfiguration": {},
        "StackStatus": stack.status,
        "StackStatusReason": stack.reason or None,
        "DisableRollback": stack.on_failure == "DO_NOTHING",
        "NotificationARNs": list(wanted.notifications),
        "TimeoutInMinutes": stack.timeout,
        "Capabilities": list(wanted.capabilities),
        "Outputs": list(stack.outputs.values()),
        "RoleARN": wanted.role,
        "Tags": requests.tag_list(wanted.tags),
        "EnableTerminationProtection": stack.protected,
        "DriftInformation": _drift(stack),
    }


def _drift(stack: Stack) -> dict[str, Any]:
    checked = {"LastCheckTimestamp": stack.drift_checked} if stack.drift_checked else {}
    return {"StackDriftStatus": stack.drift_status, **checked}


def list_stacks(call: Call) -> dict[str, Any]:
    """Also the deleted ones, unless a filter says otherwise (API reference, ListStacks)."""
    wanted = call.get("StackStatusFilter")
    stacks = reversed(state_of(call.world, call.account, call.region).stacks.values())
    found = [stack for stack in stacks if not wanted or stack.status in wanted]
    return call.page("StackSummaries", found, show=_summary)


def _summary(stack: Stack) -> dict[str, Any]:
    return {
        "StackId": stack.id,
        "StackName": stack.name,
        "TemplateDescription": stack.description or None,
        "CreationTime": stack.created,
        "LastUpdatedTime": stack.updated,
        "DeletionTime": stack.deleted,
        "StackStatus": stack.status,
        "StackStatusReason": stack.reason or None,
        "DriftInformation": _drift(stack),
    }


def describe_stack_events(call: Call) -> dict[str, Any]:
    """The latest first (API reference, DescribeStackEvents)."""
    stack = requests.any_stack(call, call["StackName"])
    call.poll(("stack", stack.id))
    return call.page("StackEvents", stack.events[::-1], show=lambda event: events.shown(stack, event))


def _resource(stack: Stack, logical_id: str) -> Resource:
    if logical_id not in stack.resources:
        raise wrong(f"Resource {logical_id} does not exist for stack {stack.name}")
    return stack.resources[logical_id]


def describe_stack_resource(call: Call) -> dict[str, Any]:
    """One resource, with its metadata (API reference, DescribeStackResource)."""
    stack = requests.any_stack(call, call["StackName"])
    resource = _resource(stack, call["LogicalResourceId"])
    metadata = None if resource.metadata is None else json.dumps(resource.metadata)
    return {"StackResourceDetail": {**_detail(stack, resource, "LastUpdatedTimestamp"), "Metadata": metadata}}


def _detail(stack: Stack, resource: Resource, time: str = "Timestamp") -> dict[str, Any]:
    checked = {"LastCheckTimestamp": resource.drift.checked} if resource.drift else {}
    return {
        "StackName": stack.name,
        "StackId": stack.id,
        "LogicalResourceId": resource.logical_id,
        "PhysicalResourceId": resource.physical_id or None,
        "ResourceType": resource.type,
        time: resource.changed,
        "ResourceStatus": resource.status,
        "ResourceStatusReason": resource.reason or None,
        "DriftInformation": {
            "StackResourceDriftStatus": resource.drift.status if resource.drift else "NOT_CHECKED",
            **checked,
        },
    }


def describe_stack_resources(call: Call) -> dict[str, Any]:
    """Of a stack, or of the stack that a physical id belongs to; at most 100 (API reference)."""
    wanted = call.get("LogicalResourceId")
    if "StackName" in call:
        stack = requests.any_stack(call, call["StackName"])
    else:
        stack = _owner(call, call.get("PhysicalResourceId", ""))
    if wanted is not None:
        _resource(stack, wanted)
    found = [resource for resource in stack.resources.values() if wanted in (None, resource.logical_id)]
    return {"StackResources": [_detail(stack, resource) for resource in found[:100]]}


def _owner(call: Call, physical_id: str) -> Stack:
    for stack in state_of(call.world, call.account, call.region).stacks.values():
        if stack.is_live and any(resource.physical_id == physical_id for resource in stack.resources.values()):
            return stack
    raise wrong(f"Stack for {physical_id} does not exist")


def list_stack_resources(call: Call) -> dict[str, Any]:
    """API reference, ListStackResources."""
    stack = requests.any_stack(call, call["StackName"])
    found = list(stack.resources.values())
    return call.page("StackResourceSummaries", found, whole=lambda one: _detail(stack, one, "LastUpdatedTimestamp"))
