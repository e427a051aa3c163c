"""GuardDuty of an organization: administrator, settings, members (GuardDuty User Guide and API reference)."""

from __future__ import annotations

from typing import Any

from tests.sandbox.cloud import Cloud, refused, source
from tests.sandbox.security import GUARDDUTY, administrator, detector


def auto_enable(cloud: Cloud, account: str, who: str = "ALL", **features: str) -> None:
    cloud.client("guardduty", account).update_organization_configuration(
        DetectorId=detector(cloud, account),
        AutoEnableOrganizationMembers=who,
        Features=[{"Name": name, "AutoEnable": value} for name, value in features.items()],
    )


def members(cloud: Cloud, account: str) -> dict[str, str]:
    """Looks until nothing changes any more."""
    guardduty, found = cloud.client("guardduty", account), None
    for _ in range(3):
        found = guardduty.list_members(DetectorId=detector(cloud, account))["Members"]
    return {member["AccountId"]: member["RelationshipStatus"] for member in found or ()}


def features(cloud: Cloud, account: str) -> dict[str, str]:
    found = cloud.client("guardduty", account).get_detector(DetectorId=detector(cloud, account))["Features"]
    return {feature["Name"]: feature["Status"] for feature in found}


@source("Organizations User Guide: Amazon GuardDuty, trusted access comes before EnableOrganizationAdminAccount")
def test_the_administrator_needs_trusted_access(cloud: Cloud) -> None:
    account = cloud.account("security")
    guardduty = cloud.client("guardduty")
    refused("BadRequestException", guardduty.enable_organization_admin_account, AdminAccountId=account)
    cloud.trust(GUARDDUTY)
    guardduty.enable_organization_admin_account(AdminAccountId=account)
    listed = guardduty.list_organization_admin_accounts()["AdminAccounts"]
    assert listed == [{"AdminAccountId": account, "AdminStatus": "ENABLED"}]


@source("API reference: EnableOrganizationAdminAccount, only the management account; SRA issue 141 has the message")
def test_only_the_management_account_appoints(cloud: Cloud) -> None:
    account, other = cloud.account("a"), cloud.account("b")
    cloud.trust(GUARDDUTY)
    client = cloud.client("guardduty", account)
    error = refused("BadRequestException", client.enable_organization_admin_account, AdminAccountId=other)
    assert "master permission" in str(error)
    refused("BadRequestException", client.list_organization_admin_accounts)


@source("User Guide: designating a delegated administrator, one account in an organization")
def test_a_second_administrator_is_refused(cloud: Cloud) -> None:
    first = administrator(cloud)
    other = cloud.account("other")
    guardduty = cloud.client("guardduty")
    error = refused("BadRequestException", guardduty.enable_organization_admin_account, AdminAccountId=other)
    assert "another account is already enabled" in str(error)
    elsewhere = cloud.client("guardduty", region="eu-west-1")
    refused("BadRequestException", elsewhere.enable_organization_admin_account, AdminAccountId=other)
    elsewhere.enable_organization_admin_account(AdminAccountId=first)
    guardduty.enable_organization_admin_account(AdminAccountId=first)


@source("User Guide: the administrator is Regional")
def test_the_administrator_is_appointed_region_by_region(cloud: Cloud) -> None:
    administrator(cloud)
    elsewhere = cloud.client("guardduty", region="eu-west-1")
    assert elsewhere.list_organization_admin_accounts()["AdminAccounts"] == []


@source("User Guide: designating a delegated administrator enables GuardDuty in it; Organizations lists it")
def test_the_administrator_gets_a_detector_and_is_registered(cloud: Cloud) -> None:
    account = administrator(cloud)
    found = cloud.client("guardduty", account).get_detector(DetectorId=detector(cloud, account))
    assert found["Status"] == "ENABLED"
    assert found["ServiceRole"].endswith("/AWSServiceRoleForAmazonGuardDuty")
    listed = cloud.organizations.list_delegated_administrators(ServicePrincipal=GUARDDUTY)
    assert [admin["Id"] for admin in listed["DelegatedAdministrators"]] == [account]


