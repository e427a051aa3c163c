"""moto, which answers what is not ours: how a request reaches it and how its answer is read."""

from __future__ import annotations

import importlib
import logging
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache, lru_cache
from typing import Any
from urllib.parse import quote, urlsplit

from botocore.awsrequest import HeadersDict
from botocore.parsers import create_parser
from moto import backend_index, backends
from moto.core.base_backend import BackendDict
from moto.utilities.utils import get_partition
from werkzeug.exceptions import HTTPException

from landing.sandbox.protocol.http import HttpAnswer, HttpRequest
from landing.sandbox.protocol.model import S3_CONTROL_PATH, Operation, moto_request, service_model
from landing.sandbox.protocol.refusal import Refusal, unsupported

log = logging.getLogger(__name__)
Handler = Callable[..., Any]

AWS_HOST = re.compile(r"\.(amazonaws\.com(\.cn)?|api\.aws)$")
ACCOUNT_HEADER = "x-moto-account-id"


def forward(request: HttpRequest, operation: Operation, account: str) -> HttpAnswer:
    """Have moto answer as `account`. What moto does not have, or fails on, is unsupported."""
    url = aws_url(request, operation)
    headers = _addressed(request, urlsplit(url).netloc) | {ACCOUNT_HEADER: account}
    asked = replace(request, url=url, headers=headers)
    handler = _handler(asked.url)
    if handler is None:
        raise unsupported(operation.service, operation.name)
    ready = moto_request(asked)
    try:
        status, headers, body = handler(ready, ready.raw_url, ready.headers)
    except HTTPException as error:
        status, headers, body = error.code, dict(error.get_headers()), error.get_body()
    except NotImplementedError as error:
        raise unsupported(operation.service, operation.name) from error
    except Exception as error:
        log.debug("moto failed on %s:%s", operation.service, operation.name, exc_info=True)
        why = f"moto fails on this request with {type(error).__name__}: {error}"
        raise unsupported(operation.service, operation.name, why) from error
    data = body.encode() if isinstance(body, str) else bytes(body)
    return HttpAnswer(int(status), {k: str(v) for k, v in dict(headers).items()}, data)


def path_style(request: HttpRequest) -> HttpRequest:
    """A request to S3 with the bucket in its path, also if it came in front (bucket.localhost)."""
    parts = urlsplit(request.url)
    bucket = (parts.hostname or "").removesuffix(".localhost")
    signature = request.signature
    is_in_front = bucket != parts.hostname and not request.path.startswith(S3_CONTROL_PATH)
    if signature is None or signature.signing_name != "s3" or not is_in_front:
        return request
    netloc = parts.netloc.removeprefix(f"{bucket}.")
    moved = parts._replace(netloc=netloc, path=f"/{quote(bucket)}{parts.path}")
    return replace(request, url=moved.geturl(), headers=_addressed(request, netloc))


def _addressed(request: HttpRequest, host: str) -> dict[str, str]:
    """The headers with another host, and without a word about the account."""
    dropped = ("host", ACCOUNT_HEADER)
    return {k: v for k, v in request.headers.items() if k.lower() not in dropped} | {"Host": host}


def aws_url(request: HttpRequest, operation: Operation) -> str:
    """The URL as if it had been sent to AWS itself, for a request that came to a loopback address."""
    parts = urlsplit(request.url)
    host = parts.hostname or ""
    if AWS_HOST.search(host):
        return request.url.replace(".amazonaws.com.cn", ".amazonaws.com", 1)
    prefix = service_model(operation.service).endpoint_prefix
    signature = request.signature
    region = "us-east-1" if signature is None else signature.region
    path = parts.path or "/"
    if operation.service == "s3control":
        prefix = f"{request.header('x-amz-account-id') or host.partition('.')[0]}.{prefix}"
    query = f"?{parts.query}" if parts.query else ""
    for name in (f"{prefix}.{region}.amazonaws.com", f"{prefix}.amazonaws.com"):
        if _handlers(f"https://{name}"):
            return f"https://{name}{path}{query}"
    return f"https://{prefix}.{region}.amazonaws.com{path}{query}"


def _handler(url: str) -> Handler | None:
    parts = urlsplit(url)
    base = f"{parts.scheme}://{parts.netloc}"
    clean = f"{base}{parts.path or '/'}"
    return next((handler for pattern, handler in _handlers(base) if pattern.match(clean)), None)


@lru_cache(maxsize=1024)
def _handlers(base: str) -> tuple[tuple[re.Pattern[str], Handler], ...]:
    """moto's URL patterns for a host, with what answers them, in moto's order."""
    found: list[tuple[re.Pattern[str], Handler]] = []
    for service, pattern in backend_index.backend_url_patterns:
        if pattern.match(base):
            module = url_module(service)
            for url_base in module.url_bases:
                for path, handler in module.url_paths.items():
                    found.append((re.compile(path.format(url_base)), handler))
    return tuple(found)


@cache
def url_module(service: str) -> Any:
    """The module in which moto keeps the URLs of a service (named as moto names it)."""
    models = backends.get_backend(service).backend.__module__
    return importlib.import_module(models.rpartition(".models")[0] + ".urls")


def parsed(operation: Operation, answer: HttpAnswer) -> dict[str, Any]:
    """An answer of moto's as boto3 would give it; an error is raised as a refusal."""
    model = service_model(operation.service)
    parser = create_parser(operation.protocol)
    shape = operation.model.output_shape
    response = {"status_code": answer.status, "headers": HeadersDict(answer.headers), "body": answer.body}
    result: dict[str, Any] = parser.parse(response, shape)
    result.pop("ResponseMetadata", None)
    if answer.status < 300:
        return result
    error = result.pop("Error", {})
    shapes = {found.name: found for found in model.error_shapes}
    members = shapes[error["Code"]].members if error.get("Code") in shapes else ()
    extra = {k: v for k, v in result.items() if k in members and k.lower() != "message"}
    raise Refusal(error.get("Code", str(answer.status)), error.get("Message", ""), answer.status, **extra)


def backend(service: str, account: str, region: str) -> Any:
    """moto's backend of a service (named as botocore names it) in an account and Region."""
    by_account = backends.get_backend(service)[account]
    return by_account[region if region in by_account else get_partition(region)]


def backends_in_use(service: str) -> Iterator[tuple[str, Any]]:
    """Every backend of a service that moto has made so far, with its account."""
    for by_account in BackendDict._instances:
        if by_account.service_name == service:
            for account, by_region in list(by_account.items()):
                for made in list(by_region.values()):
                    yield account, made
