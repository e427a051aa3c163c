"""The resources of a stack are deleted in reverse order, and the stack with them."""

from __future__ import annotations

from collections.abc import Collection

from landing.sandbox.services.cloudformation import events, outputs, references, resources
from landing.sandbox.services.cloudformation.resources import Failed
from landing.sandbox.services.cloudformation.state import Stack
from landing.sandbox.world import World

KEPT = ("Retain", "RetainExceptOnCreate")
"""Deletion policies by which a resource outlives its stack."""


def not_deleted(left: Collection[str]) -> str:
    """The reason of a stack that could not be deleted."""
    return f"The following resource(s) failed to delete: [{', '.join(left)}]. "


def take_down(world: World, stack: Stack, keep: Collection[str]) -> list[str]:
    """Delete the resources in reverse order, but for those to keep; what could not be deleted is the answer."""
    template = stack.wanted.template
    order = [name for name in template.order if name in stack.resources]
    left: list[str] = []
    for name in [*reversed(order), *(name for name in list(stack.resources) if name not in order)]:
        resource = stack.resources[name]
        if resource.status in (resources.GONE, "DELETE_SKIPPED"):
            continue
        if name in keep:
            resources.skip(world, stack, resource)
        elif name in template.resources and set(references.dependents(template, name)) & set(left):
            left.append(name)
        else:
            try:
                resources.remove(world, stack, resource)
            except Failed:
                left.append(name)
    return left


def delete(world: World, stack: Stack, keep: Collection[str] = ()) -> None:
    """Delete a stack with its resources; those of policy Retain, and those to keep, stay."""
    keep = [*keep, *(name for name, resource in stack.resources.items() if resource.deletion_policy in KEPT)]
    left = take_down(world, stack, keep)
    if left:
        events.of_stack(world, stack, "DELETE_FAILED", not_deleted(left))
        return
    outputs.forget(world, stack)
    stack.deleted = world.now
    events.of_stack(world, stack, "DELETE_COMPLETE")
