"""What is corrected in moto's IAM and S3 (User Guides and API references of both)."""

from __future__ import annotations

import json

import pytest

from tests.sandbox.cloud import Cloud, refused, source

ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess"
TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}],
    }
)


@source("IAM User Guide: AWS managed policies")
def test_aws_managed_policies_exist(empty: Cloud) -> None:
    iam = empty.client("iam")
    assert iam.get_policy(PolicyArn=ADMINISTRATOR)["Policy"]["DefaultVersionId"] == "v1"
    pages = iam.get_paginator("list_policies").paginate(Scope="AWS")
    names = {policy["PolicyName"] for policy in pages.build_full_result()["Policies"]}
    assert {"AdministratorAccess", "ReadOnlyAccess", "SecurityAudit"} <= names
    assert iam.list_policies(Scope="Local")["Policies"] == []


@source("IAM API reference: AttachRolePolicy; Policy.AttachmentCount")
def test_aws_managed_policies_are_attached_in_each_account(cloud: Cloud) -> None:
    member = cloud.account("a")
    iam = cloud.client("iam")
    iam.create_role(RoleName="role", AssumeRolePolicyDocument=TRUST)
    iam.attach_role_policy(RoleName="role", PolicyArn=ADMINISTRATOR)
    assert iam.get_policy(PolicyArn=ADMINISTRATOR)["Policy"]["AttachmentCount"] == 1
    audit = "arn:aws:iam::aws:policy/SecurityAudit"
    assert cloud.client("iam", member).get_policy(PolicyArn=audit)["Policy"]["AttachmentCount"] == 0
    iam.detach_role_policy(RoleName="role", PolicyArn=ADMINISTRATOR)
    assert iam.get_policy(PolicyArn=ADMINISTRATOR)["Policy"]["AttachmentCount"] == 0
    assert iam.list_policies(Scope="AWS", OnlyAttached=True)["Policies"] == []


@source("IAM API reference: DeletePolicy, DeleteConflict")
def test_an_attached_policy_is_not_deleted(empty: Cloud) -> None:
    iam = empty.client("iam")
    allow = json.dumps({
        "Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}],
    })  # fmt: skip
    policy = iam.create_policy(PolicyName="p", PolicyDocument=allow)["Policy"]["Arn"]
    iam.create_role(RoleName="role", AssumeRolePolicyDocument=TRUST)
    iam.attach_role_policy(RoleName="role", PolicyArn=policy)
    refused("DeleteConflict", iam.delete_policy, PolicyArn=policy)
    iam.detach_role_policy(RoleName="role", PolicyArn=policy)
    iam.delete_policy(PolicyArn=policy)


def allowing(buckets: int) -> str:
    statement = {"Effect": "Allow", "Action": "s3:*", "Resource": [f"arn:aws:s3:::b{each}" for each in range(buckets)]}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]}, indent=1)


@source("IAM User Guide, quotas: 6,144 characters but for white space, 5 versions, 10 managed policies of a role")
def test_policies_and_roles_have_quotas(empty: Cloud) -> None:
    iam = empty.client("iam")
    refused("LimitExceeded", iam.create_policy, PolicyName="long", PolicyDocument=allowing(500))
    arn = iam.create_policy(PolicyName="p", PolicyDocument=allowing(200))["Policy"]["Arn"]
    refused("LimitExceeded", iam.create_policy_version, PolicyArn=arn, PolicyDocument=allowing(500))
    for _ in range(4):
        iam.create_policy_version(PolicyArn=arn, PolicyDocument=allowing(1))
    refused("LimitExceeded", iam.create_policy_version, PolicyArn=arn, PolicyDocument=allowing(1))
    trust = {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}
    iam.create_role(RoleName="r", AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]}))
    for number in range(10):
        made = iam.create_policy(PolicyName=f"p{number}", PolicyDocument=allowing(1))["Policy"]["Arn"]
        iam.attach_role_policy(RoleName="r", PolicyArn=made)
    refused("LimitExceeded", iam.attach_role_policy, RoleName="r", PolicyArn=arn)
    iam.attach_role_policy(RoleName="r", PolicyArn=made)


