"""Firewall Manager: administrators of an organization, and their policies (Developer Guide and API reference)."""

from __future__ import annotations

import json
from typing import Any

from tests.sandbox.cloud import Cloud, refused, source

USAGE = {"type": "SECURITY_GROUPS_USAGE_AUDIT", "deleteUnusedSecurityGroups": True}
CLOUDFRONT = "AWS::CloudFront::Distribution"
GROUP = "AWS::EC2::SecurityGroup"


def fms(cloud: Cloud, account: str | None = None, region: str = "us-east-1") -> Any:
    return cloud.client("fms", account, region)


def appointed(cloud: Cloud, name: str = "security") -> str:
    """A member that is the default administrator, and ready."""
    account = cloud.account(name)
    fms(cloud).associate_admin_account(AdminAccount=account)
    while fms(cloud).get_admin_account()["RoleStatus"] != "READY":
        pass
    return account


def policy(
    data: dict[str, Any] | None = USAGE, kind: str = "SECURITY_GROUPS_USAGE_AUDIT", **rest: Any
) -> dict[str, Any]:
    content = {} if data is None else {"ManagedServiceData": json.dumps(data)}
    return {
        "PolicyName": "p",
        "SecurityServicePolicyData": {"Type": kind, **content},
        "ResourceType": GROUP,
        "ExcludeResourceTags": False,
        "RemediationEnabled": False,
        **rest,
    }


@source("fms: AssociateAdminAccount, GetAdminAccount (API reference): a member, in us-east-1, RoleStatus")
def test_the_default_administrator_is_a_member_and_takes_a_while(cloud: Cloud) -> None:
    account, client = cloud.account("security"), fms(cloud)
    refused("ResourceNotFoundException", client.get_admin_account)
    management = cloud.organizations.describe_organization()["Organization"]["MasterAccountId"]
    refused("InvalidInputException", client.associate_admin_account, AdminAccount=management)
    refused("InvalidInputException", client.associate_admin_account, AdminAccount="999999999999")
    refused("InvalidOperationException", fms(cloud, region="eu-west-1").associate_admin_account, AdminAccount=account)
    refused("AccessDeniedException", fms(cloud, account).associate_admin_account, AdminAccount=account)
    client.associate_admin_account(AdminAccount=account)
    refused("AccessDeniedException", fms(cloud, account).list_policies)
    found = [client.get_admin_account()["RoleStatus"] for _ in range(3)]
    assert (found[0], found[-1]) == ("CREATING", "READY")
    assert fms(cloud, account).list_policies()["PolicyList"] == []
    refused("InvalidOperationException", client.associate_admin_account, AdminAccount=account)
    refused("InvalidOperationException", client.associate_admin_account, AdminAccount=cloud.account("other"))


@source("fms: AssociateAdminAccount (Developer Guide): a delegated administrator, with trusted access")
def test_organizations_knows_the_administrator(cloud: Cloud) -> None:
    account = appointed(cloud)
    listed = cloud.organizations.list_delegated_administrators(ServicePrincipal="fms.amazonaws.com")
    assert [each["Id"] for each in listed["DelegatedAdministrators"]] == [account]
    trusted = cloud.organizations.list_aws_service_access_for_organization()["EnabledServicePrincipals"]
    assert "fms.amazonaws.com" in {each["ServicePrincipal"] for each in trusted}


@source("fms: DisassociateAdminAccount (API reference): by the administrator itself; its policies are deleted")
def test_an_administrator_resigns_and_nobody_dismisses_it(cloud: Cloud) -> None:
    account = appointed(cloud)
    fms(cloud, account).put_policy(Policy=policy())
    refused("InvalidOperationException", fms(cloud).disassociate_admin_account)
    fms(cloud, account).disassociate_admin_account()
    refused("InvalidOperationException", fms(cloud).associate_admin_account, AdminAccount=account)
    while cloud.organizations.list_delegated_administrators()["DelegatedAdministrators"]:
        try:
            fms(cloud).get_admin_account()
        except fms(cloud).exceptions.ResourceNotFoundException:
            break
    refused("InvalidOperationException", fms(cloud).associate_admin_account, AdminAccount=account)
    cloud.advance(600)  # type: ignore[attr-defined]
    fms(cloud).associate_admin_account(AdminAccount=account)
    while fms(cloud).get_admin_account()["RoleStatus"] != "READY":
        pass
    assert fms(cloud, account).list_policies()["PolicyList"] == []


