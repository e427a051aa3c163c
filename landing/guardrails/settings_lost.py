"""What policies that a service evaluates, not IAM, come to set otherwise because of what is attached, or who moves.

A new text asks for its leave by itself (`Kind.weakened`), and what is detached has a word of its own. But what is
attached below another policy of its type can switch off what that one has on, and so can a move of an account. Whether
another value protects less cannot be told: it is said of every setting that had one. Of a setting that switches a
service off it is said in any case, where there are accounts: they may have it on by themselves.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from landing.core.model import Action, Address, Change
from landing.guardrails.effect_text import ChangedSetting, told_settings, value_text
from landing.organization import Organization, node_of
from landing.organization.resources import ATTACHMENTS, RELEASE, moves, policies_of
from landing.policy import RCP, SCP
from landing.policy.declarative import effective, leaves
from landing.services.strength import UNTOLD

OFF = ("disable_in_regions",)
"""What ends a setting that switches a service off, also where an account has it on by itself."""

THE_ORGANIZATION = "organization"
"""The kind; where it is made, there are no accounts that have anything on."""

Way = tuple[str, ...]
"""The nodes from the root to one."""


def settings_lost(organization: Organization, changes: Collection[Change]) -> dict[Address, str]:
    """In words, by the change; only of changes after which something is set otherwise than it was."""
    places = _Places(organization, changes)
    found = {}
    for change in changes:
        if change.address.kind == ATTACHMENTS and change.after is not None:
            words = places.attached(change.address.name)
        elif change.action is Action.UPDATE and moves(change) and change.address.kind != RELEASE:
            words = places.moved(change)
        else:
            continue
        if said := next(iter(words), ""):
            found[change.address] = f"{said}{UNTOLD}"
    return found


class _Places:
    """What is attached where, before the changes and after."""

    def __init__(self, organization: Organization, changes: Collection[Change]) -> None:
        self._organization = organization
        held = organization.held.attached if organization.held is not None else organization.attached
        own = {change.address.name: change for change in changes if change.address.kind == ATTACHMENTS}
        self._before: Mapping[str, Collection[str]] = {
            **held,
            **{node: policies_of(change.before) for node, change in own.items()},
        }
        self._after = {**held, **{node: policies_of(change.after) for node, change in own.items()}}
        self._lived_in = not any(each.address.kind == THE_ORGANIZATION and not each.before for each in changes)
        self._nodes: dict[str, Sequence[str]] = {}
        self._types = {
            key: policy.type for key, policy in organization.policies.items() if policy.type not in (SCP, RCP)
        }

    def attached(self, node: str) -> Iterator[str]:
        """What is set otherwise at a node, or below where there are policies of the type too."""
        came = {*self._after.get(node, ())} - {*self._before.get(node, ())}
        for policy_type in sorted({self._types[key] for key in came if key in self._types}):
            yield from self._otherwise(policy_type, self._way(node), self._way(node))
            for below in self._there(policy_type):
                if below != node and node in self._way(below):
                    yield from self._otherwise(policy_type, self._way(below), self._way(below))

    def _there(self, policy_type: str) -> Sequence[str]:
        """The nodes that have had some of a type."""
        if policy_type not in self._nodes:
            there = (node for node in self._before if self._keys(policy_type, (node,), self._before))
            self._nodes[policy_type] = sorted(there)
        return self._nodes[policy_type]

    def moved(self, change: Change) -> Iterator[str]:
        """What is set otherwise for an account in its new unit."""
        before, after = change.before or {}, change.after or {}
        own = f"account/{change.address.name}"
        for policy_type in sorted({*self._types.values()}):
            ways = [(*self._units(str(side.get("unit"))), own) for side in (before, after)]
            yield from self._otherwise(policy_type, *ways)

    def _otherwise(self, policy_type: str, before: Way, after: Way) -> Iterator[str]:
        others = [
            policy.name
            for node in before
            for policy in self._organization.foreign_at.get(node, ())
            if policy.type == policy_type
        ]
        if others and before == after:
            yield f"it comes beside {', '.join(sorted(others))} of others"
        old, new = self._set(policy_type, before, self._before), self._set(policy_type, after, self._after)
        lost = {where for where, value in old.items() if value not in ([], {}, "") and new.get(where) != value}
        off = {where for where, value in new.items() if where[-1:] == OFF and value and value != old.get(where)}
        changed = [
            ChangedSetting(".".join(where), value_text(old.get(where)), value_text(new.get(where)))
            for where in [*sorted(lost), *(sorted(off - lost) if self._lived_in else ())]
        ]
        yield from told_settings(dict.fromkeys(changed, 1), "")

    def _set(
        self, policy_type: str, way: Way, attached: Mapping[str, Collection[str]]
    ) -> Mapping[tuple[str, ...], object]:
        policies = self._organization.policies
        levels = [[policies[key].document for key in self._keys(policy_type, (node,), attached)] for node in way]
        return leaves(effective(levels).document)

    def _keys(self, policy_type: str, nodes: Way, attached: Mapping[str, Collection[str]]) -> list[str]:
        return sorted(key for node in nodes for key in attached.get(node, ()) if self._types.get(key) == policy_type)

    def _way(self, node: str) -> Way:
        kind, _, key = node.partition("/")
        if kind == "account":
            account = self._organization.accounts.get(key)
            return (*self._units(account.unit), node) if account else (node,)
        return self._units(key or node)

    def _units(self, unit: str) -> Way:
        known = unit == "root" or unit in self._organization.units
        return tuple(map(node_of, self._organization.path(unit))) if known else ()
