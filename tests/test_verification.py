"""Cases replayed through AWS's policy simulator: what is asked (checked against botocore's model) and what differs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.stub import ANY, Stubber

from landing.aws import Aws
from landing.core.errors import CannotRead
from landing.core.model import Source
from landing.guardrails.simulator_check import Verification, verify
from landing.policy.declared import estate_of
from landing.policy.testing import Attached, Estate, Suite, run
from landing.policy.testing import replay as reasons
from landing.policy.testing.output import as_json, as_junit
from landing.policy.testing.report import Report
from landing.report import verification as shown
from landing.services.permissions import reads
from tests.conftest import Load

DOCUMENT = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Sid": "Regions",
            "Effect": "Deny",
            "Action": ["sqs:CreateQueue", "sqs:DeleteQueue", "sqs:ListQueues"],
            "Resource": "*",
            "Condition": {
                "StringNotEquals": {"aws:RequestedRegion": "eu-west-1"},
                "Bool": {"aws:ViaAWSService": "false"},
            },
        }
    ],
}
CASES = """\
- {try: [sqs:CreateQueue, sqs:DeleteQueue], in: "account:shop-prod", with: {aws:RequestedRegion: us-east-1}, expect: denied}
- {try: sqs:ListQueues, in: "account:shop-prod", with: {aws:RequestedRegion: eu-west-1}, expect: not-denied}
"""
ALLOW = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}'
SOURCES = {"regions": Source("config/guardrails.yaml", 3, 3)}


@pytest.fixture
def aws(organization: Load) -> Aws:
    return Aws(organization(), reads=reads(organization()), rates={})


@pytest.fixture
def stub(aws: Aws) -> Iterator[Stubber]:
    with Stubber(aws.client("iam")) as stubber:
        yield stubber
        stubber.assert_no_pending_responses()


@pytest.fixture
def estate(organization: Load) -> Estate:
    return estate_of(organization())


def suite(folder: Path, cases: str = CASES, *policies: Attached) -> Suite:
    file = folder / "cases.yaml"
    file.write_text(cases)
    return Suite("regions", file, policies or (Attached("regions", DOCUMENT),))


def queue(estate: Estate, region: str) -> str:
    return f"arn:aws:sqs:{region}:{estate.keys['shop-prod']}:example"


def answer(resource: str, **decisions: str) -> dict[str, Any]:
    """AWS's form: one result an action, the decision of each named resource inside it."""
    return {
        "IsTruncated": False,
        "EvaluationResults": [
            {
                "EvalActionName": f"sqs:{name}",
                "EvalResourceName": "arn:${Partition}:sqs:${Region}:${Account}:${QueueName}",
                "EvalDecision": decision,
                "ResourceSpecificResults": [{"EvalResourceName": resource, "EvalResourceDecision": decision}],
            }
            for name, decision in decisions.items()
        ],
    }


def everything(**decisions: str) -> dict[str, Any]:
    results = [
        {"EvalActionName": f"sqs:{name}", "EvalResourceName": "*", "EvalDecision": decision}
        for name, decision in decisions.items()
    ]
    return {"IsTruncated": False, "EvaluationResults": results}


def expected(estate: Estate, actions: list[str], resource: str, region: str) -> dict[str, Any]:
    """All that a call holds; the Stubber also checks it against botocore's model."""
    text = json.dumps(DOCUMENT, separators=(",", ":"))
    return {
        "PolicyInputList": [ALLOW],
        "OrderedOrganizationPolicyInputList": [
            {"ServiceControlPolicyInputList": [ALLOW, text]},
            *({"ServiceControlPolicyInputList": [ALLOW]} for _ in ("workloads", "workloads/prod", "shop-prod")),
        ],
        "ActionNames": actions,
        "ResourceArns": [resource],
        "CallerArn": f"arn:aws:iam::{estate.keys['shop-prod']}:role/Anyone",
        "ContextEntries": [
            {"ContextKeyName": "aws:RequestedRegion", "ContextKeyType": "string", "ContextKeyValues": [region]},
            {"ContextKeyName": "aws:ViaAWSService", "ContextKeyType": "boolean", "ContextKeyValues": ["false"]},
        ],
    }


