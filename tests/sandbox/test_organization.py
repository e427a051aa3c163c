"""The organization itself (Organizations API reference)."""

from __future__ import annotations

import re

from tests.sandbox.cloud import Cloud, refused, source


@source("API reference: DescribeOrganization, AWSOrganizationsNotInUseException")
def test_an_account_starts_without_an_organization(empty: Cloud) -> None:
    refused("AWSOrganizationsNotInUseException", empty.organizations.describe_organization)
    refused("AWSOrganizationsNotInUseException", empty.organizations.list_accounts)


@source("API reference: CreateOrganization; botocore: patterns of OrganizationId and RootId")
def test_create_organization_makes_the_caller_the_management_account(empty: Cloud) -> None:
    made = empty.organizations.create_organization(FeatureSet="ALL")["Organization"]
    assert re.fullmatch(r"o-[a-z0-9]{10,32}", made["Id"])
    assert made["MasterAccountId"] == empty.client("sts").get_caller_identity()["Account"]
    assert made["FeatureSet"] == "ALL"
    root = empty.organizations.list_roots()["Roots"][0]
    assert re.fullmatch(r"r-[0-9a-z]{4,32}", root["Id"])
    assert root["Name"] == "Root"


@source("API reference: CreateOrganization, parameter FeatureSet defaults to ALL")
def test_all_features_is_the_default(empty: Cloud) -> None:
    assert empty.organizations.create_organization()["Organization"]["FeatureSet"] == "ALL"


@source("API reference: AlreadyInOrganizationException")
def test_an_account_is_in_one_organization(cloud: Cloud) -> None:
    refused("AlreadyInOrganizationException", cloud.organizations.create_organization, FeatureSet="ALL")
    member = cloud.account("member")
    refused("AlreadyInOrganizationException", cloud.client("organizations", member).create_organization)


@source("botocore: enum of OrganizationFeatureSet; API reference: InvalidInputException")
def test_an_unknown_feature_set_is_invalid_input(empty: Cloud) -> None:
    refused(
        "InvalidInputException",
        empty.organizations.create_organization,
        FeatureSet="SOME",
        reason="INVALID_ENUM",
    )


@source("API reference: ListRoots; User Guide: enabling a policy type")
def test_a_new_root_has_no_policy_types(cloud: Cloud) -> None:
    assert cloud.organizations.list_roots()["Roots"][0]["PolicyTypes"] == []


@source("API reference: Organization; User Guide: management account joins by invitation")
def test_the_management_account_is_listed_as_invited(cloud: Cloud) -> None:
    accounts = cloud.organizations.list_accounts()["Accounts"]
    assert [account["JoinedMethod"] for account in accounts] == ["INVITED"]


@source("API reference: DeleteOrganization, OrganizationNotEmptyException")
def test_an_organization_with_members_is_not_deleted(cloud: Cloud) -> None:
    cloud.account("member")
    refused("OrganizationNotEmptyException", cloud.organizations.delete_organization)


@source("API reference: DeleteOrganization")
def test_an_empty_organization_is_deleted(cloud: Cloud) -> None:
    cloud.organizations.delete_organization()
    refused("AWSOrganizationsNotInUseException", cloud.organizations.describe_organization)


@source("API reference: EnableAllFeatures, HandshakeConstraintViolationException")
def test_all_features_are_enabled_once(cloud: Cloud) -> None:
    refused(
        "HandshakeConstraintViolationException",
        cloud.organizations.enable_all_features,
        reason="ORGANIZATION_ALREADY_HAS_ALL_FEATURES",
    )


@source("API reference: EnableAllFeatures; User Guide: enabling all features")
def test_consolidated_billing_can_become_all_features(empty: Cloud) -> None:
    empty.organizations.create_organization(FeatureSet="CONSOLIDATED_BILLING")
    handshake = empty.organizations.enable_all_features()["Handshake"]
    assert (handshake["Action"], handshake["State"]) == ("ENABLE_ALL_FEATURES", "ACCEPTED")
    assert empty.organizations.describe_organization()["Organization"]["FeatureSet"] == "ALL"


@source("API reference: PolicyTypeNotAvailableForOrganizationException")
def test_consolidated_billing_has_no_policy_types(empty: Cloud) -> None:
    empty.organizations.create_organization(FeatureSet="CONSOLIDATED_BILLING")
    refused(
        "PolicyTypeNotAvailableForOrganizationException",
        empty.organizations.enable_policy_type,
        RootId=empty.root,
        PolicyType="SERVICE_CONTROL_POLICY",
    )


@source("API reference: LeaveOrganization, MasterCannotLeaveOrganizationException")
def test_the_management_account_cannot_leave(cloud: Cloud) -> None:
    refused("MasterCannotLeaveOrganizationException", cloud.organizations.leave_organization)


@source("botocore: maximum of MaxResults; API reference: InvalidInputException")
def test_a_page_holds_twenty_at_most(cloud: Cloud) -> None:
    refused("InvalidInputException", cloud.organizations.list_roots, MaxResults=21, reason="MAX_VALUE_EXCEEDED")


@source("API reference: InvalidInputException, INVALID_NEXT_TOKEN")
def test_a_token_of_somebody_else_is_invalid(cloud: Cloud) -> None:
    refused("InvalidInputException", cloud.organizations.list_roots, NextToken="x", reason="INVALID_NEXT_TOKEN")
