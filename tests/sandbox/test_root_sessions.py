"""Root sessions and what each task lets them do (STS API reference, AssumeRoot; IAM User Guide, "privileged task")."""

from __future__ import annotations

from typing import Any

import boto3
import pytest

from tests.sandbox.cloud import SCP_TYPE, Cloud, refused, source

IAM = "iam.amazonaws.com"
AUDIT, DELETE, CREATE = "IAMAuditRootUserCredentials", "IAMDeleteRootUserCredentials", "IAMCreateRootUserPassword"
TASKS = "arn:aws:iam::aws:policy/root-task/"
ALL = {"password": True, "keys": 2, "mfa_devices": 1, "certificates": 1}
GUIDE = "IAM User Guide: perform a privileged task on a member account"


@pytest.fixture
def member(cloud: Cloud) -> str:
    """A member whose root user has all credentials that there are; root sessions are on."""
    account = cloud.account("member")
    cloud.option(root_users={account: ALL})  # type: ignore[attr-defined]
    cloud.trust(IAM)
    cloud.client("iam").enable_organizations_root_sessions()
    return account


def asked(target: str, task: str = AUDIT) -> dict[str, Any]:
    return {"TargetPrincipal": target, "TaskPolicyArn": {"arn": TASKS + task}}


def root(cloud: Cloud, account: str, task: str) -> Any:
    """IAM as the root user of an account, for one task."""
    keys = cloud.client("sts").assume_root(**asked(account, task))["Credentials"]
    session = boto3.Session(keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"], region_name="us-east-1")
    return session.client("iam", endpoint_url=cloud.endpoint_url)


def summary(iam: Any) -> tuple[int, ...]:
    found = iam.get_account_summary()["SummaryMap"]
    names = ("PasswordPresent", "AccessKeysPresent", "MFAEnabled", "SigningCertificatesPresent")
    return tuple(found[f"Account{name}"] for name in names)


@source(f"{GUIDE}: IAMAuditRootUserCredentials")
def test_an_audit_reads_all_of_it(cloud: Cloud, member: str) -> None:
    iam = root(cloud, member, AUDIT)
    assert summary(iam) == (1, 1, 1, 1)
    keys = iam.list_access_keys()["AccessKeyMetadata"]
    assert len(keys) == 2
    assert "LastUsedDate" not in iam.get_access_key_last_used(AccessKeyId=keys[0]["AccessKeyId"])["AccessKeyLastUsed"]
    assert len(iam.list_mfa_devices()["MFADevices"]) == len(iam.list_signing_certificates()["Certificates"]) == 1
    assert iam.get_login_profile()["LoginProfile"]
    assert iam.get_user()["User"]["Arn"] == f"arn:aws:iam::{member}:root"


@source("AWS managed policy IAMAuditRootUserCredentials: every other action is denied, and other users")
def test_an_audit_changes_nothing_and_is_of_the_root_user_alone(cloud: Cloud, member: str) -> None:
    cloud.client("iam", member).create_user(UserName="someone")
    iam = root(cloud, member, AUDIT)
    refused("AccessDenied", iam.delete_login_profile)
    refused("AccessDenied", iam.list_users)
    refused("AccessDenied", iam.get_user, UserName="someone")
    refused("AccessDenied", iam.create_access_key)


@source(f"{GUIDE}: IAMDeleteRootUserCredentials")
def test_credentials_are_deleted_each_by_its_call(cloud: Cloud, member: str) -> None:
    iam = root(cloud, member, DELETE)
    refused("AccessDenied", iam.get_account_summary)
    for key in iam.list_access_keys()["AccessKeyMetadata"]:
        iam.delete_access_key(AccessKeyId=key["AccessKeyId"])
    for device in iam.list_mfa_devices()["MFADevices"]:
        iam.deactivate_mfa_device(SerialNumber=device["SerialNumber"])
    for certificate in iam.list_signing_certificates()["Certificates"]:
        iam.delete_signing_certificate(CertificateId=certificate["CertificateId"])
    iam.delete_login_profile()
    assert summary(root(cloud, member, AUDIT)) == (0, 0, 0, 0)


@source("iam: DeleteLoginProfile, DeleteAccessKey, ... (API reference), NoSuchEntity")
def test_what_is_not_there_cannot_be_deleted(cloud: Cloud, member: str) -> None:
    iam = root(cloud, member, DELETE)
    iam.delete_login_profile()
    refused("NoSuchEntity", iam.delete_login_profile)
    refused("NoSuchEntity", iam.get_login_profile)
    refused("NoSuchEntity", iam.delete_access_key, AccessKeyId="AKIAIOSFODNN7EXAMPLE")
    refused("NoSuchEntity", iam.deactivate_mfa_device, SerialNumber=f"arn:aws:iam::{member}:mfa/none")
    refused("NoSuchEntity", iam.delete_signing_certificate, CertificateId="A" * 24)


@source(f"{GUIDE}: IAMCreateRootUserPassword, to allow the recovery of the password")
def test_a_password_is_allowed_again(cloud: Cloud) -> None:
    account = cloud.account("member")
    cloud.trust(IAM)
    cloud.client("iam").enable_organizations_root_sessions()
    iam = root(cloud, account, CREATE)
    refused("NoSuchEntity", iam.get_login_profile)
    iam.create_login_profile()
    refused("EntityAlreadyExists", iam.create_login_profile)
    refused("AccessDenied", iam.delete_login_profile)
    assert summary(root(cloud, account, AUDIT)) == (1, 0, 0, 0)


@source("STS API reference: AssumeRoot, TaskPolicyArn; DurationSeconds up to 900")
def test_a_session_is_short_and_for_a_task_that_there_is(cloud: Cloud, member: str) -> None:
    sts = cloud.client("sts")
    refused("ValidationError", sts.assume_root, **asked(member, "AdministratorAccess"))
    refused("ValidationError", sts.assume_root, **asked(member), DurationSeconds=901)
    assert sts.assume_root(**asked(f"arn:aws:iam::{member}:root"), DurationSeconds=900)["Credentials"]


@source("IAM User Guide: centralize root access: of member accounts, by the management account or the administrator")
def test_not_everybody_is_root_of_everything(cloud: Cloud, member: str) -> None:
    admin = cloud.account("security")
    refused("AccessDenied", cloud.client("sts", admin).assume_root, **asked(member))
    cloud.delegate(admin, IAM)
    assert cloud.client("sts", admin).assume_root(**asked(member))["Credentials"]
    management = cloud.organizations.describe_organization()["Organization"]["MasterAccountId"]
    refused("AccessDenied", cloud.client("sts").assume_root, **asked(management))
    refused("AccessDenied", cloud.client("sts").assume_root, **asked("999999999999"))
    cloud.organizations.close_account(AccountId=member)
    while cloud.organizations.describe_account(AccountId=member)["Account"]["Status"] == "PENDING_CLOSURE":
        pass
    refused("AccessDenied", cloud.client("sts").assume_root, **asked(member))


@source("STS API reference: AssumeRoot, RegionDisabledException: of the account that is asked for")
def test_it_wants_a_region_that_the_member_has(cloud: Cloud, member: str) -> None:
    management = cloud.organizations.describe_organization()["Organization"]["MasterAccountId"]
    account, region = cloud.client("account"), "af-south-1"
    account.enable_region(RegionName=region)
    while account.get_region_opt_status(RegionName=region)["RegionOptStatus"] != "ENABLED":
        pass
    assert cloud.client("sts", region=region).get_caller_identity()["Account"] == management
    refused("RegionDisabledException", cloud.client("sts", region=region).assume_root, **asked(member))
    cloud.client("account", member).enable_region(RegionName=region)
    cloud.advance(3600)  # type: ignore[attr-defined]
    assert cloud.client("sts", region=region).assume_root(**asked(member))["Credentials"]


@source("STS API reference: AssumeRoot: the global endpoint is not supported")
def test_it_wants_a_regional_endpoint(cloud: Cloud, member: str) -> None:
    if cloud.endpoint_url:
        pytest.skip("an endpoint of one's own is no global one")
    keys = cloud.keys(None)
    session = boto3.Session(keys[0], keys[1], keys[2], region_name="us-east-1")
    refused(
        "AccessDenied", session.client("sts", endpoint_url="https://sts.amazonaws.com").assume_root, **asked(member)
    )
    assert session.client("sts").assume_root(**asked(member))["Credentials"]


@source("service authorization reference: sts:AssumeRoot, condition key sts:TaskPolicyArn, resource root-user")
def test_a_policy_may_allow_one_task_alone(cloud: Cloud, member: str) -> None:
    iam = cloud.client("iam")
    iam.create_user(UserName="auditor")
    document = (
        '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRoot","Resource":"arn:aws:iam::*:root",'
        f'"Condition":{{"StringEquals":{{"sts:TaskPolicyArn":"{TASKS}{AUDIT}"}}}}}}]}}'
    )
    iam.put_user_policy(UserName="auditor", PolicyName="audit", PolicyDocument=document)
    key = iam.create_access_key(UserName="auditor")["AccessKey"]
    session = boto3.Session(key["AccessKeyId"], key["SecretAccessKey"], region_name="us-east-1")
    sts = session.client("sts", endpoint_url=cloud.endpoint_url)
    assert sts.assume_root(**asked(member))["Credentials"]
    refused("AccessDenied", sts.assume_root, **asked(member, DELETE))


@source("IAM User Guide: condition key aws:AssumedRoot; Organizations User Guide: SCPs hold for root users of members")
def test_scps_hold_for_root_sessions_unless_they_let_them_be(cloud: Cloud, member: str) -> None:
    text = (
        '{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"*","Resource":"*",'
        '"Condition":{"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::*:root"}%s}}]}'
    )
    cloud.enable()
    policy = cloud.policy("no-root", text % "", SCP_TYPE)
    cloud.organizations.attach_policy(PolicyId=policy, TargetId=member)
    refused("AccessDenied", root(cloud, member, AUDIT).get_account_summary)
    cloud.organizations.update_policy(PolicyId=policy, Content=text % ',"Null":{"aws:AssumedRoot":"true"}')
    assert summary(root(cloud, member, AUDIT)) == (1, 1, 1, 1)
