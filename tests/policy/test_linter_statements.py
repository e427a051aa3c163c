"""Actions, resources, conditions and meaning: what the lint says of statements, and where."""

from typing import Any

import pytest

from landing.policy import lint
from landing.policy.linter import ERROR, INFO, WARNING
from tests.policy.build import deny, policy
from tests.policy.lints import ADMIN, conditions, found, of, stop, suggestion


def test_rule_08_actions_against_the_catalogue() -> None:
    assert of(stop("guarduty:DeleteDetector")) == [("POL300", ERROR, "/Action")]
    assert suggestion(stop("guarduty:DeleteDetector")) == "did you mean `guardduty`?"
    assert suggestion(stop("macie:ArchiveFindings")) == "it is macie2 today"
    assert of(stop(["s3:PutObject", "s3:PutObjects"])) == [("POL301", ERROR, "/Action/1")]
    assert suggestion(stop("guardduty:DeleteDetectors")) == "did you mean `guardduty:DeleteDetector`?"
    assert suggestion(stop("s3:PutBucketEncryption")) == (
        "the action of the operation PutBucketEncryption is 's3:PutEncryptionConfiguration'"
    )
    assert suggestion(stop("ec2:AssumeRole")) == "did you mean `sts:AssumeRole`?"
    assert suggestion(stop("AssumeRole")) == "did you mean `sts:AssumeRole`?"
    assert of(stop("s3:Frobnicate*")) == [("POL302", WARNING, "/Action")]
    assert of(stop("s*:PutObject")) == [("POL303", ERROR, "/Action")]
    assert of(stop("guardduty")) == [("POL303", ERROR, "/Action")]
    assert of(deny(NotAction=["iam:*", "foo:*"], Condition=ADMIN)) == [("POL300", ERROR, "/NotAction/1")]


def test_actions_listed_for_nothing() -> None:
    assert of(stop(["s3:PutObject", "S3:putobject"])) == [("POL304", INFO, "/Action/1")]
    assert of(stop(["s3:PutObject", "s3:Put*"])) == [("POL305", INFO, "/Action/0")]
    assert of(stop(["s3:Put*", "s3:*Object*"])) == []
    assert of(stop(["s3:Put*", "s3:P*"])) == [("POL305", INFO, "/Action/0")]


@pytest.mark.parametrize(
    ("arn", "code", "level"),
    [
        ("data", "POL400", ERROR),
        ("arn:aws:s3:data", "POL400", ERROR),
        ("arn:aws:${aws:RequestedRegion}:::x", "POL402", ERROR),
        ("arn:aws:s3:::${Account}-logs/*", "POL403", ERROR),
        ("arn:aws:s3:::{{ bucket }}/*", "POL403", ERROR),
        ("arn:aws:s3:::${aws:PrincipalTg/team}/*", "POL404", ERROR),
        ("arn:aws:s3:::<bucket>/*", "POL403", ERROR),
        ("arn:aws:s3:eu-west-1:12345678901:accesspoint/*", "POL408", ERROR),
        ("arn:aws:s3:eu-west-1:ACCOUNT_ID:accesspoint/*", "POL408", ERROR),
        ("arn:aws:s3:eu-west-1:1234*:accesspoint/a/object/*", None, None),
        ("arn:aws:s*:::logs/*", "POL407", ERROR),
        ("arn:aws:?3:::logs/*", "POL407", ERROR),
        ("arn:aws:*:::logs/*", "POL407", ERROR),
        ("arn:aws:iam::*:role/x", "POL406", WARNING),
        ("arn:aws:s3:::${aws:PrincipalTag/team}/*", None, None),
        ("arn:aws:s3:::*", None, None),
    ],
)
def test_rule_09_and_11_resources(arn: str, code: str | None, level: str | None) -> None:
    expected = [] if code is None else [(code, level, "/Resource")]
    assert [item for item in of(stop(Resource=arn)) if item[2] == "/Resource"] == expected


def test_rule_19_a_wildcard_in_the_type_of_a_resource() -> None:
    assert of(stop("iam:GetRole", Resource="arn:aws:iam::*:r*")) == [("POL401", ERROR, "/Resource")]


