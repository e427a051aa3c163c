"""boto3 clients by which our services call other services inside the same world, as any account."""

from __future__ import annotations

from contextvars import ContextVar
from functools import cache
from typing import Any

import boto3
import botocore.session
from botocore.config import Config
from botocore.loaders import Loader

from landing.sandbox.world import Identity, World

ACTING: ContextVar[Identity | None] = ContextVar("ACTING", default=None)
"""Whom one of our services acts as while it calls another. Nothing that comes from outside can set it."""

LOADER = Loader()
"""Shared by every session, because reading the models is most of what making a client costs."""

SETTINGS: dict[str, Any] = {
    "retries": {"total_max_attempts": 1},
    "request_checksum_calculation": "when_required",
    "ignore_configured_endpoint_urls": True,
    "user_agent": "landing-sandbox",
}
INTERNAL = Config(**SETTINGS)


def session(identity: Identity, region: str) -> boto3.Session:
    """A boto3 session that signs as a known identity."""
    core = botocore.session.Session()
    core.register_component("data_loader", LOADER)
    core.set_default_client_config(Config(user_agent="landing-sandbox"))
    core.set_credentials(identity.access_key, identity.secret_key, identity.session_token)
    return boto3.Session(botocore_session=core, region_name=region)


def client(world: World, service: str, account: str, region: str) -> Any:
    """A client that acts as `account`; making one costs microseconds, a call a millisecond."""
    who = Identity(
        access_key="",
        secret_key="",
        account=account,
        arn=f"arn:{world.partition}:sts::{account}:assumed-role/AWSServiceRoleForSandbox/sandbox",
        user_id="AROASANDBOXSERVICE000:sandbox",
        principal=f"arn:{world.partition}:iam::{account}:role/AWSServiceRoleForSandbox",
    )
    template = _template(service, region)
    acting = object.__new__(type(template))
    vars(acting).update(vars(template))

    def make_api_call(operation: str, parameters: dict[str, Any]) -> Any:
        token = ACTING.set(who)
        try:
            return template._make_api_call(operation, parameters)
        finally:
            ACTING.reset(token)

    acting._make_api_call = make_api_call
    return acting


@cache
def _template(service: str, region: str) -> Any:
    core = botocore.session.Session()
    core.register_component("data_loader", LOADER)
    core.set_credentials("AKIASANDBOXSERVICE00", "sandbox")
    made: Any = boto3.Session(botocore_session=core, region_name=region)
    return made.client(service, config=INTERNAL)
