"""Which account may call Organizations (API reference "You can only call this operation from...")."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.sandbox.cloud import DENY, SCP_TYPE, Cloud, refused, source

CONFIG = "config.amazonaws.com"

READS: dict[str, dict[str, Any]] = {
    "list_accounts": {},
    "list_roots": {},
    "list_policies": {"Filter": SCP_TYPE},
    "list_delegated_administrators": {},
    "list_aws_service_access_for_organization": {},
    "list_create_account_status": {},
    "list_handshakes_for_organization": {},
}
WRITES: dict[str, dict[str, Any]] = {
    "create_account": {"AccountName": "x", "Email": "x@example.com"},
    "create_organizational_unit": {"ParentId": "r-0000", "Name": "x"},
    "create_policy": {"Name": "x", "Description": "", "Type": SCP_TYPE, "Content": DENY},
    "enable_aws_service_access": {"ServicePrincipal": CONFIG},
    "register_delegated_administrator": {"AccountId": "999999999999", "ServicePrincipal": CONFIG},
    "enable_policy_type": {"RootId": "r-0000", "PolicyType": SCP_TYPE},
    "delete_organization": {},
    "put_resource_policy": {"Content": "{}"},
    "tag_resource": {"ResourceId": "999999999999", "Tags": [{"Key": "a", "Value": "b"}]},
}


@pytest.mark.parametrize("operation", [*READS, *WRITES])
@source("API reference: You can only call this operation from the management account (or ...)")
def test_an_ordinary_member_is_denied(cloud: Cloud, operation: str) -> None:
    member = cloud.client("organizations", cloud.account("a"))
    refused("AccessDeniedException", getattr(member, operation), **(READS | WRITES)[operation])


@pytest.mark.parametrize("operation", READS)
@source("API reference: ... or a member account that is a delegated administrator")
def test_a_delegated_administrator_reads_everything(cloud: Cloud, operation: str) -> None:
    account = cloud.account("a")
    cloud.delegate(account, CONFIG)
    ours = getattr(cloud.organizations, operation)(**READS[operation])
    theirs = getattr(cloud.client("organizations", account), operation)(**READS[operation])
    del ours["ResponseMetadata"], theirs["ResponseMetadata"]
    assert ours == theirs


@pytest.mark.parametrize("operation", WRITES)
@source("API reference: RegisterDelegatedAdministrator grants read-only access")
def test_a_delegated_administrator_writes_nothing(cloud: Cloud, operation: str) -> None:
    account = cloud.account("a")
    cloud.delegate(account, CONFIG)
    member = cloud.client("organizations", account)
    refused("AccessDeniedException", getattr(member, operation), **WRITES[operation])


@source("API reference: DescribeOrganization can be called from any account in an organization")
def test_every_member_sees_its_organization(cloud: Cloud) -> None:
    member = cloud.client("organizations", cloud.account("a"))
    ours = cloud.organizations.describe_organization()["Organization"]
    assert member.describe_organization()["Organization"] == ours


@source("API reference: AWSOrganizationsNotInUseException")
def test_an_outsider_has_no_organization(cloud: Cloud) -> None:
    outsider = cloud.client("organizations", "555555555555")
    refused("AWSOrganizationsNotInUseException", outsider.describe_organization)


def _delegation(account: str, *actions: str, **more: Any) -> str:
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{account}:root"},
        "Action": [f"organizations:{action}" for action in actions],
        "Resource": "*",
        **more,
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


@source("User Guide: delegated administrator for AWS Organizations, resource-based delegation policy")
def test_a_resource_policy_lets_a_member_manage_policies(cloud: Cloud) -> None:
    account = cloud.account("a")
    content = _delegation(account, "CreatePolicy", "DescribePolicy", "DeletePolicy")
    cloud.organizations.put_resource_policy(Content=content)
    member = cloud.client("organizations", account)
    policy = member.create_policy(Name="p", Description="", Type=SCP_TYPE, Content=DENY)["Policy"]
    member.delete_policy(PolicyId=policy["PolicySummary"]["Id"])
    refused("AccessDeniedException", member.list_policies, Filter=SCP_TYPE)


@source("User Guide: delegation policy, condition key organizations:PolicyType")
def test_a_delegation_can_be_for_one_policy_type(cloud: Cloud) -> None:
    account = cloud.account("a")
    condition = {"StringEquals": {"organizations:PolicyType": "TAG_POLICY"}}
    content = _delegation(account, "CreatePolicy", Condition=condition)
    cloud.organizations.put_resource_policy(Content=content)
    create = cloud.client("organizations", account).create_policy
    create(Name="p", Description="", Type="TAG_POLICY", Content='{"tags":{}}')
    refused("AccessDeniedException", create, Name="p", Description="", Type=SCP_TYPE, Content=DENY)


@source("User Guide: delegation policy, resources")
def test_a_delegation_can_be_for_one_target(cloud: Cloud) -> None:
    cloud.enable()
    account, unit, policy = cloud.account("a"), cloud.unit("U"), cloud.policy()
    arns = ["arn:aws:organizations::*:policy/*", f"arn:aws:organizations::*:ou/*/{unit}"]
    cloud.organizations.put_resource_policy(Content=_delegation(account, "AttachPolicy", Resource=arns))
    attach = cloud.client("organizations", account).attach_policy
    attach(PolicyId=policy, TargetId=unit)
    refused("AccessDeniedException", attach, PolicyId=policy, TargetId=cloud.root)


@source("API reference: PutResourcePolicy, DescribeResourcePolicy, DeleteResourcePolicy")
def test_there_is_one_resource_policy(cloud: Cloud) -> None:
    organizations = cloud.organizations
    refused("ResourcePolicyNotFoundException", organizations.describe_resource_policy)
    content = _delegation("123456789012", "ListAccounts")
    first = organizations.put_resource_policy(Content=content)["ResourcePolicy"]["ResourcePolicySummary"]
    again = organizations.put_resource_policy(Content=content)["ResourcePolicy"]["ResourcePolicySummary"]
    assert first == again
    assert organizations.describe_resource_policy()["ResourcePolicy"]["Content"] == content
    organizations.delete_resource_policy()
    refused("ResourcePolicyNotFoundException", organizations.delete_resource_policy)


LIST_ROOTS = "organizations:ListRoots"
UNSUPPORTED_ACTION = "UNSUPPORTED_ACTION_IN_RESOURCE_POLICY"
BAD_DELEGATIONS = {
    "no JSON": ("{", "INVALID_RESOURCE_POLICY_JSON"),
    "NotAction": (
        json.dumps({"Statement": [{"Effect": "Allow", "Principal": "*", "NotAction": "x", "Resource": "*"}]}),
        UNSUPPORTED_ACTION,
    ),
    "NotResource": (
        json.dumps({
            "Statement": [{
                "Effect": "Allow", "Principal": "*", "Action": LIST_ROOTS, "NotResource": "*",
            }]
        }),
        "UNSUPPORTED_RESOURCE_IN_RESOURCE_POLICY",
    ),
    "creating accounts": (_delegation("1" * 12, "CreateAccount"), UNSUPPORTED_ACTION),
    "nobody": (
        json.dumps({"Statement": [{"Effect": "Allow", "Action": LIST_ROOTS, "Resource": "*"}]}),
        "INVALID_PRINCIPAL",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", BAD_DELEGATIONS)
@source("User Guide: delegation policy; API reference: UNSUPPORTED_*_IN_RESOURCE_POLICY")
def test_a_resource_policy_has_limits(cloud: Cloud, what: str) -> None:
    content, reason = BAD_DELEGATIONS[what]
    refused("InvalidInputException", cloud.organizations.put_resource_policy, Content=content, reason=reason)
