"""What a plan of an imported config would do: the import compares before it says that it is done."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from landing.aws import Aws
from landing.core.model import Action, Address, Change, Gap, Resource
from landing.engine.observe import Observation, as_found, desired_of, observe, tasks_of
from landing.engine.plan import Origin, Plan, make
from landing.importing.draft import Draft
from landing.importing.output import Written
from landing.organization import Organization
from landing.services.base import Kind, Kinds, Ownership
from landing.services.organizations.declaration import SERVICE as ORGANIZATIONS
from landing.services.registry import KINDS

MARKS = (Ownership.ROOT, Ownership.MARKED)
"""Kinds that are marks, of what the config has: they are read again for each config."""
BY_NAME = (Ownership.PREFIX, Ownership.STACK, Ownership.STACK_SET, Ownership.POLICIES)
"""How it is known of some kinds what is ours: by names that the config may say."""
FEW = 3
"""Differences that are told of one thing."""


@dataclass(frozen=True, slots=True)
class Compared:
    """A draft with the settings of services, the folder that has it, and what a plan of it would do."""

    draft: Draft
    written: Written
    plan: Plan
    kinds: tuple[Kind, ...] = ORGANIZATIONS.kinds
    """The kinds that were compared."""


class Sight:
    """What AWS has, read once under the names of a config, to be compared with others of the same names.

    `adopted` are the services that are looked at as if a plan had adopted them. `aws` has read the organization.
    """

    def __init__(self, aws: Aws, adopted: Collection[str] = ()) -> None:
        self._aws, self._adopted = aws, adopted
        self._kinds: dict[str, Kind] = {}
        self.live: dict[Address, Resource] = {}
        self.gaps: tuple[Gap, ...] = ()
        self._seen: dict[Address, Resource] = {}

    def look(self, organization: Organization, kinds: Collection[Kind], *, unasked: bool = False) -> None:
        """Read kinds that were not read yet; `unasked`: also of a service of which the config has nothing."""
        new = Kinds(kind for kind in kinds if kind.name not in self._kinds)
        only = tasks_of(organization, new) if unasked else None
        aws = self._aws.with_names_of(organization)
        found = observe(organization, aws, kinds=new, only=only, adopted=self._adopted)
        self._kinds |= {kind.name: kind for kind in new}
        self.live |= found.live
        self.gaps += found.gaps

    def plan(self, organization: Organization, kinds: Collection[Kind], named: Collection[Kind] = ()) -> Plan:
        """What a plan of some of the kinds would do; of those that are `named` anew, what goes by names is read again.

        So are marks, which cost no call.
        """
        compared = Kinds(kinds)
        again = Kinds(
            kind for kind in compared if kind.ownership in MARKS or (kind in named and kind.ownership in BY_NAME)
        )
        anew = observe(organization, self._aws.with_names_of(organization), kinds=again, adopted=self._adopted).live
        names = {kind.name for kind in compared} - {kind.name for kind in again}
        live = {address: each for address, each in self.live.items() if address.kind in names} | dict(anew)
        desired = as_found(organization, compared, desired_of(organization, compared), live)
        self._seen = live
        return make(Observation(desired, live, self.gaps, kinds=compared), Origin())

    def keep(self) -> None:
        """The names of the last plan hold from now on."""
        names = {address.kind for address in self._seen}
        self.live = {address: each for address, each in self.live.items() if address.kind not in names} | self._seen


def told(plan: Plan) -> Iterator[str]:
    """In words: how much is adopted, every change that is more than that, and what is others' to mend."""
    found = plan.changes
    more = beyond_adoption(found)
    forgotten = sum(1 for change in found if change.action is Action.FORGET)
    does = f"adopts {len(found) - len(more) - forgotten}"
    if forgotten:
        does += f", forgets {forgotten} that an apply of another config has marked (they stay: see `removed`),"
    if not more:
        yield f"Compared with AWS: a plan of it {does} and changes nothing else of the organization."
    else:
        does = does.rstrip(",")
        yield f"Compared with AWS: a plan of it {does}, and would change {len(more)} more. Look at them first:"
    yield from (f"  {change.action.value} {change.address}" for change in more)
    yield from (f"  for others to mend: {address}: {wrong}" for address, wrong in sorted(plan.astray.items()))


def beyond_adoption(found: Collection[Change]) -> list[Change]:
    """The changes that do more than set marks, or take them off."""
    return [change for change in found if change.action not in (Action.ADOPT, Action.FORGET)]


def differences(change: Change) -> Iterator[str]:
    """What a change would make other than it is, in words."""
    if change.before is None or change.after is None:
        yield f"{change.address} {'is not there, and would be made' if change.before is None else 'would be removed'}"
        return
    if waits := KINDS[change.address.kind].under_way(change):
        yield f"{change.address}: {waits}; import again when it has ended"
        return
    for name, before, after in _parts(change.before, change.after):
        if after is None:
            yield f"{change.address} has {name} {before!r}, and would not"
        elif before is None:
            yield f"{change.address} has no {name}, which would be {after!r}"
        else:
            yield f"{change.address} has {name} {before!r}, which would be {after!r}"


def _parts(before: Mapping[str, Any], after: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, Any, Any]]:
    for name in sorted({*before, *after}):
        old, new = before.get(name), after.get(name)
        if isinstance(old, Mapping) and isinstance(new, Mapping):
            yield from _parts(old, new, f"{path}{name}.")
        elif old != new:
            yield f"{path}{name}", old, new


def few(words: Collection[str], most: int = FEW) -> str:
    """The first of what is said of one thing."""
    more = f", and {len(words) - most} more" if len(words) > most else ""
    return "; ".join([*words][:most]) + more
