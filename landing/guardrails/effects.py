"""What the changes of a plan do to requests: which actions become denied or permitted, where, with an example.

Said of a change is what it does in the end, with all others made: a policy at every node it is attached to, what is
attached to a node (with the packs there, as guardrails go from one to another), an account that moves. Accounts are
told apart by what hangs on their way from the root, as long as these ways are few.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import NamedTuple, TypeVar

from landing.core import references
from landing.core.model import Address, Attributes, Change, Resource
from landing.guardrails.effect_text import (
    ChangedSetting,
    Said,
    below,
    in_brief,
    outcomes,
    said,
    sentences,
    settings_between,
    told_settings,
)
from landing.guardrails.in_force import Documents, State, ids_for, levels, made_up, nodes_to, parents_of, requests_at
from landing.organization import ROOT, Organization
from landing.organization.resources import ATTACHMENTS, POLICY, moves
from landing.policy import RCP, SCP, Budget, Comparison, Compiled, Effect, OverBudgetError
from landing.policy.testing.suite import Levels

T = TypeVar("T")

WORK = 40_000
"""How many groups of actions are looked at in a plan, over all changes and ways: some seconds of work."""

NOT_WORKED_OUT = (
    "what this does to requests is not worked out, as the plan changes too much at once: "
    "plan it with --target, or ask `landing can`"
)

WAYS = 12
"""How many different ways from the root to accounts are compared in full; of more, what changes on them."""


def effects(
    organization: Organization,
    live: Mapping[Address, Resource],
    changes: Iterable[Change],
    account_ids: Mapping[str, str],
    budget: int = WORK,
) -> Effects:
    """What each change of a policy, an attachment or an account's unit does that has an effect.

    `account_ids` by key, as far as the accounts are there. Beyond the `budget`, `NOT_WORKED_OUT`.
    """
    found = list(changes)
    study = _Study(organization, live, found, account_ids, budget)
    each = {change.address: study.told_of(change) for change in found}
    told = {address: said for address, said in each.items() if said}
    whole = {address: study.texts(sentences(said)) for address, said in told.items()}
    brief = {
        address: study.texts(in_brief(said, examples=study.reaches_somebody(address))) for address, said in told.items()
    }
    return Effects(whole, {address: texts for address, texts in brief.items() if texts != whole[address]})


class Effects(NamedTuple):
    """Sentences about changes, by address; `in_brief` for those of which a few say as much, but for numbers.

    Of what is attached above accounts that the plan creates alone, no requests are examples in brief: nobody is there.
    """

    sentences: dict[Address, tuple[str, ...]]
    in_brief: dict[Address, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class _Part:
    """What one change makes of the state: what is attached to nodes, and policies; or the account moves."""

    attached: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    policies: Mapping[str, Attributes] = field(default_factory=dict)
    moves: bool = False


@dataclass(frozen=True, slots=True)
class _Way:
    """The nodes from the root to an account, before the plan and after."""

    account: str
    before: tuple[str, ...]
    after: tuple[str, ...]

    def only(self, kept: Collection[str]) -> _Way:
        """Without the nodes that are not to be looked at."""
        before, after = (tuple(node for node in way if node in kept) for way in (self.before, self.after))
        return _Way(self.account, before, after)


class _Study:
    def __init__(
        self,
        organization: Organization,
        live: Mapping[Address, Resource],
        changes: Iterable[Change],
        account_ids: Mapping[str, str],
        budget: int,
    ) -> None:
        self.organization = organization
        self.parents = parents_of(organization, live)
        ids, self.account_ids = ids_for(organization, account_ids)
        self.made_up = made_up(organization, account_ids)
        self.documents, self.compiled, self.budget = Documents(ids), Compiled(), Budget(budget)
        self._comparisons: dict[tuple[_Way, str], tuple[Comparison, Levels, Levels]] = {}
        state = {address: resource.attributes for address, resource in live.items()}
        self.before = State.of(state)
        self.changed = {change.address: change for change in changes}
        later = {address: change.after for address, change in self.changed.items() if change.after is not None}
        gone = {change.address.name: () for change in self.changed.values() if _detaches(change)}
        after = State.of({**state, **later})
        self.after = replace(after, attached={**after.attached, **gone})
        self._known = {**self.after.policies, **self.before.policies}
        self._planned = {**self.before.policies, **self.after.policies}

    def told_of(self, change: Change) -> tuple[Said, ...]:
        """What one change does, or that it is too much work to find out."""
        try:
            return tuple(self._of(change))
        except OverBudgetError:
            return (NOT_WORKED_OUT,)

    def texts(self, sentences: Iterable[str]) -> tuple[str, ...]:
        """Sentences without the ids that were made up for accounts that are not there yet."""
        return tuple(references.symbolic(sentence, self.made_up) for sentence in sentences)

    def reaches_somebody(self, address: Address) -> bool:
        """Whether what is attached somewhere reaches accounts that are there before the plan; of other changes, yes."""
        return address.kind != ATTACHMENTS or address.name in self._inhabited

    @cached_property
    def _inhabited(self) -> set[str]:
        """The nodes with accounts below that are there before the plan and that policies reach."""
        there = [key for key in self.organization.accounts if key in self.before.units]
        return {node for key in there if key != self.organization.management for node in self._way(key).after}

    def _of(self, change: Change) -> Iterator[Said]:
        """What one change does."""
        kind, name = change.address.kind, change.address.name
        if kind == ATTACHMENTS:
            policies = tuple((change.after or {}).get("policies", ()))
            yield from self._told([name], _Part({name: policies}, self._packs(name)), named=False)
            swapped = {*policies} ^ {*self.before.attached.get(name, ())}
            types = {each["type"] for key in swapped if (each := self._planned.get(key))}
            yield from self._told_settings([name], types, named=False)
        elif kind == POLICY and name in self.organization.packs:
            node = self.organization.packs[name].node
            if Address(ATTACHMENTS, node) not in self.changed and name == min(self._packs(node)):
                yield from self._told([node], _Part({}, self._packs(node)))
        elif kind == POLICY and change.before and change.after and change.before.get("content"):
            nodes = [node for node, attached in sorted(self.before.attached.items()) if name in attached]
            outermost = [node for node in nodes if not self._above(node) & set(nodes)]
            yield from self._told(outermost, _Part({}, {name: change.after}))
            yield from self._told_settings(outermost, {change.after["type"]})
        elif moves(change):
            way = self._way(name)
            for policy_type in (SCP, RCP):
                found = self._effect(way, _Part(moves=True), policy_type)
                yield from outcomes(found, policy_type)
            types = {each["type"] for each in self._planned.values()}
            yield from told_settings(dict.fromkeys(self._settings(way, types), 1), "")

    def _packs(self, node: str) -> dict[str, Attributes]:
        """The packs of a node that change, as they will be: what leaves one may go to another, so they go together."""
        packs = (pack.key for pack in self.organization.packs.values() if pack.node == node)
        return {
            key: after
            for key in packs
            if (change := self.changed.get(Address(POLICY, key))) and (after := change.after)
        }

    def _told(self, nodes: Iterable[str], part: _Part, *, named: bool = True) -> Iterator[Said]:
        """What a change does at nodes of which none is below another: what it does alike is said once, and counted."""
        ways = [(way, number, node) for node in nodes for way, number in self._ways(node)]
        for policy_type in (SCP, RCP):
            found_here = [(self._effect(way, part, policy_type), number, node) for way, number, node in ways]
            places: dict[Hashable, dict[str, None]] = {}
            for found, _, node in found_here:
                places.setdefault(said(found), {})[node] = None
            for found, count in _alike(((found, number) for found, number, _ in found_here), said):
                yield from outcomes(found, policy_type, count, tuple(places[said(found)]) if named else ())

    def _told_settings(self, nodes: Sequence[str], types: Collection[str], *, named: bool = True) -> Iterator[str]:
        """What declarative policies come to set otherwise below nodes, in the management account too."""
        management = self._way(self.organization.management)
        changed = Counter[ChangedSetting]()
        for node in nodes:
            own = [(management, 1)] if node in {*management.before, *management.after} else []
            for way, number in (*self._ways(node), *own):
                changed.update(dict.fromkeys(self._settings(way, types), number))
        yield from told_settings(changed, below(nodes) if named else "")

    def _settings(self, way: _Way, types: Iterable[str]) -> Iterator[ChangedSetting]:
        """What declarative policies of the types come to set otherwise for an account."""
        for policy_type in sorted({*types} - {SCP, RCP}):
            before = self._levels(way.before, policy_type, self.before.attached, self._known)
            after = self._levels(way.after, policy_type, self.after.attached, self._planned)
            yield from settings_between(before, after)

    def _above(self, node: str) -> set[str]:
        """The nodes above a node."""
        kind, _, key = node.partition("/")
        if kind == "account":
            return {*self._way(key).after[:-1]} if key in self.organization.accounts else set()
        return {*self._nodes(key)} - {node} if key else set()

    def _ways(self, node: str) -> list[tuple[_Way, int]]:
        """The ways to the accounts below a node that policies tell apart, with one of the accounts, and how many."""
        ways = [(way, number) for way, number in self._all_ways if node in way.before or node in way.after]
        above = {*self._nodes(node.partition("/")[2])} if node.startswith("unit/") else {ROOT, node}
        found: list[tuple[_Way, int]] = []
        for kept in (self._guarded, {name for name in self._guarded if self._changes(name)}, set[str]()):
            short = ((way.only(kept | above), number) for way, number in ways)
            found = _alike(short, lambda way: (way.before, way.after))
            if len(found) <= WAYS:
                break
        return found

    @cached_property
    def _guarded(self) -> set[str]:
        return set(self.before.attached) | set(self.after.attached)

    @cached_property
    def _all_ways(self) -> list[tuple[_Way, int]]:
        """As `_ways`, to all accounts that are subject to policies; ordinary accounts stand for others."""
        special = {self.organization.log_archive, self.organization.security_tooling}
        keys = sorted(self.organization.accounts, key=lambda key: (key in special, key))
        ways = ((self._way(key), 1) for key in keys if key != self.organization.management)
        return _alike(ways, lambda way: (way.before[:-1], way.after[:-1], frozenset(way.before[-1:]) & self._guarded))

    def _changes(self, node: str) -> bool:
        """Whether something at a node changes: what is attached, or what that says."""
        here = {*self.before.attached.get(node, ()), *self.after.attached.get(node, ())}
        policies = any(Address(POLICY, name) in self.changed for name in here)
        return policies or Address(ATTACHMENTS, node) in self.changed

    def _way(self, key: str) -> _Way:
        """The nodes from the root to an account, before and after."""
        after = self.organization.accounts[key].unit
        before = self.before.units.get(key) or after
        ends = (f"account/{key}",)
        return _Way(key, (*self._nodes(before), *ends), (*self._nodes(after), *ends))

    def _nodes(self, unit: str) -> list[str]:
        return nodes_to(unit, self.parents)

    def _effect(self, way: _Way, part: _Part, policy_type: str) -> Effect:
        """What of the effect on an account is owed to a part of the plan."""
        known, planned = self._known, self._planned
        undone = {name: self.before.policies[name] for name in part.policies if name in self.before.policies}
        taken = {node: self.before.attached.get(node) for node in part.attached}
        others = {**self.after.attached, **taken}
        comparison, before, after = self._comparison(way, policy_type)
        alone = self._levels(
            way.after if part.moves else way.before,
            policy_type,
            {**self.before.attached, **part.attached},
            {**known, **part.policies},
        )
        without = self._levels(way.before if part.moves else way.after, policy_type, others, {**planned, **undone})
        if before in (alone, after) and without == after:
            return Effect((), (), ())
        return comparison.share(alone, without)

    def _comparison(self, way: _Way, policy_type: str) -> tuple[Comparison, Levels, Levels]:
        """What there is on a way before the plan and after it, compared once for all changes."""
        if (way, policy_type) not in self._comparisons:
            before = self._levels(way.before, policy_type, self.before.attached, self._known)
            after = self._levels(way.after, policy_type, self.after.attached, self._planned)
            scope = requests_at(self.account_ids.get(way.account), policy_type)
            comparison = Comparison(
                before, after, scope=scope, policy_type=policy_type, compiled=self.compiled, budget=self.budget
            )
            self._comparisons[way, policy_type] = comparison, before, after
        return self._comparisons[way, policy_type]

    def _levels(
        self,
        way: Iterable[str],
        policy_type: str,
        attached: Mapping[str, tuple[str, ...] | None],
        policies: Mapping[str, Attributes],
    ) -> Levels:
        return levels(
            self.organization, way, attached, policy_type=policy_type, policies=policies, documents=self.documents
        )


def _detaches(change: Change) -> bool:
    return change.address.kind == ATTACHMENTS and change.after is None


def _alike(counted: Iterable[tuple[T, int]], what: Callable[[T], Hashable]) -> list[tuple[T, int]]:
    """The first of those that are alike, and how many they are together."""
    found: dict[Hashable, tuple[T, int]] = {}
    for item, number in counted:
        key = what(item)
        first, count = found.get(key, (item, 0))
        found[key] = (first, count + number)
    return list(found.values())