def test_actions_and_resources_that_never_meet() -> None:
    detectors = "arn:aws:guardduty:*:*:detector/*"
    assert of(stop("guardduty:ListDetectors", Resource=detectors)) == [
        ("POL405", WARNING, "/Action"),
        ("POL406", WARNING, "/Resource"),
    ]
    both = stop(["guardduty:ListDetectors", "guardduty:DeleteDetector"], Resource=detectors)
    assert of(both) == [("POL405", WARNING, "/Action/0")]
    buckets = stop(["s3:DeleteBucket", "s3:PutObject"], Resource="arn:aws:s3:::logs/*")
    assert of(buckets) == [("POL406", WARNING, "/Action/0")]
    assert of(stop("s3:DeleteBucket", Resource="arn:aws:s3:::logs*")) == []
    assert of(stop("s3:*", Resource=["arn:aws:s3:::a", "arn:aws:sns:*:*:a"])) == [("POL406", WARNING, "/Resource/1")]


@pytest.mark.parametrize(
    ("operator", "key", "values", "expected"),
    [
        ("StringEqual", "aws:SourceVpc", "x", [("POL500", ERROR, "/Condition/StringEqual")]),
        (
            "ForSomeValues:StringEquals",
            "aws:TagKeys",
            "x",
            [("POL500", ERROR, "/Condition/ForSomeValues:StringEquals")],
        ),
        ("StringEquals", "aws:PrincpalArn", "x", [("POL501", ERROR, "")]),
        ("StringEquals", "s3:Prefx", "x", [("POL501", ERROR, "")]),
        ("ArnLike", "aws:PrincipalArn", ["arn:aws:iam::*:role/a/b", "*"], [("POL502", ERROR, "/1")]),
        ("ArnLike", "aws:PrincipalArn", "arn:aws:iam::*:*Admin", [("POL502", ERROR, "")]),
        ("Bool", "aws:SecureTransport", "yes", [("POL503", ERROR, "")]),
        ("NumericLessThan", "aws:MultiFactorAuthAge", ["1", "ten"], [("POL503", ERROR, "/1")]),
        ("DateLessThan", "aws:CurrentTime", "soon", [("POL503", ERROR, "")]),
        ("IpAddress", "aws:SourceIp", "10.0.0.0/33", [("POL503", ERROR, "")]),
        ("Null", "aws:TagKeys", "maybe", [("POL503", ERROR, "")]),
        ("StringEquals", "aws:SourceVpc", "vpc-*", [("POL504", WARNING, "")]),
        ("StringEquals", "aws:SourceVpc", "vpc-${*}", []),
        ("StringEquals", "aws:SourceVpc", [], [("POL108", ERROR, "")]),
        ("StringEquals", "aws:SourceVpc", {"a": 1}, [("POL107", ERROR, "")]),
        ("StringEquals", "aws:PrincipalAccount", "${Account}", [("POL403", ERROR, "")]),
        ("StringEquals", "aws:PrincipalAccount", "{{ account }}", [("POL403", ERROR, "")]),
        ("StringEquals", "aws:PrincipalTag/a/b", "${aws:Nothing}", [("POL404", ERROR, "")]),
        ("StringEquals", "aws:TagKeys", "a", [("POL505", WARNING, "")]),
        ("ForAnyValue:StringEquals", "aws:TagKeys", "a", []),
        ("ForAnyValue:StringEquals", "aws:SourceVpc", "a", [("POL509", WARNING, "")]),
        ("StringNotEquals", "aws:SourceVpc", "a", [("POL508", WARNING, "")]),
        ("StringNotEqualsIfExists", "aws:SourceVpc", "a", []),
        ("NotIpAddress", "aws:SourceIp", "10.0.0.0/8", [("POL508", WARNING, "")]),
        ("ArnLike", "aws:PrincipalArn", "arn:aws:iam::*:role/Admin", [("POL510", INFO, "")]),
        ("ArnLike", "aws:PrincipalArn", "arn:aws:iam::*:role/AWSReservedSSO_A_*", [("POL510", WARNING, "")]),
        ("ArnLike", "aws:PrincipalArn", "arn:aws:sts::*:assumed-role/A/*", [("POL511", WARNING, "")]),
        ("StringLike", "aws:PrincipalArn", "arn:aws:iam::*:role/AWSReservedSSO_A_*", [("POL510", WARNING, "")]),
        ("StringLike", "aws:PrincipalArn", "arn:aws:sts::*:assumed-role/A/*", [("POL511", WARNING, "")]),
        ("ArnLike", "aws:PrincipalArn", "arn:aws:iam::12345678901:role/x/*", [("POL408", ERROR, "")]),
        ("StringEquals", "aws:PrincipalAccount", "12345678901", [("POL513", WARNING, "")]),
        ("StringLike", "aws:PrincipalAccount", "1234*", []),
        ("StringEquals", "aws:PrincipalOrgID", "<org-id>", [("POL403", ERROR, "")]),
        ("StringEquals", "aws:PrincipalOrgID", "o-example", [("POL513", WARNING, "")]),
        ("StringEquals", "aws:RequestedRegion", ["eu-west-1", "eu-wset-1"], [("POL513", WARNING, "/1")]),
        ("StringLike", "aws:RequestedRegion", ["eu-*", "moon-*"], [("POL513", WARNING, "/1")]),
        ("Bool", "aws:MultiFactorAuthPresent", "false", [("POL514", WARNING, "")]),
        ("NotIpAddressIfExists", "aws:SourceIp", ["203.0.113.0/24", "0.0.0.0/0"], [("POL515", WARNING, "")]),
        ("NotIpAddressIfExists", "aws:SourceIp", ["0.0.0.0/1", "128.0.0.0/1"], [("POL515", WARNING, "")]),
        ("NotIpAddressIfExists", "aws:SourceIp", ["0.0.0.0/1", "129.0.0.0/8"], []),
        ("BoolIfExists", "aws:MultiFactorAuthPresent", "false", []),
        ("NumericEquals", "aws:SourceVpc", "1", [("POL512", WARNING, "")]),
        ("StringEquals", "aws:SecureTransport", "true", []),
        ("StringEquals", "aws:PrincipalTag/a~b", "x", []),
    ],
)
def test_conditions(operator: str, key: str, values: Any, expected: list[Any]) -> None:
    assert conditions(operator, key, values) == expected


