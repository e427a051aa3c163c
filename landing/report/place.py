"""Where in the organization a resource is: its unit, for counts and maps by unit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from landing.core.model import Address
from landing.core.text import safe
from landing.organization import ROOT, Organization
from landing.organization.resources import ACCOUNT, CONTACTS, DELEGATED_ADMINISTRATOR, RELEASE, UNIT

PER_ACCOUNT = (ACCOUNT, CONTACTS, RELEASE)
"""Kinds of the organization that exist once an account: the name of the resource is the key of the account."""

SHOWN_UNITS = 6


def unit_of(organization: Organization, address: Address) -> str:
    """The key of the unit that a resource is in or is about; empty for what exists once an organization."""
    prefix, _, rest = address.name.partition("/")
    if address.kind == UNIT:
        return address.name if address.name in organization.units else ""
    if prefix == "unit" and rest in organization.units:
        return rest
    if address.name == ROOT:
        return ROOT
    if address.kind in PER_ACCOUNT:
        return unit_of_account(organization, address.name)
    if prefix == "account" or address.kind == DELEGATED_ADMINISTRATOR:
        return unit_of_account(organization, rest)
    return unit_of_account(organization, address.scope.account)


def unit_of_account(organization: Organization, key: str) -> str:
    """The key of the unit that holds an account directly; empty when the config does not know the account."""
    account = organization.accounts.get(key)
    return account.unit if account else ""


def label(address: Address) -> str:
    """What tells one of many similar resources from the others: its account and region, or else its name."""
    return safe(address.scope if address.scope.account else address.name)


def spread(organization: Organization, addresses: Iterable[Address]) -> str:
    """How many of the resources are in which unit, most first; empty when no unit is known."""
    units = Counter(unit_of(organization, address) for address in addresses)
    del units[""]
    ordered = sorted(units.items(), key=lambda item: (-item[1], item[0]))
    parts = [f"{safe(unit)} {count}" for unit, count in ordered[:SHOWN_UNITS]]
    if len(ordered) > SHOWN_UNITS:
        parts.append(f"{sum(count for _, count in ordered[SHOWN_UNITS:])} in {len(ordered) - SHOWN_UNITS} more units")
    return " · ".join(parts)
