"""Tags of the landing zone and of what is enabled (API reference, TagResource)."""

from __future__ import annotations

from typing import Any

from landing.sandbox.services.call import Call
from landing.sandbox.services.controltower import state


def list_tags_for_resource(call: Call) -> dict[str, Any]:
    """API reference, ListTagsForResource."""
    return {"tags": _tags(call)}


def tag_resource(call: Call) -> dict[str, Any]:
    """API reference, TagResource."""
    _tags(call).update(call["tags"])
    return {}


def untag_resource(call: Call) -> dict[str, Any]:
    """API reference, UntagResource."""
    for key in call["tagKeys"]:
        _tags(call).pop(key, None)
    return {}


def _tags(call: Call) -> dict[str, str]:
    place, arn = state.here(call), call["resourceArn"]
    found = place.baselines.get(arn) or place.controls.get(arn)
    if found is not None:
        return found.tags
    if place.zone is not None and place.zone.arn == arn:
        return place.zone.tags
    raise state.absent("The resource does not exist.")
