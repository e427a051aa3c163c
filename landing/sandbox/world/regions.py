"""Regions, and which of them an account has (Account Management guide, "Enable or disable AWS Regions")."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache

from landing.core.partitions import OPT_IN_REGIONS, REGIONS
from landing.sandbox.world import World

USABLE = ("ENABLED", "ENABLED_BY_DEFAULT", "DISABLING")


@dataclass
class OptIns:
    """What an account has decided about Regions: name to ENABLED, ENABLING or DISABLING."""

    statuses: dict[str, str] = field(default_factory=dict)


def opt_ins(world: World, account: str) -> OptIns:
    """The decisions of an account."""
    return world.state("regions", account, "", OptIns)


def every(world: World) -> tuple[str, ...]:
    """The Regions of the world's partition."""
    return _of(world.partition)


@cache
def _of(partition: str) -> tuple[str, ...]:
    return tuple(sorted(region for region, its in REGIONS.items() if its == partition))


def is_opt_in(region: str) -> bool:
    """Whether an account must ask for the Region."""
    return region in OPT_IN_REGIONS


def status(world: World, account: str, region: str) -> str:
    """ENABLED_BY_DEFAULT, ENABLED, ENABLING, DISABLING or DISABLED."""
    if not is_opt_in(region):
        return "ENABLED_BY_DEFAULT"
    states = world.states.get("regions", {})
    decided: OptIns | None = states.get((account, ""))
    return "DISABLED" if decided is None else decided.statuses.get(region, "DISABLED")


def is_usable(world: World, account: str, region: str) -> bool:
    """Whether an account may call services in the Region."""
    return region in every(world) and status(world, account, region) in USABLE
