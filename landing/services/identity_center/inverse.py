"""Settings of IAM Identity Center by what AWS has."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from landing.core.keys import is_key
from landing.core.model import Attributes, Json, Resource
from landing.organization import ROOT, Organization, Target
from landing.services.identity_center.assignment import AccountAssignment
from landing.services.identity_center.attributes import AccessAttributes
from landing.services.identity_center.permission_set import PermissionSet

THEIRS = "AWS"
"""How the names of the permission sets begin that Control Tower makes and keeps."""


def settings_of(organization: Organization, live: Collection[Resource]) -> dict[str, Json]:
    """The permission sets with who has them: in a whole unit, where it is all the accounts there are in it."""
    sets: dict[str, Any] = {
        each.address.name: dict(_said(each.attributes))
        for each in sorted(live, key=lambda each: each.address)
        if each.address.kind == PermissionSet.name
        and "session" in each.attributes
        and not each.address.name.startswith(THEIRS)
    }
    holders = [each for each in live if each.address.kind == AccountAssignment.name]
    attributes = next((each.attributes for each in live if each.address.kind == AccessAttributes.name), {})
    return {
        "permission_sets": sets,
        "assignments": _assignments(organization, holders, sets),
        "attributes": dict(attributes.get("attributes", {})),
    }


def _said(seen: Attributes) -> Iterator[tuple[str, Any]]:
    """The settings of a permission set, but for the defaults."""
    boundary = seen["boundary"]
    policies = [_policy(each) for each in seen["customer_managed"]]
    said = {
        "description": seen.get("description"),
        "session": seen["session"] if seen["session"] != "1h" else "",
        "relay_state": seen["relay_state"],
        "aws_managed": seen["aws_managed"],
        "customer_managed": policies,
        "inline": seen["inline"],
        "boundary": _policy(boundary) if boundary.startswith("/") else {"aws_managed": boundary} if boundary else None,
        "tags": seen["tags"],
    }
    return ((name, value) for name, value in said.items() if value)


def _policy(written: str) -> dict[str, str]:
    path, _, name = written.rpartition("/")
    return {"name": name, **({"path": f"{path}/"} if path else {})}


def _assignments(organization: Organization, given: Collection[Resource], sets: Collection[str]) -> dict[str, Any]:
    """As few as it takes: who has the same permission sets in the same accounts stands together."""
    by_set: dict[tuple[tuple[str, ...], str], list[str]] = {}
    for each in sorted(given, key=lambda each: each.address):
        who, _, name = each.address.name.rpartition("/")
        accounts = tuple(sorted({*each.attributes["accounts"]} & {*organization.accounts}))
        if name in sets and accounts:
            by_set.setdefault((accounts, name), []).append(who)
    together: dict[tuple[tuple[str, ...], tuple[str, ...]], list[str]] = {}
    for (accounts, name), principals in by_set.items():
        together.setdefault((accounts, tuple(principals)), []).append(name)
    units = _units(organization)
    found: dict[str, Any] = {}
    for (accounts, who_all), names in together.items():
        target = {"units": [units[accounts]]} if accounts in units else {"accounts": [*accounts]}
        found[_key(names, found)] = {**_named(who_all), "permission_sets": names, "target": target}
    return found


def _units(organization: Organization) -> Mapping[tuple[str, ...], str]:
    """The uppermost unit by the accounts that are in it, where these are several."""
    members = {unit: tuple(sorted(organization.members(Target(units=(unit,))))) for unit in (ROOT, *organization.units)}
    return {accounts: unit for unit, accounts in reversed(members.items()) if len(accounts) > 1}


def _named(principals: Collection[str]) -> dict[str, list[str]]:
    by_type = {
        f"{type_}s": [each.partition("/")[2] for each in principals if each.startswith(f"{type_}/")]
        for type_ in ("group", "user")
    }
    return {name: names for name, names in by_type.items() if names}


def _key(names: Collection[str], taken: Collection[str]) -> str:
    """A key that says which permission sets, and is no other's."""
    text = re.sub("[^a-z0-9]+", "-", "-".join(names).lower()).strip("-")[:40]
    stem = text if is_key(text) else "access"
    return next(key for key in (stem, *(f"{stem}-{number}" for number in range(2, len(taken) + 3))) if key not in taken)
