"""Actions, resources and variables (rules 8 to 11)."""

import pytest

from landing.policy import evaluate
from tests.policy.build import ROLE, denies, deny, policy, request, verdict

BUCKET = "arn:aws:s3:::data"


@pytest.mark.parametrize(
    ("pattern", "action", "matches"),
    [
        ("s3:GetObject", "S3:getobject", True),
        ("S3:GETOBJECT", "s3:GetObject", True),
        ("s3:Get*", "s3:GetBucketAcl", True),
        ("s3:*Object", "s3:GetObjectAcl", False),
        ("s3:*Object*", "s3:GetObjectAcl", True),
        ("s3:Get?bject", "s3:GetObject", True),
        ("s3:Get?Object", "s3:GetObject", False),
        ("*", "anything:At.All", True),
        ("s3:*", "s3-outposts:GetObject", False),
        ("s3:G*t*A*l", "s3:GetBucketAcl", True),
        ("s3:Get", "s3:GetObject", False),
        ("s3:GetObject", "s3:GetObject2", False),
        ("s3:Get.bject", "s3:GetObject", False),
    ],
)
def test_rule_08_actions_match_without_case_and_with_wildcards(pattern: str, action: str, matches: bool) -> None:
    assert denies(deny(pattern), action=action) is matches


@pytest.mark.parametrize("pattern", ["s*:GetObject", "*:GetObject", "*:*", "s3*", "?3:*"])
def test_rule_08_the_service_must_be_written_out(pattern: str) -> None:
    assert denies(deny(pattern), action="s3:GetObject") is None
    assert denies(deny(NotAction=pattern), action="s3:GetObject") is None


def test_rule_08_a_malformed_action_that_no_reading_matches_does_not_decide() -> None:
    assert denies(deny(["s*:GetObject", "guardduty"]), action="ec2:RunInstances") is False


def test_rule_10_not_action_applies_when_no_entry_matches() -> None:
    statement = deny(NotAction=["iam:*", "STS:assume*"])
    assert denies(statement, action="iam:GetRole") is False
    assert denies(statement, action="sts:AssumeRole") is False
    assert denies(statement, action="s3:GetObject") is True


@pytest.mark.parametrize(
    ("pattern", "resource", "matches"),
    [
        ("*", BUCKET, True),
        ("**", "*", True),
        ("arn:aws:s3:::data", BUCKET, True),
        ("arn:aws:s3:::DATA", BUCKET, False),
        ("ARN:aws:s3:::data", BUCKET, None),
        ("arn:AWS:S3:::data", BUCKET, True),
        ("arn:aws:s3:EU-west-1:*:x", "arn:aws:s3:eu-WEST-1:1:x", True),
        ("arn:*:s3:::data", "arn:aws-cn:s3:::data", True),
        ("arn:*:data", BUCKET, None),
        ("arn:aws:s3:::*", "arn:aws:s3:::data/a:b/c", True),
        ("arn:aws:sns:*:topic", "arn:aws:sns:eu-west-1:1:topic", None),
        ("arn:aws:logs:*:*:log-group:*", "arn:aws:logs:eu-west-1:1:log-group:/aws/x:log-stream:y", True),
        ("arn:aws:logs:*:*:log-group:*:log-stream:y", "arn:aws:logs:e:1:log-group:a:b:log-stream:y", True),
        ("arn:aws:ec2:*:*:instance/*", "arn:aws:ec2:eu-west-1:1:2:instance/i", False),
        ("arn:aws:ec2:eu-*-1:*:instance/i-?", "arn:aws:ec2:eu-west-1:1:instance/i-1", True),
        ("arn:aws:ec2:eu-*-1:*:instance/i-?", "arn:aws:ec2:eu-west-1:1:instance/i-12", False),
        ("arn:aws:s3:::da.a", BUCKET, False),
        ("arn:aws:s3:::data/*", "arn:aws:s3:::data/", True),
        ("arn:aws:s3:::data/*", BUCKET, False),
        ("arn:aws:s3:::a*b*c", "arn:aws:s3:::a-b-b-c", True),
        ("arn:aws:s3:::a*b*c", "arn:aws:s3:::a-b-c-d", False),
        ("arn:aws:s3:::new\nline*", "arn:aws:s3:::new\nline\nx", True),
    ],
)
def test_rule_09_arns_match_part_by_part(pattern: str, resource: str, matches: bool | None) -> None:
    assert denies(deny(Resource=pattern), resource=resource) is matches
    inverse = None if matches is None else not matches
    assert denies(deny(NotResource=pattern), resource=resource) is inverse


def test_rule_09_an_action_without_resource_types_is_on_everything_only() -> None:
    arn = "arn:aws:guardduty:*:*:detector/*"
    assert denies(deny(Resource=arn), action="guardduty:ListDetectors", resource="*") is False
    assert denies(deny(NotResource=arn), action="guardduty:ListDetectors", resource="*") is True
    assert denies(deny(Resource=[arn, "*"]), action="guardduty:ListDetectors", resource="*") is True
    assert denies(deny(NotResource=[arn, "*"]), action="guardduty:ListDetectors", resource="*") is False


