"""Who signs, and what of a request is read before that is known (IAM User Guide, "Signature Version 4"; RFC 9112)."""

from __future__ import annotations

import hashlib
import socket
from collections.abc import Callable
from dataclasses import replace
from urllib.parse import urlsplit

import boto3
import pytest
from botocore.auth import S3SigV4Auth, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials

from landing.core.errors import LandingError
from landing.sandbox import Sandbox
from landing.sandbox.endpoint import process, signature
from landing.sandbox.protocol.http import HttpRequest
from landing.sandbox.protocol.refusal import Refusal
from landing.sandbox.world import Identity
from landing.sandbox.world.home import Endpoint, Home
from tests.sandbox.cloud import Cloud, refused, source

CALLER = Identity("AKIAEXAMPLEEXAMPLE00", "secret", "123456789012", "arn", "id")


def _signed(method: str, url: str, body: bytes = b"", *, service: str = "iam", **headers: str) -> HttpRequest:
    """A request as botocore signs it."""
    request = AWSRequest(method, url, headers, body)
    if service == "s3":
        request.headers["X-Amz-Content-SHA256"] = hashlib.sha256(body).hexdigest()
    auth = S3SigV4Auth if service == "s3" else SigV4Auth
    auth(Credentials(CALLER.access_key, CALLER.secret_key), service, "eu-west-1").add_auth(request)
    prepared = request.prepare()
    return HttpRequest(method, prepared.url, dict(prepared.headers.items()), body)


REQUESTS = {
    "a form": _signed("POST", "https://iam.amazonaws.com/", b"Action=ListRoles&Version=2010-05-08"),
    "a query": _signed("GET", "https://x.amazonaws.com/a/b?b=2&a=1&a=%20x%2F&empty="),
    "an encoded path": _signed("GET", "https://x.amazonaws.com/detector/a%20b%2Fc/../d//e"),
    "an object's path": _signed("PUT", "https://b.s3.amazonaws.com/a%20b//..%2Fc%C3%A9", b"body", service="s3"),
    "spaces in a header": _signed("GET", "https://x.amazonaws.com/", **{"X-Amz-Meta": "  a   b "}),
    "a port": _signed("GET", "http://127.0.0.1:4566/"),
}


@pytest.mark.parametrize("what", REQUESTS)
def test_what_botocore_signs_is_signed(what: str) -> None:
    signature.check(REQUESTS[what], CALLER, "query", "iam")


CHANGES: dict[str, Callable[[HttpRequest], HttpRequest]] = {
    "another secret": lambda request: request,
    "another method": lambda request: replace(request, method="DELETE"),
    "another path": lambda request: replace(request, url=request.url + "x"),
    "another body": lambda request: replace(request, body=request.body + b"x"),
    "another host": lambda request: replace(request, url=request.url.replace("amazonaws", "example")),
    "a query added": lambda request: replace(request, url=request.url + "?a=1"),
    "nothing signed": lambda request: replace(
        request, headers={"Authorization": request.headers["Authorization"].partition("SignedHeaders")[0]}
    ),
}


@pytest.mark.parametrize("what", CHANGES)
def test_what_was_changed_on_the_way_is_not(what: str) -> None:
    caller = replace(CALLER, secret_key="guessed") if what == "another secret" else CALLER
    with pytest.raises(Refusal, match="SignatureDoesNotMatch"):
        signature.check(CHANGES[what](REQUESTS["a form"]), caller, "query", "iam")


def _stranger(cloud: Cloud, access_key: str, token: str | None = None) -> Cloud:
    stranger = type(cloud).__new__(type(cloud))
    stranger.endpoint_url = cloud.endpoint_url
    stranger.keys = lambda _: (access_key, "guessed", token)  # type: ignore[method-assign]
    return stranger


@source("Common errors: SignatureDoesNotMatch, InvalidSignatureException, AuthFailure; S3 error responses")
def test_a_key_without_its_secret_is_refused_in_the_words_of_the_service(cloud: Cloud) -> None:
    stranger = _stranger(cloud, cloud.keys(None)[0])
    refused("SignatureDoesNotMatch", stranger.client("sts").get_caller_identity)
    refused("SignatureDoesNotMatch", stranger.client("s3").list_buckets)
    refused("InvalidSignatureException", stranger.client("organizations").describe_organization)
    refused("InvalidSignatureException", stranger.client("guardduty").list_detectors)
    refused("AuthFailure", stranger.client("ec2").describe_vpcs)


@source("Common errors: InvalidClientTokenId; S3 error responses: InvalidToken")
def test_a_session_is_nothing_without_its_token(cloud: Cloud) -> None:
    account = cloud.account("a")
    access_key, secret_key, _ = cloud.keys(account)
    for token in (None, "another"):
        stranger = _stranger(cloud, access_key)
        stranger.keys = lambda _, token=token: (access_key, secret_key, token)  # type: ignore[misc]
        refused("InvalidClientTokenId", stranger.client("sts").get_caller_identity)
        refused("InvalidToken", stranger.client("s3").list_buckets)


