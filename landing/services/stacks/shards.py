"""One deployment as one stack set, or as one for each group of regions: a stack set holds 100,000 stacks.

Source: "CloudFormation quotas" in the CloudFormation User Guide. Why by geography, and only when asked for:
docs/adr/0009-stack-sets-by-region-group.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from landing.core.model import Diagnostic
from landing.core.partitions import region_group
from landing.core.quotas import STACK_INSTANCES_PER_SET
from landing.organization import PREFIX, Deployment, Organization

BY_NAME = " (by name)"
NEAR = 0.8
"""The share of the quota from which on there is a warning."""


def stack_sets(organization: Organization) -> Mapping[str, Deployment]:
    """What each stack set deploys, by its name without our prefix; those of single accounts are no stack sets."""
    return {
        shard.key: shard for d in organization.deployments.values() if not d.accounts for shard in _of(organization, d)
    }


def names(organization: Organization, key: str) -> tuple[str, ...]:
    """The stack sets of one deployment."""
    deployment = organization.deployments.get(key)
    return tuple(shard.key for shard in _of(organization, deployment)) if deployment else ()


def name_of(organization: Organization, key: str) -> str:
    """What AWS calls a stack set: as its baseline says, else our name for it. The inverse of `key_of`."""
    declared = organization.deployments.get(key)
    if key.endswith(BY_NAME):
        return key.removesuffix(BY_NAME)
    return (declared and declared.stack_set) or PREFIX + key


def key_of(organization: Organization, name: str) -> str:
    """Our key for a stack set of AWS; what no baseline names and has no name of ours is told by its name."""
    declared = {each.stack_set: key for key, each in organization.deployments.items() if each.stack_set}
    if name in declared:
        return declared[name]
    key = name.removeprefix(PREFIX)
    return f"{name}{BY_NAME}" if key == name or key in declared.values() else key


def is_declared(organization: Organization, name: str) -> bool:
    """Whether a baseline names a stack set that is there already: then it is the config's alone, without a mark."""
    return any(each.stack_set == name for each in organization.deployments.values())


def _of(organization: Organization, deployment: Deployment) -> Iterator[Deployment]:
    if deployment.stack_set or not organization.stack_sets_by_region_group or len(deployment.regions) == 1:
        yield deployment
        return
    groups: dict[str, list[str]] = {}
    for region in deployment.regions:
        groups.setdefault(region_group(region), []).append(region)
    for group, regions in sorted(groups.items()):
        yield replace(deployment, key=f"{deployment.key}-{group}", regions=tuple(regions))


def in_quarantine(organization: Organization) -> Mapping[str, bool]:
    """The stack sets that mean the quarantine unit whole; whether each stands in an account before it leaves that.

    Not one that names such accounts one by one, or requires one that does: it reaches them where they are to stay.
    """
    if not organization.quarantine:
        return {}
    sets, path = stack_sets(organization), set(organization.path(organization.quarantine))
    covers = {key: organization.cover(each.target) for key, each in sets.items()}
    later = {key for key, cover in covers.items() if any(map(organization.is_quarantined, cover.accounts))}
    while more := {key for key in set(sets) - later if later.intersection(_required(organization, sets[key]))}:
        later |= more
    return {key: key not in later for key, cover in covers.items() if path.intersection(cover.units)}


def _required(organization: Organization, deployment: Deployment) -> Iterator[str]:
    """The stack sets that one requires."""
    for key in deployment.requires:
        yield from names(organization, key)


def problems(organization: Organization) -> Iterable[Diagnostic]:
    """Stack sets that would hold more than they can unasked, or soon will; what AWS allows is seen by a plan."""
    for key, shard in stack_sets(organization).items():
        accounts = sum(1 for account in organization.members(shard.target) if account != organization.management)
        stacks = accounts * len(shard.regions)
        if stacks <= STACK_INSTANCES_PER_SET * NEAR:
            continue
        hint = "govern fewer regions there, or split its target into two baselines"
        if not organization.stack_sets_by_region_group:
            hint = "set organization.stack_sets_by_region_group: true"
        yield Diagnostic(
            "LZ347",
            f"the stack set {key} means {accounts:,} accounts × {len(shard.regions)} regions = {stacks:,} stacks; "
            f"a stack set holds {STACK_INSTANCES_PER_SET:,}, where nobody had that raised",
            shard.source or organization.source,
            hint,
            severity="warning",
        )
