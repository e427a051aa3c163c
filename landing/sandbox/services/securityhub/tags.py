"""Tags of hubs and configuration policies."""

from __future__ import annotations

from landing.sandbox.services.call import Call
from landing.sandbox.services.securityhub.state import absent, here, invalid
from landing.sandbox.services.tags import Tags


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


TAGS = Tags(of=_tags, too_many=lambda: invalid("A resource has at most 50 tags."))
