"""The organization that cases run in: its accounts by their place, and the names that cases may use."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from landing.organization.logs import bucket_patterns, key_aliases
from landing.policy.outline import Outline

ROOT = "root"


class UnknownPlaceError(LookupError):
    """A place that the organization does not have; the message names those that it has."""


@dataclass(frozen=True, slots=True)
class Estate:
    """An organization by its ids, as far as a policy can tell.

    `accounts` goes from account id to the units on the account's path from the root down, the root itself not
    listed; the management account is one of them. `keys` are names for account ids, `roles` those of the
    accounts with a part to play (``log_archive``, ``security_tooling``). `exempt_roles` are patterns of role
    ARNs, `admitted_roles` those and what single guardrails let through besides, `log_buckets` and
    `log_key_aliases` those of the names that logs go by. Ids that do not exist yet may be any 12 digits, as long
    as the documents have the same ones.
    """

    id: str
    management: str
    accounts: Mapping[str, Sequence[str]]
    home_region: str
    governed_regions: Sequence[str]
    partition: str = "aws"
    roles: Mapping[str, str] = field(default_factory=dict)
    keys: Mapping[str, str] = field(default_factory=dict)
    exempt_roles: Sequence[str] = ()
    admitted_roles: Sequence[str] = ()
    log_buckets: Sequence[str] = tuple(bucket_patterns((), {}))
    log_key_aliases: Sequence[str] = tuple(key_aliases(""))
    root_id: str = ""
    unit_ids: Mapping[str, str] = field(default_factory=dict)

    @property
    def organization(self) -> Outline:
        """The form in which `landing.policy.covered` takes an organization."""
        return Outline(
            management=self.management,
            accounts={account: tuple(units) for account, units in self.accounts.items()},
            id=self.id,
            home_region=self.home_region,
            root_id=self.root_id,
            unit_ids=self.unit_ids,
        )

    @property
    def names(self) -> dict[str, Any]:
        """The names that every policy document and every case may use as ``{{ name }}``."""
        return {
            "organization_id": self.id,
            "partition": self.partition,
            "home_region": self.home_region,
            "governed_regions": list(self.governed_regions),
            "management_account": self.management,
            **{f"{role}_account": account for role, account in self.roles.items()},
            "exempt_roles": list(self.exempt_roles),
            "admitted_roles": list(self.admitted_roles or self.exempt_roles),
            "log_buckets": list(self.log_buckets),
            "log_key_aliases": list(self.log_key_aliases),
        }

    def path(self, account: str) -> tuple[str, ...]:
        """From the root to the account itself."""
        return (ROOT, *self.accounts[account], account)

    def below(self, nodes: Iterable[str]) -> tuple[str, ...]:
        """The accounts at or under any of the nodes, which are the root, units and account ids."""
        wanted = set(nodes)
        return tuple(account for account in self.accounts if wanted.intersection(self.path(account)))

    def place(self, text: str) -> tuple[str, ...]:
        """The accounts that the `in` of a case means.

        ``anywhere`` (all member accounts), ``ordinary`` (those without a part to play), ``management``, the
        name of a role, ``ou:UNIT`` (with all below it; the last part of its path is enough), or
        ``account:KEY`` (or its id).
        Raises UnknownPlaceError.
        """
        kind, colon, name = text.partition(":")
        special = {self.management, *self.roles.values()}
        if text == "anywhere":
            return tuple(account for account in self.accounts if account != self.management)
        if text == "management":
            return (self.management,)
        if text == "ordinary":
            return tuple(account for account in self.accounts if account not in special)
        if text in self.roles:
            return (self.roles[text],)
        if colon and kind == "account":
            account = self.keys.get(name, name)
            if account in self.accounts:
                return (account,)
        if colon and kind == "ou":
            found = tuple(a for a in self.accounts if any(_names(unit, name) for unit in self.accounts[a]))
            if found:
                return found
        known = ", ".join(("anywhere", "ordinary", "management", *self.roles, "ou:UNIT", "account:KEY"))
        raise UnknownPlaceError(f"there is no `{text}` in this organization: a place is one of {known}")

    def distinct(self, accounts: Iterable[str], nodes: Iterable[str], texts: str) -> tuple[str, ...]:
        """One of the accounts that policies attached to the nodes cannot tell apart, for all of them.

        Kept are all accounts that play a part or whose id is in the texts of the policies, and one of each
        path where the texts ask for paths. An id that only a pattern fits is not looked for.
        """
        special = {self.management, *self.roles.values(), *re.findall(r"\d{12}", texts)}
        attached = set(nodes)
        whole = "orgpaths" in texts.lower()
        kept: dict[object, str] = {}
        for account in accounts:
            path = tuple(node for node in self.path(account)[:-1] if whole or node in attached)
            kept.setdefault(account if account in special | attached else path, account)
        return tuple(kept.values())


def _names(unit: str, name: str) -> bool:
    unit, name = unit.lower(), name.lower()
    return unit == name or unit.endswith(f"/{name}")
