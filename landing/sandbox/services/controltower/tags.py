"""Tags of the landing zone and of what is enabled (API reference, TagResource)."""

from __future__ import annotations

from collections.abc import Iterator

from landing.sandbox.services.call import Call
from landing.sandbox.services.controltower import state
from landing.sandbox.services.tags import Tags


def _tags(call: Call) -> dict[str, str]:
    place, arn = state.here(call), call["resourceArn"]
    found = place.baselines.get(arn) or place.controls.get(arn)
    if found is not None:
        return found.tags
    if place.zone is not None and place.zone.arn == arn:
        return place.zone.tags
    raise state.absent("The resource does not exist.")


def tagged(call: Call) -> Iterator[tuple[str, dict[str, str]]]:
    """ARN and tags of everything that it has in a Region."""
    place = state.here(call)
    for enabled in (*place.baselines.values(), *place.controls.values()):
        yield enabled.arn, enabled.tags
    if place.zone is not None:
        yield place.zone.arn, place.zone.tags


TAGS = Tags(of=_tags, too_many=lambda: state.invalid("A resource has at most 50 tags."))