@source("API reference: EnableOrganizationAdminAccount")
def test_a_stranger_is_no_administrator(cloud: Cloud) -> None:
    cloud.trust(GUARDDUTY)
    guardduty = cloud.client("guardduty")
    refused("BadRequestException", guardduty.enable_organization_admin_account, AdminAccountId="999999999999")


@source("API reference: DescribeOrganizationConfiguration")
def test_members_get_nothing_at_first(cloud: Cloud) -> None:
    account = administrator(cloud)
    guardduty = cloud.client("guardduty", account)
    found = guardduty.describe_organization_configuration(DetectorId=detector(cloud, account))
    assert (found["AutoEnable"], found["AutoEnableOrganizationMembers"]) == (False, "NONE")
    assert {feature["AutoEnable"] for feature in found["Features"]} == {"NONE"}


@source("API reference: DescribeOrganizationConfiguration is for the administrator")
def test_only_the_administrator_configures(cloud: Cloud) -> None:
    administrator(cloud)
    guardduty = cloud.client("guardduty")
    made = guardduty.create_detector(Enable=True)["DetectorId"]
    refused("BadRequestException", guardduty.describe_organization_configuration, DetectorId=made)
    refused(
        "BadRequestException",
        guardduty.update_organization_configuration,
        DetectorId=made,
        AutoEnableOrganizationMembers="ALL",
    )


@source("API reference: UpdateOrganizationConfiguration")
def test_settings_merge_and_read_back(cloud: Cloud) -> None:
    account = administrator(cloud)
    auto_enable(cloud, account, "NEW", S3_DATA_EVENTS="NEW", EKS_AUDIT_LOGS="ALL")
    auto_enable(cloud, account, "ALL", EKS_AUDIT_LOGS="NONE")
    guardduty = cloud.client("guardduty", account)
    found = guardduty.describe_organization_configuration(DetectorId=detector(cloud, account))
    assert found["AutoEnableOrganizationMembers"] == "ALL"
    settings = {feature["Name"]: feature["AutoEnable"] for feature in found["Features"]}
    assert (settings["S3_DATA_EVENTS"], settings["EKS_AUDIT_LOGS"]) == ("NEW", "NONE")


@source("API reference: UpdateOrganizationConfiguration, autoEnable or autoEnableOrganizationMembers but not both")
def test_one_of_two_ways_to_auto_enable(cloud: Cloud) -> None:
    account = administrator(cloud)
    guardduty, made = cloud.client("guardduty", account), detector(cloud, account)
    update = guardduty.update_organization_configuration
    refused("BadRequestException", update, DetectorId=made)
    refused("BadRequestException", update, DetectorId=made, AutoEnable=True, AutoEnableOrganizationMembers="ALL")
    update(DetectorId=made, AutoEnable=True)
    found = guardduty.describe_organization_configuration(DetectorId=made)
    assert found["AutoEnableOrganizationMembers"] == "NEW"


@source("API reference: UpdateOrganizationConfiguration, both runtime monitoring features cause an error")
def test_two_kinds_of_runtime_monitoring_for_members_are_refused(cloud: Cloud) -> None:
    account = administrator(cloud)
    both = [{"Name": name, "AutoEnable": "ALL"} for name in ("EKS_RUNTIME_MONITORING", "RUNTIME_MONITORING")]
    refused(
        "BadRequestException",
        cloud.client("guardduty", account).update_organization_configuration,
        DetectorId=detector(cloud, account),
        AutoEnableOrganizationMembers="ALL",
        Features=both,
    )


@source("API reference: UpdateOrganizationConfiguration, additional configuration")
def test_additional_configuration_of_members_reads_back(cloud: Cloud) -> None:
    account = administrator(cloud)
    guardduty, made = cloud.client("guardduty", account), detector(cloud, account)
    part = {"Name": "EKS_ADDON_MANAGEMENT", "AutoEnable": "NEW"}
    feature = {"Name": "RUNTIME_MONITORING", "AutoEnable": "ALL", "AdditionalConfiguration": [part]}
    guardduty.update_organization_configuration(
        DetectorId=made, AutoEnableOrganizationMembers="ALL", Features=[feature]
    )
    found = guardduty.describe_organization_configuration(DetectorId=made)["Features"]
    runtime = next(f for f in found if f["Name"] == "RUNTIME_MONITORING")
    parts = {p["Name"]: p["AutoEnable"] for p in runtime["AdditionalConfiguration"]}
    assert (runtime["AutoEnable"], parts["EKS_ADDON_MANAGEMENT"], parts["EC2_AGENT_MANAGEMENT"]) == (
        "ALL",
        "NEW",
        "NONE",
    )


