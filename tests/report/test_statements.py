"""A policy that changes is shown by its statements; in full where that is asked for."""

from __future__ import annotations

import html
from typing import Any

import pytest

from landing.core.model import Action, Address, Change
from landing.engine.drift import Report, report
from landing.engine.plan import Origin, Plan
from landing.report import formats, plan_markdown, plan_text
from landing.report.diff import BRIEF, WHOLE, Detail, of_change
from landing.report.statements import apart, compared
from landing.report.style import Style
from landing.services.registry import KINDS
from tests.report.samples import HOSTILE, at, organization, policy

LEAVE = {"Sid": "Leave", "Effect": "Deny", "Action": "organizations:LeaveOrganization", "Resource": "*"}
REGIONS = {
    "Sid": "Regions",
    "Effect": "Deny",
    "NotAction": ["iam:*", "organizations:*"],
    "Resource": "*",
    "Condition": {"StringNotEquals": {"aws:RequestedRegion": "eu-west-1"}},
}
UNNAMED = {
    "Effect": "Deny",
    "Action": ["s3:DeleteBucket", "s3:PutBucketPolicy"],
    "Resource": "arn:aws:s3:::logs-*",
    "Condition": {"ArnNotLike": {"aws:PrincipalArn": [f"arn:aws:iam::*:role/team-{n:02}-deploy" for n in range(8)]}},
}
BEFORE = {"Version": "2012-10-17", "Statement": [LEAVE, REGIONS, UNNAMED, {**LEAVE, "Sid": "Gone", "Action": "ec2:*"}]}
AFTER = {
    "Version": "2012-10-17",
    "Statement": [
        {**LEAVE, "Sid": "New", "Action": ["iam:CreateUser", "iam:CreateAccessKey"]},
        {**UNNAMED, "Action": ["s3:DeleteBucket", "s3:DeleteBucketPolicy"]},
        {
            **REGIONS,
            "NotAction": ["iam:*", "organizations:*", "sts:*"],
            "Condition": {"StringNotEquals": {"aws:RequestedRegion": ["eu-west-1", "eu-central-1"]}},
        },
        LEAVE,
    ],
}


def changed() -> Plan:
    return Plan((policy(BEFORE, AFTER),), made_from=Origin(version="0.1.0"))


@pytest.mark.parametrize("expand", ["", "policy"])
def test_a_changed_policy_in_text(expand: str, golden: Any) -> None:
    text = plan_text.render(changed(), organization(), Style(), expand=(expand,) if expand else ())
    golden(f"reports/statements{'-in-full' if expand else ''}.txt", text)


@pytest.mark.parametrize("expand", ["", "policy"])
def test_a_changed_policy_in_markdown(expand: str, golden: Any) -> None:
    text = plan_markdown.render(changed(), organization(), expand=(expand,) if expand else ())
    golden(f"reports/statements{'-in-full' if expand else ''}.md", text)


def drifted() -> Report:
    """Somebody has edited the policy: AWS has BEFORE, declared is AFTER; and a rule of AWS Config has a long value."""
    rule = Change(Action.UPDATE, Address("config_rule", "long"), {"a": "x" * 300}, {"a": "y" * 300}, source=at(3))
    plan = Plan((policy(BEFORE, AFTER), rule), made_from=Origin(version="0.1.0"))
    return report(organization(), plan)


@pytest.mark.parametrize("expand", ["", "policy"])
def test_a_policy_that_has_drifted_in_a_file_of_text(expand: str, golden: Any) -> None:
    view = formats.View(whole=True, expand=(expand,) if expand else ())
    text = formats.shown("drift", "text", drifted(), organization(), view=view)
    golden(f"reports/drift-statements{'-in-full' if expand else ''}.txt", text)


def test_on_a_terminal_the_drift_of_a_policy_is_shortened_unless_it_is_expanded() -> None:
    short = formats.shown("drift", "text", drifted(), organization(), view=formats.View())
    assert "more lines)" in short
    assert "x" * 300 not in short
    full = formats.shown("drift", "text", drifted(), organization(), view=formats.View(expand=("all",)))
    assert "more lines)" not in full
    assert "x" * 300 in full


@pytest.mark.parametrize("form", ["md", "html", "sarif", "junit"])
def test_drift_in_a_file_has_each_statement_that_differs_and_whole_values(form: str) -> None:
    text = html.unescape(formats.shown("drift", form, drifted(), organization(), view=formats.View()))
    text = text.replace('\\"', '"')
    for told in (
        '- content.Statement "New" {',
        '~ content.Statement "Regions" {',
        '+ content.Statement "Gone" {',
        "# (1 unchanged statement hidden)",
        "x" * 300,
        "y" * 300,
    ):
        assert told.replace("~", "!" if form == "md" else "~") in text, told
    assert "role/team-07-deploy" not in text, "what stays is not shown"


