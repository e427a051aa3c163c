"""Trails of an account and of the organization (CloudTrail User Guide and API reference)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.sandbox.cloud import Cloud, refused, source
from tests.sandbox.security import allow, bucket, document, key

CLOUDTRAIL = "cloudtrail.amazonaws.com"
SERVICE = {"Service": CLOUDTRAIL}
OWNER = {"s3:x-amz-acl": "bucket-owner-full-control"}
BUCKET_POLICY = "User Guide: Amazon S3 bucket policy for CloudTrail"


def management(cloud: Cloud) -> str:
    account: str = cloud.client("sts").get_caller_identity()["Account"]
    return account


def arn(account: str, name: str = "trail") -> str:
    return f"arn:aws:cloudtrail:us-east-1:{account}:trail/{name}"


def logs(cloud: Cloud, name: str = "trail-logs", *, owner: str | None = None, organization: bool = False) -> str:
    """A bucket that admits the trail of the management account."""
    account = management(cloud)
    paths = [account]
    if organization:
        paths.append(cloud.organizations.describe_organization()["Organization"]["Id"])
    condition = {"StringEquals": {**OWNER, "aws:SourceArn": arn(account)}}
    statements = [
        allow(SERVICE, "s3:GetBucketAcl", f"arn:aws:s3:::{name}"),
        *(allow(SERVICE, "s3:PutObject", f"arn:aws:s3:::{name}/AWSLogs/{path}/*", **condition) for path in paths),
    ]
    return bucket(cloud, name, *statements, account=owner)


def organization_trail(cloud: Cloud, account: str | None = None, **settings: Any) -> Any:
    cloud.trust(CLOUDTRAIL)
    name = logs(cloud, organization=True)
    client = cloud.client("cloudtrail", account)
    client.create_trail(Name="trail", S3BucketName=name, IsOrganizationTrail=True, IsMultiRegionTrail=True, **settings)
    return client


@source("API reference: CreateTrail, GetTrail, defaults")
def test_a_trail_reads_back(cloud: Cloud) -> None:
    client, account = cloud.client("cloudtrail"), management(cloud)
    made = client.create_trail(Name="trail", S3BucketName=logs(cloud), TagsList=[{"Key": "a", "Value": "1"}])
    assert made["TrailARN"] == arn(account)
    found = client.get_trail(Name="trail")["Trail"]
    assert found == {
        "Name": "trail",
        "S3BucketName": "trail-logs",
        "IncludeGlobalServiceEvents": True,
        "IsMultiRegionTrail": False,
        "HomeRegion": "us-east-1",
        "TrailARN": arn(account),
        "LogFileValidationEnabled": False,
        "HasCustomEventSelectors": False,
        "HasInsightSelectors": False,
        "IsOrganizationTrail": False,
        "RecursiveLogging": True,
    }
    assert client.get_trail(Name=arn(account))["Trail"] == found


@source("API reference: TrailAlreadyExistsException")
def test_a_name_is_used_once(cloud: Cloud) -> None:
    client, name = cloud.client("cloudtrail"), logs(cloud)
    client.create_trail(Name="trail", S3BucketName=name)
    refused("TrailAlreadyExistsException", client.create_trail, Name="trail", S3BucketName=name)
    assert len(client.describe_trails()["trailList"]) == 1


@source("API reference: InvalidTrailNameException")
@pytest.mark.parametrize("name", ["ab", "my--trail", "-trail", "my_-trail", "192.168.5.4", "t" * 129, "my trail"])
def test_names_that_are_not_valid(cloud: Cloud, name: str) -> None:
    refused("InvalidTrailNameException", cloud.client("cloudtrail").create_trail, Name=name, S3BucketName="b")


@source("User Guide: quotas, 5 trails in a Region")
def test_there_are_five_trails_at_most(cloud: Cloud) -> None:
    client = cloud.client("cloudtrail")
    account = management(cloud)
    name = bucket(
        cloud,
        "trail-logs",
        allow(SERVICE, "s3:GetBucketAcl", "arn:aws:s3:::trail-logs"),
        allow(SERVICE, "s3:PutObject", f"arn:aws:s3:::trail-logs/AWSLogs/{account}/*"),
    )
    for number in range(5):
        client.create_trail(Name=f"trail-{number}", S3BucketName=name)
    refused("MaximumNumberOfTrailsExceededException", client.create_trail, Name="trail-5", S3BucketName=name)


@source("API reference: S3BucketDoesNotExistException")
def test_the_bucket_exists(cloud: Cloud) -> None:
    create = cloud.client("cloudtrail").create_trail
    refused("S3BucketDoesNotExistException", create, Name="trail", S3BucketName="nobody-has-this")


@source(BUCKET_POLICY)
@pytest.mark.parametrize("flaw", ["none", "acl", "write", "source", "path", "denied"])
def test_the_bucket_admits_cloudtrail(cloud: Cloud, flaw: str) -> None:
    account = management(cloud)
    source_arn = arn(account, "other") if flaw == "source" else arn(account)
    path = "AWSLogs/999999999999/*" if flaw == "path" else f"AWSLogs/{account}/*"
    condition = {"StringEquals": {**OWNER, "aws:SourceArn": source_arn}}
    look = allow(SERVICE, "s3:GetBucketAcl", "arn:aws:s3:::trail-logs")
    write = allow(SERVICE, "s3:PutObject", f"arn:aws:s3:::trail-logs/{path}", **condition)
    deny = {**allow("*", "s3:PutObject", "arn:aws:s3:::trail-logs/*"), "Effect": "Deny"}
    statements = {
        "none": [],
        "acl": [write],
        "write": [look],
        "denied": [look, write, deny],
    }.get(flaw, [look, write])
    bucket(cloud, "trail-logs", *statements)
    create = cloud.client("cloudtrail").create_trail
    refused("InsufficientS3BucketPolicyException", create, Name="trail", S3BucketName="trail-logs")


@source("User Guide: bucket policy, a Deny of what is not TLS does not keep CloudTrail out")
def test_a_bucket_for_tls_only_admits_cloudtrail(cloud: Cloud) -> None:
    account = management(cloud)
    everything = ["arn:aws:s3:::trail-logs", "arn:aws:s3:::trail-logs/*"]
    deny = {**allow("*", "s3:*", everything, Bool={"aws:SecureTransport": "false"}), "Effect": "Deny"}
    bucket(
        cloud,
        "trail-logs",
        deny,
        allow(SERVICE, "s3:GetBucketAcl", everything[0]),
        allow(SERVICE, "s3:PutObject", f"arn:aws:s3:::trail-logs/AWSLogs/{account}/*"),
    )
    cloud.client("cloudtrail").create_trail(Name="trail", S3BucketName="trail-logs")


def encrypting(account: str) -> list[dict[str, Any]]:
    context = {"kms:EncryptionContext:aws:cloudtrail:arn": f"arn:aws:cloudtrail:*:{account}:trail/*"}
    return [
        allow(SERVICE, "kms:GenerateDataKey*", "*", StringLike=context),
        allow(SERVICE, "kms:DescribeKey", "*"),
    ]


@source("API reference: CreateTrail, KmsKeyId may be an alias ARN; User Guide: key policies for CloudTrail")
def test_an_alias_reads_back_as_the_key(cloud: Cloud) -> None:
    owner, account = cloud.account("archive"), management(cloud)
    made = key(cloud, *encrypting(account), account=owner)
    cloud.client("kms", owner).create_alias(AliasName="alias/logs", TargetKeyId=made)
    client = cloud.client("cloudtrail")
    alias = f"arn:aws:kms:us-east-1:{owner}:alias/logs"
    client.create_trail(Name="trail", S3BucketName=logs(cloud, owner=owner), KmsKeyId=alias)
    assert client.get_trail(Name="trail")["Trail"]["KmsKeyId"] == made
    client.update_trail(Name="trail", KmsKeyId="")
    assert "KmsKeyId" not in client.get_trail(Name="trail")["Trail"]


@source("API reference: InsufficientEncryptionPolicyException, KmsKeyNotFoundException, KmsKeyDisabledException")
def test_keys_that_cannot_be_used(cloud: Cloud) -> None:
    account, create = management(cloud), cloud.client("cloudtrail").create_trail
    wanted = {"Name": "trail", "S3BucketName": logs(cloud)}
    refused("InsufficientEncryptionPolicyException", create, **wanted, KmsKeyId=key(cloud))
    other = key(cloud, encrypting("999999999999")[0], encrypting(account)[1])
    refused("InsufficientEncryptionPolicyException", create, **wanted, KmsKeyId=other)
    elsewhere = key(cloud, *encrypting(account), region="eu-west-1")
    refused("KmsKeyNotFoundException", create, **wanted, KmsKeyId=elsewhere)
    refused("KmsKeyNotFoundException", create, **wanted, KmsKeyId="alias/none")
    disabled = key(cloud, *encrypting(account))
    cloud.client("kms").disable_key(KeyId=disabled.rpartition("/")[2])
    refused("KmsKeyDisabledException", create, **wanted, KmsKeyId=disabled)


@source("API reference: InvalidParameterCombinationException")
def test_a_multi_region_trail_has_global_events(cloud: Cloud) -> None:
    refused(
        "InvalidParameterCombinationException",
        cloud.client("cloudtrail").create_trail,
        Name="trail",
        S3BucketName=logs(cloud),
        IsMultiRegionTrail=True,
        IncludeGlobalServiceEvents=False,
    )


@source("API reference: CreateTrail does not start logging; StartLogging, StopLogging, GetTrailStatus")
def test_a_trail_logs_when_it_is_started(cloud: Cloud) -> None:
    client = cloud.client("cloudtrail")
    client.create_trail(Name="trail", S3BucketName=logs(cloud), EnableLogFileValidation=True)
    status = client.get_trail_status(Name="trail")
    assert status["IsLogging"] is False
    assert "LatestDeliveryTime" not in status
    client.start_logging(Name="trail")
    status = client.get_trail_status(Name="trail")
    assert status["IsLogging"] is True
    assert {"StartLoggingTime", "LatestDeliveryTime", "LatestDigestDeliveryTime"} <= set(status)
    assert "LatestCloudWatchLogsDeliveryTime" not in status
    client.stop_logging(Name="trail")
    status = client.get_trail_status(Name="trail")
    assert (status["IsLogging"], "StopLoggingTime" in status) == (False, True)


@source("botocore: GetTrailStatusResponse.LatestDeliveryError")
def test_delivery_fails_when_the_bucket_changes(cloud: Cloud) -> None:
    client, name = cloud.client("cloudtrail"), logs(cloud)
    client.create_trail(Name="trail", S3BucketName=name)
    client.start_logging(Name="trail")
    assert "LatestDeliveryError" not in client.get_trail_status(Name="trail")
    cloud.client("s3").delete_bucket_policy(Bucket=name)
    assert client.get_trail_status(Name="trail")["LatestDeliveryError"] == "AccessDenied"
    cloud.client("s3").delete_bucket(Bucket=name)
    assert client.get_trail_status(Name="trail")["LatestDeliveryError"] == "NoSuchBucket"


@source("API reference: UpdateTrail, only what is named changes")
def test_an_update_merges(cloud: Cloud) -> None:
    client = cloud.client("cloudtrail")
    client.create_trail(Name="trail", S3BucketName=logs(cloud), EnableLogFileValidation=True)
    client.update_trail(Name="trail", IsMultiRegionTrail=True)
    found = client.get_trail(Name="trail")["Trail"]
    assert (found["LogFileValidationEnabled"], found["IsMultiRegionTrail"]) == (True, True)
    refused("InsufficientS3BucketPolicyException", client.update_trail, Name="trail", S3BucketName=bucket(cloud, "b-b"))
    assert client.get_trail(Name="trail")["Trail"]["S3BucketName"] == "trail-logs"


@source("API reference: TrailNotFoundException, CloudTrailARNInvalidException")
def test_trails_that_are_not_there(cloud: Cloud) -> None:
    client = cloud.client("cloudtrail")
    for call in (client.get_trail, client.get_trail_status, client.delete_trail, client.start_logging):
        refused("TrailNotFoundException", call, Name="none")
    refused("CloudTrailARNInvalidException", client.get_trail, Name="arn:aws:s3:::bucket")
    assert client.describe_trails(trailNameList=["none"])["trailList"] == []


@source("API reference: DescribeTrails, shadow trails; InvalidHomeRegionException")
def test_a_multi_region_trail_is_a_shadow_elsewhere(cloud: Cloud) -> None:
    client = cloud.client("cloudtrail")
    client.create_trail(Name="trail", S3BucketName=logs(cloud), IsMultiRegionTrail=True)
    elsewhere = cloud.client("cloudtrail", region="eu-west-1")
    shadows = elsewhere.describe_trails()["trailList"]
    assert [(trail["Name"], trail["HomeRegion"]) for trail in shadows] == [("trail", "us-east-1")]
    assert elsewhere.describe_trails(includeShadowTrails=False)["trailList"] == []
    for call in (elsewhere.update_trail, elsewhere.delete_trail, elsewhere.stop_logging):
        refused("InvalidHomeRegionException", call, Name="trail")
    client.update_trail(Name="trail", IsMultiRegionTrail=False)
    assert elsewhere.describe_trails()["trailList"] == []


@source("API reference: ListTrails, from every Region")
def test_trails_are_listed_from_everywhere(cloud: Cloud) -> None:
    cloud.client("cloudtrail").create_trail(Name="trail", S3BucketName=logs(cloud))
    found = cloud.client("cloudtrail", region="eu-west-1").list_trails()["Trails"]
    assert [(trail["Name"], trail["HomeRegion"]) for trail in found] == [("trail", "us-east-1")]


@source("API reference: DeleteTrail")
def test_a_trail_is_deleted(cloud: Cloud) -> None:
    client = cloud.client("cloudtrail")
    client.create_trail(Name="trail", S3BucketName=logs(cloud))
    client.delete_trail(Name="trail")
    assert client.describe_trails()["trailList"] == []


@source("API reference: GetEventSelectors, all management events by default")
def test_default_event_selectors(cloud: Cloud) -> None:
    client = cloud.client("cloudtrail")
    client.create_trail(Name="trail", S3BucketName=logs(cloud))
    found = client.get_event_selectors(TrailName="trail")
    assert "AdvancedEventSelectors" not in found
    assert found["EventSelectors"] == [
        {
            "ReadWriteType": "All",
            "IncludeManagementEvents": True,
            "DataResources": [],
            "ExcludeManagementEventSources": [],
        }
    ]


def advanced(*fields: tuple[str, list[str]], name: str = "s") -> dict[str, Any]:
    return {"Name": name, "FieldSelectors": [{"Field": field, "Equals": values} for field, values in fields]}


MANAGEMENT = ("eventCategory", ["Management"])


@source("API reference: PutEventSelectors, advanced and basic selectors replace each other")
def test_selectors_of_one_kind_replace_the_other(cloud: Cloud) -> None:
    client = cloud.client("cloudtrail")
    client.create_trail(Name="trail", S3BucketName=logs(cloud))
    client.put_event_selectors(TrailName="trail", AdvancedEventSelectors=[advanced(MANAGEMENT)])
    found = client.get_event_selectors(TrailName="trail")
    assert found["AdvancedEventSelectors"] == [advanced(MANAGEMENT)]
    assert "EventSelectors" not in found
    assert client.get_trail(Name="trail")["Trail"]["HasCustomEventSelectors"] is True
    basic = [{"ReadWriteType": "WriteOnly", "IncludeManagementEvents": True}]
    client.put_event_selectors(TrailName="trail", EventSelectors=basic)
    found = client.get_event_selectors(TrailName="trail")
    assert found["EventSelectors"][0]["ReadWriteType"] == "WriteOnly"
    assert "AdvancedEventSelectors" not in found


@source("API reference: InvalidEventSelectorsException; AdvancedFieldSelector")
@pytest.mark.parametrize(
    "selectors",
    [
        {},
        {"EventSelectors": [{}], "AdvancedEventSelectors": [advanced(MANAGEMENT)]},
        {"EventSelectors": [{}] * 6},
        {"EventSelectors": [{"DataResources": [{"Type": "AWS::SQS::Queue", "Values": ["arn:aws:sqs"]}]}]},
        {"AdvancedEventSelectors": [advanced(("readOnly", ["true"]))]},
        {"AdvancedEventSelectors": [advanced(("eventCategory", ["Data"]))]},
        {"AdvancedEventSelectors": [advanced(MANAGEMENT, ("resources.type", ["AWS::S3::Object"]))]},
        {"AdvancedEventSelectors": [advanced(MANAGEMENT, ("readOnly", ["maybe"]))]},
        {"AdvancedEventSelectors": [advanced(MANAGEMENT, ("readOnly", ["true"]), ("readOnly", ["true"]))]},
        {"AdvancedEventSelectors": [advanced(MANAGEMENT, ("eventName", ["e"] * 501))]},
    ],
)
def test_selectors_that_are_not_valid(cloud: Cloud, selectors: dict[str, Any]) -> None:
    client = cloud.client("cloudtrail")
    client.create_trail(Name="trail", S3BucketName=logs(cloud))
    refused("InvalidEventSelectorsException", client.put_event_selectors, TrailName="trail", **selectors)


@source("API reference: GetInsightSelectors, InsightNotEnabledException; PutInsightSelectors")
def test_insights(cloud: Cloud) -> None:
    client = cloud.client("cloudtrail")
    client.create_trail(Name="trail", S3BucketName=logs(cloud))
    refused("InsightNotEnabledException", client.get_insight_selectors, TrailName="trail")
    wanted = [{"InsightType": "ApiCallRateInsight"}]
    client.put_insight_selectors(TrailName="trail", InsightSelectors=wanted)
    assert client.get_insight_selectors(TrailName="trail")["InsightSelectors"] == wanted
    assert client.get_trail(Name="trail")["Trail"]["HasInsightSelectors"] is True
    client.put_insight_selectors(TrailName="trail", InsightSelectors=[])
    refused("InsightNotEnabledException", client.get_insight_selectors, TrailName="trail")


@source("API reference: PutInsightSelectors, call rates need write management events")
def test_insights_need_the_events(cloud: Cloud) -> None:
    client = cloud.client("cloudtrail")
    client.create_trail(Name="trail", S3BucketName=logs(cloud))
    reads = [advanced(MANAGEMENT, ("readOnly", ["true"]))]
    client.put_event_selectors(TrailName="trail", AdvancedEventSelectors=reads)
    put = client.put_insight_selectors
    refused(
        "InvalidInsightSelectorsException",
        put,
        TrailName="trail",
        InsightSelectors=[{"InsightType": "ApiCallRateInsight"}],
    )
    put(TrailName="trail", InsightSelectors=[{"InsightType": "ApiErrorRateInsight"}])


@source("API reference: AddTags, RemoveTags, ListTags")
def test_tags_of_a_trail(cloud: Cloud) -> None:
    client, account = cloud.client("cloudtrail"), management(cloud)
    client.create_trail(Name="trail", S3BucketName=logs(cloud), TagsList=[{"Key": "a", "Value": "1"}])
    client.add_tags(ResourceId=arn(account), TagsList=[{"Key": "b", "Value": "2"}])
    client.remove_tags(ResourceId=arn(account), TagsList=[{"Key": "a"}])
    found = client.list_tags(ResourceIdList=[arn(account)])["ResourceTagList"]
    assert found == [{"ResourceId": arn(account), "TagsList": [{"Key": "b", "Value": "2"}]}]
    refused("ResourceNotFoundException", client.list_tags, ResourceIdList=[arn(account, "none")])


@source("API reference: CreateTrail, CloudWatchLogsLogGroupArn and CloudWatchLogsRoleArn")
def test_log_group_and_role_are_the_owners(cloud: Cloud) -> None:
    account = management(cloud)
    cloud.client("logs").create_log_group(logGroupName="trail")
    group = f"arn:aws:logs:us-east-1:{account}:log-group:trail:*"
    role = cloud.client("iam").create_role(
        RoleName="logs", AssumeRolePolicyDocument=document(_without_resource(allow(SERVICE, "sts:AssumeRole", "*")))
    )["Role"]["Arn"]
    client = cloud.client("cloudtrail")
    wanted = {"Name": "trail", "S3BucketName": logs(cloud)}
    create = client.create_trail
    unknown = group.replace(":trail:", ":none:")
    refused(
        "InvalidCloudWatchLogsLogGroupArnException",
        create,
        **wanted,
        CloudWatchLogsLogGroupArn=unknown,
        CloudWatchLogsRoleArn=role,
    )
    refused(
        "InvalidCloudWatchLogsRoleArnException",
        create,
        **wanted,
        CloudWatchLogsLogGroupArn=group,
        CloudWatchLogsRoleArn=f"{role}-none",
    )
    create(**wanted, CloudWatchLogsLogGroupArn=group, CloudWatchLogsRoleArn=role)
    assert client.get_trail(Name="trail")["Trail"]["CloudWatchLogsLogGroupArn"] == group
    client.start_logging(Name="trail")
    assert "LatestCloudWatchLogsDeliveryTime" in client.get_trail_status(Name="trail")
    client.update_trail(Name="trail", CloudWatchLogsLogGroupArn="", CloudWatchLogsRoleArn="")
    assert "CloudWatchLogsLogGroupArn" not in client.get_trail(Name="trail")["Trail"]


def _without_resource(statement: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in statement.items() if name != "Resource"}


@source("User Guide: prepare for an organization trail; CloudTrailAccessNotEnabledException")
def test_an_organization_trail_needs_trusted_access(cloud: Cloud) -> None:
    name = logs(cloud, organization=True)
    refused(
        "CloudTrailAccessNotEnabledException",
        cloud.client("cloudtrail").create_trail,
        Name="trail",
        S3BucketName=name,
        IsOrganizationTrail=True,
    )


@source("User Guide: bucket policy of an organization trail, the path of the organization too")
def test_an_organization_trail_needs_both_paths(cloud: Cloud) -> None:
    cloud.trust(CLOUDTRAIL)
    refused(
        "InsufficientS3BucketPolicyException",
        cloud.client("cloudtrail").create_trail,
        Name="trail",
        S3BucketName=logs(cloud),
        IsOrganizationTrail=True,
    )


@source("API reference: NotOrganizationMasterAccountException, OrganizationsNotInUseException")
def test_members_make_no_organization_trail(cloud: Cloud) -> None:
    cloud.trust(CLOUDTRAIL)
    name, account = logs(cloud, organization=True), cloud.account("member")
    wanted = {"Name": "trail", "S3BucketName": name, "IsOrganizationTrail": True}
    refused("NotOrganizationMasterAccountException", cloud.client("cloudtrail", account).create_trail, **wanted)


@source("API reference: OrganizationsNotInUseException")
def test_an_account_alone_makes_no_organization_trail(empty: Cloud) -> None:
    bucket(empty, "trail-logs")
    wanted = {"Name": "trail", "S3BucketName": "trail-logs", "IsOrganizationTrail": True}
    refused("OrganizationsNotInUseException", empty.client("cloudtrail").create_trail, **wanted)


@source("User Guide: organization trails, members see the trail and cannot change it")
def test_members_see_the_organization_trail(cloud: Cloud) -> None:
    member, account = cloud.account("member"), management(cloud)
    organization_trail(cloud).start_logging(Name="trail")
    theirs = cloud.client("cloudtrail", member)
    found = theirs.describe_trails()["trailList"]
    assert [(trail["TrailARN"], trail["IsOrganizationTrail"]) for trail in found] == [(arn(account), True)]
    assert theirs.describe_trails(includeShadowTrails=False)["trailList"] == []
    assert cloud.client("cloudtrail", member, "eu-west-1").describe_trails()["trailList"]
    assert theirs.get_trail_status(Name=arn(account))["IsLogging"] is True
    for call in (theirs.update_trail, theirs.delete_trail, theirs.stop_logging):
        refused("NotOrganizationMasterAccountException", call, Name=arn(account))


@source("User Guide: service-linked roles, AWSServiceRoleForCloudTrail comes with an organization trail")
def test_the_service_linked_role_comes_with_it(cloud: Cloud) -> None:
    organization_trail(cloud)
    role = cloud.client("iam").get_role(RoleName="AWSServiceRoleForCloudTrail")["Role"]
    assert role["Path"] == "/aws-service-role/cloudtrail.amazonaws.com/"


@source("API reference: RegisterOrganizationDelegatedAdmin, DeregisterOrganizationDelegatedAdmin")
def test_delegated_administrators(cloud: Cloud) -> None:
    client, accounts = cloud.client("cloudtrail"), [cloud.account(f"a-{n}") for n in range(4)]
    register = client.register_organization_delegated_admin
    refused("CloudTrailAccessNotEnabledException", register, MemberAccountId=accounts[0])
    cloud.trust(CLOUDTRAIL)
    refused("CannotDelegateManagementAccountException", register, MemberAccountId=management(cloud))
    refused("AccountNotFoundException", register, MemberAccountId="999999999999")
    for account in accounts[:3]:
        register(MemberAccountId=account)
    refused("AccountRegisteredException", register, MemberAccountId=accounts[0])
    refused("DelegatedAdminAccountLimitExceededException", register, MemberAccountId=accounts[3])
    listed = cloud.organizations.list_delegated_administrators(ServicePrincipal=CLOUDTRAIL)
    assert {admin["Id"] for admin in listed["DelegatedAdministrators"]} == set(accounts[:3])
    theirs = cloud.client("cloudtrail", accounts[0])
    refused(
        "NotOrganizationManagementAccountException",
        theirs.register_organization_delegated_admin,
        MemberAccountId=accounts[3],
    )
    deregister = client.deregister_organization_delegated_admin
    deregister(DelegatedAdminAccountId=accounts[0])
    refused("AccountNotRegisteredException", deregister, DelegatedAdminAccountId=accounts[0])


@source("User Guide: delegated administrator, the management account owns the trail")
def test_a_trail_of_a_delegated_administrator_is_the_management_accounts(cloud: Cloud) -> None:
    account = cloud.account("security")
    cloud.trust(CLOUDTRAIL)
    cloud.client("cloudtrail").register_organization_delegated_admin(MemberAccountId=account)
    theirs = organization_trail(cloud, account)
    owner = arn(management(cloud))
    assert theirs.get_trail(Name=owner)["Trail"]["TrailARN"] == owner
    theirs.start_logging(Name=owner)
    assert cloud.client("cloudtrail").get_trail_status(Name="trail")["IsLogging"] is True


@source("API reference: NoManagementAccountSLRExistsException")
def test_registration_by_organizations_makes_no_role(cloud: Cloud) -> None:
    account = cloud.account("security")
    cloud.delegate(account, CLOUDTRAIL)
    refused(
        "NoManagementAccountSLRExistsException",
        cloud.client("cloudtrail", account).create_trail,
        Name="trail",
        S3BucketName=logs(cloud, organization=True),
        IsOrganizationTrail=True,
    )


@source("User Guide: CloudTrail Lake availability change, closed to new customers since 2026-05-31")
def test_cloudtrail_lake_is_closed(cloud: Cloud) -> None:
    client = cloud.client("cloudtrail")
    refused("OperationNotPermittedException", client.create_event_data_store, Name="lake")
    assert client.list_event_data_stores()["EventDataStores"] == []


@source("API reference: CreateTrail, SnsTopicName; InsufficientSnsTopicPolicyException")
def test_a_topic_lets_cloudtrail_publish(cloud: Cloud) -> None:
    topic = cloud.client("sns").create_topic(Name="trail")["TopicArn"]
    client = cloud.client("cloudtrail")
    wanted = {"Name": "trail", "S3BucketName": logs(cloud)}
    refused("InvalidSnsTopicNameException", client.create_trail, **wanted, SnsTopicName="none")
    refused("InsufficientSnsTopicPolicyException", client.create_trail, **wanted, SnsTopicName="trail")
    policy = json.loads(document(allow(SERVICE, "SNS:Publish", topic)))
    cloud.client("sns").set_topic_attributes(TopicArn=topic, AttributeName="Policy", AttributeValue=json.dumps(policy))
    assert client.create_trail(**wanted, SnsTopicName="trail")["SnsTopicARN"] == topic


@source("API reference: AdvancedFieldSelector, eventSource of management events")
@pytest.mark.parametrize("operator", [{"Equals": ["kms.amazonaws.com"]}, {"NotEquals": ["ec2.amazonaws.com"]}])
def test_of_management_events_two_services_can_be_left_out(cloud: Cloud, operator: dict[str, list[str]]) -> None:
    client = cloud.client("cloudtrail")
    client.create_trail(Name="trail", S3BucketName=logs(cloud))
    put, name = client.put_event_selectors, "eventSource"
    fields = [{"Field": "eventCategory", "Equals": ["Management"]}]
    wrong = [{"FieldSelectors": [*fields, {"Field": name, **operator}]}]
    refused("InvalidEventSelectorsException", put, TrailName="trail", AdvancedEventSelectors=wrong)
    right = [{"FieldSelectors": [*fields, {"Field": name, "NotEquals": ["kms.amazonaws.com"]}]}]
    put(TrailName="trail", AdvancedEventSelectors=right)
