"""Which part of each change is made in which wave, and in what order waves are made: the canary first, the rest last.

A stack set says itself which waves it reaches (`Kind.waves`). What is attached to a node, and a policy that is attached
somewhere, belong to the last wave that they reach; of these, what only tightens comes in that wave, and all else not
before everything in earlier phases (`phases`): so nothing is less protected while waves wait for each other. A stack
belongs to the wave of its account. All other changes reach everybody and come last, those too that a service has in
the account that administers it. What an earlier wave requires comes with that wave, unless it belongs to a later one
itself: then what requires it is made later.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace

from landing.aws import FULL_ACCESS, SCP
from landing.core.model import Action, Address, Change
from landing.engine.order.phases import Known, Phase, Stage, stages_of
from landing.engine.order.unique_names import givers
from landing.organization import Organization
from landing.organization.resources import ACCOUNT, ATTACHMENTS, POLICY, STACK, moves, policies_of
from landing.policy.attachment_slots import room
from landing.policy.limits import LIMITS

Waves = Mapping[int, tuple[Change, ...]]
"""What is made in each wave, by its number, when all earlier ones are done; only waves that have something to do."""

TOGETHER = (Phase.SWITCH, Phase.RELEASE, Phase.SPREAD)
"""Made in the last wave, one after the other, in the order in which they were checked (`guardrails.transition`)."""


def in_waves(organization: Organization, changes: Collection[Change], known: Known) -> Waves:
    """The parts of changes by wave; one wave with all of them where the config has no waves."""
    if not organization.waves:
        return {0: tuple(changes)} if changes else {}
    return _Division(organization, tuple(changes), known).waves()


@dataclass
class _Division:
    organization: Organization
    changes: tuple[Change, ...]
    known: Known
    first: dict[Address, int] = field(default_factory=dict)
    """The first wave in which something of a change is made, once that is known."""
    floors: dict[Address, int] = field(default_factory=dict)
    """The first wave in which a change can be made, because of what it requires."""

    def __post_init__(self) -> None:
        self.by_address = {change.address: change for change in self.changes}
        self.last = self.organization.last_wave
        kinds = self.known.kinds
        new = {each.address.name for each in self.changes if each.address.kind == ACCOUNT and not each.before}
        coming = new | {each.address.name for each in self.changes if moves(each)}
        asked = {
            change.address: kinds[change.address.kind].waves(self.organization, change, coming)
            for change in self.changes
        }
        self.parts = {address: sorted(set(waves)) for address, waves in asked.items() if waves is not None}
        self.stages = stages_of(self.changes, self.known)
        self.staged = dict(self._staged())
        self.needs: dict[Address, list[Address]] = defaultdict(list)
        self.needed_by: dict[Address, list[Address]] = defaultdict(list)
        self.released_by: dict[Address, list[Address]] = defaultdict(list)
        given = givers(kinds, self.changes)
        for change in self.changes:
            for other in (*change.requires, *given.get(change.address, ())):
                if other in self.by_address and other != change.address:
                    self.needs[change.address].append(other)
                    self.needed_by[other].append(change.address)
            for other in change.releases:
                if other in self.by_address:
                    self.released_by[other].append(change.address)

    def waves(self) -> Waves:
        """By number, in the order of addresses."""
        found: dict[int, list[Change]] = defaultdict(list)
        for change in self.changes:
            for number, part in self._parted(change):
                found[number].append(part)
        return {number: tuple(found[number]) for number in sorted(found)}

    def _parted(self, change: Change) -> Iterator[tuple[int, Change]]:
        address, floor = change.address, self._floor(change.address)
        if address in self.parts:
            for number in sorted({max(each, floor) for each in self.parts[address]}):
                yield number, change if number == self.last else replace(change, through=number)
        elif address in self.staged:
            by_wave: dict[int, Stage] = {}
            for number, stage in self.staged[address]:
                by_wave[max(number, floor)] = stage
            final = max(by_wave)
            for number, stage in sorted(by_wave.items()):
                yield number, change if number == final else replace(_so_far(change, stage), through=number)
        else:
            yield self._single(address), change

    def _floor(self, address: Address) -> int:
        """What is required and belongs to a later wave by itself holds back, if it is not there yet."""
        if address not in self.floors:
            self.floors[address] = 0  # what requires itself, by way of others, is not held back by that
            held = 0
            for other in self.needs[address]:
                if not self._placed(other):
                    held = max(held, self._floor(other))
                elif self.by_address[other].action is Action.CREATE:
                    held = max(held, self._span(other)[0])
            self.floors[address] = held
        return self.floors[address]

    def _placed(self, address: Address) -> bool:
        """Whether it belongs to waves by what it reaches."""
        return address in self.parts or address in self.staged

    def _span(self, address: Address) -> tuple[int, int]:
        """The first and the last wave in which something of it is made."""
        if not self._placed(address):
            single = self._single(address)
            return single, single
        waves = self.parts[address] if address in self.parts else [number for number, _ in self.staged[address]]
        floor = self._floor(address)
        return max(waves[0], floor), max(waves[-1], floor)

    def _single(self, address: Address) -> int:
        """The wave of a change that is made at once: with the first that requires it."""
        if address not in self.first:
            account = address.scope.account if address.kind == STACK else ""  # what services have there is for all
            own = self.organization.wave_at(f"account/{account}") if account else self.last
            self.first[address] = own
            wanted = min((self._span(other)[0] for other in self.needed_by[address]), default=own)
            released = max((self._span(other)[1] for other in self.released_by[address]), default=0)
            self.first[address] = max(min(own, wanted), self._floor(address), released)
        return self.first[address]

    def _staged(self) -> Iterator[tuple[Address, list[tuple[int, Stage]]]]:
        """The stages of guardrails with their waves: those of a later phase never before those of an earlier one."""
        own = {change.address: number for change in self.changes if (number := self._own(change)) is not None}
        whole: set[Address] = set()
        while True:
            found = self._by_phase(own, whole)
            crowded = {each for each, stages in found.items() if each not in whole and self._crowded(each, stages)}
            if not crowded:
                return iter(found.items())
            whole |= crowded

    def _by_phase(
        self, own: Mapping[Address, int], whole: Collection[Address]
    ) -> dict[Address, list[tuple[int, Stage]]]:
        """`whole`: what is made at once, in its last wave."""
        floor, numbers = 0, dict[tuple[Address, int], int]()
        for phase in (None, *Phase):
            here = [
                (address, index, own[address])
                for address in own
                for index, stage in enumerate(self.stages[address])
                if stage.phase is phase
            ]
            for address, index, number in here:
                least = self.last if address in whole or phase in TOGETHER else number
                numbers[address, index] = max(least, 0 if phase is None else floor)
            if phase is not None:
                floor = max((floor, *(numbers[address, index] for address, index, _ in here)))
        return {
            address: [(numbers[address, index], stage) for index, stage in enumerate(self.stages[address])]
            for address in own
        }

    def _own(self, change: Change) -> int | None:
        """The wave of what bears on requests: the last that it reaches; None of what bears on nothing yet."""
        address = change.address
        if address.kind == ATTACHMENTS:
            return self.organization.wave_at(address.name)
        if address.kind == POLICY and change.action is not Action.CREATE:
            nodes = {node for node, keys in self.organization.attached.items() if address.name in keys}
            nodes |= {
                each.address.name
                for each in self.changes
                if each.address.kind == ATTACHMENTS and address.name in policies_of(each.before)
            }
            return max(map(self.organization.wave_at, nodes), default=self.last)
        return self.last if moves(change) else None

    def _crowded(self, address: Address, stages: Collection[tuple[int, Stage]]) -> bool:
        """Whether a node has no slots for what comes and what goes, while it waits for a later wave."""
        if address.kind != ATTACHMENTS:
            return False
        *earlier, (final, _) = stages
        return any(
            self._count(stage, policy_type) > room(self.organization, address.name, policy_type)
            for number, stage in earlier
            if number < final
            for policy_type in LIMITS
        )

    def _count(self, stage: Stage, policy_type: str) -> int:
        organization = self.organization
        types: Callable[[str], str] = lambda key: (  # noqa: E731
            SCP if key == FULL_ACCESS or key not in organization.policies else organization.policies[key].type
        )
        return sum(types(key) == policy_type for key in policies_of(stage.change.after))


def _so_far(change: Change, stage: Stage) -> Change:
    """What a change comes to by one of its stages, for as long as its wave is the last that was made."""
    if change.address.kind == ATTACHMENTS:
        return replace(change, after={"policies": stage.change.after["policies"]}) if stage.change.after else change
    return stage.change
