"""Faults on request: the same in-process and over HTTP."""

from __future__ import annotations

import json

import pytest
from botocore.exceptions import ClientError, ConnectionClosedError
from hypothesis import given
from hypothesis import strategies as st

from landing.sandbox import Sandbox
from landing.sandbox.endpoint import process
from landing.sandbox.world.faults import Fault, Faults
from tests.sandbox.cloud import Cloud, OverHttp, refused, source


@source("Organizations API reference: ConcurrentModificationException")
def test_a_call_is_rejected_and_has_no_effect(cloud: Cloud) -> None:
    cloud.arm(Fault("reject", "organizations", "Create*", code="ConcurrentModificationException"))
    create = cloud.organizations.create_organizational_unit
    root = cloud.root
    refused("ConcurrentModificationException", create, ParentId=root, Name="U")
    create(ParentId=root, Name="U")


@source("Organizations API reference: modelled errors become exceptions of the client")
def test_a_rejection_is_the_exception_of_the_model(cloud: Cloud) -> None:
    cloud.arm(Fault("reject", "organizations", code="ConcurrentModificationException"))
    organizations = cloud.organizations
    with pytest.raises(organizations.exceptions.ConcurrentModificationException):
        organizations.list_roots()


@source("botocore: ConnectionClosedError; CreateOrganizationalUnit has no client token")
def test_an_answer_is_lost_after_the_effect(cloud: Cloud) -> None:
    root = cloud.root
    cloud.arm(Fault("lose", "organizations", "CreateOrganizationalUnit"))
    create = cloud.organizations.create_organizational_unit
    with pytest.raises(ConnectionClosedError):
        create(ParentId=root, Name="U")
    refused("DuplicateOrganizationalUnitException", create, ParentId=root, Name="U")


@source("Common errors: InternalFailure, HTTP 500")
def test_an_answer_can_be_lost_to_an_error(cloud: Cloud) -> None:
    root = cloud.root
    cloud.arm(Fault("lose", "organizations", "CreateOrganizationalUnit", by="error"))
    create = cloud.organizations.create_organizational_unit
    error = refused("InternalFailure", create, ParentId=root, Name="U")
    assert error.response["ResponseMetadata"]["HTTPStatusCode"] == 500
    refused("DuplicateOrganizationalUnitException", create, ParentId=root, Name="U")


PROVIDER = "https://token.actions.githubusercontent.com"
PASSING = [
    ("iam", "delete_login_profile", {"UserName": "administrator"}, "EntityTemporarilyUnmodifiable", 409),
    ("iam", "create_service_linked_role", {"AWSServiceName": "config.amazonaws.com"}, "ServiceFailure", 500),
    ("iam", "create_open_id_connect_provider", {"Url": PROVIDER}, "OpenIdIdpCommunicationError", 400),
    ("shield", "create_subscription", {}, "InternalErrorException", 500),
    ("shield", "update_subscription", {"AutoRenew": "ENABLED"}, "OptimisticLockException", 400),
    ("fms", "list_policies", {}, "InternalErrorException", 400),
    ("detective", "list_organization_admin_accounts", {}, "TooManyRequestsException", 429),
    ("security-ir", "list_memberships", {}, "InvalidTokenException", 423),
    ("securitylake", "list_data_lakes", {}, "ConflictException", 409),
    ("sso-admin", "list_instances", {}, "InternalServerException", 500),
    ("inspector2", "update_configuration", {}, "ConflictException", 409),
    ("macie2", "enable_macie", {}, "ConflictException", 409),
]


@pytest.mark.parametrize(("service", "method", "parameters", "code", "status"), PASSING)
@source("API references: errors of each service that pass by themselves, and their HTTP status")
def test_errors_that_pass_are_answered_as_the_service_has_them(
    cloud: Cloud, service: str, method: str, parameters: dict[str, str], code: str, status: int
) -> None:
    client = cloud.client(service)
    operation = client.meta.method_to_api_mapping[method]
    cloud.arm(Fault("reject", service, operation, code=code))
    error = refused(code, getattr(client, method), **parameters)
    modelled = (each for each in client.meta.service_model.error_shapes if code in (each.name, each.error_code))
    assert type(error).__name__ in {each.name for each in modelled}
    assert error.response["ResponseMetadata"]["HTTPStatusCode"] == status


THROTTLED = {
    "organizations": ("list_roots", "TooManyRequestsException"),
    "sts": ("get_caller_identity", "Throttling"),
    "s3": ("list_buckets", "SlowDown"),
    "ec2": ("describe_vpcs", "RequestLimitExceeded"),
    "ssm": ("describe_parameters", "ThrottlingException"),
}


@pytest.mark.parametrize("service", THROTTLED)
@source("Common errors: throttling codes of each service")
def test_a_service_throttles_in_its_own_words(cloud: Cloud, service: str) -> None:
    method, code = THROTTLED[service]
    cloud.arm(Fault("throttle", service, times=None))
    refused(code, getattr(cloud.client(service), method))


