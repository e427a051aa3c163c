"""Tags of hubs and configuration policies."""

from __future__ import annotations

from typing import Any

from landing.sandbox.services.call import Call
from landing.sandbox.services.securityhub.state import absent, here, invalid

MOST = 50


def list_tags_for_resource(call: Call) -> dict[str, Any]:
    """API reference, ListTagsForResource."""
    return {"Tags": _tags(call)}


def tag_resource(call: Call) -> None:
    """At most 50 (API reference, TagResource)."""
    tags = _tags(call)
    if len({**tags, **call["Tags"]}) > MOST:
        raise invalid("A resource has at most 50 tags.")
    tags.update(call["Tags"])


def untag_resource(call: Call) -> None:
    """API reference, UntagResource."""
    tags = _tags(call)
    for name in call["TagKeys"]:
        tags.pop(name, None)


def _tags(call: Call) -> dict[str, str]:
    place, arn = here(call), call["ResourceArn"]
    if place.hub is not None and arn == call.arn("hub/default"):
        place.hub.tags = {} if place.hub.tags is None else place.hub.tags
        return place.hub.tags
    settings = place.administration
    if settings is not None and settings.central is not None:
        policy = settings.central.policies.get(arn.rpartition("configuration-policy/")[2])
        if policy is not None:
            return policy.tags
    raise absent("The resource does not exist.")
