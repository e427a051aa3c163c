"""Log groups, their retention, keys and metric filters (CloudWatch Logs User Guide and API reference)."""

from __future__ import annotations

import time
from typing import Any

import pytest

from tests.sandbox import security
from tests.sandbox.cloud import Cloud, refused, source

GROUP = {"logGroupName": "trail"}
METRIC = [{"metricName": "m", "metricNamespace": "n", "metricValue": "1"}]


def group(cloud: Cloud) -> Any:
    logs = cloud.client("logs")
    logs.create_log_group(**GROUP)
    return logs


def shown(cloud: Cloud) -> dict[str, Any]:
    found: dict[str, Any] = cloud.client("logs").describe_log_groups()["logGroups"][0]
    return found


def service_key(cloud: Cloud, **condition: Any) -> str:
    who = {"Service": "logs.us-east-1.amazonaws.com"}
    return security.key(cloud, security.allow(who, ["kms:Encrypt*", "kms:Decrypt*"], "*", **condition))


@source("logs: PutRetentionPolicy, DeleteRetentionPolicy (API reference)")
@pytest.mark.parametrize("days", [1, 2557, 3653])
def test_retention_is_set_and_taken_away(cloud: Cloud, days: int) -> None:
    logs = group(cloud)
    assert "retentionInDays" not in shown(cloud)
    logs.put_retention_policy(**GROUP, retentionInDays=days)
    assert shown(cloud)["retentionInDays"] == days
    logs.delete_retention_policy(**GROUP)
    assert "retentionInDays" not in shown(cloud)


@source("logs: PutRetentionPolicy (API reference): the possible values of retentionInDays")
@pytest.mark.parametrize("days", [0, 4, 2555, 3654])
def test_there_are_only_so_many_periods(cloud: Cloud, days: int) -> None:
    refused("InvalidParameterException", group(cloud).put_retention_policy, **GROUP, retentionInDays=days)


@source("logs: PutRetentionPolicy (API reference), ResourceNotFoundException")
def test_retention_needs_its_group(cloud: Cloud) -> None:
    put = cloud.client("logs").put_retention_policy
    refused("ResourceNotFoundException", put, **GROUP, retentionInDays=1)


@source("CloudWatch Logs User Guide, Encrypt log data in CloudWatch Logs using KMS")
def test_a_group_is_made_with_a_key_that_lets_the_service_in(cloud: Cloud) -> None:
    arn = service_key(cloud)
    cloud.client("logs").create_log_group(**GROUP, kmsKeyId=arn)
    assert shown(cloud)["kmsKeyId"] == arn


@source("CloudWatch Logs User Guide, Encrypt log data: kms:EncryptionContext:aws:logs:arn")
@pytest.mark.parametrize(("name", "fits"), [("trail", True), ("other", False)])
def test_a_key_may_be_for_one_group(cloud: Cloud, name: str, fits: bool) -> None:
    account = cloud.client("sts").get_caller_identity()["Account"]
    wanted = f"arn:aws:logs:us-east-1:{account}:log-group:trail"
    arn = service_key(cloud, ArnEquals={"kms:EncryptionContext:aws:logs:arn": wanted})
    create = cloud.client("logs").create_log_group
    if fits:
        create(logGroupName=name, kmsKeyId=arn)
        assert shown(cloud)["kmsKeyId"] == arn
    else:
        refused("InvalidParameterException", create, logGroupName=name, kmsKeyId=arn)


@source("logs: CreateLogGroup, AssociateKmsKey (API reference): if the KMS key doesn't exist or is disabled")
def test_a_key_must_exist_and_work(cloud: Cloud) -> None:
    logs, closed, off = group(cloud), security.key(cloud), service_key(cloud)
    cloud.client("kms").disable_key(KeyId=off)
    gone = f"{off.rpartition('/')[0]}/11111111-1111-1111-1111-111111111111"
    for arn in (closed, off, gone):
        refused("InvalidParameterException", logs.associate_kms_key, **GROUP, kmsKeyId=arn)
    assert "kmsKeyId" not in shown(cloud)


@source("logs: AssociateKmsKey, DisassociateKmsKey (API reference)")
@pytest.mark.parametrize("by_arn", [False, True])
def test_a_key_is_associated_and_disassociated(cloud: Cloud, by_arn: bool) -> None:
    logs, arn = group(cloud), service_key(cloud)
    named = {"resourceIdentifier": shown(cloud)["logGroupArn"]} if by_arn else GROUP
    logs.associate_kms_key(**named, kmsKeyId=arn)
    assert shown(cloud)["kmsKeyId"] == arn
    logs.disassociate_kms_key(**named)
    assert "kmsKeyId" not in shown(cloud)


