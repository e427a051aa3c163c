"""What the changes of a plan do to requests: which actions become denied or permitted, where, with an example.

Each change is looked at by itself, against what AWS has: a policy at every node it is attached to, what is attached
to a node (with the packs there, as guardrails go from one to another), an account that moves. What hangs further down
is left out, as it can only deny more.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from landing.in_force import State, ids_for, level, nodes_to, parents_of
from landing.kinds.attachments import Attachments
from landing.kinds.policy import OrganizationPolicy
from landing.model import Address, Attributes, Change, Resource
from landing.organization import ROOT, Organization
from landing.policy import RCP, SCP, Changed, Effect, effect
from landing.policy.testing.requests import in_words
from landing.policy.testing.suite import Levels

SHOWN = 3
"""How many actions are named."""


def effects(
    organization: Organization,
    live: Mapping[Address, Resource],
    changes: Iterable[Change],
    account_ids: Mapping[str, str],
) -> dict[Address, tuple[str, ...]]:
    """A few sentences for each change of a policy, an attachment or an account's unit that has an effect.

    `account_ids` by key, as far as the accounts are there.
    """
    found = list(changes)
    study = _Study(organization, live, found, account_ids)
    told = {change.address: tuple(study.sentences(change)) for change in found}
    return {address: sentences for address, sentences in told.items() if sentences}


class _Study:
    def __init__(
        self,
        organization: Organization,
        live: Mapping[Address, Resource],
        changes: Iterable[Change],
        account_ids: Mapping[str, str],
    ) -> None:
        self.organization = organization
        self.parents = parents_of(organization, live)
        self.ids, self.account_ids = ids_for(organization, account_ids)
        state = {address: resource.attributes for address, resource in live.items()}
        self.before = State.of(state)
        self.changed = {change.address: change for change in changes}
        later = {address: change.after for address, change in self.changed.items() if change.after is not None}
        self.after = State.of({**state, **later})

    def sentences(self, change: Change) -> Iterator[str]:
        """What one change does."""
        kind, name = change.address.kind, change.address.name
        if kind == "attachments":
            policies = tuple((change.after or {}).get("policies", ()))
            yield from self._compared(name, self._path(name), {name: policies}, self._packs(name))
        elif kind == "policy" and name in self.organization.packs:
            node = self.organization.packs[name].node
            if Attachments().address(node) not in self.changed and name == min(self._packs(node)):
                yield from self._compared(node, self._path(node), {}, self._packs(node))
        elif kind == "policy" and change.before and change.after and change.before.get("content"):
            for node, attached in sorted(self.before.attached.items()):
                if name in attached:
                    yield from self._compared(node, self._path(node), {}, {name: change.after})
        elif kind == "account" and change.before and change.after and change.before["unit"] != change.after["unit"]:
            before, after = (
                nodes_to(change.before["unit"], self.parents),
                nodes_to(change.after["unit"], self.parents),
            )
            for policy_type in (SCP, RCP):
                old, new = (self._levels(path, policy_type, {}, {}) for path in (before, after))
                yield from _told(_effect(old, new, self._account(name), policy_type), "for this account")

    def _packs(self, node: str) -> dict[str, Attributes]:
        """The packs of a node that change, as they will be: what leaves one may go to another, so they go together."""
        packs = (pack.key for pack in self.organization.packs.values() if pack.node == node)
        return {
            key: after
            for key in packs
            if (change := self.changed.get(OrganizationPolicy().address(key))) and (after := change.after)
        }

    def _path(self, node: str) -> list[str]:
        kind, _, key = node.partition("/")
        if node == ROOT:
            return [ROOT]
        if kind == "account":
            unit = self.before.units.get(key) or self.organization.accounts[key].unit
            return [*nodes_to(unit, self.parents), node]
        return nodes_to(key, self.parents)

    def _compared(
        self,
        node: str,
        path: list[str],
        attached: Mapping[str, tuple[str, ...]],
        policies: Mapping[str, Attributes],
    ) -> Iterator[str]:
        accounts = self._below(node)
        if not accounts:
            return
        where = f"for {len(accounts):,} {'account' if len(accounts) == 1 else 'accounts'}"
        if policies and not attached:
            where += f" below {node}" if not node.startswith("account/") else f" ({node})"
        for policy_type in (SCP, RCP):
            before = self._levels(path, policy_type, {}, {})
            after = self._levels(path, policy_type, attached, policies)
            if before != after:
                yield from _told(_effect(before, after, self._account(accounts[0]), policy_type), where)

    def _below(self, node: str) -> list[str]:
        kind, _, key = node.partition("/")
        organization = self.organization
        if kind == "account":
            return [key]
        inside = set(organization.below(ROOT if node == ROOT else key))
        ordinary = [
            account.key
            for account in organization.accounts.values()
            if account.unit in inside and account.key != organization.management
        ]
        special = {organization.log_archive, organization.security_tooling}
        return sorted(ordinary, key=lambda key: key in special)

    def _account(self, key: str) -> str:
        return self.account_ids.get(key, "000000000000")

    def _levels(
        self,
        path: Iterable[str],
        policy_type: str,
        attached: Mapping[str, tuple[str, ...]],
        policies: Mapping[str, Attributes],
    ) -> Levels:
        return [
            list(self._level(node, attached.get(node, self.before.attached.get(node)), policy_type, policies))
            for node in path
        ]

    def _level(
        self, node: str, attached: tuple[str, ...] | None, policy_type: str, changed: Mapping[str, Attributes]
    ) -> Iterator[dict[str, Any]]:
        policies = {**self.after.policies, **self.before.policies, **changed}
        return level(self.organization, node, attached, policy_type=policy_type, policies=policies, ids=self.ids)


def _effect(before: Levels, after: Levels, account: str, policy_type: str) -> Effect:
    scope = {"account": account} if policy_type == SCP else {"context": {"aws:ResourceAccount": account}}
    return effect(before, after, scope, policy_type)


def _told(found: Effect, where: str) -> Iterator[str]:
    yield from _counted(found.denied, "denied", where)
    yield from _counted(found.permitted, "permitted", where)
    unknown = list(dict.fromkeys(action for each in found.undetermined for action in each.actions))
    if unknown:
        yield f"it cannot be told of {_actions(unknown)} {where}: {found.undetermined[0].reason}"


def _counted(changed: Iterable[Changed], becomes: str, where: str) -> Iterator[str]:
    groups = list(changed)
    entirely = list(dict.fromkeys(action for each in groups if each.entirely for action in each.actions))
    partly = list(dict.fromkeys(action for each in groups if not each.entirely for action in each.actions))
    for actions, extent in ((entirely, ""), (partly, " for some requests")):
        if actions:
            yield f"{_actions(actions)} {'becomes' if len(actions) == 1 else 'become'} {becomes}{extent} {where}"
    if groups:
        yield f"e.g. {in_words(groups[0].example)}"


def _actions(actions: list[str]) -> str:
    if len(actions) == 1:
        return actions[0]
    more = ", …" if len(actions) > SHOWN else ""
    return f"{len(actions):,} actions ({', '.join(actions[:SHOWN])}{more})"
