"""The delivery channel: where snapshots and changes go, and whether the bucket lets them in.

Developer Guide, "Permissions for the Amazon S3 Bucket for the AWS Config Delivery Channel": a recorder with the
service-linked role delivers as config.amazonaws.com, one with a role of the customer's as that role.
"""

from __future__ import annotations

import re
from typing import Any

from landing.sandbox.authorization import delivery
from landing.sandbox.moto import upstream
from landing.sandbox.protocol.refusal import Refusal
from landing.sandbox.services.call import Call
from landing.sandbox.services.config.state import here, required_recorder

PRINCIPAL = "config.amazonaws.com"
NAME = re.compile(r"[\w\-.]{1,256}")


def put_delivery_channel(call: Call) -> None:
    """After a recorder, to a bucket that admits it (API reference, PutDeliveryChannel)."""
    required_recorder(call)
    wanted, place = dict(call["DeliveryChannel"]), here(call)
    name = wanted.setdefault("name", "default")
    if not NAME.fullmatch(name):
        raise Refusal("InvalidDeliveryChannelNameException", f"The delivery channel name '{name}' is not valid.")
    if place.channel is not None and place.channel["name"] != name:
        raise Refusal(
            "MaxNumberOfDeliveryChannelsExceededException",
            f"Failed to put delivery channel '{name}' because the maximum number of delivery channels: 1 is reached.",
        )
    bucket = wanted.get("s3BucketName")
    if not bucket or delivery.bucket(bucket) is None:
        raise Refusal("NoSuchBucketException", f"Cannot find a S3 bucket with an empty or unknown name: '{bucket}'.")
    if wanted.get("s3KeyPrefix") == "":
        raise Refusal("InvalidS3KeyPrefixException", "The specified S3 key prefix '' is not valid")
    _check_key_and_topic(call, wanted)
    if (problem := _problem(call, wanted)) is not None:
        raise Refusal("InsufficientDeliveryPolicyException", problem)
    place.channel = wanted


def _check_key_and_topic(call: Call, wanted: dict[str, Any]) -> None:
    key_arn, topic = wanted.get("s3KmsKeyArn"), wanted.get("snsTopicARN")
    if key_arn is not None:
        bucket, key = (
            delivery.bucket(wanted["s3BucketName"]),
            delivery.key(call.world, key_arn, call.account, call.region),
        )
        if key is None or bucket is None or key.region != bucket.region_name:
            raise Refusal("InvalidS3KmsKeyArnException", f"The specified KMS key ARN '{key_arn}' is not valid.")
    if topic is not None:
        parts = topic.split(":")
        if len(parts) != 6 or topic not in upstream.backend("sns", parts[4], parts[3]).topics:
            raise Refusal("InvalidSNSTopicARNException", f"The specified SNS topic ARN '{topic}' is not valid.")


def delivery_problem(call: Call) -> str | None:
    """Why the channel as it is cannot deliver now; None if it can, or if there is none."""
    channel = here(call).channel
    return None if channel is None else _problem(call, channel)


def _problem(call: Call, channel: dict[str, Any]) -> str | None:
    recorder, name = here(call).recorder, channel["s3BucketName"]
    bucket = delivery.bucket(name)
    if recorder is None:
        return None
    if bucket is None:
        return f"The S3 bucket {name} does not exist."
    is_linked = f"/aws-service-role/{PRINCIPAL}/" in recorder.role
    source = call.arn("*")
    who = (
        delivery.service(call.world, PRINCIPAL, call.account, source)
        if is_linked
        else delivery.role(call.world, recorder.role)
    )
    prefix = f"{channel['s3KeyPrefix']}/" if channel.get("s3KeyPrefix") else ""
    target = f"{prefix}AWSLogs/{call.account}/Config/ConfigWritabilityCheckFile"
    allowed = delivery.bucket_admits(call.world, name, who, "s3:GetBucketAcl") and delivery.bucket_admits(
        call.world, name, who, "s3:PutObject", key=target, context=delivery.BUCKET_OWNER_CONTROL
    )
    if not allowed:
        return f"Insufficient delivery policy to s3 bucket: {name}, unable to write to bucket."
    key = channel.get("s3KmsKeyArn") or _default_key(bucket)
    if key is not None:
        found = delivery.key(call.world, key, bucket.account_id, bucket.region_name)
        if found is None or not delivery.key_admits(found, who, "kms:GenerateDataKey"):
            return f"Insufficient delivery policy to s3 bucket: {name}, the KMS key does not allow it."
    return None


def _default_key(bucket: Any) -> str | None:
    """The customer key that the bucket encrypts with by default."""
    rule = (bucket.encryption or {}).get("Rule") or {}
    rule = rule[0] if isinstance(rule, list) else rule
    default = rule.get("ApplyServerSideEncryptionByDefault") or {}
    return default.get("KMSMasterKeyID") if default.get("SSEAlgorithm") == "aws:kms" else None


def _selected(call: Call) -> list[dict[str, Any]]:
    channel, names = here(call).channel, call.get("DeliveryChannelNames")
    if names:
        return [_found(call, name) for name in names]
    return [] if channel is None else [channel]


def _found(call: Call, name: str) -> dict[str, Any]:
    channel = here(call).channel
    if channel is None or channel["name"] != name:
        raise Refusal("NoSuchDeliveryChannelException", f"Cannot find delivery channel with specified name '{name}'.")
    return channel


def describe_delivery_channels(call: Call) -> dict[str, Any]:
    """API reference, DescribeDeliveryChannels."""
    return {"DeliveryChannels": _selected(call)}


def describe_delivery_channel_status(call: Call) -> dict[str, Any]:
    """As the bucket would have it now (API reference, DescribeDeliveryChannelStatus)."""
    problem = delivery_problem(call)
    status = {
        "lastStatus": "FAILURE" if problem else "SUCCESS",
        "lastErrorCode": problem and "AccessDenied",
        "lastErrorMessage": problem,
    }
    return {
        "DeliveryChannelsStatus": [
            {
                "name": channel["name"],
                "configSnapshotDeliveryInfo": status,
                "configHistoryDeliveryInfo": status,
                "configStreamDeliveryInfo": status if channel.get("snsTopicARN") else {"lastStatus": "NOT_APPLICABLE"},
            }
            for channel in _selected(call)
        ]
    }


def delete_delivery_channel(call: Call) -> None:
    """Not while the recorder runs (API reference, DeleteDeliveryChannel)."""
    _found(call, call["DeliveryChannelName"])
    place = here(call)
    if place.recorder is not None and place.recorder.is_recording:
        raise Refusal(
            "LastDeliveryChannelDeleteFailedException",
            "Failed to delete last specified delivery channel because there is a running configuration recorder.",
        )
    place.channel = None


def deliver_config_snapshot(call: Call) -> dict[str, Any]:
    """With a running recorder (API reference, DeliverConfigSnapshot)."""
    _found(call, call["deliveryChannelName"])
    if not required_recorder(call).is_recording:
        raise Refusal("NoRunningConfigurationRecorderException", "There is no configuration recorder running.")
    return {"configSnapshotId": call.world.uuid()}
