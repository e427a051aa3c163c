"""One resource of a stack: made, changed, replaced, deleted, with the events and reasons that AWS gives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from landing.sandbox.protocol.refusal import Refusal
from landing.sandbox.services.cloudformation import events, schema, types
from landing.sandbox.services.cloudformation.intrinsics import Resolver
from landing.sandbox.services.cloudformation.lookup import site
from landing.sandbox.services.cloudformation.schema import Invalid, Path
from landing.sandbox.services.cloudformation.state import Resource, Stack
from landing.sandbox.services.cloudformation.template import Declared
from landing.sandbox.services.cloudformation.types.base import ABSENT, ResourceType
from landing.sandbox.world import World

GONE = "DELETE_COMPLETE"


class Failed(Exception):
    """A resource failed; `str()` is the reason."""


@dataclass(slots=True)
class Deploying:
    """A stack on its way to what it is wanted to be."""

    world: World
    stack: Stack
    resolver: Resolver
    tags: Mapping[str, str]
    imports: Mapping[str, str] = field(default_factory=dict)
    """What is there already and is taken in as it is: physical id by logical id."""

    def expected(self, declared: Declared) -> dict[str, Any]:
        """The properties that a resource is to have, in the types of its schema."""
        found = schema.of(declared.type)
        try:
            properties = self.resolver.value(declared.properties)
            return found.coerced(with_tags(found, supported(declared.type), properties, self.tags))
        except Refusal as refusal:
            raise Failed(refusal.message) from refusal
        except Invalid as invalid:
            raise Failed(
                f"Properties validation failed for resource {declared.logical_id} with message:\n{invalid}"
            ) from invalid


def supported(name: str) -> ResourceType:
    """The type of a resource in a template that was admitted."""
    kind = types.supported(name)
    assert kind is not None, name
    return kind


def with_tags(
    found: schema.Schema, kind: ResourceType, properties: dict[str, Any], tags: Mapping[str, str]
) -> dict[str, Any]:
    """The properties with the tags of the stack, which the resource's own override."""
    if not tags or found.tags is None or found.tags not in kind.properties:
        return properties
    own = properties.get(found.tags)
    if found.tags_are_a_map:
        return {**properties, found.tags: {**tags, **(own or {})}}
    named = {tag["Key"] for tag in own or ()}
    inherited = [{"Key": key, "Value": value} for key, value in tags.items() if key not in named]
    return {**properties, found.tags: [*(own or ()), *inherited]}


def make(deploying: Deploying, declared: Declared, *, into: Resource | None = None) -> Resource:
    """Create a resource; it is in the stack whether it succeeds or raises `Failed`."""
    world, stack = deploying.world, deploying.stack
    resource = Resource(
        declared.logical_id,
        declared.type,
        "CREATE_IN_PROGRESS",
        world.now,
        deletion_policy=declared.deletion_policy,
        replace_policy=declared.replace_policy,
        metadata=declared.metadata,
    )
    replaces = into is not None
    stack.resources[declared.logical_id] = resource
    taken = None if replaces else deploying.imports.get(declared.logical_id)
    verb = "UPDATE" if replaces else "IMPORT" if taken else "CREATE"
    progress, complete, failed = (f"{verb}_{end}" for end in ("IN_PROGRESS", "COMPLETE", "FAILED"))
    try:
        resource.properties = deploying.expected(declared)
        reason = "Requested update requires the creation of a new physical resource; hence creating one."
        events.of_resource(world, stack, resource, progress, reason if replaces else "")
        kind = supported(declared.type)
        with Reasons():
            place = site(world, stack, declared.logical_id)
            resource.physical_id = taken or kind.create(place, resource.properties)
    except Failed as failure:
        events.of_resource(world, stack, resource, failed, str(failure))
        raise
    events.of_resource(world, stack, resource, complete)
    return resource


