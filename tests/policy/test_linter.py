"""Grammar, size and declarative policies: what the lint says of documents, of whatever shape."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from landing.policy import RCP, SCP, lint
from landing.policy.limits import LIMITS
from landing.policy.linter import CODES, ERROR, WARNING
from tests.policy.build import policy
from tests.policy.lints import found, of, stop


def test_a_sound_policy_has_no_findings() -> None:
    assert found(policy(stop(), stop("ec2:RunInstances", Sid="Two"))) == []
    rcp = stop(Principal="*", Condition={"StringNotEqualsIfExists": {"aws:PrincipalOrgID": "o-example0000"}})
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
    (stop([]), [("POL108", ERROR, "/Action")]),
    (stop(Resource=[]), [("POL108", ERROR, "/Resource")]),
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
    assert codes == {10_241: ["POL200"], 5_121: ["POL200"], 9_217: ["POL201"], 10_240: ["POL201"], 9_216: []}[over]


def test_characters_beyond_ascii() -> None:
    tag = {"StringEquals": {"aws:PrincipalTag/x": "für"}}
    assert ("POL202", WARNING, "") in found(policy(stop(Condition=tag)))


def test_declarative_policies() -> None:
    tags = {"tags": {"costcenter": {"tag_key": {"@@assign": "CostCenter"}}}}
    assert found(tags, "TAG_POLICY") == []
    assert found(tags, "BACKUP_POLICY") == [("POL700", ERROR, ""), ("POL700", ERROR, "/tags")]
    assert found(policy(stop()), "TAG_POLICY")[0] == ("POL700", ERROR, "")
    assert found([], "TAG_POLICY") == [("POL100", ERROR, "")]
    bad = {
        "tags": {
            "a": {"@@asign": "x", "tag_value": {"@@append": "y"}, "@@operators_allowed_for_child_policies": ["all"]}
        }
    }
    assert found(bad, "TAG_POLICY") == [
        ("POL701", ERROR, "/tags/a/@@asign"),
        ("POL702", ERROR, "/tags/a/@@operators_allowed_for_child_policies/0"),
        ("POL702", ERROR, "/tags/a/tag_value/@@append"),
        ("POL704", ERROR, "/tags/a/tag_value/@@append"),
    ]


def test_limits_of_every_type_are_known() -> None:
    assert len(LIMITS) == 15
    assert (LIMITS[SCP].size, LIMITS[SCP].attached) == (10_240, 10)
    assert (LIMITS[RCP].size, LIMITS[RCP].attached, LIMITS[RCP].built_in) == (5_120, 5, ("RCPFullAWSAccess",))
    for name, limit in LIMITS.items():
        content = {limit.key or "x": {"a": {"@@assign": "y" * limit.size}}}
        if name not in (SCP, RCP):
            severity = ERROR if limit.confirmed else WARNING
            assert ("POL200", severity, "") in found(content, name)


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
ODD = st.sampled_from(("Deny", "*", "s3:*", "a:b:c", "arn:", "${", "arn:aws:s3:::${x", "StringLike", "\ud800"))
STATEMENT = st.dictionaries(
    st.sampled_from(ELEMENTS),
    JSON | ODD | st.lists(ODD | JSON, max_size=3) | st.dictionaries(ODD, st.dictionaries(ODD, ODD | JSON, max_size=2)),
)


@settings(max_examples=200)
@given(
    document=JSON | st.fixed_dictionaries({"Version": JSON, "Statement": st.lists(STATEMENT | JSON, max_size=3)}),
    policy_type=st.sampled_from(sorted(LIMITS)),
)
def test_nothing_is_raised_for_a_document_of_any_shape(document: Any, policy_type: str) -> None:
    for finding in lint(document, policy_type):
        assert finding.code in CODES
        assert finding.pointer == "" or finding.pointer.startswith("/")
