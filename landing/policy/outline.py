"""The organization as far as policies can tell: out of the config, or out of a plain mapping."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from landing.organization import ROOT, Organization

_NAMES: Mapping[str, tuple[str, ...]] = {
    "id": ("id", "organizationId", "organization_id"),
    "management": ("managementAccount", "management_account", "management", "managementAccountId"),
    "accounts": ("accounts",),
    "home": ("homeRegion", "home_region"),
    "root": ("rootId", "root_id"),
    "units": ("unitIds", "unit_ids"),
}


@dataclass(frozen=True, slots=True)
class Outline:
    """`accounts` goes from account id to the units on its path from the root down, the root not listed.

    What is not known is empty. `unit_ids` goes from unit to "ou-…" id.
    """

    management: str
    accounts: Mapping[str, tuple[str, ...]]
    id: str = ""
    home_region: str = ""
    root_id: str = ""
    unit_ids: Mapping[str, str] = field(default_factory=dict)


def outline(organization: "Outline | Organization | Mapping[str, Any]") -> Outline:
    """Read an organization, see `landing.policy.covered` for its forms. Raises ValueError if it is none of them."""
    if isinstance(organization, Outline):
        return organization
    if isinstance(organization, Organization):
        return _declared(organization)
    written = _mapping(organization)
    given = {key: _first(written, names) for key, names in _NAMES.items()}
    for key in ("management", "accounts"):
        if given[key] is None:
            has = ", ".join(map(str, written)) or "nothing"
            raise ValueError(f"the organization does not say its {_NAMES[key][0]}: it has {has}")
    ids, accounts = _accounts(given["accounts"])
    named = str(given["management"])
    management = ids.get(named, named)
    if not re.fullmatch(r"\d{12}", management):
        raise ValueError(f"the management account {named!r} is neither an id of 12 digits nor one of the accounts")
    return Outline(
        management=management,
        accounts=accounts,
        id=str(given["id"] or ""),
        home_region=str(given["home"] or ""),
        root_id=str(given["root"] or ""),
        unit_ids=dict(given["units"] or {}),
    )


def _mapping(organization: object) -> Mapping[str, Any]:
    if isinstance(organization, Mapping):
        return organization
    raise ValueError(f"{organization!r} is no organization: a mapping with managementAccount and accounts is expected")


def _first(organization: Mapping[str, Any], names: Iterable[str]) -> Any:
    return next((organization[name] for name in names if name in organization), None)


def account_ids(organization: Organization) -> dict[str, str]:
    """Account ids by key: those of the config, and made up ones for accounts that do not say theirs."""
    taken = {account.id for account in organization.accounts.values()}
    free = (text for number in range(1, 10**6) if (text := f"{number:012d}") not in taken)
    return {key: account.id or next(free) for key, account in organization.accounts.items()}


def _declared(organization: Organization) -> Outline:
    ids = account_ids(organization)
    return Outline(
        management=ids[organization.management],
        accounts={ids[key]: organization.path(account.unit)[1:] for key, account in organization.accounts.items()},
        id=organization.id,
        home_region=organization.home_region,
    )


def _accounts(given: object) -> tuple[dict[str, str], dict[str, tuple[str, ...]]]:
    """Account ids by key, and the units of each account by its id."""
    if isinstance(given, Mapping):
        listed = list(given.items())
    elif isinstance(given, list | tuple) and all(isinstance(item, Mapping) for item in given):
        listed = [(item.get("id"), item) for item in given]
    else:
        raise ValueError(f"{given!r} are no accounts: a mapping of account ids to units is expected")
    ids: dict[str, str] = {}
    paths: dict[str, tuple[str, ...]] = {}
    for key, value in listed:
        account = str((isinstance(value, Mapping) and value.get("id")) or key)
        if not re.fullmatch(r"\d{12}", account):
            raise ValueError(f"the account {key!r} has no id of 12 digits")
        ids[str(key)] = account
        paths[account] = _units(account, value)
    return ids, paths


def _units(account: str, value: object) -> tuple[str, ...]:
    """The units of one account: listed from the root down, or the path of its unit, or a mapping with either."""
    if isinstance(value, Mapping):
        value = _first(value, ("units", "path", "unit"))
    if isinstance(value, list | tuple):
        return tuple(str(unit) for unit in value if unit != ROOT)
    if not isinstance(value, str):
        raise ValueError(f"the account {account} does not say its units: {value!r}")  # noqa: TRY004 - read from a file
    names = [name for name in value.split("/") if name not in ("", ROOT)]
    return tuple("/".join(names[: at + 1]) for at in range(len(names)))
