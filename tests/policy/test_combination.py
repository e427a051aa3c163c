"""How statements, policies and levels combine (rules 5 to 7)."""

import copy
from typing import Any

import pytest

from landing.policy import RCP, Place, compile_levels, evaluate
from tests.policy.build import FULL, deny, level, policy, request, verdict

FULL_LEVEL = [{"name": "FullAWSAccess", "policy": policy(FULL)}]


def test_rule_05_a_matching_deny_at_any_level_denies_and_every_one_is_named() -> None:
    levels = [
        level(deny("s3:Get*", Sid="AtRoot")),
        FULL_LEVEL,
        [*FULL_LEVEL, {"name": "second", "policy": policy(deny("ec2:*"), deny("S3:GETOBJECT", Sid="Twice"))}],
    ]
    result = evaluate(levels, request("s3:GetObject"))
    assert result.result == "ExplicitlyDenied"
    assert result.denies == ((0, "guardrail", 0, "AtRoot"), (2, "second", 1, "Twice"))
    assert result.without_allow == ()


@pytest.mark.parametrize("bare", [0, 1, 2, 3])
def test_rule_05_a_level_without_an_allow_denies_implicitly_and_is_named(bare: int) -> None:
    levels = [FULL_LEVEL for _ in range(4)]
    levels[bare] = level(deny("ec2:*"), full=False)
    result = evaluate(levels, request("s3:GetObject"))
    assert (result.result, result.without_allow) == ("ImplicitlyDenied", (bare,))
    assert result.blocked is True


def test_rule_05_a_deny_goes_before_a_missing_allow_and_both_are_reported() -> None:
    levels = [level(deny("s3:*"), full=False), [], FULL_LEVEL]
    result = evaluate(levels, request("s3:GetObject"))
    assert result.result == "ExplicitlyDenied"
    assert result.without_allow == (0, 1)


def test_rule_05_allows_of_one_level_add_up_and_of_two_levels_intersect() -> None:
    s3, ec2 = ({"Effect": "Allow", "Action": f"{name}:*", "Resource": "*"} for name in ("s3", "ec2"))
    both = [{"name": "a", "policy": policy(s3)}, {"name": "b", "policy": policy(ec2)}]
    only = [{"name": "a", "policy": policy(s3)}]
    assert evaluate([both, both], request("ec2:RunInstances")).result == "Allowed"
    assert evaluate([both, only], request("ec2:RunInstances")).without_allow == (1,)
    assert evaluate([both, only], request("s3:GetObject")).result == "Allowed"


def test_rule_05_full_access_is_an_ordinary_policy_that_may_be_detached() -> None:
    assert evaluate([FULL_LEVEL, []], request()).result == "ImplicitlyDenied"


def test_rule_06_allowed_means_not_blocked_and_names_nothing() -> None:
    result = evaluate([FULL_LEVEL], request())
    assert (result.result, result.blocked, result.denies, result.doubts) == ("Allowed", False, (), ())


def test_rule_07_an_allow_may_have_a_condition_a_resource_and_not_action() -> None:
    allow = {
        "Effect": "Allow",
        "NotAction": "iam:*",
        "Resource": "arn:aws:s3:::data/*",
        "Condition": {"StringEquals": {"aws:RequestedRegion": "eu-west-1"}},
    }
    levels = [[{"name": "narrow", "policy": policy(allow)}]]
    here = {"aws:RequestedRegion": "eu-west-1"}
    assert evaluate(levels, request(resource="arn:aws:s3:::data/x", context=here)).result == "Allowed"
    assert evaluate(levels, request(resource="arn:aws:s3:::else/x", context=here)).blocked
    assert evaluate(levels, request(resource="arn:aws:s3:::data/x")).blocked
    assert evaluate(levels, request("iam:GetRole", resource="arn:aws:s3:::data/x", context=here)).blocked


def test_rule_07_a_principal_of_everybody_is_read_as_an_rcp_has_it() -> None:
    assert verdict(deny("s3:*", Principal="*")).blocked is True


@pytest.mark.parametrize("elements", [{"Principal": {"AWS": "*"}}, {"NotPrincipal": "*"}, {"Principal": "123"}])
def test_rule_07_any_other_principal_is_undetermined_where_it_decides(elements: dict[str, object]) -> None:
    assert verdict(deny("s3:*", **elements)).undetermined
    assert verdict(deny("ec2:*", **elements)).result == "Allowed"