@source("fms: PutAdminAccount, GetAdminScope, ListAdminAccountsForOrganization (API reference)")
def test_others_have_a_part_and_go_first(cloud: Cloud) -> None:
    other, client = cloud.account("network"), fms(cloud)
    refused("InvalidOperationException", client.put_admin_account, AdminAccount=other)
    account = appointed(cloud)
    both = {"AccountScope": {"Accounts": [other], "AllAccountsEnabled": True}}
    refused("InvalidInputException", client.put_admin_account, AdminAccount=other, AdminScope=both)
    refused("InvalidInputException", client.put_admin_account, AdminAccount=account)
    but = {"AccountScope": {"AllAccountsEnabled": True, "ExcludeSpecifiedAccounts": True}}
    strangers = {"AccountScope": {"Accounts": ["999999999999"]}}
    nowhere = {"OrganizationalUnitScope": {"OrganizationalUnits": ["ou-abcd-12345678"]}}
    third = {"PolicyTypeScope": {"PolicyTypes": ["THIRD_PARTY_FIREWALL"]}}
    for wrong in (but, strangers, nowhere, third):
        refused("InvalidInputException", client.put_admin_account, AdminAccount=other, AdminScope=wrong)
    scope = {"PolicyTypeScope": {"PolicyTypes": ["DNS_FIREWALL"]}, "RegionScope": {"Regions": ["us-east-1"]}}
    client.put_admin_account(AdminAccount=other, AdminScope=scope)
    assert client.get_admin_scope(AdminAccount=other)["Status"] == "ONBOARDING"
    refused("AccessDeniedException", fms(cloud, other).list_policies)
    found = client.get_admin_scope(AdminAccount=other)
    assert (found["AdminScope"], found["Status"]) == (scope, "ONBOARDING_COMPLETE")
    refused("InvalidOperationException", fms(cloud, other).put_policy, Policy=policy())
    dns = {"type": "DNS_FIREWALL", "preProcessRuleGroups": [{"ruleGroupId": "rslvr-frg-1", "priority": 10}]}
    names = policy(dns, "DNS_FIREWALL", ResourceType="AWS::EC2::VPC")
    refused("InvalidOperationException", fms(cloud, other, "eu-west-1").put_policy, Policy=names)
    fms(cloud, other).put_policy(Policy=names)
    listed = client.list_admin_accounts_for_organization()["AdminAccounts"]
    assert {each["AdminAccount"]: each["DefaultAdmin"] for each in listed} == {account: True, other: False}
    refused("InvalidOperationException", fms(cloud, account).disassociate_admin_account)
    fms(cloud, other).disassociate_admin_account()
    refused("InvalidOperationException", fms(cloud, other).disassociate_admin_account)
    refused("InvalidOperationException", client.put_admin_account, AdminAccount=other)
    refused("InvalidOperationException", fms(cloud, account).disassociate_admin_account)
    while len(client.list_admin_accounts_for_organization()["AdminAccounts"]) > 1:
        pass
    refused("ResourceNotFoundException", client.get_admin_scope, AdminAccount=other)
    fms(cloud, account).disassociate_admin_account()


@source("fms: quotas (Developer Guide): ten administrators of an organization, the default one among them")
def test_administrators_are_limited(cloud: Cloud) -> None:
    appointed(cloud)
    for number in range(9):
        fms(cloud).put_admin_account(AdminAccount=cloud.account(f"part-{number}"))
    refused("LimitExceededException", fms(cloud).put_admin_account, AdminAccount=cloud.account("one-more"))


