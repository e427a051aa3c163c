"""Mutants: one change each, and those called equivalent are."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from landing.policy import SCP, evaluate
from landing.policy.testing.equivalence import equivalent
from landing.policy.testing.mutants import Mutant, mutants
from landing.policy.testing.suite import statements_of
from tests.policy.cases import deny, document
from tests.policy.generated import FULL, requests, statements


def names(*given: dict[str, Any]) -> set[str]:
    return {mutant.name for mutant in mutants(document(*given))}


def test_each_part_of_a_statement_has_mutants() -> None:
    statement = deny(
        "S",
        ["sqs:SendMessage", "sqs:Get*"],
        ["arn:aws:sqs:*:*:a", "arn:aws:sqs:*:*:b"],
        StringLike={"aws:SourceVpc": ["vpc-*", "x"]},
        BoolIfExists={"aws:ViaAWSService": "true"},
        NumericLessThan={"aws:MultiFactorAuthAge": "60"},
    )
    assert names(statement) == {
        "S: dropped",
        "S: Action without sqs:SendMessage",
        "S: Action without sqs:Get*",
        "S: Action sqs:SendMessage as sqs:*",
        "S: Action sqs:Get* as sqs:*",
        "S: Action sqs:Get* as sqs:GetQueueAttributes",
        "S: Action sqs:Get* as sqs:GetQueueUrl",
        "S: Resource without arn:aws:sqs:*:*:a",
        "S: Resource without arn:aws:sqs:*:*:b",
        "S: Resource widened to *",
        "S: without StringLike aws:SourceVpc",
        "S: StringLike aws:SourceVpc as StringNotLike",
        "S: StringLike aws:SourceVpc as StringLikeIfExists",
        "S: StringLike aws:SourceVpc without vpc-*",
        "S: StringLike aws:SourceVpc without x",
        "S: StringLike aws:SourceVpc vpc-* as vpc-",
        "S: without BoolIfExists aws:ViaAWSService",
        "S: BoolIfExists aws:ViaAWSService as Bool",
        "S: BoolIfExists aws:ViaAWSService true as false",
        "S: without NumericLessThan aws:MultiFactorAuthAge",
        "S: NumericLessThan aws:MultiFactorAuthAge as NumericLessThanIfExists",
        "S: NumericLessThan aws:MultiFactorAuthAge 60 as 61",
        "S: NumericLessThan aws:MultiFactorAuthAge 60 as 59",
    }


def test_set_operators_and_negated_ones() -> None:
    many = deny("S", "*", **{"ForAnyValue:StringEquals": {"aws:TagKeys": "a"}})
    assert names(many) == {
        "S: dropped",
        "S: without ForAnyValue:StringEquals aws:TagKeys",
        "S: ForAnyValue:StringEquals aws:TagKeys as ForAnyValue:StringNotEquals",
        "S: ForAnyValue:StringEquals aws:TagKeys as ForAllValues:StringEquals",
        "S: ForAnyValue:StringEquals aws:TagKeys as StringEquals",
    }
    negated = deny("S", "*", ArnNotLike={"aws:PrincipalArn": "arn:aws:iam::*:role/a"})
    assert names(negated) == {
        "S: dropped",
        "S: without ArnNotLike aws:PrincipalArn",
        "S: ArnNotLike aws:PrincipalArn as ArnLike",
    }


def test_exemptions_by_action_and_resource_are_narrowed_and_widened() -> None:
    statement = {
        "Effect": "Deny",
        "NotAction": ["iam:*", "s3:ListAllMyBuckets"],
        "NotResource": ["arn:aws:s3:::a", "arn:aws:s3:::b"],
    }
    found = names(statement)
    assert {"#1: NotAction without iam:*", "#1: NotAction s3:ListAllMyBuckets as s3:*"} <= found
    assert {"#1: NotResource without arn:aws:s3:::a", "#1: NotResource without arn:aws:s3:::b"} <= found


def test_dropping_one_of_two_statements_leaves_the_other() -> None:
    first, second = deny("A", "sqs:*"), deny("B", "s3:*")
    dropped = next(mutant for mutant in mutants(document(first, second)) if mutant.name == "A: dropped")
    assert dropped.document == document(second)


def test_a_single_statement_need_not_be_in_a_list() -> None:
    alone = {"Version": "2012-10-17", "Statement": deny("A", "sqs:*")}
    assert {mutant.name for mutant in mutants(alone)} == names(deny("A", "sqs:*"))


POLICIES = st.lists(statements(effect="Deny"), min_size=1, max_size=2).map(lambda listed: document(*listed))


@given(POLICIES)
def test_a_mutant_is_another_document_and_the_policy_stays_as_it_was(policy: dict[str, Any]) -> None:
    before = repr(policy)
    found = mutants(policy)
    assert repr(policy) == before
    assert len({mutant.name for mutant in found}) == len(found)
    for mutant in found:
        assert statements_of(mutant.document) != statements_of(policy)
        assert statements_of(mutant.document)


def blocked(policy: Any, request: dict[str, Any]) -> bool | None:
    levels = [[{"name": "full", "policy": document(FULL)}, {"name": "p", "policy": policy}]]
    return evaluate(levels, request).blocked


@settings(max_examples=30)
@given(POLICIES.filter(lambda policy: "NotAction" not in repr(policy) and "'*'" not in repr(policy)), st.data())
def test_no_request_tells_equivalent_mutants_apart(policy: dict[str, Any], data: st.DataObject) -> None:
    mutant = data.draw(st.sampled_from(mutants(policy)))
    if not equivalent(policy, mutant, SCP, "aws"):
        return
    for _ in range(20):
        request = data.draw(requests())
        assert blocked(policy, request) == blocked(mutant.document, request), (mutant.name, request)


@pytest.mark.parametrize(
    ("policy", "mutated", "same"),
    [
        (deny("S", ["sqs:SendMessage", "sqs:Send*"]), deny("S", "sqs:Send*"), True),
        (deny("S", "sqs:Send*"), deny("S", "sqs:SendMessage"), True),
        (deny("S", "sqs:*"), deny("S", "sqs:SendMessage"), False),
        (deny("S", "sqs:SendMessage"), deny("S", "sqs:*"), False),
        (
            deny("S", "sqs:*", StringEquals={"aws:RequestedRegion": ["a", "b"]}),
            deny("S", "sqs:*", StringEquals={"aws:RequestedRegion": "a"}),
            False,
        ),
        (
            deny("S", "sqs:*", StringLike={"aws:RequestedRegion": ["eu-*", "eu-west-1"]}),
            deny("S", "sqs:*", StringLike={"aws:RequestedRegion": "eu-*"}),
            True,
        ),
        (deny("S", "s3:GetObject", "arn:aws:s3:::a/*"), deny("S", "s3:GetObject", "*"), False),
    ],
)
def test_equivalence_is_proved_both_ways(policy: dict[str, Any], mutated: dict[str, Any], *, same: bool) -> None:
    assert equivalent(document(policy), Mutant("m", 0, document(mutated)), SCP, "aws") is same


def test_nothing_is_said_of_allow_lists_and_rcps() -> None:
    mutant = Mutant("m", 0, document(deny("S", "sqs:*")))
    assert not equivalent(document(FULL), mutant, SCP, "aws")
    assert not equivalent(document(deny("S", "sqs:*")), mutant, "RESOURCE_CONTROL_POLICY", "aws")
