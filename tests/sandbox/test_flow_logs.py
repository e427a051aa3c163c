"""Flow logs of a VPC to a bucket (VPC User Guide, "Publish flow logs to Amazon S3")."""

from __future__ import annotations

from typing import Any

from tests.sandbox.cloud import Cloud, refused, source
from tests.sandbox.security import allow, bucket, key

PRINCIPAL = {"Service": "delivery.logs.amazonaws.com"}
CONTROL = {"s3:x-amz-acl": "bucket-owner-full-control"}


def _vpc(cloud: Cloud, account: str) -> str:
    return str(cloud.client("ec2", account).create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"])


def _log(cloud: Cloud, account: str, vpc: str, to: str = "vpc-logs") -> Any:
    ec2 = cloud.client("ec2", account)
    return ec2.create_flow_logs(
        ResourceType="VPC", ResourceIds=[vpc], TrafficType="ALL", LogDestinationType="s3",
        LogDestination=f"arn:aws:s3:::{to}",
    )  # fmt: skip


def _open(cloud: Cloud, organization: str) -> None:
    where = {"aws:SourceOrgID": organization}
    bucket(
        cloud, "vpc-logs",
        allow(PRINCIPAL, "s3:GetBucketAcl", "arn:aws:s3:::vpc-logs", StringEquals=where),
        allow(PRINCIPAL, "s3:PutObject", "arn:aws:s3:::vpc-logs/AWSLogs/*", StringEquals={**where, **CONTROL}),
    )  # fmt: skip


@source("VPC User Guide: Amazon S3 bucket permissions for flow logs; IAM User Guide: aws:SourceOrgID")
def test_the_bucket_of_another_account_must_let_the_organization_in(cloud: Cloud) -> None:
    member = cloud.account("shop")
    vpc = _vpc(cloud, member)
    (error,) = _log(cloud, member, vpc)["Unsuccessful"]
    assert (error["ResourceId"], error["Error"]["Message"]) == (vpc, "LogDestination: vpc-logs is undeliverable")
    _open(cloud, "o-another000")
    assert _log(cloud, member, vpc)["FlowLogIds"] == []
    cloud.client("s3").delete_bucket(Bucket="vpc-logs")
    _open(cloud, cloud.organizations.describe_organization()["Organization"]["Id"])
    (made,) = _log(cloud, member, vpc)["FlowLogIds"]
    (found,) = cloud.client("ec2", member).describe_flow_logs(FlowLogIds=[made])["FlowLogs"]
    assert (found["ResourceId"], found["LogDestinationType"], found["FlowLogStatus"]) == (vpc, "s3", "ACTIVE")
    refused("FlowLogAlreadyExists", lambda: _log(cloud, member, vpc))


@source("VPC User Guide: Required key policy for use with SSE-KMS; a key of AWS's own is nobody else's to use")
def test_the_key_of_the_bucket_must_let_log_delivery_use_it(cloud: Cloud) -> None:
    member = cloud.account("shop")
    vpc = _vpc(cloud, member)
    organization = cloud.organizations.describe_organization()["Organization"]["Id"]
    _open(cloud, organization)
    closed = key(cloud)
    opened = key(cloud, allow(PRINCIPAL, "kms:GenerateDataKey*", "*", StringEquals={"aws:SourceOrgID": organization}))
    for given, made in (({}, 0), ({"KMSMasterKeyID": closed}, 0), ({"KMSMasterKeyID": opened}, 1)):
        rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", **given}}
        cloud.client("s3").put_bucket_encryption(Bucket="vpc-logs", ServerSideEncryptionConfiguration={"Rules": [rule]})
        assert len(_log(cloud, member, vpc)["FlowLogIds"]) == made, given
