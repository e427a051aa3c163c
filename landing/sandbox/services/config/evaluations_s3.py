"""Managed rules about S3 (Developer Guide, "List of AWS Config Managed Rules")."""

from __future__ import annotations

from collections.abc import Callable
from fnmatch import fnmatchcase
from typing import Any

from landing.sandbox.protocol.documents import listed, statements
from landing.sandbox.services.config.discovery import backend
from landing.sandbox.services.config.findings import Evaluation, Site, of_account, of_each

READS = ("s3:getobject", "s3:listbucket", "s3:getobjectversion")
WRITES = ("s3:putobject", "s3:deleteobject", "s3:putbucketpolicy")
SETTINGS = ("block_public_acls", "ignore_public_acls", "block_public_policy", "restrict_public_buckets")
PARAMETERS = {
    "BlockPublicAcls": "block_public_acls",
    "IgnorePublicAcls": "ignore_public_acls",
    "BlockPublicPolicy": "block_public_policy",
    "RestrictPublicBuckets": "restrict_public_buckets",
}


def _buckets(site: Site) -> list[Any]:
    found = backend("s3", site.world, site.account, site.region)
    buckets = () if found is None else found.buckets.values()
    return [bucket for bucket in buckets if bucket.region_name == site.region]


def _each(test: Callable[[Site, Any], bool]) -> Evaluation:
    return of_each("AWS::S3::Bucket", _buckets, test, "name")


def _account_block(site: Site) -> Any | None:
    found = backend("s3control", site.world, site.account, site.region)
    return None if found is None else found.public_access_block


def _blocks(site: Site, bucket: Any, setting: str) -> bool:
    """The account's setting or the bucket's: the stricter holds."""
    return any(bool(getattr(block, setting)) for block in (_account_block(site), bucket.public_access_block) if block)


def _not_public(actions: tuple[str, ...], permissions: tuple[str, ...]) -> Callable[[Site, Any], bool]:
    def test(site: Site, bucket: Any) -> bool:
        by_policy = not _blocks(site, bucket, "restrict_public_buckets") and _policy_is_public(bucket, actions)
        by_acl = not _blocks(site, bucket, "ignore_public_acls") and _acl_is_public(bucket, permissions)
        return not by_policy and not by_acl

    return test


def _policy_is_public(bucket: Any, actions: tuple[str, ...]) -> bool:
    for statement in statements(bucket.policy) if bucket.policy else ():
        principal = statement.get("Principal")
        everyone = principal == "*" or (isinstance(principal, dict) and "*" in listed(principal.get("AWS", [])))
        matching = any(
            fnmatchcase(action, str(pattern).lower())
            for action in actions
            for pattern in listed(statement.get("Action", []))
        )
        if statement.get("Effect") == "Allow" and everyone and matching and not statement.get("Condition"):
            return True
    return False


def _acl_is_public(bucket: Any, permissions: tuple[str, ...]) -> bool:
    for grant in () if bucket.acl is None else bucket.acl.grants:
        everyone = any("AllUsers" in str(grantee.uri) for grantee in grant.grantees)
        if everyone and set(grant.permissions) & {*permissions, "FULL_CONTROL"}:
            return True
    return False


def _tls_only(site: Site, bucket: Any) -> bool:
    del site
    for statement in statements(bucket.policy) if bucket.policy else ():
        condition = statement.get("Condition") or {}
        tls = {key.lower(): str(value).lower() for key, value in (condition.get("Bool") or {}).items()}
        if statement.get("Effect") == "Deny" and tls.get("aws:securetransport") in ("false", "['false']"):
            return True
    return False


def _account_level(site: Site) -> bool:
    block = _account_block(site)
    wanted = [name for parameter, name in PARAMETERS.items() if str(site.parameters.get(parameter, "True")) == "True"]
    return block is not None and all(bool(getattr(block, name)) for name in wanted)


EVALUATIONS = {
    "S3_ACCOUNT_LEVEL_PUBLIC_ACCESS_BLOCKS": of_account(_account_level),
    "S3_ACCOUNT_LEVEL_PUBLIC_ACCESS_BLOCKS_PERIODIC": of_account(_account_level),
    "S3_BUCKET_LEVEL_PUBLIC_ACCESS_PROHIBITED": _each(
        lambda site, bucket: all(_blocks(site, bucket, setting) for setting in SETTINGS)
    ),
    "S3_BUCKET_LOGGING_ENABLED": _each(lambda _, bucket: bool(bucket.logging)),
    "S3_BUCKET_PUBLIC_READ_PROHIBITED": _each(_not_public(READS, ("READ",))),
    "S3_BUCKET_PUBLIC_WRITE_PROHIBITED": _each(_not_public(WRITES, ("WRITE",))),
    "S3_BUCKET_SERVER_SIDE_ENCRYPTION_ENABLED": _each(lambda _, bucket: bool(bucket.encryption)),
    "S3_BUCKET_SSL_REQUESTS_ONLY": _each(_tls_only),
    "S3_BUCKET_VERSIONING_ENABLED": _each(lambda _, bucket: bool(bucket.is_versioned)),
}