@source("AWS::IAM::ManagedPolicy (Template reference): Description and Path are create-only; its name stays another's")
def test_a_named_policy_is_not_replaced(in_process: Cloud) -> None:
    def template(description: str) -> str:
        policy = {
            "ManagedPolicyName": "boundary",
            "Description": description,
            "PolicyDocument": json.loads(allowing(1)),
        }
        return json.dumps({"Resources": {"P": {"Type": "AWS::IAM::ManagedPolicy", "Properties": policy}}})

    def status() -> str:
        while True:
            found: str = client.describe_stacks(StackName="s")["Stacks"][0]["StackStatus"]
            if not found.endswith("_IN_PROGRESS"):
                return found

    client = in_process.client("cloudformation")
    named = {"StackName": "s", "Capabilities": ["CAPABILITY_NAMED_IAM"]}
    client.create_stack(**named, TemplateBody=template("one"))
    assert status() == "CREATE_COMPLETE"
    client.update_stack(**named, TemplateBody=template("two"))
    assert status() == "UPDATE_ROLLBACK_COMPLETE"
    events = client.describe_stack_events(StackName="s")["StackEvents"]
    assert any("AlreadyExists" in each.get("ResourceStatusReason", "") for each in events)


@source("IAM API reference: CreateServiceLinkedRole, InvalidInput: has been taken")
@pytest.mark.parametrize(
    "principal",
    [
        "guardduty.amazonaws.com", "securityhubv2.amazonaws.com", "inspector2.amazonaws.com",
        "triage.security-ir.amazonaws.com", "macie.amazonaws.com", "detective.amazonaws.com",
        "access-analyzer.amazonaws.com",
    ],
)  # fmt: skip
def test_a_service_linked_role_is_made_once(empty: Cloud, principal: str) -> None:
    create = empty.client("iam").create_service_linked_role
    create(AWSServiceName=principal)
    assert "has been taken" in str(refused("InvalidInput", create, AWSServiceName=principal))


@pytest.mark.parametrize("document", ["{}", "no JSON", '{"Statement":[{"Effect":"Allow","Action":"sts:AssumeRole"}]}'])
@source("IAM API reference: CreateRole, MalformedPolicyDocument")
def test_a_role_needs_a_trust_policy(empty: Cloud, document: str) -> None:
    refused(
        "MalformedPolicyDocument",
        empty.client("iam").create_role,
        RoleName="role",
        AssumeRolePolicyDocument=document,
    )


@pytest.mark.parametrize(
    ("principal", "name"),
    [
        ("config.amazonaws.com", "AWSServiceRoleForConfig"),
        ("guardduty.amazonaws.com", "AWSServiceRoleForAmazonGuardDuty"),
        ("securityhub.amazonaws.com", "AWSServiceRoleForSecurityHub"),
        ("access-analyzer.amazonaws.com", "AWSServiceRoleForAccessAnalyzer"),
    ],
)
@source("IAM User Guide: AWS services that work with IAM, service-linked roles")
def test_a_service_linked_role_has_the_name_of_its_service(empty: Cloud, principal: str, name: str) -> None:
    iam = empty.client("iam")
    role = iam.create_service_linked_role(AWSServiceName=principal)["Role"]
    assert (role["RoleName"], role["Path"]) == (name, f"/aws-service-role/{principal}/")
    refused("InvalidInput", iam.create_service_linked_role, AWSServiceName=principal)
    refused("UnmodifiableEntity", iam.delete_role, RoleName=name)


@source("IAM User Guide: centralize root access for member accounts")
def test_root_access_is_managed_centrally(cloud: Cloud) -> None:
    iam = cloud.client("iam")
    refused("ServiceAccessNotEnabledException", iam.list_organizations_features)
    cloud.trust("iam.amazonaws.com")
    assert iam.list_organizations_features()["EnabledFeatures"] == []
    iam.enable_organizations_root_sessions()
    enabled = iam.enable_organizations_root_credentials_management()["EnabledFeatures"]
    assert enabled == ["RootCredentialsManagement", "RootSessions"]
    assert iam.disable_organizations_root_sessions()["EnabledFeatures"] == ["RootCredentialsManagement"]


@source("IAM API reference: AccountNotManagementOrDelegatedAdministratorException, OrganizationNotFoundException")
def test_root_access_is_not_for_everyone(cloud: Cloud) -> None:
    cloud.trust("iam.amazonaws.com")
    member = cloud.client("iam", cloud.account("a"))
    refused("AccountNotManagementOrDelegatedAdministratorException", member.list_organizations_features)
    refused("OrganizationNotFoundException", cloud.client("iam", "555555555555").list_organizations_features)


