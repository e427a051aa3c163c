"""Which statements live in which policy: few policies, each within its size, and the same ones as the last time.

A packing is policies by number. What was in a policy stays there; what is new goes to the first policy with room.
A policy that loses something gains nothing in the same packing, unless the slots leave no other: policies that gain
are written before those that lose, so that no statement is left out on the way.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from landing.policy.limits import compact
from landing.policy.merge import Piece, document, merge, refused

Bins = dict[int, list[Piece]]
Group = list[Piece]


@dataclass(frozen=True, slots=True)
class Room:
    """`size` is in characters of a policy; `policies` is how many there may be, with one slot more kept free."""

    size: int
    policies: int


@dataclass(frozen=True, slots=True)
class Packing:
    """Pieces by the number of their policy, and the ids of those that no proof allows to be merged."""

    bins: Mapping[int, tuple[Piece, ...]]
    apart: frozenset[tuple[str, int]] = frozenset()


def pack(
    guardrails: Mapping[str, Sequence[Piece]],
    room: Room,
    policy_type: str,
    previous: Mapping[int, Sequence[str]] | None = None,
    *,
    repack: bool = False,
) -> Packing:
    """The packing of some guardrails.

    `previous` has the entries (see `entries`) of each policy as it was; with `repack` they need not stay, if fewer
    policies do. A guardrail is split between policies only where that saves one, or where none is left for it.
    There are more policies than the room has when nothing else helps. Merges that the prover does not confirm are
    not made.
    """
    apart: frozenset[tuple[str, int]] = frozenset()
    while True:
        packer = _Packer({key: list(guardrails[key]) for key in sorted(guardrails)}, room, apart)
        current = packer.extended(previous) if previous else packer.fresh()
        bins = packer.repacked(current) if previous and repack else current
        bins = {number: sorted(pieces, key=lambda piece: piece.id) for number, pieces in bins.items() if pieces}
        wrong = frozenset[tuple[str, int]]().union(
            *(refused(merge(pieces, apart), policy_type) for pieces in bins.values())
        )
        if not wrong:
            return Packing({number: tuple(pieces) for number, pieces in sorted(bins.items())}, apart)
        apart |= wrong


def entries(pieces: Iterable[Piece], guardrails: Mapping[str, Sequence[Piece]]) -> tuple[str, ...]:
    """What a policy holds: a guardrail's key when all of it is there, else `KEY:NUMBER` for each statement."""
    held: dict[str, list[int]] = {}
    for piece in pieces:
        held.setdefault(piece.guardrail, []).append(piece.number)
    found: list[str] = []
    for key, numbers in sorted(held.items()):
        whole = len(numbers) == len(guardrails[key])
        found += [key] if whole else [f"{key}:{number}" for number in sorted(numbers)]
    return tuple(found)


@dataclass
class _Packer:
    guardrails: Mapping[str, Group]
    room: Room
    apart: frozenset[tuple[str, int]]
    closed: set[int] = field(default_factory=set)
    """Policies that lose something: while there are others, nothing comes in until they are written."""

    def size(self, pieces: Iterable[Piece]) -> int:
        ordered = sorted(pieces, key=lambda piece: piece.id)
        return len(compact(document(merge(ordered, self.apart))))

    def fits(self, pieces: Iterable[Piece]) -> bool:
        return self.size(pieces) <= self.room.size

    def fresh(self) -> Bins:
        """First fit, largest first: by guardrails, or by statements if that needs fewer policies."""
        whole: Bins = {}
        self._place(self.guardrails.values(), whole)
        single: Bins = {}
        self._place(([piece] for group in self.guardrails.values() for piece in group), single)
        return single if len(single) < len(whole) else whole

    def extended(self, previous: Mapping[int, Sequence[str]]) -> Bins:
        """What was there stays; what has outgrown its policy, or is new, goes to the first policy with room."""
        bins: Bins = {}
        taken: set[tuple[str, int]] = set()
        for number in sorted(previous):
            pieces = [piece for entry in previous[number] for piece in self._pieces(entry) if piece.id not in taken]
            while pieces and not self.fits(pieces):
                last = pieces[-1].guardrail
                pieces = [piece for piece in pieces if piece.guardrail != last]
                self.closed.add(number)
            if any(not self._pieces(entry) for entry in previous[number]):
                self.closed.add(number)
            bins[number] = pieces
            taken |= {piece.id for piece in pieces}
        left = ([piece for piece in group if piece.id not in taken] for group in self.guardrails.values())
        self._place((group for group in left if group), bins)
        return bins

    def repacked(self, current: Bins) -> Bins:
        """A fresh packing in new policies if there are slots for old and new; else smaller ones join others."""
        used = {number: pieces for number, pieces in current.items() if pieces}
        fresh = self.fresh()
        if len(fresh) >= len(used):
            return current
        if len(fresh) + len(used) <= self.room.policies + 1:
            free = (number for number in range(1, 10**6) if number not in current)
            return {**{number: [] for number in current}, **{next(free): pieces for pieces in fresh.values()}}
        for number in sorted(used, key=lambda number: self.size(used[number])):
            others = {other: list(pieces) for other, pieces in used.items() if other != number}
            if others and all(self._joined(group, others) for group in self._groups(used[number])):
                used = others
        return used

    def _pieces(self, entry: str) -> Group:
        key, _, number = entry.partition(":")
        group = self.guardrails.get(key, [])
        return group if not number else [piece for piece in group if str(piece.number) == number]

    def _groups(self, pieces: Iterable[Piece]) -> list[Group]:
        found: dict[str, Group] = {}
        for piece in pieces:
            found.setdefault(piece.guardrail, []).append(piece)
        return list(found.values())

    def _place(self, groups: Iterable[Group], bins: Bins) -> None:
        for group in sorted(groups, key=lambda group: (-self.size(group), group[0].id)):
            if self._joined(group, bins):
                continue
            full = sum(map(bool, bins.values())) >= self.room.policies
            if len(group) > 1 and full:
                self._place(([piece] for piece in group), bins)
            elif full and self._joined(group, bins, closed=True):
                continue
            else:
                bins[next(number for number in range(1, 10**6) if number not in bins)] = list(group)

    def _joined(self, group: Group, bins: Bins, *, closed: bool = False) -> bool:
        """Whether it went to the first policy with room."""
        for number in sorted(bins):
            if (closed or number not in self.closed) and self.fits(bins[number] + group):
                bins[number].extend(group)
                return True
        return False
