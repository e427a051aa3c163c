"""Alternate contacts of accounts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from landing.aws import Aws, unless
from landing.core import forms
from landing.core.model import Action, Change, Resource, Scope, Severity
from landing.organization import Organization
from landing.organization.resources import CONTACTS
from landing.services.base import Kind, Ownership, required_account
from landing.services.organizations.trusted_access import ACCOUNT, TrustedAccess
from landing.services.strength import Weaker, neutral

KINDS = ("BILLING", "OPERATIONS", "SECURITY")
FIELDS = {"name": "Name", "title": "Title", "email": "EmailAddress", "phone": "PhoneNumber"}


def _contact(contact: Mapping[str, str]) -> Mapping[str, str]:
    return {**contact, "email": forms.email(contact["email"])}


class Contacts(Kind):
    """The contacts that an account declares (Account API, PutAlternateContact), set from the management account.

    There is no call that lists contacts of many accounts: only those that the config declares are asked for.
    """

    name = CONTACTS
    title = "Alternate contacts"
    ownership = Ownership.CONFIG
    severity = Severity.LOW
    controls = ("cis-aws-5.0:1.2", "fsbp:Account.1")
    help_uri = "https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-update-contact-alternate.html"
    weaker: ClassVar[Mapping[str, Weaker]] = dict.fromkeys(KINDS, neutral)
    removal = ""
    canonical: ClassVar[Mapping[str, forms.Form]] = dict.fromkeys(KINDS, _contact)
    reads = ("account:GetAlternateContact",)
    writes = ("account:PutAlternateContact",)

    def desired(self, organization: Organization) -> Iterable[Resource]:
        """One for each account that declares any."""
        for account in organization.accounts.values():
            if account.contacts:
                attributes = {
                    kind: {field: getattr(contact, field) for field in FIELDS}
                    for kind, contact in sorted(account.contacts.items())
                }
                needs = (required_account(account.key), TrustedAccess().address(ACCOUNT))
                yield Resource(self.address(account.key), attributes, needs, source=account.source)

    def read(self, organization: Organization, aws: Aws, scope: Scope) -> Iterable[Resource]:
        """The declared ones of accounts that are there."""
        client = aws.client("account")
        for account in organization.accounts.values():
            if not account.contacts or account.key not in aws.tree.accounts:
                continue
            attributes: dict[str, Any] = {}
            for kind in sorted(account.contacts):
                contact = self.contact(client, kind, self._which(organization, aws, account.key))
                if contact is not None:
                    attributes[kind] = contact
            if attributes:
                yield Resource(self.address(account.key), attributes, (required_account(account.key),), owned=False)

    def contact(self, client: Any, kind: str, which: Mapping[str, str]) -> dict[str, str] | None:
        """A contact of an account, as the config has it; `which` names the account, unless it is the caller's own."""
        with unless("ResourceNotFoundException") as absent:
            found = client.get_alternate_contact(AlternateContactType=kind, **which)["AlternateContact"]
        return None if absent.code else {field: found.get(name, "") for field, name in FIELDS.items()}

    def apply(self, organization: Organization, aws: Aws, change: Change) -> None:
        """Put each that differs."""
        assert change.action is not Action.DELETE
        before = change.before or {}
        for kind, contact in (change.after or {}).items():
            if before.get(kind) != contact:
                aws.client("account").put_alternate_contact(
                    AlternateContactType=kind,
                    **{name: contact[field] for field, name in FIELDS.items()},
                    **self._which(organization, aws, change.address.name),
                )

    def _which(self, organization: Organization, aws: Aws, key: str) -> dict[str, str]:
        """The account, by id; the management account's own contacts are reached without one."""
        return {} if key == organization.management else {"AccountId": aws.tree.account_ids[key]}
