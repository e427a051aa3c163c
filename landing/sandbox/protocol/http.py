"""An HTTP request and answer as the sandbox sees them, whichever way they came in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from urllib.parse import parse_qsl, urlsplit

CREDENTIAL = re.compile(r"Credential=([^/,\s]+)/\d{8}/([^/]+)/([^/]+)/aws4_request")
LEGACY_CREDENTIAL = re.compile(r"AWS ([^:\s]+):")


@dataclass(frozen=True, slots=True)
class Signature:
    """What a signed request says about itself."""

    access_key: str
    region: str
    signing_name: str


@dataclass(frozen=True)
class HttpRequest:
    """A request of an AWS client."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes

    @cached_property
    def host(self) -> str:
        """To whom it was sent, without a port."""
        return urlsplit(self.url).hostname or ""

    @cached_property
    def path(self) -> str:
        """The path as sent, still percent-encoded."""
        return urlsplit(self.url).path or "/"

    @cached_property
    def query(self) -> dict[str, str]:
        """The query string; a repeated name keeps its last value."""
        return dict(parse_qsl(urlsplit(self.url).query, keep_blank_values=True))

    @cached_property
    def _lower(self) -> dict[str, str]:
        return {name.lower(): value for name, value in self.headers.items()}

    def header(self, name: str) -> str:
        """A header's value, or an empty string; names are given in lower case."""
        return self._lower.get(name, "")

    @cached_property
    def content_type(self) -> str:
        """The media type without its parameters."""
        return self.header("content-type").partition(";")[0].strip().lower()

    @cached_property
    def form(self) -> dict[str, str]:
        """The fields of an AWS query request, from the body or the query string."""
        if self.content_type == "application/x-www-form-urlencoded" and self.body:
            return dict(parse_qsl(self.body.decode(), keep_blank_values=True))
        return self.query

    @cached_property
    def signature(self) -> Signature | None:
        """Who signed, for which Region and service (SigV4 header, presigned URL, or the old S3 schemes)."""
        found = CREDENTIAL.search(self.header("authorization"))
        if found is None and "X-Amz-Credential" in self.query:
            found = CREDENTIAL.search("Credential=" + self.query["X-Amz-Credential"])
        if found is not None:
            return Signature(found[1], found[2], found[3])
        legacy = LEGACY_CREDENTIAL.match(self.header("authorization"))
        key = legacy[1] if legacy else self.query.get("AWSAccessKeyId")
        return Signature(key, "us-east-1", "s3") if key else None


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """What goes back to the client."""

    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