@source("fms: Policy, SecurityServicePolicyData (API reference): ResourceTags, ManagedServiceData")
def test_a_policy_has_so_many_tags_and_so_much_content(cloud: Cloud) -> None:
    put = fms(cloud, appointed(cloud)).put_policy
    tags = [{"Key": f"k{number}", "Value": "v"} for number in range(51)]
    refused("InvalidInputException", put, Policy=policy(ResourceTags=tags))
    long = policy()
    long["SecurityServicePolicyData"]["ManagedServiceData"] = " " * 30_001
    refused("InvalidInputException", put, Policy=long)
    put(Policy=policy(ResourceTags=tags[:50]))


@source("fms: PutPolicy, GetPolicy, ListPolicies, DeletePolicy (API reference): PolicyUpdateToken")
def test_a_policy_is_replaced_by_who_knows_its_version(cloud: Cloud) -> None:
    client = fms(cloud, appointed(cloud), "eu-west-1")
    made = client.put_policy(Policy=policy(), TagList=[{"Key": "a", "Value": "1"}])
    first = made["Policy"]
    again = client.put_policy(Policy=policy())["Policy"]
    assert again["PolicyId"] != first["PolicyId"], "a name is given to several"
    second = client.put_policy(Policy={**first, "RemediationEnabled": True})["Policy"]
    assert (second["PolicyId"], second["PolicyUpdateToken"] != first["PolicyUpdateToken"]) == (first["PolicyId"], True)
    refused("InvalidOperationException", client.put_policy, Policy=first)
    refused("ResourceNotFoundException", client.put_policy, Policy={**policy(), "PolicyId": "0" * 36})
    assert client.get_policy(PolicyId=first["PolicyId"])["Policy"]["RemediationEnabled"] is True
    (listed,) = [each for each in client.list_policies()["PolicyList"] if each["PolicyId"] == first["PolicyId"]]
    assert (listed["SecurityServiceType"], listed["RemediationEnabled"]) == ("SECURITY_GROUPS_USAGE_AUDIT", True)
    client.tag_resource(ResourceArn=made["PolicyArn"], TagList=[{"Key": "b", "Value": "2"}])
    client.untag_resource(ResourceArn=made["PolicyArn"], TagKeys=["a"])
    assert client.list_tags_for_resource(ResourceArn=made["PolicyArn"])["TagList"] == [{"Key": "b", "Value": "2"}]
    client.delete_policy(PolicyId=first["PolicyId"])
    refused("ResourceNotFoundException", client.get_policy, PolicyId=first["PolicyId"])
    refused("ResourceNotFoundException", client.delete_policy, PolicyId=first["PolicyId"])


@source("fms: Policy (API reference), IncludeMap and ExcludeMap; the root is no ORG_UNIT")
def test_a_scope_includes_or_excludes(cloud: Cloud) -> None:
    admin, unit = appointed(cloud), cloud.unit("u")
    client = fms(cloud, admin)
    units, members = {"ORG_UNIT": [unit]}, {"ACCOUNT": [admin]}
    refused("InvalidInputException", client.put_policy, Policy=policy(IncludeMap=units, ExcludeMap=members))
    refused("InvalidInputException", client.put_policy, Policy=policy(IncludeMap={"ORG_UNIT": [cloud.root]}))
    refused("InvalidInputException", client.put_policy, Policy=policy(IncludeMap={"ACCOUNT": ["999999999999"]}))
    client.put_policy(Policy=policy(IncludeMap={**units, **members}))


