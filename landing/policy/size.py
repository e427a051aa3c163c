"""How long a policy is as AWS will store it: with ids in place of the names that stand for them."""

from __future__ import annotations

from typing import Any

from landing.core import references
from landing.organization import Organization
from landing.policy.limits import compact

ORGANIZATION_ID = "o-a1b2c3d4e5"
"""An id as AWS gives them now; they may have up to 32 characters behind `o-` (API reference, Organization)."""
ROOT_ID = "r-a1b2"
"""Likewise."""


def numbered(organization: Organization, value: Any) -> Any:
    """A document with ids in place of tokens: the real ones where the config knows them, else of the same length."""
    ids = {
        references.account_id(key): account.id or f"{number:012d}"
        for number, (key, account) in enumerate(organization.accounts.items(), 1)
    }
    ids |= {references.ORGANIZATION_ID: organization.id or ORGANIZATION_ID, references.ROOT_ID: ROOT_ID}
    return references.resolve(value, ids)


def size_of(organization: Organization, policy: Any) -> int:
    """The characters of a document as it is sent."""
    return len(compact(numbered(organization, dict(policy))))


def size_in_words(organization: Organization, policy: Any) -> str:
    """The same for people, who are told when it rests on an id of which the length is not known."""
    tokens = references.tokens_in(dict(policy))
    guessed = references.ROOT_ID in tokens or (references.ORGANIZATION_ID in tokens and not organization.id)
    return f"{'about ' if guessed else ''}{size_of(organization, policy):,} characters"
