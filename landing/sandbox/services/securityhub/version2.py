"""The newer Security Hub ("V2"): on or off, and its own aggregator."""

from __future__ import annotations

from typing import Any

from landing.sandbox.protocol.refusal import Refusal
from landing.sandbox.services.call import Call
from landing.sandbox.services.iam.linked_roles import ensure
from landing.sandbox.services.securityhub.aggregators import checked
from landing.sandbox.services.securityhub.state import Aggregator, Version2, absent, aggregator_of, at, here

PRINCIPAL = "securityhubv2.amazonaws.com"


def enable_security_hub_v2(call: Call) -> dict[str, Any]:
    """Doing it again changes nothing (API reference, EnableSecurityHubV2)."""
    place = here(call)
    if place.version2 is None:
        ensure(call.world, call.account, PRINCIPAL)
        place.version2 = Version2(call.world.uuid(), call.world.now, dict(call.get("Tags") or {}))
    return {"HubV2Arn": _arn(call, place.version2)}


def describe_security_hub_v2(call: Call) -> dict[str, Any]:
    """API reference, DescribeSecurityHubV2."""
    hub = _hub(call)
    return {
        "HubV2Arn": _arn(call, hub),
        "SubscribedAt": hub.subscribed.strftime("%Y-%m-%dT%H:%M:%S.000Z"),
        "Features": {},
    }


def disable_security_hub_v2(call: Call) -> None:
    """API reference, DisableSecurityHubV2."""
    _hub(call)
    here(call).version2 = None


def create_aggregator_v2(call: Call) -> dict[str, Any]:
    """One for an account (API reference, CreateAggregatorV2)."""
    _hub(call)
    mode, where = checked(call, "LinkedRegions")
    if aggregator_of(call.world, call.account, "aggregator2") is not None:
        raise Refusal("ConflictException", "The account has an aggregator already.")
    here(call).aggregator2 = Aggregator(call.world.uuid(), mode, where)
    return get_aggregator_v2(call)


def get_aggregator_v2(call: Call) -> dict[str, Any]:
    """From any Region (API reference, GetAggregatorV2)."""
    region, found = _named(call)
    return {
        "AggregatorV2Arn": _aggregator_arn(call, region, found),
        "AggregationRegion": region,
        "RegionLinkingMode": found.mode,
        "LinkedRegions": list(found.regions),
    }


def update_aggregator_v2(call: Call) -> dict[str, Any]:
    """API reference, UpdateAggregatorV2."""
    _, found = _named(call)
    found.mode, found.regions = checked(call, "LinkedRegions")
    return get_aggregator_v2(call)


def delete_aggregator_v2(call: Call) -> None:
    """API reference, DeleteAggregatorV2."""
    region, _ = _named(call)
    at(call.world, call.account, region).aggregator2 = None


def _named(call: Call) -> tuple[str, Aggregator]:
    found = aggregator_of(call.world, call.account, "aggregator2")
    if found is None or call.get("AggregatorV2Arn", _aggregator_arn(call, *found)) != _aggregator_arn(call, *found):
        raise absent("The aggregator does not exist.")
    return found


def list_aggregators_v2(call: Call) -> dict[str, Any]:
    """At most one (API reference, ListAggregatorsV2)."""
    found = aggregator_of(call.world, call.account, "aggregator2")
    return call.page("AggregatorsV2", [] if found is None else [{"AggregatorV2Arn": _aggregator_arn(call, *found)}])


def _hub(call: Call) -> Version2:
    hub = here(call).version2
    if hub is None:
        raise absent("Security Hub is not enabled.")
    return hub


def _arn(call: Call, hub: Version2) -> str:
    return call.arn(f"hubv2/{hub.id}")


def _aggregator_arn(call: Call, region: str, aggregator: Aggregator) -> str:
    return call.arn(f"aggregatorv2/{aggregator.id}", region=region)
