"""AWS Account Management: contacts, names, Regions, for members too (Account Management API reference)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, ClassVar

from landing.sandbox.protocol.refusal import Refusal
from landing.sandbox.services import accounts
from landing.sandbox.services.call import Call
from landing.sandbox.services.service import Scope, Service
from landing.sandbox.world import World, regions

PRINCIPAL = "account.amazonaws.com"
EMAIL_WINDOW, EMAILS = timedelta(seconds=30), 3
"""How many updates of an address may be started in which time, for an account (reference guide, "Quotas")."""
IN_FLIGHT = 6
"""Regions that an account may be switching at once."""
IN_FLIGHT_INSIDE = 50
"""The same of all accounts of an organization (reference guide, "Quotas")."""
ONE_TIME_PASSWORD = "123456"  # noqa: S105  (a sandbox sends no mail, so everyone may know it)
CONTACT_FIELDS = ("Name", "Title", "EmailAddress", "PhoneNumber", "AlternateContactType")


@dataclass
class Contacts:
    """Whom AWS can reach for an account."""

    alternate: dict[str, dict[str, str]] = field(default_factory=dict)
    information: dict[str, str] | None = None
    new_email: str | None = None
    started: list[datetime] = field(default_factory=list)
    """When updates of the address were started lately."""


class Account(Service[Contacts]):
    """`AccountId` is for members only, from the management account or a delegated administrator."""

    name = "account"
    problem_error: ClassVar = {"code": "ValidationException", "reason": "fieldValidationFailed"}
    scope = Scope.ACCOUNT
    state_type = Contacts

    def get_alternate_contact(self, call: Call) -> dict[str, Any]:
        """API reference, GetAlternateContact."""
        contact = self._contacts(call).alternate.get(call["AlternateContactType"])
        if contact is None:
            raise Refusal("ResourceNotFoundException", "No contact of the given type was found.")
        return {"AlternateContact": contact}

    def put_alternate_contact(self, call: Call) -> None:
        """API reference, PutAlternateContact."""
        contact = {name: call[name] for name in CONTACT_FIELDS}
        self._contacts(call).alternate[call["AlternateContactType"]] = contact

    def delete_alternate_contact(self, call: Call) -> None:
        """Refused when there is none (API reference, DeleteAlternateContact)."""
        if self._contacts(call).alternate.pop(call["AlternateContactType"], None) is None:
            raise Refusal("ResourceNotFoundException", "No contact of the given type was found.")

    def get_contact_information(self, call: Call) -> dict[str, Any]:
        """Every account has some: a created one has its management account's (User Guide)."""
        account = _target(call)
        information = self.state_of(call.world, account).information
        return {"ContactInformation": information or _default_information(call.world, account)}

    def put_contact_information(self, call: Call) -> None:
        """API reference, PutContactInformation."""
        self._contacts(call).information = dict(call["ContactInformation"])

    def get_account_information(self, call: Call) -> dict[str, Any]:
        """The account as such; it knows no PENDING_CLOSURE (API reference, GetAccountInformation)."""
        account = call.world.accounts[_target(call)]
        return {
            "AccountId": account.id,
            "AccountName": account.name,
            "AccountCreatedDate": account.created,
            "AccountState": "ACTIVE" if account.state == "PENDING_CLOSURE" else account.state,
        }

    def put_account_name(self, call: Call) -> None:
        """The name that Organizations shows too (API reference, PutAccountName)."""
        call.world.accounts[_target(call)].name = call["AccountName"]

    def get_primary_email(self, call: Call) -> dict[str, Any]:
        """Of members only (API reference, GetPrimaryEmail)."""
        return {"PrimaryEmail": call.world.accounts[_member(call)].email}

    def start_primary_email_update(self, call: Call) -> dict[str, Any]:
        """A one-time password goes to the new address (API reference, StartPrimaryEmailUpdate)."""
        contacts = self.state_of(call.world, _member(call))
        if call["PrimaryEmail"].lower() in call.world.addresses:
            raise Refusal("ConflictException", "The e-mail address is used by another account.")
        now = call.world.now
        contacts.started = [moment for moment in contacts.started if moment > now - EMAIL_WINDOW]
        if len(contacts.started) >= EMAILS:
            raise Refusal("TooManyRequestsException", "Too many updates of the address were started.")
        contacts.started.append(now)
        contacts.new_email = call["PrimaryEmail"]
        return {"Status": "PENDING"}

    def accept_primary_email_update(self, call: Call) -> dict[str, Any]:
        """With the password that was sent (API reference, AcceptPrimaryEmailUpdate)."""
        account = _member(call)
        contacts = self.state_of(call.world, account)
        if contacts.new_email != call["PrimaryEmail"]:
            raise Refusal("ResourceNotFoundException", "No update to this address was started.")
        if call["Otp"] != ONE_TIME_PASSWORD:
            raise Refusal("ValidationException", "The one-time password is wrong.", reason="fieldValidationFailed")
        call.world.change_email(account, call["PrimaryEmail"])
        contacts.new_email = None
        return {"Status": "ACCEPTED"}

    def list_regions(self, call: Call) -> dict[str, Any]:
        """Every Region of the partition with its status (API reference, ListRegions)."""
        account = _target(call)
        if not call.get("NextToken"):
            for region in regions.every(call.world):
                call.poll(_thing(account, region))
        found = [_region(call.world, account, region) for region in regions.every(call.world)]
        wanted = call.get("RegionOptStatusContains")
        return call.page("Regions", [r for r in found if not wanted or r["RegionOptStatus"] in wanted], most=50)

    def get_region_opt_status(self, call: Call) -> dict[str, Any]:
        """Asking brings the end of a switch closer (API reference, GetRegionOptStatus)."""
        account, region = _target(call), _known(call)
        call.poll(_thing(account, region))
        return _region(call.world, account, region)

    def enable_region(self, call: Call) -> None:
        """ENABLING for a while (API reference, EnableRegion)."""
        _switch(call, "ENABLING", "ENABLED")

    def disable_region(self, call: Call) -> None:
        """DISABLING for a while (API reference, DisableRegion)."""
        _switch(call, "DISABLING", "DISABLED")

    def _contacts(self, call: Call) -> Contacts:
        return self.state_of(call.world, _target(call))


