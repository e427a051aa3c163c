"""Whether a request was signed by whom it names: Signature Version 4, computed again from what arrived.

IAM User Guide, "Create a signed AWS API request". Only what is signed counts: method, path, query, the signed headers
and the body. The time of the signature is not compared with the clock, because a world has a time of its own.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from functools import lru_cache
from urllib.parse import quote, unquote, urlsplit

from botocore.utils import normalize_url_path

from landing.sandbox.protocol.http import HttpRequest
from landing.sandbox.protocol.refusal import Refusal
from landing.sandbox.world import Identity

ALGORITHM = "AWS4-HMAC-SHA256"
FIELDS = re.compile(r"(Credential|SignedHeaders|Signature)=([^,\s]+)")
STREAMED = re.compile(r"UNSIGNED-PAYLOAD|STREAMING-[A-Z0-9-]+")
MISMATCH = (
    "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key "
    "and signing method. Consult the service documentation for details."
)
S3_MISMATCH = (
    "The request signature we calculated does not match the signature you provided. Check your key and signing method."
)


def check(request: HttpRequest, caller: Identity, protocol: str, service: str) -> None:
    """Refuse a request that does not carry the caller's signature, in the words of the protocol."""
    fields = _fields(request)
    if fields is None:
        raise Refusal(
            "InvalidRequest",
            f"The authorization mechanism you have provided is not supported. Please use {ALGORITHM}.",
            400,
        )
    claimed = request.header("x-amz-content-sha256")
    if claimed and not STREAMED.fullmatch(claimed) and claimed.lower() != hashlib.sha256(request.body).hexdigest():
        raise _mismatch(protocol, service)
    if not hmac.compare_digest(_signature(request, fields, caller.secret_key).encode(), fields["Signature"].encode()):
        raise _mismatch(protocol, service)


def token(request: HttpRequest) -> str | None:
    """The session token that came with a request."""
    return request.header("x-amz-security-token") or request.query.get("X-Amz-Security-Token") or None


def _mismatch(protocol: str, service: str) -> Refusal:
    """Each protocol has its own word for it (pages "Common errors" of each API reference)."""
    if service in ("s3", "s3control"):
        return Refusal("SignatureDoesNotMatch", S3_MISMATCH, 403)
    if protocol == "ec2":
        return Refusal("AuthFailure", "AWS was not able to validate the provided access credentials", 401)
    if protocol in ("query", "rest-xml"):
        return Refusal("SignatureDoesNotMatch", MISMATCH, 403)
    text = f"{MISMATCH} (SignatureDoesNotMatch)"  # the code by which the other protocols, and most guides, know it
    return Refusal("InvalidSignatureException", text, 403 if protocol == "rest-json" else 400)


def _fields(request: HttpRequest) -> dict[str, str] | None:
    """Credential, SignedHeaders and Signature, from the header or from a presigned URL; none of another scheme."""
    header = request.header("authorization")
    if header:
        found = dict(FIELDS.findall(header)) if header.startswith(ALGORITHM) else {}
    else:
        found = {name: request.query.get(f"X-Amz-{name}", "") for name in ("Credential", "SignedHeaders", "Signature")}
        if request.query.get("X-Amz-Algorithm") != ALGORITHM:
            return None
    return {"SignedHeaders": "", "Signature": "", **found} if "Credential" in found else None


def _signature(request: HttpRequest, fields: dict[str, str], secret: str) -> str:
    _, date, region, service, *_ = [*fields["Credential"].split("/"), *5 * [""]]
    presigned = not request.header("authorization")
    time = request.query.get("X-Amz-Date", "") if presigned else request.header("x-amz-date") or request.header("date")
    is_s3 = service == "s3"
    canonical = "\n".join(
        (
            request.method,
            request.path if is_s3 else quote(normalize_url_path(request.path), safe="/~"),
            _query(request),
            *(f"{name}:{_value(request, name)}" for name in fields["SignedHeaders"].split(";")),
            "",
            fields["SignedHeaders"],
            _payload(request, unsigned=is_s3 and presigned),
        )
    )
    scope = f"{date}/{region}/{service}/aws4_request"
    text = f"{ALGORITHM}\n{time}\n{scope}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    return hmac.digest(_key(secret, date, region, service), text.encode(), "sha256").hex()


@lru_cache(maxsize=4096)
def _key(secret: str, *scope: str) -> bytes:
    """The signing key of a day, a Region and a service."""
    key = f"AWS4{secret}".encode()
    for part in (*scope, "aws4_request"):
        key = hmac.digest(key, part.encode(), "sha256")
    return key


def _query(request: HttpRequest) -> str:
    text = urlsplit(request.url).query
    if not text:
        return ""
    pairs = (part.partition("=") for part in text.split("&") if part)
    encoded = ((_encoded(name), _encoded(value)) for name, _, value in pairs)
    return "&".join(f"{name}={value}" for name, value in sorted(encoded) if name != "X-Amz-Signature")


def _encoded(text: str) -> str:
    return quote(unquote(text, "latin-1"), safe="-_.~", encoding="latin-1") if "%" in text else quote(text, "-_.~")


def _value(request: HttpRequest, name: str) -> str:
    if name == "host":
        parts = urlsplit(request.url)
        default = {"http": ":80", "https": ":443"}.get(parts.scheme, "")
        return (request.header("host") or parts.netloc).removesuffix(default)
    return " ".join(request.header(name).split())


def _payload(request: HttpRequest, *, unsigned: bool) -> str:
    if unsigned:
        return "UNSIGNED-PAYLOAD"
    return request.header("x-amz-content-sha256") or hashlib.sha256(request.body).hexdigest()
