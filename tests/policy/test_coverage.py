"""Who is subject at all, and what follows from the organization (rules 1 to 4, 17 and 18)."""

from dataclasses import replace
from typing import Any

import pytest

from landing.organization import Organization
from landing.policy import RCP, Unknown, catalog, covered, decide, evaluate
from tests.policy.build import deny, level, request

MANAGEMENT, PROD, SANDBOX = "111111111111", "222222222222", "333333333333"
ORGANIZATION: dict[str, Any] = {
    "id": "o-abc",
    "rootId": "r-ab12",
    "managementAccount": MANAGEMENT,
    "homeRegion": "eu-west-1",
    "accounts": {PROD: ["Workloads", "Workloads/Prod"], SANDBOX: []},
    "unitIds": {"Workloads": "ou-ab12-1", "Workloads/Prod": "ou-ab12-2"},
}
PROD_PATH = ("root", "Workloads", "Workloads/Prod", PROD)
BUCKET = "arn:aws:s3:::data/x"


def iam(account: str, name: str) -> str:
    return f"arn:aws:iam::{account}:{name}"


@pytest.mark.parametrize(
    "principal",
    [
        iam(PROD, "role/Developer"),
        iam(PROD, "user/somebody"),
        iam(PROD, "root"),
        f"arn:aws:sts::{PROD}:federated-user/x",
        f"arn:aws:sts::{PROD}:assumed-role/Developer/session",
        iam(PROD, "role/service-role/AWSServiceRoleForNothing"),
        iam(PROD, "role/AWSServiceRoleForNothing"),
        iam(PROD, "role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Admin_1"),
        iam(PROD, "role/stacksets-exec-0123456789abcdef"),
        iam(PROD, "role/x/aws-service-role/y"),
    ],
)
def test_rule_01_principals_of_member_accounts_are_subject_to_scps(principal: str) -> None:
    assert covered(ORGANIZATION, request(principal=principal)).scp_path == PROD_PATH


@pytest.mark.parametrize(
    ("principal", "why"),
    [
        (iam(MANAGEMENT, "role/Admin"), "management account"),
        (iam(MANAGEMENT, "root"), "management account"),
        (iam(PROD, "role/aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig"), "service-linked"),
        ("cloudtrail.amazonaws.com", "not to cloudtrail"),
        ("anonymous", "not to anonymous"),
        ("*", r"not to *"),
        (iam("999999999999", "role/Partner"), "not an account of the organization"),
    ],
)
def test_rule_01_others_are_not(principal: str, why: str) -> None:
    coverage = covered(ORGANIZATION, request(principal=principal))
    assert coverage.scp_path is None
    assert why in coverage.scp_reason


def test_rule_02_service_linked_is_told_by_the_path_and_not_by_the_name() -> None:
    session = f"arn:aws:sts::{PROD}:assumed-role/AWSServiceRoleForConfig/x"
    coverage = covered(ORGANIZATION, request(principal=session))
    assert coverage.scp_doubt is not None
    stop = [level(deny("s3:*"))]
    assert decide(coverage, request(principal=session), scps=stop).blocked is None


