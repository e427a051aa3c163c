"""How a service tags what a template made: two calls to change tags and one to list them, told apart by its model."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from landing.sandbox.protocol.model import method_name, service_model

Resource = Mapping[str, Any]
"""The parameters that say whose tags are meant."""


@dataclass(frozen=True, slots=True)
class TagCalls:
    """The operations of a service; parameters, and whether tags are a list or a mapping, are in the model."""

    service: str
    tag: str = "TagResource"
    untag: str = "UntagResource"
    list: str = "ListTagsForResource"

    def by_arn(self, arn: str) -> Resource:
        """The parameter for a resource that is known by its ARN."""
        return {next(name for name in self._members(self.tag) if name.lower() in ("resourcearn", "resourceid")): arn}

    def live(self, client: Any, resource: Resource) -> dict[str, str]:
        """The tags that are there."""
        known = self._members(self.list)
        several = {f"{name}List": [value] for name, value in resource.items() if f"{name}List" in known}
        answer = getattr(client, method_name(self.list))(**(several or resource))
        if several:
            answer = answer["ResourceTagList"][0]
        tags = answer.get(next((name for name in answer if name.lower().startswith("tag")), ""), ())
        if not isinstance(tags, Mapping):
            tags = {one[_part(one, "key")]: one[_part(one, "value")] for one in tags}
        return own(tags)

    def change(self, client: Any, resource: Resource, before: Any, after: Any) -> None:
        """Bring tags from one state to another."""
        old, new = tag_map(before), tag_map(after)
        gone = [key for key in old if key not in new]
        fresh = {key: value for key, value in new.items() if old.get(key) != value}
        for operation, tags in ((self.untag, gone), (self.tag, fresh)):
            if tags:
                name, shape = next(
                    (name, shape) for name, shape in self._members(operation).items() if name.lower().startswith("tag")
                )
                getattr(client, method_name(operation))(**resource, **{name: _formed(shape, tags)})

    def _members(self, operation: str) -> Mapping[str, Any]:
        members: Mapping[str, Any] = service_model(self.service).operation_model(operation).input_shape.members
        return members


def _formed(shape: Any, tags: Mapping[str, str] | list[str]) -> Any:
    """Keys, or keys with values, in the form that an operation takes."""
    if shape.type_name == "map" or (isinstance(tags, list) and shape.member.type_name == "string"):
        return tags
    key, value = (_part(shape.member.members, part) for part in ("key", "value"))
    return [{key: tag} if isinstance(tags, list) else {key: tag, value: tags[tag]} for tag in tags]


def _part(names: Any, part: str) -> str:
    """`Key` or `TagKey`, whichever there is."""
    found: str = next(name for name in names if name.lower().endswith(part))
    return found


def tag_map(tags: Iterable[Mapping[str, str]] | Mapping[str, str] | None) -> dict[str, str]:
    """Tags as a mapping."""
    if isinstance(tags, Mapping):
        return dict(tags)
    return {tag["Key"]: tag["Value"] for tag in tags or ()}


def tag_list(tags: Mapping[str, str]) -> list[dict[str, str]]:
    """Tags as most templates list them."""
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def own(tags: Mapping[str, str]) -> dict[str, str]:
    """The tags without those of AWS."""
    return {key: value for key, value in tags.items() if not key.startswith("aws:")}
