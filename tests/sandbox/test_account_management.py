"""Contacts, names, addresses and Regions of accounts (Account Management guide and API reference)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.cloud import Cloud, refused, source

ACCOUNT = "account.amazonaws.com"
CONTACT = {
    "AlternateContactType": "SECURITY",
    "Name": "Security",
    "Title": "Team",
    "EmailAddress": "security@example.com",
    "PhoneNumber": "+1 206 555 0100",
}
INFORMATION = {
    "FullName": "Someone",
    "AddressLine1": "1 Street",
    "City": "Town",
    "PostalCode": "1",
    "CountryCode": "DE",
    "PhoneNumber": "+49 1",
}


@source("API reference: PutAlternateContact, GetAlternateContact, DeleteAlternateContact")
def test_an_alternate_contact_comes_and_goes(empty: Cloud) -> None:
    account = empty.client("account")
    kind = {"AlternateContactType": "SECURITY"}
    refused("ResourceNotFoundException", account.get_alternate_contact, **kind)
    account.put_alternate_contact(**CONTACT)
    assert account.get_alternate_contact(**kind)["AlternateContact"] == CONTACT
    account.delete_alternate_contact(**kind)
    refused("ResourceNotFoundException", account.delete_alternate_contact, **kind)


@source("API reference: PutContactInformation, GetContactInformation")
def test_contact_information_reads_back(empty: Cloud) -> None:
    account = empty.client("account")
    assert account.get_contact_information()["ContactInformation"]["CountryCode"] == "US"
    account.put_contact_information(ContactInformation=INFORMATION)
    assert account.get_contact_information()["ContactInformation"] == INFORMATION


@source("botocore: pattern of CountryCode; API reference: ValidationException, fieldValidationFailed")
def test_a_field_is_validated(empty: Cloud) -> None:
    error = refused(
        "ValidationException",
        empty.client("account").put_contact_information,
        ContactInformation={**INFORMATION, "CountryCode": "Germany"},
    )
    assert error.response["reason"] == "fieldValidationFailed"  # type: ignore[typeddict-item]


@source("API reference: parameter AccountId, trusted access for Account Management")
def test_members_need_trusted_access(cloud: Cloud) -> None:
    member = cloud.account("a")
    account = cloud.client("account")
    refused("AccessDeniedException", account.put_alternate_contact, AccountId=member, **CONTACT)
    cloud.trust(ACCOUNT)
    account.put_alternate_contact(AccountId=member, **CONTACT)
    theirs = cloud.client("account", member)
    assert theirs.get_alternate_contact(AlternateContactType="SECURITY")["AlternateContact"] == CONTACT


@source("API reference: parameter AccountId, the management account can't specify its own")
def test_the_management_account_does_not_name_itself(cloud: Cloud) -> None:
    cloud.trust(ACCOUNT)
    own = cloud.client("sts").get_caller_identity()["Account"]
    error = refused("AccessDeniedException", cloud.client("account").list_regions, AccountId=own)
    assert "standalone" in error.response["Error"]["Message"]


@source("API reference: parameter AccountId, delegated administrator")
def test_a_delegated_administrator_may_name_members(cloud: Cloud) -> None:
    administrator, member, stranger = cloud.account("a"), cloud.account("b"), cloud.account("c")
    cloud.delegate(administrator, ACCOUNT)
    named = {"AccountId": member, "AlternateContactType": "SECURITY"}
    refused("ResourceNotFoundException", cloud.client("account", administrator).get_alternate_contact, **named)
    refused("AccessDeniedException", cloud.client("account", stranger).get_alternate_contact, **named)


@source("API reference: parameter AccountId, a member account in the same organization")
def test_only_members_are_named(cloud: Cloud) -> None:
    cloud.trust(ACCOUNT)
    refused("AccessDeniedException", cloud.client("account").list_regions, AccountId="999999999999")


@source("API reference: PutAccountName; Organizations API reference: Account.Name")
def test_a_new_name_shows_in_the_organization(cloud: Cloud) -> None:
    cloud.trust(ACCOUNT)
    member = cloud.account("a")
    cloud.client("account").put_account_name(AccountId=member, AccountName="b")
    assert cloud.organizations.describe_account(AccountId=member)["Account"]["Name"] == "b"
    information = cloud.client("account").get_account_information(AccountId=member)
    assert (information["AccountName"], information["AccountState"]) == ("b", "ACTIVE")


@source("API reference: StartPrimaryEmailUpdate, AcceptPrimaryEmailUpdate, GetPrimaryEmail")
def test_the_address_of_a_member_changes(cloud: Cloud) -> None:
    cloud.trust(ACCOUNT)
    member = cloud.account("a")
    cloud.account("taken")
    account = cloud.client("account")
    refused(
        "ConflictException",
        account.start_primary_email_update,
        AccountId=member,
        PrimaryEmail="taken@example.com",
    )
    new = {"AccountId": member, "PrimaryEmail": "new@example.com"}
    assert account.start_primary_email_update(**new)["Status"] == "PENDING"
    refused("ValidationException", account.accept_primary_email_update, **new, Otp="000000")
    assert account.accept_primary_email_update(**new, Otp="123456")["Status"] == "ACCEPTED"
    assert account.get_primary_email(AccountId=member)["PrimaryEmail"] == "new@example.com"
    assert cloud.organizations.describe_account(AccountId=member)["Account"]["Email"] == "new@example.com"


def _status(account: Any, region: str) -> str:
    status: str = account.get_region_opt_status(RegionName=region)["RegionOptStatus"]
    return status


@source("Account Management guide: enable or disable AWS Regions")
def test_regions_are_default_or_opt_in(empty: Cloud) -> None:
    account = empty.client("account")
    assert _status(account, "eu-west-1") == "ENABLED_BY_DEFAULT"
    assert _status(account, "af-south-1") == "DISABLED"
    regions = account.get_paginator("list_regions").paginate(PaginationConfig={"PageSize": 10})
    assert len(regions.build_full_result()["Regions"]) == 34
    enabled = account.list_regions(RegionOptStatusContains=["ENABLED_BY_DEFAULT"])["Regions"]
    assert len(enabled) == 17


@source("API reference: EnableRegion, DisableRegion; asynchronous")
def test_switching_a_region_takes_a_while(empty: Cloud) -> None:
    account = empty.client("account")
    account.enable_region(RegionName="af-south-1")
    assert [_status(account, "af-south-1") for _ in range(2)] == ["ENABLING", "ENABLED"]
    account.disable_region(RegionName="af-south-1")
    assert [_status(account, "af-south-1") for _ in range(2)] == ["DISABLING", "DISABLED"]


@source("API reference: EnableRegion, ConflictException while it is being switched")
def test_a_region_is_switched_one_way_at_a_time(empty: Cloud) -> None:
    account = empty.client("account")
    account.enable_region(RegionName="af-south-1")
    refused("ConflictException", account.disable_region, RegionName="af-south-1")


@pytest.mark.parametrize(
    ("region", "reason"), [("us-east-1", "invalidRegionOptTarget"), ("xx-east-1", "fieldValidationFailed")]
)
@source("API reference: ValidationException, invalidRegionOptTarget")
def test_some_regions_cannot_be_switched(empty: Cloud, region: str, reason: str) -> None:
    error = refused("ValidationException", empty.client("account").enable_region, RegionName=region)
    assert error.response["reason"] == reason  # type: ignore[typeddict-item]


@source("Account Management guide: 6 Region requests in flight per account")
def test_six_regions_are_switched_at_once_at_most(empty: Cloud) -> None:
    account = empty.client("account")
    regions = [region["RegionName"] for region in account.list_regions(RegionOptStatusContains=["DISABLED"])["Regions"]]
    for region in regions[:6]:
        account.enable_region(RegionName=region)
    refused("TooManyRequestsException", account.enable_region, RegionName=regions[6])


@source("Account Management guide: a Region that is not enabled cannot be used")
def test_a_region_is_used_only_when_it_is_enabled(empty: Cloud) -> None:
    there = empty.client("ssm", region="af-south-1")
    refused("UnrecognizedClientException", there.describe_parameters)
    account = empty.client("account")
    account.enable_region(RegionName="af-south-1")
    for _ in range(2):
        _status(account, "af-south-1")
    assert there.describe_parameters()["Parameters"] == []
