"""Folds what says the same of many accounts and regions into one entry; changes here, the rest by `alike`."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Collection, Hashable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from landing.core.model import Action, Address, Change, Level
from landing.organization.resources import ACCOUNT, ATTACHMENTS, POLICY, UNIT
from landing.report.place import PER_ACCOUNT
from landing.services.base import Kind, Kinds

T = TypeVar("T")

NEVER_FOLDED = (POLICY, ATTACHMENTS, UNIT)
OWN = ("name", "email")
"""Attributes in which accounts always differ: placeholders when changes are folded."""

EVERYTHING = "all"
"""What `--expand` names to fold nothing."""


@dataclass(frozen=True, slots=True)
class Group:
    """Changes that say the same.

    `change` stands for all of them: values in which they differ are placeholders like `{account}`. `out_of` counts
    the changes of this kind and action in the whole plan.
    """

    changes: tuple[Change, ...]
    change: Change
    out_of: int
    kind: Kind

    @property
    def title(self) -> str:
        """The address, or for several changes what they share and how many they are."""
        address, count = self.change.address, len(self.changes)
        if count == 1:
            only = ", ".join(map(str, self.change.only))
            return f"{address} (only in {only})" if only else str(address)
        return f"{address.kind}.{self.label} ({counted(count, self.out_of, self.where)})"

    @property
    def label(self) -> str:
        """The name that the changes share."""
        names = {change.address.name for change in self.changes}
        return names.pop() if len(names) == 1 else "{key}"

    @property
    def where(self) -> str:
        """Over how many accounts and regions the group goes."""
        return extent([change.address for change in self.changes])


def extent(addresses: Sequence[Address]) -> str:
    """Over how many accounts and regions the addresses go."""
    accounts = {a.name if a.kind in PER_ACCOUNT else a.scope.account for a in addresses} - {""}
    regions = {address.scope.region for address in addresses} - {""}
    parts = [f"{len(accounts)} accounts"] if len(accounts) > 1 else sorted(accounts)
    parts += [f"{len(regions)} regions"] if len(regions) > 1 else sorted(regions)
    return " × ".join(parts) or f"{len(addresses)} objects"


def counted(count: int, out_of: int, where: str) -> str:
    """How many, of how many, and over what; each number once."""
    number = f"{count} of {out_of}" if out_of != count else f"{count}"
    return where if where.startswith(f"{number} ") else f"{number}: {where}"


def alike(entries: Iterable[T], key: Callable[[T], Hashable]) -> list[tuple[T, ...]]:
    """Entries with one key together, in the order in which they came."""
    groups: dict[Hashable, list[T]] = {}
    for entry in entries:
        groups.setdefault(key(entry), []).append(entry)
    return [tuple(members) for members in groups.values()]


def likeness(address: Address, text: str) -> Hashable:
    """The same for what says the same of one thing in many accounts and regions; `text` without those (see below)."""
    if address.kind in PER_ACCOUNT:
        return address.kind, "", text
    return (address.kind, address.name, text) if address.scope.account else address


def fold(kinds: Kinds, changes: Iterable[Change], expand: Collection[str] = ()) -> list[Group]:
    """Groups by kind, the odd ones first: a small group beside a large one is what a reviewer must see.

    Deletions, moves, renames and policies are never folded, nor is what `expand` names (addresses, kinds, prefixes
    ending in `*`, or `all`).
    """
    groups = alike(changes, lambda change: _key(kinds, change, expand))
    totals = Counter[tuple[str, Action]]()
    for members in groups:
        totals[members[0].address.kind, members[0].action] += len(members)
    folded = [Group(g, _stand_in(g), totals[g[0].address.kind, g[0].action], kinds[g[0].address.kind]) for g in groups]
    return sorted(folded, key=lambda group: (group.change.address.kind, len(group.changes)))


def expanded(address: Address, expand: Collection[str]) -> bool:
    """Whether `expand` names an address."""
    return any(target == EVERYTHING or address.matches(target) for target in expand)


def _key(kinds: Kinds, change: Change, expand: Collection[str]) -> Hashable:
    address, before, after = change.address, change.before or {}, change.after or {}
    if change.action is Action.DELETE or address.kind in NEVER_FOLDED:
        return address
    if change.action is Action.UPDATE and address.kind in PER_ACCOUNT:
        if any(before.get(name) != after.get(name) for name in ("unit", *OWN)):
            return address
    elif kinds[address.kind].level is Level.ORGANIZATION and address.kind not in PER_ACCOUNT:
        return address
    if expanded(address, expand):
        return address
    return change.action, likeness(address, _templated(change))


def _templated(change: Change) -> str:
    """Both sides as JSON, with what only says which account or region it is replaced by placeholders."""
    sides: list[Any] = [change.before, change.after]
    if change.address.kind == ACCOUNT:
        sides = [side and {**side, **{key: f"{{{key}}}" for key in OWN if key in side}} for side in sides]
    text = json.dumps(sides, sort_keys=True, separators=(",", ":"), default=dict)
    return without_identity(text, change.address)


def without_identity(text: str, address: Address) -> str:
    """The text with the account and region of an address replaced by placeholders, as in `logs-{account}`."""
    account = address.name if address.kind in PER_ACCOUNT else address.scope.account
    for key, placeholder in ((account, "{account}"), (address.scope.region, "{region}")):
        if key in text and _word(key):
            text = _replaced(text, key, placeholder)
    return text


def _word(key: str) -> bool:
    """Whether a key can stand in JSON only as (a part of) a string, and as it is."""
    return key.replace("-", "").isalnum() and not key.isdigit() and key not in ("true", "false", "null")


def _replaced(text: str, key: str, placeholder: str) -> str:
    """Only where the key is no part of a longer word, nor of an escape of JSON."""
    first, *rest = text.split(key)
    parts = [first]
    for part in rest:
        before, after = parts[-1][-1:], part[:1]
        alone = not (before.isalnum() or before == "\\" or after.isalnum())
        parts += [placeholder if alone else key, part]
    return "".join(parts)


def _stand_in(members: Sequence[Change]) -> Change:
    if len(members) == 1:
        return members[0]
    before, after = json.loads(_templated(members[0]))
    return replace(members[0], before=before, after=after)