@source("S3 User Guide: default encryption, Block Public Access and Object Ownership since 2023")
def test_a_new_bucket_has_the_defaults(empty: Cloud) -> None:
    s3 = empty.client("s3")
    s3.create_bucket(Bucket="bucket")
    rule = s3.get_bucket_encryption(Bucket="bucket")["ServerSideEncryptionConfiguration"]["Rules"][0]
    assert rule["ApplyServerSideEncryptionByDefault"] == {"SSEAlgorithm": "AES256"}
    block = s3.get_public_access_block(Bucket="bucket")["PublicAccessBlockConfiguration"]
    assert set(block.values()) == {True}
    ownership = s3.get_bucket_ownership_controls(Bucket="bucket")["OwnershipControls"]
    assert ownership["Rules"] == [{"ObjectOwnership": "BucketOwnerEnforced"}]


@source("S3 API reference: DeleteBucketEncryption resets to SSE-S3")
def test_a_bucket_stays_encrypted(empty: Cloud) -> None:
    s3 = empty.client("s3")
    s3.create_bucket(Bucket="bucket")
    s3.delete_bucket_encryption(Bucket="bucket")
    assert s3.get_bucket_encryption(Bucket="bucket")["ServerSideEncryptionConfiguration"]["Rules"]


@source("S3 API reference: PutBucketAcl, AccessControlListNotSupported")
def test_a_bucket_has_no_acls_unless_it_wants_them(empty: Cloud) -> None:
    s3 = empty.client("s3")
    s3.create_bucket(Bucket="bucket")
    refused("AccessControlListNotSupported", s3.put_bucket_acl, Bucket="bucket", ACL="public-read")
    rules = {"Rules": [{"ObjectOwnership": "ObjectWriter"}]}
    s3.put_bucket_ownership_controls(Bucket="bucket", OwnershipControls=rules)
    s3.put_bucket_acl(Bucket="bucket", ACL="public-read")


@source("S3 API reference: ListBuckets, MaxBuckets and ContinuationToken")
def test_buckets_come_in_pages(empty: Cloud) -> None:
    s3 = empty.client("s3")
    for number in range(3):
        s3.create_bucket(Bucket=f"bucket-{number}")
    first = s3.list_buckets(MaxBuckets=2)
    rest = s3.list_buckets(MaxBuckets=2, ContinuationToken=first["ContinuationToken"])
    names = [bucket["Name"] for bucket in first["Buckets"] + rest["Buckets"]]
    assert names == ["bucket-0", "bucket-1", "bucket-2"]
    assert "ContinuationToken" not in rest


@source("S3 API reference: DefaultRetention, Days or Years")
def test_default_retention_reads_back_as_it_was_set(empty: Cloud) -> None:
    s3 = empty.client("s3")
    s3.create_bucket(Bucket="bucket", ObjectLockEnabledForBucket=True)
    rule = {"DefaultRetention": {"Mode": "COMPLIANCE", "Days": 30}}
    configuration = {"ObjectLockEnabled": "Enabled", "Rule": rule}
    s3.put_object_lock_configuration(Bucket="bucket", ObjectLockConfiguration=configuration)
    read = s3.get_object_lock_configuration(Bucket="bucket")["ObjectLockConfiguration"]
    assert read == configuration


@source("S3 API reference: PutObject, GetObject, HeadObject, ListObjectsV2")
def test_objects_go_through_unchanged(empty: Cloud) -> None:
    s3 = empty.client("s3")
    s3.create_bucket(Bucket="bucket")
    key, body = "a b/ü+%2F.txt", bytes(range(256)) * 300
    s3.put_object(Bucket="bucket", Key=key, Body=body, Metadata={"my_key": "value"})
    got = s3.get_object(Bucket="bucket", Key=key)
    assert (got["Body"].read(), got["Metadata"]) == (body, {"my_key": "value"})
    assert s3.head_object(Bucket="bucket", Key=key)["ContentLength"] == len(body)
    assert [found["Key"] for found in s3.list_objects_v2(Bucket="bucket")["Contents"]] == [key]
    refused("404", s3.head_object, Bucket="bucket", Key="nothing")


@pytest.mark.parametrize("versioning", [False, True])
@source("S3 User Guide: Conditional requests; API reference: PutObject, If-None-Match")
def test_an_object_is_created_once(empty: Cloud, versioning: bool) -> None:
    s3 = empty.client("s3")
    s3.create_bucket(Bucket="bucket")
    if versioning:
        s3.put_bucket_versioning(Bucket="bucket", VersioningConfiguration={"Status": "Enabled"})
    s3.put_object(Bucket="bucket", Key="k", Body=b"first", IfNoneMatch="*")
    error = refused("PreconditionFailed", s3.put_object, Bucket="bucket", Key="k", Body=b"second", IfNoneMatch="*")
    assert error.response["ResponseMetadata"]["HTTPStatusCode"] == 412
    assert s3.get_object(Bucket="bucket", Key="k")["Body"].read() == b"first"
    s3.delete_object(Bucket="bucket", Key="k")
    s3.put_object(Bucket="bucket", Key="k", Body=b"third", IfNoneMatch="*")
    assert s3.get_object(Bucket="bucket", Key="k")["Body"].read() == b"third"


