"""Accounts of the config as the fewest words that mean them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from landing.core.model import Attributes
from landing.organization import ROOT, Organization, Target


@dataclass(slots=True)
class _Words:
    """Units with all below them, and single accounts, without some."""

    units: list[str] = field(default_factory=list)
    accounts: list[str] = field(default_factory=list)
    without: list[str] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.units) + len(self.accounts) + len(self.without)


def places_of(organization: Organization, keys: Collection[str]) -> dict[str, Any]:
    """Accounts by their keys, as `units`, `accounts` and those `without` which these are; always the same for the same.

    So that one account that is missing among thousands is one word.
    """
    found = _described(organization, frozenset(keys), ROOT)
    return {"units": sorted(found.units), "accounts": sorted(found.accounts), "without": sorted(found.without)}


def keys_in(organization: Organization, attributes: Attributes) -> frozenset[str]:
    """The keys of the accounts that are meant."""
    names = {name: tuple(attributes[name]) for name in ("units", "accounts", "without")}
    units = tuple(unit for unit in names["units"] if unit == ROOT or unit in organization.units)
    target = Target(units=units, accounts=names["accounts"], exclude_accounts=names["without"])
    return frozenset(organization.members(target))


def _described(organization: Organization, keys: frozenset[str], unit: str) -> _Words:
    """What is meant in a unit and below it."""
    inside = [key for below in organization.below(unit) for key in organization.accounts_in[below]]
    lacking = [key for key in inside if key not in keys]
    if len(lacking) == len(inside):
        return _Words()
    whole = _Words([unit], [], lacking)
    apart = _Words(accounts=[key for key in organization.accounts_in[unit] if key in keys])
    for child in organization.children[unit]:
        found = _described(organization, keys, child)
        apart.units += found.units
        apart.accounts += found.accounts
        apart.without += found.without
    return whole if not lacking or len(whole) < len(apart) else apart