def asked(suites: list[Suite], estate: Estate, aws: Aws) -> Verification:
    return verify(suites, estate, aws, workers=1)


def test_requests_alike_share_a_call_and_agreement_is_counted(
    aws: Aws, stub: Stubber, estate: Estate, tmp_path: Path
) -> None:
    there = queue(estate, "us-east-1")
    first = answer(there, CreateQueue="explicitDeny", DeleteQueue="explicitDeny")
    stub.add_response(
        "simulate_custom_policy", first, expected(estate, ["sqs:CreateQueue", "sqs:DeleteQueue"], there, "us-east-1")
    )
    second = everything(ListQueues="allowed")
    stub.add_response("simulate_custom_policy", second, expected(estate, ["sqs:ListQueues"], "*", "eu-west-1"))
    found = asked([suite(tmp_path)], estate, aws)
    assert (found.agreed, found.calls, found.differences, found.exit_code) == (3, 2, (), 0)
    assert "3 requests in 2 calls, 3 agree: none differs" in shown.as_text(found, 0, SOURCES)


def test_a_difference_is_told_with_its_lines(aws: Aws, stub: Stubber, estate: Estate, tmp_path: Path) -> None:
    there = queue(estate, "us-east-1")
    stub.add_response("simulate_custom_policy", answer(there, CreateQueue="allowed", DeleteQueue="explicitDeny"))
    stub.add_response("simulate_custom_policy", everything(ListQueues="implicitDeny"))
    tested = suite(tmp_path)
    found = asked([tested], estate, aws)
    assert [(each.question.action, each.question.decision, each.aws) for each in found.differences] == [
        ("sqs:CreateQueue", "explicitDeny", "allowed"),
        ("sqs:ListQueues", "allowed", "implicitDeny"),
    ]
    assert found.exit_code == 2
    text = shown.as_text(found, 2, SOURCES)
    assert "regions (config/guardrails.yaml:3:3)" in text
    assert f"{tmp_path}/cases.yaml:1:3" in text
    assert "AWS says allowed, landing explicitDeny by regions/Regions (config/guardrails.yaml:3:3)" in text
    assert "not compared: 2 claims" in text
    [first, _] = shown.as_json(found, 0, SOURCES)["differences"]
    assert first["request"]["action"] == "sqs:CreateQueue"
    assert (first["aws"], first["landing"]) == ("allowed", "explicitDeny")
    report = run([tested], estate)
    assert json.loads(as_json(report, {"aws": shown.as_json(found, 0, SOURCES)}))["aws"]["agreed"] == 1
    junit = as_junit(Report((*report.suites, *shown.as_suites(found, SOURCES).suites)))
    assert junit.count("<failure") == 2


def test_pages_are_read_to_the_end(aws: Aws, stub: Stubber, estate: Estate, tmp_path: Path) -> None:
    there = queue(estate, "us-east-1")
    page = {**answer(there, CreateQueue="explicitDeny"), "IsTruncated": True, "Marker": "more"}
    stub.add_response("simulate_custom_policy", page)
    rest = expected(estate, ["sqs:CreateQueue", "sqs:DeleteQueue"], there, "us-east-1") | {"Marker": "more"}
    stub.add_response("simulate_custom_policy", answer(there, DeleteQueue="explicitDeny"), rest)
    stub.add_response("simulate_custom_policy", everything(ListQueues="allowed"))
    assert asked([suite(tmp_path)], estate, aws).agreed == 3


def test_what_aws_does_not_answer_is_counted(aws: Aws, stub: Stubber, estate: Estate, tmp_path: Path) -> None:
    stub.add_client_error("simulate_custom_policy", "PolicyEvaluation", "could not be evaluated")
    stub.add_response("simulate_custom_policy", everything())
    found = asked([suite(tmp_path)], estate, aws)
    assert found.unanswered == {"PolicyEvaluation: could not be evaluated": 2, "AWS gave no decision": 1}
    assert (found.agreed, found.exit_code) == (0, 3)
    assert "no answer: 2 requests: PolicyEvaluation" in shown.as_text(found, 0, SOURCES)
    assert shown.as_text(found, 0, SOURCES).endswith("none answered: nothing was compared with AWS\n")
    assert "failure" in as_junit(shown.as_suites(found, SOURCES))


