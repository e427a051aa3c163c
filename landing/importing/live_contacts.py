"""Alternate contacts of accounts, as they are set: three calls an account, so not of very many unless asked."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from landing.aws import Aws, translated, unless
from landing.core.errors import HIDING
from landing.core.model import ORGANIZATION
from landing.importing.draft import DraftAccount, LeftOut
from landing.services.organizations.contacts import KINDS, Contacts

MOST = 100
"""Accounts of which they are read unasked: a plan reads what the config declares, each time."""
AT_ONCE = 8


def with_contacts(
    aws: Aws, accounts: Mapping[str, DraftAccount], management: str, left: list[LeftOut]
) -> dict[str, DraftAccount]:
    """The accounts, by id, with their contacts; `aws` is of an organization in which the Account service is trusted."""
    client, hidden = aws.client("account"), set[str]()

    def found(account_id: str) -> dict[str, Mapping[str, str]]:
        contacts: dict[str, Mapping[str, str]] = {}
        for kind in KINDS:
            which = {} if account_id == management else {"AccountId": account_id}
            with translated(ORGANIZATION), unless(*HIDING) as refused:
                if contact := Contacts().contact(client, kind, which):
                    contacts[kind.lower()] = contact
            if refused.code:
                hidden.add(refused.code)
        return contacts

    with ThreadPoolExecutor(AT_ONCE, "contacts") as pool:
        listed = list(pool.map(found, accounts))
    if hidden:
        left.append(LeftOut("alternate contacts", f"not all may be read ({', '.join(sorted(hidden))})"))
    return {
        account_id: replace(account, contacts=contacts)
        for (account_id, account), contacts in zip(accounts.items(), listed, strict=True)
    }
