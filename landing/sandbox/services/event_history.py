"""CloudTrail's event history: management events of the last 90 days, trail or no trail (User Guide, "Event history").

Only what is done to policies of the organization is kept (CreatePolicy, UpdatePolicy, AttachPolicy and DetachPolicy),
and CloseAccount.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from landing.core.partitions import GLOBAL_REGION
from landing.sandbox.protocol.refusal import Refusal
from landing.sandbox.services.call import Call
from landing.sandbox.world import World

KEPT = timedelta(days=90)
MOST = 50


@dataclass(frozen=True, slots=True)
class PastEvent:
    """One call that was made, by the names of a CloudTrail record."""

    id: str
    name: str
    source: str
    arn: str
    time: datetime
    parameters: dict[str, Any]


@dataclass
class History:
    """The events of an account in a Region, oldest first."""

    events: list[PastEvent]


def _history(world: World, account: str, region: str) -> History:
    return world.state("cloudtrail-history", account, region, lambda: History([]))


def record(call: Call) -> None:
    """A call of Organizations, which is a global service: its events are in the partition's global Region."""
    parameters = {name[:1].lower() + name[1:]: value for name, value in call.parameters.items()}
    source = f"{call.operation.service}.amazonaws.com"
    event = PastEvent(call.world.token(8), call.operation.name, source, call.caller.arn, call.world.now, parameters)
    _history(call.world, call.account, GLOBAL_REGION[call.partition]).events.append(event)


def lookup_events(call: Call) -> dict[str, Any]:
    """By one attribute, newest first, from a time on (API reference, LookupEvents)."""
    attributes = call.get("LookupAttributes", [])
    if len(attributes) > 1 or any(each["AttributeKey"] != "EventName" for each in attributes):
        raise Refusal("InvalidLookupAttributesException", "Only one lookup attribute is supported, the EventName.")
    names = {each["AttributeValue"] for each in attributes}
    events = _history(call.world, call.account, call.region).events
    since = max(call.world.now - KEPT, call.get("StartTime", datetime.min.replace(tzinfo=UTC)))
    kept = [each for each in events if each.time >= since]
    found = [each for each in reversed(kept) if not names or each.name in names]
    return call.page("Events", found, show=_shown, most=MOST)


def _shown(event: PastEvent) -> dict[str, Any]:
    record = {
        "eventVersion": "1.11",
        "userIdentity": {"arn": event.arn},
        "eventTime": event.time.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "eventSource": event.source,
        "eventName": event.name,
        "requestParameters": event.parameters,
        "eventID": event.id,
    }
    return {
        "EventId": event.id,
        "EventName": event.name,
        "ReadOnly": "false",
        "EventTime": event.time,
        "EventSource": event.source,
        "Username": event.arn.rpartition("/")[2],
        "Resources": [],
        "CloudTrailEvent": json.dumps(record),
    }
