"""An S3 object that is only created when it is not there, and only deleted when it is unchanged."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from landing.aws.door import Aws
from landing.aws.faults import code_of, translated
from landing.core.model import Scope
from landing.organization import LockPlace

PRECONDITION = "PreconditionFailed"


class ConditionalObject:
    """S3 User Guide, "Conditional requests"; the bucket is used only while the account that it should be in owns it.

    Raises AwsError, and NotThere when the account does not exist yet.
    """

    def __init__(self, aws: Aws, place: LockPlace) -> None:
        self._aws, self._place = aws, place
        self.path = place.path
        self._scope = Scope(place.account, place.region)

    @cached_property
    def _client(self) -> Any:
        return self._aws.client("s3", self._scope)

    @cached_property
    def _bucket(self) -> dict[str, str]:
        place, aws = self._place, self._aws
        owner = aws.caller[0] if place.account == aws.context.management else aws.tree.account_ids[place.account]
        return {"Bucket": place.bucket, "ExpectedBucketOwner": owner}

    @cached_property
    def _named(self) -> dict[str, str]:
        return {**self._bucket, "Key": self._place.key}

    def has_bucket(self) -> bool:
        """Whether the bucket exists; raises CannotRead when that may not be asked, or somebody else owns it."""
        from botocore.exceptions import ClientError

        with translated(self._scope, "GetBucketLocation"):
            try:
                self._client.get_bucket_location(**self._bucket)
            except ClientError as error:
                if code_of(error) != "NoSuchBucket":
                    raise
                return False
        return True

    def create(self, body: bytes) -> bool:
        """Whether the object was created; False when one is there.

        Where an answer is lost, botocore asks again and is then told that one is there, although it is ours.
        """
        from botocore.exceptions import ClientError

        with translated(self._scope, "PutObject"):
            try:
                self._client.put_object(**self._named, Body=body, ContentType="application/json", IfNoneMatch="*")
            except ClientError as error:
                if code_of(error) != PRECONDITION:
                    raise
                return False
        return True

    def read(self) -> tuple[bytes, str] | None:
        """The content and its ETag, or None."""
        from botocore.exceptions import ClientError

        with translated(self._scope, "GetObject"):
            try:
                answer = self._client.get_object(**self._named)
                return answer["Body"].read(), answer["ETag"]
            except ClientError as error:
                if code_of(error) != "NoSuchKey":
                    raise
                return None

    def delete(self, etag: str) -> bool:
        """Whether it was deleted as it was; False when it has changed or is gone.

        After a lost answer the object is gone because it was deleted by the first attempt: that counts as deleted.
        """
        from botocore.exceptions import ClientError

        with translated(self._scope, "DeleteObject"):
            try:
                self._client.delete_object(**self._named, IfMatch=etag)
            except ClientError as error:
                if code_of(error) not in (PRECONDITION, "NoSuchKey", "404"):
                    raise
                return bool(error.response["ResponseMetadata"].get("RetryAttempts"))
        return True
