"""Tags of a service's resources: three operations, whose parameters and forms are in the model."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from landing.sandbox.protocol.refusal import Refusal
from landing.sandbox.services.call import Call

MOST = 50
"""Of one resource (Tagging AWS Resources User Guide, "Tag naming limits and requirements")."""

NAMES = ("tags", "taglist")


@dataclass(frozen=True, slots=True)
class Tags:
    """A topic of a service that has TagResource, UntagResource and ListTagsForResource."""

    of: Callable[[Call], dict[str, str]]
    """The tags of what a call names, to be changed; raises the refusal if there is no such resource."""
    too_many: Callable[[], Refusal]

    def list_tags_for_resource(self, call: Call) -> dict[str, Any]:
        """A mapping, or pages of a list."""
        name, shape = _member(call.operation.model.output_shape, *NAMES)
        tags = self.of(call)
        if shape.type_name == "map":
            return {name: tags}
        return call.page(name, [{"Key": key, "Value": value} for key, value in tags.items()])

    def tag_resource(self, call: Call) -> dict[str, Any]:
        """Adds, and overwrites the keys that are there."""
        tags, added = self.of(call), call[_member(call.operation.model.input_shape, *NAMES)[0]]
        if not isinstance(added, dict):
            lowered = [{name.lower(): value for name, value in tag.items()} for tag in added]
            added = {tag["key"]: tag.get("value", "") for tag in lowered}
        if len({**tags, **added}) > MOST:
            raise self.too_many()
        tags.update(added)
        return {}

    def untag_resource(self, call: Call) -> dict[str, Any]:
        """A key that is not there is no mistake."""
        tags = self.of(call)
        for key in call[_member(call.operation.model.input_shape, "tagkeys")[0]]:
            tags.pop(key, None)
        return {}


def _member(shape: Any, *lowered: str) -> tuple[str, Any]:
    """A member by one of its names, whatever its case."""
    return next((name, member) for name, member in shape.members.items() if name.lower() in lowered)
