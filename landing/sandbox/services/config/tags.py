"""Tags of recorders, rules, conformance packs, aggregators and what organizations deploy."""

from __future__ import annotations

from landing.sandbox.protocol.refusal import Refusal
from landing.sandbox.services.call import Call
from landing.sandbox.services.config.state import here
from landing.sandbox.services.tags import Tags


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


TAGS = Tags(of=_tags, too_many=lambda: Refusal("TooManyTagsException", "You have reached the limit of 50 tags."))
