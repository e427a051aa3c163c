"""Flow logs to buckets: log delivery must be let in, wherever the bucket is (VPC User Guide, "Publish to S3")."""

from __future__ import annotations

from typing import Any

from moto.ec2.models.flow_logs import FlowLogs

from landing.sandbox.authorization import delivery
from landing.sandbox.protocol.http import HttpAnswer
from landing.sandbox.protocol.refusal import Refusal
from landing.sandbox.services.call import Call

PRINCIPAL = "delivery.logs.amazonaws.com"
FORMAT = (
    "${version} ${account-id} ${interface-id} ${srcaddr} ${dstaddr} ${srcport} ${dstport} ${protocol} ${packets} "
    "${bytes} ${start} ${end} ${action} ${log-status}"
)


def create_flow_logs(call: Call) -> dict[str, Any] | HttpAnswer:
    """Moto looks for the bucket in the account of the VPC alone, and not at its policy."""
    if call.get("LogDestinationType") != "s3" or call["ResourceType"] != "VPC":
        return call.forward()
    backend, destination = call.backend(), call.get("LogDestination", "")
    if call.get("MaxAggregationInterval", 600) not in (60, 600):
        raise Refusal("InvalidParameter", "Invalid Flow Log Max Aggregation Interval")
    made, refused = [], []
    for vpc in call["ResourceIds"]:
        backend.get_vpc(vpc)
        if (vpc, destination) in {(log.resource_id, log.log_destination) for log in backend.flow_logs.values()}:
            message = "Error. There is an existing Flow Log with the same configuration and log destination."
            raise Refusal("FlowLogAlreadyExists", message)
        name, _, prefix = destination.partition(":::")[2].partition("/")
        if not _is_open(call, name, prefix.strip("/")):
            error = {"Code": "400", "Message": f"LogDestination: {name} is undeliverable"}
            refused.append({"ResourceId": vpc, "Error": error})
            continue
        log = FlowLogs(
            backend, f"fl-{call.world.token(17, '0123456789abcdef')}", vpc, call["TrafficType"], destination, "", "",
            call.get("MaxAggregationInterval", 600), "s3", call.get("LogFormat", FORMAT), "SUCCESS", "",
        )  # fmt: skip
        backend.flow_logs[log.id] = log
        made.append(log.id)
    return {"FlowLogIds": made, "Unsuccessful": refused}


def _is_open(call: Call, name: str, prefix: str) -> bool:
    who = delivery.service(call.world, PRINCIPAL, call.account, call.arn("*", service="logs"))
    key = "/".join(filter(None, (prefix, "AWSLogs", call.account, "vpcflowlogs", call.region, "x.log.gz")))
    found = delivery.bucket(name)
    return (
        found is not None
        and delivery.bucket_admits(call.world, name, who, "s3:GetBucketAcl")
        and delivery.bucket_admits(
            call.world, name, who, "s3:PutObject", key=key, context=delivery.BUCKET_OWNER_CONTROL
        )
        and _is_encrypted_for(call, found, who)
    )


def _is_encrypted_for(call: Call, bucket: Any, who: delivery.Deliverer) -> bool:
    """With a key of KMS: one of a customer's, that lets log delivery use it."""
    rules = (bucket.encryption or {}).get("Rule", {}).get("ApplyServerSideEncryptionByDefault", {})
    if rules.get("SSEAlgorithm") != "aws:kms":
        return True
    named = rules.get("KMSMasterKeyID", "alias/aws/s3")
    key = delivery.key(call.world, named, bucket.account_id, bucket.region_name)
    return key is not None and delivery.key_admits(key, who, "kms:GenerateDataKey")
