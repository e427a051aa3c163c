"""Accounts of the organization."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, ClassVar

from landing.aws import Aws
from landing.aws.live_names import LiveAccount
from landing.core import forms
from landing.core.constraints.inputs import takes
from landing.core.model import (
    MARK,
    Action,
    Address,
    Attributes,
    Change,
    Diagnostic,
    Gap,
    Resource,
    Scope,
    Severity,
    UniqueName,
)
from landing.core.quotas import CREATE_ACCOUNT_IN_FLIGHT
from landing.organization import (
    CONTACTS_TAG,
    EMAIL_TAG,
    NEW_TAG,
    REGIONS_TAG,
    ROOT,
    TAG,
    TAGS_TAG,
    Organization,
    resources,
)
from landing.services.base import Kind, Ownership
from landing.services.organizations.account_closure import close
from landing.services.organizations.account_creation import create
from landing.services.organizations.account_move import is_new, move
from landing.services.organizations.attachments import Attachments
from landing.services.organizations.invitation import no_member_role
from landing.services.organizations.organization import TheOrganization
from landing.services.organizations.tags import ours, remembered, tag, untag, with_marks
from landing.services.organizations.trusted_access import ACCOUNT, TrustedAccess
from landing.services.organizations.unit import OrganizationalUnit
from landing.services.root_email import awaits_code, is_changed, send_code
from landing.services.strength import Weaker, neutral

CODE_AWAITED = "code_awaited"
"""Attribute of an account whose root user gets a new address when a code comes back: the one that it has now."""


class MemberAccount(Kind):
    """Accounts: created, adopted by e-mail, moved, renamed, tagged; closed only when that is allowed by name.

    A tag of the account says which of its tags the config has set: what the config drops is taken off again. Only with
    that the mark is whole. A new account waits in the quarantine unit where the config has one: until its `release`
    moves it on, that counts as being in its unit.
    """

    name = resources.ACCOUNT
    ending = "closed"
    title = "Account"
    ownership = Ownership.TAG
    severity = Severity.HIGH
    canonical: ClassVar[Mapping[str, forms.Form]] = {"email": forms.email}
    controls = ("cis-aws-7.0:2.1.4", "nist-csf-2.0:ID.AM-01")
    help_uri = "https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_accounts.html"
    weaker: ClassVar[Mapping[str, Weaker]] = {
        "email": neutral,
        "unit": neutral,
    }  # a move is judged by what is blocked there (guardrails.exposure)
    parallel = CREATE_ACCOUNT_IN_FLIGHT
    removal = "close-account"
    unknown = ("id",)
    ahead = ("accounts", "units")
    reads = (
        "organizations:ListAccounts",
        "organizations:ListAccountsForParent",
        "organizations:ListTagsForResource",
        "tag:GetResources",
    )
    writes = (
        "organizations:ListCreateAccountStatus",
        "organizations:CreateAccount",
        "organizations:DescribeAccount",
        "organizations:ListParents",
        "organizations:DescribeCreateAccountStatus",
        "organizations:MoveAccount",
        "organizations:TagResource",
        "organizations:UntagResource",
        "organizations:CloseAccount",
        "account:PutAccountName",
        "account:StartPrimaryEmailUpdate",
        "iam:CreateServiceLinkedRole",
    )
    linked = ("organizations.amazonaws.com",)

    def desired(self, organization: Organization) -> Iterable[Resource]:
        """The accounts of the config; each waits for its unit and the guardrails there.

        Except those whose ids the guardrails contain: they come first.
        """
        for account in organization.accounts.values():
            attributes = {
                "name": account.name,
                **({"email": account.email} if account.email else {}),
                "unit": account.unit,
                "tags": dict(account.tags),
                MARK: True,
            }
            needs = [OrganizationalUnit().parent(account.unit)]
            needs += [TrustedAccess().address(ACCOUNT)] if ACCOUNT in organization.trusted_access else []
            if account.key == organization.management:
                needs.append(TheOrganization().address("this"))
            elif account.key not in organization.named_in_policies:
                needs += Attachments().of_path(organization, account.unit)
            if organization.is_quarantined(account.key):
                needs += self._needed_in_quarantine(organization, account.key)
            yield Resource(self.address(account.key), attributes, tuple(needs), source=account.source)

    def _needed_in_quarantine(self, organization: Organization, key: str) -> Iterator[Address]:
        """What is there before an account comes into the quarantine unit."""
        yield OrganizationalUnit().parent(organization.quarantine)
        if key not in organization.named_in_policies:
            yield from Attachments().of_path(organization, organization.quarantine)

    def read(self, organization: Organization, aws: Aws, scope: Scope) -> Iterable[Resource | Gap]:
        """Active accounts; what is suspended, closing or closed is left alone, and said."""
        wanted = organization.accounts
        for account in aws.tree.accounts.values():
            if account.state != "ACTIVE":
                if account.key in wanted:
                    reason = f"account {account.id} is {account.state}: left alone"
                    yield Gap(self.name, scope, Diagnostic("", reason), account.key)
                continue
            declared = wanted.get(account.key)
            tags = aws.tree.tags_of(account.id)
            shown = _tags_of_config(tags, declared.tags) if declared else ours(tags)
            recorded = declared is not None and tags.get(TAGS_TAG, "") == _record(declared.tags)
            recorded = recorded and (NEW_TAG not in tags or organization.is_quarantined(account.key))
            waits = account.unit == organization.quarantine and is_new(organization, aws, account)
            attributes = {
                "name": account.name,
                "email": account.email,
                "unit": declared.unit if declared and waits else account.unit,
                "tags": shown,
                MARK: account.marked and (not declared or shown != declared.tags or recorded),
            }
            if declared and is_changed(account, declared.email) and awaits_code(tags, declared.email):
                attributes |= {"email": declared.email, CODE_AWAITED: account.email}
            needs = [
                OrganizationalUnit().parent(account.unit),
                *map(Attachments().at_unit, aws.tree.path(account.unit)),
            ]
            owned = account.marked and account.id != (aws.tree.description or {}).get("MasterAccountId")
            yield Resource(self.address(account.key), attributes, tuple(needs), owned)

    def unique_names(self, address: Address, attributes: Attributes) -> Iterable[UniqueName]:
        """The e-mail address, which an account keeps, closed or not (CreateAccount: EMAIL_ALREADY_EXISTS)."""
        for name in ("email", CODE_AWAITED):
            if attributes.get(name):
                yield UniqueName("e-mail address of an account", forms.email(attributes[name]))

    def impossible(self, change: Change, live: Mapping[Address, Resource]) -> Iterable[str]:
        """A name that AWS gives to none."""
        if change.before and change.after:
            name = change.after.get("name", "")
            if name != change.before.get("name", name) and not takes(name, "account:PutAccountName AccountName"):
                yield f"AWS gives no account the name {name!r} now (account:PutAccountName): choose another"

    def in_the_way(self, organization: Organization, aws: Aws, change: Change) -> Iterable[str]:
        """What no call changes of the management account, and none of a member without trusted access."""
        if not (change.before and change.after):
            return
        own, email = change.address.name == organization.management, _new_email(change)
        if own and email:  # StartPrimaryEmailUpdate is for members
            yield (
                f"the account has the e-mail {change.before['email']}, and only its own root user changes that, in the "
                "console: do that, or set the config to the present address"
            )
        named = change.after.get("name", change.before["name"]) != change.before["name"]
        trusted = ACCOUNT in organization.trusted_access or ACCOUNT in aws.tree.trusted
        if not own and (named or email) and not trusted:
            what = "name" if named else "e-mail address"
            yield (
                f"its {what} changes only with trusted access of {ACCOUNT}, which the config withholds: take that out "
                "of `organization.untrusted`"
            )

    def awaited(self, attributes: Attributes) -> str:
        """That somebody gives back the code that was sent."""
        if CODE_AWAITED not in attributes:
            return ""
        return (
            f"AWS has sent a code to {attributes['email']}; until whoever gets it has run `landing email` with it, the "
            f"root user signs in with {attributes[CODE_AWAITED]}"
        )

    def notes(self, organization: Organization, change: Change) -> Iterable[str]:
        """Of an account that has joined: what it lacks; of another address: what a person has to do."""
        if change.before and (email := _new_email(change)):
            key = change.address.name
            yield f"AWS sends a code to {email}; whoever gets it runs `landing email {key}`, and only then it changes"
        account = organization.accounts.get(change.address.name)
        if change.before is None and organization.is_quarantined(change.address.name):
            release = Address(resources.RELEASE, change.address.name)
            yield f"comes into {organization.quarantine} first, and {release} moves it on"
        if account is not None and account.invite and change.before is not None:
            yield no_member_role(organization)
            yield "it has joined: `join` can go from the config"

    def begun(self, change: Change, present: Attributes) -> bool:
        """A new account is in the root at first; it is moved, tagged and renamed one after the other."""
        after = change.after or {}
        before = {**after, **(change.before or {"unit": ROOT, MARK: False, "name": present["name"], "tags": {}})}
        return all(
            _between(before[part], present.get(part) or {}, wanted)
            if part == "tags"
            else present.get(part) in (before[part], wanted)
            for part, wanted in after.items()
        )

    def apply(self, organization: Organization, aws: Aws, change: Change) -> None:
        """Find or create the account, then move, rename and tag it as declared."""
        key = change.address.name
        live = aws.tree.accounts.get(key)
        if change.action is Action.DELETE:
            if live is not None:
                close(aws, live)
            return
        if change.action is Action.FORGET:
            if live is not None:
                with aws.writing:
                    untag(aws, live.id, TAG, TAGS_TAG, EMAIL_TAG, CONTACTS_TAG, REGIONS_TAG, NEW_TAG)
            return
        assert change.after is not None
        if live is None:
            live, known = create(organization, aws, key, change.after)
            aws.tree.add_account(live)
            aws.tree.tagged(live.id, known)
        else:
            if organization.is_quarantined(key) and not live.marked:  # made a moment ago, or one that is adopted
                aws.tree.untagged(live.id)
            known = aws.tree.tags_of(live.id)
        self._align(organization, aws, live, change.after, known)

    def _align(
        self,
        organization: Organization,
        aws: Aws,
        live: LiveAccount,
        after: Mapping[str, Any],
        known: Mapping[str, str],
    ) -> None:
        waits = is_new(organization, aws, live)
        unit = organization.quarantine if waits and live.unit != after["unit"] else after["unit"]
        with aws.writing:
            if live.unit != unit:
                move(aws, live, unit)
            dropped = sorted({*ours(known)} - {*after["tags"]})
            if NEW_TAG in known and not organization.is_quarantined(live.key):
                dropped.append(NEW_TAG)
            if not after["tags"] and TAGS_TAG in known:
                dropped.append(TAGS_TAG)
            if dropped:  # before it is written down which are ours now: until then it is known that these are to go
                untag(aws, live.id, *dropped)
            tags = with_marks(live.key, after["tags"])
            missing = {name: value for name, value in tags.items() if known.get(name) != value}
            if missing:
                tag(aws, live.id, missing)
        if live.name != after["name"]:
            own = live.key == organization.management
            identity: dict[str, str] = {} if own else {"AccountId": live.id}
            aws.client("account").put_account_name(AccountName=after["name"], **identity)
        email = after.get("email", "")
        if is_changed(live, email) and not awaits_code(known, email):
            send_code(aws, live, email)


def _new_email(change: Change) -> str:
    """The address that a change gives an account, where it has another."""
    before, after = (str((side or {}).get("email", "")) for side in (change.before, change.after))
    return after if before and after and forms.email(before) != forms.email(after) else ""


def _record(tags: Mapping[str, str]) -> str:
    return remembered(tags) if tags else ""


def _tags_of_config(tags: Mapping[str, str], declared: Mapping[str, str]) -> dict[str, str]:
    """Those that the config names, and those that it has dropped; others are left alone."""
    return {name: value for name, value in tags.items() if name in declared} | ours(tags)


def _between(before: Mapping[str, str], present: Mapping[str, str], after: Mapping[str, str]) -> bool:
    """Whether each tag is as before or as after."""
    names = {*before, *present, *after}
    return all(present.get(name) in (before.get(name), after.get(name)) for name in names)
