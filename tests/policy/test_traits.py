"""Whoever is let through by a tag, a name or a session: whether anybody can give themselves such a one."""

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
from landing.policy import SCP
from landing.policy.escalation import open_traits, ways
from landing.policy.keys import GLOBAL
from landing.policy.traits import GIVE_TAGS, ORIGINS, TAKE_OVER, Origin, State, origin_of, traits
from tests.samples import SMALL

TAG, OTHERS = "aws:PrincipalTag/team", "StringNotEquals"
EXEMPT = {"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/landing-*"}}
TEAM = {OTHERS: {TAG: "admin"}}


@pytest.fixture(scope="module")
def base(load_text: Callable[[str], Organization]) -> Organization:
    return load_text(SMALL)


def deny(condition: dict[str, Any], *actions: str, **more: Any) -> dict[str, Any]:
    return {"Sid": "S", "Effect": "Deny", "Action": list(actions), "Resource": "*", "Condition": condition, **more}


def let(condition: dict[str, Any], **more: Any) -> dict[str, Any]:
    return deny(condition, "s3:DeleteBucket", **more)


def given(operator: str, key: str = "aws:TagKeys", value: Any = "team", actions: tuple[str, ...] = GIVE_TAGS) -> Any:
    return deny({operator: {key: value}, **EXEMPT}, *actions)


TAKEN = deny({"StringEquals": {"aws:ResourceTag/team": "admin"}, **EXEMPT}, *TAKE_OVER)


def guarded(base: Organization, *statements: dict[str, Any]) -> Organization:
    """Each statement in an SCP of its own at the root."""
    guardrails = {}
    for number, statement in enumerate(statements):
        document = {"Version": "2012-10-17", "Statement": [statement]}
        key = f"p{number}"
        guardrails[key] = Guardrail(key, key, SCP, "", document, target=Target(units=("root",)), severity="high")
    return replace(base, guardrails=guardrails)


def test_of_every_global_key_it_is_decided_where_its_value_is_from() -> None:
    assert set(ORIGINS) == set(GLOBAL)
    assert origin_of("AWS:principaltag/Team") is Origin.GIVEN
    assert origin_of("s3:prefix") is origin_of("aws:NoSuchKey") is Origin.REQUEST


@pytest.mark.parametrize(
    ("effect", "operator", "states"),
    [
        ("Deny", "StringNotEquals", {State.NAMED}),
        ("Deny", "stringnotlikeIfExists", {State.NAMED}),
        ("Deny", "StringNotEqualsIgnoreCase", {State.NAMED}),
        ("Deny", "StringEquals", {State.OTHER, State.ABSENT}),
        ("Deny", "StringEqualsIfExists", {State.OTHER}),
        ("Deny", "ForAnyValue:StringNotEquals", {State.NAMED, State.ABSENT}),
        ("Deny", "ForAllValues:StringEquals", {State.OTHER}),
        ("Deny", "Bool", {State.OTHER, State.ABSENT}),
        ("Allow", "StringLike", {State.NAMED}),
        ("Allow", "StringLikeIfExists", {State.NAMED, State.ABSENT}),
        ("Allow", "StringNotLike", {State.OTHER, State.ABSENT}),
        ("Deny", "NoSuchOperator", set()),
    ],
)
def test_what_of_a_key_lets_through(effect: str, operator: str, states: set[State]) -> None:
    statement = {**let({operator: {TAG: "a"}}), "Effect": effect}
    assert {each.state for each in traits({"Statement": statement})} == states


@pytest.mark.parametrize(
    ("value", "states"),
    [("true", {State.NAMED}), (True, {State.NAMED}), ("false", {State.ABSENT}), (["true", "false"], set())],
)
def test_null_lets_through_whoever_has_it_or_has_not(value: Any, states: set[State]) -> None:
    assert {each.state for each in traits({"Statement": [let({"Null": {TAG: value}})]})} == states


@pytest.mark.parametrize(
    ("condition", "request_"),
    [
        (TEAM, "iam:TagRole on arn:aws:iam::{}:role/another (aws:RequestTag/team=admin, aws:TagKeys=['team'])"),
        ({OTHERS: {"aws:principaltag/team": "admin"}}, "iam:TagRole on "),
        ({"StringNotLikeIfExists": {TAG: ["${aws:ResourceTag/team}-*"]}}, "aws:RequestTag/team=x-x"),
        ({"StringEquals": {TAG: "dev"}}, "aws:RequestTag/team=landing-another"),
        ({"Null": {TAG: "false"}}, "iam:UntagRole on "),
        (
            {"StringNotLike": {"aws:userid": "*:boss"}},
            "sts:AssumeRole on arn:aws:iam::{}:role/another (sts:RoleSessionName=boss)",
        ),
        ({OTHERS: {"aws:username": "boss"}}, "iam:CreateUser on arn:aws:iam::{}:user/boss"),
        ({"StringEquals": {"aws:username": "dev"}}, "iam:UpdateUser on arn:aws:iam::{}:user/dev"),
        ({OTHERS: {"aws:SourceIdentity": "boss"}}, "sts:SetSourceIdentity on "),
        ({OTHERS: {"aws:FederatedProvider": "mine"}}, "iam:AddClientIDToOpenIDConnectProvider on "),
        ({OTHERS: {"aws:ResourceTag/team": "${aws:PrincipalTag/team}"}}, "iam:TagRole on "),
        ({OTHERS: {"s3:prefix": ["${aws:PrincipalTag/team, 'none'}/x"]}}, "iam:TagRole on "),
        ({OTHERS: {"aws:UserAgent": "landing"}}, "whoever asks writes it"),
        ({OTHERS: {"aws:referer": "landing"}}, "whoever asks writes it"),
    ],
)
def test_what_anybody_can_give_themselves_is_found_with_the_request(
    base: Organization, condition: dict[str, Any], request_: str
) -> None:
    organization = guarded(base, let(condition))
    found = list(open_traits(organization))
    assert all(sure for _, _, sure in found)
    way, words, _ = found[0]
    assert request_.format(way.account) in words
    assert "refuted" in {proof.result for _, proof in ways(organization, "ou:workloads/dev")}