@pytest.mark.parametrize(
    ("principal", "resource", "account", "path"),
    [
        (iam("999999999999", "role/Partner"), BUCKET, PROD, PROD_PATH),
        ("anonymous", BUCKET, PROD, PROD_PATH),
        ("cloudtrail.amazonaws.com", BUCKET, PROD, PROD_PATH),
        (iam(PROD, "root"), BUCKET, SANDBOX, ("root", SANDBOX)),
        (iam(MANAGEMENT, "role/Admin"), BUCKET, PROD, PROD_PATH),
        (iam(PROD, "role/Developer"), BUCKET, None, PROD_PATH),
        (iam(PROD, "role/Developer"), BUCKET, MANAGEMENT, None),
        (iam(PROD, "role/Developer"), BUCKET, "999999999999", None),
        (iam(PROD, "role/aws-service-role/x/y"), BUCKET, PROD, None),
        (iam(PROD, "role/Developer"), "*", PROD, None),
    ],
)
def test_rule_03_rcps_apply_to_resources_of_member_accounts_whoever_asks(
    principal: str, resource: str, account: str | None, path: tuple[str, ...] | None
) -> None:
    asked = request(principal=principal, resource=resource, resourceAccount=account)
    assert covered(ORGANIZATION, asked).rcp_path == path


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        (
            request("ec2:RunInstances", f"arn:aws:ec2:eu-west-1:{PROD}:instance/i"),
            f"do not apply to ec2 by AWS's list of {catalog.day()}",
        ),
        (request("kms:RetireGrant", f"arn:aws:kms:eu-west-1:{PROD}:key/k"), "RetireGrant"),
        (request("kms:Decrypt", f"arn:aws:kms:eu-west-1:{PROD}:alias/aws/s3"), "managed key"),
        (request("kms:Decrypt", f"arn:aws:kms:eu-west-1:{PROD}:key/k", awsManagedKey=True), "managed key"),
        (request("sts:AssumeRole", iam(PROD, "role/aws-service-role/a/b")), "service-linked"),
        (request("s3:ListAllMyBuckets"), "no resource"),
        (request("s3:ListAllMyBuckets", "arn:aws:s3:::x", resourceAccount=PROD), "no resource"),
    ],
)
def test_rule_03_exceptions_to_rcps(asked: dict[str, Any], why: str) -> None:
    coverage = covered(ORGANIZATION, asked)
    assert coverage.rcp_path is None
    assert why in coverage.rcp_reason


def test_rule_03_an_owner_that_is_not_known_is_a_doubt() -> None:
    asked = request(resource=BUCKET, principal="anonymous")
    coverage = covered(ORGANIZATION, asked)
    assert coverage.rcp_path is None
    assert decide(coverage, asked, rcps=[level(deny("s3:*", Principal="*"))]).blocked is None


def test_rule_03_the_owner_is_read_from_the_arn() -> None:
    key = f"arn:aws:kms:eu-west-1:{SANDBOX}:key/k"
    coverage = covered(ORGANIZATION, request("kms:Decrypt", key, iam(PROD, "role/x")))
    assert (coverage.scp_path, coverage.rcp_path) == (PROD_PATH, ("root", SANDBOX))
    assert coverage.context["aws:ResourceAccount"] == SANDBOX


def test_rule_04_tasks_outside_of_scps() -> None:
    root = iam(PROD, "root")
    assert covered(ORGANIZATION, request("supportplans:CreateSupportPlanSchedule", "*", root)).scp_path is None
    role = request("supportplans:CreateSupportPlanSchedule", "*", iam(PROD, "role/x"))
    assert covered(ORGANIZATION, role).scp_path == PROD_PATH
    assert covered(ORGANIZATION, request("mechanicalturk:GetHIT", "*", iam(PROD, "role/x"))).scp_path is None
    keys = request("cloudfront:CreatePublicKey", "*", root)
    decision = decide(covered(ORGANIZATION, keys), keys, scps=[level(deny("cloudfront:*"))])
    assert (decision.result, decision.blocked) == ("Undetermined", None)
    assert decide(covered(ORGANIZATION, keys), keys, scps=[level(deny("s3:*"))]).result == "Allowed"


def test_rule_05_rcps_need_no_allow_as_full_access_cannot_be_detached() -> None:
    rcps: list[Any] = [level(deny("s3:*", Principal="*"), full=False), [], []]
    assert evaluate(rcps, request(), RCP).result == "ExplicitlyDenied"
    assert evaluate(rcps, request("sqs:SendMessage"), RCP).result == "Allowed"
    assert evaluate(rcps, request("sqs:SendMessage")).result == "ImplicitlyDenied"


def test_scps_of_the_principals_path_and_rcps_of_the_owners_path_are_combined() -> None:
    asked = request(resource=BUCKET, principal=iam(PROD, "role/x"), resourceAccount=SANDBOX)
    coverage = covered(ORGANIZATION, asked)
    idle, stop = ([level(deny(action, Principal="*"))] for action in ("sqs:*", "s3:*"))
    assert decide(coverage, asked, scps=idle, rcps=idle).result == "Allowed"
    assert decide(coverage, asked, scps=stop, rcps=idle).result == "ExplicitlyDenied"
    assert decide(coverage, asked, scps=idle, rcps=stop).result == "ExplicitlyDenied"
    assert decide(coverage, asked, scps=[[]], rcps=idle).result == "ImplicitlyDenied"
    outside = covered(ORGANIZATION, {**asked, "principal": iam(MANAGEMENT, "role/x")})
    assert decide(outside, asked, scps=stop, rcps=idle).scp is None