def change(
    deploying: Deploying, resource: Resource, after: Mapping[str, Any], *, before: Mapping[str, Any] | None = None
) -> None:
    """Update a resource in place, from `before` (what it was made to be, unless said otherwise)."""
    world, stack = deploying.world, deploying.stack
    before = resource.properties if before is None else before
    resource.properties = after
    events.of_resource(world, stack, resource, "UPDATE_IN_PROGRESS")
    kind = supported(resource.type)
    try:
        with Reasons():
            kind.change(site(world, stack, resource.logical_id), resource.physical_id, before, after)
    except Failed as failure:
        events.of_resource(world, stack, resource, "UPDATE_FAILED", str(failure))
        raise
    resource.drift = None
    events.of_resource(world, stack, resource, "UPDATE_COMPLETE")


def remove(world: World, stack: Stack, resource: Resource) -> None:
    """Delete a resource; one that is gone already counts as deleted. Raises `Failed`."""
    events.of_resource(world, stack, resource, "DELETE_IN_PROGRESS")
    if resource.physical_id:
        kind = supported(resource.type)
        try:
            with Reasons(absent=True):
                kind.delete(site(world, stack, resource.logical_id), resource.physical_id, resource.properties)
        except Failed as failure:
            events.of_resource(world, stack, resource, "DELETE_FAILED", str(failure))
            raise
    events.of_resource(world, stack, resource, GONE)


def skip(world: World, stack: Stack, resource: Resource) -> None:
    """Leave a resource in place although the stack lets it go."""
    events.of_resource(world, stack, resource, "DELETE_SKIPPED")


def live(world: World, stack: Stack, resource: Resource) -> Mapping[str, Any] | None:
    """The live properties of a resource, or None if it is gone."""
    kind = supported(resource.type)
    place = site(world, stack, resource.logical_id)
    try:
        return kind.live(place, resource.physical_id, resource.properties)
    except ClientError as error:
        if ABSENT.search(error.response["Error"]["Code"]):
            return None
        raise


def replaces(name: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    """Whether going from one to the other needs a new resource."""
    return any(_at(before, path) != _at(after, path) for path in schema.of(name).create_only)


def keeps_its_name(name: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    """Whether a replacement would bear the name that the template gave to the one it replaces."""
    found = schema.of(name)
    named = [identifier for identifier in found.identifiers if (identifier,) in found.create_only]
    return bool(named) and all(
        before.get(identifier) is not None and before.get(identifier) == after.get(identifier) for identifier in named
    )


def _at(properties: Any, path: Path) -> Any:
    for name in path:
        properties = properties.get(name) if isinstance(properties, Mapping) else None
    return properties


class Reasons:
    """Turns what a service refuses into the reason of a failed resource."""

    def __init__(self, *, absent: bool = False) -> None:
        """`absent`: what is not there counts as done."""
        self.absent = absent

    def __enter__(self) -> None:
        return None

    def __exit__(self, _: object, error: BaseException | None, __: object) -> bool:
        if isinstance(error, ClientError):
            if self.absent and ABSENT.search(error.response["Error"]["Code"]):
                return True
            raise Failed(reason_of(error)) from error
        if isinstance(error, BotoCoreError):
            raise Failed(f'Resource handler returned message: "{error}" (HandlerErrorCode: InvalidRequest)') from error
        return False


def reason_of(error: ClientError) -> str:
    """A refusal of a service in the words of a resource handler."""
    """A refusal of a service in the words of a resource handler."""
    code = error.response["Error"]["Code"]
    message = error.response["Error"].get("Message", "")
    status = error.response["ResponseMetadata"]["HTTPStatusCode"]
    return (
        f'Resource handler returned message: "{message} (Service: {error.operation_name}, Status Code: {status}, '
        f'Error Code: {code})" (HandlerErrorCode: {_handler_code(code)})'
    )


def _handler_code(code: str) -> str:
    for part, handler in (
        ("Exist", "AlreadyExists"),
        ("AccessDenied", "AccessDenied"),
        ("Limit", "ServiceLimitExceeded"),
        ("Throttl", "Throttling"),
    ):
        if part in code and not ABSENT.search(code):
            return handler
    return "NotFound" if ABSENT.search(code) else "InvalidRequest"


def copied(resources: Mapping[str, Resource]) -> dict[str, Resource]:
    """The resources as they are now, whatever becomes of them."""
    return {name: replace(resource) for name, resource in resources.items()}
