"""How an account comes to be: asked for once, found again after a cut or a lost answer, its failure put in words.

CreateAccount has no client token, and a request in progress has a name but no e-mail address. What tells two accounts
apart is the address, which AWS lets only one account have.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from landing.aws import Aws, unless
from landing.aws.live_names import LiveAccount
from landing.core import forms
from landing.core.errors import OperationFailed
from landing.organization import NEW_TAG, ROOT, Organization
from landing.services.organizations.tags import listed, with_marks

CONTACT_AWS = "ask AWS Support, and run landing apply again"
WHAT_TO_DO = {
    "EMAIL_ALREADY_EXISTS": "an account outside of this organization has this e-mail address: invite it, "
    "or give another address in the config",
    "ACCOUNT_LIMIT_EXCEEDED": "the organization has as many accounts as its quota allows: have the quota "
    "`Default maximum number of accounts` raised (Service Quotas, us-east-1), and run landing apply again",
    "ACCOUNT_NUMBER_LIMIT_EXCEEDED": "the organization has as many accounts as its quota allows: have the quota "
    "`Default maximum number of accounts` raised (Service Quotas, us-east-1), and run landing apply again",
    "INVALID_EMAIL": "AWS does not accept the e-mail address: correct it in the config",
    "INVALID_ADDRESS": "the postal address of the management account is not valid: correct it in its account settings",
    "CONCURRENT_ACCOUNT_MODIFICATION": "something else changed the account at the same time: run landing apply again",
    "INTERNAL_FAILURE": "AWS failed: run landing apply again; if it persists, ask AWS Support",
    "MISSING_BUSINESS_VALIDATION": "AWS must validate the management account's business: see its account settings",
    "FAILED_BUSINESS_VALIDATION": f"AWS could not validate the management account's business: {CONTACT_AWS}",
    "PENDING_BUSINESS_VALIDATION": "AWS is validating the management account's business: run landing apply again later",
    "INVALID_IDENTITY_FOR_BUSINESS_VALIDATION": f"AWS could not validate the management account's owner: {CONTACT_AWS}",
    "UNKNOWN_BUSINESS_VALIDATION": f"AWS could not validate the management account's business: {CONTACT_AWS}",
    "MISSING_PAYMENT_INSTRUMENT": "the management account has no payment method: add one in its billing preferences",
    "INVALID_PAYMENT_INSTRUMENT": "the management account's payment method is not valid: renew it",
    "UPDATE_EXISTING_RESOURCE_POLICY_WITH_TAGS_NOT_SUPPORTED": "the organization's resource policy does not go with "
    "tags on new accounts: rewrite that policy",
    "TAG_POLICY_VIOLATION": "a tag of the account does not comply with a tag policy: correct the tags in the config",
}
"""What a person can do, by FailureReason of a request or Reason of a refusal (Organizations API reference,
CreateAccountStatus and ConstraintViolationException)."""

LATER = ("ACCOUNT_CREATION_RATE_LIMIT_EXCEEDED", "FinalizingOrganizationException")
"""Refusals that pass: too many in progress, or the organization itself is not an hour old."""


REQUESTS = "requests"


def create(
    organization: Organization, aws: Aws, key: str, after: Mapping[str, Any]
) -> tuple[LiveAccount, Mapping[str, str]]:
    """The account and the tags it has, by an earlier request or a new one; OperationFailed says what to do."""
    known = {account.id for account in aws.tree.accounts.values()}
    earlier = [status for status in _requests(aws) if status.get("AccountId") not in known]
    found = _ours(aws, key, after, earlier)
    if found is None:
        status = _settled(aws, key, _ask(organization, aws, key, after))
        if status["State"] == "SUCCEEDED":
            made = LiveAccount(status["AccountId"], key, after["name"], after["email"], "ACTIVE", ROOT, True)
            return made, _tags(organization, key, after)
        if status["FailureReason"] == "EMAIL_ALREADY_EXISTS":  # perhaps by a request of ours whose answer was lost
            aws.tree.once.forget(REQUESTS)
            found = _ours(aws, key, after, _requests(aws)) or _listed(aws, after)
        if found is None or found["Id"] in known:
            raise _failure(key, after, status["FailureReason"])
    live = LiveAccount(found["Id"], key, found["Name"], found["Email"], "ACTIVE", ROOT, True)
    aws.tree.untagged(live.id)
    return live, aws.tree.tags_of(live.id)


def _tags(organization: Organization, key: str, after: Mapping[str, Any]) -> dict[str, str]:
    """Those that an account is created with, so that every later run knows that it waits in quarantine, and where."""
    new = {NEW_TAG: organization.quarantine} if organization.is_quarantined(key) else {}
    return {**with_marks(key, after["tags"]), **new}


def _requests(aws: Aws) -> list[Mapping[str, Any]]:
    """What earlier runs asked for: accounts in the making, and those that ListAccounts may not show yet."""
    client, states = aws.client("organizations"), ["IN_PROGRESS", "SUCCEEDED"]
    return aws.tree.once(
        REQUESTS,
        lambda: list(aws.listed(client, "list_create_account_status", "CreateAccountStatuses", States=states)),
    )


def _ours(
    aws: Aws, key: str, after: Mapping[str, Any], requests: Iterable[Mapping[str, Any]]
) -> Mapping[str, Any] | None:
    """The account with our e-mail address that one of the requests has made."""
    for request in requests:
        if request.get("AccountName") != after["name"]:
            continue
        status = _settled(aws, key, request)
        if status["State"] != "SUCCEEDED":
            continue
        with unless("AccountNotFoundException"):
            account: Mapping[str, Any] = aws.client("organizations").describe_account(AccountId=status["AccountId"])[
                "Account"
            ]
            if forms.email(account["Email"]) == forms.email(after["email"]):
                return account
    return None


def _listed(aws: Aws, after: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The same, by what the organization holds now: the name may have been another when the request was made."""
    listed = aws.listed(aws.client("organizations"), "list_accounts", "Accounts")
    return next((account for account in listed if forms.email(account["Email"]) == forms.email(after["email"])), None)


def _settled(aws: Aws, key: str, status: Mapping[str, Any]) -> Mapping[str, Any]:
    """The status of a request once it is in progress no more."""
    client = aws.client("organizations")
    for _ in aws.poll(f"creating account {key}", "account"):
        if status["State"] != "IN_PROGRESS":
            break
        with unless("CreateAccountStatusNotFoundException"):  # asked for a moment ago, and not seen everywhere
            status = client.describe_create_account_status(CreateAccountRequestId=status["Id"])["CreateAccountStatus"]
    return status


def _ask(organization: Organization, aws: Aws, key: str, after: Mapping[str, Any]) -> Mapping[str, Any]:
    tags = listed(_tags(organization, key, after))
    status: Mapping[str, Any] = {}
    for _ in aws.poll(f"asking for account {key}", "account"):
        with unless("ConstraintViolationException", "FinalizingOrganizationException") as refused:
            status = aws.client("organizations").create_account(
                Email=after["email"], AccountName=after["name"], RoleName=organization.member_role, Tags=tags
            )["CreateAccountStatus"]
            break
        if refused.code not in LATER and refused.reason not in LATER:
            raise _failure(key, after, refused.reason, refused.message)
    return status


def _failure(key: str, after: Mapping[str, Any], reason: str, message: str = "") -> OperationFailed:
    advice = WHAT_TO_DO.get(reason) or message or CONTACT_AWS
    return OperationFailed(
        f"account {key} ({after['email']}) was not created: {advice}", operation="CreateAccount", aws_code=reason
    )
