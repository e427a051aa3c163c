"""Who has changed policies, and how many accounts were closed, as the event history of the management account tells.

CloudTrail has the calls of the last 90 days, of global services in one region of the partition (CloudTrail API
reference, LookupEvents; User Guide, "Event history").
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING, Any

from landing.core.model import Scope
from landing.core.partitions import GLOBAL_REGION

if TYPE_CHECKING:
    from landing.aws.door import Aws

ACTION = "cloudtrail:LookupEvents"
"""The one permission that it needs."""

MOST_EVENTS = 500
"""Of a name, the newest first: ten pages, at two a second."""


def acts(aws: Aws, policy_ids: Collection[str]) -> dict[str, str]:
    """Who has attached or changed policies last, and when, by their ids, as far as it is known. Raises AwsError."""
    found: dict[str, dict[str, str]] = {}
    client = aws.client("cloudtrail", Scope("", GLOBAL_REGION[aws.context.partition]))
    for name, word in (("AttachPolicy", "attached"), ("UpdatePolicy", "changed")):
        wanted = [{"AttributeKey": "EventName", "AttributeValue": name}]
        for event in islice(aws.listed(client, "lookup_events", "Events", LookupAttributes=wanted), MOST_EVENTS):
            by, when, policy_id = _act(event)
            if policy_id in policy_ids:
                found.setdefault(policy_id, {}).setdefault(word, f"{word} by {by} at {when}")
    return {policy_id: ", ".join(words.values()) for policy_id, words in found.items()}


def closures(aws: Aws, days: int, most: int) -> int:
    """How many accounts were closed in the last days, counted up to `most`. Raises AwsError."""
    client = aws.client("cloudtrail", Scope("", GLOBAL_REGION[aws.context.partition]))
    wanted = [{"AttributeKey": "EventName", "AttributeValue": "CloseAccount"}]
    since = datetime.now(UTC) - timedelta(days=days)
    found = aws.listed(client, "lookup_events", "Events", LookupAttributes=wanted, StartTime=since)
    closed = (event for event in found if event["EventTime"] >= since and any(_act(event)[:2]))
    return sum(1 for _ in islice(closed, most))


def _act(event: Mapping[str, Any]) -> tuple[str, str, str]:
    """(ARN of who called, time, policy id) of an event; empty where a call was refused or is not of Organizations."""
    try:
        told = json.loads(event.get("CloudTrailEvent", "{}"))
    except ValueError:
        return "", "", ""
    if told.get("eventSource") != "organizations.amazonaws.com" or told.get("errorCode"):
        return "", "", ""
    who, given = told.get("userIdentity") or {}, told.get("requestParameters") or {}
    by = who.get("arn") or who.get("invokedBy") or who.get("principalId") or "somebody"
    return str(by), str(told.get("eventTime", "")), str(given.get("policyId", ""))
