"""The parts of an S3 bucket's configuration: how templates spell each, and the calls that set, read and clear it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from landing.sandbox.services.cloudformation.types.base import found
from landing.sandbox.services.cloudformation.types.s3_lifecycle import rules_of, rules_to
from landing.sandbox.services.cloudformation.types.tags import own, tag_list, tag_map


class Part(ABC):
    """One property of AWS::S3::Bucket."""

    name: str

    @abstractmethod
    def put(self, client: Any, bucket: str, value: Any) -> None:
        """Set it."""

    @abstractmethod
    def get(self, client: Any, bucket: str) -> Any:
        """Read it in the spelling of templates; None if it is not set."""

    @abstractmethod
    def clear(self, client: Any, bucket: str) -> None:
        """Back to what S3 gives a new bucket."""


class Simple(Part):
    """A part with a call each: `put_bucket_x`, `get_bucket_x`, and `delete_bucket_x` or a value that means off."""

    def __init__(
        self,
        name: str,
        call: str,
        *,
        member: str,
        to: Callable[[Any], Any] = lambda value: value,
        of: Callable[[Any], Any] = lambda value: value,
        off: Any = None,
        put_only: str = "",
    ) -> None:
        """`member`: the parameter of the put call; `off`: its value for "not set", if there is no delete call."""
        self.name, self.call, self.member, self.to, self.of, self.off = name, call, member, to, of, off
        self.put_call = put_only or f"put_bucket_{call}"

    def put(self, client: Any, bucket: str, value: Any) -> None:
        """The put call."""
        getattr(client, self.put_call)(**{"Bucket": bucket, self.member: self.to(value)})

    def get(self, client: Any, bucket: str) -> Any:
        """The get call; some answer the member itself, some what is in it."""
        answer = found(getattr(client, f"get_bucket_{self.call}"), Bucket=bucket)
        if answer is None:
            return None
        answer = {name: item for name, item in answer.items() if name != "ResponseMetadata"}
        value = self.of(answer.get(self.member, answer))
        return value or None

    def clear(self, client: Any, bucket: str) -> None:
        """The delete call, or the value that means off."""
        if self.off is not None:
            getattr(client, self.put_call)(**{"Bucket": bucket, self.member: self.off})
        else:
            getattr(client, f"delete_bucket_{self.call}")(Bucket=bucket)


class PublicAccessBlock(Part):
    """A new bucket blocks everything."""

    name = "PublicAccessBlockConfiguration"
    settings = ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")

    def put(self, client: Any, bucket: str, value: Mapping[str, bool]) -> None:
        """What is not named is off."""
        block = {setting: value.get(setting, False) for setting in self.settings}
        client.put_public_access_block(Bucket=bucket, PublicAccessBlockConfiguration=block)

    def get(self, client: Any, bucket: str) -> Any:
        """GetPublicAccessBlock."""
        answer = found(client.get_public_access_block, Bucket=bucket)
        return None if answer is None else answer["PublicAccessBlockConfiguration"]

    def clear(self, client: Any, bucket: str) -> None:
        """Everything is blocked again."""
        self.put(client, bucket, dict.fromkeys(self.settings, True))


class ObjectLock(Part):
    """A bucket's object lock can be given a default retention; it cannot be switched off."""

    name = "ObjectLockConfiguration"

    def put(self, client: Any, bucket: str, value: Any) -> None:
        """PutObjectLockConfiguration."""
        client.put_object_lock_configuration(Bucket=bucket, ObjectLockConfiguration=value)

    def get(self, client: Any, bucket: str) -> Any:
        """GetObjectLockConfiguration."""
        answer = found(client.get_object_lock_configuration, Bucket=bucket)
        return None if answer is None else answer["ObjectLockConfiguration"]

    def clear(self, client: Any, bucket: str) -> None:
        """No default retention."""
        self.put(client, bucket, {"ObjectLockEnabled": "Enabled"})


class AccessControl(Part):
    """A canned ACL; it cannot be read back."""

    name = "AccessControl"

    def put(self, client: Any, bucket: str, value: str) -> None:
        """`LogDeliveryWrite` is `log-delivery-write`."""
        words = "".join(f"-{letter.lower()}" if letter.isupper() else letter for letter in value).lstrip("-")
        client.put_bucket_acl(Bucket=bucket, ACL=words)

    def get(self, client: Any, bucket: str) -> Any:
        """Templates alone know the canned name."""

    def clear(self, client: Any, bucket: str) -> None:
        """Private."""
        client.put_bucket_acl(Bucket=bucket, ACL="private")


def _encryption_to(value: Mapping[str, Any]) -> dict[str, Any]:
    rules = []
    for rule in value["ServerSideEncryptionConfiguration"]:
        made = {name: item for name, item in rule.items() if name != "ServerSideEncryptionByDefault"}
        default = dict(rule.get("ServerSideEncryptionByDefault", {}))
        rules.append({**made, "ApplyServerSideEncryptionByDefault": default})
    return {"Rules": rules}


def _encryption_of(value: Mapping[str, Any]) -> dict[str, Any]:
    rules = []
    for rule in value["Rules"]:
        made = {name: item for name, item in rule.items() if name != "ApplyServerSideEncryptionByDefault"}
        rules.append({**made, "ServerSideEncryptionByDefault": rule["ApplyServerSideEncryptionByDefault"]})
    return {"ServerSideEncryptionConfiguration": rules}


