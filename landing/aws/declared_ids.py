"""Ids of accounts that the config declares: each must be of an account that is there, can be used and is no other's.

An id says which account is meant. One that leads nowhere is an error, never a reason to create an account.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from landing.core import forms
from landing.core.model import Diagnostic
from landing.organization import Account, Organization

UNUSABLE = {
    "SUSPENDED": "AWS Support says why, and what ends it",
    "PENDING_CLOSURE": "remove it from the config",
    "CLOSED": "remove it from the config; for 90 days AWS Support can open it again",
}
"""States in which nothing can be done with an account, and what to do ("Account states", Organizations User Guide)."""


@dataclass(frozen=True, slots=True)
class Present:
    """An account as AWS has it; `mark` is the key that its tag gives it, or nothing."""

    id: str
    name: str
    email: str
    state: str
    mark: str

    def __str__(self) -> str:
        return f"{self.id} ({self.name})"


def unheld(wanted: Organization, live: Mapping[str, Any] | None, present: Iterable[Present]) -> Iterator[Diagnostic]:
    """Every declared id that is not of the account that it should be of, with what AWS has instead.

    `live` is what DescribeOrganization says, or None when there is no organization.
    """
    declared = [account for account in wanted.accounts.values() if account.id and not account.invite]
    invited = [*(account for account in wanted.accounts.values() if account.invite), *wanted.invited.values()]
    if not (declared or invited):
        return
    if live is None:
        yield from (wanted.unheld(each, *_too_early(each)) for each in declared if each.key != wanted.management)
        return
    there = _There(wanted, live, present)
    for account in (*declared, *invited):
        member = not account.invite or account.id in there.by_id
        found = there.contradiction(account) if member else there.another(account)
        if found:
            yield wanted.unheld(account, *found)


def _too_early(account: Account) -> tuple[str, str]:
    return (
        f"account {account.id} cannot be in the organization, which does not exist yet",
        f"{_created(account)}; or have it invited when there is one: `join: invite`",
    )


def _created(account: Account) -> str:
    return f"leave the id out{'' if account.email else ' and give `email`'} to have the account created"


class _There:
    """The accounts of AWS, by whatever a declared id could have meant."""

    def __init__(self, wanted: Organization, live: Mapping[str, Any], present: Iterable[Present]) -> None:
        self.wanted, self.live = wanted, live
        self.by_id = {each.id: each for each in present}
        usable = [each for each in self.by_id.values() if each.state not in UNUSABLE]
        self.by_mark = {each.mark: each for each in usable if each.mark}
        self.by_email = {forms.email(each.email): each for each in usable}

    @cached_property
    def by_part(self) -> Mapping[str, Present]:
        """Accounts of which the config does not declare the id, by what a slip of the finger leaves of theirs."""
        taken = {account.id for account in self.wanted.accounts.values()}
        free = (each for each in self.by_email.values() if each.id not in taken)
        return {part: each for each in free for part in _parts(each.id)}

    def contradiction(self, account: Account) -> tuple[str, str] | None:
        """What AWS says otherwise, and what to do; None when it agrees."""
        found, key = self.by_id.get(account.id), account.key
        marked = self.by_mark.get(key)
        if found is None:
            return f"organization {self.live['Id']} has no account {account.id}", self._meant(account)
        if found.id == self.live["MasterAccountId"] and key != self.wanted.management:
            return (
                f"account {found} is the management account, which the config calls `{self.wanted.management}`",
                f"correct the id, or make `{key}` the `roles.management`",
            )
        if found.state in UNUSABLE:
            return f"account {found} is {found.state}", UNUSABLE[found.state]
        if found.mark not in ("", key):
            return f"account {found} is marked as `{found.mark}`, not as `{key}`", self._other_mark(account, found)
        if not found.mark and marked is not None:
            return (
                f"account {found} is not marked, but {marked} is marked as `{key}`",
                f"correct the id to {marked.id}, or take the tag off that account",
            )
        return None

    def another(self, account: Account) -> tuple[str, str] | None:
        """Of one that is to join: the member that has its key or its e-mail address already."""
        by_email = self.by_email.get(forms.email(account.email)) if account.email else None
        found = self.by_mark.get(account.key) or by_email
        if found is None:
            return None
        known = f"marked as `{account.key}`" if found.mark == account.key else f"has the e-mail {found.email}"
        return (
            f"account {account.id} is to join, but {found}, which is a member, {'is ' * (known[0] == 'm')}{known}",
            f"correct the id to {found.id}, and take `join` away, or choose another key and e-mail",
        )

    def _meant(self, account: Account) -> str:
        """The account that somebody may have had in mind."""
        if near := self.by_mark.get(account.key):
            return f"the account that is marked as `{account.key}` is {near}: correct the id"
        if account.email and (near := self.by_email.get(forms.email(account.email))):
            return f"the account with the e-mail {near.email} is {near}: correct the id, or leave it out"
        if near := next((self.by_part[part] for part in _parts(account.id) if part in self.by_part), None):
            return f"did you mean {near}?"
        return f"correct the id, or {_created(account)}; an account from elsewhere is invited with `join: invite`"

    def _other_mark(self, account: Account, found: Present) -> str:
        other = self.wanted.accounts.get(found.mark)
        if other is not None:
            return f"the config has `{found.mark}` at {other.source}: correct the id"
        return (
            f"correct the id; or, when the key `{found.mark}` was changed, change it back, or give the account the tag "
            f"landing:id={account.key}"
        )


def _parts(account_id: str) -> Iterator[str]:
    """The id without one of its digits: two ids that a slip of the finger tells apart share one of these."""
    return (account_id[:at] + account_id[at + 1 :] for at in range(len(account_id)))