@source("User Guide: auto-enable preferences, ALL covers existing accounts, in the background")
def test_all_covers_existing_accounts_after_a_while(cloud: Cloud) -> None:
    account, member = administrator(cloud), cloud.account("member")
    guardduty, made = cloud.client("guardduty", account), detector(cloud, account)
    auto_enable(cloud, account, "ALL", S3_DATA_EVENTS="ALL", EKS_AUDIT_LOGS="NONE")
    assert guardduty.list_members(DetectorId=made)["Members"] == []
    assert members(cloud, account) == {member: "Enabled"}
    found = features(cloud, member)
    assert (found["S3_DATA_EVENTS"], found["EKS_AUDIT_LOGS"]) == ("ENABLED", "DISABLED")


@source("User Guide: auto-enable preferences, ALL takes up to 24 hours")
def test_all_covers_accounts_without_anybody_asking(cloud: Cloud) -> None:
    account, member = administrator(cloud), cloud.account("member")
    auto_enable(cloud, account, "ALL")
    cloud.advance(24 * 3600)
    assert cloud.client("guardduty", member).list_detectors()["DetectorIds"]


@source("User Guide: auto-enable preferences, NEW is for accounts that join")
def test_new_covers_only_accounts_that_join(cloud: Cloud) -> None:
    account, before = administrator(cloud), cloud.account("before")
    auto_enable(cloud, account, "NEW", RDS_LOGIN_EVENTS="NEW")
    after = cloud.account("after")
    assert members(cloud, account) == {after: "Enabled"}
    assert cloud.client("guardduty", before).list_detectors()["DetectorIds"] == []
    assert features(cloud, after)["RDS_LOGIN_EVENTS"] == "ENABLED"


@source("User Guide: auto-enable preferences, NONE")
def test_none_covers_nobody_and_disables_nobody(cloud: Cloud) -> None:
    account, member = administrator(cloud), cloud.account("member")
    auto_enable(cloud, account, "ALL")
    assert members(cloud, account) == {member: "Enabled"}
    auto_enable(cloud, account, "NONE")
    cloud.account("later")
    assert members(cloud, account) == {member: "Enabled"}


@source("terraform-provider-aws and superwerker issues: the management account must first enable GuardDuty")
def test_the_management_account_enables_guardduty_itself(cloud: Cloud) -> None:
    account = administrator(cloud)
    management = cloud.client("sts").get_caller_identity()["Account"]
    guardduty, made = cloud.client("guardduty", account), detector(cloud, account)
    details = [{"AccountId": management, "Email": "m@example.com"}]
    found = guardduty.create_members(DetectorId=made, AccountDetails=details)["UnprocessedAccounts"]
    assert found[0]["AccountId"] == management
    assert "must first enable GuardDuty" in found[0]["Result"]
    cloud.client("guardduty").create_detector(Enable=True)
    assert guardduty.create_members(DetectorId=made, AccountDetails=details)["UnprocessedAccounts"] == []


@source("API reference: CreateMembers enables GuardDuty in accounts of the organization")
def test_members_are_created(cloud: Cloud) -> None:
    account, member = administrator(cloud), cloud.account("member")
    guardduty, made = cloud.client("guardduty", account), detector(cloud, account)
    details = [{"AccountId": i, "Email": "m@example.com"} for i in (member, "999999999999")]
    found = guardduty.create_members(DetectorId=made, AccountDetails=details)["UnprocessedAccounts"]
    assert [account["AccountId"] for account in found] == ["999999999999"]
    shown = guardduty.get_members(DetectorId=made, AccountIds=[member])["Members"][0]
    assert (shown["RelationshipStatus"], shown["AdministratorId"]) == ("Enabled", account)
    assert shown["DetectorId"] == detector(cloud, member)


