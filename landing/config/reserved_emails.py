"""E-mail addresses that can never receive anything: an account that is made with one is lost to its root user."""

from __future__ import annotations

import re
from collections.abc import Iterator

from landing.core.model import Diagnostic
from landing.organization import Organization

_RESERVED = re.compile(r"@(?:.+\.)?(?:example\.(?:com|net|org)|[^.]+\.(?:example|invalid|test|localhost))$", re.I)
"""Domains that nobody can have (RFC 2606)."""


def reserved_emails(organization: Organization) -> Iterator[Diagnostic]:
    """Every account that would be made with such an address; one whose id is declared is there already."""
    for account in organization.accounts.values():
        if account.email and not account.id and _RESERVED.search(account.email):
            yield Diagnostic(
                "LZ520",
                f"the account `{account.key}` has the placeholder {account.email} as its e-mail address",
                account.source,
                "write one that you receive: AWS sends it what concerns the account, and never lets two have the same; "
                "the sandbox takes placeholders",
                pointer=("accounts", account.key, "email"),
                length=len(account.key),
            )
