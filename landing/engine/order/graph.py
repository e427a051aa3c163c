"""The order of changes: what must be done first, and what must not be loosened too early."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise

from landing.core.model import Action, Address, Attributes, Change, UniqueName
from landing.engine.order.phases import Known, Phase, Stage, stages_of
from landing.engine.order.unique_names import givers, names_of, to_temporary
from landing.organization.resources import ATTACHMENTS, POLICY, moves
from landing.services.base import Kinds

NOTHING_KNOWN = Known()


@dataclass(frozen=True, slots=True)
class Step:
    """One stage of one change."""

    address: Address
    stage: int


@dataclass(frozen=True)
class Graph:
    """Steps, what each must have succeeded before it (`needs`), and what must merely have settled (`waits`).

    In `waits` there are barriers besides, which are no steps: they are done as soon as it is their turn. One that has
    needs has failed as soon as one of these has.
    """

    steps: dict[Step, Change]
    needs: dict[Step, set[Step]]
    waits: dict[Step, set[Step]]
    phases: dict[Step, Phase | None]

    def sorter(self) -> TopologicalSorter[Step]:
        """A prepared sorter."""
        sorter = TopologicalSorter({step: self.needs.get(step, set()) | waits for step, waits in self.waits.items()})
        sorter.prepare()
        return sorter

    def order(self) -> Iterator[Step]:
        """The steps in an order that the graph allows, always the same."""
        sorter = self.sorter()
        while sorter.is_active():
            ready = sorted(sorter.get_ready(), key=_sort_key)
            yield from (step for step in ready if step in self.steps)
            sorter.done(*ready)


def build(changes: Collection[Change], known: Known = NOTHING_KNOWN) -> Graph:
    """The graph of a plan's changes.

    A change comes after what it requires, unless that only loosens. What a change releases is deleted or loosened
    after it. Stages of guardrails wait for all those of earlier phases, and from the first that lets anything through
    they are made one after the other, in the order in which they were checked. No text of a policy is loosened before
    all that tightens has been done: what one policy does not block any more another may have begun to. Nor is an
    account moved that does not require what is attached where it goes.

    Who takes a name comes after who gives it up. Where that goes round in a circle, one of them (always the same) gets
    a temporary name first, in a stage of its own.
    """
    stages = stages_of(changes, known)
    given_by = givers(known.kinds, changes)
    graph, after_givers = _build(changes, stages, given_by, known.kinds)
    while (address := _to_rename(graph, after_givers, stages)) is not None:
        temporary = to_temporary(known.kinds, stages[address][0].change)
        assert temporary is not None
        stages[address] = (Stage(temporary, renames=True), *stages[address])
        graph, after_givers = _build(changes, stages, given_by, known.kinds)
    releasing = [step for step in graph.order() if (graph.phases[step] or Phase.TIGHTEN) > Phase.TIGHTEN]
    for earlier, later in pairwise(releasing):
        graph.waits[later].add(earlier)
    return graph


def halfway(changes: Collection[Change], known: Known = NOTHING_KNOWN) -> dict[Address, list[Attributes | None]]:
    """What a run that is cut off may leave, where a change is made in stages."""
    found: dict[Address, list[Attributes | None]] = defaultdict(list)
    for step, change in build(changes, known).steps.items():
        found[step.address].append(change.after)
    return {address: sides[:-1] for address, sides in found.items()}


def temporary_names(changes: Collection[Change], known: Known = NOTHING_KNOWN) -> dict[Address, frozenset[UniqueName]]:
    """The names that resources have for a while, because others take theirs first."""
    if not givers(known.kinds, changes):
        return {}
    steps, found = build(changes, known).steps, {}
    for change in changes:
        temporary = to_temporary(known.kinds, change)
        if temporary is not None and steps[Step(change.address, 0)] == temporary:
            found[change.address] = names_of(known.kinds, change.address, temporary.after) - names_of(
                known.kinds, change.address, change.before
            )
    return found


def _build(
    changes: Collection[Change],
    stages: Mapping[Address, tuple[Stage, ...]],
    given_by: Mapping[Address, set[Address]],
    kinds: Kinds,
) -> tuple[Graph, dict[Step, set[Step]]]:
    """The graph of these stages, and of its edges those that lead from who takes a name to who gives it up."""
    steps = {Step(address, n): stage.change for address, found in stages.items() for n, stage in enumerate(found)}
    phases = {Step(address, n): stage.phase for address, found in stages.items() for n, stage in enumerate(found)}
    needs: dict[Step, set[Step]] = {step: set() for step in steps}
    for step in steps:
        if step.stage:
            needs[step].add(Step(step.address, step.stage - 1))
    for change in changes:
        found = stages[change.address]
        for number, stage in enumerate(found):
            if change.action is not Action.DELETE and not stage.renames:
                required = (_ready(address, stages, _limit(stage)) for address in change.requires)
                needs[Step(change.address, number)].update(step for step in required if step)
        for address in change.releases:
            last = Step(address, len(stages.get(address, ())) - 1)
            if last in steps and _removes(stages[address][-1]):
                needs[last].add(Step(change.address, len(found) - 1))
    after_givers: dict[Step, set[Step]] = defaultdict(set)
    for taker, others in given_by.items():
        for giver in others:
            taking, giving = _exchange(kinds, stages[taker], stages[giver])
            after_givers[Step(taker, taking)].add(Step(giver, giving))
    for step, earlier in after_givers.items():
        needs[step] |= earlier
    for step in steps:
        needs[step].discard(step)
    return Graph(
        steps, needs, _waits(steps, phases, kinds) | _tighten_first(steps, needs, phases), phases
    ), after_givers


def _exchange(kinds: Kinds, taker: Sequence[Stage], giver: Sequence[Stage]) -> tuple[int, int]:
    """The first stages after which the one has a name that the other had, and the other has it no more."""
    had = names_of(kinds, giver[0].change.address, giver[0].change.before)
    sides = [names_of(kinds, stage.change.address, stage.change.after) for stage in taker]
    wanted = (sides[-1] - names_of(kinds, taker[0].change.address, taker[0].change.before)) & had
    left = [names_of(kinds, stage.change.address, stage.change.after) for stage in giver]
    return (
        next(number for number, names in enumerate(sides) if names & wanted),
        next(number for number, names in enumerate(left) if not names & wanted),
    )


def _to_rename(
    graph: Graph, after_givers: Mapping[Step, set[Step]], stages: Mapping[Address, tuple[Stage, ...]]
) -> Address | None:
    """Whose temporary name opens a circle of the graph; None when it has none. Raises CycleError if no name does."""
    try:
        graph.sorter()
    except CycleError:
        # Sets have another order in each process; what is found must not.
        sorter: TopologicalSorter[Step] = TopologicalSorter()
        for step in sorted(graph.waits, key=_sort_key):
            sorter.add(step, *sorted(graph.needs.get(step, set()) | graph.waits[step], key=_sort_key))
        try:
            sorter.prepare()
        except CycleError as error:
            around: list[Step] = error.args[1]
            named = {earlier.address for earlier, later in pairwise(around) if earlier in after_givers.get(later, ())}
            able = sorted(address for address in named if not stages[address][0].renames)
            if not able:
                raise
            return able[0]
    return None


def _sort_key(step: Step) -> tuple[Address, int]:
    return step.address, step.stage


def _limit(stage: Stage) -> Phase:
    """The last phase that a stage can wait for what it requires.

    A policy that bears on nothing yet is attached by what tightens: an account in its text has its id before it moves.
    """
    if stage.phase is None and stage.change.address.kind == POLICY:
        return Phase.TIGHTEN
    return min(stage.phase or Phase.SPREAD, Phase.SPREAD)


def _ready(address: Address, stages: Mapping[Address, tuple[Stage, ...]], limit: Phase) -> Step | None:
    """The last step of what is required that adds to it and does not come in a later phase."""
    fitting = [
        number
        for number, stage in enumerate(stages.get(address, ()))
        if stage.change.action is not Action.DELETE and (stage.phase or Phase.TIGHTEN) <= limit
    ]
    return Step(address, fitting[-1]) if fitting else None


def _removes(stage: Stage) -> bool:
    return stage.change.action is Action.DELETE or stage.phase is Phase.LOOSEN


TIGHTENED = Step(Address("", "tightened"), 0)
"""The barrier behind all that tightens."""


def _tighten_first(
    steps: Mapping[Step, Change], needs: dict[Step, set[Step]], phases: Mapping[Step, Phase | None]
) -> dict[Step, set[Step]]:
    """Have each step that loosens a text need all that tightens; the barrier, with what it waits for besides.

    So does an account that moves and does not require what is attached where it goes.
    """
    tightening = {step for step, phase in phases.items() if phase is Phase.TIGHTEN}
    late = [step for step, phase in phases.items() if (phase or 0) > Phase.TIGHTEN]
    loosening = [step for step in late if step.address.kind == POLICY or _hurries(steps[step])]
    if not (tightening and loosening):
        return {}
    needs[TIGHTENED] = tightening
    for step in loosening:
        needs[step].add(TIGHTENED)
    return {TIGHTENED: set()}


def _hurries(change: Change) -> bool:
    return moves(change) and not any(required.kind == ATTACHMENTS for required in change.requires)


def _waits(steps: dict[Step, Change], phases: dict[Step, Phase | None], kinds: Kinds) -> dict[Step, set[Step]]:
    """What must have settled before each step, and before each barrier.

    Barriers stand for many steps: 10,000 that wait for 10,000 others need 20,000 edges, not 100 million.
    """
    waits: dict[Step, set[Step]] = defaultdict(set)
    awaited = {name for step in steps for name in kinds[step.address.kind].waits_for}
    for step in steps:
        if step.address.kind in awaited:
            waits[_all_of(step.address.kind)].add(step)
    guarding = sorted({phase for phase in phases.values() if phase is not None})
    for earlier, later in pairwise(guarding):
        waits[_before(later)] |= {step for step, phase in phases.items() if phase is earlier}
        if _before(earlier) in waits:
            waits[_before(later)].add(_before(earlier))
    for step in steps:
        barriers = [_all_of(name) for name in kinds[step.address.kind].waits_for]
        own = phases[step]
        barriers += [_before(own)] if own is not None else []
        waits[step] |= {barrier for barrier in barriers if barrier in waits}
    return dict(waits)


def _all_of(kind: str) -> Step:
    """The barrier behind every step of a kind."""
    return Step(Address("", kind), 0)


def _before(phase: Phase) -> Step:
    """The barrier before a phase."""
    return Step(Address("", phase.name), 0)