@pytest.mark.parametrize(
    "broken",
    [
        {"Effect": "deny", "Action": "*", "Resource": "*"},
        {"Action": "*", "Resource": "*"},
        {"Effect": "Deny", "Resource": "*"},
        {"Effect": "Deny", "Action": "*"},
        {"Effect": "Deny", "Action": "*", "NotAction": "s3:*", "Resource": "*"},
        {"Effect": "Deny", "Action": ["s3:*", 5], "Resource": "*"},
        {"Effect": "Deny", "Action": "*", "Resource": "*", "Conditions": {}},
        {"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": []},
        {"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"StringEquals": "x"}},
        "not an object",
        None,
    ],
)
def test_rule_19_a_malformed_statement_that_decides_is_undetermined(broken: object) -> None:
    result = verdict(broken)
    assert result.result == "Undetermined"
    assert result.blocked is None
    assert result.doubts[0].place[:3] == (0, "guardrail", 0)
    assert result.doubts[0].reason


@pytest.mark.parametrize(
    "document",
    [None, "text", [], {}, {"Statement": "x"}, {"Version": "2020-01-01", "Statement": []}, {"Stmt": []}],
)
def test_rule_19_a_malformed_policy_is_undetermined_and_never_allowed(document: object) -> None:
    levels = [[*FULL_LEVEL, {"name": "broken", "policy": document}]]
    assert evaluate(levels, request()).undetermined


def test_rule_19_a_malformed_statement_that_does_not_decide_changes_nothing() -> None:
    broken = {"Effect": "Deny", "Action": "s3:*", "Resource": "*", "Condition": {"NoSuch": {"a:b": "c"}}}
    assert evaluate([level(broken)], request("ec2:RunInstances")).result == "Allowed"
    denied = evaluate([level(broken, deny("s3:*"))], request())
    assert denied.result == "ExplicitlyDenied"
    assert len(denied.doubts) == 1
    without = evaluate([level(broken), []], request())
    assert (without.result, without.without_allow) == ("ImplicitlyDenied", (1,))


def test_rule_19_an_allow_in_doubt_does_not_allow() -> None:
    doubtful = {"Effect": "Allow", "Action": "*", "Resource": "arn:aws:s3:*"}
    assert evaluate([[{"name": "a", "policy": policy(doubtful)}]], request(resource="arn:aws:s3:::b")).undetermined
    certain = {"Effect": "Allow", "Action": "*", "Resource": "arn:aws:s3:::b"}
    both = [[{"name": "a", "policy": policy(doubtful, certain)}]]
    assert evaluate(both, request(resource="arn:aws:s3:::b")).result == "Allowed"


def test_a_single_statement_needs_no_list() -> None:
    document = {"Version": "2012-10-17", "Statement": deny("s3:*")}
    assert evaluate([[*FULL_LEVEL, {"name": "p", "policy": document}]], request()).denies[0].statement == 0


@pytest.mark.parametrize("value", [[], None, 5, ["s3:GetObject", 5], {"a": "b"}])
@pytest.mark.parametrize("element", ["Action", "NotAction", "Resource", "NotResource"])
def test_rule_19_a_list_without_entries_or_with_what_is_no_text_is_undetermined(element: str, value: Any) -> None:
    odd = {"Effect": "Deny", "Action": "*", "Resource": "*", element: value}
    if element.startswith("Not"):
        del odd[element.removeprefix("Not")]
    assert verdict(odd).blocked is None
    elsewhere = {"StringEquals": {"aws:RequestedRegion": "us-east-1"}}
    assert verdict({**odd, "Condition": elsewhere}).result == "Allowed"


def test_changing_the_policies_in_place_changes_the_next_verdict() -> None:
    levels = [level(deny("s3:*"))]
    assert evaluate(levels, request()).blocked
    levels[0][1]["policy"]["Statement"][0]["Action"] = "ec2:*"
    assert not evaluate(levels, request()).blocked
    levels.append([])
    assert evaluate(levels, request()).without_allow == (1,)


def test_a_compiled_set_keeps_to_what_it_was_compiled_from() -> None:
    levels = [level(deny("s3:*"))]
    compiled = compile_levels(copy.deepcopy(levels))
    levels[0].clear()
    assert compiled.evaluate(request()).denies == (Place(0, "guardrail", 0, "Stop"),)


def test_many_sets_of_policies_are_not_all_kept() -> None:
    from landing.policy.evaluation import _SETS_KEPT, _compiled

    for number in range(3 * _SETS_KEPT):
        evaluate([level(deny("s3:*", Sid=str(number)))], request())
    assert len(_compiled) <= _SETS_KEPT


EVERYONE = {"Principal": "*"}


@pytest.mark.parametrize(
    "statement",
    [
        deny("s3:*"),
        deny("s3:*", Principal={"AWS": "*"}),
        deny("s3:*", Principal=["*"]),
        deny("s3:*", NotPrincipal="*"),
        deny(NotAction="ec2:*", **EVERYONE),
        deny("*", **EVERYONE),
        deny(["s3:*", "*"], **EVERYONE),
    ],
)
def test_rule_07_what_the_grammar_of_rcps_has_not_is_undetermined(statement: dict[str, Any]) -> None:
    rcps = [level(statement, full=False)]
    assert evaluate(rcps, request(), RCP).blocked is None
    sure = deny("s3:*", **EVERYONE)
    assert evaluate([level(statement, sure, full=False)], request(), RCP).denies == (Place(0, "guardrail", 1, "Stop"),)
    idle = {**statement, "Resource": "arn:aws:s3:::elsewhere/*"}
    assert evaluate([level(idle, full=False)], request(resource="arn:aws:s3:::data/x"), RCP).blocked is False


@pytest.mark.parametrize("version", [None, "2008-10-17"])
def test_rule_07_an_rcp_of_an_older_version_is_undetermined(version: str | None) -> None:
    rcps = [[{"name": "old", "policy": policy(deny("sqs:*", **EVERYONE), version=version)}]]
    assert evaluate(rcps, request(), RCP).blocked is None


def test_rule_07_the_policy_that_aws_attaches_everywhere_is_no_fault() -> None:
    full = {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}
    assert evaluate([[{"name": "RCPFullAWSAccess", "policy": policy(full)}]], request(), RCP).result == "Allowed"
