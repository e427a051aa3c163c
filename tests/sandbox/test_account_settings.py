"""Settings of an account as such: its public access block, service settings, root access (their guides)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.sandbox.cloud import Cloud, refused, source

SETTINGS = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
SHARING = "/ssm/documents/console/public-sharing-permission"
ROLE = "/ssm/managed-instance/default-ec2-instance-management-role"
IAM = "iam.amazonaws.com"


def block(cloud: Cloud, account: str) -> dict[str, bool]:
    control = cloud.client("s3control", account)
    found: dict[str, bool] = control.get_public_access_block(AccountId=account)["PublicAccessBlockConfiguration"]
    return found


def declare(cloud: Cloud, value: str) -> str:
    """Attach an S3 policy to the root; its id."""
    cloud.enable("S3_POLICY")
    content = {"s3_attributes": {"public_access_block_configuration": {"@@assign": value}}}
    policy = cloud.policy("block", json.dumps(content), "S3_POLICY")
    cloud.organizations.attach_policy(PolicyId=policy, TargetId=cloud.root)
    return policy


def put(cloud: Cloud, account: str, *, on: bool) -> None:
    configuration = dict.fromkeys(SETTINGS, on)
    control = cloud.client("s3control", account)
    control.put_public_access_block(AccountId=account, PublicAccessBlockConfiguration=configuration)


@source("s3control: GetPublicAccessBlock (API reference), NoSuchPublicAccessBlockConfiguration")
def test_an_account_has_no_block_at_first(cloud: Cloud) -> None:
    account = cloud.account("member")
    control = cloud.client("s3control", account)
    refused("NoSuchPublicAccessBlockConfiguration", control.get_public_access_block, AccountId=account)


@source("s3control: PutPublicAccessBlock, DeletePublicAccessBlock (API reference)")
def test_a_block_comes_and_goes(cloud: Cloud) -> None:
    account = cloud.account("member")
    put(cloud, account, on=True)
    assert block(cloud, account) == dict.fromkeys(SETTINGS, True)
    control = cloud.client("s3control", account)
    control.delete_public_access_block(AccountId=account)
    refused("NoSuchPublicAccessBlockConfiguration", control.get_public_access_block, AccountId=account)


@source("S3 User Guide, Blocking public access: account settings hold in all Regions")
def test_a_block_holds_in_every_region(cloud: Cloud) -> None:
    account = cloud.account("member")
    put(cloud, account, on=True)
    europe = cloud.client("s3control", account, "eu-west-1")
    found = europe.get_public_access_block(AccountId=account)["PublicAccessBlockConfiguration"]
    assert all(found.values())


@source("s3control: x-amz-account-id (API reference): the account itself")
def test_a_block_is_the_account_s_own_business(cloud: Cloud) -> None:
    account, control = cloud.account("member"), cloud.client("s3control")
    configuration = {"PublicAccessBlockConfiguration": dict.fromkeys(SETTINGS, True)}
    refused("AccessDenied", control.get_public_access_block, AccountId=account)
    refused("AccessDenied", control.put_public_access_block, AccountId=account, **configuration)
    refused("AccessDenied", control.delete_public_access_block, AccountId=account)


@source("Organizations User Guide, S3 policies: the effective value, for all four settings together")
@pytest.mark.parametrize(("value", "on"), [("all", True), ("none", False)])
def test_a_policy_decides_for_the_account(cloud: Cloud, value: str, on: bool) -> None:
    account = cloud.account("member")
    put(cloud, account, on=not on)
    declare(cloud, value)
    assert block(cloud, account) == dict.fromkeys(SETTINGS, on)


@source("Organizations User Guide, S3 policies: AccessDenied for changes of the account")
def test_under_a_policy_the_account_decides_no_more(cloud: Cloud) -> None:
    account = cloud.account("member")
    declare(cloud, "all")
    refused("AccessDenied", lambda: put(cloud, account, on=False))
    control = cloud.client("s3control", account)
    refused("AccessDenied", control.delete_public_access_block, AccountId=account)


@source("Organizations User Guide, S3 policies: detaching restores the former setting")
def test_without_the_policy_the_former_block_is_back(cloud: Cloud) -> None:
    account = cloud.account("member")
    put(cloud, account, on=False)
    policy = declare(cloud, "all")
    assert all(block(cloud, account).values())
    cloud.organizations.detach_policy(PolicyId=policy, TargetId=cloud.root)
    assert not any(block(cloud, account).values())


@source("ssm: GetServiceSetting (API reference): Status, Default or Customized")
@pytest.mark.parametrize(("setting", "value"), [(SHARING, "Enable"), (ROLE, "$None")])
def test_a_service_setting_has_a_default(cloud: Cloud, setting: str, value: str) -> None:
    found = cloud.client("ssm").get_service_setting(SettingId=setting)["ServiceSetting"]
    assert (found["SettingValue"], found["Status"]) == (value, "Default")


@source("ssm: UpdateServiceSetting, ResetServiceSetting (API reference)")
def test_a_service_setting_is_changed_and_reset(cloud: Cloud) -> None:
    ssm = cloud.client("ssm")
    ssm.update_service_setting(SettingId=SHARING, SettingValue="Disable")
    found = ssm.get_service_setting(SettingId=SHARING)["ServiceSetting"]
    assert (found["SettingValue"], found["Status"]) == ("Disable", "Customized")
    assert ssm.get_service_setting(SettingId=found["ARN"])["ServiceSetting"]["SettingValue"] == "Disable"
    assert ssm.reset_service_setting(SettingId=SHARING)["ServiceSetting"]["SettingValue"] == "Enable"


@source("ssm: UpdateServiceSetting (API reference): for the account in the Region")
def test_a_service_setting_is_of_one_account_and_region(cloud: Cloud) -> None:
    cloud.client("ssm").update_service_setting(SettingId=SHARING, SettingValue="Disable")
    for account, region in ((cloud.account("member"), "us-east-1"), (None, "eu-west-1")):
        ssm = cloud.client("ssm", account, region)
        assert ssm.get_service_setting(SettingId=SHARING)["ServiceSetting"]["SettingValue"] == "Enable"


@source("ssm: GetServiceSetting, UpdateServiceSetting (API reference), ServiceSettingNotFound")
def test_there_are_only_so_many_service_settings(cloud: Cloud) -> None:
    ssm = cloud.client("ssm")
    refused("ServiceSettingNotFound", ssm.get_service_setting, SettingId="/ssm/no/such-setting")
    refused("ServiceSettingNotFound", ssm.update_service_setting, SettingId="/ssm/no", SettingValue="1")


def features(cloud: Cloud, account: str | None = None) -> list[str]:
    found: list[str] = cloud.client("iam", account).list_organizations_features()["EnabledFeatures"]
    return found


@source("IAM User Guide, Centralize root access: trusted access first; ServiceAccessNotEnabledException")
@pytest.mark.parametrize("switch", ["root_credentials_management", "root_sessions"])
def test_root_access_needs_trusted_access(cloud: Cloud, switch: str) -> None:
    enable: Any = getattr(cloud.client("iam"), f"enable_organizations_{switch}")
    refused("ServiceAccessNotEnabledException", enable)
    refused("ServiceAccessNotEnabledException", cloud.client("iam").list_organizations_features)
    cloud.trust(IAM)
    assert len(enable()["EnabledFeatures"]) == 1


@source("iam: EnableOrganizationsRootCredentialsManagement, ListOrganizationsFeatures (API reference)")
def test_features_of_root_access_come_and_go(cloud: Cloud) -> None:
    cloud.trust(IAM)
    iam = cloud.client("iam")
    iam.enable_organizations_root_sessions()
    iam.enable_organizations_root_credentials_management()
    assert features(cloud) == ["RootCredentialsManagement", "RootSessions"]
    iam.disable_organizations_root_sessions()
    assert features(cloud) == ["RootCredentialsManagement"]
    iam.disable_organizations_root_credentials_management()
    assert features(cloud) == []


@source("iam: ListOrganizationsFeatures (API reference), AccountNotManagementOrDelegatedAdministratorException")
def test_a_delegated_administrator_manages_root_access(cloud: Cloud) -> None:
    admin, member = cloud.account("security"), cloud.account("member")
    cloud.delegate(admin, IAM)
    cloud.client("iam").enable_organizations_root_sessions()
    assert features(cloud, admin) == features(cloud) == ["RootSessions"]
    listed = cloud.client("iam", member).list_organizations_features
    refused("AccountNotManagementOrDelegatedAdministratorException", listed)


@source("iam: EnableOrganizationsRoot... (API reference), CallerIsNotManagementAccountException; not of Disable...")
@pytest.mark.parametrize("switch", ["root_credentials_management", "root_sessions"])
def test_an_administrator_switches_root_access_off_only(cloud: Cloud, switch: str) -> None:
    admin, member = cloud.account("security"), cloud.account("member")
    cloud.delegate(admin, IAM)
    client = cloud.client("iam", admin)
    refused("CallerIsNotManagementAccountException", getattr(client, f"enable_organizations_{switch}"))
    enable = getattr(cloud.client("iam", member), f"enable_organizations_{switch}")
    refused("AccountNotManagementOrDelegatedAdministratorException", enable)
    getattr(cloud.client("iam"), f"enable_organizations_{switch}")()
    assert getattr(client, f"disable_organizations_{switch}")()["EnabledFeatures"] == []


@source("iam: EnableOrganizationsRootSessions (API reference), OrganizationNotInAllFeaturesModeException")
def test_root_access_needs_all_features(empty: Cloud) -> None:
    empty.organizations.create_organization(FeatureSet="CONSOLIDATED_BILLING")
    refused("OrganizationNotInAllFeaturesModeException", empty.client("iam").enable_organizations_root_sessions)


@source("iam: EnableOrganizationsRootSessions (API reference), OrganizationNotFoundException")
def test_no_organization_no_root_access(empty: Cloud) -> None:
    refused("OrganizationNotFoundException", empty.client("iam").enable_organizations_root_sessions)


@source("IAM User Guide, Generate credential reports: <root_account>")
def test_the_root_user_is_in_the_credential_report(cloud: Cloud) -> None:
    iam = cloud.client("iam")
    while iam.generate_credential_report()["State"] != "COMPLETE":
        pass
    header, root = iam.get_credential_report()["Content"].decode().splitlines()
    row = dict(zip(header.split(","), root.split(","), strict=True))
    assert (row["user"], row["access_key_1_active"], row["mfa_active"]) == ("<root_account>", "false", "false")
    assert row["arn"].endswith(":root")


@source("IAM User Guide, Centralize root access for member accounts: new accounts have no root credentials")
def test_members_have_no_root_credentials(cloud: Cloud) -> None:
    present = [
        cloud.client("iam", account).get_account_summary()["SummaryMap"]["AccountPasswordPresent"]
        for account in (None, cloud.account("member"))
    ]
    assert present == [1, 0]


@source("iam: GetAccountPasswordPolicy, UpdateAccountPasswordPolicy, DeleteAccountPasswordPolicy (API reference)")
def test_a_password_policy_has_bounds_and_is_replaced_as_a_whole(empty: Cloud) -> None:
    iam = empty.client("iam")
    refused("NoSuchEntity", iam.get_account_password_policy)
    refused("NoSuchEntity", iam.delete_account_password_policy)
    for name, value in (("MinimumPasswordLength", 129), ("MaxPasswordAge", 1096), ("PasswordReusePrevention", 25)):
        refused("ValidationError", iam.update_account_password_policy, **{name: value})
    iam.update_account_password_policy(MinimumPasswordLength=14, MaxPasswordAge=90)
    iam.update_account_password_policy(PasswordReusePrevention=24)
    found = iam.get_account_password_policy()["PasswordPolicy"]
    assert (found["MinimumPasswordLength"], found["PasswordReusePrevention"]) == (6, 24)
    assert (found["ExpirePasswords"], found["AllowUsersToChangePassword"]) == (False, False)
