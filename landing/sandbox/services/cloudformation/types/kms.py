"""AWS KMS: keys and aliases."""

from __future__ import annotations

from typing import Any, ClassVar

from landing.sandbox.services.cloudformation.types.api import ApiType
from landing.sandbox.services.cloudformation.types.base import (
    Properties,
    Site,
    changed,
    document,
    given,
    parsed,
    refused,
)
from landing.sandbox.services.cloudformation.types.tags import Resource, TagCalls

FIXED = ("KeySpec", "KeyUsage", "MultiRegion", "Origin")
"""What a key is made as: an update of these fails (Template reference, AWS::KMS::Key)."""
LOCKOUT = "BypassPolicyLockoutSafetyCheck"


class Key(ApiType):
    """AWS::KMS::Key."""

    name = "AWS::KMS::Key"
    properties = frozenset({
        "BypassPolicyLockoutSafetyCheck", "Description", "EnableKeyRotation", "Enabled", "KeyPolicy", "KeySpec",
        "KeyUsage", "MultiRegion", "Origin", "PendingWindowInDays", "RotationPeriodInDays", "Tags",
    })  # fmt: skip
    service, key = "kms", "KeyId"
    creates, describes, described = "CreateKey", "DescribeKey", "KeyMetadata"
    other_names: ClassVar = {"KeyPolicy": "Policy"}
    tagging = TagCalls("kms", list="ListResourceTags")

    def create(self, site: Site, properties: Properties) -> str:
        """CreateKey, then rotation and state."""
        tags = [{"TagKey": tag["Key"], "TagValue": tag["Value"]} for tag in properties.get("Tags", ())]
        policy = properties.get("KeyPolicy") or _default_policy(site)
        key = super().create(site, {**properties, "KeyPolicy": policy, "Tags": tags})
        self._set(site.client("kms"), key, {}, properties)
        return key

    def read(self, site: Site, physical_id: str, expected: Properties) -> Properties | None:
        """A key that waits for its deletion counts as gone."""
        client = site.client("kms")
        about = self.description(site, physical_id, {})
        if about is None or about["KeyState"] in ("PendingDeletion", "PendingReplicaDeletion"):
            return None
        live = {name: about[name] for name in ("Description", "Enabled", *FIXED) if name in about}
        if "EnableKeyRotation" in expected:
            live["EnableKeyRotation"] = client.get_key_rotation_status(KeyId=physical_id)["KeyRotationEnabled"]
        live["KeyPolicy"] = parsed(client.get_key_policy(KeyId=physical_id, PolicyName="default")["Policy"])
        return live

    def update(self, site: Site, physical_id: str, before: Properties, after: Properties) -> None:
        """Each property with its own call."""
        if changed(before, after, *FIXED):
            raise refused("UpdateKey", "ValidationException", f"You cannot change {', '.join(FIXED)} of a KMS key.")
        client = site.client("kms")
        if changed(before, after, "KeyPolicy"):
            client.put_key_policy(
                KeyId=physical_id,
                PolicyName="default",
                Policy=document(after.get("KeyPolicy") or _default_policy(site)),
                **given(after, **{LOCKOUT: LOCKOUT}),
            )
        if changed(before, after, "Description"):
            client.update_key_description(KeyId=physical_id, Description=after.get("Description", ""))
        self._set(client, physical_id, before, after)

    def _set(self, client: Any, key: str, before: Properties, after: Properties) -> None:
        """State and rotation; rotation can only be changed while the key is enabled."""
        is_enabled, was_enabled = after.get("Enabled", True), before.get("Enabled", True)
        rotation = ("EnableKeyRotation", "RotationPeriodInDays")
        if is_enabled and not was_enabled:
            client.enable_key(KeyId=key)
        if changed(before, after, *rotation) and after.get("EnableKeyRotation"):
            client.enable_key_rotation(KeyId=key, **given(after, RotationPeriodInDays="RotationPeriodInDays"))
        elif before.get("EnableKeyRotation") and not after.get("EnableKeyRotation"):
            client.disable_key_rotation(KeyId=key)
        if was_enabled and not is_enabled:
            client.disable_key(KeyId=key)

    def delete(self, site: Site, physical_id: str, properties: Properties) -> None:
        """ScheduleKeyDeletion; a key that waits for its deletion already is left alone."""
        about = self.description(site, physical_id, {})
        if about is not None and about["KeyState"] != "PendingDeletion":
            days = properties.get("PendingWindowInDays", 30)
            site.client("kms").schedule_key_deletion(KeyId=physical_id, PendingWindowInDays=days)

    def tagged(self, site: Site, physical_id: str) -> Resource:
        """By its id."""
        return {"KeyId": physical_id}


def _default_policy(site: Site) -> Properties:
    """The key policy that KMS gives where none is given (KMS Developer Guide, "Default key policy")."""
    root = {"AWS": site.arn("iam", "root", region="")}
    statement = {"Sid": "Enable IAM User Permissions", "Effect": "Allow", "Principal": root}
    return {
        "Version": "2012-10-17",
        "Id": "key-default-1",
        "Statement": [{**statement, "Action": "kms:*", "Resource": "*"}],
    }


class Alias(ApiType):
    """AWS::KMS::Alias."""

    name = "AWS::KMS::Alias"
    properties = frozenset({"AliasName", "TargetKeyId"})
    service, key, named = "kms", "AliasName", "AliasName"
    creates, updates, deletes = "CreateAlias", "UpdateAlias", "DeleteAlias"
    describes, described = "ListAliases", "Aliases"

    def read(self, site: Site, physical_id: str, expected: Properties) -> Properties | None:
        """The key as the template names it, by id or by ARN."""
        found = super().read(site, physical_id, expected)
        if found is None or not str(expected.get("TargetKeyId", "")).startswith("arn:"):
            return found
        return {**found, "TargetKeyId": site.arn("kms", f"key/{found['TargetKeyId']}")}
