"""Whether a service may deliver to a bucket or use a key: the owner of both decides by resource policies.

S3 User Guide, "Bucket policies"; KMS Developer Guide, "Key policies".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from moto.s3.models import s3_backends

from landing.sandbox.authorization import trust
from landing.sandbox.moto import upstream
from landing.sandbox.services import accounts
from landing.sandbox.world import Identity, World

BUCKET_OWNER_CONTROL = {"s3:x-amz-acl": "bucket-owner-full-control"}


@dataclass(frozen=True, slots=True)
class Deliverer:
    """A service that delivers on behalf of an account's resource, or a role that does."""

    identity: Identity
    context: Mapping[str, str]
    """Condition keys in lower case."""


def service(world: World, principal: str, account: str, source: str) -> Deliverer:
    """A service by its principal, delivering for the resource `source` of an account."""
    arn = f"arn:{world.partition}:iam::aws:service/{principal}"
    identity = Identity("", "", account="", arn=arn, user_id=principal, principal=principal)
    organization = accounts.organization_of(world, account)
    context = {
        "aws:sourceaccount": account,
        "aws:sourcearn": source,
        "aws:principalisawsservice": "true",
        "aws:principalservicename": principal,
        **({} if organization is None else {"aws:sourceorgid": organization.id}),
    }
    return Deliverer(identity, context)


def role(world: World, arn: str) -> Deliverer:
    """A role that a service assumes for it."""
    account = arn.split(":")[4]
    identity = Identity("", "", account=account, arn=arn, user_id=arn, principal=arn)
    context = {
        "aws:principalaccount": account,
        "aws:principalarn": arn,
        "aws:principalisawsservice": "false",
        **accounts.organization_context(world, account),
    }
    return Deliverer(identity, context)


def bucket(name: str) -> Any | None:
    """A bucket wherever it is, as moto keeps it; None if there is none."""
    if name not in s3_backends.bucket_accounts:
        return None
    partition, owner = s3_backends.bucket_accounts[name]
    return s3_backends[owner][partition].buckets.get(name)


def bucket_admits(
    world: World, name: str, who: Deliverer, action: str, *, key: str = "", context: Mapping[str, str] | None = None
) -> bool:
    """Whether a bucket, or an object key in it, is open to the deliverer. No bucket admits nobody."""
    found = bucket(name)
    if found is None:
        return False
    resource = f"arn:{world.partition}:s3:::{name}" + (f"/{key}" if key else "")
    document = found.policy.decode() if found.policy else '{"Statement": []}'
    return _admits(document, who, action, resource, context or {}, owner=found.account_id)


def key(world: World, key_id: str, account: str, region: str) -> Any | None:
    """A KMS key by id, ARN, alias or alias ARN, as moto keeps it; None if there is none that works."""
    if key_id.startswith("arn:"):
        region, account = key_id.split(":")[3:5]
        if not accounts.is_usable(world, account):
            return None
    backend = upstream.backend("kms", account, region)
    name = backend.get_alias_name(key_id)
    if name.startswith("alias/"):
        name = backend.get_key_id_from_alias(name) or ""
    return backend.keys.get(backend.get_key_id(name))


def key_admits(found: Any, who: Deliverer, action: str, *, context: Mapping[str, str] | None = None) -> bool:
    """Whether the key's policy lets the deliverer use it, and the key can be used at all."""
    if found.key_state != "Enabled":
        return False
    return _admits(found.policy, who, action, found.arn, context or {}, owner=found.account_id)


def role_admits(world: World, arn: str, account: str, who: Deliverer) -> bool:
    """Whether a role, which must be the account's own, may be assumed by a service that acts for it."""
    if arn.split(":")[4:5] != [account]:
        return False
    roles = upstream.backend("iam", account, world.home_region).get_roles()
    role = next((each for each in roles if each.arn == arn), None)
    return role is not None and trust.admits(
        role.assume_role_policy_document, who.identity, "sts:AssumeRole", who.context
    )


def _admits(
    document: str, who: Deliverer, action: str, resource: str, context: Mapping[str, str], *, owner: str
) -> bool:
    """A role of the owner's own account needs no grant here: its identity policy will do."""
    service_name = action.partition(":")[0]
    whole = {"aws:securetransport": "true", "aws:resourceaccount": owner, **who.context, **context}
    if service_name == "s3" and who.identity.account == owner:
        return "Deny" not in trust.effects(document, who.identity, action, whole, resource=resource)
    return trust.admits(document, who.identity, action, whole, resource=resource)
