"""Which service and operation a request means, told by botocore's own service models."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from botocore import xform_name
from botocore.exceptions import UnknownServiceError
from moto.core.request import Request as MotoRequest
from moto.core.routing import get_service_router
from moto.core.utils import get_service_model
from werkzeug.exceptions import NotFound

from landing.sandbox.protocol.http import HttpRequest

SIGNING_NAMES: dict[str, tuple[str, ...]] = {
    "access-analyzer": ("accessanalyzer",),
    "airflow": ("mwaa",),
    "apigateway": ("apigateway", "apigatewayv2"),
    "aps": ("amp",),
    "awsssoportal": ("sso",),
    "bedrock": ("bedrock", "bedrock-agent", "bedrock-runtime", "bedrock-agent-runtime"),
    "bedrock-agentcore": ("bedrock-agentcore", "bedrock-agentcore-control"),
    "cloudcontrolapi": ("cloudcontrol",),
    "connect": ("connect",),
    "dynamodb": ("dynamodb", "dynamodbstreams"),
    "elasticfilesystem": ("efs",),
    "elasticloadbalancing": ("elb", "elbv2"),
    "elasticmapreduce": ("emr",),
    "es": ("opensearch", "es"),
    "events": ("events",),
    "iam": ("iam",),
    "iotdata": ("iot-data",),
    "kinesisanalytics": ("kinesisanalyticsv2", "kinesisanalytics"),
    "lambda": ("lambda",),
    "mobiletargeting": ("pinpoint",),
    "monitoring": ("cloudwatch",),
    "rds": ("rds",),
    "s3": ("s3control", "s3"),
    "servicecatalog": ("servicecatalog", "servicecatalog-appregistry"),
    "servicequotas": ("service-quotas",),
    "ses": ("ses", "sesv2"),
    "sso": ("sso-admin",),
    "sso-oauth": ("sso-oidc",),
    "states": ("stepfunctions",),
    "tagging": ("resourcegroupstaggingapi",),
    "timestream": ("timestream-query", "timestream-write"),
}
"""Signing names that are not the service's own name in botocore, or that several services share."""

S3_CONTROL_PATH = "/v20180820/"
FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of a service, and what of its parameters stood in the path."""

    service: str
    name: str
    protocol: str
    model: Any
    path_parameters: dict[str, str]

    @property
    def method(self) -> str:
        """The operation's name in snake case, as boto3 and our services spell it."""
        return method_name(self.name)


method_name = cache(xform_name)


@cache
def service_model(service: str) -> Any:
    """botocore's model of a service, or None if botocore does not know the service."""
    try:
        return get_service_model(service)
    except UnknownServiceError:
        return None


def candidates(signing_name: str, request: HttpRequest) -> tuple[str, ...]:
    """The services a signing name may mean."""
    if signing_name == "s3":
        is_control = request.path.startswith(S3_CONTROL_PATH)
        return ("s3control",) if is_control else ("s3",)
    return SIGNING_NAMES.get(signing_name, (signing_name,))


def resolve(signing_name: str, request: HttpRequest) -> Operation | None:
    """The operation that a request asks for; None if botocore knows no such operation."""
    models = [model for name in candidates(signing_name, request) if (model := service_model(name))]
    if target := request.header("x-amz-target"):
        return _by_target(models, target)
    if request.content_type == FORM or "Action" in request.query:
        return _by_action(models, request)
    return _by_path(models, request)


def _by_target(models: list[Any], target: str) -> Operation | None:
    prefix, _, name = target.rpartition(".")
    for model in models:
        if model.metadata.get("targetPrefix") == prefix or len(models) == 1:
            return _operation(model, name, "json")
    return None


def _by_action(models: list[Any], request: HttpRequest) -> Operation | None:
    action, version = request.form.get("Action", ""), request.form.get("Version")
    for model in models:
        if len(models) == 1 or model.api_version == version:
            protocol = "ec2" if model.protocol == "ec2" else "query"
            return _operation(model, action, protocol)
    return None


def _by_path(models: list[Any], request: HttpRequest) -> Operation | None:
    for model in models:
        if not model.protocol.startswith("rest-"):
            continue
        try:
            found, parameters = get_service_router(model.service_name).match(moto_request(request))
        except NotFound:
            continue
        return Operation(model.service_name, found.name, model.protocol, found, dict(parameters))
    return None


def _operation(model: Any, name: str, protocol: str) -> Operation | None:
    if name not in model.operation_names:
        return None
    return Operation(model.service_name, name, protocol, model.operation_model(name), {})


def moto_request(request: HttpRequest) -> Any:
    """The request in the form that moto's routers, parsers and services take."""
    return MotoRequest.from_primitives(request.method, request.url, request.headers, request.body)