@source("API reference: GetMemberDetectors, UpdateMemberDetectors")
def test_features_of_members_are_the_administrators(cloud: Cloud) -> None:
    account, member = administrator(cloud), cloud.account("member")
    auto_enable(cloud, account, "ALL")
    assert members(cloud, account) == {member: "Enabled"}
    guardduty, made = cloud.client("guardduty", account), detector(cloud, account)
    found = guardduty.update_member_detectors(
        DetectorId=made,
        AccountIds=[member, "999999999999"],
        Features=[{"Name": "LAMBDA_NETWORK_LOGS", "Status": "ENABLED"}],
    )
    assert [account["AccountId"] for account in found["UnprocessedAccounts"]] == ["999999999999"]
    shown = guardduty.get_member_detectors(DetectorId=made, AccountIds=[member])["MemberDataSourceConfigurations"]
    assert {f["Name"]: f["Status"] for f in shown[0]["Features"]}["LAMBDA_NETWORK_LOGS"] == "ENABLED"
    assert features(cloud, member)["LAMBDA_NETWORK_LOGS"] == "ENABLED"


@source("User Guide: a feature set to ALL is enabled for members that exist and for the administrator")
def test_a_feature_for_all_reaches_everyone(cloud: Cloud) -> None:
    account, member = administrator(cloud), cloud.account("member")
    guardduty, made = cloud.client("guardduty", account), detector(cloud, account)
    off = [{"Name": "S3_DATA_EVENTS", "Status": "DISABLED"}]
    guardduty.update_detector(DetectorId=made, Features=off)
    auto_enable(cloud, account, "ALL", S3_DATA_EVENTS="NONE")
    assert members(cloud, account) == {member: "Enabled"}
    assert features(cloud, member)["S3_DATA_EVENTS"] == "DISABLED"
    auto_enable(cloud, account, "ALL", S3_DATA_EVENTS="ALL")
    members(cloud, account)
    assert features(cloud, member)["S3_DATA_EVENTS"] == "ENABLED"
    assert features(cloud, account)["S3_DATA_EVENTS"] == "ENABLED"


@source("User Guide: relationship of administrator and members")
def test_a_member_cannot_change_what_its_administrator_manages(cloud: Cloud) -> None:
    account, member = administrator(cloud), cloud.account("member")
    auto_enable(cloud, account, "ALL")
    assert members(cloud, account) == {member: "Enabled"}
    guardduty, made = cloud.client("guardduty", member), detector(cloud, member)
    refused("BadRequestException", guardduty.update_detector, DetectorId=made, Enable=False)
    refused("BadRequestException", guardduty.delete_detector, DetectorId=made)
    refused("BadRequestException", guardduty.disassociate_from_administrator_account, DetectorId=made)
    refused("BadRequestException", guardduty.create_detector, Enable=True)
    shown = guardduty.get_administrator_account(DetectorId=made)["Administrator"]
    assert (shown["AccountId"], shown["RelationshipStatus"]) == (account, "Enabled")


@source("API reference: GetAdministratorAccount, no content for an administrator")
def test_the_administrator_has_none(cloud: Cloud) -> None:
    account = administrator(cloud)
    found = cloud.client("guardduty", account).get_administrator_account(DetectorId=detector(cloud, account))
    assert "Administrator" not in found


@source("User Guide: the frequency of an administrator holds for its members")
def test_members_publish_as_often_as_the_administrator(cloud: Cloud) -> None:
    account, member = administrator(cloud), cloud.account("member")
    auto_enable(cloud, account, "ALL")
    assert members(cloud, account) == {member: "Enabled"}
    cloud.client("guardduty", account).update_detector(
        DetectorId=detector(cloud, account), FindingPublishingFrequency="FIFTEEN_MINUTES"
    )
    found = cloud.client("guardduty", member).get_detector(DetectorId=detector(cloud, member))
    assert found["FindingPublishingFrequency"] == "FIFTEEN_MINUTES"


