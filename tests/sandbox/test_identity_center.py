"""Permission sets, assignments and the identity store (IAM Identity Center user guide and API references)."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from landing.sandbox import Sandbox
from landing.sandbox.services.ssoadmin.state import center as instances
from tests.sandbox.cloud import Cloud, InProcess, refused, source

HOME = "us-east-1"
PRINCIPAL = "sso.amazonaws.com"
READ_ONLY = "arn:aws:iam::aws:policy/ReadOnlyAccess"
ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess"
DOCUMENT = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:Get*","Resource":"*"}]}'


class Center:
    """The instance of an organization, and words for what is done with it."""

    def __init__(self, cloud: Cloud, account: str | None = None) -> None:
        self.cloud = cloud
        self.client = cloud.client("sso-admin", account, HOME)
        self.store = cloud.client("identitystore", account, HOME)
        (self.instance,) = self.client.list_instances()["Instances"]
        self.here = {"InstanceArn": self.instance["InstanceArn"]}
        self.directory = {"IdentityStoreId": self.instance["IdentityStoreId"]}

    def set(self, name: str = "Reader", **more: Any) -> dict[str, str]:
        made = self.client.create_permission_set(**self.here, Name=name, **more)["PermissionSet"]
        return {**self.here, "PermissionSetArn": made["PermissionSetArn"]}

    def group(self, name: str = "platform") -> str:
        found: str = self.store.get_group_id(**self.directory, AlternateIdentifier=by("displayName", name))["GroupId"]
        return found

    def what(self, at: dict[str, str], account: str, group: str = "platform") -> dict[str, str]:
        who = {"PrincipalType": "GROUP", "PrincipalId": self.group(group)}
        return {**at, "TargetId": account, "TargetType": "AWS_ACCOUNT", **who}

    def assign(self, at: dict[str, str], account: str, group: str = "platform") -> dict[str, Any]:
        """How it ends."""
        started = self.client.create_account_assignment(**self.what(at, account, group))
        request = started["AccountAssignmentCreationStatus"]["RequestId"]
        return self.ended(
            lambda: self.client.describe_account_assignment_creation_status(
                **self.here, AccountAssignmentCreationRequestId=request
            )["AccountAssignmentCreationStatus"]
        )

    def withdraw(self, at: dict[str, str], account: str, group: str = "platform") -> dict[str, Any]:
        started = self.client.delete_account_assignment(**self.what(at, account, group))
        request = started["AccountAssignmentDeletionStatus"]["RequestId"]
        return self.ended(
            lambda: self.client.describe_account_assignment_deletion_status(
                **self.here, AccountAssignmentDeletionRequestId=request
            )["AccountAssignmentDeletionStatus"]
        )

    def provision(self, at: dict[str, str], **more: str) -> dict[str, Any]:
        started = self.client.provision_permission_set(**at, **{"TargetType": "ALL_PROVISIONED_ACCOUNTS", **more})
        request = started["PermissionSetProvisioningStatus"]["RequestId"]
        return self.ended(
            lambda: self.client.describe_permission_set_provisioning_status(
                **self.here, ProvisionPermissionSetRequestId=request
            )["PermissionSetProvisioningStatus"]
        )

    def ended(self, ask: Any) -> dict[str, Any]:
        while True:
            status: dict[str, Any] = ask()
            if status["Status"] != "IN_PROGRESS":
                return status

    def accounts(self, at: dict[str, str], **more: str) -> list[str]:
        found: list[str] = self.client.list_accounts_for_provisioned_permission_set(**at, **more)["AccountIds"]
        return found


def by(path: str, value: str) -> dict[str, Any]:
    return {"UniqueAttribute": {"AttributePath": path, "AttributeValue": value}}


@pytest.fixture
def center(cloud: Cloud) -> Center:
    """As somebody has enabled it in the console."""
    cloud.option(identity_center={"region": HOME, "groups": ["platform", "shop"], "users": ["ana"]})  # type: ignore[attr-defined]
    return Center(cloud)


@source("sso-admin: CreateInstance (API reference): rejected in the management account")
def test_no_api_enables_it(cloud: Cloud) -> None:
    client = cloud.client("sso-admin", region=HOME)
    assert client.list_instances()["Instances"] == []
    refused("ValidationException", client.create_instance)


@source("sso-admin: UpdateInstance, DescribeInstance (API reference): PermissionSetsEnabled, one at a time, for good")
def test_access_to_accounts_is_enabled_for_good(cloud: Cloud) -> None:
    cloud.option(identity_center={"region": HOME, "permission_sets": False})  # type: ignore[attr-defined]
    client, here = cloud.client("sso-admin", region=HOME), Center(cloud).here
    assert client.describe_instance(**here)["PermissionSetsEnabled"] is False
    refused("ValidationException", client.create_permission_set, **here, Name="X")
    refused("ValidationException", client.update_instance, **here)
    both = {"EncryptionConfiguration": {"KeyType": "AWS_OWNED_KMS_KEY"}, "PermissionSetsEnabled": True}
    refused("ValidationException", client.update_instance, **here, **both)
    client.update_instance(**here, PermissionSetsEnabled=True)
    assert client.describe_instance(**here)["PermissionSetsEnabled"] is True
    refused("ValidationException", client.update_instance, **here, PermissionSetsEnabled=False)
    client.create_permission_set(**here, Name="X")


@source("sso-admin: ListInstances (API reference), RegionScope; User Guide, Enable IAM Identity Center: trusted access")
def test_the_instance_is_in_one_region(cloud: Cloud, center: Center) -> None:
    elsewhere = cloud.client("sso-admin", region="eu-west-1")
    assert elsewhere.list_instances()["Instances"] == []
    (found,) = elsewhere.list_instances(RegionScope="ALL_REGIONS")["Instances"]
    assert (found["PrimaryRegion"], found["Status"]) == (HOME, "ACTIVE")
    assert found["OwnerAccountId"] == cloud.organizations.describe_organization()["Organization"]["MasterAccountId"]
    refused("AccessDeniedException", elsewhere.list_permission_sets, **center.here)
    store = cloud.client("identitystore", region="eu-west-1")
    refused("ResourceNotFoundException", store.list_groups, **center.directory)
    trusted = cloud.organizations.list_aws_service_access_for_organization()["EnabledServicePrincipals"]
    assert PRINCIPAL in {each["ServicePrincipal"] for each in trusted}


@source("identitystore: GetGroupId, GetUserId, CreateGroup (API reference)")
def test_groups_and_users_are_found_by_name(center: Center) -> None:
    found = center.group("shop")
    assert center.store.describe_group(**center.directory, GroupId=found)["DisplayName"] == "shop"
    asked = {**center.directory, "AlternateIdentifier": by("userName", "ana")}
    assert center.store.describe_user(**center.directory, UserId=center.store.get_user_id(**asked)["UserId"])
    refused("ResourceNotFoundException", center.group, name="nobody")
    refused("ConflictException", center.store.create_group, **center.directory, DisplayName="shop")
    assert len(center.store.list_groups(**center.directory)["Groups"]) == 2


@source("sso-admin: CreatePermissionSet (API reference): ConflictException, SessionDuration, Tags")
def test_a_permission_set_has_a_name_of_its_own(center: Center) -> None:
    at = center.set(SessionDuration="PT8H", Tags=[{"Key": "a", "Value": "b"}])
    refused("ConflictException", center.client.create_permission_set, **center.here, Name="Reader")
    for wrong in ("PT30M", "PT13H", "P1D"):
        refused(
            "ValidationException", center.client.create_permission_set, **center.here, Name="X", SessionDuration=wrong
        )
    assert center.client.describe_permission_set(**at)["PermissionSet"]["SessionDuration"] == "PT8H"
    tags = center.client.list_tags_for_resource(**center.here, ResourceArn=at["PermissionSetArn"])["Tags"]
    assert tags == [{"Key": "a", "Value": "b"}]
    assert center.client.list_permission_sets(**center.here)["PermissionSets"] == [at["PermissionSetArn"]]


@source("github.com/hashicorp/terraform-provider-aws/issues/17411; sso-admin: UpdatePermissionSet (API reference)")
def test_an_update_clears_what_it_leaves_out_but_for_the_description(center: Center) -> None:
    at = center.set(SessionDuration="PT8H", RelayState="https://a.example", Description="d")
    center.client.update_permission_set(**at)
    found = center.client.describe_permission_set(**at)["PermissionSet"]
    assert (found["SessionDuration"], found.get("RelayState"), found["Description"]) == ("PT1H", None, "d")


@source("sso-admin: AttachManagedPolicyToPermissionSet, …Detach… (API reference); User Guide, quotas: 20")
def test_managed_policies(center: Center) -> None:
    at = center.set()
    attach, reference = center.client.attach_managed_policy_to_permission_set, {"Name": "own", "Path": "/landing/"}
    attach(**at, ManagedPolicyArn=READ_ONLY)
    refused("ConflictException", attach, **at, ManagedPolicyArn=READ_ONLY)
    refused("ResourceNotFoundException", attach, **at, ManagedPolicyArn="arn:aws:iam::aws:policy/NoSuchPolicy")
    attach_own = center.client.attach_customer_managed_policy_reference_to_permission_set
    attach_own(**at, CustomerManagedPolicyReference=reference)
    refused("ConflictException", attach_own, **at, CustomerManagedPolicyReference=reference)
    for number in range(18):
        attach_own(**at, CustomerManagedPolicyReference={"Name": f"own-{number}"})
    refused("ServiceQuotaExceededException", attach, **at, ManagedPolicyArn=ADMINISTRATOR)
    listed = center.client.list_customer_managed_policy_references_in_permission_set(**at)
    assert listed["CustomerManagedPolicyReferences"][:2] == [reference, {"Name": "own-0", "Path": "/"}]
    detach = center.client.detach_managed_policy_from_permission_set
    detach(**at, ManagedPolicyArn=READ_ONLY)
    refused("ResourceNotFoundException", detach, **at, ManagedPolicyArn=READ_ONLY)


@source("sso-admin: PutInlinePolicyToPermissionSet (API reference); User Guide, quotas: 10,240 without white space")
def test_an_inline_policy(center: Center) -> None:
    at = center.set()
    assert center.client.get_inline_policy_for_permission_set(**at)["InlinePolicy"] == ""
    put = center.client.put_inline_policy_to_permission_set
    put(**at, InlinePolicy=DOCUMENT)
    put(**at, InlinePolicy=json.dumps(json.loads(DOCUMENT), indent=200))
    refused("ValidationException", put, **at, InlinePolicy="{}")
    long = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": ["s3:Get*"] * 1200, "Resource": "*"}]}
    refused("ServiceQuotaExceededException", put, **at, InlinePolicy=json.dumps(long))
    center.client.delete_inline_policy_from_permission_set(**at)
    assert center.client.get_inline_policy_for_permission_set(**at)["InlinePolicy"] == ""


@source("sso-admin: PutPermissionsBoundaryToPermissionSet, Get…, Delete… (API reference)")
def test_a_permissions_boundary(center: Center) -> None:
    at, get = center.set(), center.client.get_permissions_boundary_for_permission_set
    refused("ResourceNotFoundException", get, **at)
    put = center.client.put_permissions_boundary_to_permission_set
    both = {"ManagedPolicyArn": READ_ONLY, "CustomerManagedPolicyReference": {"Name": "own"}}
    refused("ValidationException", put, **at, PermissionsBoundary=both)
    put(**at, PermissionsBoundary={"CustomerManagedPolicyReference": {"Name": "own"}})
    assert get(**at)["PermissionsBoundary"] == {"CustomerManagedPolicyReference": {"Name": "own", "Path": "/"}}
    center.client.delete_permissions_boundary_from_permission_set(**at)
    refused("ResourceNotFoundException", center.client.delete_permissions_boundary_from_permission_set, **at)


@source("sso-admin: CreateAccountAssignment (API reference): asynchronous, provisions the set; DeletePermissionSet")
def test_an_assignment_takes_time_and_keeps_its_set(cloud: Cloud, center: Center) -> None:
    at, account = center.set(), cloud.account("member")
    started = center.client.create_account_assignment(**center.what(at, account))["AccountAssignmentCreationStatus"]
    assert started["Status"] == "IN_PROGRESS"
    refused("ConflictException", center.client.create_account_assignment, **center.what(at, account, "shop"))
    assert center.assign(at, cloud.account("other"))["Status"] == "SUCCEEDED"
    cloud.advance(3_600)  # type: ignore[attr-defined]
    assert account in center.accounts(at)
    refused("ConflictException", center.client.delete_permission_set, **at)
    rows = center.client.list_account_assignments(**at, AccountId=account)["AccountAssignments"]
    assert [(row["PrincipalType"], row["PrincipalId"]) for row in rows] == [("GROUP", center.group())]
    assert center.assign(at, account)["Status"] == "SUCCEEDED"
    assert len(center.client.list_account_assignments(**at, AccountId=account)["AccountAssignments"]) == 1
    for each in center.accounts(at):
        assert center.withdraw(at, each)["Status"] == "SUCCEEDED"
    assert center.accounts(at) == []
    refused("ResourceNotFoundException", center.client.delete_account_assignment, **center.what(at, account))
    center.client.delete_permission_set(**at)
    refused("ResourceNotFoundException", center.client.describe_permission_set, **at)


@source("sso-admin: CreateAccountAssignment (API reference): ResourceNotFoundException")
def test_an_assignment_is_of_somebody_in_an_account_of_the_organization(cloud: Cloud, center: Center) -> None:
    at, account = center.set(), cloud.account("member")
    create, what = center.client.create_account_assignment, center.what(at, account)
    refused("ResourceNotFoundException", create, **{**what, "TargetId": "999999999999"})
    nobody = "11111111-2222-3333-4444-555555555555"
    refused("ResourceNotFoundException", create, **{**what, "PrincipalId": nobody})
    refused("ResourceNotFoundException", create, **{**what, "PrincipalType": "USER"})


@source("IAM Identity Center User Guide, quotas: 15 assignments at once")
def test_so_many_assignments_at_once(cloud: Cloud, center: Center) -> None:
    at = center.set()
    accounts = [cloud.account(f"member-{number}") for number in range(16)]
    for account in accounts[:15]:
        center.client.create_account_assignment(**center.what(at, account))
    refused("ConflictException", center.client.create_account_assignment, **center.what(at, accounts[15]))


@source("sso-admin: ProvisionPermissionSet, ListAccountsForProvisionedPermissionSet (API reference)")
def test_accounts_get_a_new_definition_when_it_is_provisioned(cloud: Cloud, center: Center) -> None:
    at, account = center.set(), cloud.account("member")
    assert center.assign(at, account)["Status"] == "SUCCEEDED"
    old = {"ProvisioningStatus": "LATEST_PERMISSION_SET_NOT_PROVISIONED"}
    assert center.accounts(at, **old) == []
    center.client.attach_managed_policy_to_permission_set(**at, ManagedPolicyArn=READ_ONLY)
    assert center.accounts(at, **old) == [account]
    assert center.provision(at)["Status"] == "SUCCEEDED"
    assert center.accounts(at, **old) == []
    assert center.accounts(at, ProvisioningStatus="LATEST_PERMISSION_SET_PROVISIONED") == [account]
    provisioned = center.client.list_permission_sets_provisioned_to_account(**center.here, AccountId=account)
    assert provisioned["PermissionSets"] == [at["PermissionSetArn"]]
    center.client.provision_permission_set(**at, TargetType="ALL_PROVISIONED_ACCOUNTS")
    refused("ConflictException", center.client.provision_permission_set, **at, TargetType="ALL_PROVISIONED_ACCOUNTS")
    refused("ValidationException", center.client.provision_permission_set, **center.set("B"), TargetType="AWS_ACCOUNT")


@source("IAM Identity Center User Guide, Customer managed policies: the account must have it, by name and path")
def test_an_own_policy_must_be_in_the_account(cloud: Cloud, center: Center) -> None:
    at, account = center.set(), cloud.account("member")
    reference = {"Name": "own", "Path": "/landing/"}
    center.client.attach_customer_managed_policy_reference_to_permission_set(
        **at, CustomerManagedPolicyReference=reference
    )
    failed = center.assign(at, account)
    assert failed["Status"] == "FAILED"
    assert f"arn:aws:iam::{account}:policy/landing/own" in failed["FailureReason"]
    assert center.accounts(at) == []
    cloud.client("iam", account).create_policy(PolicyName="own", Path="/landing/", PolicyDocument=DOCUMENT)
    assert center.assign(at, account)["Status"] == "SUCCEEDED"
    own = {"CustomerManagedPolicyReference": {"Name": "no-such-boundary"}}
    center.client.put_permissions_boundary_to_permission_set(**at, PermissionsBoundary=own)
    assert center.provision(at)["Status"] == "FAILED"


@source("IAM User Guide, quotas: 10 managed policies of a role, which come before the 20 of a permission set")
def test_a_role_of_an_account_holds_ten_policies(cloud: Cloud, center: Center) -> None:
    at, account = center.set(), cloud.account("member")
    names = ("ReadOnlyAccess", "SecurityAudit", "AmazonS3ReadOnlyAccess", "AmazonEC2ReadOnlyAccess",
             "AmazonSQSReadOnlyAccess", "AmazonSNSReadOnlyAccess", "IAMReadOnlyAccess", "AmazonRDSReadOnlyAccess",
             "AmazonVPCReadOnlyAccess", "AmazonDynamoDBReadOnlyAccess")  # fmt: skip
    attach = center.client.attach_managed_policy_to_permission_set
    for name in names:
        attach(**at, ManagedPolicyArn=f"arn:aws:iam::aws:policy/{name}")
    assert center.assign(at, account)["Status"] == "SUCCEEDED"
    attach(**at, ManagedPolicyArn=ADMINISTRATOR)
    failed = center.provision(at)
    assert failed["Status"] == "FAILED"
    assert "PoliciesPerRole: 10" in failed["FailureReason"]


@source("IAM Identity Center User Guide, Delegated administration; sso-admin: ListAccountAssignmentsForPrincipal")
def test_a_delegated_administrator_has_no_say_over_the_management_account(cloud: Cloud, center: Center) -> None:
    admin, account = cloud.account("identity"), cloud.account("member")
    management = cloud.organizations.describe_organization()["Organization"]["MasterAccountId"]
    stranger = cloud.client("sso-admin", account, HOME)
    refused("AccessDeniedException", stranger.list_permission_sets, **center.here)
    refused("AccessDeniedException", cloud.client("identitystore", account, HOME).list_groups, **center.directory)
    cloud.organizations.register_delegated_administrator(AccountId=admin, ServicePrincipal=PRINCIPAL)
    theirs, everywhere = Center(cloud, admin), center.set("Everywhere")
    assert theirs.assign(theirs.set("Member"), account)["Status"] == "SUCCEEDED"
    refused("AccessDeniedException", theirs.client.create_account_assignment, **theirs.what(everywhere, management))
    assert center.assign(everywhere, management)["Status"] == "SUCCEEDED"
    attach = theirs.client.attach_managed_policy_to_permission_set
    refused("AccessDeniedException", attach, **everywhere, ManagedPolicyArn=READ_ONLY)
    refused("AccessDeniedException", theirs.client.provision_permission_set, **everywhere, TargetType="ALL_PROVISIONED_ACCOUNTS")  # fmt: skip
    asked = {**center.here, "PrincipalType": "GROUP", "PrincipalId": center.group()}
    refused("AccessDeniedException", theirs.client.list_account_assignments_for_principal, **asked)
    rows = center.client.list_account_assignments_for_principal(**asked)["AccountAssignments"]
    assert {row["AccountId"] for row in rows} == {account, management}
    only = center.client.list_account_assignments_for_principal(**asked, Filter={"AccountId": account})
    assert [row["AccountId"] for row in only["AccountAssignments"]] == [account]


@source("sso-admin: CreateInstanceAccessControlAttributeConfiguration, Update…, Describe… (API reference)")
def test_attributes_for_access_control(center: Center) -> None:
    client = center.client
    describe = client.describe_instance_access_control_attribute_configuration
    refused("ResourceNotFoundException", describe, **center.here)
    one = [{"Key": "team", "Value": {"Source": ["${path:enterprise.department}"]}}]
    wanted = {**center.here, "InstanceAccessControlAttributeConfiguration": {"AccessControlAttributes": one}}
    refused("ResourceNotFoundException", client.update_instance_access_control_attribute_configuration, **wanted)
    twice = {"InstanceAccessControlAttributeConfiguration": {"AccessControlAttributes": [*one, *one]}}
    create = client.create_instance_access_control_attribute_configuration
    refused("ValidationException", create, **{**wanted, **twice})
    create(**wanted)
    assert describe(**center.here)["Status"] == "CREATION_IN_PROGRESS"
    assert describe(**center.here)["Status"] == "ENABLED"
    refused("ConflictException", create, **wanted)
    client.update_instance_access_control_attribute_configuration(**wanted)
    client.delete_instance_access_control_attribute_configuration(**center.here)
    refused("ResourceNotFoundException", describe, **center.here)


@source("sso-admin: ListAccountAssignmentsForPrincipal; identitystore: CreateGroupMembership (API references)")
def test_a_user_has_what_groups_have(cloud: Cloud, center: Center) -> None:
    at, account = center.set(), cloud.account("member")
    assert center.assign(at, account)["Status"] == "SUCCEEDED"
    asked = {**center.directory, "AlternateIdentifier": by("userName", "ana")}
    user = center.store.get_user_id(**asked)["UserId"]
    of_user = {**center.here, "PrincipalType": "USER", "PrincipalId": user}
    assert center.client.list_account_assignments_for_principal(**of_user)["AccountAssignments"] == []
    membership = {**center.directory, "GroupId": center.group(), "MemberId": {"UserId": user}}
    made = center.store.create_group_membership(**membership)["MembershipId"]
    refused("ConflictException", center.store.create_group_membership, **membership)
    (row,) = center.client.list_account_assignments_for_principal(**of_user)["AccountAssignments"]
    assert (row["PrincipalType"], row["PrincipalId"]) == ("GROUP", center.group())
    listed = center.store.list_group_memberships(**center.directory, GroupId=center.group())["GroupMemberships"]
    assert [each["MemberId"] for each in listed] == [{"UserId": user}]
    center.store.delete_group_membership(**center.directory, MembershipId=made)
    refused("ResourceNotFoundException", center.store.delete_group_membership, **center.directory, MembershipId=made)


def test_an_instance_has_so_many_sets_and_an_account_too(sandbox: Sandbox) -> None:
    """IAM Identity Center User Guide, quotas: 3,500 permission sets, 500 of them provisioned in an account."""
    cloud = InProcess(sandbox)
    cloud.option(identity_center={"region": HOME, "groups": ["platform"]})
    center, account = Center(cloud), cloud.account("member")
    at = center.set()
    (instance,) = instances(sandbox.world).instances.values()
    found = instance.sets[at["PermissionSetArn"]]
    instance.sets |= {f"{found.arn}{number}": replace(found, provisioned={account: 1}) for number in range(500)}
    error = refused(
        "ServiceQuotaExceededException", center.client.create_account_assignment, **center.what(at, account)
    )
    assert "provisioned" in str(error)
    instance.sets |= {f"{found.arn}-{number}": replace(found, provisioned={}) for number in range(3_000)}
    create = center.client.create_permission_set
    refused("ServiceQuotaExceededException", create, **center.here, Name="OneMore")
