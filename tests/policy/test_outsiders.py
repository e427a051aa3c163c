"""Whom RCPs let through though they are outside the organization: whoever gives themselves the name that is asked for."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from landing.config import load
from landing.core.errors import ConfigError
from landing.library import Library, shipped
from landing.organization import Guardrail, Organization, Target
from landing.policy import RCP, SCP
from landing.policy.escalation import open_to_outsiders, ways
from landing.report import formats
from landing.report.proofs import Ways
from tests.samples import SMALL

ARN, ORGANIZATION = "aws:PrincipalArn", "o-example0000"
DEPLOY = "arn:aws:iam::*:role/deploy-*"
LET = {"ArnNotLike": {ARN: [DEPLOY]}}
OUTSIDE = {"StringNotEquals": {"aws:PrincipalOrgID": ORGANIZATION}}
SERVICE = {"Bool": {"aws:PrincipalIsAWSService": "true"}}


@pytest.fixture(scope="module")
def base(load_text: Callable[[str], Organization]) -> Organization:
    return load_text(SMALL)


def deny(condition: dict[str, Any], action: str = "s3:DeleteBucket", **more: Any) -> dict[str, Any]:
    own = {"Sid": "S", "Effect": "Deny", "Principal": "*", "Action": action, "Resource": "*"}
    return {**own, **({"Condition": condition} if condition else {}), **more}


def guarded(base: Organization, *statements: dict[str, Any], at: str = "root", policy_type: str = RCP) -> Organization:
    """The first statement in a policy of the type at the root, the others in RCPs at a unit."""
    guardrails = {}
    for number, statement in enumerate(statements):
        document = {"Version": "2012-10-17", "Statement": [statement]}
        target = Target(units=(at if number else "root",))
        key = f"p{number}"
        kind = RCP if number else policy_type
        guardrails[key] = Guardrail(key, key, kind, "", document, target=target, severity="high")
    return replace(base, guardrails=guardrails)


def found(organization: Organization) -> list[tuple[str, str, bool]]:
    return [(way.guards[0], words, sure) for way, words, sure in open_to_outsiders(organization)]


def results(organization: Organization, place: str = "anywhere") -> set[str]:
    return {proof.result for way, proof in ways(organization, place) if way.outsiders}


@pytest.mark.parametrize(
    ("condition", "somebody"),
    [
        (LET, "arn:aws:iam::999999999999:role/deploy-"),
        ({"StringNotLikeIfExists": {ARN: "*:role/deploy-*"}}, "arn:aws:iam::999999999999:role/"),
        ({"ArnNotLike": {ARN: ["arn:aws:iam::111122223333:role/x", DEPLOY]}}, ":999999999999:role/deploy-"),
        ({"ArnNotLike": {ARN: "arn:aws:iam::12??*:user/boss"}}, "arn:aws:iam::129999999999:user/boss with"),
        ({"ArnNotLike": {ARN: "arn:aws:sts::*:federated-user/x"}}, ":999999999999:federated-user/x with"),
        ({"StringNotEquals": {"aws:PrincipalTag/team": "admin"}}, "aws:PrincipalTag/team=admin"),
        ({"Null": {"aws:PrincipalTag/team": "true"}}, "aws:PrincipalTag/team="),
        ({"StringNotEquals": {"aws:username": "boss"}}, "aws:username=boss"),
        ({"StringNotLike": {"aws:userid": "*:boss"}}, "aws:userid="),
        ({"StringNotEquals": {"aws:SourceIdentity": "boss"}}, "aws:SourceIdentity=boss"),
        ({**LET, "StringNotEqualsIfExists": {"aws:PrincipalOrgID": ORGANIZATION}}, ":999999999999:role/deploy-"),
        ({**LET, "Bool": {"aws:PrincipalIsAWSService": "false"}}, ":999999999999:role/deploy-"),
        ({**LET, "StringNotEquals": {"aws:PrincipalAccount": "111122223333"}}, ":999999999999:role/deploy-"),
        ({**LET, "Null": {"aws:PrincipalOrgID": "true"}}, ":999999999999:role/"),
        ({**OUTSIDE, "Null": {"aws:PrincipalOrgID": "false"}}, "arn:aws:iam::999999999999:role/"),
        ({"ForAnyValue:StringNotLike": {"aws:PrincipalOrgPaths": f"{ORGANIZATION}/*"}}, ":999999999999:role/"),
        (
            {**SERVICE, "ArnNotLike": {"aws:SourceArn": "arn:aws:cloudtrail:*:*:trail/org-*"}},
            ":999999999999:trail/org-",
        ),
        ({**SERVICE, "StringNotLike": {"aws:SourceArn": "arn:aws:s3:::org-*"}}, "aws:SourceArn=arn:aws:s3:::org-x"),
        ({**SERVICE, "StringNotLike": {"aws:SourceAccount": "1*"}}, "aws:SourceAccount=199999999999"),
        ({**SERVICE, "Null": {"aws:SourceAccount": "true"}}, "aws:SourceAccount=999999999999"),
        ({**SERVICE, "StringNotLike": {"aws:SourceOrgID": "o-*"}}, "aws:SourceOrgID=o-x"),
        ({"StringNotLike": {"aws:PrincipalAccount": "1*"}}, "arn:aws:iam::199999999999:"),
        ({"StringNotLike": {"aws:PrincipalOrgID": "o-*"}}, "aws:PrincipalOrgID=o-x"),
        ({"ForAllValues:StringNotLike": {"aws:PrincipalOrgPaths": "o-*/r-*/*"}}, "aws:PrincipalOrgPaths=['o-x/r-x/x']"),
        ({"StringNotLike": {"aws:SourceVpc": "vpc-*"}}, "aws:SourceVpc=vpc-x"),
        ({"StringNotLikeIfExists": {"aws:SourceVpce": ["vpce-0a", "vpce-*"]}}, "aws:SourceVpce=vpce-x"),
        ({"ArnNotLike": {"aws:SourceVpcArn": "arn:aws:ec2:*:*:vpc/*"}}, ":999999999999:vpc/"),
        ({"Null": {"aws:SourceVpc": "true"}}, "aws:SourceVpc=x"),
        ({"StringNotLike": {"aws:VpceAccount": "*"}}, "aws:VpceAccount=999999999999"),
        ({"NotIpAddress": {"aws:VpcSourceIp": "10.0.0.0/8"}}, "aws:VpcSourceIp=10.0.0.0"),
        ({"Bool": {"aws:ViaAWSService": "false"}}, "aws:ViaAWSService=true"),
        ({"BoolIfExists": {"aws:ViaAWSService": False}}, "aws:ViaAWSService=true"),
        (
            {"StringNotEquals": {"aws:CalledViaFirst": "athena.amazonaws.com"}},
            "aws:CalledViaFirst=athena.amazonaws.com",
        ),
    ],
)
def test_who_is_outside_is_let_through_by_a_name_of_their_own(
    base: Organization, condition: dict[str, Any], somebody: str
) -> None:
    organization = guarded(base, deny(condition))
    [(guard, words, sure)] = found(organization)
    assert (guard, sure) == ("p0/S", True)
    assert somebody in words
    assert "with s3:DeleteBucket on arn:aws:s3:::" in words
    assert results(organization) == {"refuted"}


@pytest.mark.parametrize(
    "condition",
    [
        {"ArnNotLike": {ARN: "arn:aws:iam::111122223333:role/deploy-*"}},
        {"ArnLike": {ARN: DEPLOY}},
        {"StringNotEquals": {ARN: DEPLOY}},  # no wildcard to this operator: nobody has such an ARN
        {**LET, "StringEquals": {"aws:PrincipalOrgID": ORGANIZATION}},
        {**LET, "StringLike": {"aws:PrincipalAccount": ["111122223333"]}},
        {**LET, "ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": f"{ORGANIZATION}/*"}},
        {**LET, **SERVICE},
        {"ForAllValues:StringNotLike": {"aws:PrincipalOrgPaths": f"{ORGANIZATION}/*"}},
        {"StringEquals": {"aws:PrincipalOrgID": ORGANIZATION}, "Null": {"aws:PrincipalOrgID": "false"}},
        {"StringNotEquals": {"aws:PrincipalOrgID": ORGANIZATION, "aws:PrincipalAccount": "111122223333"}},
        {"StringNotLike": {"aws:userid": "AROAABCDEFGHIJKLMNOPQ:*"}},
        {"StringEquals": {"aws:PrincipalTag/team": "dev"}},  # for those who have the tag: nobody outside is meant
        {**SERVICE, "StringNotEquals": {"aws:SourceAccount": "111122223333"}},
        {**SERVICE, "ArnNotLike": {"aws:SourceArn": "arn:aws:cloudtrail:*:111122223333:trail/*"}},
        {**SERVICE, "StringNotLike": {"aws:SourceArn": "arn:aws:s3:::the-one"}},
        {**SERVICE, "StringNotEquals": {"aws:SourceAccount": "1*"}},  # nobody's
        {**SERVICE, "Null": {"aws:SourceAccount": "false"}},
        {"StringNotEquals": {"aws:SourceVpc": "vpc-0a"}},
        {"StringNotLike": {"aws:SourceVpc": "vpc-0a"}},
        {"ArnNotLike": {"aws:SourceVpcArn": "arn:aws:ec2:*:111122223333:vpc/*"}},
        {"Null": {"aws:SourceVpc": "false"}},
        {"Bool": {"aws:ViaAWSService": "true"}},
        {"StringNotLike": {"aws:PrincipalOrgPaths": f"{ORGANIZATION}/*"}},
    ],
)
def test_what_says_whose_the_name_must_be_lets_nobody_outside_through(
    base: Organization, condition: dict[str, Any]
) -> None:
    organization = guarded(base, deny(condition))
    assert found(organization) == []
    assert results(organization) <= {"proved"}


SUBJECT = "token.actions.githubusercontent.com:sub"


@pytest.mark.parametrize(
    ("key", "value", "somebody"),
    [
        (SUBJECT, "repo:*/infra:*", "repo:x/infra:x"),
        (SUBJECT, "*", f"{SUBJECT}=x"),
        (SUBJECT, "repo:mine*/infra:*", "repo:minex/infra:x"),
        (SUBJECT, "repo:mine/*", ""),
        ("gitlab.com:sub", "project_path:mine/*:ref:main", ""),
        ("gitlab.com:sub", "project_path:*", "gitlab.com:sub=project_path:x"),
    ],
)
def test_who_has_an_account_at_a_provider_of_identities_is_let_through_by_a_name_there(
    base: Organization, key: str, value: str, somebody: str
) -> None:
    organization = guarded(base, deny({"StringNotLike": {key: [value]}}, "sts:AssumeRoleWithWebIdentity"))
    assert bool(found(organization)) is bool(somebody)
    assert all(somebody in words and sure for _, words, sure in found(organization))


@pytest.mark.parametrize(
    ("other", "result"),
    [
        (deny(OUTSIDE), "proved"),
        (deny(OUTSIDE, "s3:*"), "proved"),
        (deny({**OUTSIDE, "BoolIfExists": {"aws:PrincipalIsAWSService": "false"}}, "s3:*"), "proved"),
        (deny(OUTSIDE, "kms:*"), "refuted"),
        (deny({"StringNotEqualsIfExists": {"aws:PrincipalOrgID": ORGANIZATION}}), "proved"),
        (deny({**OUTSIDE, "Null": {"aws:PrincipalOrgID": "false"}}), "refuted"),  # an account of no organization
        (deny(OUTSIDE, Resource="arn:aws:s3:::mine"), "refuted"),
        (deny({"StringNotEquals": {"aws:SourceOrgID": ORGANIZATION}, **SERVICE}), "refuted"),
    ],
)
def test_the_policies_of_the_path_count_together(base: Organization, other: dict[str, Any], result: str) -> None:
    organization = guarded(base, deny(LET), other, at="workloads")
    assert results(organization, "ou:workloads") == {result}
    assert results(organization, "ou:security") == {"refuted"}, "it is not on that path"


def test_what_cannot_be_told_is_said(base: Organization) -> None:
    organization = guarded(base, deny({"ArnNotLike": {ARN: "arn:aws:iam::*:role/${aws:PrincipalTag/x}"}}))
    [(_, words, sure)] = found(organization)
    assert not sure
    assert "${aws:PrincipalTag/x}" in words
    assert results(organization) == {"undetermined"}


def test_outsiders_are_nothing_to_scps(base: Organization) -> None:
    statement = {name: part for name, part in deny(LET).items() if name != "Principal"}
    organization = guarded(base, statement, policy_type=SCP)
    assert found(organization) == []
    assert results(organization) == set()


def test_an_account_that_a_policy_names_is_none_of_anybody(base: Organization) -> None:
    trusted = {"StringNotEquals": {"aws:PrincipalOrgID": ORGANIZATION, "aws:PrincipalAccount": "9" * 12}}
    [(_, words, _)] = found(guarded(base, deny({**LET, **trusted})))
    assert "arn:aws:iam::888888888888:role/deploy-" in words
    assert found(guarded(base, deny(LET), deny(trusted))) == []


def test_it_is_shown_with_its_path(base: Organization) -> None:
    organization = guarded(base, deny(LET))
    [(way, proof)] = [each for each in ways(organization, "log_archive") if each[0].outsiders]
    named = Ways([(way, proof)], {way.account: "log-archive"})
    text = formats.shown("proofs", "text", named, view=formats.View())
    assert f"let through, also to whoever is outside the organization and has such: {DEPLOY}\n  by p0/S\n" in text
    assert "  counterexample: arn:aws:iam::999999999999:role/deploy-" in text
    assert proof.failing == ("s3:DeleteBucket",)
    assert json.loads(formats.shown("proofs", "json", named, view=formats.View()))[0]["outsiders"] is True


def test_validate_says_so_where_the_guardrail_is(tmp_path: Path) -> None:
    folder = tmp_path / "scps" / "mine"
    folder.mkdir(parents=True)
    (folder / "policy.json").write_text(json.dumps({"Version": "2012-10-17", "Statement": [deny(LET)]}))
    (folder / "metadata.yaml").write_text(f"title: Mine\ndescription: Mine\ntype: {RCP}\nseverity: high\n")
    (tmp_path / "config").mkdir()
    text = SMALL + "guardrails:\n  protect-landing: {target: {units: [root]}}\n  mine: {target: {units: [workloads]}}\n"
    (tmp_path / "config" / "landing.yaml").write_text(text)
    with pytest.raises(ConfigError) as caught:
        load(tmp_path / "config", Library.load(shipped(), tmp_path))
    [problem] = [each for each in caught.value.problems if each.code == "LZ370"]
    assert problem.source
    assert problem.source.line == text.count("\n")
    assert f"guardrail `mine`: S lets `{DEPLOY}` through, which anybody outside the organization" in problem.message
    assert "rcp-organization-identities" in problem.help


@pytest.mark.parametrize("policy", ["rcp-protect-kms-keys", "rcp-protect-log-archive"])
def test_a_shipped_policy_needs_no_other_beside_it(load_text: Callable[[str], Organization], policy: str) -> None:
    organization = load_text(SMALL + f"guardrails:\n  {policy}: {{target: {{units: [root]}}}}\n")
    assert results(organization) == {"proved"}
