"""Amazon S3: moto's, with the defaults that new buckets have since 2023 (S3 User Guide)."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from moto.s3.exceptions import CrossLocationLoggingProhibited, InvalidTargetBucketForLogging, MissingBucket
from moto.s3.models import FakeBucket, PublicAccessBlock, s3_backends

from landing.sandbox.authorization import trust
from landing.sandbox.moto import probes
from landing.sandbox.protocol.documents import listed
from landing.sandbox.protocol.http import HttpAnswer
from landing.sandbox.protocol.refusal import Refusal
from landing.sandbox.services.call import Call
from landing.sandbox.services.service import Nothing, Scope, Service

MOST_BUCKETS = 10_000

DEFAULT_ENCRYPTION: dict[str, Any] = {
    "Rule": {
        "ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"},
        "BucketKeyEnabled": "false",
    }
}


class S3(Service[Nothing]):
    """Sub-resources that moto takes for something else are unsupported."""

    name = "s3"
    extends = True
    probes = probes.S3
    scope = Scope.ACCOUNT
    state_type = Nothing
    missing = frozenset(
        {
            "CreateBucketMetadataConfiguration",
            "CreateBucketMetadataTableConfiguration",
            "CreateSession",
            "DeleteBucketAnalyticsConfiguration",
            "DeleteBucketIntelligentTieringConfiguration",
            "DeleteBucketMetadataConfiguration",
            "DeleteBucketMetadataTableConfiguration",
            "DeleteBucketMetricsConfiguration",
            "DeleteObjectAnnotation",
            "GetBucketAbac",
            "GetBucketAnalyticsConfiguration",
            "GetBucketIntelligentTieringConfiguration",
            "GetBucketMetadataConfiguration",
            "GetBucketMetadataTableConfiguration",
            "GetBucketMetricsConfiguration",
            "GetObjectAnnotation",
            "GetObjectTorrent",
            "ListBucketAnalyticsConfigurations",
            "ListBucketIntelligentTieringConfigurations",
            "ListBucketMetricsConfigurations",
            "ListDirectoryBuckets",
            "ListObjectAnnotations",
            "PutBucketAbac",
            "PutBucketAnalyticsConfiguration",
            "PutBucketIntelligentTieringConfiguration",
            "PutBucketMetricsConfiguration",
            "PutObjectAnnotation",
            "RenameObject",
            "UpdateBucketMetadataInventoryTableConfiguration",
            "UpdateBucketMetadataJournalTableConfiguration",
            "UpdateObjectEncryption",
            "WriteGetObjectResponse",
        }
    )

    def list_buckets(self, call: Call) -> dict[str, Any]:
        """Moto cuts the list at MaxBuckets and gives no token for the rest."""
        prefix, after = call.get("Prefix", ""), call.get("ContinuationToken", "")
        region = call.get("BucketRegion")
        buckets = [
            bucket
            for bucket in sorted(call.backend().buckets.values(), key=lambda bucket: bucket.name)
            if bucket.name.startswith(prefix) and bucket.name > after and region in (None, bucket.region_name)
        ]
        most = call.get("MaxBuckets", MOST_BUCKETS)
        page, rest = buckets[:most], buckets[most:]
        return {
            "Buckets": [{"Name": b.name, "CreationDate": b.creation_date, "BucketRegion": b.region_name} for b in page],
            "Owner": {"ID": call.account},
            "Prefix": prefix or None,
            "ContinuationToken": page[-1].name if rest else None,
        }

    def get_bucket_location(self, call: Call) -> HttpAnswer:
        """Moto takes any bucket for the expected owner's."""
        _expect_owner(call)
        return call.forward()

    def put_bucket_acl(self, call: Call) -> HttpAnswer:
        """Moto sets an ACL although the bucket's owner owns everything (User Guide, "Object Ownership")."""
        bucket = call.backend().get_bucket(call["Bucket"])
        if bucket.ownership_rule == "BucketOwnerEnforced" and call.get("ACL") != "bucket-owner-full-control":
            raise Refusal("AccessControlListNotSupported", "The bucket does not allow ACLs", 400)
        return call.forward()

    def put_object(self, call: Call) -> HttpAnswer:
        """Moto takes any If-None-Match but `*` for nothing, and any bucket for the expected owner's."""
        _expect_owner(call)
        condition = {"s3:if-none-match": call["IfNoneMatch"]} if "IfNoneMatch" in call else {}
        _refuse_by_policy(call, "s3:PutObject", {"s3:objectcreationoperation": "true", **condition})
        if call.get("IfNoneMatch", "*") != "*":
            raise Refusal("NotImplemented", "A header you provided implies functionality that is not implemented", 501)
        return call.forward()

    def get_object(self, call: Call) -> HttpAnswer:
        """Moto takes any bucket for the expected owner's (API reference, ExpectedBucketOwner)."""
        _expect_owner(call)
        _refuse_by_policy(call, "s3:GetObjectVersion" if "VersionId" in call else "s3:GetObject", {})
        return call.forward()

    def delete_object(self, call: Call) -> HttpAnswer:
        """Moto does not know that If-Match `*` means whatever is there, and takes any bucket for the owner's."""
        _expect_owner(call)
        _refuse_by_policy(call, "s3:DeleteObjectVersion" if "VersionId" in call else "s3:DeleteObject", {})
        if call.get("IfMatch") != "*" or call.backend().get_object(call["Bucket"], call["Key"]) is None:
            return call.forward()
        headers = {name: value for name, value in call.request.headers.items() if name.lower() != "if-match"}
        return replace(call, request=replace(call.request, headers=headers)).forward()