@source("S3 API reference: PutObject, If-None-Match expects `*`; Error responses, NotImplemented")
def test_an_object_is_not_compared_when_it_is_created(empty: Cloud) -> None:
    s3 = empty.client("s3")
    s3.create_bucket(Bucket="bucket")
    refused("NotImplemented", s3.put_object, Bucket="bucket", Key="k", IfNoneMatch='"etag"')


@pytest.mark.parametrize("versioning", [False, True])
@source("S3 User Guide: How to perform conditional deletes")
def test_an_object_is_deleted_as_it_was(empty: Cloud, versioning: bool) -> None:
    s3 = empty.client("s3")
    s3.create_bucket(Bucket="bucket")
    if versioning:
        s3.put_bucket_versioning(Bucket="bucket", VersioningConfiguration={"Status": "Enabled"})
    old = s3.put_object(Bucket="bucket", Key="k", Body=b"old")["ETag"]
    new = s3.put_object(Bucket="bucket", Key="k", Body=b"new")["ETag"]
    refused("PreconditionFailed", s3.delete_object, Bucket="bucket", Key="k", IfMatch=old)
    s3.delete_object(Bucket="bucket", Key="k", IfMatch=new)
    refused("NoSuchKey", s3.get_object, Bucket="bucket", Key="k")
    s3.put_object(Bucket="bucket", Key="k", Body=b"again")
    s3.delete_object(Bucket="bucket", Key="k", IfMatch="*")
    refused("NoSuchKey", s3.get_object, Bucket="bucket", Key="k")


@source("S3 API reference: ExpectedBucketOwner")
def test_a_bucket_can_be_expected_to_belong_to_an_account(empty: Cloud) -> None:
    s3, other = empty.client("s3"), "999999999999"
    me = empty.client("sts").get_caller_identity()["Account"]
    s3.create_bucket(Bucket="bucket")
    s3.put_object(Bucket="bucket", Key="k", Body=b"1", ExpectedBucketOwner=me)
    refused("AccessDenied", s3.put_object, Bucket="bucket", Key="k", Body=b"2", ExpectedBucketOwner=other)
    refused("AccessDenied", s3.get_object, Bucket="bucket", Key="k", ExpectedBucketOwner=other)
    refused("AccessDenied", s3.get_bucket_location, Bucket="bucket", ExpectedBucketOwner=other)
    refused("AccessDenied", s3.delete_object, Bucket="bucket", Key="k", ExpectedBucketOwner=other)
    assert s3.get_object(Bucket="bucket", Key="k", ExpectedBucketOwner=me)["Body"].read() == b"1"
    refused("NoSuchBucket", s3.put_object, Bucket="nobucket", Key="k", Body=b"", ExpectedBucketOwner=me)


@source("S3 User Guide: Enforce conditional writes on Amazon S3 buckets")
def test_a_bucket_can_ask_for_conditional_writes(empty: Cloud) -> None:
    s3 = empty.client("s3")
    s3.create_bucket(Bucket="once")
    statement = {"Effect": "Deny", "Principal": "*", "Resource": "arn:aws:s3:::once/*"}
    asked = {"Null": {"s3:if-none-match": "true"}, "Bool": {"s3:ObjectCreationOperation": "true"}}
    statements = [
        {**statement, "Action": "s3:PutObject", "Condition": asked},
        {**statement, "Action": "s3:DeleteObject"},
        {**statement, "Action": "s3:GetObject", "Condition": {"Bool": {"aws:SecureTransport": "false"}}},
    ]
    s3.put_bucket_policy(Bucket="once", Policy=json.dumps({"Version": "2012-10-17", "Statement": statements}))
    refused("AccessDenied", s3.put_object, Bucket="once", Key="a", Body=b"1")
    s3.put_object(Bucket="once", Key="a", Body=b"1", IfNoneMatch="*")
    refused("PreconditionFailed", s3.put_object, Bucket="once", Key="a", Body=b"2", IfNoneMatch="*")
    refused("AccessDenied", s3.delete_object, Bucket="once", Key="a")
    assert s3.get_object(Bucket="once", Key="a")["Body"].read() == b"1"