@source("Organizations API reference: TooManyRequestsException; a client asks again")
def test_a_throttled_call_is_counted_and_succeeds_the_next_time(cloud: Cloud) -> None:
    cloud.arm(Fault("throttle", "organizations", "ListRoots"))
    before = cloud.calls().get("organizations:ListRoots", 0)
    refused("TooManyRequestsException", cloud.organizations.list_roots)
    assert cloud.organizations.list_roots()["Roots"]
    assert cloud.calls()["organizations:ListRoots"] == before + 2


@source("Organizations API reference: CreateAccount is asynchronous")
def test_a_delay_lets_virtual_time_pass(cloud: Cloud) -> None:
    created = cloud.organizations.create_account(AccountName="a", Email="a@example.com")["CreateAccountStatus"]
    cloud.arm(Fault("delay", "organizations", "DescribeCreateAccountStatus", seconds=3600))
    describe = cloud.organizations.describe_create_account_status
    assert describe(CreateAccountRequestId=created["Id"])["CreateAccountStatus"]["State"] == "SUCCEEDED"


@source("AWS Organizations: reads are eventually consistent")
def test_a_read_is_stale_so_many_times(cloud: Cloud) -> None:
    root = cloud.root
    cloud.arm(Fault("stale", "organizations", "ListOrganizationalUnitsForParent", times=2))
    cloud.organizations.create_organizational_unit(ParentId=root, Name="U")

    def units() -> int:
        listed = cloud.organizations.list_organizational_units_for_parent(ParentId=root)
        return len(listed["OrganizationalUnits"])

    assert [units() for _ in range(3)] == [0, 0, 1]


@source("S3 and other services of moto's: reads can be stale too")
def test_moto_is_stale_too(cloud: Cloud) -> None:
    ssm = cloud.client("ssm")
    ssm.put_parameter(Name="/x", Value="old", Type="String")
    cloud.arm(Fault("stale", "ssm", "GetParameter"))
    ssm.put_parameter(Name="/x", Value="new", Type="String", Overwrite=True)
    values = [ssm.get_parameter(Name="/x")["Parameter"]["Value"] for _ in range(2)]
    assert values == ["old", "new"]


@source("AWS Organizations: a new object may be invisible for a while")
def test_a_new_object_is_invisible_at_first(cloud: Cloud) -> None:
    cloud.arm(Fault("stale", "organizations", "DescribePolicy"))
    policy = cloud.policy()
    refused("PolicyNotFoundException", cloud.organizations.describe_policy, PolicyId=policy)
    assert cloud.organizations.describe_policy(PolicyId=policy)


def test_calls_of_our_own_services_are_neither_counted_nor_faulty(sandbox: Sandbox) -> None:
    sandbox.faults.reject("iam", "GetRole", code="AccessDenied", times=None)
    iam = sandbox.session().client("iam")
    iam.create_service_linked_role(AWSServiceName="config.amazonaws.com")
    assert ("iam", "GetRole") not in sandbox.calls
    with pytest.raises(ClientError):
        iam.get_role(RoleName="AWSServiceRoleForConfig")


def test_a_fault_can_begin_later() -> None:
    faults = Faults()
    faults.reject("s3", code="SlowDown", after=2, times=1)
    struck = [len(list(faults.strike("s3", "GetObject", "reject"))) for _ in range(4)]
    assert struck == [0, 0, 1, 0]


@given(st.integers(), st.floats(min_value=0, max_value=1), st.integers(min_value=0, max_value=30))
def test_dice_of_one_seed_fall_alike(seed: int, probability: float, calls: int) -> None:
    def struck() -> list[int]:
        faults = Faults()
        faults.seed(seed)
        faults.reject("*", code="x", probability=probability, times=None)
        return [len(list(faults.strike("a", "B", "reject"))) for _ in range(calls)]

    assert struck() == struck()


@given(st.integers(min_value=1, max_value=5), st.integers(min_value=0, max_value=10))
def test_a_fault_strikes_so_many_times(times: int, calls: int) -> None:
    faults = Faults()
    faults.throttle("a", times=times)
    struck = sum(len(list(faults.strike("a", "B", "throttle"))) for _ in range(calls))
    assert struck == min(times, calls)


def test_faults_are_listed_and_disarmed_over_http(endpoint: process.Endpoint) -> None:
    over_http = OverHttp(endpoint)
    over_http.arm(Fault("throttle", "s3", "Get*", times=3))
    listed = json.loads(process.ask(endpoint, "GET", "faults"))
    assert [(fault["kind"], fault["service"], fault["times"]) for fault in listed] == [("throttle", "s3", 3)]
    process.ask(endpoint, "DELETE", "faults")
    assert json.loads(process.ask(endpoint, "GET", "faults")) == []
