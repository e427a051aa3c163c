"""Changes of guardrails in stages, and when each may be made: what blocks more first, what lets more through last.

A request that is blocked before all changes and after them is to be blocked all the while. Once all that tightens is
done, everything blocks at least what it blocked before and what it will block; then what does both at once, and last
what loosens.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum, IntEnum, auto

from landing.aws import FULL_ACCESS
from landing.core.model import Action, Address, Attributes, Change
from landing.organization import Organization, resources
from landing.organization.resources import ACCOUNT, ATTACHMENTS, BEST_EFFORT, POLICY, moves, policies_of
from landing.policy.direction import Document, Turn, allows, between, denies, turn_of
from landing.services.base import Kinds
from landing.services.registry import KINDS


class Phase(IntEnum):
    """When a stage comes; all stages of one phase before the next phase begins."""

    TIGHTEN = auto()
    """It blocks more and lets nothing more through."""

    SWITCH = auto()
    """It does both at once: an account moves, a list of what is allowed takes the place of another."""

    RELEASE = auto()
    """A policy that is to be attached elsewhere lets more through: its old text would block too much there."""

    SPREAD = auto()
    """Such a policy is attached; a new account leaves quarantine."""

    LOOSEN = auto()
    """It lets more through."""


@dataclass(frozen=True, slots=True)
class Stage:
    """A step of a change; without a phase it bears on no request that anybody could make before."""

    change: Change
    phase: Phase | None = None
    renames: bool = False
    """Whether it only gives a temporary name, for which nothing need be there before."""


@dataclass(frozen=True, slots=True)
class Known:
    """What the config says that changes do not: the documents of policies, and accounts with FullAWSAccess."""

    documents: Mapping[str, Document] = field(default_factory=dict)
    with_full_access: Collection[str] = ()
    kinds: Kinds = KINDS

    @classmethod
    def of(cls, organization: Organization, kinds: Kinds = KINDS) -> Known:
        """What a config says."""
        policies = {**organization.guardrails, **organization.policies}
        documents = {key: policy.document for key, policy in policies.items()}
        return cls(
            documents,
            frozenset(key for key in organization.accounts if organization.full_access(f"account/{key}")),
            kinds,
        )


def stages_of(changes: Iterable[Change], known: Known) -> dict[Address, tuple[Stage, ...]]:
    """The stages of each change."""
    found = list(changes)
    context = _Context(found, known)
    return {change.address: context.stages(change) for change in found}


def opened(changes: Iterable[Change], known: Known) -> dict[Address, set[str]]:
    """Where the list of what is allowed at a node becomes wider, or another: the policies with an Allow that come."""
    found = list(changes)
    context = _Context(found, known)
    each = {change.address: context.opening(change) for change in found if change.address.kind == ATTACHMENTS}
    return {address: names for address, names in each.items() if names}


class _Shape(Enum):
    """What becomes of the list of what is allowed at a node: the SCPs with an Allow, FullAWSAccess the widest."""

    SAME = auto()
    NARROWS = auto()
    WIDENS = auto()
    SWAPS = auto()


class _Context:
    """What the stages of a change depend on in the other changes."""

    def __init__(self, changes: list[Change], known: Known) -> None:
        self.known = known
        self.new_accounts = {c.address.name for c in changes if c.address.kind == ACCOUNT and c.before is None}
        attached = [c for c in changes if c.address.kind == ATTACHMENTS]
        self.spreading = {name for c in attached for name in policies_of(c.after) - policies_of(c.before)}
        policies = [c for c in changes if c.address.kind == POLICY]
        texts = [(c.address.name, side["content"]) for c in policies for side in (c.before, c.after) if side]
        texts += [(name, document) for name, document in known.documents.items()]
        self.allowing = {FULL_ACCESS, *(name for name, text in texts if allows(text))}
        self.denying = {name for name, text in texts if denies(text)}
        self.turns = {c.address.name: turn_of(c.before["content"], c.after["content"], c.after["type"])
                      for c in policies if c.before and c.after}  # fmt: skip
        switches = [turn is Turn.BOTH for turn in self.turns.values()]
        switches += [moves(c) for c in changes]
        switches += [self._shape(c) is _Shape.SWAPS for c in attached]
        self.alone = sum(switches) < 2
        self.late = {name for name, turn in self.turns.items() if turn in (Turn.LOOSENS, Turn.BOTH)}

    def stages(self, change: Change) -> tuple[Stage, ...]:
        """The stages of a change, in their order."""
        match change.address.kind:
            case resources.POLICY:
                return tuple(self._policy(change))
            case resources.ATTACHMENTS:
                return tuple(self._attachments(change))
            case resources.ACCOUNT if moves(change):
                return (Stage(change, Phase.SWITCH),)
            case resources.RELEASE if moves(change):  # behind stack sets, which wait for accounts, and these for SPREAD
                return (Stage(change, Phase.SPREAD),)
        return (Stage(change),)

    def _policy(self, change: Change) -> Iterator[Stage]:
        name = change.address.name
        if change.action is not Action.UPDATE:
            yield Stage(change, Phase.LOOSEN if change.action is Action.DELETE else None)
            return
        last = Phase.RELEASE if name in self.spreading else Phase.LOOSEN
        match self.turns[name]:
            case Turn.NOTHING:
                yield Stage(change)
            case Turn.TIGHTENS:
                yield Stage(change, Phase.TIGHTEN)
            case Turn.LOOSENS:
                yield Stage(change, last)
            case Turn.BOTH:
                assert change.before is not None
                assert change.after is not None
                # By itself it can change at once; beside others that do, what it stops blocking must wait for them.
                both = None if self.alone else between(
                    change.before["content"], change.after["content"], change.after["type"]
                )  # fmt: skip
                if both is None:
                    yield Stage(change, Phase.SWITCH)
                else:
                    yield Stage(replace(change, after={**change.after, "content": both}), Phase.TIGHTEN)
                    yield Stage(change, last)

    def _attachments(self, change: Change) -> Iterator[Stage]:
        kind, _, key = change.address.name.partition("/")
        if kind == "account" and key in self.new_accounts:
            yield Stage(change)
            return
        if change.action is Action.DELETE:
            yield Stage(change, Phase.LOOSEN)
            return
        target, end = policies_of(change.before), policies_of(change.after)
        steps: list[tuple[set[str], Phase]] = []
        for goal, phase in self._goals(change):
            if goal != target:
                steps.append((goal, phase))
                target = goal
        if not steps:
            yield Stage(change)
            return
        assert target == end
        for goal, phase in steps[:-1]:
            after: Attributes = {"policies": sorted(goal), BEST_EFFORT: True}
            yield Stage(replace(change, after=after), phase)
        yield Stage(change, steps[-1][1])

    def _goals(self, change: Change) -> Iterator[tuple[set[str], Phase]]:
        """What is to be attached at the end of each phase."""
        before, after = policies_of(change.before), policies_of(change.after)
        come, gone, shape = after - before, before - after, self._shape(change)
        opening = self.opening(change)
        now = before | (come - self.late - opening)
        yield now, Phase.TIGHTEN
        if shape is _Shape.NARROWS and now & after & self.allowing:
            now = now - (gone & self.allowing - self.denying)
            yield now, Phase.TIGHTEN
        if shape is _Shape.SWAPS and opening - self.late:
            now = (now | (opening - self.late)) - (gone & self.allowing)
            yield now, Phase.SWITCH
        now = now | (come - opening)
        yield now, Phase.SPREAD
        yield after, Phase.LOOSEN

    def opening(self, change: Change) -> set[str]:
        """The policies with an Allow that come, if they let more through at this node."""
        come = policies_of(change.after) - policies_of(change.before)
        return come & self.allowing if self._shape(change) in (_Shape.WIDENS, _Shape.SWAPS) else set()

    def _shape(self, change: Change) -> _Shape:
        kind, _, key = change.address.name.partition("/")
        before, after = (policies_of(side) & self.allowing for side in (change.before, change.after))
        # FullAWSAccess is there and goes unsaid, unless an Allow stands beside it.
        covered = kind == "account" and key in self.known.with_full_access and FULL_ACCESS not in before ^ after
        if covered or before == after or not change.before or not change.after or FULL_ACCESS in before & after:
            return _Shape.SAME
        if FULL_ACCESS in before or (after and after < before):
            return _Shape.NARROWS
        return _Shape.WIDENS if FULL_ACCESS in after or before < after else _Shape.SWAPS
