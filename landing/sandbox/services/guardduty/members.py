"""Members, as the organization's administrator sees and changes them, and what a member may not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from landing.sandbox.protocol.refusal import unsupported
from landing.sandbox.services.administrator import Member, shown, stamp
from landing.sandbox.services.call import Call
from landing.sandbox.services.guardduty import enrolment, features
from landing.sandbox.services.guardduty.administration import administered
from landing.sandbox.services.guardduty.state import at, bad, here, own_detector

NOT_ASSOCIATED = (
    "The request is rejected because the given account ID is not an associated member of account the current account."
)


def create_members(call: Call) -> dict[str, Any]:
    """Accounts of the organization are members at once, with the auto-enable settings (API reference)."""
    if here(call).administration is None:
        raise unsupported("guardduty", "CreateMembers", "only by the administrator of an organization")
    settings = administered(call)
    fresh = features.for_new_member(settings.features)
    refused = []
    for detail in call["AccountDetails"]:
        account = detail["AccountId"]
        why = enrolment.enrol(call.world, call.account, call.region, account, fresh, which=("ALL", "NEW"))
        if why is not None:
            refused.append({"AccountId": account, "Result": why})
    return {"UnprocessedAccounts": refused}


def list_members(call: Call) -> dict[str, Any]:
    """Associated ones unless OnlyAssociated is false (API reference, ListMembers)."""
    own_detector(call)
    enrolment.poll(call)
    settings = here(call).administration
    members = [] if settings is None else list(settings.members.values())
    if call.get("OnlyAssociated", "true").lower() != "false":
        members = [member for member in members if member.status != "Removed"]
    return call.page("Members", members, show=lambda member: _shown(call, member), most=50)


def get_members(call: Call) -> dict[str, Any]:
    """Of the accounts that are named (API reference, GetMembers)."""
    own_detector(call)
    enrolment.poll(call)
    settings = here(call).administration
    known = {} if settings is None else settings.members
    return {
        "Members": [_shown(call, known[account]) for account in call["AccountIds"] if account in known],
        "UnprocessedAccounts": [_not_associated(account) for account in call["AccountIds"] if account not in known],
    }


def _shown(call: Call, member: Member) -> dict[str, Any]:
    detector = at(call.world, member.account, call.region).detector
    return {**shown(call, member), "DetectorId": None if detector is None else detector.id}


def _not_associated(account: str) -> dict[str, str]:
    return {"AccountId": account, "Result": NOT_ASSOCIATED}


def get_member_detectors(call: Call) -> dict[str, Any]:
    """The features of members (API reference, GetMemberDetectors)."""
    enrolment.poll(call)
    found = []

    def show(account: str) -> None:
        detector = at(call.world, account, call.region).detector
        assert detector is not None
        found.append(
            {
                "AccountId": account,
                "DataSources": features.data_sources(detector.features, enabled=detector.enabled),
                "Features": features.shown(
                    {name: status for name, status in detector.features.items() if name not in features.DETECTOR_ONLY},
                    "Status",
                    UpdatedAt=detector.updated,
                ),
            }
        )

    refused = _each(call, show)
    return {"MemberDataSourceConfigurations": found, "UnprocessedAccounts": refused}


def update_member_detectors(call: Call) -> dict[str, Any]:
    """What is not named stays (API reference, UpdateMemberDetectors)."""
    asked = features.requested(call, "Status")

    def update(account: str) -> None:
        detector = at(call.world, account, call.region).detector
        assert detector is not None
        detector.features = {**detector.features, **asked}
        detector.updated = call.world.now

    return {"UnprocessedAccounts": _each(call, update)}


def stop_monitoring_members(call: Call) -> dict[str, Any]:
    """Not while ALL holds (API reference, StopMonitoringMembers)."""
    return _switch(call, "Disabled", enabled=False)


def start_monitoring_members(call: Call) -> dict[str, Any]:
    """API reference, StartMonitoringMembers."""
    return _switch(call, "Enabled", enabled=True)


def _switch(call: Call, status: str, *, enabled: bool) -> dict[str, Any]:
    settings = administered(call)
    if not enabled:
        _refuse_for_all(settings.auto_enable)

    def switch(account: str) -> None:
        detector = at(call.world, account, call.region).detector
        assert detector is not None
        detector.enabled = enabled
        settings.members[account].status = status
        settings.members[account].updated = call.world.now

    return {"UnprocessedAccounts": _each(call, switch)}


def disassociate_members(call: Call) -> dict[str, Any]:
    """GuardDuty stays on in them; not while ALL holds (API reference, DisassociateMembers)."""
    settings = administered(call)
    _refuse_for_all(settings.auto_enable)

    def disassociate(account: str) -> None:
        at(call.world, account, call.region).administrator = None
        settings.members[account].status = "Removed"
        settings.members[account].updated = call.world.now

    return {"UnprocessedAccounts": _each(call, disassociate)}


def delete_members(call: Call) -> dict[str, Any]:
    """Those that were disassociated before; not while ALL holds (API reference, DeleteMembers)."""
    settings = administered(call)
    _refuse_for_all(settings.auto_enable)
    refused = []
    for account in call["AccountIds"]:
        member = settings.members.get(account)
        if member is None or member.status != "Removed":
            refused.append(
                {"AccountId": account, "Result": "The request is rejected because the member is associated."}
            )
        else:
            del settings.members[account]
    return {"UnprocessedAccounts": refused}


def _refuse_for_all(auto_enable: str) -> None:
    if auto_enable == "ALL":
        raise bad(
            "The request is rejected because the organization's auto-enable setting is ALL: it would enable the "
            "member accounts again."
        )


def _each(call: Call, act: Callable[[str], None]) -> list[dict[str, str]]:
    """Act on each associated member that the call names; the others, with the reason."""
    members = administered(call).members
    refused = []
    for account in call["AccountIds"]:
        if account in members and members[account].status != "Removed":
            act(account)
        else:
            refused.append(_not_associated(account))
    return refused


def get_administrator_account(call: Call) -> dict[str, Any]:
    """A member's; success without content for everyone else (API reference, GetAdministratorAccount)."""
    return {"Administrator": _administrator(call)}


def get_master_account(call: Call) -> dict[str, Any]:
    """The older name (API reference, GetMasterAccount)."""
    return {"Master": _administrator(call)}


def _administrator(call: Call) -> dict[str, Any] | None:
    own_detector(call)
    administrator = here(call).administrator
    if administrator is None:
        return None
    settings = at(call.world, administrator, call.region).administration
    assert settings is not None
    member = settings.members[call.account]
    return {
        "AccountId": administrator,
        "RelationshipStatus": member.status,
        "InvitedAt": stamp(member.updated),
    }


def disassociate_from_administrator_account(call: Call) -> None:
    """Not for members by way of an organization (User Guide, "Relationships")."""
    own_detector(call)
    if here(call).administrator is None:
        raise bad("The request is rejected because the current account has no administrator account.")
    raise bad(
        "The request is rejected because an account of an organization cannot disassociate itself from its delegated "
        "administrator."
    )


def disassociate_from_master_account(call: Call) -> None:
    """The older name."""
    disassociate_from_administrator_account(call)