@source("API reference: StopMonitoringMembers, DisassociateMembers, DeleteMembers: an error while ALL holds")
def test_members_stay_while_all_holds(cloud: Cloud) -> None:
    account, member = administrator(cloud), cloud.account("member")
    auto_enable(cloud, account, "ALL")
    assert members(cloud, account) == {member: "Enabled"}
    guardduty, made = cloud.client("guardduty", account), detector(cloud, account)
    for act in (guardduty.stop_monitoring_members, guardduty.disassociate_members, guardduty.delete_members):
        refused("BadRequestException", act, DetectorId=made, AccountIds=[member])


@source("API reference: StopMonitoringMembers, StartMonitoringMembers, DisassociateMembers, DeleteMembers")
def test_members_are_stopped_and_let_go(cloud: Cloud) -> None:
    account, member = administrator(cloud), cloud.account("member")
    auto_enable(cloud, account, "NEW")
    guardduty, made = cloud.client("guardduty", account), detector(cloud, account)
    ids: dict[str, Any] = {"DetectorId": made, "AccountIds": [member]}
    guardduty.create_members(DetectorId=made, AccountDetails=[{"AccountId": member, "Email": "m@example.com"}])
    guardduty.stop_monitoring_members(**ids)
    assert members(cloud, account) == {member: "Disabled"}
    theirs = cloud.client("guardduty", member)
    assert theirs.get_detector(DetectorId=detector(cloud, member))["Status"] == "DISABLED"
    guardduty.start_monitoring_members(**ids)
    guardduty.disassociate_members(**ids)
    assert members(cloud, account) == {}
    assert guardduty.get_members(**ids)["Members"][0]["RelationshipStatus"] == "Removed"
    assert theirs.get_detector(DetectorId=detector(cloud, member))["Status"] == "ENABLED"
    guardduty.delete_members(**ids)
    assert guardduty.get_members(**ids)["Members"] == []
    theirs.delete_detector(DetectorId=detector(cloud, member))


@source("SRA and amazon-guardduty-multiaccount-scripts issues: DeleteDetector with members is refused")
def test_an_administrator_with_members_keeps_its_detector(cloud: Cloud) -> None:
    account, member = administrator(cloud), cloud.account("member")
    auto_enable(cloud, account, "ALL")
    assert members(cloud, account) == {member: "Enabled"}
    made = detector(cloud, account)
    refused("BadRequestException", cloud.client("guardduty", account).delete_detector, DetectorId=made)


@source("User Guide: removing the delegated administrator, members stand alone and GuardDuty stays on")
def test_members_stand_alone_without_administrator(cloud: Cloud) -> None:
    account, member = administrator(cloud), cloud.account("member")
    auto_enable(cloud, account, "ALL")
    assert members(cloud, account) == {member: "Enabled"}
    guardduty = cloud.client("guardduty")
    refused("BadRequestException", guardduty.disable_organization_admin_account, AdminAccountId=member)
    guardduty.disable_organization_admin_account(AdminAccountId=account)
    assert guardduty.list_organization_admin_accounts()["AdminAccounts"] == []
    theirs, made = cloud.client("guardduty", member), detector(cloud, member)
    assert theirs.get_detector(DetectorId=made)["Status"] == "ENABLED"
    assert "Administrator" not in theirs.get_administrator_account(DetectorId=made)
    assert cloud.organizations.list_delegated_administrators()["DelegatedAdministrators"] == []
    theirs.update_detector(DetectorId=made, Enable=False)


@source("Organizations API reference: DeregisterDelegatedAdministrator")
def test_an_administrator_deregistered_by_organizations_is_gone_everywhere(cloud: Cloud) -> None:
    account = administrator(cloud)
    elsewhere = cloud.client("guardduty", region="eu-west-1")
    elsewhere.enable_organization_admin_account(AdminAccountId=account)
    cloud.organizations.deregister_delegated_administrator(AccountId=account, ServicePrincipal=GUARDDUTY)
    assert elsewhere.list_organization_admin_accounts()["AdminAccounts"] == []
    assert cloud.client("guardduty").list_organization_admin_accounts()["AdminAccounts"] == []