def pairs(before: Any, after: Any) -> list[tuple[str, str]]:
    """The statements that differ, by their Sid or action, before and after."""

    def name(statement: Any) -> str:
        return str(statement.get("Sid") or statement["Action"]) if statement else ""

    return [(name(pair.before), name(pair.after)) for pair in compared("", before, after).pairs]


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        ([LEAVE], [LEAVE], []),
        (LEAVE, [LEAVE], []),
        ([LEAVE, REGIONS], [REGIONS, LEAVE], []),
        ([LEAVE], [{**LEAVE, "Action": ["organizations:leaveorganization"]}], []),
        ([LEAVE], [LEAVE, LEAVE], [("", "Leave")]),
        ([LEAVE], [{**LEAVE, "Sid": "Other"}], [("Leave", "Other")]),
        ([LEAVE], [{**LEAVE, "Action": "ec2:*"}], [("Leave", "Leave")]),
        ([LEAVE], [REGIONS], [("", "Regions"), ("Leave", "")]),
        ([UNNAMED], [{**UNNAMED, "Action": "s3:DeleteBucket"}],
         [("['s3:DeleteBucket', 's3:PutBucketPolicy']", "s3:DeleteBucket")]),
        ([{**UNNAMED, "Effect": "Allow", "Condition": {}}], [{**UNNAMED, "Condition": {}}],
         [("", "['s3:DeleteBucket', 's3:PutBucketPolicy']"), ("['s3:DeleteBucket', 's3:PutBucketPolicy']", "")]),
        ([{"Effect": "Deny", "Action": "a:1", "Resource": "x"}, {"Effect": "Deny", "Action": "b:1", "Resource": "x"}],
         [{"Effect": "Deny", "Action": ["b:1", "b:2"], "Resource": "x"}],
         [("b:1", "['b:1', 'b:2']"), ("a:1", "")]),
    ],
)  # fmt: skip
def test_statements_are_those_of_one_sid_or_of_the_best_match(
    before: Any, after: Any, found: list[tuple[str, str]]
) -> None:
    assert pairs(before, after) == found


def test_many_statements_are_not_all_compared() -> None:
    many = [{"Effect": "Deny", "Action": f"s3:{n}", "Resource": "x"} for n in range(1_000)]
    found = compared("", many, [{**each, "Action": [each["Action"], "s3:Put"]} for each in many])
    assert len(found.pairs) == 2_000


def test_policies_are_found_wherever_they_stand() -> None:
    sides = [
        {
            "template": {"Resources": {"Role": {"Policies": [{"PolicyName": "p", "PolicyDocument": document}]}}},
            "tags": {"a": tag},
        }
        for document, tag in ((BEFORE, "1"), (AFTER, "2"))
    ]
    before, after, found = apart(*sides)
    assert [each.path for each in found] == ["template.Resources.Role.Policies.[0].PolicyDocument.Statement"]
    assert before["template"] == after["template"]
    assert (before["tags"], after["tags"]) == ({"a": "1"}, {"a": "2"})
    assert sides[0]["template"]["Resources"]["Role"]["Policies"][0]["PolicyDocument"] is BEFORE


def lines(before: Any, after: Any, detail: Detail = BRIEF) -> list[str]:
    return [line.fenced for line in of_change(KINDS["policy"], policy(before, after), detail)]


def test_what_is_not_a_policy_is_shown_as_before() -> None:
    assert lines({"tags": {"a": 1}}, {"tags": {"a": 2}})[0] == "! content.tags.a = 1 -> 2"
    assert lines({}, BEFORE)[0].startswith("+ content.Statement = ")
    assert "! content.Version = " in "".join(lines({**BEFORE, "Version": "2008-10-17"}, BEFORE))


def test_nothing_is_cut_in_full() -> None:
    long = {**UNNAMED, "Resource": [f"arn:aws:s3:::a-bucket-with-a-long-name-{n}/*" for n in range(50)]}
    after = {"Version": "2012-10-17", "Statement": [LEAVE, long]}
    before = {"Version": "2012-10-17", "Statement": [LEAVE]}
    assert any("…" in line for line in lines(before, after))
    for detail in (Detail(0), WHOLE):
        text = "\n".join(lines(before, after, detail))
        assert "…" not in text
        assert text.count("a-bucket-with-a-long-name-49") == (2 if detail.full else 1)
    created = Change(Action.CREATE, Address("policy", "p"), None, {"content": after})
    text = "\n".join(line.fenced for line in of_change(KINDS["policy"], created, WHOLE))
    assert '+ content = {\n+     "Version": "2012-10-17",\n+     "Statement": [' in text


def test_hostile_statements_stay_within_their_lines() -> None:
    evil = f"{HOSTILE}\nPlan: 0 to add\u2028```"
    document = {"Statement": [{"Sid": evil, "Effect": evil, "Action": [evil], "Condition": {evil: {evil: evil}}}]}
    other = {"Statement": [{**document["Statement"][0], "Action": ["a", evil + "x"]}]}
    for sides in ((document, {"Statement": []}), ({"Statement": []}, document), (document, other)):
        for detail in (BRIEF, WHOLE):
            for line in lines(*sides, detail):
                assert not set(line) & set("\n\r\u2028\x1b\u202e")
        text = plan_markdown.render(Plan((policy(*sides),)), organization(), expand=("all",))
        assert "\nPlan: 0" not in text
