"""Effective policies (User Guide "Inheritance operators"; API reference DescribeEffectivePolicy)."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from landing.sandbox.services.organizations.effective import merged
from tests.sandbox.cloud import Cloud, refused, source

TAG = "TAG_POLICY"


def _attach(cloud: Cloud, target: str, name: str, document: dict[str, Any]) -> None:
    policy = cloud.policy(name, json.dumps({"tags": document}), TAG)
    cloud.organizations.attach_policy(PolicyId=policy, TargetId=target)


def _effective(cloud: Cloud, account: str) -> dict[str, Any]:
    found = cloud.organizations.describe_effective_policy(PolicyType=TAG, TargetId=account)["EffectivePolicy"]
    assert (found["TargetId"], found["PolicyType"]) == (account, TAG)
    tags: dict[str, Any] = json.loads(found["PolicyContent"])["tags"]
    return tags


@source("API reference: EffectivePolicyNotFoundException")
def test_without_the_type_there_is_none(cloud: Cloud) -> None:
    refused(
        "EffectivePolicyNotFoundException",
        cloud.organizations.describe_effective_policy,
        PolicyType=TAG,
        TargetId=cloud.account("a"),
    )


@source("User Guide: inheritance, @@assign and @@append")
def test_a_policy_comes_down_the_tree(cloud: Cloud) -> None:
    cloud.enable(TAG)
    unit, account = cloud.unit("U"), cloud.account("a")
    cloud.organizations.move_account(AccountId=account, SourceParentId=cloud.root, DestinationParentId=unit)
    _attach(cloud, cloud.root, "root", {"team": {"tag_value": {"@@assign": ["x"]}}})
    _attach(cloud, unit, "unit", {"team": {"tag_value": {"@@append": ["y"]}}})
    _attach(cloud, account, "account", {"cost": {"tag_key": {"@@assign": "Cost"}}})
    assert _effective(cloud, account) == {"team": {"tag_value": ["x", "y"]}, "cost": {"tag_key": "Cost"}}


@source("API reference: DescribeEffectivePolicy, can be called from any account for itself")
def test_a_member_sees_its_own(cloud: Cloud) -> None:
    cloud.enable(TAG)
    account, other = cloud.account("a"), cloud.account("b")
    _attach(cloud, cloud.root, "root", {"team": {"tag_key": {"@@assign": "Team"}}})
    member = cloud.client("organizations", account)
    assert member.describe_effective_policy(PolicyType=TAG)["EffectivePolicy"]["TargetId"] == account
    refused("AccessDeniedException", member.describe_effective_policy, PolicyType=TAG, TargetId=other)


@source("API reference: DescribeEffectivePolicy, a root or OU is not supported as a target")
def test_only_accounts_have_one(cloud: Cloud) -> None:
    refused(
        "InvalidInputException",
        cloud.organizations.describe_effective_policy,
        PolicyType=TAG,
        TargetId=cloud.root,
        reason="TARGET_NOT_SUPPORTED",
    )


@source("botocore: enum of EffectivePolicyType")
def test_scps_have_none(cloud: Cloud) -> None:
    refused(
        "InvalidInputException",
        cloud.organizations.describe_effective_policy,
        PolicyType="SERVICE_CONTROL_POLICY",
    )


@source("API reference: ListAccountsWithInvalidEffectivePolicy, ListEffectivePolicyValidationErrors")
def test_what_was_accepted_merges_into_something_valid(cloud: Cloud) -> None:
    cloud.enable(TAG)
    account = cloud.account("a")
    listed = cloud.organizations.list_accounts_with_invalid_effective_policy(PolicyType=TAG)
    assert (listed["Accounts"], listed["PolicyType"]) == ([], TAG)
    errors = cloud.organizations.list_effective_policy_validation_errors(AccountId=account, PolicyType=TAG)
    assert errors["EffectivePolicyValidationErrors"] == []
    assert errors["Path"].endswith(f"{cloud.root}/")


MERGES: dict[str, tuple[list[dict[str, Any]], dict[str, Any]]] = {
    "the child assigns": ([{"a": {"@@assign": "x"}}, {"a": {"@@assign": "y"}}], {"a": "y"}),
    "the child appends": ([{"a": {"@@assign": ["x"]}}, {"a": {"@@append": ["y", "x"]}}], {"a": ["x", "y"]}),
    "the child removes": ([{"a": {"@@assign": ["x", "y"]}}, {"a": {"@@remove": ["x"]}}], {"a": ["y"]}),
    "the child may not assign": (
        [
            {"a": {"@@operators_allowed_for_child_policies": ["@@append"], "@@assign": ["x"]}},
            {"a": {"@@assign": ["y"]}},
        ],
        {"a": ["x"]},
    ),
    "the child may append": (
        [
            {"a": {"@@operators_allowed_for_child_policies": ["@@append"], "@@assign": ["x"]}},
            {"a": {"@@append": ["y"]}},
        ],
        {"a": ["x", "y"]},
    ),
    "the child may do nothing": (
        [
            {"a": {"@@operators_allowed_for_child_policies": ["@@none"], "b": {"@@assign": "x"}}},
            {"a": {"b": {"@@assign": "y"}, "c": {"@@assign": "z"}}},
        ],
        {"a": {"b": "x"}},
    ),
    "a grandchild cannot widen": (
        [
            {"a": {"@@operators_allowed_for_child_policies": ["@@none"], "@@assign": "x"}},
            {"a": {"@@operators_allowed_for_child_policies": ["@@all"]}},
            {"a": {"@@assign": "y"}},
        ],
        {"a": "x"},
    ),
    "siblings add up": ([{"a": {"@@assign": "x"}}, {"b": {"@@assign": "y"}}], {"a": "x", "b": "y"}),
}


@pytest.mark.parametrize("name", MERGES)
def test_documents_merge(name: str) -> None:
    """User Guide, "Inheritance operators" and its examples."""
    documents, expected = MERGES[name]
    assert merged([[document] for document in documents]) == expected


NAMES = st.sampled_from("abc")
LEAVES = st.fixed_dictionaries({"@@assign": st.lists(NAMES, max_size=3)})
DOCUMENTS = st.dictionaries(NAMES, st.dictionaries(NAMES, LEAVES, max_size=3), max_size=3)


@given(st.lists(DOCUMENTS, max_size=4))
def test_what_is_merged_has_no_operators(documents: list[dict[str, Any]]) -> None:
    assert "@@" not in json.dumps(merged([[document] for document in documents]))


@given(DOCUMENTS, DOCUMENTS)
def test_a_locked_parent_stays_as_it_is(parent: dict[str, Any], child: dict[str, Any]) -> None:
    locked = {**parent, "@@operators_allowed_for_child_policies": ["@@none"]}
    assert merged([[locked], [child]]) == merged([[parent]])


@given(DOCUMENTS)
def test_the_same_policy_twice_is_the_same(document: dict[str, Any]) -> None:
    assert merged([[document], [document]]) == merged([[document]])
