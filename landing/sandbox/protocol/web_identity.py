"""Tokens that say who somebody is, as an issuer signs them for STS: JSON Web Tokens (RFC 7519).

The sandbox cannot ask an issuer for its keys. One key, which is no secret, signs for all of them: a token of the
sandbox says what a test wants it to say, and is good nowhere else.
"""

from __future__ import annotations

import hmac
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from typing import Any

KEY = b"landing-sandbox"
HEADER = {"alg": "HS256", "kid": "landing-sandbox", "typ": "JWT"}


def token(claims: Mapping[str, Any]) -> str:
    """A token with these claims: `iss` (a URL), `aud`, `sub`, and what the issuer tells besides."""
    signed = f"{_encoded(HEADER)}.{_encoded(claims)}"
    return f"{signed}.{_text(hmac.digest(KEY, signed.encode(), 'sha256'))}"


def claims_of(text: str) -> dict[str, Any]:
    """The claims of a token that the sandbox's key has signed; ValueError for anything else."""
    signed, _, signature = text.rpartition(".")
    if not hmac.compare_digest(_text(hmac.digest(KEY, signed.encode(), "sha256")), signature):
        raise ValueError("the signature is not that of the sandbox")
    claims = json.loads(_decoded(signed.partition(".")[2]))
    if not isinstance(claims, dict) or not all(isinstance(claims.get(name), str) for name in ("iss", "sub")):
        raise ValueError("iss and sub are missing")
    return claims


def _encoded(value: Mapping[str, Any]) -> str:
    return _text(json.dumps(value, separators=(",", ":")).encode())


def _text(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def _decoded(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
