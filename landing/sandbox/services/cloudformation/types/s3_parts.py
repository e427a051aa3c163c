"""The parts of an S3 bucket's configuration: how templates spell each, and the calls that set, read and clear it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from landing.sandbox.services.cloudformation.types.base import found, inverse, renamed
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
        names: Mapping[str, str] = MappingProxyType({}),
        to: Callable[[Any], Any] | None = None,
        of: Callable[[Any], Any] | None = None,
        off: Any = None,
        put_only: str = "",
    ) -> None:
        """`member`: the parameter of the put call; `off`: its value for "not set", if there is no delete call.

        `names`: what the API calls members of a template otherwise; `to` and `of`, where more than names differs.
        """
        self.name, self.call, self.member, self.off = name, call, member, off
        self.to = to or (lambda value: renamed(value, names))
        self.of = of or (lambda value: renamed(value, inverse(names)))
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


ENCRYPTION = {
    "ServerSideEncryptionConfiguration": "Rules",
    "ServerSideEncryptionByDefault": "ApplyServerSideEncryptionByDefault",
}
CORS = {"CorsRules": "CORSRules", "ExposedHeaders": "ExposeHeaders", "Id": "ID", "MaxAge": "MaxAgeSeconds"}
BRIDGE = "EventBridgeConfiguration"
LOGGING = {"DestinationBucketName": "TargetBucket", "LogFilePrefix": "TargetPrefix"}
NOTIFICATION = {
    "LambdaConfigurations": "LambdaFunctionConfigurations",
    "Event": "Events",
    "Topic": "TopicArn",
    "Queue": "QueueArn",
    "Function": "LambdaFunctionArn",
    "S3Key": "Key",
    "Rules": "FilterRules",
}


def _logging_to(value: Mapping[str, Any]) -> dict[str, Any]:
    return {"LoggingEnabled": {"TargetBucket": "", "TargetPrefix": "", **renamed(value, LOGGING)}}


def _notification_to(value: Mapping[str, Any]) -> dict[str, Any]:
    """A template has one event in each; EventBridge is on where it is named at all."""
    kinds = renamed({name: item for name, item in value.items() if name != BRIDGE}, NOTIFICATION)
    made = {kind: [{**one, "Events": [one["Events"]]} for one in entries] for kind, entries in kinds.items()}
    return made | ({BRIDGE: {}} if value.get(BRIDGE, {}).get("EventBridgeEnabled") else {})


def _notification_of(value: Mapping[str, Any]) -> dict[str, Any]:
    kinds = renamed({name: item for name, item in value.items() if name != BRIDGE}, inverse(NOTIFICATION))
    shown = {kind: [{**one, "Event": one["Event"][0]} for one in entries] for kind, entries in kinds.items()}
    return shown | ({BRIDGE: {"EventBridgeEnabled": True}} if BRIDGE in value else {})


PARTS: tuple[Part, ...] = (
    Simple("OwnershipControls", "ownership_controls", member="OwnershipControls"),
    AccessControl(),
    Simple("AccelerateConfiguration", "accelerate_configuration", member="AccelerateConfiguration",
           names={"AccelerationStatus": "Status"}, off={"Status": "Suspended"}),
    Simple("BucketEncryption", "encryption", member="ServerSideEncryptionConfiguration",
           names=ENCRYPTION),
    Simple("VersioningConfiguration", "versioning", member="VersioningConfiguration", off={"Status": "Suspended"}),
    PublicAccessBlock(),
    ObjectLock(),
    Simple("LifecycleConfiguration", "lifecycle_configuration", member="LifecycleConfiguration",
           to=rules_to, of=rules_of),
    Simple("LoggingConfiguration", "logging", member="BucketLoggingStatus", to=_logging_to,
           of=lambda value: renamed(value.get("LoggingEnabled") or {}, inverse(LOGGING)), off={}),
    Simple("NotificationConfiguration", "notification_configuration", member="NotificationConfiguration",
           to=_notification_to, of=_notification_of, off={}),
    Simple("CorsConfiguration", "cors", member="CORSConfiguration", names=CORS),
    Simple("Tags", "tagging", member="Tagging", to=lambda tags: {"TagSet": list(tags)},
           of=lambda value: tag_list(own(tag_map(value.get("TagSet"))))),
)  # fmt: skip
"""In the order in which they are set: ownership before what depends on it, versioning before object lock."""
