"""Every code of the lint, where it points to, and documents of any shape."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from landing.policy import RCP, SCP, lint
from landing.policy.limits import LIMITS
from landing.policy.linting import CODES, ERROR, INFO, WARNING
from tests.policy.build import deny, policy

ADMIN = {"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/x/*"}}


def stop(action: Any = "s3:PutObject", **elements: Any) -> dict[str, Any]:
    """A Deny of which nothing is to be said."""
    return {**deny(action, **{"Condition": ADMIN, **elements})}


def found(document: object, policy_type: str = SCP) -> list[tuple[str, str, str]]:
    return [(item.code, item.severity, item.pointer) for item in lint(document, policy_type)]


def of(statement: Any, policy_type: str = SCP) -> list[tuple[str, str, str]]:
    """What is found in a policy of one statement, with pointers into the statement."""
    prefix = "/Statement/0"
    return [
        (code, level, at.removeprefix(prefix)) for code, level, at in found(policy(statement), policy_type)
    ]


def conditions(
    operator: str, key: str, values: Any, action: Any = "s3:PutObject"
) -> list[tuple[str, str, str]]:
    escaped = key.replace("~", "~0").replace("/", "~1")
    line = f"/Condition/{operator}/{escaped}"
    everything = of(deny(action, Condition={operator: {key: values}}))
    return [(code, level, at.removeprefix(line) if at != line else "") for code, level, at in everything]


def test_a_sound_policy_has_no_findings() -> None:
    assert found(policy(stop(), stop("ec2:RunInstances", Sid="Two"))) == []
    rcp = stop(Principal="*", Condition={"StringNotEqualsIfExists": {"aws:PrincipalOrgID": "o-abc"}})
    assert found(policy(rcp), RCP) == []


GRAMMAR: list[tuple[Any, list[tuple[str, str, str]]]] = [
    (stop(Effect="deny"), [("POL103", ERROR, "/Effect")]),
    ({k: v for k, v in stop().items() if k != "Effect"}, [("POL103", ERROR, "")]),
    ({k: v for k, v in stop().items() if k != "Action"}, [("POL104", ERROR, "")]),
    (stop() | {"NotAction": "s3:*"}, [("POL104", ERROR, "")]),
    ({k: v for k, v in stop().items() if k != "Resource"}, [("POL105", ERROR, "")]),
    (stop() | {"NotResource": "*"}, [("POL105", ERROR, "")]),
    (stop(Principal="*"), [("POL106", ERROR, "/Principal")]),
    (stop(NotPrincipal="*"), [("POL106", ERROR, "/NotPrincipal")]),
    (stop(Conditions={}), [("POL101", ERROR, "/Conditions")]),
    (stop(["s3:PutObject", 5]), [("POL107", ERROR, "/Action/1")]),
    (stop({"a": 1}), [("POL107", ERROR, "/Action")]),
    (stop([]), [("POL108", WARNING, "/Action")]),
    (stop(Resource=[]), [("POL108", WARNING, "/Resource")]),
    (stop(Sid=5), [("POL107", ERROR, "/Sid")]),
    (stop(Sid="no spaces"), [("POL109", WARNING, "/Sid")]),
    (stop(Condition=[]), [("POL107", ERROR, "/Condition")]),
    (stop(Condition={"StringEquals": "x"}), [("POL107", ERROR, "/Condition/StringEquals")]),
    (
        stop(Condition={"StringLike": {"aws:SourceVpc": "a", "AWS:SourceVPC": "b"}}),
        [("POL110", ERROR, "/Condition/StringLike/AWS:SourceVPC")],
    ),
]


@pytest.mark.parametrize(("statement", "expected"), GRAMMAR)
def test_rule_07_the_grammar_of_scps(statement: Any, expected: list[Any]) -> None:
    assert of(statement) == expected


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        (stop(), [("POL106", ERROR, "")]),
        (stop(Principal={"AWS": "*"}), [("POL106", ERROR, "/Principal")]),
        (stop(Principal="*", Effect="Allow"), [("POL103", ERROR, "/Effect")]),
        (stop("*", Principal="*"), [("POL307", ERROR, "/Action")]),
        (stop(NotAction="s3:*", Principal="*"), [("POL104", ERROR, "/NotAction")]),
        (stop("ec2:RunInstances", Principal="*"), [("POL306", WARNING, "/Action")]),
    ],
)
def test_rule_07_the_grammar_of_rcps(statement: Any, expected: list[Any]) -> None:
    assert of(statement, RCP) == expected


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ([], [("POL100", ERROR, "")]),
        (None, [("POL100", ERROR, "")]),
        ({"Version": "2012-10-17"}, [("POL100", ERROR, "")]),
        ({"Version": "2012-10-17", "Statement": []}, [("POL108", ERROR, "/Statement")]),
        ({"Version": "2012-10-17", "Statement": [5]}, [("POL100", ERROR, "/Statement/0")]),
        ({"Statement": [stop()]}, [("POL102", ERROR, "")]),
        ({"Version": "2008-10-17", "Statement": [stop()]}, [("POL102", ERROR, "/Version")]),
        (
            {"Version": "2012-10-17", "Statements": []},
            [("POL100", ERROR, ""), ("POL101", ERROR, "/Statements")],
        ),
        ({"Version": "2012-10-17", "Statement": stop(Effect="no")}, [("POL103", ERROR, "/Statement/Effect")]),
        (
            policy(stop("s3:PutObject"), stop("s3:DeleteBucket")),
            [("POL109", ERROR, "/Statement/0/Sid"), ("POL109", ERROR, "/Statement/1/Sid")],
        ),
    ],
)
def test_the_document_as_a_whole(document: Any, expected: list[Any]) -> None:
    if isinstance(document, dict) and len(document.get("Statement", [])) == 2:
        document["Statement"] = [{**item, "Sid": "Same"} for item in document["Statement"]]
    assert found(document) == expected


def sized(characters: int) -> dict[str, Any]:
    document = policy(stop(Sid=""))
    document["Statement"][0]["Sid"] = "x" * (characters - len(json.dumps(document, separators=(",", ":"))))
    return document


@pytest.mark.parametrize(
    ("policy_type", "over"), [(SCP, 10_241), (SCP, 9_217), (RCP, 5_121), (SCP, 10_240), (SCP, 9_216)]
)
def test_the_size_of_the_compact_text(policy_type: str, over: int) -> None:
    codes = [code for code, _, _ in found(sized(over), policy_type) if code.startswith("POL2")]
    assert (
        codes
        == {10_241: ["POL200"], 5_121: ["POL200"], 9_217: ["POL201"], 10_240: ["POL201"], 9_216: []}[over]
    )


def test_characters_beyond_ascii() -> None:
    tag = {"StringEquals": {"aws:PrincipalTag/x": "für"}}
    assert ("POL202", WARNING, "") in found(policy(stop(Condition=tag)))


def suggestion(statement: Any) -> str | None:
    [finding] = lint(policy(statement))
    return finding.suggestion


def test_rule_08_actions_against_the_catalogue() -> None:
    assert of(stop("guarduty:DeleteDetector")) == [("POL300", ERROR, "/Action")]
    assert suggestion(stop("guarduty:DeleteDetector")) == "did you mean 'guardduty'?"
    assert suggestion(stop("macie:ArchiveFindings")) == "it is macie2 today"
    assert of(stop(["s3:PutObject", "s3:PutObjects"])) == [("POL301", ERROR, "/Action/1")]
    assert suggestion(stop("guardduty:DeleteDetectors")) == "did you mean 'DeleteDetector'?"
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
        ("arn:aws:s3:::${aws:PrincipalTg/team}/*", "POL404", ERROR),
        ("arn:aws:s*:::logs/*", "POL407", WARNING),
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
    assert of(stop("s3:*", Resource=["arn:aws:s3:::a", "arn:aws:sns:*:*:a"])) == [
        ("POL406", WARNING, "/Resource/1")
    ]


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
    assert key == "did you mean 'aws:PrincipalArn'?"


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


def test_two_statements_can_cover_a_third_together() -> None:
    here = {"StringEquals": {"aws:RequestedRegion": "eu-west-1"}}
    there = {"StringNotEquals": {"aws:RequestedRegion": "eu-west-1"}}
    halves = [deny("s3:*", Condition=here), deny("s3:*", Condition=there)]
    assert shadowed(*halves, stop("s3:PutObject")) == ["/Statement/2"]
    assert shadowed(*halves) == []


def test_declarative_policies() -> None:
    tags = {"tags": {"costcenter": {"tag_key": {"@@assign": "CostCenter"}}}}
    assert found(tags, "TAG_POLICY") == []
    assert found(tags, "BACKUP_POLICY") == [("POL700", ERROR, ""), ("POL700", ERROR, "/tags")]
    assert found(policy(stop()), "TAG_POLICY")[0] == ("POL700", ERROR, "")
    assert found([], "TAG_POLICY") == [("POL100", ERROR, "")]
    bad = {
        "tags": {
            "a": {"@@asign": "x", "b": {"@@append": "y"}, "@@operators_allowed_for_child_policies": ["all"]}
        }
    }
    assert found(bad, "TAG_POLICY") == [
        ("POL701", ERROR, "/tags/a/@@asign"),
        ("POL702", ERROR, "/tags/a/@@operators_allowed_for_child_policies/0"),
        ("POL702", ERROR, "/tags/a/b/@@append"),
    ]


def test_limits_of_every_type_are_known() -> None:
    assert len(LIMITS) == 15
    assert (LIMITS[SCP].size, LIMITS[SCP].attached) == (10_240, 10)
    assert (LIMITS[RCP].size, LIMITS[RCP].attached, LIMITS[RCP].built_in) == (5_120, 5, ("RCPFullAWSAccess",))
    for name, limit in LIMITS.items():
        content = {limit.key or "x": {"a": {"@@assign": "y" * limit.size}}}
        if name not in (SCP, RCP):
            severity = ERROR if limit.confirmed else WARNING
            assert found(content, name) == [("POL200", severity, "")]


def test_an_unknown_type_is_refused() -> None:
    with pytest.raises(ValueError, match="no type of policy"):
        lint({}, "POLICY")


def test_every_finding_has_a_code_that_is_listed() -> None:
    documents = [policy(statement) for statement, _ in GRAMMAR]
    assert {code for document in documents for code, _, _ in found(document)} <= set(CODES)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
ELEMENTS = ("Effect", "Action", "NotAction", "Resource", "NotResource", "Condition", "Principal", "Sid", "X")
ODD = st.sampled_from(
    ("Deny", "*", "s3:*", "a:b:c", "arn:", "${", "arn:aws:s3:::${x", "StringLike", "\ud800")
)
STATEMENT = st.dictionaries(
    st.sampled_from(ELEMENTS),
    JSON
    | ODD
    | st.lists(ODD | JSON, max_size=3)
    | st.dictionaries(ODD, st.dictionaries(ODD, ODD | JSON, max_size=2)),
)


@settings(max_examples=200, deadline=None)
@given(
    document=JSON
    | st.fixed_dictionaries({"Version": JSON, "Statement": st.lists(STATEMENT | JSON, max_size=3)}),
    policy_type=st.sampled_from(sorted(LIMITS)),
)
def test_nothing_is_raised_for_a_document_of_any_shape(document: Any, policy_type: str) -> None:
    for finding in lint(document, policy_type):
        assert finding.code in CODES
        assert finding.pointer == "" or finding.pointer.startswith("/")
