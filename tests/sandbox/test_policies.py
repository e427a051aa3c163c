"""Policies as documents with a name (API reference, User Guide "Quotas" and the syntax pages)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from landing.sandbox.services.organizations.types import TYPES
from tests.sandbox.cloud import ALLOW, DENY, RCP, RCP_TYPE, SCP_TYPE, Cloud, refused, source

DOCUMENTS = {SCP_TYPE: DENY, RCP_TYPE: RCP}


def _document(kind: str) -> str:
    key = TYPES[kind].key or "anything"
    return DOCUMENTS.get(kind, json.dumps({key: {}}))


@pytest.mark.parametrize("kind", TYPES)
@source("botocore: enum of PolicyType; User Guide: policy types")
def test_every_policy_type_can_be_used(cloud: Cloud, kind: str) -> None:
    if (service := TYPES[kind].service) is not None:
        cloud.trust(service)
    cloud.enable(kind)
    policy = cloud.policy("mine", _document(kind), kind)
    cloud.organizations.attach_policy(PolicyId=policy, TargetId=cloud.root)
    assert "mine" in cloud.attached(cloud.root, kind)
    cloud.organizations.detach_policy(PolicyId=policy, TargetId=cloud.root)
    cloud.organizations.delete_policy(PolicyId=policy)


@source("API reference: CreatePolicy, Policy and PolicySummary")
def test_a_policy_reads_back_byte_for_byte(cloud: Cloud) -> None:
    content = DENY.replace(",", ",\n   ")
    policy = cloud.policy("p", content)
    found = cloud.organizations.describe_policy(PolicyId=policy)["Policy"]
    assert found["Content"] == content
    summary = found["PolicySummary"]
    assert (summary["Name"], summary["Type"], summary["AwsManaged"]) == ("p", SCP_TYPE, False)
    assert f":policy/{_organization(cloud)}/service_control_policy/{policy}" in summary["Arn"]


def _organization(cloud: Cloud) -> str:
    identifier: str = cloud.organizations.describe_organization()["Organization"]["Id"]
    return identifier


@source("API reference: DuplicatePolicyException; names are unique in a type")
def test_a_name_is_used_once_in_a_type(cloud: Cloud) -> None:
    cloud.policy("p")
    refused(
        "DuplicatePolicyException",
        cloud.organizations.create_policy,
        Name="p",
        Description="",
        Type=SCP_TYPE,
        Content=ALLOW,
    )
    assert cloud.policy("p", RCP, RCP_TYPE)


@source("botocore: PolicyDescription at most 512 characters")
def test_a_description_has_512_characters_at_most(cloud: Cloud) -> None:
    refused(
        "InvalidInputException",
        cloud.organizations.create_policy,
        Name="p",
        Description="d" * 513,
        Type=SCP_TYPE,
        Content=DENY,
        reason="MAX_LENGTH_EXCEEDED",
    )


@source("API reference: InvalidInputException, INVALID_ENUM_POLICY_TYPE")
def test_an_unknown_type_is_invalid(cloud: Cloud) -> None:
    refused(
        "InvalidInputException",
        cloud.organizations.list_policies,
        Filter="NO_POLICY",
        reason="INVALID_ENUM_POLICY_TYPE",
    )


@pytest.mark.parametrize("kind", TYPES)
@source("User Guide: quotas, maximum size of a policy document")
def test_a_policy_may_be_as_long_as_its_type_allows(cloud: Cloud, kind: str) -> None:
    document = _document(kind)
    longest = document + " " * (TYPES[kind].size - len(document))
    cloud.policy("longest", longest, kind)
    refused(
        "ConstraintViolationException",
        cloud.organizations.create_policy,
        Name="too long",
        Description="",
        Type=kind,
        Content=longest + " ",
        reason="POLICY_CONTENT_LIMIT_EXCEEDED",
    )


def _scp(**statement: Any) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def _malformed(cloud: Cloud, kind: str, content: str) -> None:
    create = cloud.organizations.create_policy
    refused("MalformedPolicyDocumentException", create, Name="p", Description="", Type=kind, Content=content)


MALFORMED_SCPS = {
    "no JSON": "{",
    "a list": "[]",
    "no statement": '{"Version":"2012-10-17"}',
    "no version": json.dumps({"Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*"}]}),
    "an old version": DENY.replace("2012-10-17", "2008-10-17"),
    "an unknown effect": _scp(Effect="Maybe", Action="*", Resource="*"),
    "no resource": _scp(Effect="Deny", Action="*"),
    "both kinds of action": _scp(Effect="Deny", Action="*", NotAction="*", Resource="*"),
    "a principal": _scp(Effect="Deny", Principal="*", Action="*", Resource="*"),
    "an action without a service": _scp(Effect="Deny", Action="CreateBucket", Resource="*"),
    "an unknown element": _scp(Effect="Deny", Action="*", Resource="*", Comment="x"),
    "a condition that is no block": _scp(Effect="Deny", Action="*", Resource="*", Condition=["x"]),
}


@pytest.mark.parametrize("what", MALFORMED_SCPS)
@source("User Guide: SCP syntax; API reference: MalformedPolicyDocumentException")
def test_a_malformed_scp_is_refused(cloud: Cloud, what: str) -> None:
    _malformed(cloud, SCP_TYPE, MALFORMED_SCPS[what])


WELL_FORMED_SCPS = {
    "NotAction with an Allow": _scp(Effect="Allow", NotAction=["iam:*"], Resource="*"),
    "a condition with an Allow": _scp(
        Effect="Allow", Action="*", Resource="*", Condition={"StringEquals": {"aws:RequestedRegion": "x"}}
    ),
    "NotResource": _scp(Effect="Deny", Action="s3:*", NotResource="arn:aws:s3:::mine/*"),
    "wildcards inside an action": _scp(Effect="Deny", Action="s3:*Bucket?olicy", Resource="*"),
    "a Sid": _scp(Sid="One", Effect="Deny", Action="s3:*", Resource="*"),
}


@pytest.mark.parametrize("what", WELL_FORMED_SCPS)
@source("User Guide: SCP syntax, full IAM policy language since 2025-09-19")
def test_an_scp_may_use_the_policy_language(cloud: Cloud, what: str) -> None:
    assert cloud.policy("p", WELL_FORMED_SCPS[what])


MALFORMED_RCPS = {
    "an Allow": _scp(Effect="Allow", Principal="*", Action="s3:*", Resource="*"),
    "no principal": _scp(Effect="Deny", Action="s3:*", Resource="*"),
    "a principal of its own": _scp(Effect="Deny", Principal={"AWS": "1"}, Action="s3:*", Resource="*"),
    "every action": _scp(Effect="Deny", Principal="*", Action="*", Resource="*"),
    "NotAction": _scp(Effect="Deny", Principal="*", NotAction="s3:*", Resource="*"),
}


@pytest.mark.parametrize("what", MALFORMED_RCPS)
@source("User Guide: RCP syntax; API reference: MalformedPolicyDocumentException")
def test_a_malformed_rcp_is_refused(cloud: Cloud, what: str) -> None:
    _malformed(cloud, RCP_TYPE, MALFORMED_RCPS[what])


@pytest.mark.parametrize(
    "content",
    ["{}", '{"tag":{}}', '{"tags":{"x":{"@@set":"y"}}}', '{"tags":{"x":{"tag_kee":{"@@assign":"y"}}}}'],
)
@source("User Guide: tag policy syntax; inheritance operators")
def test_a_malformed_tag_policy_is_refused(cloud: Cloud, content: str) -> None:
    _malformed(cloud, "TAG_POLICY", content)


@source("API reference: UpdatePolicy")
def test_an_update_changes_what_it_names(cloud: Cloud) -> None:
    policy = cloud.policy("p")
    cloud.organizations.update_policy(PolicyId=policy, Name="q")
    cloud.organizations.update_policy(PolicyId=policy, Content=ALLOW)
    found = cloud.organizations.describe_policy(PolicyId=policy)["Policy"]
    assert (found["PolicySummary"]["Name"], found["Content"]) == ("q", ALLOW)


@source("API reference: UpdatePolicy, DuplicatePolicyException, MalformedPolicyDocumentException")
def test_an_update_is_checked_like_a_new_policy(cloud: Cloud) -> None:
    cloud.policy("p")
    policy = cloud.policy("q")
    update = cloud.organizations.update_policy
    refused("DuplicatePolicyException", update, PolicyId=policy, Name="p")
    refused("MalformedPolicyDocumentException", update, PolicyId=policy, Content="{}")


@source("API reference: PolicyNotFoundException")
def test_an_unknown_policy_is_not_found(cloud: Cloud) -> None:
    organizations = cloud.organizations
    refused("PolicyNotFoundException", organizations.describe_policy, PolicyId="p-12345678")
    refused("PolicyNotFoundException", organizations.delete_policy, PolicyId="p-12345678")
    refused("PolicyNotFoundException", organizations.list_targets_for_policy, PolicyId="p-12345678")


@pytest.mark.parametrize("policy", ["p-FullAWSAccess", "p-RCPFullAWSAccess"])
@source("API reference: InvalidInputException, IMMUTABLE_POLICY")
def test_a_policy_of_aws_is_not_changed(cloud: Cloud, policy: str) -> None:
    organizations = cloud.organizations
    refused(
        "InvalidInputException",
        organizations.update_policy,
        PolicyId=policy,
        Name="mine",
        reason="IMMUTABLE_POLICY",
    )
    refused("InvalidInputException", organizations.delete_policy, PolicyId=policy, reason="IMMUTABLE_POLICY")


@source("API reference: ListPolicies; User Guide: FullAWSAccess")
def test_aws_policies_are_listed_with_ours(cloud: Cloud) -> None:
    cloud.policy("p")
    listed = cloud.organizations.list_policies(Filter=SCP_TYPE)["Policies"]
    assert [(policy["Name"], policy["AwsManaged"]) for policy in listed] == [
        ("FullAWSAccess", True),
        ("p", False),
    ]
    assert listed[0]["Arn"] == "arn:aws:organizations::aws:policy/service_control_policy/p-FullAWSAccess"


@source("API reference: PolicyInUseException")
def test_an_attached_policy_is_not_deleted(cloud: Cloud) -> None:
    cloud.enable()
    policy, unit = cloud.policy(), cloud.unit("U")
    cloud.organizations.attach_policy(PolicyId=policy, TargetId=unit)
    refused("PolicyInUseException", cloud.organizations.delete_policy, PolicyId=policy)
    cloud.organizations.delete_organizational_unit(OrganizationalUnitId=unit)
    cloud.organizations.delete_policy(PolicyId=policy)
