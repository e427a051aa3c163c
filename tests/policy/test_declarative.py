"""Declarative policies: what they come to on the way to an account, and what may stand in them.

AWS Organizations user guide, "Inheritance examples", and the syntax page of each type.
"""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from landing.policy import lint
from landing.policy.declarative import Conflict, effective, leaves
from landing.policy.declarative.inheritance import ALLOWED, VALUE_OPERATORS
from landing.policy.declarative.shape import Section, Setting, complete
from landing.policy.declarative.shapes import SHAPES
from landing.policy.limits import LIMITS

LOCKED = {ALLOWED: ["@@none"]}


def _levels(*documents: Any) -> list[list[dict[str, Any]]]:
    """A policy a level, from the root downwards; a list stands for the policies of one level."""
    return [document if isinstance(document, list) else [document] for document in documents]


MERGES: dict[str, tuple[list[Any], dict[str, Any]]] = {
    "the child assigns": ([{"a": {"@@assign": "x"}}, {"a": {"@@assign": "y"}}], {"a": "y"}),
    "the child appends": ([{"a": {"@@assign": ["x"]}}, {"a": {"@@append": ["y", "x"]}}], {"a": ["x", "y"]}),
    "the child removes": ([{"a": {"@@assign": ["x", "y"]}}, {"a": {"@@remove": ["x", "z"]}}], {"a": ["y"]}),
    "nothing is left": ([{"a": {"@@assign": ["x"]}}, {"a": {"@@remove": ["x"]}}], {}),
    "an empty list was assigned": ([{"a": {"@@assign": ["x"]}}, {"a": {"@@assign": []}}], {"a": []}),
    "the child may not assign": (
        [{"a": {ALLOWED: ["@@append"], "@@assign": ["x"]}}, {"a": {"@@assign": ["y"]}}],
        {"a": ["x"]},
    ),
    "the child may append": (
        [{"a": {ALLOWED: ["@@append"], "@@assign": ["x"]}}, {"a": {"@@append": ["y"]}}],
        {"a": ["x", "y"]},
    ),
    "nothing new may come into a section": (
        [{"a": {**LOCKED, "b": {"@@assign": "x"}}}, {"a": {"b": {"@@assign": "y"}, "c": {"@@assign": "z"}}}],
        {"a": {"b": "y"}},
    ),
    "a setting is locked by itself": (
        [{"a": {"b": {**LOCKED, "@@assign": "x"}}}, {"a": {"b": {"@@assign": "y"}}}],
        {"a": {"b": "x"}},
    ),
    "a grandchild cannot widen": (
        [{"a": {**LOCKED, "@@assign": "x"}}, {"a": {ALLOWED: ["@@all"]}}, {"a": {"@@assign": "y"}}],
        {"a": "x"},
    ),
    "policies of one level do not bind each other": (
        [[{"a": {**LOCKED, "@@assign": "x"}}, {"b": {"@@assign": "y"}, "a": {ALLOWED: ["@@all"]}}]],
        {"a": "x", "b": "y"},
    ),
    "what both of one level allow": (
        [
            [{"a": {ALLOWED: ["@@append", "@@assign"], "@@assign": ["x"]}}, {"a": {ALLOWED: ["@@append", "@@remove"]}}],
            {"a": {"@@append": ["y"], "@@remove": ["x"]}},
        ],
        {"a": ["x", "y"]},
    ),
    "siblings add up": ([[{"a": {"@@assign": "x"}}, {"b": {"@@assign": "y"}}]], {"a": "x", "b": "y"}),
    "the case of a tag's key": (
        [{"tags": {"CostCenter": {"tag_key": {"@@assign": "A"}}}}, {"tags": {"costcenter": {"tag_key": {"@@assign": "B"}}}}],
        {"tags": {"costcenter": {"tag_key": "B"}}},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", MERGES)
def test_documents_come_to(name: str) -> None:
    documents, expected = MERGES[name]
    assert effective(_levels(*documents)).document == expected


def test_of_one_level_the_first_wins_and_it_is_told() -> None:
    found = effective(_levels({}, [{"a": {"@@assign": "x"}}, {"a": {"@@assign": "x"}}, {"a": {"@@assign": "y"}}]))
    assert found.document == {"a": "x"}
    assert found.conflicts == (Conflict(("a",), 1, 0, 2),)


NAMES = st.sampled_from("abc")
SETTINGS = st.dictionaries(st.sampled_from(VALUE_OPERATORS), st.lists(NAMES, max_size=3), min_size=1)
DOCUMENTS = st.dictionaries(NAMES, st.dictionaries(NAMES, SETTINGS, max_size=3), max_size=3)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from([*"ab", *VALUE_OPERATORS, ALLOWED, "tags", "ec2_attributes"]), inner, max_size=4
        )
    ),
    max_leaves=12,
)


