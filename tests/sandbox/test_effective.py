"""Effective policies (User Guide "Inheritance operators"; API reference DescribeEffectivePolicy)."""

from __future__ import annotations

import json
from typing import Any

from tests.sandbox.cloud import Cloud, refused, source

TAG = "TAG_POLICY"


def _attach(cloud: Cloud, target: str, name: str, document: dict[str, Any]) -> None:
    policy = cloud.policy(name, json.dumps({"tags": document}), TAG)
    cloud.organizations.attach_policy(PolicyId=policy, TargetId=target)


def _effective(cloud: Cloud, account: str) -> dict[str, Any]:
    found = cloud.organizations.describe_effective_policy(PolicyType=TAG, TargetId=account)["EffectivePolicy"]
    assert (found["TargetId"], found["PolicyType"]) == (account, TAG)
    tags: dict[str, Any] = json.loads(found["PolicyContent"])["tags"]
    return tags


@source("API reference: EffectivePolicyNotFoundException")
def test_without_the_type_there_is_none(cloud: Cloud) -> None:
    refused(
        "EffectivePolicyNotFoundException",
        cloud.organizations.describe_effective_policy,
        PolicyType=TAG,
        TargetId=cloud.account("a"),
    )


@source("User Guide: inheritance, @@assign and @@append")
def test_a_policy_comes_down_the_tree(cloud: Cloud) -> None:
    cloud.enable(TAG)
    unit, account = cloud.unit("U"), cloud.account("a")
    cloud.organizations.move_account(AccountId=account, SourceParentId=cloud.root, DestinationParentId=unit)
    _attach(cloud, cloud.root, "root", {"team": {"tag_value": {"@@assign": ["x"]}}})
    _attach(cloud, unit, "unit", {"team": {"tag_value": {"@@append": ["y"]}}})
    _attach(cloud, account, "account", {"cost": {"tag_key": {"@@assign": "Cost"}}})
    assert _effective(cloud, account) == {"team": {"tag_value": ["x", "y"]}, "cost": {"tag_key": "Cost"}}


@source("API reference: DescribeEffectivePolicy, can be called from any account for itself")
def test_a_member_sees_its_own(cloud: Cloud) -> None:
    cloud.enable(TAG)
    account, other = cloud.account("a"), cloud.account("b")
    _attach(cloud, cloud.root, "root", {"team": {"tag_key": {"@@assign": "Team"}}})
    member = cloud.client("organizations", account)
    assert member.describe_effective_policy(PolicyType=TAG)["EffectivePolicy"]["TargetId"] == account
    refused("AccessDeniedException", member.describe_effective_policy, PolicyType=TAG, TargetId=other)


@source("API reference: DescribeEffectivePolicy, a root or OU is not supported as a target")
def test_only_accounts_have_one(cloud: Cloud) -> None:
    refused(
        "InvalidInputException",
        cloud.organizations.describe_effective_policy,
        PolicyType=TAG,
        TargetId=cloud.root,
        reason="TARGET_NOT_SUPPORTED",
    )


@source("botocore: enum of EffectivePolicyType")
def test_scps_have_none(cloud: Cloud) -> None:
    refused(
        "InvalidInputException",
        cloud.organizations.describe_effective_policy,
        PolicyType="SERVICE_CONTROL_POLICY",
    )


@source("API reference: ListAccountsWithInvalidEffectivePolicy, ListEffectivePolicyValidationErrors")
def test_policies_that_together_are_not_valid_are_listed(cloud: Cloud) -> None:
    cloud.enable("BACKUP_POLICY")
    account, other = cloud.account("a"), cloud.account("b")
    rule = {"schedule_expression": {"@@assign": "rate(1 day)"}, "target_backup_vault_name": {"@@assign": "v"}}
    plan = {"regions": {"@@assign": ["eu-west-1"]}, "rules": {"daily": rule}}
    policy = cloud.policy("half", json.dumps({"plans": {"p": plan}}), "BACKUP_POLICY")
    cloud.organizations.attach_policy(PolicyId=policy, TargetId=account)
    listed = cloud.organizations.list_accounts_with_invalid_effective_policy(PolicyType="BACKUP_POLICY")
    assert ([each["Id"] for each in listed["Accounts"]], listed["PolicyType"]) == ([account], "BACKUP_POLICY")
    errors = cloud.organizations.list_effective_policy_validation_errors
    (error,) = errors(AccountId=account, PolicyType="BACKUP_POLICY")["EffectivePolicyValidationErrors"]
    assert (error["ErrorCode"], error["PathToError"]) == ("KEY_REQUIRED", "plans/p/selections")
    assert error["ContributingPolicies"] == [policy]
    found = errors(AccountId=other, PolicyType="BACKUP_POLICY")
    assert found["EffectivePolicyValidationErrors"] == []
    assert found["Path"].endswith(f"{cloud.root}/")