def test_rule_09_a_request_that_names_no_resource_is_on_everything() -> None:
    levels = [[{"name": "p", "policy": policy(deny(Resource="arn:aws:s3:::x"))}]]
    assert evaluate(levels, {"principal": ROLE, "action": "s3:ListAllMyBuckets"}).denies == ()


@pytest.mark.parametrize(
    ("pattern", "resource"),
    [
        ("arn:aws:iam::*:r*", "arn:aws:iam::1:role/x"),
        ("arn:aws:iam::*:*/Admin", "arn:aws:iam::1:role/Admin"),
        ("arn:aws:ia*::*:role/x", "arn:aws:iam::1:role/x"),
        ("arn:aws:*:*:*:*", "arn:aws:iam::1:role/x"),
        ("arn:aws:s3", "arn:aws:s3:::x"),
        ("data", "arn:aws:s3:::data"),
        ("arn:aws:${aws:RequestedRegion}:::x", "arn:aws:s3:::x"),
        ("arn:aws:s3:::data-${Account}", "arn:aws:s3:::data-1"),
        ("arn:aws:s3:::data-${aws:Principal", "arn:aws:s3:::data-1"),
    ],
)
def test_rule_19_resources_whose_meaning_is_not_documented(pattern: str, resource: str) -> None:
    assert denies(deny(Resource=pattern), action="iam:GetRole", resource=resource) is None
    assert denies(deny(NotResource=pattern), action="iam:GetRole", resource=resource) is None


@pytest.mark.parametrize(
    ("pattern", "resource"),
    [
        ("arn:aws:iam::*:r*", "arn:aws:iam::1:user/x"),
        ("arn:aws:s*:::x", "arn:aws:iam::1:user/x"),
        ("arn:aws:s3:::data-${Account}", "arn:aws:s3:::logs-1"),
        ("arn:aws:s3:::*-logs", "arn:aws:s3:::data"),
    ],
)
def test_rule_19_what_no_reading_matches_is_determined(pattern: str, resource: str) -> None:
    assert denies(deny(Resource=pattern), action="iam:GetRole", resource=resource) is False


def test_rule_09_a_wildcard_as_the_whole_sixth_part_or_in_a_name_is_fine() -> None:
    assert denies(deny(Resource="arn:aws:iam::*:*"), resource="arn:aws:iam::1:role/x") is True
    assert denies(deny(Resource="arn:aws:s3:::*-logs/*"), resource="arn:aws:s3:::my-logs/x") is True
    assert denies(deny(Resource="arn:aws:iam::*:role/*Admin"), resource="arn:aws:iam::1:role/a/Admin") is True


def test_rule_10_not_resource_applies_when_no_entry_matches() -> None:
    statement = deny(NotResource=["arn:aws:s3:::a", "arn:aws:s3:::b/*"])
    assert denies(statement, resource="arn:aws:s3:::a") is False
    assert denies(statement, resource="arn:aws:s3:::b/x") is False
    assert denies(statement, resource="arn:aws:s3:::b") is True


TEAM = {"aws:PrincipalTag/team": "blue"}


def test_rule_11_variables_are_filled_from_the_context_whatever_the_case_of_the_key() -> None:
    statement = deny(Resource="arn:aws:s3:::${AWS:principaltag/TEAM}/*")
    assert denies(statement, resource="arn:aws:s3:::blue/x", context=TEAM) is True
    assert denies(statement, resource="arn:aws:s3:::red/x", context=TEAM) is False


def test_rule_11_what_is_filled_in_is_no_pattern() -> None:
    star = {"aws:PrincipalTag/team": "b*"}
    assert denies(deny(Resource="arn:aws:s3:::${aws:PrincipalTag/team}"), resource=BUCKET, context=star) is False
    same = deny(Condition={"StringLike": {"aws:PrincipalTag/x": "${aws:PrincipalTag/team}"}})
    assert denies(same, context={**star, "aws:PrincipalTag/x": "blue"}) is False
    assert denies(same, context={**star, "aws:PrincipalTag/x": "b*"}) is True


def test_rule_11_a_variable_without_a_value_matches_nothing_so_not_resource_applies() -> None:
    entry = "arn:aws:s3:::${aws:PrincipalTag/team}"
    assert denies(deny(Resource=entry), resource="arn:aws:s3:::x") is False
    assert denies(deny(NotResource=entry), resource="arn:aws:s3:::x") is True
    assert denies(deny(NotResource=[entry, "arn:aws:s3:::x"]), resource="arn:aws:s3:::x") is False


def test_rule_11_a_default_stands_in_for_a_missing_value_only() -> None:
    entry = "arn:aws:s3:::${aws:PrincipalTag/team, 'none'}"
    assert denies(deny(Resource=entry), resource="arn:aws:s3:::none") is True
    assert denies(deny(NotResource=entry), resource="arn:aws:s3:::none") is False
    assert denies(deny(Resource=entry), resource="arn:aws:s3:::none", context=TEAM) is False
    assert denies(deny(Resource="arn:aws:s3:::x${aws:PrincipalTag/team,''}"), resource="arn:aws:s3:::x") is True


