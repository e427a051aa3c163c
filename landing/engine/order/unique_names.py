"""Names that AWS gives once: who takes a name that another gives up in the same plan, and who cannot have it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace

from landing.core.errors import ImpossiblePlan
from landing.core.model import Action, Address, Attributes, Change, Resource, UniqueName
from landing.services.base import Kinds


def names_of(kinds: Kinds, address: Address, attributes: Attributes | None) -> frozenset[UniqueName]:
    """The names that a resource has with these attributes; none where there is no resource."""
    return frozenset(() if attributes is None else kinds[address.kind].unique_names(address, attributes))


def taken(kinds: Kinds, change: Change) -> frozenset[UniqueName]:
    """The names that a change takes."""
    return names_of(kinds, change.address, change.after) - names_of(kinds, change.address, change.before)


def given_up(kinds: Kinds, change: Change) -> frozenset[UniqueName]:
    """The names that a change gives up."""
    if change.before is None or kinds[change.address.kind].renamed(change.address, change.before) is None:
        return frozenset()
    return names_of(kinds, change.address, change.before) - names_of(kinds, change.address, change.after)


def givers(kinds: Kinds, changes: Collection[Change]) -> dict[Address, set[Address]]:
    """For each change that takes names: the changes that give these up."""
    holders = {name: change.address for change in changes for name in given_up(kinds, change)}
    found = {change.address: {holders[name] for name in taken(kinds, change) if name in holders} for change in changes}
    return {address: others - {address} for address, others in found.items() if others - {address}}


def to_temporary(kinds: Kinds, change: Change) -> Change | None:
    """What gives up the names of a resource before the change itself can; None where AWS has no way."""
    if change.before is None:
        return None
    after = kinds[change.address.kind].renamed(change.address, change.before)
    if after is None:
        return None
    return replace(change, action=Action.UPDATE, after=after, requires=(), releases=())


def refuse_impossible(kinds: Kinds, changes: Collection[Change], live: Mapping[Address, Resource]) -> None:
    """Raise ImpossiblePlan, with all that AWS has no way to do."""
    found = [*_impossible(kinds, changes, live), *_occupied(kinds, changes, live)]
    if found:
        lines = (
            f"  {change.address}{f' ({change.source})' if change.source else ''}: {reason}" for change, reason in found
        )
        raise ImpossiblePlan("AWS has no way to make this plan's changes:\n" + "\n".join(lines))


def _impossible(
    kinds: Kinds, changes: Collection[Change], live: Mapping[Address, Resource]
) -> Iterator[tuple[Change, str]]:
    for change in changes:
        for reason in kinds[change.address.kind].impossible(change, live):
            yield change, reason


def _occupied(
    kinds: Kinds, changes: Collection[Change], live: Mapping[Address, Resource]
) -> Iterator[tuple[Change, str]]:
    """Changes that take a name which something has that keeps it."""
    wanted = [(change, name) for change in changes for name in sorted(taken(kinds, change))]
    if not wanted:
        return
    free = {name for change in changes for name in given_up(kinds, change)}
    concerned = {change.address.kind for change, _ in wanted}
    holders = {
        name: address
        for address, resource in live.items()
        if address.kind in concerned
        for name in names_of(kinds, address, resource.attributes) - free
    }
    for change, name in wanted:
        if holders.get(name, change.address) != change.address:
            yield change, f"{holders[name]} has the name {name} and keeps it: give another name to one of them"
