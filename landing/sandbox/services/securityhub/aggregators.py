"""Finding aggregators: one Region, the home Region, sees the findings of others."""

from __future__ import annotations

from typing import Any

from landing.sandbox.protocol.refusal import Refusal
from landing.sandbox.services.call import Call
from landing.sandbox.services.securityhub import rollout
from landing.sandbox.services.securityhub.state import Aggregator, absent, aggregator_of, here, invalid, linked
from landing.sandbox.world import regions

MODES = ("ALL_REGIONS", "ALL_REGIONS_EXCEPT_SPECIFIED", "SPECIFIED_REGIONS", "NO_REGIONS")
LISTING = ("ALL_REGIONS_EXCEPT_SPECIFIED", "SPECIFIED_REGIONS")


def create_finding_aggregator(call: Call) -> dict[str, Any]:
    """One for an account; not by a member (API reference, CreateFindingAggregator)."""
    _refuse_member(call)
    mode, where = checked(call)
    if aggregator_of(call.world, call.account) is not None:
        raise Refusal("LimitExceededException", "The account has a finding aggregator already.")
    made = Aggregator(call.world.uuid(), mode, where)
    here(call).aggregator = made
    return _shown(call, call.region, made)


def get_finding_aggregator(call: Call) -> dict[str, Any]:
    """From any Region (API reference, GetFindingAggregator)."""
    region, found = _found(call)
    return _shown(call, region, found)


def list_finding_aggregators(call: Call) -> dict[str, Any]:
    """At most one, from any Region (API reference, ListFindingAggregators)."""
    found = aggregator_of(call.world, call.account)
    arns = [] if found is None else [{"FindingAggregatorArn": _arn(call, *found)}]
    return call.page("FindingAggregators", arns)


def update_finding_aggregator(call: Call) -> dict[str, Any]:
    """From the home Region; policies reach Regions that are linked now (API reference)."""
    _refuse_member(call)
    found = _at_home(call)
    mode, where = checked(call)
    settings = here(call).administration
    is_central = settings is not None and settings.central is not None
    if is_central and not linked(call.world, call.region, Aggregator(found.id, mode, where)):
        raise invalid("Central configuration requires at least one linked Region.")
    found.mode, found.regions = mode, where
    if is_central:
        rollout.schedule(call.world, call.account)
    return _shown(call, call.region, found)


def delete_finding_aggregator(call: Call) -> None:
    """From the home Region, and not while central configuration needs it (User Guide)."""
    _at_home(call)
    settings = here(call).administration
    if settings is not None and settings.central is not None:
        raise invalid("The finding aggregator cannot be deleted while the organization uses central configuration.")
    here(call).aggregator = None


def checked(call: Call, member: str = "Regions") -> tuple[str, tuple[str, ...]]:
    """Mode and Regions of a request, if they go together."""
    mode, listed = call["RegionLinkingMode"], tuple(call.get(member) or ())
    if mode not in MODES:
        raise invalid(f"RegionLinkingMode must be one of {', '.join(MODES)}.")
    if mode in LISTING and not listed:
        raise invalid(f"Regions are required for {mode}.")
    if mode not in LISTING and listed:
        raise invalid(f"Regions must be empty for {mode}.")
    unknown = [region for region in listed if region not in regions.every(call.world)]
    if unknown or call.region in listed:
        raise invalid(f"Regions must be other Regions than {call.region}: {', '.join(unknown or listed)}.")
    return mode, listed


def _refuse_member(call: Call) -> None:
    if here(call).administrator is not None:
        raise Refusal("AccessDeniedException", "A member account cannot change cross-Region aggregation.")


def _found(call: Call) -> tuple[str, Aggregator]:
    found = aggregator_of(call.world, call.account)
    if found is None or _arn(call, *found) != call["FindingAggregatorArn"]:
        raise absent("The finding aggregator does not exist.")
    return found


def _at_home(call: Call) -> Aggregator:
    region, found = _found(call)
    if region != call.region:
        raise invalid("The finding aggregator can only be changed in its home Region.")
    return found


def _arn(call: Call, region: str, aggregator: Aggregator) -> str:
    return call.arn(f"finding-aggregator/{aggregator.id}", region=region)


def _shown(call: Call, region: str, aggregator: Aggregator) -> dict[str, Any]:
    shown = {
        "FindingAggregatorArn": _arn(call, region, aggregator),
        "FindingAggregationRegion": region,
        "RegionLinkingMode": aggregator.mode,
    }
    return shown | ({"Regions": list(aggregator.regions)} if aggregator.mode in LISTING else {})


def seen_from(call: Call) -> tuple[str, ...]:
    """The Regions whose findings the caller sees here."""
    found = here(call).aggregator
    return (call.region, *(() if found is None else linked(call.world, call.region, found)))