def test_rule_11_a_multivalued_key_has_no_single_value() -> None:
    context = {"aws:TagKeys": ["a"]}
    entry = "arn:aws:s3:::${aws:TagKeys}"
    assert denies(deny(Resource=entry), resource="arn:aws:s3:::a", context=context) is False
    assert denies(deny(NotResource=entry), resource="arn:aws:s3:::a", context=context) is True
    with_default = "arn:aws:s3:::${aws:TagKeys, 'a'}"
    assert denies(deny(Resource=with_default), resource="arn:aws:s3:::a", context=context) is None


@pytest.mark.parametrize("character", ["*", "?", "$"])
def test_rule_11_three_characters_can_be_written_as_themselves(character: str) -> None:
    statement = deny(Condition={"StringLike": {"aws:PrincipalTag/x": f"a${{{character}}}*"}})
    assert denies(statement, context={"aws:PrincipalTag/x": f"a{character}z"}) is True
    assert denies(statement, context={"aws:PrincipalTag/x": "a-z"}) is False


@pytest.mark.parametrize("version", [None, "2008-10-17"])
def test_rule_11_older_versions_have_no_variables(version: str | None) -> None:
    statement = deny(Condition={"StringEquals": {"aws:PrincipalTag/x": "${aws:PrincipalTag/team}"}})
    levels = [[{"name": "p", "policy": policy(statement, version=version)}]]
    filled = request(context={**TEAM, "aws:PrincipalTag/x": "blue"})
    literal = request(context={**TEAM, "aws:PrincipalTag/x": "${aws:PrincipalTag/team}"})
    assert evaluate(levels, filled).denies == ()
    assert len(evaluate(levels, literal).denies) == 1


@pytest.mark.parametrize(("operator", "holds"), [("StringEquals", False), ("StringNotEquals", True)])
def test_rule_11_conditions_on_a_variable_without_a_value(operator: str, holds: bool) -> None:
    statement = deny(Condition={operator: {"aws:PrincipalTag/x": "${aws:PrincipalTag/team}"}})
    assert denies(statement, context={"aws:PrincipalTag/x": "blue"}) is holds


def test_rule_11_variables_in_arn_conditions_may_stand_in_any_part() -> None:
    values = "arn:aws:iam::${aws:PrincipalAccount}:role/${aws:PrincipalTag/team}"
    statement = deny(Condition={"ArnEquals": {"aws:SourceArn": values}})
    good = {**TEAM, "aws:SourceArn": "arn:aws:iam::111122223333:role/blue"}
    assert denies(statement, context=good) is True
    assert denies(statement, context={**good, "aws:PrincipalTag/team": "*"}) is False
    colons = {"aws:PrincipalTag/team": "a:b", "aws:SourceArn": "arn:aws:iam::111122223333:role/a:b"}
    assert denies(statement, context=colons) is True


def test_rule_17_the_role_is_derived_from_the_principal_unless_the_context_says_so() -> None:
    statement = deny(Condition={"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/ops/Admin"}})
    assert denies(statement, principal="arn:aws:iam::111122223333:role/ops/Admin") is False
    assert denies(statement, principal="arn:aws:iam::111122223333:role/Admin") is True
    assert denies(statement, context={"aws:principalARN": "arn:aws:iam::111122223333:role/ops/Admin"}) is False


def test_rule_17_a_session_stands_for_its_role_with_a_warning() -> None:
    statement = deny(Condition={"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/Admin"}})
    result = verdict(statement, principal="arn:aws:sts::111122223333:assumed-role/Admin/me@example.com")
    assert result.blocked
    assert "hides the path" in result.notes[0]
    on_session = deny(Condition={"ArnLike": {"aws:PrincipalArn": "arn:aws:sts::*:assumed-role/*"}})
    assert denies(on_session, principal="arn:aws:sts::111122223333:assumed-role/Admin/me") is False


@pytest.mark.parametrize(
    ("principal", "kind"),
    [
        ("arn:aws:iam::111122223333:root", "Account"),
        ("arn:aws:iam::111122223333:user/x/y", "User"),
        ("arn:aws:iam::111122223333:role/x", "AssumedRole"),
        ("arn:aws:sts::111122223333:federated-user/x", "FederatedUser"),
        ("anonymous", "Anonymous"),
    ],
)
def test_rule_18_the_principals_type_and_account_are_derived(principal: str, kind: str) -> None:
    assert denies(deny(Condition={"StringEquals": {"aws:PrincipalType": kind}}), principal=principal) is True
    own = deny(Condition={"StringEquals": {"aws:PrincipalAccount": "111122223333"}})
    assert denies(own, principal=principal) is (principal != "anonymous")


def test_rule_18_the_resources_account_is_derived() -> None:
    statement = deny(Condition={"StringNotEquals": {"aws:ResourceAccount": "111122223333"}})
    assert denies(statement, resourceAccount="111122223333") is False
    assert denies(statement, resourceAccount="444455556666") is True
