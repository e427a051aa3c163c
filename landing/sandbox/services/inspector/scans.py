"""Scans, by type of resource, of the caller and, for the administrator, of its members."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from landing.sandbox.services import accounts
from landing.sandbox.services.call import Call
from landing.sandbox.services.iam import linked_roles
from landing.sandbox.services.inspector.state import PRINCIPAL, TYPES, Place, at, denied, here, invalid
from landing.sandbox.services.organizations.effective import document
from landing.sandbox.world import World

DENIED = "ACCESS_DENIED"
BLOCKED = "BLOCKED_BY_ORGANIZATION_POLICY"
MANAGED = {
    "EC2": ("ec2_scanning",),
    "ECR": ("ecr_scanning",),
    "LAMBDA": ("lambda_standard_scanning",),
    "LAMBDA_CODE": ("lambda_standard_scanning", "lambda_code_scanning"),
    "CODE_REPOSITORY": ("code_repository_scanning",),
}
"""Where a policy has them (Organizations User Guide, "Inspector policy syntax")."""


def thing(account: str, region: str) -> tuple[str, str, str]:
    """What is asked after by those who wait for scans."""
    return ("inspector", account, region)


def enable(call: Call) -> dict[str, Any]:
    """The caller's scans, or members' by their administrator (API reference, Enable)."""
    types = call["resourceTypes"]

    def one(account: str) -> str | None:
        if account == call.account and here(call).administrator is not None:
            return DENIED
        scans = at(call.world, account, call.region).scans
        if "LAMBDA_CODE" in types and "LAMBDA" not in types and "LAMBDA" not in scans:
            raise invalid("LAMBDA_CODE needs LAMBDA.")
        if wrong := _in_the_way(call, account, types):
            return wrong
        if all(scans.get(kind) == "ENABLED" for kind in types):
            return "ALREADY_ENABLED"
        switch_on(call.world, account, call.region, types)
        return None

    return _each(call, one)


def disable(call: Call) -> dict[str, Any]:
    """All types unless some are named; not for an administrator that has members, nor by a member (API reference)."""
    types = call.get("resourceTypes") or list(TYPES)
    if here(call).administrator is not None:
        raise denied(f"Member account {call.account} is not authorized to disable itself.")

    def one(account: str) -> str | None:
        place = at(call.world, account, call.region)
        if wrong := _in_the_way(call, account, types):
            return wrong
        settings = place.administration
        if (
            settings
            and set(place.scans) <= set(types)
            and any(m.status in ("ENABLED", "CREATED") for m in settings.members.values())
        ):
            return "DISASSOCIATE_ALL_MEMBERS"
        if "LAMBDA" in types and "LAMBDA_CODE" in place.scans and "LAMBDA_CODE" not in types:
            raise invalid("LAMBDA_CODE needs LAMBDA.")
        for kind in set(types) & set(place.scans):
            place.scans[kind] = "DISABLING"
        call.world.clock.later(finish, account, call.region, thing=thing(account, call.region))
        return None

    return _each(call, one)


def _in_the_way(call: Call, account: str, types: list[str]) -> str | None:
    """Why a type cannot be switched now (API reference, FailedAccount).

    What is wrong elsewhere, with Systems Manager or EventBridge, the option `inspector_fails` of the world says: by
    account, the codes of the next tries.
    """
    if codes := call.world.options.get("inspector_fails", {}).get(account):
        return str(codes.pop(0))
    place = at(call.world, account, call.region)
    for status, code in (("ENABLING", "ENABLE_IN_PROGRESS"), ("DISABLING", "DISABLE_IN_PROGRESS")):
        if any(place.scans.get(kind) == status for kind in types):
            call.poll(thing(account, call.region))
            return code
    return BLOCKED if any(_is_managed(call, account, kind) for kind in types) else None


def _is_managed(call: Call, account: str, kind: str) -> bool:
    """Whether a policy says of the account what is scanned in this Region (Organizations User Guide, "Inspector")."""
    organization = accounts.organization_of(call.world, account)
    effective: Any = document(organization, account, "INSPECTOR_POLICY") if organization else None
    for name in ("inspector", "enablement", *MANAGED[kind]):
        effective = (effective or {}).get(name)
    lists = [(effective or {}).get(name) or [] for name in ("enable_in_regions", "disable_in_regions")]
    return any(region in (call.region, "ALL_SUPPORTED") for regions in lists for region in regions)


def batch_get_account_status(call: Call) -> dict[str, Any]:
    """The caller's, or the members' for their administrator (API reference, BatchGetAccountStatus)."""
    for account in call.get("accountIds") or [call.account]:
        call.poll(thing(account, call.region))
    answer = _each(call, lambda account: None)
    shown = [_state(one["accountId"], at(call.world, one["accountId"], call.region)) for one in answer["accounts"]]
    return {**answer, "accounts": shown}


def switch_on(world: World, account: str, region: str, types: list[str]) -> None:
    """ENABLING for a while; the account gets Inspector's role."""
    place = at(world, account, region)
    linked_roles.ensure(world, account, PRINCIPAL)
    fresh = [kind for kind in types if place.scans.get(kind) != "ENABLED"]
    place.scans.update(dict.fromkeys(fresh, "ENABLING"))
    if fresh:
        world.clock.later(finish, account, region, thing=thing(account, region))


def finish(world: World, account: str, region: str) -> None:
    """What was being switched on is on, what was being switched off is off; without any, filters are gone too."""
    place = at(world, account, region)
    place.scans = {kind: "ENABLED" for kind, status in place.scans.items() if status != "DISABLING"}
    if not place.scans:
        place.filters.clear()
        place.cis.clear()


def overall(place: Place) -> str:
    """The status of the account as such."""
    statuses = set(place.scans.values())
    return next((status for status in ("ENABLING", "ENABLED", "DISABLING") if status in statuses), "DISABLED")


def _each(call: Call, act: Callable[[str], str | None]) -> dict[str, Any]:
    """Act on the accounts that the caller may name, members or itself; the others fail, with the reason."""
    settings, done, failed = here(call).administration, [], []
    others = {*call.get("accountIds", ())} - {call.account}
    for account in call.get("accountIds") or [call.account]:
        is_member = settings is not None and account in settings.members
        allowed = (account == call.account and not others) or (
            is_member and settings is not None and settings.members[account].status == "ENABLED"
        )
        wrong = act(account) if allowed else DENIED
        place = at(call.world, account, call.region)
        if wrong is None:
            done.append({"accountId": account, "status": overall(place), "resourceStatus": _statuses(place)})
        else:
            failed.append({"accountId": account, "errorCode": wrong, "errorMessage": f"{wrong} for {account}"})
    return {"accounts": done, "failedAccounts": failed}


def _statuses(place: Place) -> dict[str, str]:
    return {name: place.scans.get(kind, "DISABLED") for kind, name in TYPES.items()}


def _state(account: str, place: Place) -> dict[str, Any]:
    return {
        "accountId": account,
        "state": {"status": overall(place)},
        "resourceState": {name: {"status": status} for name, status in _statuses(place).items()},
    }
