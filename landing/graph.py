"""The order of changes: what must be done first, and what must not be loosened too early."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from graphlib import TopologicalSorter

from landing.kinds import BY_NAME
from landing.model import Action, Address, Change

GUARDING = ("policy", "attachments", "account")
"""Kinds whose tightening changes come before any loosening one: an account is never less protected on the way."""


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

    def sorter(self) -> TopologicalSorter[Step]:
        """A prepared sorter."""
        sorter = TopologicalSorter({step: self.needs[step] | self.waits[step] for step in self.steps})
        sorter.prepare()
        return sorter


def build(changes: Collection[Change]) -> Graph:
    """The graph of a plan's changes.

    A change comes after what it requires, unless that only loosens. What a change releases is deleted or loosened
    after it. Steps that loosen wait for all that tighten.
    """
    steps: dict[Step, Change] = {}
    first: dict[Address, Step] = {}
    last: dict[Address, Step] = {}
    needs: dict[Step, set[Step]] = defaultdict(set)
    for change in changes:
        stages = BY_NAME[change.address.kind].stages(change)
        for number, stage in enumerate(stages):
            step = Step(change.address, number)
            steps[step] = stage
            if number:
                needs[step].add(Step(change.address, number - 1))
        first[change.address] = Step(change.address, 0)
        last[change.address] = Step(change.address, len(stages) - 1)
    for change in changes:
        if change.action is not Action.DELETE:
            for address in change.requires:
                if address in first and not _removes(steps[first[address]]):
                    needs[first[change.address]].add(first[address])
        for address in change.releases:
            if address in last and _removes(steps[last[address]]):
                needs[last[address]].add(last[change.address])
    for step in steps:
        needs[step].discard(step)
    return Graph(steps, {step: needs[step] for step in steps}, _waits(steps))


def _removes(change: Change) -> bool:
    return change.action is Action.DELETE or BY_NAME[change.address.kind].loosens(change)


def _waits(steps: dict[Step, Change]) -> dict[Step, set[Step]]:
    by_kind: dict[str, list[Step]] = defaultdict(list)
    for step in steps:
        by_kind[step.address.kind].append(step)
    tightening = [step for kind in GUARDING for step in by_kind[kind] if not _removes(steps[step])]
    waits: dict[Step, set[Step]] = {}
    for step, change in steps.items():
        kind = BY_NAME[step.address.kind]
        others: Iterable[Step] = [other for name in kind.waits_for for other in by_kind[name]]
        if kind.loosens(change):
            others = [*others, *tightening]
        waits[step] = {other for other in others if other != step}
    return waits