def _target(call: Call) -> str:
    """The account that the call is about: the caller's, or a member (API reference, parameter AccountId)."""
    account: str = call.get("AccountId", call.account)
    if "AccountId" not in call:
        return account
    organization = accounts.may_administer(call, PRINCIPAL)
    if organization is None:
        raise _denied(call, "no identity-based policy allows the action")
    if account == organization.management_account:
        raise _denied(
            call,
            "the management account can only be managed using the standalone context from that account",
        )
    if account not in organization.members:
        raise _denied(call, "the account is not a member of the organization")
    if PRINCIPAL not in organization.services:
        raise _denied(call, "trusted access is not enabled for account.amazonaws.com")
    return account


def _member(call: Call) -> str:
    """The same, where the caller's own account will not do."""
    account = _target(call)
    if accounts.may_administer(call, PRINCIPAL) is None:
        raise _denied(call, "only for the management account or a delegated administrator")
    return account


def _denied(call: Call, why: str) -> Refusal:
    action = f"account:{call.operation.name}"
    message = f"User: {call.caller.arn} is not authorized to perform: {action} ({why})"
    return Refusal("AccessDeniedException", message)


def _known(call: Call) -> str:
    region: str = call["RegionName"]
    if region not in regions.every(call.world):
        raise Refusal("ValidationException", "The Region does not exist.", reason="fieldValidationFailed")
    return region


def _region(world: World, account: str, region: str) -> dict[str, str]:
    return {"RegionName": region, "RegionOptStatus": regions.status(world, account, region)}


def _thing(account: str, region: str) -> tuple[str, str, str]:
    return ("region", account, region)


def _switch(call: Call, meanwhile: str, finally_: str) -> None:
    account, region = _target(call), _known(call)
    if not regions.is_opt_in(region):
        raise Refusal(
            "ValidationException",
            "The Region is enabled by default and cannot be switched.",
            reason="invalidRegionOptTarget",
        )
    now = regions.status(call.world, account, region)
    if now == finally_:
        return
    if now in ("ENABLING", "DISABLING"):
        raise Refusal("ConflictException", f"The Region is {now}.")
    statuses = regions.opt_ins(call.world, account).statuses
    organization = accounts.organization_of(call.world, account)
    members = organization.members if organization is not None else (account,)
    inside = sum(_switching(call.world, each) for each in members)
    if _switching(call.world, account) >= IN_FLIGHT or inside >= IN_FLIGHT_INSIDE:
        raise Refusal("TooManyRequestsException", "Too many Regions are being switched.")
    statuses[region] = meanwhile
    call.world.clock.later(finish_switching, account, region, finally_, thing=_thing(account, region))


def _switching(world: World, account: str) -> int:
    return sum(status in ("ENABLING", "DISABLING") for status in regions.opt_ins(world, account).statuses.values())


def finish_switching(world: World, account: str, region: str, status: str) -> None:
    """The Region is on or off now."""
    regions.opt_ins(world, account).statuses[region] = status


def _default_information(world: World, account: str) -> dict[str, str]:
    return {
        "FullName": world.accounts[account].name,
        "AddressLine1": "1 Sandbox Street",
        "City": "Seattle",
        "StateOrRegion": "WA",
        "PostalCode": "98101",
        "CountryCode": "US",
        "PhoneNumber": "+12065550100",
    }