@source("fms: SecurityServicePolicyData, Policy (API reference): ManagedServiceData, ResourceType")
def test_what_a_policy_says_must_fit_its_type(cloud: Cloud) -> None:
    admin = appointed(cloud)
    put = fms(cloud, admin).put_policy
    bad = policy()
    bad["SecurityServicePolicyData"]["ManagedServiceData"] = "{type:"
    refused("InternalErrorException", put, Policy=bad)
    refused("InvalidInputException", put, Policy=policy({"type": "WAFV2"}))
    refused("InvalidInputException", put, Policy=policy(None))
    refused("InvalidInputException", put, Policy=policy(ResourceType="AWS::EC2::VPC"))
    refused("InvalidInputException", put, Policy=policy(ResourceType="ResourceTypeList", ResourceTypeList=[]))
    shield = policy(None, "SHIELD_ADVANCED", ResourceType=CLOUDFRONT)
    refused("InvalidInputException", put, Policy={**shield, "DeleteUnusedFMManagedResources": True})
    refused("InvalidInputException", fms(cloud, admin, "eu-west-1").put_policy, Policy=shield)
    several = {"ResourceType": "ResourceTypeList", "ResourceTypeList": [CLOUDFRONT, "AWS::EC2::EIP"]}
    refused("InvalidInputException", put, Policy={**shield, **several})
    acl = policy(None, "NETWORK_ACL_COMMON", ResourceType="AWS::EC2::Subnet")
    refused("InvalidInputException", put, Policy=acl)
    common = {"type": "SECURITY_GROUPS_COMMON", "securityGroups": [{"id": "sg-0123456789abcdef0"}]}
    instances = policy(common, "SECURITY_GROUPS_COMMON", ResourceType="AWS::EC2::Instance")
    refused("InvalidInputException", put, Policy=instances)
    dns = {"type": "DNS_FIREWALL", "preProcessRuleGroups": [{"ruleGroupId": "rslvr-frg-1", "priority": 100}]}
    refused("InvalidInputException", put, Policy=policy(dns, "DNS_FIREWALL", ResourceType="AWS::EC2::VPC"))
    put(Policy=shield)


@source("fms: SecurityServicePolicyData: the content comes back with what the service adds")
def test_a_content_is_written_anew(cloud: Cloud) -> None:
    client = fms(cloud, appointed(cloud))
    data = {"type": "WAFV2", "preProcessRuleGroups": [], "postProcessRuleGroups": []}
    web = policy(data, "WAFV2", ResourceType="AWS::ElasticLoadBalancingV2::LoadBalancer")
    made = client.put_policy(Policy=web)["Policy"]["SecurityServicePolicyData"]["ManagedServiceData"]
    assert json.loads(made).items() >= {**data, "customResponse": None}.items()


@source("fms: quotas (Developer Guide): 20 policies in a Region")
def test_policies_of_a_region_are_limited(cloud: Cloud) -> None:
    client = fms(cloud, appointed(cloud))
    for _ in range(20):
        client.put_policy(Policy=policy())
    refused("LimitExceededException", client.put_policy, Policy=policy())


@source("fms: PutNotificationChannel, GetNotificationChannel, DeleteNotificationChannel (API reference)")
def test_who_is_told_is_a_topic_of_the_region(cloud: Cloud) -> None:
    admin = appointed(cloud)
    client, iam, sns = fms(cloud, admin), cloud.client("iam", admin), cloud.client("sns", admin)
    own = f"arn:aws:iam::{admin}:role/aws-service-role/fms.amazonaws.com/AWSServiceRoleForFMS"
    topic = sns.create_topic(Name="t")["TopicArn"]
    refused("AccessDeniedException", fms(cloud).get_notification_channel)
    for call in (client.get_notification_channel, client.delete_notification_channel):
        refused("ResourceNotFoundException", call)
    put = client.put_notification_channel
    refused("ResourceNotFoundException", put, SnsTopicArn=f"{topic}2", SnsRoleName=own)
    elsewhere = topic.replace("us-east-1", "eu-west-1")
    refused("InvalidOperationException", put, SnsTopicArn=elsewhere, SnsRoleName=own)
    trust = {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}
    document = json.dumps({"Version": "2012-10-17", "Statement": trust})
    role = iam.create_role(RoleName="r", AssumeRolePolicyDocument=document)["Role"]["Arn"]
    refused("InvalidOperationException", put, SnsTopicArn=topic, SnsRoleName=role)
    iam.update_assume_role_policy(RoleName="r", PolicyDocument=document.replace("ec2.", "fms."))
    put(SnsTopicArn=topic, SnsRoleName=role)
    put(SnsTopicArn=topic, SnsRoleName=own)
    found = client.get_notification_channel()
    assert (found["SnsTopicArn"], found["SnsRoleName"]) == (topic, own)
    client.delete_notification_channel()
    refused("ResourceNotFoundException", client.get_notification_channel)