@source("User Guide: an account that leaves the organization is a member no more")
def test_who_leaves_is_no_member(cloud: Cloud) -> None:
    account, member = administrator(cloud), cloud.account("member")
    auto_enable(cloud, account, "ALL")
    assert members(cloud, account) == {member: "Enabled"}
    cloud.advance(8 * 24 * 3600)
    cloud.organizations.remove_account_from_organization(AccountId=member)
    assert members(cloud, account) == {}
    theirs = cloud.client("guardduty", member)
    assert "Administrator" not in theirs.get_administrator_account(DetectorId=detector(cloud, member))


@source("API reference: GetOrganizationStatistics")
def test_statistics_count_accounts_by_feature(cloud: Cloud) -> None:
    account, member = administrator(cloud), cloud.account("member")
    auto_enable(cloud, account, "ALL", S3_DATA_EVENTS="ALL")
    assert members(cloud, account) == {member: "Enabled"}
    details = cloud.client("guardduty", account).get_organization_statistics()["OrganizationDetails"]
    found = details["OrganizationStatistics"]
    assert (found["TotalAccountsCount"], found["ActiveAccountsCount"], found["EnabledAccountsCount"]) == (3, 1, 2)
    counts = {entry["Name"]: entry["EnabledAccountsCount"] for entry in found["CountByFeature"]}
    assert (counts["S3_DATA_EVENTS"], counts["EKS_AUDIT_LOGS"]) == (2, 1)
    refused("BadRequestException", cloud.client("guardduty", member).get_organization_statistics)


@source("API reference: ListMembers, at most 50 on a page")
def test_members_come_in_pages(cloud: Cloud) -> None:
    account = administrator(cloud)
    for number in range(3):
        cloud.account(f"member-{number}")
    auto_enable(cloud, account, "ALL")
    assert len(members(cloud, account)) == 3
    pages = cloud.client("guardduty", account).get_paginator("list_members")
    found = list(pages.paginate(DetectorId=detector(cloud, account), PaginationConfig={"PageSize": 2}))
    assert [len(page["Members"]) for page in found] == [2, 1]


@source("User Guide: findings of members are seen by the administrator")
def test_the_administrator_sees_its_members_findings(cloud: Cloud) -> None:
    account, member = administrator(cloud), cloud.account("member")
    auto_enable(cloud, account, "ALL")
    assert members(cloud, account) == {member: "Enabled"}
    cloud.client("guardduty", member).create_sample_findings(DetectorId=detector(cloud, member))
    guardduty, made = cloud.client("guardduty", account), detector(cloud, account)
    ids = guardduty.list_findings(DetectorId=made)["FindingIds"]
    found = guardduty.get_findings(DetectorId=made, FindingIds=ids)["Findings"]
    assert {finding["AccountId"] for finding in found} == {member}


@source("User Guide: GuardDuty policies of Organizations, the type suspends auto-enable")
def test_the_policy_type_suspends_auto_enable(cloud: Cloud) -> None:
    account, _ = administrator(cloud), cloud.account("member")
    cloud.enable("GUARDDUTY_POLICY")
    auto_enable(cloud, account, "ALL")
    assert members(cloud, account) == {}


@source("User Guide: opt-in Regions, a member must have opted in")
def test_a_member_without_the_region_is_not_enabled(cloud: Cloud) -> None:
    account, member = cloud.account("security"), cloud.account("member")
    cloud.trust(GUARDDUTY)
    for who in (None, account):
        region = cloud.client("account", who)
        region.enable_region(RegionName="eu-south-1")
        while region.get_region_opt_status(RegionName="eu-south-1")["RegionOptStatus"] != "ENABLED":
            pass
    cloud.client("guardduty", region="eu-south-1").enable_organization_admin_account(AdminAccountId=account)
    guardduty = cloud.client("guardduty", account, "eu-south-1")
    made = detector(cloud, account, "eu-south-1")
    found = guardduty.create_members(DetectorId=made, AccountDetails=[{"AccountId": member, "Email": "m@example.com"}])
    assert [entry["AccountId"] for entry in found["UnprocessedAccounts"]] == [member]
