"""Regions, and which of them an account has (Account Management guide, "Enable or disable AWS Regions")."""

from __future__ import annotations

from dataclasses import dataclass, field

from landing.sandbox.world import World

DEFAULT = (
    "ap-northeast-1", "ap-northeast-2", "ap-northeast-3", "ap-south-1", "ap-southeast-1",
    "ap-southeast-2", "ca-central-1", "eu-central-1", "eu-north-1", "eu-west-1", "eu-west-2",
    "eu-west-3", "sa-east-1", "us-east-1", "us-east-2", "us-west-1", "us-west-2",
)  # fmt: skip
OPT_IN = (
    "af-south-1", "ap-east-1", "ap-east-2", "ap-south-2", "ap-southeast-3", "ap-southeast-4",
    "ap-southeast-5", "ap-southeast-6", "ap-southeast-7", "ca-west-1", "eu-central-2",
    "eu-south-1", "eu-south-2", "il-central-1", "me-central-1", "me-south-1", "mx-central-1",
)  # fmt: skip
OTHER_PARTITIONS = {
    "aws-us-gov": ("us-gov-east-1", "us-gov-west-1"),
    "aws-cn": ("cn-north-1", "cn-northwest-1"),
}
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
    return OTHER_PARTITIONS.get(world.partition, tuple(sorted(DEFAULT + OPT_IN)))


def is_opt_in(region: str) -> bool:
    """Whether an account must ask for the Region."""
    return region in OPT_IN


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
