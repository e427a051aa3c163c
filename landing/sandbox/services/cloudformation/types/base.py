"""What a resource type of the sandbox is: a few calls of its service's own API."""

from __future__ import annotations

import json
import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from botocore.exceptions import ClientError

from landing.sandbox.services import clients
from landing.sandbox.services.cloudformation import schema
from landing.sandbox.services.cloudformation.types.tags import Resource, TagCalls, tag_list
from landing.sandbox.world import World

Properties = Mapping[str, Any]
UPPER = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
ABSENT = re.compile(r"NotFound|NoSuch|NonExist|DoesNotExist|^404$")
"""Error codes by which services say that something is not there."""


@dataclass(frozen=True, slots=True)
class Site:
    """The place of a resource: its stack, and clients that act there."""

    world: World
    account: str
    region: str
    stack_name: str
    logical_id: str

    def client(self, service: str) -> Any:
        """A client of the service in the stack's account and Region."""
        return clients.client(self.world, service, self.account, self.region)

    @property
    def partition(self) -> str:
        """aws, aws-cn, aws-us-gov."""
        return self.world.partition

    def arn(self, service: str, resource: str, *, region: str | None = None) -> str:
        """An ARN in the stack's account and Region (or another Region, "" for a global service's)."""
        region = self.region if region is None else region
        return f"arn:{self.partition}:{service}:{region}:{self.account}:{resource}"

    def unique_name(self, most: int = 64) -> str:
        """A name for what the template does not name: of stack, logical id and random characters."""
        token = self.world.token(12, UPPER)
        left = most - len(token) - 2
        stack = self.stack_name[: max(left - len(self.logical_id), left // 2)]
        return f"{stack}-{self.logical_id[: left - len(stack)]}-{token}"


class ResourceType(ABC):
    """How one type of resource is made, read back, changed and deleted; subclasses are stateless.

    What the service refuses is raised as `ClientError`, and becomes the reason why the resource failed.
    """

    name: ClassVar[str]
    properties: ClassVar[frozenset[str]]
    """The top-level properties that the sandbox supports."""
    tagging: ClassVar[TagCalls | None] = None
    """How what is there already is tagged; `create` gives the first tags."""

    @abstractmethod
    def create(self, site: Site, properties: Properties) -> str:
        """Make it; the answer is its physical id."""

    @abstractmethod
    def read(self, site: Site, physical_id: str, expected: Properties) -> Properties | None:
        """The live properties, of those in `expected` at least; None or a not-found error if it is gone."""

    def update(self, site: Site, physical_id: str, before: Properties, after: Properties) -> None:
        """Change it in place. `before` is how it is, or what it was last made to be."""
        raise TypeError(f"{self.name}: every property that differs should have replaced {physical_id} in {site}")

    @abstractmethod
    def delete(self, site: Site, physical_id: str, properties: Properties) -> None:
        """Delete it; a not-found error counts as done."""

    def tagged(self, site: Site, physical_id: str) -> Resource:
        """Which thing the calls of `tagging` are about."""
        assert self.tagging is not None
        return self.tagging.by_arn(self.arn(site, physical_id))

    def arn(self, site: Site, physical_id: str) -> str:
        """The ARN; often the physical id."""
        return physical_id

    def live(self, site: Site, physical_id: str, expected: Properties) -> Properties | None:
        """What `read` finds, and the tags if the template has some."""
        found = self.read(site, physical_id, expected)
        if found is None or self.tagging is None or "Tags" not in expected:
            return found
        tags = self.tagging.live(site.client(self.tagging.service), self.tagged(site, physical_id))
        return {**found, "Tags": tags if schema.of(self.name).tags_are_a_map else tag_list(tags)}

    def change(self, site: Site, physical_id: str, before: Properties, after: Properties) -> None:
        """Change it in place, and its tags."""
        self.update(site, physical_id, before, after)
        if self.tagging is not None and changed(before, after, "Tags"):
            client, resource = site.client(self.tagging.service), self.tagged(site, physical_id)
            self.tagging.change(client, resource, before.get("Tags"), after.get("Tags"))

    def ref(self, site: Site, physical_id: str) -> str:
        """What Ref gives."""
        return physical_id

    def attributes(self, site: Site, physical_id: str, properties: Properties) -> Properties:
        """What Fn::GetAtt gives, by name; only asked for when a template uses it. The identifier is the physical id."""
        about = schema.of(self.name)
        return dict.fromkeys(about.identifiers & about.attributes, physical_id)


def changed(before: Properties, after: Properties, *names: str) -> bool:
    """Whether one of these properties differs."""
    return any(before.get(name) != after.get(name) for name in names)


def given(source: Properties, **members: str) -> dict[str, Any]:
    """Parameters of a call from the properties that are there: parameter name = property name."""
    return {parameter: source[name] for parameter, name in members.items() if source.get(name) is not None}


def found(call: Callable[..., Any], *codes: str, **parameters: Any) -> Any:
    """The answer; None if the service says that there is none (by one of `codes`, or a not-found error)."""
    try:
        return call(**parameters)
    except ClientError as error:
        code = error.response["Error"]["Code"]
        if code in codes or ABSENT.search(code):
            return None
        raise


def refused(operation: str, code: str, message: str) -> ClientError:
    """What the resource type's own handler refuses, where the service's API would not."""
    error: Any = {"Error": {"Code": code, "Message": message}, "ResponseMetadata": {"HTTPStatusCode": 400}}
    return ClientError(error, operation)


def document(value: Any) -> str:
    """A policy document as the APIs want it: text."""
    return value if isinstance(value, str) else json.dumps(value, separators=(",", ":"))


def parsed(text: str) -> Any:
    """A policy document as templates have it: an object."""
    return json.loads(text)


def renamed(value: Any, names: Mapping[str, str]) -> Any:
    """A value with members called something else, at every depth; those without another name keep theirs."""
    if isinstance(value, Mapping):
        return {names.get(name, name): renamed(item, names) for name, item in value.items()}
    if isinstance(value, list):
        return [renamed(item, names) for item in value]
    return value


def inverse(names: Mapping[str, str]) -> dict[str, str]:
    """The way back."""
    return {theirs: ours for ours, theirs in names.items()}