@given(st.lists(DOCUMENTS, max_size=4))
def test_what_it_comes_to_has_no_operators_and_leaves_lead_to_its_values(documents: list[dict[str, Any]]) -> None:
    found = effective(_levels(*documents)).document
    assert "@@" not in json.dumps(found)
    assert all(isinstance(value, list) for value in leaves(found).values())


def _locked(node: Any) -> Any:
    """The document with everything in it closed to those below, as AWS's example has it: at every depth."""
    if not isinstance(node, dict):
        return node
    return {**{key: value if key.startswith("@@") else _locked(value) for key, value in node.items()}, **LOCKED}


@given(DOCUMENTS, DOCUMENTS)
def test_nothing_below_changes_what_is_locked_at_every_depth(parent: dict[str, Any], child: dict[str, Any]) -> None:
    assert effective(_levels(_locked(parent), child)).document == effective(_levels(parent)).document


@given(DOCUMENTS)
def test_a_level_without_a_policy_changes_nothing(document: dict[str, Any]) -> None:
    assert effective([[], [document], []]) == effective([[document]]) or effective([[document]]).conflicts


@given(st.lists(JSON, max_size=3), st.sampled_from(sorted(LIMITS)))
def test_nothing_is_raised_whatever_a_document_is(documents: list[Any], policy_type: str) -> None:
    found = effective(_levels(*[document for document in documents if isinstance(document, dict)]))
    leaves(found.document)
    for document in documents:
        lint(document, policy_type)
    if policy_type in SHAPES:
        list(complete(found.document, SHAPES[policy_type]))


EC2 = "DECLARATIVE_POLICY_EC2"
WRONG: dict[str, tuple[str, Any, str, str]] = {
    "a key that is nearly one": (EC2, {"ec2_attributes": {"serial_console": {}}}, "POL703", "/ec2_attributes/serial_console"),
    "a value that there is not": (
        EC2, {"ec2_attributes": {"serial_console_access": {"status": {"@@assign": "off"}}}},
        "POL704", "/ec2_attributes/serial_console_access/status/@@assign",
    ),
    "a number where AWS wants a text": (
        EC2, {"ec2_attributes": {"instance_metadata_defaults": {"http_put_response_hop_limit": {"@@assign": 2}}}},
        "POL704", "/ec2_attributes/instance_metadata_defaults/http_put_response_hop_limit/@@assign",
    ),
    "no operator": (
        "S3_POLICY", {"s3_attributes": {"public_access_block_configuration": "all"}},
        "POL704", "/s3_attributes/public_access_block_configuration",
    ),
    "an operator of lists on one value": (
        "S3_POLICY", {"s3_attributes": {"public_access_block_configuration": {"@@append": ["all"]}}},
        "POL702", "/s3_attributes/public_access_block_configuration/@@append",
    ),
    "a section that is set": ("TAG_POLICY", {"tags": {"@@assign": "x"}}, "POL703", "/tags/@@assign"),
    "a region that is none": (
        "SECURITYHUB_POLICY", {"securityhub": {"enable_in_regions": {"@@assign": ["Ireland"]}}},
        "POL704", "/securityhub/enable_in_regions/@@assign/0",
    ),
    "a value with two wildcards": (
        "TAG_POLICY", {"tags": {"team": {"tag_value": {"@@assign": ["*@*"]}}}}, "POL704", "/tags/team/tag_value/@@assign/0",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_what_a_type_does_not_take_is_found(name: str) -> None:
    policy_type, document, code, pointer = WRONG[name]
    assert [(each.code, each.severity, each.pointer) for each in lint(document, policy_type)] == [
        (code, "error", pointer)
    ]


def test_what_aws_may_have_added_is_a_warning() -> None:
    regions = {"enable_in_regions": {"@@assign": []}, "disable_in_regions": {"@@assign": []}}
    found = lint({"inspector": {"enablement": {"ami_scanning": regions}}}, "INSPECTOR_POLICY")
    assert [(each.code, each.severity) for each in found] == [("POL703", "warning")]


def test_what_is_missing_or_too_much_in_the_end() -> None:
    plan = {"regions": ["eu-west-1"], "rules": {f"r{number}": {} for number in range(11)}}
    found = [(each.error, "/".join(each.where)) for each in complete({"plans": {"p": plan}}, SHAPES["BACKUP_POLICY"])]
    assert found[:2] == [("KEY_REQUIRED", "plans/p/selections"), ("ELEMENTS_TOO_MANY", "plans/p/rules")]
    assert ("KEY_REQUIRED", "plans/p/rules/r0/schedule_expression") in found
    assert not [*complete({"services": {"default": {"opt_out_policy": "optOut"}}}, SHAPES["AISERVICES_OPT_OUT_POLICY"])]


def test_each_shape_stands_under_the_key_of_its_type() -> None:
    for policy_type, shape in SHAPES.items():
        assert isinstance(shape, Section)
        assert [*shape.keys] == [LIMITS[policy_type].key]
        assert not isinstance(shape.keys[str(LIMITS[policy_type].key)], Setting)
