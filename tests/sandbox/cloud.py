"""A world to check, reached in-process or over HTTP: the checks cannot tell which."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from typing import Any

import boto3
import botocore.session
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from landing.sandbox import Sandbox
from landing.sandbox.endpoint import process
from landing.sandbox.services import clients
from landing.sandbox.world.faults import Fault
from landing.sandbox.world.home import Endpoint

DENY = '{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"s3:*","Resource":"*"}]}'
RCP = '{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*"}]}'
ALLOW = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}'
SCP_TYPE = "SERVICE_CONTROL_POLICY"
RCP_TYPE = "RESOURCE_CONTROL_POLICY"


@cache
def _client(service: str, region: str, endpoint_url: str | None, *keys: str | None) -> Any:
    core = botocore.session.Session()
    core.register_component("data_loader", clients.LOADER)
    core.set_credentials(*keys)
    made: Any = boto3.Session(botocore_session=core, region_name=region)
    # S3 Control's clients put the account in front of the host, which only a proxy makes of an address.
    proxies = {"http": endpoint_url} if endpoint_url and service == "s3control" else None
    config = Config(retries={"total_max_attempts": 1}, proxies=proxies)
    return made.client(service, endpoint_url=endpoint_url, config=config)


class Cloud:
    """What both ways have in common: clients, and a few words in which checks are written."""

    def keys(self, account: str | None) -> tuple[str, str, str | None]:
        raise AssertionError

    endpoint_url: str | None = None

    def client(self, service: str, account: str | None = None, region: str = "us-east-1") -> Any:
        return _client(service, region, self.endpoint_url, *self.keys(account))

    def new_client(self, service: str) -> Any:
        """A client of one's own, whose events can be hooked."""
        return _client.__wrapped__(service, "us-east-1", self.endpoint_url, *self.keys(None))

    @property
    def organizations(self) -> Any:
        return self.client("organizations")

    @property
    def root(self) -> str:
        root: str = self.organizations.list_roots()["Roots"][0]["Id"]
        return root

    def unit(self, name: str, parent: str | None = None) -> str:
        created = self.organizations.create_organizational_unit(ParentId=parent or self.root, Name=name)
        unit: str = created["OrganizationalUnit"]["Id"]
        return unit

    def account(self, name: str, **parameters: Any) -> str:
        organizations = self.organizations
        request = organizations.create_account(AccountName=name, Email=f"{name}@example.com", **parameters)[
            "CreateAccountStatus"
        ]
        while request["State"] == "IN_PROGRESS":
            request = organizations.describe_create_account_status(CreateAccountRequestId=request["Id"])[
                "CreateAccountStatus"
            ]
        account: str = request["AccountId"]
        return account

    def policy(self, name: str = "p", content: str = DENY, kind: str = SCP_TYPE) -> str:
        created = self.organizations.create_policy(Name=name, Description="", Type=kind, Content=content)
        policy: str = created["Policy"]["PolicySummary"]["Id"]
        return policy

    def enable(self, kind: str = SCP_TYPE) -> None:
        organizations, root = self.organizations, self.root
        organizations.enable_policy_type(RootId=root, PolicyType=kind)
        while {"Type": kind, "Status": "ENABLED"} not in organizations.list_roots()["Roots"][0]["PolicyTypes"]:
            pass

    def trust(self, principal: str) -> None:
        self.organizations.enable_aws_service_access(ServicePrincipal=principal)

    def delegate(self, account: str, principal: str) -> None:
        self.trust(principal)
        self.organizations.register_delegated_administrator(AccountId=account, ServicePrincipal=principal)

    def attached(self, target: str, kind: str = SCP_TYPE) -> list[str]:
        policies = self.organizations.list_policies_for_target(TargetId=target, Filter=kind)["Policies"]
        return [policy["Name"] for policy in policies]


class InProcess(Cloud):
    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox

    def keys(self, account: str | None) -> tuple[str, str, str | None]:
        found = self.sandbox.world.administrator(account)
        return found.access_key, found.secret_key, found.session_token

    def arm(self, fault: Fault) -> None:
        self.sandbox.faults.add(fault)

    def advance(self, seconds: float) -> None:
        self.sandbox.advance(seconds)

    def calls(self) -> dict[str, int]:
        return {f"{service}:{operation}": n for (service, operation), n in self.sandbox.calls.items()}

    def option(self, **options: Any) -> None:
        self.sandbox.world.options.update(options)

    def dump(self) -> bytes:
        return self.sandbox.dump()

    def load(self, blob: bytes) -> None:
        self.sandbox.load(blob)


class OverHttp(Cloud):
    def __init__(self, endpoint: Endpoint) -> None:
        self.endpoint = endpoint
        self.endpoint_url = endpoint.url

    def keys(self, account: str | None) -> tuple[str, str, str | None]:
        if account is None:
            return self.endpoint.access_key, self.endpoint.secret_key, None
        found = json.loads(process.ask(self.endpoint, "POST", "session", {"account": account}))
        return found["access_key"], found["secret_key"], found["session_token"]

    def arm(self, fault: Fault) -> None:
        fields = {name: getattr(fault, name) for name in Fault.__slots__}
        process.ask(self.endpoint, "POST", "faults", fields)

    def advance(self, seconds: float) -> None:
        process.ask(self.endpoint, "POST", "advance", {"seconds": seconds})

    def calls(self) -> dict[str, int]:
        counted: dict[str, int] = json.loads(process.ask(self.endpoint, "GET", "calls"))
        return counted

    def option(self, **options: Any) -> None:
        process.ask(self.endpoint, "POST", "options", options)

    def dump(self) -> bytes:
        return process.ask(self.endpoint, "GET", "world")

    def load(self, blob: bytes) -> None:
        process.ask(self.endpoint, "PUT", "world", blob)


def source(page: str) -> Callable[[Any], Any]:
    """Where AWS says what the check checks."""
    return pytest.mark.source(page)


def refused(code: str, call: Callable[..., Any], *, reason: str | None = None, **parameters: Any) -> ClientError:
    """The call is refused with this error (and this Reason)."""
    with pytest.raises(ClientError) as caught:
        call(**parameters)
    assert caught.value.response["Error"]["Code"] == code
    if reason is not None:
        assert caught.value.response["Reason"] == reason  # type: ignore[typeddict-item]
    return caught.value
