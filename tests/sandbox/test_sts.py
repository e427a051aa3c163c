"""Who a caller is, and roles of other accounts (STS API reference, IAM User Guide)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.sandbox.cloud import Cloud, refused, source

ROLE = "OrganizationAccountAccessRole"


def _arn(account: str, role: str = ROLE) -> str:
    return f"arn:aws:iam::{account}:role/{role}"


def _assume(cloud: Cloud, account: str, role: str = ROLE, **parameters: Any) -> dict[str, Any]:
    answer: dict[str, Any] = cloud.client("sts").assume_role(
        RoleArn=_arn(account, role), RoleSessionName="check", **parameters
    )
    return answer


def _trusting(principal: Any, **more: Any) -> str:
    statement = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": principal, **more}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


@source("User Guide: OrganizationAccountAccessRole in created accounts; STS API reference: AssumeRole")
def test_the_management_account_enters_an_account_that_it_created(cloud: Cloud) -> None:
    account = cloud.account("a")
    answer = _assume(cloud, account)
    assert answer["AssumedRoleUser"]["Arn"] == f"arn:aws:sts::{account}:assumed-role/{ROLE}/check"
    attached = cloud.client("iam", account).list_attached_role_policies(RoleName=ROLE)["AttachedPolicies"]
    assert [policy["PolicyName"] for policy in attached] == ["AdministratorAccess"]


@source("API reference: CreateAccount, RoleName")
def test_the_access_role_can_have_another_name(cloud: Cloud) -> None:
    account = cloud.account("a", RoleName="Enter")
    _assume(cloud, account, "Enter")
    refused("AccessDenied", cloud.client("sts").assume_role, RoleArn=_arn(account), RoleSessionName="check")


@pytest.mark.parametrize("account", ["999999999999", "123456789012"])
@source("STS API reference: AssumeRole; AccessDenied for a role that does not exist")
def test_a_role_that_does_not_exist_is_not_assumed(cloud: Cloud, account: str) -> None:
    refused("AccessDenied", cloud.client("sts").assume_role, RoleArn=_arn(account), RoleSessionName="check")


@source("Account Management guide: a closed account is unusable")
def test_a_role_of_a_closed_account_is_not_assumed(cloud: Cloud) -> None:
    account = cloud.account("a")
    cloud.organizations.close_account(AccountId=account)
    _assume(cloud, account)
    cloud.advance(3600)
    refused("AccessDenied", cloud.client("sts").assume_role, RoleArn=_arn(account), RoleSessionName="check")
    refused("InvalidClientTokenId", cloud.client("sts", account).get_caller_identity)


@source("IAM User Guide: the trust policy must admit the caller")
def test_a_role_that_trusts_somebody_else_is_not_assumed(cloud: Cloud) -> None:
    a, b = cloud.account("a"), cloud.account("b")
    refused("AccessDenied", cloud.client("sts", a).assume_role, RoleArn=_arn(b), RoleSessionName="check")


EXTERNAL_ID = {"StringEquals": {"sts:ExternalId": "secret"}}
DENIED = json.dumps(
    {
        "Statement": [
            {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": "*"},
            {"Effect": "Deny", "Action": "sts:*", "Principal": {"AWS": "123456789012"}},
        ]
    }
)
USERS = {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::123456789012:user/*"}}
TRUSTS: dict[str, tuple[str, dict[str, Any], bool]] = {
    "an account by its root": (_trusting({"AWS": "arn:aws:iam::123456789012:root"}), {}, True),
    "an account by its number": (_trusting({"AWS": "123456789012"}), {}, True),
    "everyone": (_trusting("*"), {}, True),
    "another account": (_trusting({"AWS": "999999999999"}), {}, False),
    "a service": (_trusting({"Service": "ec2.amazonaws.com"}), {}, False),
    "with the external id": (_trusting("*", Condition=EXTERNAL_ID), {"ExternalId": "secret"}, True),
    "without the external id": (_trusting("*", Condition=EXTERNAL_ID), {}, False),
    "another action": (_trusting("*", Action="sts:AssumeRoleWithSAML"), {}, False),
    "a denial": (DENIED, {}, False),
    "a principal by pattern": (_trusting("*", Condition=USERS), {}, True),
}


@pytest.mark.parametrize("what", TRUSTS)
@source("IAM User Guide: JSON policy elements Principal and Condition")
def test_a_trust_policy_decides(cloud: Cloud, what: str) -> None:
    document, parameters, may = TRUSTS[what]
    account = cloud.account("a")
    cloud.client("iam", account).create_role(RoleName="role", AssumeRolePolicyDocument=document)
    if may:
        _assume(cloud, account, "role", **parameters)
        return
    arguments = {"RoleArn": _arn(account, "role"), "RoleSessionName": "check", **parameters}
    refused("AccessDenied", cloud.client("sts").assume_role, **arguments)


@source("IAM User Guide: global condition key aws:PrincipalOrgID")
def test_a_trust_policy_can_name_the_organization(cloud: Cloud) -> None:
    organization = cloud.organizations.describe_organization()["Organization"]["Id"]
    a, b = cloud.account("a"), cloud.account("b")
    condition = {"StringEquals": {"aws:PrincipalOrgID": organization}}
    document = _trusting("*", Condition=condition)
    cloud.client("iam", b).create_role(RoleName="role", AssumeRolePolicyDocument=document)
    assume = {"RoleArn": _arn(b, "role"), "RoleSessionName": "check"}
    cloud.client("sts", a).assume_role(**assume)
    refused("AccessDenied", cloud.client("sts", "555555555555").assume_role, **assume)


@source("STS API reference: AssumeRole, DurationSeconds and the role's MaxSessionDuration")
def test_a_session_is_not_longer_than_the_role_allows(cloud: Cloud) -> None:
    account = cloud.account("a")
    refused(
        "ValidationError",
        cloud.client("sts").assume_role,
        RoleArn=_arn(account),
        RoleSessionName="check",
        DurationSeconds=7200,
    )


@source("botocore: pattern of RoleSessionName")
def test_a_session_name_has_a_form(cloud: Cloud) -> None:
    refused(
        "ValidationError",
        cloud.client("sts").assume_role,
        RoleArn=_arn("123456789012"),
        RoleSessionName="a b",
    )


@source("Common errors: InvalidClientTokenId, UnrecognizedClientException, AuthFailure, InvalidAccessKeyId")
def test_an_unknown_key_is_refused_in_the_words_of_the_service(cloud: Cloud) -> None:
    stranger = type(cloud).__new__(type(cloud))
    stranger.endpoint_url = cloud.endpoint_url
    stranger.keys = lambda _: ("AKIAUNKNOWNUNKNOWN00", "secret", None)  # type: ignore[method-assign]
    refused("InvalidClientTokenId", stranger.client("sts").get_caller_identity)
    refused("UnrecognizedClientException", stranger.client("organizations").describe_organization)
    refused("AuthFailure", stranger.client("ec2").describe_vpcs)
    refused("InvalidAccessKeyId", stranger.client("s3").list_buckets)


@source("IAM User Guide: access keys of users")
def test_the_key_of_a_user_is_known_until_it_is_deleted(cloud: Cloud) -> None:
    iam = cloud.client("iam")
    iam.create_user(UserName="someone")
    key = iam.create_access_key(UserName="someone")["AccessKey"]
    user = type(cloud).__new__(type(cloud))
    user.endpoint_url = cloud.endpoint_url
    user.keys = lambda _: (key["AccessKeyId"], key["SecretAccessKey"], None)  # type: ignore[method-assign]
    assert user.client("sts").get_caller_identity()["Arn"] == "arn:aws:iam::123456789012:user/someone"
    iam.delete_access_key(UserName="someone", AccessKeyId=key["AccessKeyId"])
    refused("InvalidClientTokenId", user.client("sts").get_caller_identity)


@source("STS API reference: GetAccessKeyInfo")
def test_a_key_tells_its_account(cloud: Cloud) -> None:
    account = cloud.account("a")
    key = _assume(cloud, account)["Credentials"]["AccessKeyId"]
    assert cloud.client("sts").get_access_key_info(AccessKeyId=key)["Account"] == account


@source("IAM User Guide: centralize root access; STS API reference: AssumeRoot")
def test_root_sessions_need_the_feature(cloud: Cloud) -> None:
    account = cloud.account("a")
    task = {"arn": "arn:aws:iam::aws:policy/root-task/IAMAuditRootUserCredentials"}
    call = {"TargetPrincipal": account, "TaskPolicyArn": task}
    refused("AccessDenied", cloud.client("sts").assume_root, **call)
    cloud.trust("iam.amazonaws.com")
    cloud.client("iam").enable_organizations_root_sessions()
    assert cloud.client("sts").assume_root(**call)["Credentials"]["SessionToken"]


@source("STS: accounts are separate")
def test_accounts_do_not_see_each_other(cloud: Cloud) -> None:
    account = cloud.account("a")
    cloud.client("ssm", account).put_parameter(Name="/x", Value="1", Type="String")
    refused("ParameterNotFound", cloud.client("ssm").get_parameter, Name="/x")
    refused("ParameterNotFound", cloud.client("ssm", account, "eu-west-1").get_parameter, Name="/x")
    assert cloud.client("ssm", account).get_parameter(Name="/x")["Parameter"]["Value"] == "1"
