"""In which waves something is to do of a change of a stack set, and what of its targets they reach."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from landing.core.model import Action, Change
from landing.organization import ROOT, Cover, Deployment, Organization
from landing.services.stacks.instances import BUSY

UPDATED = ("template", "parameters")
"""What UpdateStackSet brings to the instances that it names, and leaves all others OUTDATED for."""


def waves_of(
    organization: Organization, deployment: Deployment | None, change: Change, coming: Collection[str] = ()
) -> Collection[int]:
    """The numbers of the waves, in their order. `coming`: accounts that are not yet where the config has them."""
    last, before, after = organization.last_wave, change.before or {}, change.after
    if deployment is None or after is None or (change.action is not Action.UPDATE and before):
        return [last]
    late = set(coming) - {each.name for each in change.requires}  # what is required comes with the first wave
    reach = organization.in_waves(organization.cover(deployment.target))
    reached = {number for number, cover in enumerate(reach) if _is_something(organization, cover, late)}
    if not before:
        return sorted(reached) or [last]
    if change.only:
        return [max(_of_instances(organization, before), default=last)]
    updated = any(before[part] != after[part] for part in UPDATED)
    found = set(reached) if updated or set(after["regions"]) - set(before["regions"]) else set[int]()
    if _whole(before, after, updated=updated):
        found.add(last)
    found |= set(_new(organization, before["targets"], after["targets"], late))
    found |= set(_of_instances(organization, before))
    if BUSY in before["instances"]:  # when it has ended, what is left tells which waves
        found |= {min(reached, default=last)}
    if updated and (there := set(_there(organization, before["targets"], coming))):
        found = {max(number, min(there)) for number in found}  # UpdateStackSet wants an instance to begin with
    return sorted(found) or [last]


def so_far(organization: Organization, deployment: Deployment, through: int, there: Collection[str]) -> Cover:
    """The units, and of the accounts those that are there, that the waves up to one reach."""
    reach = organization.in_waves(organization.cover(deployment.target))[: through + 1]
    accounts = (key for cover in reach for key in cover.accounts if key != organization.management and key in there)
    return Cover(tuple(unit for cover in reach for unit in cover.units), tuple(accounts))


def inside(unit: str, others: Collection[str]) -> bool:
    """Whether a unit is one of the others, or below one; keys of units are paths."""
    return any(other in (unit, ROOT) or unit.startswith(f"{other}/") for other in others)


def _whole(before: Mapping[str, Any], after: Mapping[str, Any], *, updated: bool) -> bool:
    """Whether the set as such is changed and nothing else, or something goes: when all waves have been reached."""
    goes = any(not inside(unit, after["targets"]["units"]) for unit in before["targets"]["units"])
    goes |= bool(set(before["targets"]["accounts"]) - set(after["targets"]["accounts"]))
    goes |= bool(set(before["regions"]) - set(after["regions"]))
    as_such = any(before[part] != after[part] for part in ("auto_deployment", "managed_execution"))
    return goes or (as_such and not updated)


def _is_something(organization: Organization, cover: Cover, late: Collection[str]) -> bool:
    """Whether a stack set reaches a unit or an account of it by now. `late`: accounts that come with the last wave."""
    return bool(cover.units or set(cover.accounts) - {organization.management, *late})


def _new(
    organization: Organization,
    before: Mapping[str, Sequence[str]],
    after: Mapping[str, Sequence[str]],
    late: Collection[str],
) -> Iterator[int]:
    """The waves of what comes among the targets."""
    units = tuple(
        u for u in after["units"] if not inside(u, before["units"]) and (u == ROOT or u in organization.units)
    )
    accounts = tuple(key for key in after["accounts"] if key not in before["accounts"])
    for number, cover in enumerate(organization.in_waves(Cover(units, accounts))):
        fresh = [unit for unit in cover.units if not inside(unit, before["units"])]
        single = [key for key in cover.accounts if not inside(organization.accounts[key].unit, before["units"])]
        if _is_something(organization, Cover(tuple(fresh), tuple(single)), late):
            yield number


def _there(organization: Organization, targets: Mapping[str, Sequence[str]], coming: Collection[str]) -> Iterator[int]:
    """The waves in which there are instances."""
    units = tuple(unit for unit in targets["units"] if unit == ROOT or unit in organization.units)
    accounts = tuple(key for key in targets["accounts"] if key in organization.accounts)
    if len(units) < len(targets["units"]) or len(accounts) < len(targets["accounts"]):
        yield organization.last_wave  # what the config does not know belongs to no other
    for number, cover in enumerate(organization.in_waves(Cover(units, accounts))):
        below = [
            key for unit in cover.units for each in organization.below(unit) for key in organization.accounts_in[each]
        ]
        if {*below, *cover.accounts} - {organization.management, *coming}:
            yield number


def _of_instances(organization: Organization, before: Mapping[str, Any]) -> Iterator[int]:
    for site in before["instances"]:
        if site != BUSY:
            yield organization.wave_at(f"account/{site.partition('/')[0]}")
