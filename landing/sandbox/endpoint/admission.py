"""Who may call at all: those who sign with known access keys of usable accounts, in Regions that the account has."""

from __future__ import annotations

from landing.sandbox.endpoint import signature
from landing.sandbox.moto import upstream
from landing.sandbox.protocol.http import HttpRequest, Signature
from landing.sandbox.protocol.model import Operation
from landing.sandbox.protocol.refusal import Refusal
from landing.sandbox.world import Identity, World, regions

UNKNOWN = "The security token included in the request is invalid."


def identify(world: World, signature: Signature | None, protocol: str, service: str) -> Identity:
    """Who an access key belongs to; an unknown key is refused in the words of the protocol."""
    if signature is None:
        raise Refusal("MissingAuthenticationToken", "Missing Authentication Token", 403)
    identity = _known(world, signature)
    if identity is None:
        raise unknown_key(protocol, service)
    return identity


def anonymous(world: World, operation: Operation | None) -> Identity | None:
    """Nobody in particular, for the calls that need no signature; where they belong is for their service to find."""
    if operation is None or (operation.service, operation.name) not in UNSIGNED:
        return None
    return Identity("", "", world.management_account_id, arn="anonymous", user_id="anonymous", principal="anonymous")


UNSIGNED = frozenset({("sts", "AssumeRoleWithWebIdentity")})
"""Calls that whoever has a token makes, without credentials (STS API reference)."""


def is_known(world: World, signature: Signature) -> bool:
    """Whether there is such an access key."""
    return _known(world, signature) is not None


def _known(world: World, signature: Signature) -> Identity | None:
    return world.identities.get(signature.access_key) or _user(world, signature.access_key)


def authenticate(world: World, request: HttpRequest, caller: Identity, protocol: str, service: str) -> None:
    """Refuse a request that the caller did not sign, or not with the credentials of now."""
    if signature.token(request) != caller.session_token:
        raise unknown_token(protocol, service)
    signature.check(request, caller, protocol, service)
    if caller.access_key in world.expired:
        raise expired_key(protocol, service)


def unknown_token(protocol: str, service: str = "") -> Refusal:
    """What AWS answers to a session token that does not belong to the key."""
    if service == "s3":
        return Refusal("InvalidToken", "The provided token is malformed or otherwise invalid.", 400)
    return unknown_key(protocol, service)


def expired_key(protocol: str, service: str = "") -> Refusal:
    """What AWS answers once the time of temporary credentials is up (page "Common errors" of each API reference)."""
    if service == "s3":
        return Refusal("ExpiredToken", "The provided token has expired.", 400)
    if protocol == "ec2":
        return Refusal("RequestExpired", "Request has expired.", 400)
    code = "ExpiredToken" if protocol in ("query", "rest-xml") else "ExpiredTokenException"
    return Refusal(code, "The security token included in the request is expired", 403 if "rest" in protocol else 400)


def _user(world: World, access_key: str) -> Identity | None:
    """The IAM user of an access key that was made by IAM's own CreateAccessKey."""
    for account, backend in upstream.backends_in_use("iam"):
        key = backend.access_keys.get(access_key)
        if key is not None and backend.partition == world.partition:
            user = backend.get_user(key.user_name)
            return Identity(access_key, key.secret_access_key, account, user.arn, user.id, user.arn)
    return None


def unknown_key(protocol: str, service: str = "") -> Refusal:
    """What AWS answers to a key that it does not know (page "Common errors" of each API reference)."""
    if service == "s3":
        return Refusal("InvalidAccessKeyId", "The AWS Access Key Id you provided does not exist in our records.", 403)
    if protocol == "ec2":
        return Refusal("AuthFailure", "AWS was not able to validate the provided access credentials", 401)
    if protocol in ("query", "rest-xml"):
        return Refusal("InvalidClientTokenId", UNKNOWN, 403)
    return Refusal("UnrecognizedClientException", UNKNOWN, 403 if protocol == "rest-json" else 400)


def admit(world: World, caller: Identity, region: str, protocol: str) -> None:
    """Refuse callers of accounts that AWS has closed, and Regions that the account has not opted in to."""
    if not world.accounts[caller.account].is_usable:
        raise unknown_key(protocol)
    if region not in GLOBAL and not regions.is_usable(world, caller.account, region):
        raise unknown_key(protocol)


GLOBAL = ("aws-global", "aws-cn-global", "aws-us-gov-global")
