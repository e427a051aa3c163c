"""The newer Security Hub ("V2"): on or off, its features, and its own aggregator."""

from __future__ import annotations

from typing import Any

from landing.sandbox.protocol.refusal import Refusal
from landing.sandbox.services.call import Call
from landing.sandbox.services.securityhub import version2_policy
from landing.sandbox.services.securityhub.aggregators import LISTING, MODES
from landing.sandbox.services.securityhub.state import (
    Aggregator,
    Version2,
    absent,
    aggregator_of,
    at,
    here,
    linked,
    unfit,
)
from landing.sandbox.world import regions

denied = Refusal.of("AccessDeniedException")
TIME = "%Y-%m-%dT%H:%M:%S.000Z"


def enable_security_hub_v2(call: Call) -> dict[str, Any]:
    """Doing it again changes nothing (API reference, EnableSecurityHubV2); not against a policy (policy syntax)."""
    if call.region in version2_policy.ABSENT:
        raise unfit("Security Hub is not available in this Region.")
    said = version2_policy.said(call.world, call.account)
    if said and call.region in said.disabled and not is_administrator(call):
        raise denied("Security Hub is managed by an organization policy.")
    place = here(call)
    if place.version2 is None:
        place.version2 = version2_policy.new(call.world, call.account)
        place.version2.tags = dict(call.get("Tags") or {})
        version2_policy.spread(call.world, call.account)
    return {"HubV2Arn": _arn(call, place.version2)}


def describe_security_hub_v2(call: Call) -> dict[str, Any]:
    """API reference, DescribeSecurityHubV2."""
    hub = hub_of(call)
    return {
        "HubV2Arn": _arn(call, hub),
        "SubscribedAt": hub.subscribed.strftime(TIME),
        "Features": {name: {"FeatureStatus": "ENABLED", "UpdatedAt": when} for name, when in hub.features.items()},
    }


def disable_security_hub_v2(call: Call) -> None:
    """Its features go with it; not where an organization policy has it on (API reference, DisableSecurityHubV2)."""
    hub_of(call)
    said = version2_policy.said(call.world, call.account)
    if said and call.region in said.enabled - said.disabled and not is_administrator(call):
        raise denied("Security Hub is managed by an organization policy.")
    here(call).version2 = None


def enable_security_hub_feature_v2(call: Call) -> None:
    """Again, it changes nothing (API reference, EnableSecurityHubFeatureV2)."""
    hub_of(call)
    _unmanaged(call)
    hub_of(call).features.setdefault(call["FeatureName"], call.world.now)


def disable_security_hub_feature_v2(call: Call) -> None:
    """API reference, DisableSecurityHubFeatureV2."""
    hub_of(call)
    _unmanaged(call)
    hub_of(call).features.pop(call["FeatureName"], None)


def _unmanaged(call: Call) -> None:
    said = version2_policy.said(call.world, call.account)
    if said and call.region in said.scanned | said.unscanned:
        raise denied("The feature is managed by an organization policy.")


def create_aggregator_v2(call: Call) -> dict[str, Any]:
    """One for an account, not in an opt-in Region, nor by a member (API reference, CreateAggregatorV2)."""
    hub_of(call)
    refuse_member(call)
    mode, where = _checked(call)
    if regions.is_opt_in(call.region):
        raise unfit("The aggregation Region cannot be a Region that is disabled by default.")
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
    """From the home Region (API reference, UpdateAggregatorV2)."""
    region, found = _named(call)
    if region != call.region:
        raise unfit("The aggregator can only be changed in its home Region.")
    found.mode, found.regions = _checked(call)
    return get_aggregator_v2(call)


def delete_aggregator_v2(call: Call) -> None:
    """From the home Region (API reference, DeleteAggregatorV2)."""
    region, _ = _named(call)
    if region != call.region:
        raise unfit("The aggregator can only be deleted in its home Region.")
    at(call.world, call.account, region).aggregator2 = None


def _checked(call: Call) -> tuple[str, tuple[str, ...]]:
    """Mode and Regions of a request, if they go together."""
    mode, listed = call["RegionLinkingMode"], tuple(call.get("LinkedRegions") or ())
    if mode not in MODES:
        raise unfit(f"RegionLinkingMode must be one of {', '.join(MODES)}.")
    if (mode in LISTING) != bool(listed):
        raise unfit(f"LinkedRegions must be {'given' if mode in LISTING else 'empty'} for {mode}.")
    unknown = [region for region in listed if region not in regions.every(call.world)]
    if unknown or call.region in listed:
        raise unfit(f"LinkedRegions must be other Regions than {call.region}: {', '.join(unknown or listed)}.")
    return mode, listed


def _named(call: Call) -> tuple[str, Aggregator]:
    found = aggregator_of(call.world, call.account, "aggregator2")
    if found is None or call.get("AggregatorV2Arn", _aggregator_arn(call, *found)) != _aggregator_arn(call, *found):
        raise absent("The aggregator does not exist.")
    return found


def list_aggregators_v2(call: Call) -> dict[str, Any]:
    """At most one (API reference, ListAggregatorsV2)."""
    found = aggregator_of(call.world, call.account, "aggregator2")
    return call.page("AggregatorsV2", [] if found is None else [{"AggregatorV2Arn": _aggregator_arn(call, *found)}])


def hub_of(call: Call) -> Version2:
    """What the caller has of it here; raises ResourceNotFoundException where it is off."""
    hub = here(call).version2
    if hub is None:
        raise absent("Security Hub is not enabled.")
    return hub


def is_administrator(call: Call) -> bool:
    """Whether the caller administers it for the organization."""
    return call.account == version2_policy.administrator(call.world, call.account)


def refuse_member(call: Call) -> None:
    """What the administrator does for all, a member may not (User Guide, "Managing accounts")."""
    if version2_policy.administrator(call.world, call.account) not in (None, call.account):
        raise denied("Only the delegated administrator can do this.")


def refuse_linked(call: Call) -> None:
    """What is made in the home Region alone, where Regions are linked (User Guide, "Automation rules")."""
    found = aggregator_of(call.world, call.account, "aggregator2")
    if found is not None and call.region in linked(call.world, *found):
        raise unfit(f"{call.region} is linked to {found[0]}, where this is done for all Regions.")


def _arn(call: Call, hub: Version2) -> str:
    return call.arn(f"hubv2/{hub.id}")


def _aggregator_arn(call: Call, region: str, aggregator: Aggregator) -> str:
    return call.arn(f"aggregatorv2/{aggregator.id}", region=region)
