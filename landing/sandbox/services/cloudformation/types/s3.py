"""Amazon S3: buckets, piece by piece, and their policies."""

from __future__ import annotations

from typing import ClassVar

from landing.sandbox.services.cloudformation.types.api import ApiType
from landing.sandbox.services.cloudformation.types.base import (
    Properties,
    ResourceType,
    Site,
    found,
    refused,
)
from landing.sandbox.services.cloudformation.types.s3_parts import PARTS


class Bucket(ResourceType):
    """AWS::S3::Bucket."""

    name = "AWS::S3::Bucket"
    properties = frozenset({"BucketName", "ObjectLockEnabled", *(part.name for part in PARTS)})

    def create(self, site: Site, properties: Properties) -> str:
        """CreateBucket, then every part that the template names."""
        name: str = properties.get("BucketName") or site.unique_name(63).lower()
        client = site.client("s3")
        options: dict[str, object] = {}
        if site.region != "us-east-1":
            options["CreateBucketConfiguration"] = {"LocationConstraint": site.region}
        elif found(client.head_bucket, "403", Bucket=name) is not None:  # where S3 would only say that it is there
            raise refused("CreateBucket", "AlreadyExists", f"{name} already exists")
        if properties.get("ObjectLockEnabled"):
            options["ObjectLockEnabledForBucket"] = True
        if "AccessControl" in properties and "OwnershipControls" in properties:
            options["ObjectOwnership"] = properties["OwnershipControls"]["Rules"][0]["ObjectOwnership"]
        client.create_bucket(Bucket=name, **options)
        for part in PARTS:
            if part.name in properties:
                part.put(client, name, properties[part.name])
        return name

    def read(self, site: Site, physical_id: str, expected: Properties) -> Properties | None:
        """HeadBucket, and the parts that the template names."""
        client = site.client("s3")
        client.head_bucket(Bucket=physical_id)
        live: dict[str, object] = {"BucketName": physical_id}
        if "ObjectLockEnabled" in expected:
            live["ObjectLockEnabled"] = found(client.get_object_lock_configuration, Bucket=physical_id) is not None
        for part in PARTS:
            if part.name in expected and (value := part.get(client, physical_id)) is not None:
                live[part.name] = value
        return live

    def update(self, site: Site, physical_id: str, before: Properties, after: Properties) -> None:
        """The parts that differ; one that the template no longer names goes back to what S3 gives a bucket."""
        client = site.client("s3")
        for part in PARTS:
            if part.name in after and before.get(part.name) != after[part.name]:
                part.put(client, physical_id, after[part.name])
            elif part.name in before and part.name not in after:
                part.clear(client, physical_id)

    def delete(self, site: Site, physical_id: str, properties: Properties) -> None:
        """S3 refuses while there are objects."""
        site.client("s3").delete_bucket(Bucket=physical_id)

    def attributes(self, site: Site, physical_id: str, properties: Properties) -> Properties:
        """ARN and domain names."""
        suffix = "amazonaws.com.cn" if site.partition == "aws-cn" else "amazonaws.com"
        return {
            "Arn": f"arn:{site.partition}:s3:::{physical_id}",
            "DomainName": f"{physical_id}.s3.{suffix}",
            "DualStackDomainName": f"{physical_id}.s3.dualstack.{site.region}.{suffix}",
            "RegionalDomainName": f"{physical_id}.s3.{site.region}.{suffix}",
            "WebsiteURL": f"http://{physical_id}.s3-website-{site.region}.{suffix}",
        }


class BucketPolicy(ApiType):
    """AWS::S3::BucketPolicy."""

    name = "AWS::S3::BucketPolicy"
    properties = frozenset({"Bucket", "PolicyDocument"})
    service, key, named, taken = "s3", "Bucket", "Bucket", "The bucket policy already exists on bucket {}."
    creates, describes, deletes = "PutBucketPolicy", "GetBucketPolicy", "DeleteBucketPolicy"
    other_names: ClassVar = {"PolicyDocument": "Policy"}

    def read(self, site: Site, physical_id: str, expected: Properties) -> Properties | None:
        """GetBucketPolicy does not say whose it is."""
        found = super().read(site, physical_id, expected)
        return found and {"Bucket": physical_id, **found}
