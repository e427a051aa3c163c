"""GuardDuty in one account, and what its detector holds (GuardDuty API reference and User Guide)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.cloud import Cloud, refused, source
from tests.sandbox.security import GUARDDUTY, allow, bucket, detector, key

PUBLISHER = {"Service": GUARDDUTY}


def features(client: Any, detector_id: str) -> dict[str, str]:
    found = client.get_detector(DetectorId=detector_id)["Features"]
    return {feature["Name"]: feature["Status"] for feature in found}


@source("API reference: CreateDetector, one detector per account per Region")
def test_a_second_detector_is_refused(cloud: Cloud) -> None:
    guardduty = cloud.client("guardduty")
    guardduty.create_detector(Enable=True)
    refused("BadRequestException", guardduty.create_detector, Enable=True)
    assert len(guardduty.list_detectors()["DetectorIds"]) == 1
    cloud.client("guardduty", region="eu-west-1").create_detector(Enable=True)


@source("API reference: CreateDetector, features that are not specified are enabled except RUNTIME_MONITORING")
def test_features_that_are_not_named_are_on(cloud: Cloud) -> None:
    guardduty = cloud.client("guardduty")
    made = guardduty.create_detector(Enable=True, Features=[{"Name": "S3_DATA_EVENTS", "Status": "DISABLED"}])
    found = features(guardduty, made["DetectorId"])
    assert found["S3_DATA_EVENTS"] == "DISABLED"
    assert found["RUNTIME_MONITORING"] == "DISABLED"
    for name in ("EKS_AUDIT_LOGS", "EBS_MALWARE_PROTECTION", "RDS_LOGIN_EVENTS", "LAMBDA_NETWORK_LOGS", "FLOW_LOGS"):
        assert found[name] == "ENABLED"


@source("API reference: UpdateDetector")
def test_an_update_merges(cloud: Cloud) -> None:
    guardduty = cloud.client("guardduty")
    made = guardduty.create_detector(Enable=True)["DetectorId"]
    guardduty.update_detector(DetectorId=made, Features=[{"Name": "EKS_AUDIT_LOGS", "Status": "DISABLED"}])
    guardduty.update_detector(DetectorId=made, FindingPublishingFrequency="ONE_HOUR")
    found = guardduty.get_detector(DetectorId=made)
    assert features(guardduty, made)["EKS_AUDIT_LOGS"] == "DISABLED"
    assert features(guardduty, made)["S3_DATA_EVENTS"] == "ENABLED"
    assert (found["FindingPublishingFrequency"], found["Status"]) == ("ONE_HOUR", "ENABLED")
    guardduty.update_detector(DetectorId=made, Enable=False)
    assert guardduty.get_detector(DetectorId=made)["Status"] == "DISABLED"


@source("API reference: DetectorAdditionalConfiguration")
def test_additional_configuration_reads_back(cloud: Cloud) -> None:
    guardduty = cloud.client("guardduty")
    made = guardduty.create_detector(Enable=True)["DetectorId"]
    part = {"Name": "EC2_AGENT_MANAGEMENT", "Status": "ENABLED"}
    feature = {"Name": "RUNTIME_MONITORING", "Status": "ENABLED", "AdditionalConfiguration": [part]}
    guardduty.update_detector(DetectorId=made, Features=[feature])
    found = {f["Name"]: f for f in guardduty.get_detector(DetectorId=made)["Features"]}["RUNTIME_MONITORING"]
    parts = {p["Name"]: p["Status"] for p in found["AdditionalConfiguration"]}
    assert found["Status"] == "ENABLED"
    assert parts == {
        "EKS_ADDON_MANAGEMENT": "DISABLED",
        "ECS_FARGATE_AGENT_MANAGEMENT": "DISABLED",
        "EC2_AGENT_MANAGEMENT": "ENABLED",
    }


@source("API reference: CreateDetector, both runtime monitoring features cause an error")
def test_two_kinds_of_runtime_monitoring_are_refused(cloud: Cloud) -> None:
    both = [{"Name": name, "Status": "ENABLED"} for name in ("EKS_RUNTIME_MONITORING", "RUNTIME_MONITORING")]
    refused("BadRequestException", cloud.client("guardduty").create_detector, Enable=True, Features=both)


@source("botocore: DetectorFeature; API reference: BadRequestException")
def test_an_unknown_feature_is_refused(cloud: Cloud) -> None:
    feature = [{"Name": "NO_SUCH_FEATURE", "Status": "ENABLED"}]
    refused("BadRequestException", cloud.client("guardduty").create_detector, Enable=True, Features=feature)


@source("API reference: CreateDetector, dataSources are the older form of features")
def test_data_sources_are_features(cloud: Cloud) -> None:
    guardduty = cloud.client("guardduty")
    made = guardduty.create_detector(Enable=True, DataSources={"S3Logs": {"Enable": False}})["DetectorId"]
    assert features(guardduty, made)["S3_DATA_EVENTS"] == "DISABLED"
    assert guardduty.get_detector(DetectorId=made)["DataSources"]["S3Logs"] == {"Status": "DISABLED"}


@source("API reference: BadRequestException; terraform-provider-aws issue 10925 has the message")
def test_another_accounts_detector_is_refused(cloud: Cloud) -> None:
    account = cloud.account("a")
    made = cloud.client("guardduty", account).create_detector(Enable=True)["DetectorId"]
    error = refused("BadRequestException", cloud.client("guardduty").get_detector, DetectorId=made)
    assert "is not owned by the current account" in str(error)


@source("API reference: DeleteDetector")
def test_a_detector_is_deleted(cloud: Cloud) -> None:
    guardduty = cloud.client("guardduty")
    made = guardduty.create_detector(Enable=True)["DetectorId"]
    guardduty.delete_detector(DetectorId=made)
    assert guardduty.list_detectors()["DetectorIds"] == []
    refused("BadRequestException", guardduty.get_detector, DetectorId=made)


@source("API reference: TagResource, UntagResource, ListTagsForResource")
def test_tags_of_a_detector(cloud: Cloud) -> None:
    guardduty = cloud.client("guardduty")
    made = guardduty.create_detector(Enable=True, Tags={"a": "1"})["DetectorId"]
    account = cloud.client("sts").get_caller_identity()["Account"]
    arn = f"arn:aws:guardduty:us-east-1:{account}:detector/{made}"
    guardduty.tag_resource(ResourceArn=arn, Tags={"b": "2"})
    guardduty.untag_resource(ResourceArn=arn, TagKeys=["a"])
    assert guardduty.list_tags_for_resource(ResourceArn=arn)["Tags"] == {"b": "2"}
    assert guardduty.get_detector(DetectorId=made)["Tags"] == {"b": "2"}
    refused("BadRequestException", guardduty.list_tags_for_resource, ResourceArn=arn[:-1])


@source("API reference: CreateFilter, GetFilter, UpdateFilter, ListFilters, DeleteFilter")
def test_filters(cloud: Cloud) -> None:
    guardduty = cloud.client("guardduty")
    made = guardduty.create_detector(Enable=True)["DetectorId"]
    criteria = {"Criterion": {"type": {"Equals": ["Recon:EC2/PortProbeUnprotectedPort"]}}}
    guardduty.create_filter(DetectorId=made, Name="low", FindingCriteria=criteria, Action="ARCHIVE")
    refused("BadRequestException", guardduty.create_filter, DetectorId=made, Name="low", FindingCriteria=criteria)
    guardduty.update_filter(DetectorId=made, FilterName="low", Description="noise")
    found = guardduty.get_filter(DetectorId=made, FilterName="low")
    assert (found["Action"], found["Description"], found["FindingCriteria"]) == ("ARCHIVE", "noise", criteria)
    guardduty.delete_filter(DetectorId=made, FilterName="low")
    assert guardduty.list_filters(DetectorId=made)["FilterNames"] == []
    refused("BadRequestException", guardduty.get_filter, DetectorId=made, FilterName="low")


@source("API reference: GetMalwareScanSettings, UpdateMalwareScanSettings, ScanCriterionKey")
def test_settings_of_malware_scans(cloud: Cloud) -> None:
    guardduty = cloud.client("guardduty")
    of = {"DetectorId": guardduty.create_detector(Enable=True)["DetectorId"]}
    assert guardduty.get_malware_scan_settings(**of)["EbsSnapshotPreservation"] == "NO_RETENTION"
    guardduty.update_malware_scan_settings(**of, EbsSnapshotPreservation="RETENTION_WITH_FINDING")
    never = {"EC2_INSTANCE_TAG": {"MapEquals": [{"Key": "scan", "Value": "never"}]}}
    guardduty.update_malware_scan_settings(**of, ScanResourceCriteria={"Exclude": never})
    found = guardduty.get_malware_scan_settings(**of)
    assert found["EbsSnapshotPreservation"] == "RETENTION_WITH_FINDING"
    assert found["ScanResourceCriteria"] == {"Exclude": never}
    other = {"Include": {"ACCOUNT": {"MapEquals": [{"Key": "a"}]}}}
    refused("BadRequestException", guardduty.update_malware_scan_settings, **of, ScanResourceCriteria=other)


@source("User Guide: quotas, one trusted IP list")
def test_one_trusted_ip_list(cloud: Cloud) -> None:
    guardduty = cloud.client("guardduty")
    made = guardduty.create_detector(Enable=True)["DetectorId"]
    wanted = {"DetectorId": made, "Name": "ips", "Format": "TXT", "Location": "s3://b/ips.txt", "Activate": True}
    ip_set = guardduty.create_ip_set(**wanted)["IpSetId"]
    refused("BadRequestException", guardduty.create_ip_set, **wanted)
    assert guardduty.get_ip_set(DetectorId=made, IpSetId=ip_set)["Status"] == "ACTIVE"
    guardduty.update_ip_set(DetectorId=made, IpSetId=ip_set, Activate=False)
    assert guardduty.get_ip_set(DetectorId=made, IpSetId=ip_set)["Status"] == "INACTIVE"
    guardduty.delete_ip_set(DetectorId=made, IpSetId=ip_set)
    assert guardduty.list_ip_sets(DetectorId=made)["IpSetIds"] == []


@source("API reference: CreateSampleFindings, ListFindings, GetFindings, ArchiveFindings")
def test_findings_are_listed_by_criteria(cloud: Cloud) -> None:
    guardduty = cloud.client("guardduty")
    made = guardduty.create_detector(Enable=True)["DetectorId"]
    types = ["Recon:EC2/PortProbeUnprotectedPort", "Backdoor:EC2/C&CActivity.B"]
    guardduty.create_sample_findings(DetectorId=made, FindingTypes=types)
    severe = guardduty.list_findings(DetectorId=made, FindingCriteria={"Criterion": {"severity": {"Gte": 7}}})
    found = guardduty.get_findings(DetectorId=made, FindingIds=severe["FindingIds"])["Findings"]
    assert [finding["Type"] for finding in found] == types[1:]
    guardduty.archive_findings(DetectorId=made, FindingIds=severe["FindingIds"])
    current = {"Criterion": {"service.archived": {"Eq": ["false"]}}}
    assert len(guardduty.list_findings(DetectorId=made, FindingCriteria=current)["FindingIds"]) == 1
    assert len(guardduty.list_findings(DetectorId=made)["FindingIds"]) == 2


def admitting(name: str) -> list[dict[str, Any]]:
    return [
        allow(PUBLISHER, "s3:GetBucketLocation", f"arn:aws:s3:::{name}"),
        allow(PUBLISHER, "s3:PutObject", f"arn:aws:s3:::{name}/*"),
    ]


EXPORT = "User Guide: exporting findings, policies of the KMS key and the bucket"


@source(EXPORT)
def test_findings_are_exported_where_bucket_and_key_let_guardduty_in(cloud: Cloud) -> None:
    guardduty = cloud.client("guardduty")
    made = guardduty.create_detector(Enable=True)["DetectorId"]
    name = bucket(cloud, "findings", *admitting("findings"))
    arn = key(cloud, allow(PUBLISHER, "kms:GenerateDataKey", "*"))
    properties = {"DestinationArn": f"arn:aws:s3:::{name}", "KmsKeyArn": arn}
    wanted = {"DetectorId": made, "DestinationType": "S3", "DestinationProperties": properties}
    destination = guardduty.create_publishing_destination(**wanted)["DestinationId"]
    listed = guardduty.list_publishing_destinations(DetectorId=made)["Destinations"]
    assert listed[0]["Status"] == "PENDING_VERIFICATION"
    found = guardduty.describe_publishing_destination(DetectorId=made, DestinationId=destination)
    assert (found["Status"], found["DestinationProperties"]) == ("PUBLISHING", properties)
    refused("BadRequestException", guardduty.create_publishing_destination, **wanted)
    cloud.client("s3").delete_bucket_policy(Bucket=name)
    found = guardduty.describe_publishing_destination(DetectorId=made, DestinationId=destination)
    assert found["Status"] == "UNABLE_TO_PUBLISH_FIX_DESTINATION_PROPERTY"
    assert found["PublishingFailureStartTimestamp"] > 0
    guardduty.delete_publishing_destination(DetectorId=made, DestinationId=destination)
    assert guardduty.list_publishing_destinations(DetectorId=made)["Destinations"] == []


@source(EXPORT)
@pytest.mark.parametrize("flaw", ["bucket policy", "key policy", "no bucket", "no key", "region", "source account"])
def test_an_export_that_would_fail_is_refused(cloud: Cloud, flaw: str) -> None:
    guardduty = cloud.client("guardduty")
    made = guardduty.create_detector(Enable=True)["DetectorId"]
    region = "eu-west-1" if flaw == "region" else "us-east-1"
    granted = allow(PUBLISHER, "kms:GenerateDataKey", "*")
    arn = key(cloud, *([] if flaw == "key policy" else [granted]), region=region)
    statements = admitting("findings")
    if flaw == "bucket policy":
        statements = statements[:1]
    if flaw == "source account":
        statements[1]["Condition"] = {"StringEquals": {"aws:SourceAccount": "999999999999"}}
    bucket(cloud, "findings", *statements)
    properties = {
        "DestinationArn": "arn:aws:s3:::" + ("nobody-has-this" if flaw == "no bucket" else "findings"),
        "KmsKeyArn": arn[:-4] + "0000" if flaw == "no key" else arn,
    }
    refused(
        "BadRequestException",
        guardduty.create_publishing_destination,
        DetectorId=made,
        DestinationType="S3",
        DestinationProperties=properties,
    )
    assert guardduty.list_publishing_destinations(DetectorId=detector(cloud))["Destinations"] == []
