"""What a template's functions look up outside of it: resources, exports, Parameter Store, Availability Zones."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import ClientError

from landing.sandbox.protocol.refusal import Refusal, unsupported
from landing.sandbox.services import clients
from landing.sandbox.services.cloudformation import parameters, schema, types
from landing.sandbox.services.cloudformation.document import wrong
from landing.sandbox.services.cloudformation.intrinsics import Resolver
from landing.sandbox.services.cloudformation.state import Resource, Stack, Wanted, state_of
from landing.sandbox.services.cloudformation.template import Template
from landing.sandbox.services.cloudformation.types.base import Site
from landing.sandbox.world import World

DYNAMIC = re.compile(r"\{\{resolve:([a-z-]+):([^{}]+)\}\}")
SUFFIXES = {"aws-cn": "amazonaws.com.cn"}


def site(world: World, stack: Stack, logical_id: str) -> Site:
    """The place of one resource of a stack."""
    return Site(world, stack.account, stack.region, stack.name, logical_id)


@dataclass
class StackLookup:
    """Looks things up as one stack."""

    world: World
    stack: Stack
    imports: dict[str, None] = field(default_factory=dict)
    """Names of the exports that were used."""

    def ref(self, logical_id: str) -> Any:
        """Ref to a resource that has been made."""
        resource, kind = self._made(logical_id)
        return kind.ref(site(self.world, self.stack, logical_id), resource.physical_id)

    def attribute(self, logical_id: str, name: str) -> Any:
        """Fn::GetAtt of a resource that has been made."""
        resource, kind = self._made(logical_id)
        found = kind.attributes(site(self.world, self.stack, logical_id), resource.physical_id, resource.properties)
        if name in found:
            return found[name]
        if name in schema.of(resource.type).attributes:
            raise unsupported("cloudformation", f"the attribute {name} of {resource.type} in Fn::GetAtt")
        raise wrong(f"Template error: resource {logical_id} does not support attribute type {name} in Fn::GetAtt")

    def _made(self, logical_id: str) -> tuple[Resource, Any]:
        resource = self.stack.resources.get(logical_id)
        if resource is None or not resource.physical_id:
            raise wrong(f"Unresolved resource dependencies [{logical_id}] in the Resources block of the template")
        return resource, types.supported(resource.type)

    def imported(self, name: str) -> str:
        """The value that another stack of the account and Region exports."""
        exports = state_of(self.world, self.stack.account, self.stack.region).exports
        if name not in exports:
            raise wrong(f"No export named {name} found.")
        self.imports[name] = None
        return exports[name][1]

    def zones(self, region: str) -> list[str]:
        """The Availability Zones of the account in a Region."""
        client = clients.client(self.world, "ec2", self.stack.account, region)
        return sorted(zone["ZoneName"] for zone in client.describe_availability_zones()["AvailabilityZones"])

    def dynamic(self, text: str) -> str:
        """`{{resolve:ssm:name:version}}` replaced (User Guide, "Dynamic references")."""

        def one(found: re.Match[str]) -> str:
            if found[1] != "ssm":
                raise unsupported("cloudformation", f"dynamic references to {found[1]}")
            return stored(self.world, self.stack.account, self.stack.region, found[2])

        return DYNAMIC.sub(one, text)


def stored(world: World, account: str, region: str, name: str) -> str:
    """A value of Parameter Store, by its name and perhaps its version."""
    client = clients.client(world, "ssm", account, region)
    try:
        found = client.get_parameter(Name=name)["Parameter"]
    except ClientError as error:
        raise wrong(f"Unable to fetch parameters [{name}] from parameter store for this account.") from error
    if found["Type"] == "SecureString":
        raise wrong(f"SSM Secure reference is not supported in: [{name}]")
    value: str = found["Value"]
    return value


def has_stored(template: Template) -> bool:
    """Whether parameters of the template take their values from Parameter Store."""
    return any(parameters.SSM.fullmatch(str(declared.get("Type"))) for declared in template.parameters.values())


def resolved_parameters(
    world: World, account: str, region: str, template: Template, given: Mapping[str, str]
) -> dict[str, str]:
    """The values behind parameters whose type is AWS::SSM::Parameter::...."""
    names: Iterable[tuple[str, str, bool]] = parameters.ssm_names(template, given)
    return {name: stored(world, account, region, value) for name, value, wants_value in names if wants_value}


def resolver(world: World, stack: Stack, wanted: Wanted) -> Resolver:
    """What resolves the template that a stack is wanted to be."""
    pseudo = {
        "AWS::AccountId": stack.account,
        "AWS::NotificationARNs": list(wanted.notifications),
        "AWS::Partition": world.partition,
        "AWS::Region": stack.region,
        "AWS::StackId": stack.id,
        "AWS::StackName": stack.name,
        "AWS::URLSuffix": SUFFIXES.get(world.partition, "amazonaws.com"),
    }
    return Resolver(wanted.template, pseudo, wanted.values, StackLookup(world, stack))


@dataclass
class Symbols(StackLookup):
    """Leaves resources as names: for comparing two templates before anything is made."""

    def ref(self, logical_id: str) -> Any:
        """A text that stands for the resource."""
        return f"{{{{Ref {logical_id}}}}}"

    def attribute(self, logical_id: str, name: str) -> Any:
        """A text that stands for the attribute."""
        return f"{{{{GetAtt {logical_id}.{name}}}}}"


def symbolic(world: World, stack: Stack, wanted: Wanted) -> Resolver:
    """A resolver that knows parameters and conditions, but no resources."""
    full = resolver(world, stack, wanted)
    return Resolver(full.template, full.pseudo, full.parameters, Symbols(world, stack))


def outline(symbols: Resolver, value: Any) -> Any:
    """A value as far as it is known before anything is made; as written where it cannot be known."""
    try:
        return symbols.value(value)
    except Refusal:
        return value