def test_suggestions_for_operators_and_keys() -> None:
    assert suggestion(deny("s3:PutObject", Condition={"StringEqual": {"aws:SourceVpc": "x"}})) is not None
    key = suggestion(deny("s3:PutObject", Condition={"StringEquals": {"aws:PrincpalArn": "x"}}))
    assert key == "did you mean `aws:PrincipalArn`?"
    for operator, meant in (
        ("ForAllValue:StringEquals", "`ForAllValues:StringEquals`"),
        ("ForAnyValue:StringEqual", "`ForAnyValue:StringEquals`"),
        ("NullIfExists", "`Null`"),
    ):
        line = {operator: {"aws:TagKeys": "true"}}
        assert suggestion(deny("s3:PutObject", Condition=line)) == f"did you mean {meant}?"


def test_keys_that_the_actions_never_have() -> None:
    line = {"StringNotEquals": {"s3:prefix": "x"}}
    [finding] = lint(policy(deny("s3:DeleteBucket", Condition=line)))
    assert (finding.code, finding.message.endswith("always true")) == ("POL507", True)
    [finding] = lint(policy(deny("s3:DeleteBucket", Condition={"StringEquals": {"s3:prefix": "x"}})))
    assert (finding.code, finding.message.endswith("never true")) == ("POL507", True)
    assert conditions("StringEquals", "s3:prefix", "x", ["s3:DeleteBucket", "s3:ListBucket"]) == []
    assert conditions("StringEquals", "s3:prefix", "x", "*") == []


def test_for_all_values_in_an_allow() -> None:
    keys = {"ForAllValues:StringEquals": {"aws:TagKeys": "a"}}
    allow = {"Effect": "Allow", "Action": "ec2:CreateTags", "Resource": "*", "Condition": keys}
    assert [code for code, _, _ in of(allow)] == ["POL506"]
    checked = {**allow, "Condition": {**keys, "Null": {"AWS:tagkeys": "false"}}}
    assert of(checked) == []


