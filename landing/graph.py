"""The order of changes: what must be done first, and what must not be loosened too early."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from graphlib import TopologicalSorter
from itertools import pairwise

from landing.kinds import BY_NAME
from landing.model import Action, Address, Change
from landing.phases import Known, Phase, Stage, stages_of

NOTHING_KNOWN = Known()


@dataclass(frozen=True, slots=True)
class Step:
    """One stage of one change."""

    address: Address
    stage: int


@dataclass(frozen=True)
class Graph:
    """Steps, what each must have succeeded before it (`needs`), and what must merely have settled (`waits`)."""

    steps: dict[Step, Change]
    needs: dict[Step, set[Step]]
    waits: dict[Step, set[Step]]
    phases: dict[Step, Phase | None]

    def sorter(self) -> TopologicalSorter[Step]:
        """A prepared sorter."""
        sorter = TopologicalSorter({step: self.needs[step] | self.waits[step] for step in self.steps})
        sorter.prepare()
        return sorter

    def order(self) -> Iterator[Step]:
        """The steps in an order that the graph allows, always the same."""
        sorter = self.sorter()
        while sorter.is_active():
            ready = sorted(sorter.get_ready(), key=lambda step: (step.address, step.stage))
            yield from ready
            sorter.done(*ready)


def build(changes: Collection[Change], known: Known = NOTHING_KNOWN) -> Graph:
    """The graph of a plan's changes.

    A change comes after what it requires, unless that only loosens. What a change releases is deleted or loosened
    after it. Stages of guardrails wait for all those of earlier phases, and from the first that lets anything through
    they are made one after the other, in the order in which they were checked.
    """
    stages = stages_of(changes, known)
    steps = {Step(address, n): stage.change for address, found in stages.items() for n, stage in enumerate(found)}
    phases = {Step(address, n): stage.phase for address, found in stages.items() for n, stage in enumerate(found)}
    needs: dict[Step, set[Step]] = {step: set() for step in steps}
    for step in steps:
        if step.stage:
            needs[step].add(Step(step.address, step.stage - 1))
    for change in changes:
        found = stages[change.address]
        for number, stage in enumerate(found):
            if change.action is not Action.DELETE:
                required = (_ready(address, stages, stage.phase) for address in change.requires)
                needs[Step(change.address, number)].update(step for step in required if step)
        for address in change.releases:
            last = Step(address, len(stages.get(address, ())) - 1)
            if last in steps and _removes(stages[address][-1]):
                needs[last].add(Step(change.address, len(found) - 1))
    for step in steps:
        needs[step].discard(step)
    graph = Graph(steps, needs, _waits(steps, phases), phases)
    releasing = [step for step in graph.order() if (phases[step] or Phase.TIGHTEN) > Phase.TIGHTEN]
    for earlier, later in pairwise(releasing):
        graph.waits[later].add(earlier)
    return graph


def _ready(address: Address, stages: dict[Address, tuple[Stage, ...]], phase: Phase | None) -> Step | None:
    """The last step of what is required that adds to it and does not come in a later phase."""
    limit = min(phase or Phase.SPREAD, Phase.SPREAD)
    fitting = [
        number
        for number, stage in enumerate(stages.get(address, ()))
        if stage.change.action is not Action.DELETE and (stage.phase or Phase.TIGHTEN) <= limit
    ]
    return Step(address, fitting[-1]) if fitting else None


def _removes(stage: Stage) -> bool:
    return stage.change.action is Action.DELETE or stage.phase is Phase.LOOSEN


def _waits(steps: dict[Step, Change], phases: dict[Step, Phase | None]) -> dict[Step, set[Step]]:
    by_kind: dict[str, list[Step]] = defaultdict(list)
    for step in steps:
        by_kind[step.address.kind].append(step)
    guarding = [(step, phase) for step, phase in phases.items() if phase is not None]
    waits: dict[Step, set[Step]] = {}
    for step in steps:
        own = phases[step]
        others = {other for name in BY_NAME[step.address.kind].waits_for for other in by_kind[name]}
        if own is not None:
            others |= {other for other, phase in guarding if phase < own}
        waits[step] = others - {step}
    return waits
