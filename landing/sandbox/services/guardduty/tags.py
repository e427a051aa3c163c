"""Tags of detectors, filters, lists and destinations."""

from __future__ import annotations

from typing import Any

from landing.sandbox.services.call import Call
from landing.sandbox.services.guardduty.state import Detector, here, invalid
from landing.sandbox.services.tags import Tags


def _tags(call: Call) -> dict[str, str]:
    """The tags of what an ARN names: arn:...:detector/<id>[/<kind>/<id>]."""
    detector = here(call).detector
    parts = call["ResourceArn"].split(":", 5)[-1].split("/")
    if detector is None or parts[0] != "detector" or parts[1:2] != [detector.id]:
        raise invalid()
    if len(parts) == 2:
        detector.tags = {} if detector.tags is None else detector.tags
        return detector.tags
    found = _inside(detector, parts[2], parts[-1])
    if found is None:
        raise invalid()
    tags: dict[str, str] = found
    return tags


def _inside(detector: Detector, kind: str, name: str) -> Any:
    held = detector.held()
    if kind == "filter":
        return held.filters.get(name, {}).get("Tags")
    if kind == "publishingdestination":
        return held.destinations.get(name, {}).get("Tags")
    for sets in held.entity_sets.values():
        if name in sets:
            return sets[name]["Tags"]
    return None


TAGS = Tags(of=_tags, too_many=invalid)
