"""Who may make which call (IAM User Guide, "Policy evaluation logic", "Troubleshoot access denied error messages")."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest
from botocore.exceptions import ClientError

from landing.sandbox.authorization import actions, trust
from landing.sandbox.authorization.resources import tags_of
from landing.sandbox.world import Identity, World
from tests.sandbox.cloud import ALLOW, RCP_TYPE, Cloud, refused, source

MANAGEMENT = "123456789012"
LOGIC = "IAM User Guide: policy evaluation logic"
WORDS = "IAM User Guide: troubleshoot access denied error messages"


def document(*statements: Mapping[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(*names: str, **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": list(names), "Resource": "*", **more}


def deny(*names: str, **more: Any) -> dict[str, Any]:
    return {"Effect": "Deny", "Action": list(names), "Resource": "*", **more}


def trusting(principal: Any) -> str:
    return json.dumps({"Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": principal}]})


def role(cloud: Cloud, *statements: Mapping[str, Any], account: str | None = None, **parameters: Any) -> str:
    """A role that its own account may assume, with an inline policy; its ARN."""
    iam = cloud.client("iam", account)
    made = {"RoleName": "tried", "AssumeRolePolicyDocument": trusting({"AWS": account or MANAGEMENT}), **parameters}
    arn: str = iam.create_role(**made)["Role"]["Arn"]
    if statements:
        iam.put_role_policy(RoleName=made["RoleName"], PolicyName="own", PolicyDocument=document(*statements))
    return arn


def entered(cloud: Cloud, arn: str, account: str | None = None, **parameters: Any) -> Cloud:
    """The cloud as somebody who has assumed a role sees it."""
    keys = cloud.client("sts", account).assume_role(RoleArn=arn, RoleSessionName="check", **parameters)["Credentials"]
    inside = type(cloud).__new__(type(cloud))
    inside.endpoint_url = cloud.endpoint_url
    inside.keys = lambda _: (  # type: ignore[method-assign]
        keys["AccessKeyId"],
        keys["SecretAccessKey"],
        keys["SessionToken"],
    )
    return inside


def denied(call: Any, *words: str, code: str = "AccessDenied", **parameters: Any) -> None:
    with pytest.raises(ClientError) as caught:
        call(**parameters)
    error = caught.value.response["Error"]
    assert error["Code"] == code
    for each in words:
        assert each in error["Message"], error["Message"]


@source(WORDS)
def test_what_no_policy_allows_is_denied_in_the_words_of_the_service(cloud: Cloud) -> None:
    inside = entered(cloud, role(cloud))
    who = f"User: arn:aws:sts::{MANAGEMENT}:assumed-role/tried/check is not authorized to perform: "
    none = "because no identity-based policy allows the {} action"
    iam, s3 = inside.client("iam"), inside.client("s3")
    denied(iam.list_roles, who + "iam:ListRoles on resource: ", none.format("iam:ListRoles"))
    denied(
        s3.list_objects_v2,
        's3:ListBucket on resource: "arn:aws:s3:::bucket"',
        none.format("s3:ListBucket"),
        Bucket="bucket",
    )
    for service, call, code, status in (
        ("organizations", "list_accounts", "AccessDeniedException", 400),
        ("guardduty", "list_detectors", "AccessDeniedException", 403),
        ("ec2", "describe_vpcs", "UnauthorizedOperation", 403),
        ("sns", "list_topics", "AuthorizationError", 403),
    ):
        with pytest.raises(ClientError) as caught:
            getattr(inside.client(service), call)()
        answer = caught.value.response
        assert (answer["Error"]["Code"], answer["ResponseMetadata"]["HTTPStatusCode"]) == (code, status)
        assert who in answer["Error"]["Message"]


@source("STS API reference: GetCallerIdentity needs no permission, and no policy denies it")
def test_everybody_may_know_who_they_are(cloud: Cloud) -> None:
    assert entered(cloud, role(cloud, deny("*"))).client("sts").get_caller_identity()["Account"] == MANAGEMENT


@source(LOGIC)
def test_an_explicit_deny_wins(cloud: Cloud) -> None:
    inside = entered(cloud, role(cloud, allow("*"), deny("iam:ListUsers")))
    inside.client("iam").list_roles()
    denied(inside.client("iam").list_users, "iam:ListUsers", "with an explicit deny in an identity-based policy")


@source("IAM User Guide: identity-based policies, inline and managed, and their versions")
def test_a_change_of_a_policy_counts_at_once(cloud: Cloud) -> None:
    iam = cloud.client("iam")
    inside = entered(cloud, role(cloud))
    policy = iam.create_policy(PolicyName="p", PolicyDocument=document(allow("iam:ListRoles")))["Policy"]["Arn"]
    denied(inside.client("iam").list_roles)
    iam.attach_role_policy(RoleName="tried", PolicyArn=policy)
    inside.client("iam").list_roles()
    iam.create_policy_version(PolicyArn=policy, PolicyDocument=document(allow("iam:ListUsers")), SetAsDefault=True)
    denied(inside.client("iam").list_roles)
    inside.client("iam").list_users()


@source("IAM User Guide: IAM groups")
def test_a_user_has_the_policies_of_its_groups(cloud: Cloud) -> None:
    iam = cloud.client("iam")
    iam.create_user(UserName="someone")
    key = iam.create_access_key(UserName="someone")["AccessKey"]
    user = type(cloud).__new__(type(cloud))
    user.endpoint_url = cloud.endpoint_url
    user.keys = lambda _: (key["AccessKeyId"], key["SecretAccessKey"], None)  # type: ignore[method-assign]
    denied(user.client("iam").list_roles)
    iam.create_group(GroupName="group")
    iam.put_group_policy(GroupName="group", PolicyName="p", PolicyDocument=document(allow("iam:List*")))
    iam.add_user_to_group(GroupName="group", UserName="someone")
    user.client("iam").list_roles()


@source("IAM User Guide: permissions boundaries for IAM entities")
def test_a_boundary_narrows(cloud: Cloud) -> None:
    boundary = cloud.client("iam").create_policy(
        PolicyName="b", PolicyDocument=document(allow("iam:List*"), deny("iam:ListUsers"))
    )["Policy"]["Arn"]
    inside = entered(cloud, role(cloud, allow("*"), PermissionsBoundary=boundary)).client("iam")
    inside.list_roles()
    denied(inside.get_role, "because no permissions boundary allows the iam:GetRole action", RoleName="tried")
    denied(inside.list_users, "with an explicit deny in a permissions boundary")


@source("IAM User Guide: session policies")
def test_a_session_policy_narrows(cloud: Cloud) -> None:
    arn = role(cloud, allow("*"))
    policy = document(allow("iam:List*"), deny("iam:ListUsers"))
    inside = entered(cloud, arn, Policy=policy).client("iam")
    inside.list_roles()
    denied(inside.get_role, "because no session policy allows the iam:GetRole action", RoleName="tried")
    denied(inside.list_users, "with an explicit deny in a session policy")
    managed = entered(cloud, arn, PolicyArns=[{"arn": "arn:aws:iam::aws:policy/ReadOnlyAccess"}]).client("iam")
    managed.get_role(RoleName="tried")
    denied(managed.create_user, "because no session policy allows", UserName="u")


@source("STS API reference: AssumeRole, Policy and PolicyArns")
def test_a_session_policy_has_a_form(cloud: Cloud) -> None:
    assume = {"RoleArn": role(cloud, allow("*")), "RoleSessionName": "check"}
    sts = cloud.client("sts")
    refused("MalformedPolicyDocument", sts.assume_role, **assume, Policy="{")
    refused("ValidationError", sts.assume_role, **assume, Policy=document(allow("a:" + "b" * 2048)))
    refused("ValidationError", sts.assume_role, **assume, PolicyArns=[{"arn": "arn:aws:iam::aws:policy/NoSuchPolicy"}])


@source("IAM User Guide: Resource elements; service authorization reference: resource types of IAM")
def test_a_statement_is_about_its_resources(cloud: Cloud) -> None:
    arn = f"arn:aws:iam::{MANAGEMENT}:role/"
    own = allow("iam:GetRole", Resource=[f"{arn}tried", f"{arn}path/*"])
    inside = entered(cloud, role(cloud, own)).client("iam")
    cloud.client("iam").create_role(RoleName="deep", Path="/path/", AssumeRolePolicyDocument=trusting("*"))
    cloud.client("iam").create_role(RoleName="other", AssumeRolePolicyDocument=trusting("*"))
    inside.get_role(RoleName="tried")
    inside.get_role(RoleName="deep")
    denied(inside.get_role, f"on resource: {arn}other because", RoleName="other")


@source("Service Authorization Reference, Amazon EC2: the ARN of an ipam-pool has no Region")
def test_what_has_no_region_is_decided_about_too() -> None:
    caller = Identity("AKIA", "secret", MANAGEMENT, f"arn:aws:iam::{MANAGEMENT}:root", MANAGEMENT)
    assert tags_of(World(), caller, f"arn:aws:ec2::{MANAGEMENT}:ipam-pool/ipam-pool-1") == {}


@source("Organizations User Guide: resources and condition keys of Organizations")
def test_a_call_on_two_things_needs_both(cloud: Cloud) -> None:
    cloud.enable()
    policy, unit, other = cloud.policy(content=ALLOW), cloud.unit("U"), cloud.unit("V")
    policies, units = "arn:aws:organizations::*:policy/*", f"arn:aws:organizations::*:ou/*/{unit}"
    inside = entered(cloud, role(cloud, allow("organizations:AttachPolicy", Resource=[policies, units])))
    inside.organizations.attach_policy(PolicyId=policy, TargetId=unit)
    denied(inside.organizations.attach_policy, other, code="AccessDeniedException", PolicyId=policy, TargetId=other)


@source("IAM User Guide: global condition context keys; Organizations User Guide: condition keys")
def test_conditions_are_asked(cloud: Cloud) -> None:
    statements = (
        allow("organizations:CreatePolicy", Condition={"StringEquals": {"organizations:PolicyType": "TAG_POLICY"}}),
        allow("ssm:DescribeParameters", Condition={"StringEquals": {"aws:RequestedRegion": "eu-west-1"}}),
        allow("iam:ListRoles", Condition={"StringEquals": {"aws:PrincipalTag/team": "platform"}}),
        allow("iam:ListUsers", Condition={"Null": {"aws:PrincipalOrgID": "false"}}),
        allow("iam:CreateUser", "iam:TagUser", Condition={"StringEquals": {"aws:RequestTag/team": "platform"}}),
    )
    inside = entered(cloud, role(cloud, *statements, Tags=[{"Key": "team", "Value": "platform"}]))
    organizations, iam = inside.organizations, inside.client("iam")
    create = {"Name": "p", "Description": "", "Content": '{"tags":{}}'}
    organizations.create_policy(**create, Type="TAG_POLICY")
    denied(organizations.create_policy, code="AccessDeniedException", **create, Type="BACKUP_POLICY")
    inside.client("ssm", region="eu-west-1").describe_parameters()
    denied(inside.client("ssm").describe_parameters, code="AccessDeniedException")
    iam.list_roles()
    iam.list_users()
    iam.create_user(UserName="u", Tags=[{"Key": "team", "Value": "platform"}])
    denied(iam.create_user, UserName="v", Tags=[{"Key": "team", "Value": "other"}])


@source("IAM User Guide: granting permissions to pass a role to a service")
def test_a_role_is_passed_only_with_permission(cloud: Cloud) -> None:
    passed = cloud.client("iam").create_role(RoleName="passed", AssumeRolePolicyDocument=trusting("*"))["Role"]["Arn"]
    put = {"ConfigurationRecorder": {"name": "default", "roleARN": passed}}
    inside = entered(cloud, role(cloud, allow("config:*")))
    config = inside.client("config").put_configuration_recorder
    denied(config, f"iam:PassRole on resource: {passed}", code="AccessDeniedException", **put)
    to_config = {"StringEquals": {"iam:PassedToService": "config.amazonaws.com"}}
    own = document(allow("config:*"), allow("iam:PassRole", Resource=passed, Condition=to_config))
    cloud.client("iam").put_role_policy(RoleName="tried", PolicyName="own", PolicyDocument=own)
    config(**put)


@source("Organizations User Guide: tagging on creation needs organizations:TagResource")
def test_tags_on_creation_need_their_own_permission(cloud: Cloud) -> None:
    inside = entered(cloud, role(cloud, allow("organizations:CreateOrganizationalUnit"))).organizations
    inside.create_organizational_unit(ParentId=cloud.root, Name="U")
    tags = [{"Key": "k", "Value": "v"}]
    create = {"ParentId": cloud.root, "Name": "V", "Tags": tags}
    denied(inside.create_organizational_unit, "organizations:TagResource", code="AccessDeniedException", **create)


@source("IAM User Guide: cross-account policy evaluation logic; roles, trust")
def test_a_role_of_another_account_needs_both_sides(cloud: Cloud) -> None:
    account = cloud.account("a")
    there = role(
        cloud, allow("*"), account=account, RoleName="there", AssumeRolePolicyDocument=trusting({"AWS": MANAGEMENT})
    )
    assume = {"RoleArn": there, "RoleSessionName": "check"}
    without, with_it = role(cloud), role(cloud, allow("sts:AssumeRole", Resource=there), RoleName="with")
    why = "because no identity-based policy allows the sts:AssumeRole action"
    denied(entered(cloud, without).client("sts").assume_role, why, **assume)
    entered(cloud, with_it).client("sts").assume_role(**assume)
    closed = role(cloud, account=account, RoleName="closed")
    why = "because no role trust policy allows the sts:AssumeRole action"
    denied(cloud.client("sts").assume_role, why, RoleArn=closed, RoleSessionName="check")


@source("IAM User Guide: a resource-based policy that names a principal of the same account grants by itself")
def test_a_role_that_names_a_caller_of_its_account_needs_no_more(cloud: Cloud) -> None:
    first = role(cloud, RoleName="first")
    second = role(cloud, RoleName="second", AssumeRolePolicyDocument=trusting({"AWS": first}))
    third = role(cloud, RoleName="third")
    sts = entered(cloud, first).client("sts")
    sts.assume_role(RoleArn=second, RoleSessionName="check")
    denied(sts.assume_role, "no identity-based policy", RoleArn=third, RoleSessionName="check")


@source("Organizations User Guide: service control policies; SCP evaluation")
def test_scps_hold_for_members(cloud: Cloud) -> None:
    account, unit = cloud.account("a"), cloud.unit("U")
    cloud.organizations.move_account(AccountId=account, SourceParentId=cloud.root, DestinationParentId=unit)
    cloud.enable()
    iam, ours = cloud.client("iam", account), cloud.client("iam")
    iam.list_roles()
    policy = cloud.policy(content=document(deny("iam:ListRoles")))
    cloud.organizations.attach_policy(PolicyId=policy, TargetId=unit)
    denied(iam.list_roles, "iam:ListRoles", "with an explicit deny in a service control policy")
    iam.list_users()
    cloud.organizations.attach_policy(PolicyId=policy, TargetId=cloud.root)
    ours.list_roles()
    only = cloud.policy("only", document(allow("sts:*")))
    cloud.organizations.attach_policy(PolicyId=only, TargetId=account)
    cloud.organizations.detach_policy(PolicyId="p-FullAWSAccess", TargetId=account)
    denied(iam.list_users, "because no service control policy allows the iam:ListUsers action")


@source("Organizations User Guide: SCPs do not affect service-linked roles, nor the management account")
def test_whom_an_scp_exempts(cloud: Cloud) -> None:
    account = cloud.account("a")
    cloud.enable()
    exempt = {"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/OrganizationAccountAccessRole"}}
    cloud.organizations.attach_policy(
        PolicyId=cloud.policy(content=document(deny("iam:List*", Condition=exempt))), TargetId=cloud.root
    )
    cloud.client("iam", account).list_roles()
    other = role(cloud, allow("*"), account=account)
    denied(entered(cloud, other, account).client("iam").list_roles, "in a service control policy")


@source("Organizations User Guide: resource control policies")
def test_rcps_hold_for_the_resources_of_members(cloud: Cloud) -> None:
    account = cloud.account("a")
    cloud.enable(RCP_TYPE)
    theirs = cloud.client("s3", account)
    theirs.create_bucket(Bucket="theirs")
    cloud.client("s3").create_bucket(Bucket="ours")
    policy = document(deny("s3:ListBucket", "sts:AssumeRole", Principal="*"))
    cloud.organizations.attach_policy(PolicyId=cloud.policy("r", policy, RCP_TYPE), TargetId=account)
    denied(theirs.list_objects_v2, "with an explicit deny in a resource control policy", Bucket="theirs")
    cloud.client("s3").list_objects_v2(Bucket="ours")
    enter = {"RoleArn": f"arn:aws:iam::{account}:role/OrganizationAccountAccessRole", "RoleSessionName": "check"}
    denied(cloud.client("sts").assume_role, "with an explicit deny in a resource control policy", **enter)


@source("IAM User Guide: roles may not be assumed by root")
def test_root_assumes_no_role(cloud: Cloud) -> None:
    account = cloud.account("a")
    arn = role(cloud, account=account)
    cloud.trust("iam.amazonaws.com")
    cloud.client("iam").enable_organizations_root_sessions()
    task = {"arn": "arn:aws:iam::aws:policy/root-task/IAMAuditRootUserCredentials"}
    keys = cloud.client("sts").assume_root(TargetPrincipal=account, TaskPolicyArn=task)["Credentials"]
    root = type(cloud).__new__(type(cloud))
    root.endpoint_url = cloud.endpoint_url
    root.keys = lambda _: (  # type: ignore[method-assign]
        keys["AccessKeyId"],
        keys["SecretAccessKey"],
        keys["SessionToken"],
    )
    denied(root.client("sts").assume_role, "Roles may not be assumed by root", RoleArn=arn, RoleSessionName="check")


NAMES = {
    ("s3", "ListObjectsV2"): "s3:ListBucket",
    ("s3", "HeadObject"): "s3:GetObject",
    ("s3", "ListBuckets"): "s3:ListAllMyBuckets",
    ("s3control", "PutPublicAccessBlock"): "s3:PutAccountPublicAccessBlock",
    ("resourcegroupstaggingapi", "GetResources"): "tag:GetResources",
    ("accessanalyzer", "ListAnalyzers"): "access-analyzer:ListAnalyzers",
    ("inspector2", "Enable"): "inspector2:Enable",
    ("cloudformation", "CreateStackSet"): "cloudformation:CreateStackSet",
    ("detective", "ListOrganizationAdminAccounts"): "detective:ListOrganizationAdminAccount",
}


@pytest.mark.parametrize(("service", "operation"), NAMES)
def test_an_operation_has_the_action_of_the_reference(service: str, operation: str) -> None:
    assert actions.of_operation(service, operation) == NAMES[service, operation]


def test_a_call_may_need_more_than_its_own_action() -> None:
    assert set(actions.conceivable("config", "PutConfigurationRecorder")) >= {actions.PASS, "config:TagResource"}
    assert actions.conceivable("organizations", "ListRoots") == ("organizations:ListRoots",)
    assert "iam:TagRole" in actions.conceivable("iam", "CreateRole")


def test_a_resource_policy_is_read_by_the_same_engine() -> None:
    caller = Identity(
        "AKIA", "", MANAGEMENT, f"arn:aws:iam::{MANAGEMENT}:user/u", "id", f"arn:aws:iam::{MANAGEMENT}:user/u"
    )
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": MANAGEMENT},
        "NotAction": "s3:Delete*",
        "NotResource": "arn:aws:s3:::a/*",
    }
    text = document(statement)
    put = (text, caller, "s3:PutObject", {})
    assert trust.effects(*put, resource="arn:aws:s3:::b/k") == {"Allow"}
    assert trust.effects(*put, resource="arn:aws:s3:::a/k") == set()
    assert trust.effects(*put, resource="arn:aws:s3:::b/k", directly=True) == set()
    assert trust.effects(text, caller, "s3:DeleteObject", {}, resource="arn:aws:s3:::b/k") == set()
