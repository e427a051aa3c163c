"""Policy types of the root, and policies on targets (Organizations API reference and User Guide)."""

from __future__ import annotations

import pytest

from tests.sandbox.cloud import DENY, RCP, RCP_TYPE, SCP_TYPE, Cloud, refused, source


@source("API reference: EnablePolicyType is asynchronous; PolicyTypeSummary.Status")
def test_enabling_a_type_takes_a_while(cloud: Cloud) -> None:
    root = cloud.organizations.enable_policy_type(RootId=cloud.root, PolicyType=SCP_TYPE)["Root"]
    assert root["PolicyTypes"] == [{"Type": SCP_TYPE, "Status": "PENDING_ENABLE"}]
    statuses = [cloud.organizations.list_roots()["Roots"][0]["PolicyTypes"][0]["Status"] for _ in range(2)]
    assert statuses == ["PENDING_ENABLE", "ENABLED"]


@source("API reference: PolicyTypeAlreadyEnabledException, PolicyChangesInProgressException")
def test_a_type_is_enabled_once(cloud: Cloud) -> None:
    root = cloud.root
    enable = cloud.organizations.enable_policy_type
    enable(RootId=root, PolicyType=SCP_TYPE)
    refused("PolicyChangesInProgressException", enable, RootId=root, PolicyType=SCP_TYPE)
    for _ in range(2):
        cloud.organizations.list_roots()
    refused("PolicyTypeAlreadyEnabledException", enable, RootId=root, PolicyType=SCP_TYPE)


@source("API reference: RootNotFoundException")
def test_the_root_exists(cloud: Cloud) -> None:
    refused("RootNotFoundException", cloud.organizations.enable_policy_type, RootId="r-0000", PolicyType=SCP_TYPE)


@source("API reference: DisablePolicyType, PolicyTypeNotEnabledException")
def test_a_type_that_is_off_is_not_disabled(cloud: Cloud) -> None:
    refused(
        "PolicyTypeNotEnabledException",
        cloud.organizations.disable_policy_type,
        RootId=cloud.root,
        PolicyType=SCP_TYPE,
    )


@pytest.mark.parametrize("kind", ["SECURITYHUB_POLICY", "INSPECTOR_POLICY", "GUARDDUTY_POLICY"])
@source("API reference: SERVICE_ACCESS_NOT_ENABLED, enabling a policy type before service access")
def test_some_types_need_trusted_access_first(cloud: Cloud, kind: str) -> None:
    refused(
        "ConstraintViolationException",
        cloud.organizations.enable_policy_type,
        RootId=cloud.root,
        PolicyType=kind,
        reason="SERVICE_ACCESS_NOT_ENABLED",
    )


@source("User Guide: SCPs, FullAWSAccess is attached to every root, OU and account")
def test_enabling_scps_attaches_full_access_everywhere(cloud: Cloud) -> None:
    unit, account = cloud.unit("U"), cloud.account("a")
    cloud.enable()
    for target in (cloud.root, unit, account, cloud.unit("later"), cloud.account("later")):
        assert cloud.attached(target) == ["FullAWSAccess"]


@source("User Guide: RCPs, RCPFullAWSAccess is attached to every root, OU and account")
def test_enabling_rcps_attaches_full_access_everywhere(cloud: Cloud) -> None:
    account = cloud.account("a")
    cloud.enable(RCP_TYPE)
    for target in (cloud.root, account, cloud.unit("later")):
        assert cloud.attached(target, RCP_TYPE) == ["RCPFullAWSAccess"]


@source("User Guide: disabling a policy type detaches its policies; re-enabling restores FullAWSAccess only")
def test_disabling_a_type_detaches_its_policies_for_good(cloud: Cloud) -> None:
    cloud.enable()
    policy, account = cloud.policy(), cloud.account("a")
    cloud.organizations.attach_policy(PolicyId=policy, TargetId=account)
    cloud.organizations.disable_policy_type(RootId=cloud.root, PolicyType=SCP_TYPE)
    for _ in range(2):
        cloud.organizations.list_roots()
    assert cloud.attached(account) == []
    assert cloud.organizations.list_targets_for_policy(PolicyId=policy)["Targets"] == []
    cloud.enable()
    assert cloud.attached(account) == ["FullAWSAccess"]


@source("API reference: AttachPolicy, PolicyTypeNotEnabledException")
def test_a_policy_of_a_type_that_is_off_is_not_attached(cloud: Cloud) -> None:
    refused(
        "PolicyTypeNotEnabledException",
        cloud.organizations.attach_policy,
        PolicyId=cloud.policy(),
        TargetId=cloud.root,
    )


@source("API reference: AttachPolicy, DuplicatePolicyAttachmentException")
def test_a_policy_is_attached_once(cloud: Cloud) -> None:
    cloud.enable()
    policy = cloud.policy()
    cloud.organizations.attach_policy(PolicyId=policy, TargetId=cloud.root)
    refused(
        "DuplicatePolicyAttachmentException",
        cloud.organizations.attach_policy,
        PolicyId=policy,
        TargetId=cloud.root,
    )


