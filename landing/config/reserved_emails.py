"""E-mail addresses that can never receive anything: an account that is made with one is lost to its root user."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from landing.core.model import Action, Change, Diagnostic
from landing.organization import Organization
from landing.organization.resources import ACCOUNT

_RESERVED = re.compile(r"@(?:.+\.)?(?:example\.(?:com|net|org)|[^.]+\.(?:example|invalid|test|localhost))$", re.I)
"""Domains that nobody can have (RFC 2606)."""


def reserved_emails(organization: Organization, changes: Iterable[Change]) -> Iterator[Diagnostic]:
    """Every account that the changes would make with such an address."""
    made = {
        change.address.name for change in changes if (change.address.kind, change.action) == (ACCOUNT, Action.CREATE)
    }
    for account in organization.accounts.values():
        if account.key in made and _RESERVED.search(account.email):
            yield Diagnostic(
                "LZ520",
                f"the account `{account.key}` has the placeholder {account.email} as its e-mail address",
                account.source,
                "write one that you receive: AWS sends it what concerns the account, and never lets two have the same; "
                "the sandbox takes placeholders",
                pointer=("accounts", account.key, "email"),
                length=len(account.key),
            )
