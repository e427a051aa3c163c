"""Folds identical changes over many accounts and regions into one entry."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from landing.blueprint import canonical
from landing.kinds import BY_NAME
from landing.model import Action, Change
from landing.plan import plain

NEVER_FOLDED = ("policy", "attachments", "unit")
OWN = ("name", "email")
"""Attributes in which accounts always differ: shown as a placeholder when changes are folded."""


@dataclass(frozen=True, slots=True)
class Group:
    """Changes that say the same; `sample` stands for all, `varying` names the attributes that differ."""

    changes: tuple[Change, ...]
    varying: tuple[str, ...] = ()

    @property
    def sample(self) -> Change:
        """The first change."""
        return self.changes[0]

    @property
    def where(self) -> str:
        """Over how many accounts and regions the group goes."""
        accounts = {change.address.scope.account for change in self.changes} - {""}
        regions = {change.address.scope.region for change in self.changes} - {""}
        parts = [f"{len(accounts)} account{'s' * (len(accounts) != 1)}"] if len(accounts) > 1 else sorted(accounts)
        parts += [f"{len(regions)} regions"] if len(regions) > 1 else sorted(regions)
        return " × ".join(parts) or f"{len(self.changes)} objects"


def fold(changes: Iterable[Change]) -> Iterator[Group]:
    """Groups in the order of their first change; deletions, moves and policies are never folded."""
    groups: dict[object, list[Change]] = {}
    for change in changes:
        groups.setdefault(_key(change), []).append(change)
    for members in groups.values():
        varying = tuple(name for name in OWN if len({_value(change, name) for change in members}) > 1)
        yield Group(tuple(members), varying)


def _key(change: Change) -> object:
    moved = change.action is Action.UPDATE and (change.before or {}).get("unit") != (change.after or {}).get("unit")
    if change.action is Action.DELETE or moved or change.address.kind in NEVER_FOLDED:
        return change.address
    name = change.address.name if change.address.scope.account else ""
    if BY_NAME[change.address.kind].level == "organization" and change.address.kind != "account":
        return change.address
    own = OWN if change.address.kind == "account" else ()
    sides = [{k: v for k, v in plain(side or {}).items() if k not in own} for side in (change.before, change.after)]
    return change.address.kind, name, change.action, canonical(sides)


def _value(change: Change, name: str) -> Any:
    return str((change.after or {}).get(name))
