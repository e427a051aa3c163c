"""Invitations of accounts that are no members yet: standalone ones, and those of other organizations.

An account of another organization is invited like any other since November 2025, and leaves that one in the moment in
which it accepts (User Guide, "Migrate an account to another organization"). Nothing of it can be read from here before.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, ClassVar

from landing.aws import AWAITED, Aws, unless
from landing.core import forms
from landing.core.errors import OperationFailed
from landing.core.model import Action, Attributes, Change, Resource, Scope
from landing.organization import Account, Organization
from landing.organization.resources import INVITATION
from landing.services.base import Kind, Ownership
from landing.services.organizations.organization import TheOrganization
from landing.services.organizations.tags import listed, with_marks
from landing.services.strength import Weaker, neutral

DAYS = 15
"""How long an account has to accept (User Guide, "Quotas and service limits")."""
OPEN = "open"
FULL = "the organization has as many accounts as its quota allows, open invitations among them: have the quota raised"
WHAT_TO_DO = {
    "ACCOUNT_NUMBER_LIMIT_EXCEEDED": f"{FULL} (L-E619E033 of Service Quotas, us-east-1), and run landing apply again",
    "HANDSHAKE_RATE_LIMIT_EXCEEDED": "as many accounts were invited in 24 hours as AWS allows: run landing apply "
    "again tomorrow",
    "ALREADY_IN_AN_ORGANIZATION": "AWS says that it is in an organization which it cannot leave by invitation: "
    "`landing explain docs/adopting.md` says what keeps an account",
    "INVITE_DISABLED_DURING_ENABLE_ALL_FEATURES": "nobody is invited while all features are being enabled: let the "
    "members agree to that first",
    "PAYMENT_INSTRUMENT_REQUIRED": "it has no payment method: add one in its billing preferences",
    "ORGANIZATION_FROM_DIFFERENT_SELLER_OF_RECORD": "it buys from another seller of AWS than this organization: it "
    "must be changed there first (AWS Support)",
    "ORGANIZATION_MEMBERSHIP_CHANGE_RATE_LIMIT_EXCEEDED": "it has changed its organization a moment ago: run landing "
    "apply again later",
    "MANAGEMENT_ACCOUNT_EMAIL_NOT_VERIFIED": "the e-mail address of the management account is not verified: verify it "
    "in AWS Organizations' console",
    "PAST_DUE_INVOICE": "an invoice is past due: pay it",
}
"""By the reason of a refusal (API reference, HandshakeConstraintViolationException, ConstraintViolationException)."""
REFUSALS = ("HandshakeConstraintViolationException", "ConstraintViolationException", "AccountOwnerNotVerifiedException")
LATER, THERE = "FinalizingOrganizationException", "DuplicateHandshakeException"


class Invitation(Kind):
    """Invitations to join (InviteAccountToOrganization): open until the account accepts; never cancelled by us."""

    name = INVITATION
    title = "Invitation"
    ownership = Ownership.CONFIG
    help_uri = "https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_accounts_invites.html"
    weaker: ClassVar[Mapping[str, Weaker]] = {"account": neutral, "state": neutral}
    removal = ""
    ahead = ()
    reads = ("organizations:ListHandshakesForOrganization",)
    writes = ("organizations:InviteAccountToOrganization", "organizations:TagResource")

    def scopes(self, organization: Organization) -> Iterator[Scope]:
        """None where nobody is invited: nothing is asked then."""
        if organization.invited:
            yield from super().scopes(organization)

    def desired(self, organization: Organization) -> Iterable[Resource]:
        """One for each account that has not joined yet."""
        for key, account in organization.invited.items():
            attributes = {"account": account.id, "state": OPEN}
            yield Resource(self.address(key), attributes, (TheOrganization().address("this"),), source=account.source)

    def read(self, organization: Organization, aws: Aws, scope: Scope) -> Iterable[Resource]:
        """The last one of each declared account, whatever became of it; of others, those that are open."""
        if aws.tree.description is None:
            return
        handshakes = aws.tree.survey.invitations
        declared = {}
        for key, account in organization.invited.items():
            if (found := _last(handshakes, account)) is not None:
                declared[found["Id"]] = key
        for each in handshakes:
            key = declared.get(each["Id"], "")
            if key or each["State"] in AWAITED:
                state = OPEN if each["State"] in AWAITED else each["State"].lower()
                attributes = {
                    "account": organization.invited[key].id if key else _invited(each),
                    "state": state,
                    "handshake": each["Id"],
                    "expires": _day(each["ExpirationTimestamp"]),
                }
                yield Resource(self.address(key or each["Id"]), attributes, owned=False)

    def apply(self, organization: Organization, aws: Aws, change: Change) -> None:
        """Invite, unless that is done already; the tags come with the account when it joins."""
        assert change.action is not Action.DELETE
        account = organization.invited[change.address.name]
        aws.tree.survey.forget_invitations()
        found = _last(aws.tree.survey.invitations, account)
        if found is not None and found["State"] in AWAITED:
            return
        for _ in aws.poll(f"inviting account {account.key}", "account"):
            with aws.writing, unless(*REFUSALS, LATER, THERE) as refused:
                aws.client("organizations").invite_account_to_organization(
                    Target={"Id": account.id, "Type": "ACCOUNT"}, Tags=listed(with_marks(account.key, account.tags))
                )
            if refused.code in ("", THERE):
                break
            if refused.code != LATER:
                reason = refused.reason or refused.code
                said = WHAT_TO_DO.get(reason) or refused.message
                raise OperationFailed(
                    f"account {account.key} ({account.id}) was not invited: {said}",
                    operation="InviteAccountToOrganization",
                    aws_code=reason,
                )
        aws.tree.survey.forget_invitations()

    def awaited(self, attributes: Attributes) -> str:
        """That the account accepts, and how it does."""
        if attributes["state"] != OPEN or "handshake" not in attributes:
            return ""
        return (
            f"account {attributes['account']} has until {attributes['expires']} to accept; in that account: "
            f"aws organizations accept-handshake --handshake-id {attributes['handshake']}"
        )

    def notes(self, organization: Organization, change: Change) -> Iterable[str]:
        """What the account has to do, and what it lacks then."""
        yield f"the account must accept within {DAYS} days; landing plan shows the command for it until it has"
        yield (
            "if it is in another organization now, it must be neither its management account nor a delegated "
            "administrator there, and needs a payment method: `landing explain docs/adopting.md` has what else keeps it"
        )
        yield no_member_role(organization)


def no_member_role(organization: Organization) -> str:
    """What no account has that came by invitation."""
    return (
        f"an account that was invited has no role {organization.member_role}: make it there before anything is to be "
        "done in it by that role (`landing explain docs/adopting.md` has the commands)"
    )


def _last(handshakes: Iterable[Any], account: Account) -> Any:
    """The open one, or else the last that came to nothing; who accepted and is no member has left again."""
    meant = [each for each in handshakes if _means(each, account) and each["State"] != "ACCEPTED"]
    return next((each for each in meant if each["State"] in AWAITED), meant[0] if meant else None)


def _means(handshake: Any, account: Account) -> bool:
    invited = _invited(handshake)
    return invited == account.id or bool(account.email and forms.email(invited) == forms.email(account.email))


def _invited(handshake: Any) -> str:
    """The id of the account, or its e-mail address where it was invited by that."""
    parties = (party["Id"] for party in handshake["Parties"] if party["Type"] in ("ACCOUNT", "EMAIL"))
    return str(next(parties, ""))


def _day(moment: datetime) -> str:
    return moment.date().isoformat()