def _expect_owner(call: Call) -> None:
    """API reference, ExpectedBucketOwner: 403 when another account owns the bucket."""
    expected = call.get("ExpectedBucketOwner")
    _, owner = s3_backends.bucket_accounts.get(call["Bucket"], ("", expected))
    if expected and owner != expected:
        raise Refusal("AccessDenied", "Access Denied", 403)


def _refuse_by_policy(call: Call, action: str, context: dict[str, str]) -> None:
    """What the bucket's policy denies nobody may do, whatever their own policies say ("Policy evaluation logic").

    Calls come by TLS as far as policies go. `context`: condition keys of the action, in lower case (S3 User Guide,
    "Enforce conditional writes on Amazon S3 buckets").
    """
    try:
        bucket = call.backend().get_bucket(call["Bucket"])
    except MissingBucket:  # as moto answers
        return
    if not bucket.policy:
        return
    text = bucket.policy.decode() if isinstance(bucket.policy, bytes) else bucket.policy
    resource = f"{bucket.arn}/{call['Key']}"
    told = {"aws:securetransport": "true", "aws:principalarn": call.caller.principal, **context}
    if trust.effects(text, call.caller, action, told, resource=resource) == {"Deny"}:
        sentence = f'User: {call.caller.arn} is not authorized to perform: {action} on resource: "{resource}"'
        raise Refusal("AccessDenied", f"{sentence} with an explicit deny in a resource-based policy", 403)


def with_defaults(original: Callable[..., None]) -> Callable[..., None]:
    """`FakeBucket.__init__` with what AWS gives a bucket that is created without further words."""

    def init(bucket: FakeBucket, *arguments: Any, **named: Any) -> None:
        original(bucket, *arguments, **named)
        bucket.encryption = DEFAULT_ENCRYPTION
        bucket.public_access_block = PublicAccessBlock(True, True, True, True)
        bucket.ownership_rule = "BucketOwnerEnforced"

    return init


def dispose(key: Any) -> None:
    """Close what holds an object's content, quietly; in place of `FakeKey.__del__`."""
    key.dispose()


def delete_bucket_encryption(backend: Any, bucket_name: str) -> None:
    """A bucket is never unencrypted: it goes back to SSE-S3; in place of moto's (API reference)."""
    backend.get_bucket(bucket_name).encryption = DEFAULT_ENCRYPTION


def without_zeros(original: Callable[..., Any]) -> Callable[..., Any]:
    """`S3Backend.get_object_lock_configuration` without the Days or Years that nobody set."""

    def get(backend: Any, bucket_name: str) -> tuple[Any, Any, int | None, int | None]:
        enabled, mode, days, years = original(backend, bucket_name)
        return enabled, mode, days or None, years or None

    return get


def without_conditions(original: Callable[..., Any]) -> Callable[..., Any]:
    """A wrapper of `FakeBucket.get_permission`: statements with conditions are for `_refuse_by_policy`.

    Moto looks at no condition, so a bucket whose policy denies what comes without TLS would be closed to everybody.
    """

    def get_permission(bucket: FakeBucket, action: str, resource: str) -> Any:
        policy = bucket.policy
        try:
            bucket.policy = _unconditional(policy) if policy else policy
            return original(bucket, action, resource)
        finally:
            bucket.policy = policy

    return get_permission


def _unconditional(policy: bytes) -> bytes | None:
    """A policy without the statements that have conditions; none where nothing is left."""
    document = json.loads(policy)
    left = [each for each in listed(document["Statement"]) if not each.get("Condition")]
    return json.dumps({**document, "Statement": left}).encode() if left else None


def set_logging(bucket: FakeBucket, wanted: dict[str, Any] | None, backend: Any) -> None:
    """Where ACLs are off, S3 looks at the target's policy when it delivers, not now; in place of `FakeBucket`'s.

    User Guide, "Permissions for log delivery": a policy for logging.s3.amazonaws.com, or grants to the group.
    """
    if not wanted:
        bucket.logging = {}
        return
    target = backend.buckets.get(wanted["TargetBucket"])
    if target is None:
        raise InvalidTargetBucketForLogging("The target bucket for logging does not exist.")
    if target.ownership_rule != "BucketOwnerEnforced" and not bucket._log_permissions_enabled_acl(target):
        raise InvalidTargetBucketForLogging(
            "You must give the log-delivery group WRITE and READ_ACP permissions to the target bucket"
        )
    if target.region_name != bucket.region_name:
        raise CrossLocationLoggingProhibited
    bucket.logging = wanted
