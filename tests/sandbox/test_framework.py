"""The framework on which services are written."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from landing.sandbox import Sandbox
from landing.sandbox.protocol import constraints, model, wire
from landing.sandbox.protocol.http import HttpRequest
from landing.sandbox.protocol.refusal import Refusal
from landing.sandbox.services import clients, page, registry
from landing.sandbox.services.call import Call
from landing.sandbox.services.service import Scope, Service
from landing.sandbox.world import Event, World
from landing.sandbox.world.clock import Clock

ROOT = Path(__file__).parents[2]


@dataclass
class Session:
    status: str | None = None
    jobs: list[dict[str, Any]] = field(default_factory=list)


class Macie(Service[Session]):
    """The service of the guide in `landing.sandbox.services.service`, nearly."""

    name = "macie2"
    state_type = Session
    scope = Scope.REGION

    def enable_macie(self, call: Call) -> dict[str, Any]:
        session = self.state(call)
        if session.status:
            raise Refusal("ConflictException", "Macie has already been enabled.")
        session.status = call.get("status", "ENABLED")
        session.jobs += [{"name": f"job-{number}", "jobId": call.world.token(8)} for number in range(30)]
        return {}

    def get_macie_session(self, call: Call) -> dict[str, Any]:
        return {"status": self.state(call).status, "createdAt": call.world.now}

    def list_classification_jobs(self, call: Call) -> dict[str, Any]:
        return call.page("items", self.state(call).jobs, most=25)

    def disable_macie(self, call: Call) -> dict[str, Any]:
        return {"nonsense": True}

    def list_tags_for_resource(self, call: Call) -> dict[str, Any]:
        raise Refusal("NonsenseException", "There is no such error.")


@pytest.fixture
def macie(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setitem(registry.SERVICES, "macie2", f"{__name__}:Macie")
    service = Macie()
    original = registry.service
    monkeypatch.setattr(registry, "service", lambda name: service if name == "macie2" else original(name))
    return sandbox.session().client("macie2", region_name="eu-west-1")


def test_a_service_is_a_class_with_operations(sandbox: Sandbox, macie: Any) -> None:
    macie.enable_macie()
    assert macie.get_macie_session()["status"] == "ENABLED"
    assert macie.get_macie_session()["createdAt"] == sandbox.world.now
    with pytest.raises(macie.exceptions.ConflictException, match="already been enabled") as caught:
        macie.enable_macie()
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 409


def test_state_is_by_account_and_region(sandbox: Sandbox, macie: Any) -> None:
    macie.enable_macie()
    elsewhere: Any = sandbox.session(region="eu-west-2").client("macie2")
    somebody: Any = sandbox.session("222222222222", region="eu-west-1").client("macie2")
    assert "status" not in elsewhere.get_macie_session()
    assert "status" not in somebody.get_macie_session()


def test_state_is_part_of_a_snapshot(sandbox: Sandbox, macie: Any) -> None:
    before = sandbox.dump()
    macie.enable_macie()
    sandbox.load(before)
    assert "status" not in macie.get_macie_session()


def test_pages_go_by_the_model(macie: Any) -> None:
    macie.enable_macie()
    first = macie.list_classification_jobs()
    assert len(first["items"]) == 25
    rest = macie.list_classification_jobs(nextToken=first["nextToken"])
    assert len(rest["items"]) == 5
    assert "nextToken" not in rest
    pages = macie.get_paginator("list_classification_jobs").paginate(PaginationConfig={"PageSize": 7})
    assert len(pages.build_full_result()["items"]) == 30
    with pytest.raises(macie.exceptions.ValidationException):
        macie.list_classification_jobs(nextToken="x")


def test_an_operation_without_a_method_is_unsupported(macie: Any) -> None:
    with pytest.raises(Exception, match="does not support macie2:ListMembers"):
        macie.list_members()


def test_mistakes_in_a_service_are_loud(macie: Any) -> None:
    with pytest.raises(TypeError, match="macie2:DisableMacie has no member nonsense"):
        macie.disable_macie()
    with pytest.raises(TypeError, match="macie2 has no error NonsenseException"):
        macie.list_tags_for_resource(resourceArn="arn:aws:macie2:us-east-1:123456789012:x/y")


def test_our_services_call_each_other_as_any_account(sandbox: Sandbox) -> None:
    account = sandbox.seed(1)[0]
    internal = clients.client(sandbox.world, "s3", account, "eu-west-1")
    location = {"LocationConstraint": "eu-west-1"}
    internal.create_bucket(Bucket="bucket", CreateBucketConfiguration=location)
    seen: Any = sandbox.session(account).client("s3")
    assert [bucket["Name"] for bucket in seen.list_buckets()["Buckets"]] == ["bucket"]
    pages = internal.get_paginator("list_buckets").paginate()
    assert len(pages.build_full_result()["Buckets"]) == 1
    assert ("s3", "CreateBucket") not in sandbox.calls


HEARD: list[tuple[str, str]] = []


def hear(_: World, event: Event) -> None:
    HEARD.append((event.name, event.account))


def test_events_are_heard(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    HEARD.clear()
    names = ("account-joined", "account-moved", "account-closed", "administrator-registered")
    monkeypatch.setattr(sandbox.world, "listeners", lambda name: (hear,) if name in names else ())
    account = sandbox.seed(1, ["Unit"])[0]
    organizations: Any = sandbox.session().client("organizations")
    organizations.enable_aws_service_access(ServicePrincipal="config.amazonaws.com")
    organizations.register_delegated_administrator(AccountId=account, ServicePrincipal="config.amazonaws.com")
    organizations.close_account(AccountId=account)
    sandbox.advance(3600)
    assert [
        ("account-joined", account),
        ("account-moved", account),
        ("administrator-registered", account),
        ("account-closed", account),
    ] == HEARD
    assert [event.name for event in sandbox.world.events if event.account == account] == [n for n, _ in HEARD]


@pytest.mark.parametrize(("service", "path"), sorted(registry.SERVICES.items()))
def test_a_registered_service_has_only_operations_of_the_model(service: str, path: str) -> None:
    found = registry.service(service)
    assert found is not None
    assert found.name == service
    methods = {model.method_name(name) for name in model.service_model(service).operation_names}
    public = {name for name in vars(type(found)) if not name.startswith("_") and callable(getattr(found, name))}
    assert public - methods - {"admit", "refuse_problem", "refuse_token", "state_type"} == set()


@pytest.mark.parametrize("name", model.SIGNING_NAMES)
def test_signature_names_are_those_of_the_model(name: str) -> None:
    for service in model.SIGNING_NAMES[name]:
        metadata = model.service_model(service).metadata
        assert metadata.get("signingName", metadata["endpointPrefix"]) == name


@pytest.mark.parametrize(("partition", "region"), [("aws-cn", "cn-northwest-1"), ("aws-us-gov", "us-gov-west-1")])
def test_other_partitions_have_their_own_arns_and_regions(partition: str, region: str) -> None:
    with Sandbox(organization=True, partition=partition) as entered:
        organizations: Any = entered.session().client("organizations")
        arn = organizations.describe_organization()["Organization"]["Arn"]
        assert arn.startswith(f"arn:{partition}:organizations::")
        account = entered.seed(1)[0]
        role = f"arn:{partition}:iam::{account}:role/OrganizationAccountAccessRole"
        sts: Any = entered.session().client("sts")
        assumed = sts.assume_role(RoleArn=role, RoleSessionName="check")["AssumedRoleUser"]["Arn"]
        assert assumed.startswith(f"arn:{partition}:sts::{account}:")
        ssm: Any = entered.session().client("ssm")
        assert ssm.meta.region_name == region
        ssm.put_parameter(Name="/x", Value="1", Type="String")
        elsewhere: Any = entered.session(region="us-east-1").client("ssm")
        with pytest.raises(elsewhere.exceptions.ClientError, match="UnrecognizedClientException"):
            elsewhere.describe_parameters()


# --- the clock


DONE: list[str] = []


def finish(_: World, name: str) -> None:
    DONE.append(name)


@given(st.lists(st.integers(min_value=1, max_value=100), max_size=8), st.integers(min_value=0, max_value=120))
def test_time_brings_what_is_due_in_its_order(dues: list[int], passed: int) -> None:
    DONE.clear()
    world = World()
    for due in dues:
        world.clock.later(finish, str(due), thing=("thing", due), seconds=due)
    world.clock.advance(world, passed)
    assert [str(due) for due in sorted(dues) if due <= passed] == DONE


@given(st.integers(min_value=0, max_value=5), st.integers(min_value=0, max_value=8))
def test_polls_bring_a_thing_to_its_end(latency: int, polls: int) -> None:
    DONE.clear()
    world = World(clock=Clock(datetime(2026, 1, 1, tzinfo=UTC), latency=latency))
    world.clock.later(finish, "done", thing="thing")
    for _ in range(polls):
        world.clock.poll(world, "thing")
        world.clock.poll(world, "another")
    assert (DONE == ["done"]) == (polls > latency)
    assert world.clock.is_waiting("thing") == (polls <= latency)


def test_what_is_called_off_never_happens() -> None:
    DONE.clear()
    world = World()
    world.clock.later(finish, "done", thing="thing")
    world.clock.forget("thing")
    world.clock.advance(world, 10_000)
    assert DONE == []


# --- the wire


def _operation(service: str, name: str) -> model.Operation:
    found = model.service_model(service)
    protocol = "json" if "json" in found.metadata.get("protocols", []) else found.protocol
    return model.Operation(service, name, protocol, found.operation_model(name), {})


@pytest.mark.parametrize("protocol", ["json", "rest-json", "rest-xml", "query", "ec2"])
def test_an_unsupported_call_is_readable_in_every_protocol(protocol: str) -> None:
    from botocore.parsers import create_parser

    answer = wire.refuse(protocol, "x", Refusal("SandboxUnsupported", "a < b", 501))
    response = {"status_code": answer.status, "headers": {k.lower(): v for k, v in answer.headers.items()}}
    parsed = create_parser(protocol).parse({**response, "body": answer.body}, None)
    assert parsed["Error"]["Code"] == "SandboxUnsupported"
    assert parsed["Error"]["Message"] == "a < b"


def test_members_of_an_error_are_written() -> None:
    refusal = Refusal("ConstraintViolationException", "no", Reason="OU_DEPTH_LIMIT_EXCEEDED")
    answer = wire.refuse("json", "organizations", refusal)
    assert json.loads(answer.body) == {
        "__type": "ConstraintViolationException",
        "Message": "no",
        "Reason": "OU_DEPTH_LIMIT_EXCEEDED",
    }


PROBLEMS: dict[str, tuple[dict[str, Any], str | None]] = {
    "fine": ({"Name": "n", "Description": "", "Type": "TAG_POLICY", "Content": "{}"}, None),
    "missing": ({"Name": "n", "Description": "", "Type": "TAG_POLICY"}, "required"),
    "too short": ({"Name": "", "Description": "", "Type": "TAG_POLICY", "Content": "{}"}, "min_length"),
    "too long": ({"Name": "n" * 129, "Description": "", "Type": "TAG_POLICY", "Content": "{}"}, "max_length"),
    "no such value": ({"Name": "n", "Description": "", "Type": "X", "Content": "{}"}, "enum"),
    "below": (
        {
            "Name": "n",
            "Description": "",
            "Type": "TAG_POLICY",
            "Content": "{}",
            "Tags": [{"Key": "#", "Value": ""}],
        },
        "pattern",
    ),
}


@pytest.mark.parametrize("what", PROBLEMS)
def test_the_model_constrains_requests(what: str) -> None:
    parameters, kind = PROBLEMS[what]
    shape = _operation("organizations", "CreatePolicy").model.input_shape
    problem = constraints.first_problem(shape, parameters)
    assert (None if problem is None else problem.kind) == kind


@given(st.text(), st.text())
def test_headers_and_queries_never_break_a_request(name: str, value: str) -> None:
    request = HttpRequest("GET", f"http://localhost/?{name}={value}", {name: value}, b"")
    assert request.signature is None or request.signature.signing_name == "s3"
    assert isinstance(request.query, dict)


def test_the_page_lists_what_is_supported() -> None:
    told = "run: python -m landing.sandbox.services.page > docs/sandbox.md"
    assert (ROOT / "docs" / "sandbox.md").read_text(encoding="utf-8") == page.page(), told
