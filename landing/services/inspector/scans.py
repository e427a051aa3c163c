"""Scans by account: which are wanted, which are on, and how they are switched (Enable, Disable)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from landing.aws import Aws
from landing.core.errors import OperationFailed, TimedOut
from landing.core.model import Scope
from landing.organization import Organization
from landing.services.inspector.settings import (
    ANSWERED,
    CODE,
    CODE_REGIONS,
    IMAGES,
    RESOURCE_TYPES,
    SCANS,
    InspectorSettings,
)
from landing.services.overrides import by_account

AT_ONCE = 100
"""Accounts in one call (API reference, Enable, Disable, BatchGetAccountStatus)."""

DONE = "ALREADY_ENABLED"
PASSES = (
    "ENABLE_IN_PROGRESS",
    "DISABLE_IN_PROGRESS", "SUSPEND_IN_PROGRESS", "INTERNAL_ERROR", "SSM_UNAVAILABLE", "SSM_THROTTLED",
    "EVENTBRIDGE_UNAVAILABLE", "EVENTBRIDGE_THROTTLED",
)  # fmt: skip
"""What Enable and Disable say of an account that is as wanted, and of one that is asked again (FailedAccount)."""

UNDER_WAY = ("ENABLING", "DISABLING")

Statuses = Mapping[str, Mapping[str, str]]
"""By account id: the status of each scan that can be switched."""


def wanted(organization: Organization, region: str) -> dict[str, dict[str, bool]]:
    """What is scanned in each account of the config, by its key; without the service, by the defaults."""
    service = organization.service(InspectorSettings)
    if service is None:
        return {key: _in_region({}, region) for key in organization.accounts}
    return {key: _in_region(own.scans, region) for key, own in by_account(organization, service).items()}


def in_new_accounts(organization: Organization, region: str) -> dict[str, bool]:
    """What is scanned in accounts that join, of which AWS lets none differ."""
    service = organization.service(InspectorSettings)
    asked = service.settings.scans if service else {}
    return {**_in_region(asked, region), IMAGES: bool(asked.get(IMAGES, False))}


def _in_region(asked: Mapping[str, bool], region: str) -> dict[str, bool]:
    """Code is scanned in some regions only."""
    found = {name: bool(asked.get(name, default)) for name, default in SCANS.items()}
    return {name: on and (name not in CODE or region in CODE_REGIONS) for name, on in found.items()}


def answered(parts: Mapping[str, Any]) -> dict[str, Any]:
    """By our words what an answer says of each scan."""
    names = {name: ANSWERED.get(name, name) for name in (*SCANS, IMAGES)}
    return {name: parts[theirs] for name, theirs in names.items() if theirs in parts}


def is_on(status: str) -> bool:
    """Whether it scans, or is about to."""
    return status in ("ENABLED", "ENABLING")


def own_statuses(client: Any) -> dict[str, str]:
    """Of the account that asks."""
    (found,) = client.batch_get_account_status()["accounts"]
    return _statuses(found)


def statuses(client: Any, accounts: Iterable[str]) -> dict[str, dict[str, str]]:
    """Of members, by account id; those of which AWS says nothing are left out."""
    found = {}
    for batch in _batches(sorted(accounts)):
        for each in client.batch_get_account_status(accountIds=batch)["accounts"]:
            found[each["accountId"]] = _statuses(each)
    return found


def _statuses(found: Mapping[str, Any]) -> dict[str, str]:
    return {name: state["status"] for name, state in answered(found["resourceState"]).items() if name in SCANS}


def switch_own(aws: Aws, client: Any, scope: Scope, to: Mapping[str, bool]) -> None:
    """Of the account that asks: on what is to be on, off what is to be off, until it is."""

    def call(operation: Any, names: Sequence[str]) -> None:
        types = [RESOURCE_TYPES[name] for name in names]
        refused = _until_answered(aws, {"": types}, lambda types, _: operation(resourceTypes=types))
        if refused:
            (reason,) = refused.values()
            raise OperationFailed(reason, operation="Enable or Disable", scope=scope)

    present = own_statuses(client)
    if lacking := [name for name, on in to.items() if on and not is_on(present[name])]:
        call(client.enable, lacking)
    if surplus := [name for name, on in to.items() if not on and present[name] not in ("DISABLED", "DISABLING")]:
        call(client.disable, surplus)
    for _ in aws.poll("Inspector's scans", "inspector"):
        if not {*own_statuses(client).values()} & {*UNDER_WAY}:
            return


def switch(aws: Aws, client: Any, on: bool, accounts: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Enable or disable these scans of members, by id, until it is done; why AWS refuses, by account.

    The administrator's own account is never among them: AWS refuses a call with both (API reference, Enable).
    """
    operation = client.enable if on else client.disable
    types = {account: [RESOURCE_TYPES[name] for name in names] for account, names in accounts.items() if names}
    refused = _until_answered(aws, types, lambda types, batch: operation(resourceTypes=types, accountIds=batch))
    begun = sorted(types.keys() - refused.keys())
    for _ in aws.poll("Inspector's scans", "inspector") if begun else ():
        begun = [
            account
            for account, states in statuses(client, begun).items()
            if {states[name] for name in accounts[account]} & {*UNDER_WAY}
        ]
        if not begun:
            break
    return refused


def _until_answered(aws: Aws, types: Mapping[str, Sequence[str]], call: Any) -> dict[str, str]:
    """Ask for each account, together with those of the same types, until the answer is final; reasons by account."""
    left, refused, reasons = dict(types), dict[str, str](), dict[str, str]()
    try:
        for _ in aws.poll("Inspector's scans", "inspector") if left else ():
            failed: dict[str, str] = {}
            for same, batch in _alike(left):
                for each in call(same, batch)["failedAccounts"]:
                    account = each["accountId"] if each["accountId"] in left else ""
                    failed[account] = each["errorCode"]
                    reasons[account] = f"{each['errorCode']}: {each['errorMessage']}"
            refused |= {account: reasons[account] for account, code in failed.items() if code not in (DONE, *PASSES)}
            left = {account: left[account] for account, code in failed.items() if code in PASSES}
            if not left:
                break
    except TimedOut:
        refused |= {account: reasons[account] for account in left}
    return refused


def _alike(types: Mapping[str, Sequence[str]]) -> Iterator[tuple[list[str], list[str]]]:
    """Accounts of the same types, as many as one call takes."""
    together: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for account in sorted(types):
        together[tuple(types[account])].append(account)
    for same, accounts in together.items():
        yield from ((list(same), batch) for batch in _batches(accounts))


def _batches(accounts: Sequence[str]) -> Iterator[list[str]]:
    for start in range(0, len(accounts), AT_ONCE):
        yield list(accounts[start : start + AT_ONCE])
