"""Where findings are exported to, and whether bucket and key let GuardDuty in.

User Guide, "Exporting generated GuardDuty findings to Amazon S3 buckets": the key policy grants
kms:GenerateDataKey, the bucket policy s3:GetBucketLocation and s3:PutObject, and both are in one Region.
"""

from __future__ import annotations

from typing import Any

from landing.sandbox.authorization import delivery
from landing.sandbox.services.call import Call
from landing.sandbox.services.guardduty.state import PRINCIPAL, Detector, absent, bad, managed_detector, own_detector
from landing.sandbox.world import World

FORBIDDEN = (
    "The request failed because the GuardDuty service principal does not have permission to the KMS key or the "
    "resource specified by the destinationArn parameter."
)


def create_publishing_destination(call: Call) -> dict[str, Any]:
    """One for each type; verified before it is used (API reference, CreatePublishingDestination)."""
    held = managed_detector(call).held()
    if held.destinations:
        raise bad("The request failed because a publishing destination of this type already exists for the detector.")
    properties = call["DestinationProperties"]
    _check(call, properties)
    destination = call.world.token(32, "0123456789abcdef")
    held.destinations[destination] = {
        "DestinationId": destination,
        "DestinationType": call["DestinationType"],
        "DestinationProperties": dict(properties),
        "Status": "PENDING_VERIFICATION",
        "PublishingFailureStartTimestamp": 0,
        "Tags": dict(call.get("Tags") or {}),
    }
    _verify_later(call, destination)
    return {"DestinationId": destination}


def update_publishing_destination(call: Call) -> None:
    """Verified again (API reference, UpdatePublishingDestination)."""
    found = _found(call, managed_detector(call))
    properties = {**found["DestinationProperties"], **(call.get("DestinationProperties") or {})}
    _check(call, properties)
    found.update(DestinationProperties=properties, Status="PENDING_VERIFICATION", PublishingFailureStartTimestamp=0)
    _verify_later(call, call["DestinationId"])


def describe_publishing_destination(call: Call) -> dict[str, Any]:
    """The status follows what bucket and key allow now (API reference, DescribePublishingDestination)."""
    found = _found(call, own_detector(call))
    call.poll(("guardduty-destination", call["DestinationId"]))
    _look_again(call, found)
    return found


def list_publishing_destinations(call: Call) -> dict[str, Any]:
    """API reference, ListPublishingDestinations."""
    destinations = own_detector(call).held().destinations
    for destination, found in destinations.items():
        call.poll(("guardduty-destination", destination))
        _look_again(call, found)
    return call.page("Destinations", list(destinations.values()), whole=dict, most=50)


def delete_publishing_destination(call: Call) -> None:
    """API reference, DeletePublishingDestination."""
    detector = managed_detector(call)
    _found(call, detector)
    del detector.held().destinations[call["DestinationId"]]


def _found(call: Call, detector: Detector) -> dict[str, Any]:
    found = detector.held().destinations.get(call["DestinationId"])
    if found is None:
        raise absent()
    return found


def _verify_later(call: Call, destination: str) -> None:
    thing = ("guardduty-destination", destination)
    call.world.clock.forget(thing)
    call.world.clock.later(finish_verification, call.account, call.region, destination, thing=thing)


def finish_verification(world: World, account: str, region: str, destination: str) -> None:
    """GuardDuty has written its test object."""
    place = world.states["guardduty"][account, region]
    found = None if place.detector is None else place.detector.held().destinations.get(destination)
    if found is not None:
        found["Status"] = "PUBLISHING"


def _look_again(call: Call, found: dict[str, Any]) -> None:
    if found["Status"] == "PENDING_VERIFICATION":
        return
    if _problem(call, found["DestinationProperties"]) is None:
        found.update(Status="PUBLISHING", PublishingFailureStartTimestamp=0)
    elif found["Status"] == "PUBLISHING":
        milliseconds = int(call.world.now.timestamp() * 1000)
        found.update(Status="UNABLE_TO_PUBLISH_FIX_DESTINATION_PROPERTY", PublishingFailureStartTimestamp=milliseconds)


def _check(call: Call, properties: dict[str, Any]) -> None:
    problem = _problem(call, properties)
    if problem is not None:
        raise bad(problem)


def _problem(call: Call, properties: dict[str, Any]) -> str | None:
    """Why GuardDuty cannot export there; None when it can."""
    arn = str(properties.get("DestinationArn") or "")
    name, _, prefix = arn.partition(":::")[2].partition("/")
    found = delivery.bucket(name)
    if not arn.startswith(f"arn:{call.partition}:s3:::") or found is None:
        return "The request failed because the destinationArn parameter does not name an S3 bucket that exists."
    if properties.get("ExpectedBucketOwner", found.account_id) != found.account_id:
        return FORBIDDEN
    key_arn = str(properties.get("KmsKeyArn") or "")
    key = delivery.key(call.world, key_arn, call.account, call.region) if ":key/" in key_arn else None
    if key is None:
        return "The request failed because the kmsKeyArn parameter does not name a KMS key that exists."
    if key.region != found.region_name:
        return "The request failed because the S3 bucket and the KMS key must be in the same Region."
    source = call.arn(f"detector/{call['DetectorId']}")
    who = delivery.service(call.world, PRINCIPAL, call.account, source)
    headers = {
        "s3:x-amz-server-side-encryption": "aws:kms",
        "s3:x-amz-server-side-encryption-aws-kms-key-id": key.arn,
    }
    path = f"{prefix.rstrip('/')}/" if prefix else ""
    target = f"{path}AWSLogs/{call.account}/GuardDuty/{call.region}/finding.jsonl.gz"
    allowed = (
        delivery.bucket_admits(call.world, name, who, "s3:GetBucketLocation")
        and delivery.bucket_admits(call.world, name, who, "s3:PutObject", key=target, context=headers)
        and delivery.key_admits(key, who, "kms:GenerateDataKey")
    )
    return None if allowed else FORBIDDEN