@pytest.mark.parametrize(
    "condition",
    [
        {OTHERS: {"aws:userid": "111122223333"}},
        {OTHERS: {"aws:PrincipalAccount": "111122223333"}},
        {"ForAllValues:StringNotLike": {"aws:PrincipalOrgPaths": "o-x/*"}},
        {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}},
        {"NotIpAddress": {"aws:SourceIp": "10.0.0.0/8"}},
        {"DateGreaterThan": {"aws:TokenIssueTime": "2026-01-01T00:00:00Z"}},
        {OTHERS: {"aws:ResourceTag/team": "admin"}},
        {"StringEquals": {"aws:PrincipalType": "User"}},
    ],
)
def test_what_aws_sets_and_what_is_no_identity_is_none(base: Organization, condition: dict[str, Any]) -> None:
    organization = guarded(base, let(condition))
    assert list(open_traits(organization)) == []
    assert list(ways(organization, "ou:workloads/dev")) == []


@pytest.mark.parametrize(
    "condition",
    [
        {"StringNotLike": {"aws:userid": "AROAABCDEFGHIJKLMNOPQ:*"}},
        {"ArnNotLike": {"lambda:SourceFunctionArn": "arn:aws:lambda:*:*:function:x"}},
        {"StringEquals": {"aws:SourceIdentity": "dev"}},
    ],
)
def test_what_cannot_be_told_is_said(base: Organization, condition: dict[str, Any]) -> None:
    organization = guarded(base, let(condition))
    assert {(sure, "cannot be told" in words) for _, words, sure in open_traits(organization)} == {(False, True)}
    assert {proof.result for _, proof in ways(organization, "ou:workloads/dev")} == {"undetermined"}


@pytest.mark.parametrize(
    ("guards", "passing"),
    [
        ((given("ForAnyValue:StringEqualsIgnoreCase"), TAKEN), ""),
        ((given("Null", "aws:RequestTag/team", "false"), TAKEN), ""),
        ((given("ForAnyValue:StringEqualsIgnoreCase"),), "iam:UpdateAssumeRolePolicy"),
        ((given("ForAnyValue:StringEquals"), TAKEN), "aws:TagKeys=['TEAM']"),
        ((given("ForAllValues:StringEqualsIgnoreCase"), TAKEN), "aws:TagKeys=['team', 'landing-another']"),
        ((given("Null", "aws:RequestTag/team", "false", ("iam:Tag*", "iam:Create*")), TAKEN), "sts:TagSession"),
    ],
)
def test_a_tag_is_protected_by_what_denies_giving_it_in_every_way(
    base: Organization, guards: tuple[dict[str, Any], ...], passing: str
) -> None:
    """IAM takes the keys of tags for one whatever their case, and a request may bring further tags."""
    organization = guarded(base, let(TEAM), *guards)
    assert [passing in words for _, words, _ in open_traits(organization)] == ([True] if passing else [])
    found = {proof.result for way, proof in ways(organization, "ou:workloads/dev") if way.trait}
    assert found == ({"proved", "refuted"} if passing else {"proved"})


@pytest.mark.parametrize(
    ("condition", "code"), [(TEAM, "LZ367"), ({"StringNotLike": {"aws:userid": "AROAABCDEFGHIJKLMNOPQ:*"}}, "LZ368")]
)
def test_validate_says_so_where_the_guardrail_is(tmp_path: Path, condition: dict[str, Any], code: str) -> None:
    folder = tmp_path / "scps" / "mine"
    folder.mkdir(parents=True)
    (folder / "policy.json").write_text(json.dumps({"Version": "2012-10-17", "Statement": [let(condition)]}))
    (folder / "metadata.yaml").write_text(f"title: Mine\ndescription: Mine\ntype: {SCP}\nseverity: high\n")
    (tmp_path / "config").mkdir()
    text = SMALL + "guardrails:\n  mine: {target: {units: [workloads]}}\n"
    (tmp_path / "config" / "landing.yaml").write_text(text)
    try:
        found = load(tmp_path / "config", Library.load(shipped(), tmp_path))[1]
    except ConfigError as error:
        found = error.problems
    [problem] = [each for each in found if each.code == code]
    assert problem.source
    assert problem.source.line == text.count("\n")
    assert problem.message.startswith("guardrail `mine`: S lets aws:")
