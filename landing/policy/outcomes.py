"""Requests that one set of policies lets through, or blocks, or both of two: as constraints on a search."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

from landing.policy.cases import Case, Hit
from landing.policy.evaluation import CompiledLevels
from landing.policy.search import Constraint


@dataclass(frozen=True, slots=True)
class Side:
    """The statements of one set of policies that a case hits, and the levels where it needs an Allow."""

    hits: tuple[Hit, ...]
    levels: range

    @classmethod
    def of(cls, case: Case, policies: CompiledLevels) -> "Side":
        """The side of a set of policies in a case."""
        levels = range(len(policies.rules)) if policies.needs_allow else range(0)
        return cls(tuple(hit for hit in case.hits if id(hit.rule) in policies.own), levels)

    def denies(self, *, doubtful: bool) -> list[Hit]:
        """The Deny statements, those that may be one included or not."""
        if doubtful:
            return [hit for hit in self.hits if hit.rule.effect != "Allow"]
        return [hit for hit in self.hits if hit.rule.effect == "Deny" and hit.certain]

    def allows(self, level: int, *, doubtful: bool) -> list[Hit]:
        """The Allow statements of a level, those that may be one included or not."""
        here = [hit for hit in self.hits if hit.rule.place.level == level]
        if doubtful:
            return [hit for hit in here if hit.rule.effect != "Deny"]
        return [hit for hit in here if hit.rule.effect == "Allow" and hit.certain]


@dataclass(frozen=True, slots=True)
class Block:
    """One way for a request to be blocked: a Deny that applies, or else a level whose Allows all fail."""

    deny: Hit | None
    allows: tuple[Hit, ...] = ()

    def constraints(self, case: Case, *, certain: bool) -> list[Constraint]:
        """What is asked of a request that is blocked in this way: surely, or perhaps."""
        if self.deny is not None:
            return [[case.applies(self.deny, certain=certain)]]
        return [case.fails(hit, certain=certain) for hit in self.allows]


def meeting(case: Case, *, passes: Sequence[Side], blocks: Sequence[Side], certain: bool) -> dict[str, Any] | None:
    """A request of a case that some sides let through and all the others block: surely, or perhaps.

    Raises `TooManyError` when it cannot be told.
    """
    ways = [list(_blocks(side, passes, certain=certain)) for side in blocks]
    for chosen in product(*ways):

        def constraints(chosen: tuple[Block, ...] = chosen) -> list[Constraint]:
            found = [part for side in passes for part in _passing(case, side, certain=certain)]
            return found + [part for block in chosen for part in block.constraints(case, certain=certain)]

        request = case.search(constraints)
        if request is not None:
            return request
    return None


def _passing(case: Case, side: Side, *, certain: bool) -> list[Constraint]:
    found: list[Constraint] = [case.fails(hit, certain=certain) for hit in side.denies(doubtful=certain)]
    allowing = (side.allows(level, doubtful=not certain) for level in side.levels)
    found += ([case.applies(hit, certain=certain) for hit in allows] for allows in allowing)
    return found


def _blocks(side: Side, passes: Sequence[Side], *, certain: bool) -> Iterator[Block]:
    """The ways to be blocked, but for those that what passes the other sides cannot meet."""
    for hit in side.denies(doubtful=not certain):
        if not any(_fails_for(hit, other) for other in passes):
            yield Block(hit)
    for level in side.levels:
        allows = tuple(side.allows(level, doubtful=certain))
        if not any(_holds_for(allows, other) for other in passes):
            yield Block(None, allows)


def _fails_for(deny: Hit, passes: Side) -> bool:
    """Whether a Deny applies to nothing that passes a side, as the side has it itself."""
    own = (hit.rule.meaning for hit in passes.denies(doubtful=False))
    return deny.certain and deny.rule.meaning in own


def _holds_for(allows: Sequence[Hit], passes: Side) -> bool:
    """Whether one of some Allows applies to all that passes a side, as a level of the side has no others."""
    sure = {hit.rule.meaning for hit in allows if hit.certain}
    return any(
        all(hit.certain and hit.rule.meaning in sure for hit in passes.allows(level, doubtful=True))
        for level in passes.levels
    )