def test_without_the_permission_nothing_is_claimed(aws: Aws, stub: Stubber, estate: Estate, tmp_path: Path) -> None:
    stub.add_client_error("simulate_custom_policy", "AccessDenied", "not authorized")
    with pytest.raises(CannotRead, match="SimulateCustomPolicy"):
        asked([suite(tmp_path, CASES.splitlines()[0])], estate, aws)


UNASKED = {
    "{as: root, try: sqs:CreateQueue, expect: denied}": reasons.NO_CALLER,
    "{as: service/config, try: sqs:CreateQueue, expect: not-denied}": reasons.NOT_SUBJECT,
    '{try: sqs:CreateQueue, on: "arn:aws:sqs:eu-west-1:999999999999:q", expect: not-denied}': reasons.OTHER_OWNER,
    "{try: sqs:CreateQueue, with: {aws:RequestedRegion: []}, expect: denied}": reasons.UNKNOWN_VALUE,
}


@pytest.mark.parametrize("case", UNASKED)
def test_what_the_simulator_cannot_take_is_counted(
    case: str, aws: Aws, stub: Stubber, estate: Estate, tmp_path: Path
) -> None:
    found = asked([suite(tmp_path, f"- {case}")], estate, aws)
    assert set(found.left_out) == {UNASKED[case]}
    assert (found.calls, found.exit_code) == (0, 0)
    assert UNASKED[case] in shown.as_text(found, 0, SOURCES)


def test_rcps_are_left_out_and_scps_beside_them_are_not(
    aws: Aws, stub: Stubber, estate: Estate, tmp_path: Path
) -> None:
    rcp = Attached("rcp", DOCUMENT, "RESOURCE_CONTROL_POLICY")
    line = '- {try: sqs:ListQueues, in: "account:shop-prod", expect: not-denied}'
    assert asked([suite(tmp_path, line, rcp)], estate, aws).left_out == {reasons.NO_SCP: 1}
    stub.add_response("simulate_custom_policy", everything(ListQueues="allowed"))
    assert asked([suite(tmp_path, line, rcp, Attached("scp", DOCUMENT))], estate, aws).agreed == 1


def test_key_types_are_those_of_the_catalogue(aws: Aws, stub: Stubber, estate: Estate, tmp_path: Path) -> None:
    keys = {
        "aws:SourceIp": ("ip", "IpAddress", "192.0.2.1"),
        "aws:TagKeys": ("stringList", "ForAnyValue:StringEquals", "[a, b]"),
        "aws:CurrentTime": ("date", "DateGreaterThan", "2026-01-01T00:00:00Z"),
        "aws:MultiFactorAuthAge": ("numeric", "NumericLessThan", "5"),
        "aws:PrincipalArn": ("string", "ArnLike", "arn:aws:iam::111122223333:role/x"),
        "corp:unknown": ("string", "StringEquals", "x"),
    }
    condition = {operator: {key: "1"} for key, (_, operator, _) in keys.items()}
    document = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Deny", "Action": "sqs:ListQueues", "Resource": "*", "Condition": condition}],
    }
    given = ", ".join(
        f'"{key}": {value if value[0] == "[" else json.dumps(value)}' for key, (*_, value) in keys.items()
    )
    stub.add_response("simulate_custom_policy", everything(ListQueues="allowed"), _with_context(keys))
    line = f'- {{try: sqs:ListQueues, in: "account:shop-prod", with: {{{given}}}, expect: not-denied}}'
    found = asked([suite(tmp_path, line, Attached("types", document))], estate, aws)
    assert (found.agreed, found.left_out) == (1, {})


def _with_context(keys: dict[str, tuple[str, str, str]]) -> dict[str, Any]:
    names = ("PolicyInputList", "OrderedOrganizationPolicyInputList", "ActionNames", "ResourceArns", "CallerArn")
    entries = [
        {
            "ContextKeyName": key,
            "ContextKeyType": kind,
            "ContextKeyValues": [part.strip() for part in value.strip("[]").split(",")],
        }
        for key, (kind, _, value) in sorted(keys.items())
    ]
    return {**dict.fromkeys(names, ANY), "ContextEntries": entries}
