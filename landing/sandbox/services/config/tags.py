"""Tags of recorders, rules, conformance packs, aggregators and what organizations deploy."""

from __future__ import annotations

from typing import Any

from landing.sandbox.protocol.refusal import Refusal
from landing.sandbox.services.call import Call
from landing.sandbox.services.config.state import here

MOST = 50


def list_tags_for_resource(call: Call) -> dict[str, Any]:
    """API reference, ListTagsForResource."""
    tags = _tags(call)
    return call.page("Tags", [{"Key": key, "Value": value} for key, value in tags.items()])


def tag_resource(call: Call) -> None:
    """At most 50 (API reference, TagResource)."""
    tags = _tags(call)
    added = {tag["Key"]: tag.get("Value", "") for tag in call["Tags"]}
    if len({**tags, **added}) > MOST:
        raise Refusal("TooManyTagsException", f"You have reached the limit of {MOST} tags.")
    tags.update(added)


def untag_resource(call: Call) -> None:
    """API reference, UntagResource."""
    tags = _tags(call)
    for name in call["TagKeys"]:
        tags.pop(name, None)


def _tags(call: Call) -> dict[str, str]:
    arn, place = call["ResourceArn"], here(call)
    if not _exists(call, arn):
        raise Refusal("ResourceNotFoundException", f"ResourceArn '{arn}' does not exist")
    place.tags = place.tags or {}
    return place.tags.setdefault(arn, {})


def _exists(call: Call, arn: str) -> bool:
    place, (kind, _, name) = here(call), arn.split(":", 5)[-1].partition("/")
    if not arn.startswith(call.arn("")):
        return False
    match kind:
        case "configuration-recorder":
            return place.recorder is not None and place.recorder.name == name
        case "config-rule":
            return any(rule.id == name for rule in (place.rules or {}).values())
        case "conformance-pack":
            return name.partition("/")[0] in (place.packs or {})
        case "config-aggregator":
            return any(a["ConfigurationAggregatorArn"] == arn for a in (place.aggregators or {}).values())
        case "organization-config-rule" | "organization-conformance-pack":
            return any(name == f"{d.name}-{d.suffix}" for d in (place.deployments or {}).values())
        case "stored-query":
            return name.partition("/")[0] in (place.queries or {})
    return False