def _logging_to(value: Mapping[str, Any]) -> dict[str, Any]:
    made = {"TargetBucket": value.get("DestinationBucketName", ""), "TargetPrefix": value.get("LogFilePrefix", "")}
    extra = {"TargetObjectKeyFormat": value["TargetObjectKeyFormat"]} if "TargetObjectKeyFormat" in value else {}
    return {"LoggingEnabled": {**made, **extra}}


def _logging_of(value: Mapping[str, Any]) -> dict[str, Any]:
    enabled = value.get("LoggingEnabled")
    if not enabled:
        return {}
    made = {"DestinationBucketName": enabled["TargetBucket"], "LogFilePrefix": enabled.get("TargetPrefix", "")}
    extra = {"TargetObjectKeyFormat": enabled["TargetObjectKeyFormat"]} if "TargetObjectKeyFormat" in enabled else {}
    return {**made, **extra}


CORS = {
    "AllowedHeaders": "AllowedHeaders",
    "AllowedMethods": "AllowedMethods",
    "AllowedOrigins": "AllowedOrigins",
    "ExposedHeaders": "ExposeHeaders",
    "Id": "ID",
    "MaxAge": "MaxAgeSeconds",
}


def _cors_to(value: Mapping[str, Any]) -> dict[str, Any]:
    return {"CORSRules": [{CORS[name]: item for name, item in rule.items()} for rule in value["CorsRules"]]}


def _cors_of(value: Mapping[str, Any]) -> dict[str, Any]:
    names = {theirs: ours for ours, theirs in CORS.items()}
    return {"CorsRules": [{names[name]: item for name, item in rule.items()} for rule in value["CORSRules"]]}


TARGETS = (
    ("TopicConfigurations", "Topic", "TopicConfigurations", "TopicArn"),
    ("QueueConfigurations", "Queue", "QueueConfigurations", "QueueArn"),
    ("LambdaConfigurations", "Function", "LambdaFunctionConfigurations", "LambdaFunctionArn"),
)


def _notification_to(value: Mapping[str, Any]) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for ours, our_target, theirs, their_target in TARGETS:
        if ours in value:
            made[theirs] = [_one_notification(one, our_target, their_target) for one in value[ours]]
    if value.get("EventBridgeConfiguration", {}).get("EventBridgeEnabled"):
        made["EventBridgeConfiguration"] = {}
    return made


def _one_notification(one: Mapping[str, Any], our_target: str, their_target: str) -> dict[str, Any]:
    made: dict[str, Any] = {their_target: one[our_target], "Events": [one["Event"]]}
    if "Filter" in one:
        made["Filter"] = {"Key": {"FilterRules": _filter_rules(one["Filter"]["S3Key"]["Rules"])}}
    return made


def _filter_rules(rules: Iterable[Mapping[str, str]]) -> list[dict[str, str]]:
    return [{"Name": rule["Name"], "Value": rule["Value"]} for rule in rules]


def _notification_of(value: Mapping[str, Any]) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for ours, our_target, theirs, their_target in TARGETS:
        entries = []
        for one in value.get(theirs, ()):
            entry: dict[str, Any] = {our_target: one[their_target], "Event": one["Events"][0]}
            if "Filter" in one:
                entry["Filter"] = {"S3Key": {"Rules": _filter_rules(one["Filter"]["Key"]["FilterRules"])}}
            entries.append(entry)
        if entries:
            made[ours] = entries
    if "EventBridgeConfiguration" in value:
        made["EventBridgeConfiguration"] = {"EventBridgeEnabled": True}
    return made


PARTS: tuple[Part, ...] = (
    Simple("OwnershipControls", "ownership_controls", member="OwnershipControls"),
    AccessControl(),
    Simple("AccelerateConfiguration", "accelerate_configuration", member="AccelerateConfiguration",
           to=lambda value: {"Status": value["AccelerationStatus"]},
           of=lambda value: {"AccelerationStatus": value["Status"]} if "Status" in value else None,
           off={"Status": "Suspended"}),
    Simple("BucketEncryption", "encryption", member="ServerSideEncryptionConfiguration",
           to=_encryption_to, of=_encryption_of),
    Simple("VersioningConfiguration", "versioning", member="VersioningConfiguration", off={"Status": "Suspended"}),
    PublicAccessBlock(),
    ObjectLock(),
    Simple("LifecycleConfiguration", "lifecycle_configuration", member="LifecycleConfiguration",
           to=rules_to, of=rules_of),
    Simple("LoggingConfiguration", "logging", member="BucketLoggingStatus", to=_logging_to, of=_logging_of, off={}),
    Simple("NotificationConfiguration", "notification_configuration", member="NotificationConfiguration",
           to=_notification_to, of=_notification_of, off={}),
    Simple("CorsConfiguration", "cors", member="CORSConfiguration", to=_cors_to, of=_cors_of),
    Simple("Tags", "tagging", member="Tagging", to=lambda tags: {"TagSet": list(tags)},
           of=lambda value: tag_list(own(tag_map(value.get("TagSet"))))),
)  # fmt: skip
"""In the order in which they are set: ownership before what depends on it, versioning before object lock."""