@pytest.mark.parametrize("target", ["999999999999", "ou-abcd-12345678", "r-0000"])
@source("API reference: AttachPolicy and ListPoliciesForTarget, TargetNotFoundException")
def test_the_target_exists(cloud: Cloud, target: str) -> None:
    cloud.enable()
    policy = cloud.policy()
    refused("TargetNotFoundException", cloud.organizations.attach_policy, PolicyId=policy, TargetId=target)
    refused("TargetNotFoundException", cloud.organizations.detach_policy, PolicyId=policy, TargetId=target)
    refused(
        "TargetNotFoundException",
        cloud.organizations.list_policies_for_target,
        TargetId=target,
        Filter=SCP_TYPE,
    )


@source("API reference: AttachPolicy, PolicyNotFoundException")
def test_the_policy_exists(cloud: Cloud) -> None:
    refused(
        "PolicyNotFoundException",
        cloud.organizations.attach_policy,
        PolicyId="p-12345678",
        TargetId=cloud.root,
    )


@pytest.mark.parametrize(("kind", "content", "most"), [(SCP_TYPE, DENY, 10), (RCP_TYPE, RCP, 5)])
@source("User Guide: quotas, 10 SCPs and 5 RCPs on a target; MAX_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED")
def test_a_target_has_room_for_so_many(cloud: Cloud, kind: str, content: str, most: int) -> None:
    cloud.enable(kind)
    for number in range(most - 1):
        policy = cloud.policy(f"p{number}", content, kind)
        cloud.organizations.attach_policy(PolicyId=policy, TargetId=cloud.root)
    refused(
        "ConstraintViolationException",
        cloud.organizations.attach_policy,
        PolicyId=cloud.policy("one too many", content, kind),
        TargetId=cloud.root,
        reason="MAX_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED",
    )


@source("API reference: DetachPolicy, PolicyNotAttachedException")
def test_what_is_not_attached_is_not_detached(cloud: Cloud) -> None:
    cloud.enable()
    refused(
        "PolicyNotAttachedException",
        cloud.organizations.detach_policy,
        PolicyId=cloud.policy(),
        TargetId=cloud.root,
    )


@source("API reference: DetachPolicy, every target keeps one SCP; MIN_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED")
def test_the_last_scp_is_not_detached(cloud: Cloud) -> None:
    cloud.enable()
    detach = cloud.organizations.detach_policy
    refused(
        "ConstraintViolationException",
        detach,
        PolicyId="p-FullAWSAccess",
        TargetId=cloud.root,
        reason="MIN_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED",
    )
    cloud.organizations.attach_policy(PolicyId=cloud.policy(), TargetId=cloud.root)
    detach(PolicyId="p-FullAWSAccess", TargetId=cloud.root)
    assert cloud.attached(cloud.root) == ["p"]


@source("User Guide: RCPs, RCPFullAWSAccess can't be detached; NON_DETACHABLE_POLICY")
def test_full_access_of_rcps_is_not_detached(cloud: Cloud) -> None:
    cloud.enable(RCP_TYPE)
    refused(
        "InvalidInputException",
        cloud.organizations.detach_policy,
        PolicyId="p-RCPFullAWSAccess",
        TargetId=cloud.root,
        reason="NON_DETACHABLE_POLICY",
    )


@source("API reference: ListTargetsForPolicy, PolicyTargetSummary")
def test_targets_are_listed_with_name_and_type(cloud: Cloud) -> None:
    cloud.enable()
    policy, unit, account = cloud.policy(), cloud.unit("U"), cloud.account("a")
    for target in (cloud.root, unit, account):
        cloud.organizations.attach_policy(PolicyId=policy, TargetId=target)
    targets = cloud.organizations.list_targets_for_policy(PolicyId=policy)["Targets"]
    assert [(target["TargetId"], target["Name"], target["Type"]) for target in targets] == [
        (cloud.root, "Root", "ROOT"),
        (unit, "U", "ORGANIZATIONAL_UNIT"),
        (account, "a", "ACCOUNT"),
    ]
    first = cloud.organizations.list_targets_for_policy(PolicyId=policy, MaxResults=2)
    assert len(first["Targets"]) == 2
    assert first["NextToken"]


@source("API reference: ListPoliciesForTarget lists direct attachments only")
def test_inherited_policies_are_not_listed(cloud: Cloud) -> None:
    cloud.enable()
    cloud.organizations.attach_policy(PolicyId=cloud.policy(), TargetId=cloud.root)
    assert cloud.attached(cloud.unit("U")) == ["FullAWSAccess"]


@source("User Guide: moving an account changes what it inherits, not what is attached to it")
def test_attachments_move_with_an_account(cloud: Cloud) -> None:
    cloud.enable()
    policy, unit, account = cloud.policy(), cloud.unit("U"), cloud.account("a")
    cloud.organizations.attach_policy(PolicyId=policy, TargetId=account)
    cloud.organizations.move_account(AccountId=account, SourceParentId=cloud.root, DestinationParentId=unit)
    assert cloud.attached(account) == ["FullAWSAccess", "p"]
