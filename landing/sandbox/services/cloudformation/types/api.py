"""Resource types whose properties are members of one API structure: what to call is declared, the rest is in models.

A property is the member of the same name, whatever its case; botocore's model says how the API spells and types it,
the schema of the resource type how a template does.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from functools import partial
from types import MappingProxyType
from typing import Any, ClassVar

from landing.sandbox.protocol.model import method_name, service_model
from landing.sandbox.services.cloudformation import schema
from landing.sandbox.services.cloudformation.schema import Schema
from landing.sandbox.services.cloudformation.types.base import (
    Properties,
    ResourceType,
    Site,
    changed,
    found,
    inverse,
    refused,
)


class ApiType(ResourceType):
    """A resource with an operation each to make, describe, change and delete it."""

    service: ClassVar[str]
    creates: ClassVar[str]
    describes: ClassVar[str]
    updates: ClassVar[str] = ""
    """The same as `creates` if that is a Put."""
    deletes: ClassVar[str]
    key: ClassVar[str] = ""
    """The parameter of all of them that names the resource; in the plural, or with "Prefix", where they take several.

    Without one there is one resource in an account and Region, which is named by the account.
    """
    joined: ClassVar[tuple[str, ...]] = ()
    """Properties, and parameters, that name it together; the physical id has | between them."""
    within: ClassVar[tuple[str, ...]] = ()
    """Properties that say where it is, which all of them need too."""
    holder: ClassVar[str] = ""
    """The parameter that holds the properties, if they are not parameters themselves."""
    described: ClassVar[str] = ""
    """The member of the description that holds them; if that is a list, the one in it that has the name."""
    absent: ClassVar[tuple[str, ...]] = ()
    """Error codes by which the service says that there is none, beside those that say so by themselves."""
    taken: ClassVar[str] = "{} already exists."
    """What is said where one is there already and `creates` is a Put, which would take it over."""
    takes_over: ClassVar[bool] = False
    """Whether one that is there already is taken over where `creates` is a Put."""
    named: ClassVar[str] = ""
    """The property that names the resource; without it the name is what `creates` answers."""
    identity: ClassVar[str] = ""
    """Where in that answer (or in its member `described`), if not as `key`."""
    other_names: ClassVar[Mapping[str, str]] = MappingProxyType({})
    """Properties that the API calls something else altogether."""
    longest: ClassVar[int] = 64
    """Characters of a name that the template does not give."""

    def create(self, site: Site, properties: Properties) -> str:
        """One that is there already is not taken over by a Put, unless AWS does."""
        if not self.named:
            answer = self._call(site, self.creates, None, properties)
            if self.joined:
                return "|".join(properties[name] for name in self.joined)
            return str(answer.get(self.described, answer)[self.identity or self.key]) if self.key else site.account
        name: str = properties.get(self.named) or site.unique_name(self.longest)
        refuses = self.creates.startswith("Put") and not self.takes_over
        if refuses and self.description(site, name, properties) is not None:
            raise refused(self.creates, "AlreadyExists", self.taken.format(name))
        self._call(site, self.creates, name, {**properties, self.named: name})
        return name

    def read(self, site: Site, physical_id: str, expected: Properties) -> Properties | None:
        """The description, as the template spells it."""
        description = self.description(site, physical_id, expected)
        return None if description is None else spelled(schema.of(self.name), description, expected)

    def update(self, site: Site, physical_id: str, before: Properties, after: Properties) -> None:
        """Put again, as a whole."""
        if changed(before, after, *self.properties - {"Tags"}):
            named = {self.named: physical_id} if self.named else {}
            properties = {name: value for name, value in after.items() if name != "Tags"}
            self._call(site, self.updates or self.creates, physical_id, {**properties, **named})

    def delete(self, site: Site, physical_id: str, properties: Properties) -> None:
        """The delete operation."""
        call = partial(self._call, site, self.deletes, physical_id)
        found(call, *self.absent, properties=self._place(properties))

    def attributes(self, site: Site, physical_id: str, properties: Properties) -> Properties:
        """What the description has of them; the service's own word goes before a longer name (ConfigRuleArn: Arn)."""
        description = self.description(site, physical_id, properties) or {}
        found = {
            attribute: next(value for name, value in description.items() if name.lower().endswith(attribute.lower()))
            for attribute in schema.of(self.name).attributes
            if any(name.lower().endswith(attribute.lower()) for name in description)
        }
        texts = {name: value.isoformat() for name, value in found.items() if isinstance(value, datetime)}
        return {**found, **texts, **super().attributes(site, physical_id, properties)}

    def description(self, site: Site, name: str, properties: Properties) -> dict[str, Any] | None:
        """The one that is named, as the API answers it; None if there is none."""
        call = partial(self._call, site, self.describes, name)
        answer = found(call, *self.absent, properties=self._place(properties))
        one = answer[self.described] if answer and self.described else answer
        if isinstance(one, list):
            names = {*self._names(name).values()}
            one = next((entry for entry in one if names <= {str(value) for value in entry.values()}), None)
        if one is None:
            return None
        ours = inverse(self.other_names)
        return {ours.get(member, member): value for member, value in one.items()}

    def arn(self, site: Site, physical_id: str) -> str:
        """The attribute whose name says so."""
        found = self.attributes(site, physical_id, {})
        return next((value for name, value in found.items() if name.lower().endswith("arn")), physical_id)

    def _names(self, physical_id: str) -> dict[str, str]:
        if self.joined:
            return dict(zip(self.joined, physical_id.split("|"), strict=True))
        return {self.key: physical_id} if self.key else {}

    def _place(self, properties: Properties) -> Properties:
        return {name: properties[name] for name in self.within}

    def _call(self, site: Site, operation: str, name: str | None, properties: Properties) -> dict[str, Any]:
        shape = service_model(self.service).operation_model(operation).input_shape
        properties = {self.other_names.get(name, name): value for name, value in properties.items()}
        parameters = _fitted_members(shape, properties)
        if self.holder in shape.members and properties:
            parameters[self.holder] = _fitted_members(shape.members[self.holder], properties)
        if name is not None:
            for key, value in self._names(name).items():
                ways = {key: value, f"{key}s": [value], f"{key}Prefix": value}
                parameters |= {way: given for way, given in ways.items() if way in shape.members}
        client, method = site.client(self.service), method_name(operation)
        if client.can_paginate(method):
            whole: dict[str, Any] = client.get_paginator(method).paginate(**parameters).build_full_result()
            return whole
        answer: dict[str, Any] = getattr(client, method)(**parameters)
        answer.pop("ResponseMetadata", None)
        return answer


