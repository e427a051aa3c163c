"""Invitations (Organizations API reference and User Guide)."""

from __future__ import annotations

from typing import Any

from tests.sandbox.cloud import Cloud, refused, source

OUTSIDER = "555555555555"


def _invite(cloud: Cloud, account: str = OUTSIDER) -> str:
    made = cloud.organizations.invite_account_to_organization(Target={"Id": account, "Type": "ACCOUNT"})
    identifier: str = made["Handshake"]["Id"]
    return identifier


@source("API reference: InviteAccountToOrganization, AcceptHandshake")
def test_an_account_joins_by_invitation(cloud: Cloud) -> None:
    handshake = _invite(cloud)
    outsider = cloud.client("organizations", OUTSIDER)
    assert [h["Id"] for h in outsider.list_handshakes_for_account()["Handshakes"]] == [handshake]
    assert outsider.accept_handshake(HandshakeId=handshake)["Handshake"]["State"] == "ACCEPTED"
    account = cloud.organizations.describe_account(AccountId=OUTSIDER)["Account"]
    assert (account["JoinedMethod"], account["State"]) == ("INVITED", "ACTIVE")
    assert cloud.organizations.list_parents(ChildId=OUTSIDER)["Parents"][0]["Id"] == cloud.root


@source("User Guide: invited accounts have no OrganizationAccountAccessRole")
def test_an_invited_account_has_no_access_role(cloud: Cloud) -> None:
    cloud.client("organizations", OUTSIDER).accept_handshake(HandshakeId=_invite(cloud))
    refused(
        "AccessDenied",
        cloud.client("sts").assume_role,
        RoleArn=f"arn:aws:iam::{OUTSIDER}:role/OrganizationAccountAccessRole",
        RoleSessionName="check",
    )


@source("User Guide: quotas; invited accounts may leave at once")
def test_an_invited_account_can_leave_at_once(cloud: Cloud) -> None:
    outsider = cloud.client("organizations", OUTSIDER)
    outsider.accept_handshake(HandshakeId=_invite(cloud))
    outsider.leave_organization()
    assert len(cloud.organizations.list_accounts()["Accounts"]) == 1


@source("API reference: DuplicateHandshakeException")
def test_an_account_is_invited_once(cloud: Cloud) -> None:
    _invite(cloud)
    refused(
        "DuplicateHandshakeException",
        cloud.organizations.invite_account_to_organization,
        Target={"Id": OUTSIDER, "Type": "ACCOUNT"},
    )


@source("API reference: HandshakeConstraintViolationException, ALREADY_IN_AN_ORGANIZATION")
def test_a_member_is_not_invited(cloud: Cloud) -> None:
    refused(
        "HandshakeConstraintViolationException",
        cloud.organizations.invite_account_to_organization,
        Target={"Id": cloud.account("a"), "Type": "ACCOUNT"},
        reason="ALREADY_IN_AN_ORGANIZATION",
    )


@source("API reference: CancelHandshake, InvalidHandshakeTransitionException")
def test_a_cancelled_invitation_is_not_accepted(cloud: Cloud) -> None:
    handshake = _invite(cloud)
    assert cloud.organizations.cancel_handshake(HandshakeId=handshake)["Handshake"]["State"] == "CANCELED"
    outsider = cloud.client("organizations", OUTSIDER)
    refused("InvalidHandshakeTransitionException", outsider.accept_handshake, HandshakeId=handshake)


@source("API reference: DeclineHandshake")
def test_an_invitation_is_declined(cloud: Cloud) -> None:
    handshake = _invite(cloud)
    outsider = cloud.client("organizations", OUTSIDER)
    assert outsider.decline_handshake(HandshakeId=handshake)["Handshake"]["State"] == "DECLINED"
    assert cloud.organizations.describe_handshake(HandshakeId=handshake)["Handshake"]["State"] == "DECLINED"


@source("User Guide: an invitation expires after 15 days")
def test_an_invitation_expires(cloud: Cloud) -> None:
    handshake = _invite(cloud)
    cloud.advance(15 * 86400 + 60)
    assert cloud.organizations.describe_handshake(HandshakeId=handshake)["Handshake"]["State"] == "EXPIRED"


@source("API reference: HandshakeNotFoundException; a handshake is visible to both parties only")
def test_somebody_else_sees_no_handshake(cloud: Cloud) -> None:
    stranger = cloud.client("organizations", "666666666666")
    refused("HandshakeNotFoundException", stranger.describe_handshake, HandshakeId=_invite(cloud))


@source("User Guide: quotas, open invitations count as accounts; ACCOUNT_NUMBER_LIMIT_EXCEEDED")
def test_invitations_count_as_accounts(cloud: Cloud) -> None:
    cloud.option(account_quota=2)
    _invite(cloud)
    refused(
        "ConstraintViolationException",
        cloud.organizations.create_account,
        AccountName="a",
        Email="a@example.com",
        reason="ACCOUNT_NUMBER_LIMIT_EXCEEDED",
    )


