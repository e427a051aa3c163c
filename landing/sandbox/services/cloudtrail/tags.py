"""Tags of trails."""

from __future__ import annotations

from typing import Any

from landing.sandbox.protocol.refusal import Refusal
from landing.sandbox.services.call import Call
from landing.sandbox.services.cloudtrail.state import Trail, find, find_own

MOST = 50


def add_tags(call: Call) -> None:
    """At most 50 (API reference, AddTags)."""
    trail = _trail(call, call["ResourceId"], own=True)
    added = {tag["Key"]: tag.get("Value", "") for tag in call["TagsList"]}
    if len({**trail.tags, **added}) > MOST:
        raise Refusal("TagsLimitExceededException", f"A trail has at most {MOST} tags.")
    trail.tags.update(added)


def remove_tags(call: Call) -> None:
    """API reference, RemoveTags."""
    trail = _trail(call, call["ResourceId"], own=True)
    for tag in call["TagsList"]:
        trail.tags.pop(tag["Key"], None)


def list_tags(call: Call) -> dict[str, Any]:
    """By ARN (API reference, ListTags)."""
    found = []
    for arn in call["ResourceIdList"]:
        trail = _trail(call, arn, own=False)
        tags = [{"Key": key, "Value": value} for key, value in trail.tags.items()]
        found.append({"ResourceId": arn, "TagsList": tags})
    return {"ResourceTagList": found}


def _trail(call: Call, arn: str, *, own: bool) -> Trail:
    if not arn.startswith("arn:"):
        raise Refusal("CloudTrailARNInvalidException", f"CloudTrail ARN is invalid: {arn}")
    try:
        return find_own(call, arn) if own else find(call, arn)
    except Refusal as refusal:
        if refusal.code == "TrailNotFoundException":
            raise Refusal("ResourceNotFoundException", f"The resource {arn} does not exist.") from refusal
        raise
