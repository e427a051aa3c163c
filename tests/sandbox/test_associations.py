"""Associations of State Manager, patch baselines, syncs of inventory, logging of DNS queries: what AWS refuses (API references)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.cloud import Cloud, refused, source
from tests.sandbox.security import allow, bucket

EVERY = [{"Key": "InstanceIds", "Values": ["*"]}]


@source("ssm: CreateAssociation, UpdateAssociation, DeleteAssociation (API reference)")
@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"Name": "mine", "Targets": EVERY}, "InvalidDocument"),
        ({"Name": "AWS-RunPatchBaseline"}, "InvalidTarget"),
        (
            {"Name": "AWS-RunPatchBaseline", "Targets": EVERY, "ScheduleExpression": "rate(5 minutes)"},
            "InvalidSchedule",
        ),
        ({"Name": "AWS-RunPatchBaseline", "Targets": EVERY, "ScheduleExpression": "daily"}, "InvalidSchedule"),
    ],
)
def test_an_association_has_a_document_targets_and_a_schedule(cloud: Cloud, given: Any, code: str) -> None:
    refused(code, cloud.client("ssm").create_association, **given)


@source("ssm: UpdateAssociation: what is not given is taken away (API reference)")
def test_an_update_of_an_association_is_of_the_whole(cloud: Cloud) -> None:
    ssm = cloud.client("ssm")
    made = ssm.create_association(
        Name="AWS-RunPatchBaseline",
        AssociationName="nightly",
        Targets=EVERY,
        ScheduleExpression="rate(1 day)",
        MaxErrors="5%",
    )["AssociationDescription"]
    ssm.update_association(AssociationId=made["AssociationId"], Targets=EVERY)
    found = ssm.describe_association(AssociationId=made["AssociationId"])["AssociationDescription"]
    assert (found["AssociationName"], found["AssociationVersion"]) == ("nightly", "2")
    assert not {"ScheduleExpression", "MaxErrors"} & found.keys()
    ssm.delete_association(AssociationId=made["AssociationId"])
    refused("AssociationDoesNotExist", ssm.describe_association, AssociationId=made["AssociationId"])
    refused("AssociationDoesNotExist", ssm.start_associations_once, AssociationIds=[made["AssociationId"]])


@source("ssm: CreateResourceDataSync, ListResourceDataSync (API reference); a bucket in the Region that is named")
def test_a_sync_says_whether_the_bucket_lets_it_in(cloud: Cloud) -> None:
    ssm, where = cloud.client("ssm"), {"BucketName": "stock", "SyncFormat": "JsonSerDe", "Region": "us-east-1"}
    ssm.create_resource_data_sync(SyncName="a", S3Destination=where)
    refused("ResourceDataSyncAlreadyExistsException", ssm.create_resource_data_sync, SyncName="a", S3Destination=where)
    (found,) = ssm.list_resource_data_sync()["ResourceDataSyncItems"]
    assert found["LastStatus"] == "Failed"
    principal, arn = {"Service": "ssm.amazonaws.com"}, "arn:aws:s3:::stock"
    bucket(cloud, "stock", allow(principal, "s3:GetBucketAcl", arn), allow(principal, "s3:PutObject", f"{arn}/*"))
    (found,) = ssm.list_resource_data_sync()["ResourceDataSyncItems"]
    assert found["LastStatus"] == "Successful"
    ssm.delete_resource_data_sync(SyncName="a")
    refused("ResourceDataSyncNotFoundException", ssm.delete_resource_data_sync, SyncName="a")


@source("route53resolver: CreateResolverQueryLogConfig, DeleteResolverQueryLogConfig (API reference)")
def test_query_logs_go_where_they_are_let_in_and_end_without_vpcs(cloud: Cloud) -> None:
    resolver, arn = cloud.client("route53resolver"), "arn:aws:s3:::dns-queries"
    given = {"Name": "a", "DestinationArn": arn, "CreatorRequestId": "a"}
    refused("InvalidRequestException", resolver.create_resolver_query_log_config, **given)
    principal = {"Service": "delivery.logs.amazonaws.com"}
    bucket(cloud, "dns-queries", allow(principal, "s3:GetBucketAcl", arn), allow(principal, "s3:PutObject", f"{arn}/*"))
    id_ = resolver.create_resolver_query_log_config(**given)["ResolverQueryLogConfig"]["Id"]
    vpc = cloud.client("ec2").create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    mine = {"ResolverQueryLogConfigId": id_}
    resolver.associate_resolver_query_log_config(**mine, ResourceId=vpc)
    refused("ResourceExistsException", resolver.associate_resolver_query_log_config, **mine, ResourceId=vpc)
    refused("InvalidRequestException", resolver.delete_resolver_query_log_config, **mine)
    resolver.disassociate_resolver_query_log_config(**mine, ResourceId=vpc)
    refused("ResourceNotFoundException", resolver.disassociate_resolver_query_log_config, **mine, ResourceId=vpc)
    resolver.delete_resolver_query_log_config(**mine)


@source("ssm: PatchRule, RegisterDefaultPatchBaseline, DeletePatchBaseline, UpdatePatchBaseline (API reference)")
def test_a_patch_baseline_is_the_default_of_its_system(cloud: Cloud) -> None:
    ssm = cloud.client("ssm")
    security = {"PatchFilterGroup": {"PatchFilters": [{"Key": "CLASSIFICATION", "Values": ["Security"]}]}}
    undated, dated = {"PatchRules": [security]}, {"PatchRules": [{**security, "ApproveAfterDays": 7}]}
    refused("ValidationException", ssm.create_patch_baseline, Name="ours", ApprovalRules=undated)
    refused(
        "ValidationException", ssm.create_patch_baseline, Name="ours", OperatingSystem="UBUNTU", ApprovalRules=dated
    )
    made = ssm.create_patch_baseline(Name="ours", ApprovalRules=dated, Description="a")["BaselineId"]
    assert ssm.get_default_patch_baseline()["BaselineId"] != made
    ssm.register_default_patch_baseline(BaselineId=made)
    assert ssm.get_default_patch_baseline(OperatingSystem="WINDOWS")["BaselineId"] == made
    assert ssm.get_default_patch_baseline(OperatingSystem="SUSE")["BaselineId"] != made
    refused("ResourceInUseException", ssm.delete_patch_baseline, BaselineId=made)
    ssm.update_patch_baseline(BaselineId=made, RejectedPatches=["KB1"])
    assert ssm.get_patch_baseline(BaselineId=made)["Description"] == "a"
    ssm.update_patch_baseline(BaselineId=made, RejectedPatches=["KB1"], Replace=True)
    assert "Description" not in ssm.get_patch_baseline(BaselineId=made)
    gone = {"BaselineId": "pb-0123456789abcdef0"}
    refused("DoesNotExistException", ssm.get_patch_baseline, **gone)
    refused("DoesNotExistException", ssm.update_patch_baseline, **gone)
    refused("DoesNotExistException", ssm.register_default_patch_baseline, **gone)
    for _ in range(49):
        ssm.create_patch_baseline(Name="more")
    refused("ResourceLimitExceededException", ssm.create_patch_baseline, Name="more")


@source("ssm: CreateDocument (API reference): DocumentAlreadyExists, as of the preferences of sessions that are there")
def test_a_document_is_made_once(cloud: Cloud) -> None:
    given = {"Name": "SSM-SessionManagerRunShell", "DocumentType": "Session", "DocumentFormat": "JSON"}
    content = '{"schemaVersion":"1.0","sessionType":"Standard_Stream","inputs":{}}'
    cloud.client("ssm").create_document(**given, Content=content)
    refused("DocumentAlreadyExists", cloud.client("ssm").create_document, **given, Content=content)