@source("User Guide: enabling all features, invited accounts approve and the management account confirms")
def test_invited_members_agree_to_all_features(empty: Cloud) -> None:
    empty.organizations.create_organization(FeatureSet="CONSOLIDATED_BILLING")
    outsider = empty.client("organizations", OUTSIDER)
    outsider.accept_handshake(HandshakeId=_invite(empty))
    asked = empty.organizations.enable_all_features()["Handshake"]
    assert asked["State"] == "REQUESTED"
    accept = empty.organizations.accept_handshake
    refused("InvalidHandshakeTransitionException", accept, HandshakeId=asked["Id"])
    wanted = {"ActionType": "APPROVE_ALL_FEATURES"}
    (approval,) = outsider.list_handshakes_for_account(Filter=wanted)["Handshakes"]
    outsider.accept_handshake(HandshakeId=approval["Id"])
    accept(HandshakeId=asked["Id"])
    assert empty.organizations.describe_organization()["Organization"]["FeatureSet"] == "ALL"


@source("User Guide: moving an account between organizations (direct transfer since 2025-11)")
def test_a_member_moves_to_another_organization(cloud: Cloud) -> None:
    account = cloud.account("a")
    cloud.advance(5 * 86400)
    other, handshake = _elsewhere(cloud, account)
    cloud.client("organizations", account).accept_handshake(HandshakeId=handshake)
    refused("AccountNotFoundException", cloud.organizations.describe_account, AccountId=account)
    assert other.describe_account(AccountId=account)["Account"]["JoinedMethod"] == "INVITED"


def _elsewhere(cloud: Cloud, account: str) -> tuple[Any, str]:
    """Another organization, and its invitation for an account."""
    other = cloud.client("organizations", "666666666666")
    other.create_organization(FeatureSet="ALL")
    made = other.invite_account_to_organization(Target={"Id": account, "Type": "ACCOUNT"})["Handshake"]
    return other, made["Id"]


@source("User Guide: migrating an account; it must be four days old")
def test_a_young_member_does_not_move_to_another_organization(cloud: Cloud) -> None:
    account = cloud.account("a")
    _, handshake = _elsewhere(cloud, account)
    refused(
        "ConstraintViolationException",
        cloud.client("organizations", account).accept_handshake,
        HandshakeId=handshake,
        reason="WAIT_PERIOD_ACTIVE",
    )


@source("User Guide: migrating an account; a delegated administrator is deregistered first")
def test_a_delegated_administrator_does_not_move_to_another_organization(cloud: Cloud) -> None:
    account = cloud.account("a")
    cloud.advance(5 * 86400)
    cloud.delegate(account, "config.amazonaws.com")
    _, handshake = _elsewhere(cloud, account)
    refused(
        "ConstraintViolationException",
        cloud.client("organizations", account).accept_handshake,
        HandshakeId=handshake,
        reason="CANNOT_REMOVE_DELEGATED_ADMINISTRATOR_FROM_ORG",
    )


@source("API reference: AcceptHandshake, MasterCannotLeaveOrganizationException")
def test_a_management_account_does_not_move_to_another_organization(cloud: Cloud) -> None:
    management = cloud.organizations.describe_organization()["Organization"]["MasterAccountId"]
    _, handshake = _elsewhere(cloud, management)
    refused("MasterCannotLeaveOrganizationException", cloud.organizations.accept_handshake, HandshakeId=handshake)


@source("User Guide: quotas, invitations in 24 hours; HANDSHAKE_RATE_LIMIT_EXCEEDED")
def test_no_more_than_twenty_are_invited_in_a_day(cloud: Cloud) -> None:
    cloud.option(account_quota=20)
    for number in range(20):
        handshake = _invite(cloud, f"5000000000{number:02}")
        cloud.organizations.cancel_handshake(HandshakeId=handshake)
    more = cloud.organizations.invite_account_to_organization
    refused(
        "HandshakeConstraintViolationException",
        more,
        Target={"Id": OUTSIDER, "Type": "ACCOUNT"},
        reason="HANDSHAKE_RATE_LIMIT_EXCEEDED",
    )
    cloud.advance(86401)
    _invite(cloud)


@source("User Guide: quotas, accounts; HandshakeConstraintViolationException, ACCOUNT_NUMBER_LIMIT_EXCEEDED")
def test_nobody_is_invited_into_a_full_organization(cloud: Cloud) -> None:
    cloud.option(account_quota=1)
    refused(
        "HandshakeConstraintViolationException",
        cloud.organizations.invite_account_to_organization,
        Target={"Id": OUTSIDER, "Type": "ACCOUNT"},
        reason="ACCOUNT_NUMBER_LIMIT_EXCEEDED",
    )


@source("API reference: HandshakeParty")
def test_who_is_invited_by_an_address_is_shown_by_it(cloud: Cloud) -> None:
    account = "666666666666"
    cloud.client("organizations", account).create_organization(FeatureSet="ALL")
    email = cloud.client("organizations", account).describe_organization()["Organization"]["MasterAccountEmail"]
    made = cloud.organizations.invite_account_to_organization(Target={"Id": email, "Type": "EMAIL"})["Handshake"]
    assert {"Id": email, "Type": "EMAIL"} in made["Parties"]