@source("logs: AssociateKmsKey, DisassociateKmsKey (API reference): logGroupName or resourceIdentifier")
def test_a_key_needs_to_know_its_group(cloud: Cloud) -> None:
    logs = group(cloud)
    refused("InvalidParameterException", logs.disassociate_kms_key)
    refused("ResourceNotFoundException", logs.disassociate_kms_key, logGroupName="none")


@source("logs: PutMetricFilter (API reference): creates or updates; ResourceNotFoundException")
def test_a_filter_is_replaced_by_its_name(cloud: Cloud) -> None:
    logs = group(cloud)
    for pattern in ("{ $.a = 1 }", "{ $.b = 2 }"):
        logs.put_metric_filter(**GROUP, filterName="f", filterPattern=pattern, metricTransformations=METRIC)
    (found,) = logs.describe_metric_filters(**GROUP)["metricFilters"]
    assert found["filterPattern"] == "{ $.b = 2 }"
    orphan = {"logGroupName": "none", "filterName": "f", "filterPattern": "", "metricTransformations": METRIC}
    refused("ResourceNotFoundException", logs.put_metric_filter, **orphan)


@source("logs: DescribeMetricFilters (API reference): limit, nextToken; ResourceNotFoundException")
def test_filters_have_pages(cloud: Cloud) -> None:
    logs = group(cloud)
    for name in "abc":
        logs.put_metric_filter(**GROUP, filterName=name, filterPattern="", metricTransformations=METRIC)
    first = logs.describe_metric_filters(**GROUP, limit=2)
    second = logs.describe_metric_filters(**GROUP, limit=2, nextToken=first["nextToken"])
    assert [f["filterName"] for page in (first, second) for f in page["metricFilters"]] == ["a", "b", "c"]
    assert "nextToken" not in second
    refused("InvalidParameterException", logs.describe_metric_filters, nextToken="mine")
    refused("ResourceNotFoundException", logs.describe_metric_filters, logGroupName="none")


@source(
    "CloudWatch Logs User Guide, Filter pattern syntax: Using metric filters to extract values from JSON log events"
)
@pytest.mark.parametrize(
    ("pattern", "fits"),
    [
        ('{ $.a = "x*" }', [1, 3]),
        ("{ $.a = x1 || $.b.c = 2 }", [1, 2]),
        ("{ ($.a = x*) && ($.b.c NOT EXISTS) }", [3]),
        ("{ $.b.c EXISTS }", [1, 2]),
        ("{ $.b.c > 1 }", [2]),
        ('{ $.a != "x1" }', [2, 3]),
        ("{ $.flag = true }", [3]),
    ],
)
def test_a_message_is_held_against_a_filter(cloud: Cloud, pattern: str, fits: list[int]) -> None:
    messages = ['{"a": "x1", "b": {"c": 1}}', '{"a": "y", "b": {"c": 2}}', '{"a": "x2", "flag": true}', "no JSON"]
    found = cloud.client("logs").test_metric_filter(filterPattern=pattern, logEventMessages=messages)["matches"]
    assert [each["eventNumber"] for each in found] == fits


@source("logs: TestMetricFilter (API reference), InvalidParameterException")
@pytest.mark.parametrize("pattern", ["{ $.a = }", "{ ($.a = 1 }", "{ a = 1 }", "{ $.a = 1 } x"])
def test_what_is_no_filter_is_refused(cloud: Cloud, pattern: str) -> None:
    tried = cloud.client("logs").test_metric_filter
    refused("InvalidParameterException", tried, filterPattern=pattern, logEventMessages=["{}"])


@source("logs: FilterLogEvents (API reference): filterPattern; User Guide: Filter pattern syntax")
def test_events_are_found_by_a_pattern(cloud: Cloud) -> None:
    logs, now = group(cloud), int(time.time() * 1000)
    logs.create_log_stream(**GROUP, logStreamName="s")
    events = [{"timestamp": now, "message": message} for message in ('{"a": "x", "b": 1}', '{"a": "y"}', "no json")]
    logs.put_log_events(**GROUP, logStreamName="s", logEvents=events)
    found = logs.filter_log_events(**GROUP, filterPattern='{($.a = "x") && ($.b = 1)}')["events"]
    assert [each["message"] for each in found] == ['{"a": "x", "b": 1}']
    assert len(logs.filter_log_events(**GROUP)["events"]) == 3
    refused("InvalidParameterException", logs.filter_log_events, **GROUP, filterPattern="{ $.a = }")