@pytest.mark.parametrize(
    "sparing",
    [
        {"BoolIfExists": {"aws:PrincipalIsAWSService": "false"}},
        {"Bool": {"aws:ViaAWSService": "false"}},
        {"Null": {"aws:SourceVpc": "false"}},
    ],
)
def test_a_deny_that_spares_services_is_not_warned_about(sparing: dict[str, Any]) -> None:
    assert of(deny("s3:PutObject", Condition={"StringNotEquals": {"aws:SourceVpc": "a"}, **sparing})) == []


def test_a_deny_of_everything_and_region_locks() -> None:
    assert of(deny("*")) == [("POL600", ERROR, "")]
    assert of(stop("*")) == []
    region = {"StringNotEquals": {"aws:RequestedRegion": ["eu-west-1"]}}
    [finding] = lint(policy(deny(NotAction=["iam:*", "sts:*"], Condition=region)))
    assert (finding.code, finding.pointer) == ("POL601", "/Statement/0/NotAction")
    assert "organizations" in finding.message
    spared = [f"{name}:*" for name in ("budgets", "cloudfront", "globalaccelerator", "iam", "organizations")]
    spared += ["route53:*", "sts:*", "support:*"]
    assert of(deny(NotAction=spared, Condition=region)) == []
    assert of(deny("*", Condition=region)) == [("POL601", WARNING, "/Action")], "nothing at all is spared"
    assert of(deny("ec2:*", Condition=region)) == []
    with_global = {"StringNotEquals": {"aws:RequestedRegion": ["eu-west-1", "us-east-1"]}}
    [finding] = lint(policy(deny("*", Condition=with_global)))
    assert finding.message.endswith(": globalaccelerator"), "the others answer in us-east-1"
    assert of(deny("*", Condition={"StringNotLike": {"aws:RequestedRegion": ["eu-*", "us-*"]}})) == []
    assert of(deny("*", Condition={"StringEquals": {"aws:RequestedRegion": "eu-west-1"}})) == []


def shadowed(*statements: Any) -> list[str]:
    listed = [{**item, "Sid": f"S{number}"} for number, item in enumerate(statements)]
    return [at for code, _, at in found(policy(*listed)) if code == "POL602"]


def test_a_statement_that_denies_nothing_more() -> None:
    wide, narrow = stop("s3:*"), stop("s3:Put*", Resource="arn:aws:s3:::logs/*")
    assert shadowed(wide, narrow) == ["/Statement/1"]
    assert shadowed(narrow, wide) == ["/Statement/0"]
    assert shadowed(stop("s3:Get*"), stop("s3:Put*")) == []
    assert shadowed(stop("s3:Put*"), stop("s3:*Object")) == []
    assert shadowed(stop("s3:Put*"), stop("s3:Put*")) == ["/Statement/0"]
    others = {"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/y/*"}}
    assert shadowed(wide, stop("s3:Put*", Condition=others)) == []
    more = {"ArnNotLike": {"aws:PrincipalArn": ["arn:aws:iam::*:role/x/*", "arn:aws:iam::*:role/y/*"]}}
    assert shadowed(wide, stop("s3:Put*", Condition=more)) == ["/Statement/1"]


@pytest.mark.parametrize("partition", ["aws", "aws-us-gov", "aws-cn"])
def test_statements_mean_the_partition_of_their_arns(partition: str) -> None:
    here = {"ArnNotLike": {"aws:PrincipalArn": f"arn:{partition}:iam::*:role/x/*"}}
    wide, narrow = (
        deny(action, Resource=f"arn:{partition}:s3:::{name}/*", Condition=here)
        for action, name in (("s3:*", "*"), ("s3:Put*", "logs"))
    )
    other = deny("s3:Put*", Resource=f"arn:{partition}:s3:::logs/*")
    assert shadowed(wide, narrow) == ["/Statement/1"]
    assert shadowed(wide, other) == [], "it lets nobody through"


def test_two_statements_can_cover_a_third_together() -> None:
    here = {"StringEquals": {"aws:RequestedRegion": "eu-west-1"}}
    there = {"StringNotEquals": {"aws:RequestedRegion": "eu-west-1"}}
    halves = [deny("s3:*", Condition=here), deny("s3:*", Condition=there)]
    assert shadowed(*halves, stop("s3:PutObject")) == ["/Statement/2"]
    assert shadowed(*halves) == []
