"""Accounts of an organization: describing, listing, moving, closing and removing them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from landing.sandbox.protocol.refusal import Refusal
from landing.sandbox.services import event_history
from landing.sandbox.services.call import Call
from landing.sandbox.services.organizations.access import current
from landing.sandbox.services.organizations.membership import depart, leave
from landing.sandbox.services.organizations.refusals import violated
from landing.sandbox.services.organizations.state import Member, Organization, organization_of
from landing.sandbox.world import World

CLOSURES_AT_ONCE = 3
CLOSURE_WINDOW = timedelta(days=30)
RETENTION = 90 * 86400
"""Seconds until a closed account is gone for good (Account Management guide, "Close an AWS account")."""
OLD_STATUS = {"CLOSED": "SUSPENDED", "PENDING_ACTIVATION": "ACTIVE"}
"""`Status`, the retired field, where it differs from `State` (User Guide, "Account states")."""


def describe_account(call: Call) -> dict[str, Any]:
    """Asking after an account that is being closed brings its end closer (API reference, DescribeAccount)."""
    organization = current(call)
    member = organization.member(call["AccountId"])
    call.poll(("close-account", member.id))
    return {"Account": shown(call.world, organization, member)}


def list_accounts(call: Call) -> dict[str, Any]:
    """Every account, closed ones too, 20 at a time (API reference, ListAccounts)."""
    organization = current(call)
    return _page(call, organization, list(organization.members.values()))


def list_accounts_for_parent(call: Call) -> dict[str, Any]:
    """The accounts directly below a unit or the root (API reference, ListAccountsForParent)."""
    organization = current(call)
    unit = organization.unit(call["ParentId"])
    return _page(call, organization, [organization.members[account] for account in unit.accounts])


def _page(call: Call, organization: Organization, members: list[Member]) -> dict[str, Any]:
    for account in list(organization.closing):
        call.poll(("close-account", account))
    return call.page("Accounts", members, show=lambda member: shown(call.world, organization, member))


def shown(world: World, organization: Organization, member: Member) -> dict[str, Any]:
    """An account as the API describes it."""
    account = world.accounts[member.id]
    return {
        "Id": account.id,
        "Arn": organization.arn("account", account.id),
        "Email": account.email,
        "Name": account.name,
        "Status": OLD_STATUS.get(account.state, account.state),
        "State": account.state,
        "Paths": [f"{organization.path(member.parent)}{account.id}/"],
        "JoinedMethod": member.method,
        "JoinedTimestamp": member.joined,
    }


def move_account(call: Call) -> None:
    """Only from where it is to where it is not (API reference, MoveAccount)."""
    organization = current(call)
    member = organization.member(call["AccountId"])
    source = organization.unit(call["SourceParentId"], "SourceParentNotFoundException").id
    destination = organization.unit(call["DestinationParentId"], "DestinationParentNotFoundException").id
    if member.parent != source:
        raise Refusal("AccountNotFoundException", "You specified an account that isn't in the source parent.")
    if destination == source:
        raise Refusal("DuplicateAccountException", "That account is already present in the specified destination.")
    organization.move(member.id, destination)
    call.world.publish("account-moved", member.id, source=source, destination=destination)


def remove_account_from_organization(call: Call) -> None:
    """Not the management account, no delegated administrator, no account younger than four days."""
    organization = current(call)
    if call["AccountId"] == organization.management_account:
        raise Refusal(
            "MasterCannotLeaveOrganizationException",
            "You can't remove a management account from an organization.",
        )
    depart(call.world, organization, call["AccountId"], "REMOVED")


def close_account(call: Call) -> None:
    """The account is PENDING_CLOSURE for a while, then CLOSED (API reference, CloseAccount)."""
    organization = current(call)
    account = call.world.accounts[organization.member(call["AccountId"]).id]
    if account.id == organization.management_account:
        raise violated("CANNOT_CLOSE_MANAGEMENT_ACCOUNT", "You can't close the management account.")
    if account.state == "CLOSED":
        raise Refusal("AccountAlreadyClosedException", "You attempted to close an account that is already closed.")
    if account.state == "PENDING_CLOSURE":
        raise Refusal("ConflictException", "The account is being closed already.")
    _check_closure_quotas(call, organization)
    event_history.record(call)
    organization.closures.append(call.world.now)
    organization.closing[account.id] = None
    account.state = "PENDING_CLOSURE"
    call.world.clock.later(finish_closing, account.id, thing=("close-account", account.id))


def _check_closure_quotas(call: Call, organization: Organization) -> None:
    if len(organization.closing) >= CLOSURES_AT_ONCE:
        for other in list(organization.closing):  # being told so brings their end closer, as listing does
            call.poll(("close-account", other))
        raise violated(
            "CLOSE_ACCOUNT_REQUESTS_LIMIT_EXCEEDED",
            "You attempted to exceed the number of accounts that you can close at a time.",
        )
    since = call.world.now - CLOSURE_WINDOW
    organization.closures = [moment for moment in organization.closures if moment > since]
    most = min(1000, max(250, len(organization.members) // 5))
    if len(organization.closures) >= most:
        raise violated("CLOSE_ACCOUNT_QUOTA_EXCEEDED", "You have exceeded close account quota for the past 30 days.")


def finish_closing(world: World, account: str) -> None:
    """The account is closed now; it stays a member for ninety days."""
    world.accounts[account].state = "CLOSED"
    organization = organization_of(world, account)
    if organization is None:
        return
    organization.closing.pop(account, None)
    world.publish("account-closed", account, parent=organization.members[account].parent)
    world.clock.later(clean_up, account, thing=("clean-up", account), seconds=RETENTION)


def clean_up(world: World, account: str) -> None:
    """The account is gone for good, and counts no more."""
    organization = organization_of(world, account)
    if organization is not None:
        leave(world, organization, account, "CLEANED")
