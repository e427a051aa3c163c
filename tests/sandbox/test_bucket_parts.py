"""How templates spell the parts of a bucket, and how the S3 API does (Template reference, S3 API reference)."""

from __future__ import annotations

from typing import Any

import pytest

from landing.sandbox.services.cloudformation.types.s3_parts import PARTS, Simple

SIMPLE = {part.name: part for part in PARTS if isinstance(part, Simple)}
RULE = {"Status": "Enabled"}
KEY = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": "key"}
FILTER = {"Rules": [{"Name": "prefix", "Value": "a/"}]}

BOTH_WAYS = [
    ("AccelerateConfiguration", {"AccelerationStatus": "Enabled"}, {"Status": "Enabled"}),
    ("BucketEncryption",
        {"ServerSideEncryptionConfiguration": [{"BucketKeyEnabled": True, "ServerSideEncryptionByDefault": KEY}]},
        {"Rules": [{"BucketKeyEnabled": True, "ApplyServerSideEncryptionByDefault": KEY}]}),
    ("CorsConfiguration",
        {"CorsRules": [{"AllowedMethods": ["GET"], "AllowedOrigins": ["*"], "ExposedHeaders": ["x"], "Id": "a",
                        "MaxAge": 3}]},
        {"CORSRules": [{"AllowedMethods": ["GET"], "AllowedOrigins": ["*"], "ExposeHeaders": ["x"], "ID": "a",
                        "MaxAgeSeconds": 3}]}),
    ("LoggingConfiguration", {"DestinationBucketName": "logs", "LogFilePrefix": "a/"},
        {"LoggingEnabled": {"TargetBucket": "logs", "TargetPrefix": "a/"}}),
    ("LoggingConfiguration", {"DestinationBucketName": "logs", "LogFilePrefix": "", "TargetObjectKeyFormat": {"S": {}}},
        {"LoggingEnabled": {"TargetBucket": "logs", "TargetPrefix": "", "TargetObjectKeyFormat": {"S": {}}}}),
    ("NotificationConfiguration",
        {"TopicConfigurations": [{"Topic": "t", "Event": "s3:ObjectCreated:*", "Filter": {"S3Key": FILTER}}],
         "QueueConfigurations": [{"Queue": "q", "Event": "s3:ObjectRemoved:*"}],
         "LambdaConfigurations": [{"Function": "f", "Event": "s3:ObjectCreated:Put"}],
         "EventBridgeConfiguration": {"EventBridgeEnabled": True}},
        {"TopicConfigurations": [{"TopicArn": "t", "Events": ["s3:ObjectCreated:*"],
                                  "Filter": {"Key": {"FilterRules": FILTER["Rules"]}}}],
         "QueueConfigurations": [{"QueueArn": "q", "Events": ["s3:ObjectRemoved:*"]}],
         "LambdaFunctionConfigurations": [{"LambdaFunctionArn": "f", "Events": ["s3:ObjectCreated:Put"]}],
         "EventBridgeConfiguration": {}}),
    ("LifecycleConfiguration",
        {"Rules": [{**RULE, "Id": "a", "Prefix": "a/", "ExpirationInDays": 30}]},
        {"Rules": [{**RULE, "ID": "a", "Filter": {"Prefix": "a/"}, "Expiration": {"Days": 30}}]}),
    ("LifecycleConfiguration",
        {"Rules": [{**RULE, "TagFilters": [{"Key": "k", "Value": "v"}], "ExpirationDate": "2030-01-01",
                    "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7}}]},
        {"Rules": [{**RULE, "Filter": {"Tag": {"Key": "k", "Value": "v"}}, "Expiration": {"Date": "2030-01-01"},
                    "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7}}]}),
    ("LifecycleConfiguration",
        {"Rules": [{**RULE, "ObjectSizeGreaterThan": "1", "ObjectSizeLessThan": "9",
                    "TagFilters": [{"Key": "k", "Value": "v"}], "ExpiredObjectDeleteMarker": True}]},
        {"Rules": [{**RULE, "Filter": {"And": {"ObjectSizeGreaterThan": 1, "ObjectSizeLessThan": 9,
                                                "Tags": [{"Key": "k", "Value": "v"}]}},
                    "Expiration": {"ExpiredObjectDeleteMarker": True}}]}),
    ("LifecycleConfiguration",
        {"Rules": [{**RULE, "Transitions": [{"TransitionInDays": 30, "StorageClass": "GLACIER"},
                                            {"TransitionDate": "2030-01-01", "StorageClass": "DEEP_ARCHIVE"}],
                    "NoncurrentVersionTransitions": [{"TransitionInDays": 7, "NewerNoncurrentVersions": 2,
                                                      "StorageClass": "GLACIER"}]}]},
        {"Rules": [{**RULE, "Filter": {"Prefix": ""},
                    "Transitions": [{"Days": 30, "StorageClass": "GLACIER"},
                                    {"Date": "2030-01-01", "StorageClass": "DEEP_ARCHIVE"}],
                    "NoncurrentVersionTransitions": [{"NoncurrentDays": 7, "NewerNoncurrentVersions": 2,
                                                      "StorageClass": "GLACIER"}]}]}),
    ("Tags", [{"Key": "k", "Value": "v"}], {"TagSet": [{"Key": "k", "Value": "v"}]}),
]  # fmt: skip
ONE_WAY = [
    ("LifecycleConfiguration",
        {"Rules": [{**RULE, "Transition": {"TransitionInDays": 1, "StorageClass": "GLACIER"},
                    "NoncurrentVersionExpirationInDays": 3,
                    "NoncurrentVersionTransition": {"TransitionInDays": 2, "StorageClass": "GLACIER"}}]},
        {"Rules": [{**RULE, "Filter": {"Prefix": ""}, "Transitions": [{"Days": 1, "StorageClass": "GLACIER"}],
                    "NoncurrentVersionExpiration": {"NoncurrentDays": 3},
                    "NoncurrentVersionTransitions": [{"NoncurrentDays": 2, "StorageClass": "GLACIER"}]}]}),
    ("LoggingConfiguration", {}, {"LoggingEnabled": {"TargetBucket": "", "TargetPrefix": ""}}),
    ("NotificationConfiguration", {"EventBridgeConfiguration": {"EventBridgeEnabled": False}}, {}),
]  # fmt: skip


@pytest.mark.parametrize(("name", "template", "api"), [*BOTH_WAYS, *ONE_WAY])
def test_a_part_is_sent_as_the_api_spells_it(name: str, template: Any, api: Any) -> None:
    assert SIMPLE[name].to(template) == api


@pytest.mark.parametrize(("name", "template", "api"), BOTH_WAYS)
def test_a_part_is_read_as_the_template_spells_it(name: str, template: Any, api: Any) -> None:
    assert SIMPLE[name].of(api) == template


def test_both_forms_of_noncurrent_expiration_are_read() -> None:
    api = {"Rules": [{**RULE, "Filter": {"Prefix": ""}, "NoncurrentVersionExpiration": {"NoncurrentDays": 3}}]}
    (rule,) = SIMPLE["LifecycleConfiguration"].of(api)["Rules"]
    assert rule["NoncurrentVersionExpiration"] == {"NoncurrentDays": 3}
    assert rule["NoncurrentVersionExpirationInDays"] == 3


def test_what_is_not_configured_reads_as_nothing() -> None:
    for name in ("AccelerateConfiguration", "LoggingConfiguration", "NotificationConfiguration"):
        assert not SIMPLE[name].of({})