def test_rule_17_and_18_keys_are_derived_from_principal_resource_and_organization() -> None:
    asked = request("s3:GetObject", BUCKET, iam(PROD, "role/path/Developer"), resourceAccount=SANDBOX)
    coverage = covered(ORGANIZATION, asked)
    assert coverage.context == {
        "aws:PrincipalArn": iam(PROD, "role/path/Developer"),
        "aws:PrincipalAccount": PROD,
        "aws:PrincipalType": "AssumedRole",
        "aws:PrincipalOrgID": "o-abc",
        "aws:PrincipalOrgPaths": ["o-abc/r-ab12/ou-ab12-1/ou-ab12-2/"],
        "aws:PrincipalIsAWSService": "false",
        "aws:ResourceAccount": SANDBOX,
        "aws:ResourceOrgID": "o-abc",
        "aws:ResourceOrgPaths": ["o-abc/r-ab12/"],
        "aws:SecureTransport": "true",
        "aws:ViaAWSService": "false",
        "aws:RequestedRegion": "eu-west-1",
        "aws:CurrentTime": "2026-01-01T00:00:00Z",
        "aws:EpochTime": "1767225600",
    }
    assert coverage.assumed == (
        "aws:CurrentTime",
        "aws:EpochTime",
        "aws:PrincipalIsAWSService",
        "aws:RequestedRegion",
        "aws:SecureTransport",
        "aws:ViaAWSService",
    )


def test_rule_18_global_services_are_asked_in_their_own_region() -> None:
    def region(action: str, resource: str = "*") -> object:
        return covered(ORGANIZATION, request(action, resource)).context["aws:RequestedRegion"]

    assert region("iam:CreateRole") == "us-east-1"
    assert region("globalaccelerator:CreateAccelerator") == "us-west-2"
    assert region("sqs:SendMessage", f"arn:aws:sqs:us-east-2:{PROD}:q") == "us-east-2"
    assert region("sqs:ListQueues") == "eu-west-1"


def test_rule_18_global_services_of_other_partitions_have_their_own_regions() -> None:
    def region(partition: str, action: str) -> object:
        asked = request(action, principal=f"arn:{partition}:iam::{PROD}:role/x")
        return covered(ORGANIZATION, asked).context["aws:RequestedRegion"]

    assert region("aws-cn", "iam:CreateRole") == "cn-north-1"
    assert region("aws-cn", "organizations:LeaveOrganization") == "cn-northwest-1"
    assert region("aws-us-gov", "iam:CreateRole") == "us-gov-west-1"
    assert region("aws-us-gov", "shield:CreateProtection") == "eu-west-1"


def test_rule_03_the_owner_is_the_account_that_the_context_names() -> None:
    asked = request(resource=BUCKET, principal=iam(PROD, "role/x"), context={"AWS:ResourceAccount": SANDBOX})
    assert covered(ORGANIZATION, asked).rcp_path == ("root", SANDBOX)


def test_rule_18_outsiders_and_services_have_no_organization() -> None:
    partner = covered(ORGANIZATION, request(principal=iam("999999999999", "role/x"), resourceAccount=PROD))
    assert "aws:PrincipalOrgID" not in partner.context
    service = covered(ORGANIZATION, request(principal="cloudtrail.amazonaws.com", resourceAccount=PROD))
    assert service.context["aws:PrincipalIsAWSService"] == "true"
    assert "aws:PrincipalIsAWSService" not in service.assumed
    assert "aws:PrincipalArn" not in service.context


def test_what_the_request_gives_itself_is_kept_and_not_called_assumed() -> None:
    asked = request(resource=BUCKET, principal=iam(PROD, "role/x"), context={"AWS:securetransport": "false"})
    coverage = covered(ORGANIZATION, asked)
    complete = coverage.complete(asked)
    assert complete["context"]["AWS:securetransport"] == "false"
    assert "aws:SecureTransport" not in complete["context"]
    assert "aws:SecureTransport" not in coverage.assumed