def fitted(shape: Any, value: Any) -> Any:
    """A value of a template as a shape of the API has it; what the shape does not know stays as it is."""
    if shape.type_name == "structure" and isinstance(value, Mapping):
        known = {name.lower(): name for name in shape.members}
        unknown = {name: item for name, item in value.items() if name.lower() not in known}
        return _fitted_members(shape, value) | unknown
    if shape.type_name == "list" and isinstance(value, list):
        return [fitted(shape.member, item) for item in value]
    if shape.type_name == "map" and isinstance(value, list):
        return {one["Key"]: one["Value"] for one in value}
    if shape.type_name == "string" and isinstance(value, Mapping | list):
        return json.dumps(value, separators=(",", ":"))
    return value


def _fitted_members(shape: Any, properties: Properties) -> dict[str, Any]:
    given = {name.lower(): value for name, value in properties.items() if value is not None}
    members = {name: member for name, member in shape.members.items() if name.lower() in given}
    return {name: fitted(member, given[name.lower()]) for name, member in members.items()}


def spelled(found: Schema, description: Mapping[str, Any], expected: Properties) -> dict[str, Any]:
    """What the API answers as the schema of a type spells it; a text stays one where the template has a text."""
    shown = _spelled_members(found, found.document, description)
    texts = {name.lower(): text for name, text in description.items() if isinstance(text, str)}
    return shown | {
        name: texts[name.lower()] for name in shown if isinstance(expected.get(name), str) and name.lower() in texts
    }


def _spelled_members(found: Schema, node: Mapping[str, Any], value: Mapping[str, Any]) -> dict[str, Any]:
    known = {name.lower(): name for name in node["properties"]}
    return {
        known[name.lower()]: _spelled(found, found.node(node["properties"][known[name.lower()]]), item)
        for name, item in value.items()
        if name.lower() in known and item is not None
    }


def _spelled(found: Schema, node: Mapping[str, Any], value: Any) -> Any:
    kind = node.get("type", ())
    is_object = kind == "object" or "object" in kind
    if isinstance(value, Mapping):
        if "properties" in node:
            return _spelled_members(found, node, value)
        is_list = kind == "array"
        return [{"Key": key, "Value": item} for key, item in value.items()] if is_list else dict(value)
    if isinstance(value, list):
        return [_spelled(found, found.node(node.get("items", {})), item) for item in value]
    return json.loads(value) if is_object and isinstance(value, str) else value
