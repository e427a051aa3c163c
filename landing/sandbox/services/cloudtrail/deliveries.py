"""Whether bucket, key, topic and log group of a trail let CloudTrail in.

User Guide, "Amazon S3 bucket policy for CloudTrail", "Configure AWS KMS key policies for CloudTrail", and
"Prepare for creating a trail for your organization".
"""

from __future__ import annotations

import json
from typing import Any

from landing.sandbox.authorization import delivery, trust
from landing.sandbox.moto import upstream
from landing.sandbox.protocol.refusal import Refusal
from landing.sandbox.services import accounts
from landing.sandbox.services.cloudtrail.state import PRINCIPAL, Trail
from landing.sandbox.world import World


def check(world: World, trail: Trail) -> None:
    """Refuse a trail that could not be delivered; its key is an ARN from here on."""
    name = trail.settings["S3BucketName"]
    bucket = delivery.bucket(name)
    if bucket is None:
        raise Refusal("S3BucketDoesNotExistException", f"S3 bucket {name} does not exist!")
    if not admits(world, trail):
        raise Refusal(
            "InsufficientS3BucketPolicyException", f"Incorrect S3 bucket policy is detected for bucket: {name}"
        )
    if trail.settings.get("KmsKeyId"):
        trail.settings["KmsKeyId"] = _checked_key(world, trail, bucket.region_name)
    _check_topic(world, trail)
    _check_logs(world, trail)


def _service(world: World, trail: Trail) -> delivery.Deliverer:
    return delivery.service(world, PRINCIPAL, trail.account, trail.arn(world.partition))


def admits(world: World, trail: Trail) -> bool:
    """Whether the bucket lets CloudTrail look at its ACL and write below both paths of an organization trail."""
    name, who = trail.settings["S3BucketName"], _service(world, trail)
    prefix = f"{trail.settings['S3KeyPrefix']}/" if trail.settings.get("S3KeyPrefix") else ""
    owners = [trail.account]
    organization = accounts.organization_of(world, trail.account)
    if trail.is_organization and organization is not None:
        owners.append(organization.id)
    return delivery.bucket_admits(world, name, who, "s3:GetBucketAcl") and all(
        delivery.bucket_admits(
            world,
            name,
            who,
            "s3:PutObject",
            key=f"{prefix}AWSLogs/{owner}/CloudTrail/{trail.home}/log.json.gz",
            context=delivery.BUCKET_OWNER_CONTROL,
        )
        for owner in owners
    )


def _checked_key(world: World, trail: Trail, region: str) -> str:
    """The ARN of the key, which is in the bucket's Region and lets CloudTrail encrypt for this trail."""
    wanted = trail.settings["KmsKeyId"]
    key = delivery.key(world, wanted, trail.account, trail.home)
    if key is None or key.region != region:
        raise Refusal(
            "KmsKeyNotFoundException", f"The KMS key {wanted} does not exist, or is not in the bucket's Region."
        )
    if key.key_state != "Enabled":
        raise Refusal("KmsKeyDisabledException", f"The KMS key {wanted} is disabled.")
    who = _service(world, trail)
    context = {"kms:encryptioncontext:aws:cloudtrail:arn": trail.arn(world.partition)}
    if not (
        delivery.key_admits(key, who, "kms:GenerateDataKey", context=context)
        and delivery.key_admits(key, who, "kms:DescribeKey")
    ):
        raise Refusal(
            "InsufficientEncryptionPolicyException",
            "Insufficient permissions to access S3 bucket or KMS key: the key policy must allow CloudTrail.",
        )
    return str(key.arn)


def _check_topic(world: World, trail: Trail) -> None:
    wanted = trail.settings.get("SnsTopicName")
    if not wanted:
        return
    arn = wanted if wanted.startswith("arn:") else f"arn:{world.partition}:sns:{trail.home}:{trail.account}:{wanted}"
    parts = arn.split(":")
    topic = upstream.backend("sns", parts[4], parts[3]).topics.get(arn) if len(parts) == 6 else None
    if topic is None:
        raise Refusal("InvalidSnsTopicNameException", f"SNS topic {wanted} does not exist, or its policy is incorrect!")
    who = _service(world, trail)
    policy = topic.policy if isinstance(topic.policy, str) else json.dumps(topic.policy)
    if not trust.admits(policy, who.identity, "SNS:Publish", who.context, resource=arn):
        raise Refusal(
            "InsufficientSnsTopicPolicyException", f"SNS topic {wanted} does not exist, or its policy is incorrect!"
        )
    trail.settings["SnsTopicARN"] = arn


def _check_logs(world: World, trail: Trail) -> None:
    """Log group and role come together, and are the trail owner's."""
    group, role = trail.settings.get("CloudWatchLogsLogGroupArn"), trail.settings.get("CloudWatchLogsRoleArn")
    if not group and not role:
        return
    if not group:
        raise Refusal(
            "InvalidCloudWatchLogsLogGroupArnException", "CloudTrail cannot validate the specified log group ARN"
        )
    name = group.split(":log-group:")[-1].removesuffix(":*")
    parts = group.split(":")
    known: Any = upstream.backend("logs", parts[4], parts[3]).groups if len(parts) > 6 else {}
    if parts[4:5] != [trail.account] or name not in known:
        raise Refusal(
            "InvalidCloudWatchLogsLogGroupArnException", "CloudTrail cannot validate the specified log group ARN"
        )
    if not role or not delivery.role_admits(world, role, trail.account, _service(world, trail)):
        raise Refusal(
            "InvalidCloudWatchLogsRoleArnException",
            "Access denied. Check the trust relationships for your role.",
        )


def problem(world: World, trail: Trail) -> str | None:
    """Why logs are not delivered now (botocore: GetTrailStatusResponse.LatestDeliveryError)."""
    if delivery.bucket(trail.settings["S3BucketName"]) is None:
        return "NoSuchBucket"
    return None if admits(world, trail) else "AccessDenied"
