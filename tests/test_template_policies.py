"""What the policies of a template let through more than before, as the policy engine sees it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from landing.config import load
from landing.library import Library, shipped
from landing.services.stacks.template_policies import PLACES, outsiders
from landing.services.stacks.template_strength import PROPERTIES, filled, weaker_template
from landing.services.strength import UNTOLD

BUCKET = {"Type": "AWS::S3::Bucket"}
OTHER = {"Type": "AWS::S3::Bucket"}
ARN = {"Fn::GetAtt": ["Bucket", "Arn"]}
READ, WRITE = "s3:GetObject", "s3:PutObject"
OBJECTS = {"Fn::Sub": "${Bucket.Arn}/*"}
OWN = "arn:aws:s3:::mine/*"
SECRET = {"Fn::If": ["Here", "arn:aws:s3:::a/*", "arn:aws:s3:::b/*"]}


def allow(action: Any, resource: Any = OWN, **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, **({"Resource": resource} if resource else {}), **more}


def deny(action: Any, resource: Any = "*", **more: Any) -> dict[str, Any]:
    return {**allow(action, resource, **more), "Effect": "Deny"}


def document(*statements: Any) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def template(kind: str, properties: Any, **others: Any) -> dict[str, Any]:
    given = json.loads(json.dumps(properties))
    return {"Resources": {"Bucket": BUCKET, "Other": OTHER, "It": {"Type": kind, "Properties": given}, **others}}


def inline(*statements: Any) -> dict[str, Any]:
    return {"Policies": [{"PolicyName": "p", "PolicyDocument": document(*statements)}]}


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ([allow(READ)], [allow([READ])], ""),
        ([allow(READ)], [allow(READ, Sid="Named")], ""),
        ([allow(READ), allow(WRITE)], [allow([WRITE, READ])], ""),
        ([allow([READ, WRITE])], [allow(READ)], ""),
        ([allow("s3:*", "*")], [allow(READ)], ""),
        ([allow("*", "*")], [allow(READ, OBJECTS)], ""),
        ([allow(READ)], [], ""),
        ([allow(READ)], [allow([READ, WRITE])], "It Policies lets through as not before: e.g. it with s3:PutObject on"),
        ([allow(READ)], [allow(READ, "arn:aws:s3:::*/*")], "it with s3:GetObject on arn:aws:s3:::"),
        ([allow(READ)], [allow(READ), deny(WRITE)], ""),
        ([allow(READ), deny(WRITE)], [allow(READ)], "it with s3:PutObject"),
        ([allow(READ), deny(WRITE)], [allow(READ), deny("s3:Put*")], ""),
        ([allow(READ, Condition={"Bool": {"aws:SecureTransport": "true"}})], [allow(READ)], "it with s3:GetObject"),
        ([allow(READ)], [allow(READ, Condition={"Bool": {"aws:SecureTransport": "true"}})], ""),
        # What stands for something of the template is the same thing wherever it is written.
        ([allow([READ, WRITE], OBJECTS)], [allow(READ, {"Fn::Join": ["/", [ARN, "*"]]})], ""),
        ([allow(READ, OBJECTS)], [allow([READ, WRITE], OBJECTS)], "it with s3:PutObject on arn:aws:s3:"),
        ([allow(READ, ARN)], [allow(READ, OBJECTS)], "it with s3:GetObject"),
        ([allow(READ, OBJECTS)], [allow(READ, {"Fn::Sub": "${Other.Arn}/*"})], "it with s3:GetObject"),
        ([allow(READ, {"Fn::Sub": "arn:aws:s3:::x-${AWS::AccountId}/*"})],
         [allow(READ, {"Fn::Sub": "arn:${AWS::Partition}:s3:::x-${AWS::AccountId}/*"})], ""),
        # What cannot be told.
        ([allow(READ)], [allow(READ, SECRET)], UNTOLD),
        ([allow(READ, SECRET)], [allow(READ, SECRET), allow(READ)], "it with s3:GetObject"),
        ([allow(READ)], [allow("nosuch:Action")], "it with nosuch:Action"),
        ([allow(READ)], [allow("nosuch:*")], "it cannot be told"),
        ([allow(READ)], [{"Fn::If": ["Here", allow(READ), {"Ref": "AWS::NoValue"}]}], UNTOLD),
    ],
)  # fmt: skip
def test_what_a_role_may_do_more_is_said(before: list[Any], after: list[Any], words: str) -> None:
    found = list(weaker_template(*(template("AWS::IAM::Role", inline(*side)) for side in (before, after))))
    assert [words in each for each in found] == ([True] if words else []), found


@pytest.mark.parametrize("kind", ["ManagedPolicy", "Policy", "RolePolicy", "UserPolicy", "GroupPolicy"])
def test_policies_of_their_own_are_read_as_those_of_roles(kind: str) -> None:
    narrow, wide = (
        template(f"AWS::IAM::{kind}", {"PolicyDocument": document(allow(action))}) for action in (READ, "s3:*")
    )
    assert ["It PolicyDocument lets through" in each for each in weaker_template(narrow, wide)] == [True]
    assert list(weaker_template(wide, narrow)) == []


ROOT = {"AWS": {"Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"}}
PARTNER = {"AWS": "arn:aws:iam::111122223333:role/partner"}
ANYBODY = {"AWS": "*"}
GITHUB = {"Federated": "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"}
SUBJECT = "token.actions.githubusercontent.com:sub"


def trust(principal: Any, action: str = "sts:AssumeRole", **more: Any) -> dict[str, Any]:
    return allow(action, None, Principal=principal, **more)


def subject(value: str) -> dict[str, Any]:
    return trust(GITHUB, "sts:AssumeRoleWithWebIdentity", Condition={"StringLike": {SUBJECT: value}})


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ([trust(ROOT)], [trust({"AWS": ["123456789012"]})], ""),
        ([trust(ANYBODY)], [trust(PARTNER)], ""),
        ([trust(ROOT)], [trust(PARTNER)], "arn:aws:iam::111122223333:role/partner with sts:AssumeRole"),
        ([trust(ROOT)], [trust({"AWS": {"Ref": "ManagementAccountId"}})], "with sts:AssumeRole"),
        ([trust({"Service": "ec2.amazonaws.com"})], [trust({"Service": ["ec2.amazonaws.com", "lambda.amazonaws.com"]})],
         "aws:PrincipalServiceName=lambda.amazonaws.com"),
        ([trust(ANYBODY, Condition={"StringEquals": {"aws:PrincipalOrgID": "o-1"}})], [trust(ANYBODY)],
         "with sts:AssumeRole"),
        ([trust(ROOT, Condition={"StringEquals": {"aws:PrincipalAccount": "111122223333"}})], [trust(ROOT)],
         "with sts:AssumeRole"),
        ([trust(ROOT), deny("sts:*", None, Principal=PARTNER)], [trust(ROOT)], "role/partner with sts:"),
        ([subject("repo:mine/one:*")], [subject("repo:mine/*")], f"{SUBJECT}=repo:mine/"),
        ([subject("repo:mine/*")], [subject("repo:mine/one:*")], ""),
        ([trust(ROOT)], [trust({"CanonicalUser": "x"})], UNTOLD),
        ([trust(ROOT)], [allow("sts:AssumeRole", None, NotPrincipal=PARTNER)], UNTOLD),
    ],
)  # fmt: skip
def test_whom_a_role_trusts_more_is_said(before: list[Any], after: list[Any], words: str) -> None:
    sides = ({"AssumeRolePolicyDocument": document(*side)} for side in (before, after))
    found = list(weaker_template(*(template("AWS::IAM::Role", side) for side in sides)))
    assert [words in each for each in found] == ([True] if words else []), found


@pytest.mark.parametrize(
    ("kind", "path"),
    [
        ("AWS::S3::BucketPolicy", "PolicyDocument"),
        ("AWS::SNS::TopicPolicy", "PolicyDocument"),
        ("AWS::SQS::QueuePolicy", "PolicyDocument"),
        ("AWS::KMS::Key", "KeyPolicy"),
        ("AWS::SecretsManager::ResourcePolicy", "ResourcePolicy"),
        ("AWS::Logs::ResourcePolicy", "PolicyDocument"),
    ],
)
def test_who_may_do_more_to_a_resource_is_said(kind: str, path: str) -> None:
    def found(before: Any, after: Any) -> list[str]:
        texts = (document(side) for side in (before, after))
        sides = (json.dumps(text) if kind.startswith("AWS::Logs") else text for text in texts)
        return list(weaker_template(*(template(kind, {path: side}) for side in sides)))

    narrow, wide = (allow(READ, "*", Principal=who) for who in (PARTNER, ANYBODY))
    assert found(wide, narrow) == []
    [said] = found(narrow, wide)
    assert said.startswith(f"It {path} lets through as not before: e.g. arn:aws:")


def for_whom(**sources: Any) -> dict[str, Any]:
    condition = {
        "ArnLike" if key.endswith("Arn") else "StringEquals": {f"aws:{key}": each} for key, each in sources.items()
    }
    return {"Principal": {"Service": "cloudfront.amazonaws.com"}, "Condition": condition}


@pytest.mark.parametrize(
    ("sources", "said"),
    [
        ({"SourceArn": {"Fn::Sub": "arn:aws:cloudtrail:*:${ManagementAccountId}:trail/*"}}, False),
        ({"SourceAccount": {"Ref": "AWS::AccountId"}}, False),
        ({"SourceAccount": {"Ref": "AWS::AccountId"}, "SourceArn": "arn:aws:s3:::mine"}, False),
        ({"SourceOrgID": {"Ref": "OrganizationId"}}, False),
        ({"SourceArn": "arn:aws:cloudfront::999999999999:distribution/E1"}, True),
        ({"SourceAccount": "999999999999"}, True),
        ({"SourceOrgID": "o-another000"}, True),
        ({"SourceArn": "arn:aws:cloudtrail:*:*:trail/*"}, True),
        ({"SourceArn": "arn:aws:s3:::theirs"}, True),
    ],
)
@pytest.mark.parametrize("kind", ["AWS::S3::BucketPolicy", "AWS::KMS::Key"])
def test_a_service_may_be_let_in_for_us_and_for_nobody_else(kind: str, sources: dict[str, Any], *, said: bool) -> None:
    path = "KeyPolicy" if kind == "AWS::KMS::Key" else "PolicyDocument"
    read = allow("kms:Decrypt" if path == "KeyPolicy" else READ, "*", **for_whom(**sources))
    before, after = (template(kind, {path: document(*side)}) for side in ((), (read,)))
    assert bool(list(weaker_template(before, after))) is said


@pytest.mark.parametrize(
    ("kind", "properties"),
    [
        ("AWS::S3::AccessPoint", {"Bucket": {"Ref": "Bucket"}, "Policy": document(allow(READ, "*", Principal="*"))}),
        ("AWS::Logs::ResourcePolicy", {"PolicyDocument": json.dumps(document(allow("logs:*", "*", Principal="*")))}),
    ],
)
def test_a_new_way_into_what_was_there_counts(kind: str, properties: dict[str, Any]) -> None:
    before = template("AWS::IAM::Role", {})
    after = {"Resources": {**before["Resources"], "New": {"Type": kind, "Properties": properties}}}
    assert len(list(weaker_template(before, after))) == 1


@pytest.mark.parametrize(
    ("kind", "holder", "properties"),
    [
        ("AWS::IAM::Policy", "Roles", document(allow("*", "*"))),
        ("AWS::IAM::ManagedPolicy", "Roles", document(allow("*", "*"))),
        ("AWS::S3::BucketPolicy", "Bucket", document(allow(READ, "*", Principal="*"))),
    ],
)
def test_a_new_policy_counts_if_what_it_is_of_was_there(kind: str, holder: str, properties: Any) -> None:
    def policy(of: Any) -> dict[str, Any]:
        given = of if holder == "Bucket" else [of]
        return {"Type": kind, "Properties": {holder: given, "PolicyDocument": properties}}

    before = template("AWS::IAM::Role", {})
    there = {"Resources": {**before["Resources"], "New": policy({"Ref": "It"})}}
    assert [
        "New PolicyDocument lets through as not before: e.g. " in each for each in weaker_template(before, there)
    ] == [True]
    named = {"Resources": {**before["Resources"], "New": policy("somebody-else")}}
    assert len(list(weaker_template(before, named))) == 1
    new = {"Resources": {**before["Resources"], "New": policy({"Ref": "Fresh"}), "Fresh": {"Type": "AWS::IAM::Role"}}}
    others = [words for words in weaker_template(before, new) if " lets in from outside: " not in words]
    assert others == []


def test_a_managed_policy_of_nobody_lets_nothing_through() -> None:
    before = template("AWS::IAM::Role", {})
    policy = {"Type": "AWS::IAM::ManagedPolicy", "Properties": {"PolicyDocument": document(allow("*", "*"))}}
    assert list(weaker_template(before, {"Resources": {**before["Resources"], "New": policy}})) == []


OIDC = "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com"
OURS = {"Fn::Sub": "arn:${AWS::Partition}:iam::${ManagementAccountId}:role/landing-apply"}
IN_ORGANIZATION = {"StringEquals": {"aws:PrincipalOrgID": {"Ref": "OrganizationId"}}}


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        (trust(ROOT), False),
        (trust({"AWS": OURS}), False),
        (trust({"AWS": {"Fn::GetAtt": ["It", "Arn"]}}), False),
        (trust({"AWS": {"Ref": "SecurityToolingAccountId"}}), False),
        (trust({"Service": "lambda.amazonaws.com"}), False),
        (trust(ANYBODY, Condition=IN_ORGANIZATION), False),
        (deny("sts:AssumeRole", None, Principal=PARTNER), False),
        (trust(PARTNER), True),
        (trust({"AWS": "111122223333"}), True),
        (trust(ANYBODY), True),
        (trust(ANYBODY, Condition={"StringNotEquals": {"aws:PrincipalOrgID": {"Ref": "OrganizationId"}}}), True),
        (trust({"Federated": OIDC}, "sts:AssumeRoleWithWebIdentity"), True),
        (trust({"AWS": {"Fn::If": ["Here", "111122223333", "444455556666"]}}), True),
    ],
)
def test_a_new_role_that_trusts_somebody_outside_is_said(statement: Any, *, said: bool) -> None:
    before = template("AWS::IAM::Role", {})
    role = {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": document(statement)}}
    found = list(weaker_template(before, {"Resources": {**before["Resources"], "New": role}}))
    assert [each.startswith("New AssumeRolePolicyDocument lets in from outside: ") for each in found] == [True] * said


@pytest.mark.parametrize(
    ("kind", "of"),
    [
        ("AWS::S3::BucketPolicy", lambda who: {"Bucket": {"Ref": "New"}, "PolicyDocument": document(who)}),
        ("AWS::KMS::Key", lambda who: {"KeyPolicy": document(who)}),
        ("AWS::DynamoDB::Table", lambda who: {"ResourcePolicy": {"PolicyDocument": document(who)}}),
        ("AWS::OpenSearchService::Domain", lambda who: {"AccessPolicies": document(who)}),
        ("AWS::ApiGateway::RestApi", lambda who: {"Policy": document(who)}),
        ("AWS::Events::EventBus", lambda who: {"Policy": document(who)}),
        ("AWS::Events::EventBusPolicy", lambda who: {"EventBusName": {"Ref": "Bus"}, "Statement": who}),
    ],
)
def test_a_new_resource_that_lets_in_somebody_outside_is_said(kind: str, of: Any) -> None:
    before = template("AWS::IAM::Role", {})

    def found(principal: Any, **more: Any) -> list[str]:
        new = {"Type": kind, "Properties": of(allow(READ, "*", Principal=principal, **more))}
        fresh = {name: {"Type": "AWS::SNS::Topic"} for name in ("New", "Bus")}
        return list(weaker_template(before, {"Resources": {**before["Resources"], **fresh, "It2": new}}))

    assert found(ROOT) == []
    assert found(ANYBODY, Condition=IN_ORGANIZATION) == []
    assert found(ANYBODY, Condition={"StringEquals": {"kms:CallerAccount": {"Ref": "AWS::AccountId"}}}) == []
    [said] = found(PARTNER)
    assert " lets in from outside: e.g. arn:aws:iam::111122223333:role/partner with " in said
    assert len(found(ANYBODY)) == 1


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"Principal": "111122223333"}, True),
        ({"Principal": "*", "Action": "lambda:InvokeFunctionUrl", "FunctionUrlAuthType": "NONE"}, True),
        ({"Principal": "s3.amazonaws.com"}, True),
        ({"Principal": "s3.amazonaws.com", "SourceAccount": {"Ref": "AWS::AccountId"}}, False),
        ({"Principal": "events.amazonaws.com", "SourceArn": {"Fn::GetAtt": ["Rule", "Arn"]}}, False),
        ({"Principal": {"Ref": "AWS::AccountId"}}, False),
        ({"Principal": "*", "PrincipalOrgID": {"Ref": "OrganizationId"}}, False),
    ],
)
@pytest.mark.parametrize("function", ["It", "New"])
def test_a_permission_of_a_function_is_read_as_the_statement_it_is(
    given: dict[str, Any], function: str, *, said: bool
) -> None:
    before = template("AWS::Lambda::Function", {}, Rule={"Type": "AWS::Events::Rule"})
    own = said or "AWS" in str(given["Principal"]) or given["Principal"] == "*"
    properties = {"Action": "lambda:InvokeFunction", "FunctionName": {"Ref": function}, **given}
    new = {"New": {"Type": "AWS::Lambda::Function"}, "P": {"Type": "AWS::Lambda::Permission", "Properties": properties}}
    found = list(weaker_template(before, {"Resources": {**before["Resources"], **new}}))
    assert bool(found) is (said if function == "New" else own), found


def test_whom_a_new_resource_makes_a_member_of_what_was_there_is_said() -> None:
    before = template("AWS::IAM::User", {})
    addition = {"Type": "AWS::IAM::UserToGroupAddition", "Properties": {"GroupName": "admins", "Users": ["ann"]}}
    profile = {"Type": "AWS::IAM::InstanceProfile", "Properties": {"Roles": ["admin"]}}
    after = {"Resources": {**before["Resources"], "A": addition, "P": profile}}
    assert list(weaker_template(before, after)) == ["A Users also ann", "P Roles also admin"]
    more = {"Resources": {**after["Resources"], "A": {**addition, "Properties": {"GroupName": "admins", "Users": []}}}}
    assert list(weaker_template(more, after)) == ["A Users also ann"]


def test_nobody_outside_is_let_in_by_what_is_shipped() -> None:
    organization = load(Path("config"), Library.load(shipped()))[0]
    for name, deployment in organization.deployments.items():
        resources = filled(deployment.template, deployment.parameters)["Resources"]
        types = {key: each["Type"] for key, each in resources.items()}
        found = {key: list(outsiders(each, types)) for key, each in resources.items()}
        assert {key: words for key, words in found.items() if words} == {}, name


EACH = {"Fn::ForEach::Buckets": ["Name", ["a", "b"], {"B${Name}": BUCKET}]}
INCLUDE = {"Fn::Transform": {"Name": "AWS::Include", "Parameters": {"Location": "s3://theirs/it.yaml"}}}


@pytest.mark.parametrize("part", [EACH, INCLUDE])
def test_what_makes_resources_unseen_is_told_where_it_changes(part: dict[str, Any]) -> None:
    plain = template("AWS::IAM::Role", {})["Resources"]
    with_it = {"Resources": {**plain, **part}}
    assert list(weaker_template(with_it, with_it)) == []
    for sides in ((with_it, {"Resources": plain}), ({"Resources": plain}, with_it)):
        [said] = weaker_template(*sides)
        assert UNTOLD in said
    inside = template("AWS::IAM::Role", part)
    assert UNTOLD in next(iter(weaker_template(inside, {"Resources": plain})))


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_no_live_template_however_odd_ends_a_plan(data: st.DataObject) -> None:
    """One value of a template that has much, somewhere, is another."""
    resources = [
        (kind, place.path or "Statement") for kind, places in PLACES.items() for place in places
    ] + [(kind, path) for kind, paths in PROPERTIES.items() for path in paths]  # fmt: skip
    kind, path = data.draw(st.sampled_from(resources))
    value: Any = document(subject("repo:mine/*"), {**trust(ROOT), "Resource": OBJECTS})
    for name in reversed(path.split("/")):
        value = {name: value}
    whole = {"Conditions": {}, **template(kind, value)}
    odd = st.sampled_from(
        [None, [], {}, "", "x", 0, True, [[]], [None], {"Ref": []}, {"Fn::Sub": []}, INCLUDE, {"Fn::GetAtt": [0]}]
    )
    side = json.loads(json.dumps(whole))
    at: Any = side
    while True:
        key = data.draw(st.sampled_from(sorted(at) if isinstance(at, dict) else range(len(at))))
        if not isinstance(at[key], dict | list) or not at[key] or data.draw(st.booleans()):
            at[key] = data.draw(odd)
            break
        at = at[key]
    for one, other in ((side, whole), (whole, side), (side, {"Resources": {}})):
        list(weaker_template(one, other))
        list(weaker_template(filled(one, {"It": "x"}), other))
