"""Requests to parameters and results to answers, for every protocol of AWS, by botocore's service models."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from functools import cache
from typing import Any
from xml.sax.saxutils import escape

from botocore.utils import parse_timestamp
from moto.core.parse import PROTOCOL_PARSERS
from moto.core.serialize import DefaultAttributePicker, get_serializer_class

from landing.sandbox.protocol.http import HttpAnswer, HttpRequest
from landing.sandbox.protocol.model import Operation, moto_request, service_model
from landing.sandbox.protocol.refusal import Refusal

JSON_PROTOCOLS = ("json", "rest-json")
COMMON_ERRORS = frozenset({
    "AccessDenied", "AccessDeniedException", "ExpiredToken", "ExpiredTokenException", "InvalidAccessKeyId",
    "InvalidClientTokenId", "MissingAuthenticationToken", "OptInRequired", "RequestExpired",
    "InternalFailure", "InvalidSignatureException", "SandboxUnsupported", "ServiceUnavailable",
    "SubscriptionRequiredException", "Throttling", "ThrottlingException",
    "UnrecognizedClientException", "ValidationError", "ValidationException",
})  # fmt: skip
"""Errors that any service may answer although its model does not name them (pages "Common errors", and Health's)."""


def read(operation: Operation, request: HttpRequest) -> dict[str, Any]:
    """The request's parameters, named as in the model."""
    shape = operation.model.input_shape
    if shape is None:
        return {}
    if operation.protocol == "json":
        values, headers = {}, request.headers
    else:
        raw = moto_request(request)
        values, headers = raw.values, raw.headers
    parser = PROTOCOL_PARSERS[operation.protocol](operation.model, timestamp_parser=_aware)
    parsed: dict[str, Any] = parser.parse(
        {
            "method": request.method,
            "values": values,
            "headers": headers,
            "body": request.body,
            "url_path": request.path,
            "url_params": operation.path_parameters,
        }
    )
    return {name: value for name, value in parsed.items() if not _absent(shape, name, value)}


def _aware(value: Any) -> datetime:
    moment: datetime = parse_timestamp(value)
    return moment.astimezone(UTC)


def _absent(shape: Any, name: str, value: object) -> bool:
    """Whether a parameter was not sent; the parser gives [] for a list missing in a query string."""
    if value is None:
        return True
    return value in ([], {}) and shape.members[name].serialization.get("location") == "querystring"


def write(operation: Operation, result: dict[str, Any] | None) -> HttpAnswer:
    """The answer to a call that succeeded; a member that the model does not have is a mistake of ours."""
    shape = operation.model.output_shape
    result = {} if result is None else result
    status = operation.model.http.get("responseCode", 200)
    if operation.protocol in JSON_PROTOCOLS and (shape is None or _is_plain(shape)):
        where = f"{operation.service}:{operation.name}"
        body = {} if shape is None else _json(shape, result, where)
        return HttpAnswer(status, {"Content-Type": _json_type(operation)}, json.dumps(body).encode())
    if shape is not None:
        _json(shape, result, f"{operation.service}:{operation.name}")
    serializer = get_serializer_class(operation.service, operation.protocol)
    written = serializer(operation_model=operation.model, value_picker=DefaultAttributePicker()).serialize(result)
    body = written["body"]
    data = body.encode() if isinstance(body, str) else body
    return HttpAnswer(written["status_code"], {k: str(v) for k, v in written["headers"].items()}, data)


@cache
def _is_plain(shape: Any) -> bool:
    return "payload" not in shape.serialization and not any(
        "location" in member.serialization for member in shape.members.values()
    )


def _json_type(operation: Operation) -> str:
    if operation.protocol == "rest-json":
        return "application/json"
    version = operation.model.service_model.metadata.get("jsonVersion", "1.1")
    return f"application/x-amz-json-{version}"


def _json(shape: Any, value: Any, path: str) -> Any:
    kind = shape.type_name
    if kind == "structure" and not getattr(shape, "is_document_type", False):
        return _json_structure(shape, value, path)
    if kind == "list":
        return [_json(shape.member, item, path + "[]") for item in value]
    if kind == "map":
        return {key: _json(shape.value, item, f"{path}.{key}") for key, item in value.items()}
    if kind == "timestamp":
        return _json_timestamp(shape, value)
    if kind == "blob":
        return value if not isinstance(value, bytes) else base64.b64encode(value).decode()
    return value


def _json_structure(shape: Any, value: dict[str, Any], path: str) -> dict[str, Any]:
    members = shape.members
    written = {}
    for name, item in value.items():
        if name not in members:
            raise TypeError(f"{path} has no member {name}, it has {', '.join(members)}")
        if item is not None:
            member = members[name]
            written[member.serialization.get("name", name)] = _json(member, item, f"{path}.{name}")
    return written


def _json_timestamp(shape: Any, value: datetime) -> float | str:
    if shape.serialization.get("timestampFormat", "unixtimestamp").lower() == "iso8601":
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
    return round(value.timestamp(), 3)


@cache
def _error_shapes(service: str) -> dict[str, Any]:
    model = service_model(service)
    shapes = {} if model is None else {shape.name: shape for shape in model.error_shapes}
    return {shape.metadata.get("error", {}).get("code", name): shape for name, shape in shapes.items()} | shapes


def is_modelled(service: str, code: str) -> bool:
    """Whether the service's model (or every service) knows the error; S3 and EC2 model next to none."""
    return code in COMMON_ERRORS or service in ("s3", "ec2") or code in _error_shapes(service)


def refuse(protocol: str, service: str, refusal: Refusal) -> HttpAnswer:
    """The answer to a call that was refused."""
    shape = _error_shapes(service).get(refusal.code)
    error = {} if shape is None else shape.metadata.get("error", {})
    default = 500 if shape is not None and shape._shape_model.get("fault") else 400  # no part of its `metadata`
    status = refusal.status or error.get("httpStatusCode", default)
    if protocol in JSON_PROTOCOLS:
        return _json_refusal(protocol, service, refusal, shape, status)
    return _xml_refusal(protocol, service, refusal, error.get("code", refusal.code), status)


def _json_refusal(protocol: str, service: str, refusal: Refusal, shape: Any, status: int) -> HttpAnswer:
    names = () if shape is None else shape.members
    message = "Message" if "Message" in names else "message"
    code = refusal.code if shape is None else shape.name
    body = {"__type": code, message: refusal.message}
    if shape is not None:
        body |= _json(shape, refusal.members, f"{service} {code}")
    version = "json" if protocol == "rest-json" else "x-amz-json-1.1"
    headers = {"Content-Type": f"application/{version}", "x-amzn-ErrorType": code}
    return HttpAnswer(status, headers, json.dumps(body).encode())


def _xml_refusal(protocol: str, service: str, refusal: Refusal, code: str, status: int) -> HttpAnswer:
    members = "".join(f"<{k}>{escape(str(v))}</{k}>" for k, v in refusal.members.items())
    error = f"<Code>{escape(code)}</Code><Message>{escape(refusal.message)}</Message>{members}"
    fault = "Receiver" if status >= 500 else "Sender"
    if protocol == "ec2":
        body = f"<Response><Errors><Error>{error}</Error></Errors><RequestID>sandbox</RequestID></Response>"
    elif service == "s3":
        body = f"<Error>{error}<RequestId>sandbox</RequestId></Error>"
    else:
        body = (
            f"<ErrorResponse><Error><Type>{fault}</Type>{error}</Error><RequestId>sandbox</RequestId></ErrorResponse>"
        )
    text = f'<?xml version="1.0" encoding="UTF-8"?>{body}'
    return HttpAnswer(status, {"Content-Type": "text/xml"}, text.encode())