def test_a_presigned_url_is_let_in(endpoint: Endpoint) -> None:
    s3 = boto3.Session(endpoint.access_key, endpoint.secret_key, region_name="us-east-1").client(
        "s3", endpoint_url=endpoint.url, config=Config(signature_version="s3v4")
    )
    s3.create_bucket(Bucket="presigned")
    s3.put_object(Bucket="presigned", Key="key", Body=b"body")
    url = s3.generate_presigned_url("get_object", {"Bucket": "presigned", "Key": "key"})
    path = url.removeprefix(endpoint.url)
    assert _answer(endpoint, f"GET {path} HTTP/1.1\r\nHost: {urlsplit(url).netloc}\r\n\r\n").startswith("HTTP/1.1 200")
    assert " 403 " in _answer(endpoint, f"GET {path}0 HTTP/1.1\r\nHost: {urlsplit(url).netloc}\r\n\r\n")


def _answer(endpoint: Endpoint, request: str) -> str:
    """The first line of the answer to a request, byte by byte as it is given."""
    address = urlsplit(endpoint.url)
    with socket.create_connection((address.hostname or "", address.port or 0), timeout=20) as connection:
        connection.sendall(request.encode())
        connection.shutdown(socket.SHUT_WR)
        return connection.makefile("r", encoding="latin-1").readline()


CREDENTIAL = (
    "Authorization: AWS4-HMAC-SHA256 Credential={key}/20260101/us-east-1/iam/aws4_request, SignedHeaders=host, \
Signature=00\r\n"
)
MALFORMED = {
    "a negative length": ("POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n", 400),
    "no number": ("POST / HTTP/1.1\r\nContent-Length: 1e3\r\n\r\n", 400),
    "two lengths": ("POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", 400),
    "no length": ("POST / HTTP/1.1\r\n\r\n", 411),
    "a huge length": ("POST / HTTP/1.1\r\nContent-Length: 99999999999\r\n\r\n", 413),
    "a huge length of one who is known": (
        f"PUT /b/k HTTP/1.1\r\n{CREDENTIAL}Content-Length: 99999999999\r\n\r\n",
        413,
    ),
    "a length beyond all numbers": (f"POST / HTTP/1.1\r\nContent-Length: {'9' * 5000}\r\n\r\n", 400),
    "less than it says": ("POST / HTTP/1.1\r\nContent-Length: 10\r\n\r\nab", 400),
    "a chunk without a length": ("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n", 400),
    "a chunk of negative length": ("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n", 400),
    "a huge chunk": ("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFFFF\r\n", 413),
    "a chunk that is cut off": ("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab", 400),
    "a chunk that goes on": ("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nabcdef\r\n0\r\n\r\n", 400),
    "a length and chunks": ("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n0\r\n\r\n", 400),
    "another coding": ("POST / HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\n", 501),
    "a host that is none": ("GET / HTTP/1.1\r\nHost: [\r\n\r\n", 400),
    "no HTTP": ("HELLO\r\n\r\n", 400),
    "an unknown method": ("BREW / HTTP/1.1\r\n\r\n", 501),
    "a form that is no text": (
        "POST / HTTP/1.1\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 2\r\n\r\n\u00ff\r\n",
        403,
    ),
}


@pytest.mark.parametrize("what", MALFORMED)
def test_what_is_malformed_gets_an_answer(endpoint: Endpoint, what: str) -> None:
    request, status = MALFORMED[what]
    answer = _answer(endpoint, request.format(key=endpoint.access_key))
    assert answer.split()[1] == str(status), answer


def test_chunks_are_put_together(endpoint: Endpoint) -> None:
    key = f"x-sandbox-key: {endpoint.secret_key}\r\nTransfer-Encoding: chunked\r\n\r\n"
    head = f"POST /_sandbox/faults/seed HTTP/1.1\r\n{key}"
    assert " 200 " in _answer(endpoint, head + '8;x=y\r\n{"seed":\r\n3\r\n 1}\r\n0\r\nTrailer: x\r\n\r\n')


def test_a_sandbox_that_cannot_start_says_why_and_what_to_do(tmp_path: object, home: Home) -> None:
    home.path.write_text("", encoding="utf-8")
    with pytest.raises(LandingError, match=r"cannot keep its state in .*File exists.*Set LANDING_SANDBOX_HOME"):
        process.ensure_started(home)
    home.path.unlink()


def test_in_the_process_too_the_secret_counts(sandbox: Sandbox) -> None:
    administrator = sandbox.world.administrator()
    session = boto3.Session(administrator.access_key, "guessed", region_name="us-east-1")
    refused("SignatureDoesNotMatch", session.client("sts").get_caller_identity)