def test_ids_that_are_not_known_offline_are_in_doubt_and_not_absent() -> None:
    planned = {key: value for key, value in ORGANIZATION.items() if key not in ("id", "unitIds")}
    asked = request(principal=iam(PROD, "role/x"), resourceAccount=PROD)
    coverage = covered(planned, asked)
    assert isinstance(coverage.context["aws:PrincipalOrgID"], Unknown)
    assert isinstance(coverage.context["aws:PrincipalOrgPaths"], Unknown)
    outsiders = deny(Condition={"StringNotEqualsIfExists": {"aws:PrincipalOrgID": "o-abc"}})
    assert decide(coverage, asked, scps=[level(outsiders)]).blocked is None
    assert (
        decide(coverage, asked, scps=[level(deny(Condition={"Null": {"aws:PrincipalOrgID": "true"}}))]).blocked is None
    )


def test_rule_17_a_session_without_a_path_is_warned_about() -> None:
    coverage = covered(ORGANIZATION, request(principal=f"arn:aws:sts::{PROD}:assumed-role/Dev/me"))
    assert coverage.context["aws:PrincipalArn"] == iam(PROD, "role/Dev")
    assert "hides the path" in coverage.notes[0]


def test_what_is_no_principal_is_in_doubt() -> None:
    asked = request(principal="role/Developer")
    assert decide(covered(ORGANIZATION, asked), asked, scps=[level(deny("s3:*"))]).blocked is None


@pytest.mark.parametrize(
    "accounts",
    [
        {PROD: "Workloads/Prod", SANDBOX: "root"},
        {PROD: ["root", "Workloads", "Workloads/Prod"], SANDBOX: ()},
        {"prod": {"id": PROD, "unit": "Workloads/Prod"}, "sandbox": {"id": SANDBOX, "unit": "root"}},
        [{"id": PROD, "unit": "Workloads/Prod"}, {"id": SANDBOX, "units": []}],
    ],
)
def test_an_organization_may_be_written_in_several_ways(accounts: Any) -> None:
    asked = request(principal=iam(PROD, "role/Developer"), resource=BUCKET)
    organization = {**ORGANIZATION, "accounts": accounts}
    assert covered(organization, asked) == covered(ORGANIZATION, asked)
    snake = {"management_account": MANAGEMENT, "accounts": accounts, "home_region": "eu-west-1"}
    assert covered(snake, asked).scp_path == PROD_PATH


def test_the_organization_of_a_config_will_do(full: Organization) -> None:
    ids = {"management": MANAGEMENT, "shop-prod": PROD}
    accounts = {key: replace(account, id=ids.get(key, account.id)) for key, account in full.accounts.items()}
    organization = replace(full, accounts=accounts)
    coverage = covered(organization, request(principal=iam(PROD, "role/Developer")))
    assert coverage.scp_path == ("root", "workloads", "workloads/prod", PROD)
    assert covered(organization, request(principal=iam(MANAGEMENT, "role/Developer"))).scp_path is None


@pytest.mark.parametrize(
    ("arn", "linked"),
    [
        ("arn:aws:iam::111122223333:role/aws-service-role/ops.amazonaws.com/AWSServiceRoleForX", True),
        ("arn:aws:iam::111122223333:role/AWSServiceRoleForX", False),
        ("arn:aws:iam::111122223333:role/team/AWSServiceRoleForX", False),
        ("arn:aws:iam::111122223333:role/team/aws-service-role/AWSServiceRoleForX", False),
        ("arn:aws:iam::111122223333:role/aws-service-role/ops.amazonaws.com/Another", None),
        ("arn:aws:iam::444455556666:role/AWSServiceRoleForX", None),
        (None, None),
    ],
)
def test_a_session_is_service_linked_by_the_path_that_the_context_gives(arn: str | None, linked: bool | None) -> None:
    """By the name alone it cannot be told; an ARN that is not that of the session's role tells nothing."""
    organization = {"managementAccount": "999999999999", "accounts": {"111122223333": ["Prod"]}}
    found = covered(
        organization,
        {
            "principal": "arn:aws:sts::111122223333:assumed-role/AWSServiceRoleForX/session",
            "action": "s3:GetObject",
            "resource": "arn:aws:s3:::bucket/key",
            "resourceAccount": "111122223333",
            "context": {} if arn is None else {"AWS:principalARN": arn},
        },
    )
    assert (found.scp_path is None, found.rcp_path is None) == (linked is True, linked is True)
    assert (found.scp_doubt is not None, found.rcp_doubt is not None) == (linked is None, linked is None)
