"""Alternate contacts of accounts."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, ClassVar

from landing.aws import Aws, unless
from landing.core import forms
from landing.core.model import MARK, Action, Change, Diagnostic, Gap, Resource, Scope, Severity
from landing.organization import CONTACTS_TAG, Account, Contact, Organization
from landing.organization.resources import CONTACTS
from landing.services.base import Kind, Ownership, required_account
from landing.services.organizations.tags import fingerprint, tag
from landing.services.organizations.trusted_access import ACCOUNT, TrustedAccess
from landing.services.strength import Weaker, neutral

KINDS = ("BILLING", "OPERATIONS", "SECURITY")
FIELDS = {"name": "Name", "title": "Title", "email": "EmailAddress", "phone": "PhoneNumber"}


def _written(contact: Contact) -> dict[str, str]:
    return {field: getattr(contact, field) for field in FIELDS}


def _of_all(organization: Organization, account: Account) -> dict[str, dict[str, str]]:
    """Those that an account has of the organization, in the place of its own."""
    return {kind: _written(each) for kind, each in organization.contacts.items() if kind not in account.contacts}


def _fingerprint(contacts: Mapping[str, Mapping[str, str]]) -> str:
    return fingerprint(json.dumps(contacts, sort_keys=True), LENGTH)


def _contact(contact: Mapping[str, str]) -> Mapping[str, str]:
    return {**contact, "email": forms.email(contact["email"])}


AT_ONCE = 8
"""Accounts that are asked at once."""
LENGTH = 32


class Contacts(Kind):
    """Contacts of accounts (Account API, PutAlternateContact), set from the management account.

    There is no call that lists contacts of many accounts. Those that an account declares itself are asked for each
    time; those that it has of `organization.contacts` only until they are as declared: then the account is marked with
    what it was given (its tags come 100 a page), and only a search for drift asks for them again.
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
    reads = ("account:GetAlternateContact", "tag:GetResources", "organizations:ListTagsForResource")
    writes = ("account:PutAlternateContact", "organizations:TagResource")

    def desired(self, organization: Organization) -> Iterable[Resource]:
        """One for each account that has any, of its own or of the organization."""
        for account in organization.accounts.values():
            contacts = {**organization.contacts, **account.contacts}
            if contacts:
                attributes: dict[str, Any] = {kind: _written(contact) for kind, contact in sorted(contacts.items())}
                marked = {MARK: True} if _of_all(organization, account) else {}
                needs = (required_account(account.key), TrustedAccess().address(ACCOUNT))
                yield Resource(self.address(account.key), {**attributes, **marked}, needs, source=account.source)

    def by_name(self, change: Change) -> bool:
        """What is marked is not asked for again."""
        return bool((change.before or {}).get(MARK))

    def read(self, organization: Organization, aws: Aws, scope: Scope) -> Iterable[Resource | Gap]:
        """The declared ones of accounts that are there and active."""
        client = aws.client("account")

        def found(account: Account) -> Resource | None:
            of_all = _of_all(organization, account)
            marked = aws.tree.tags_of(aws.tree.account_ids[account.key]).get(CONTACTS_TAG) == _fingerprint(of_all)
            known = of_all if marked and aws.trusts(self.address(account.key)) else {}
            attributes: dict[str, Any] = {MARK: marked} if of_all else {}
            for kind in sorted({**of_all, **account.contacts}):
                which = self._which(organization, aws, account.key)
                contact = known[kind] if kind in known else self.contact(client, kind, which)
                if contact is not None:
                    attributes[kind] = contact
            if not {*KINDS} & {*attributes} and not marked:
                return None
            return Resource(self.address(account.key), attributes, (required_account(account.key),), owned=False)

        having = [each for each in organization.accounts.values() if each.contacts or organization.contacts]
        there = {each.key: aws.tree.accounts[each.key] for each in having if each.key in aws.tree.accounts}
        for key, live in there.items():
            if live.state != "ACTIVE":
                reason = f"account {live.id} is {live.state}: left alone"
                yield Gap(self.name, scope, Diagnostic("", reason), key)
        asked = [each for each in having if each.key in there and there[each.key].state == "ACTIVE"]
        with ThreadPoolExecutor(AT_ONCE, "contacts") as pool:
            yield from filter(None, pool.map(found, asked))

    def contact(self, client: Any, kind: str, which: Mapping[str, str]) -> dict[str, str] | None:
        """A contact of an account, as the config has it; `which` names the account, unless it is the caller's own."""
        with unless("ResourceNotFoundException") as absent:
            found = client.get_alternate_contact(AlternateContactType=kind, **which)["AlternateContact"]
        return None if absent.code else {field: found.get(name, "") for field, name in FIELDS.items()}

    def apply(self, organization: Organization, aws: Aws, change: Change) -> None:
        """Put each that differs."""
        assert change.action is not Action.DELETE
        before, after = change.before or {}, change.after or {}
        for kind in sorted({*KINDS} & {*after}):
            contact = after[kind]
            if before.get(kind) != contact:
                aws.client("account").put_alternate_contact(
                    AlternateContactType=kind,
                    **{name: contact[field] for field, name in FIELDS.items()},
                    **self._which(organization, aws, change.address.name),
                )

        if MARK in after:
            of_all = _of_all(organization, organization.accounts[change.address.name])
            with aws.writing:
                tag(aws, aws.tree.account_ids[change.address.name], {CONTACTS_TAG: _fingerprint(of_all)})

    def _which(self, organization: Organization, aws: Aws, key: str) -> dict[str, str]:
        """The account, by id; the management account's own contacts are reached without one."""
        return {} if key == organization.management else {"AccountId": aws.tree.account_ids[key]}
