"""The generated IAM policies, and the page that shows them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from landing.aws import Tree, simulator
from landing.kinds import KINDS, Kind
from landing.permissions import ALWAYS, EXAMPLE_LOCK, apply_policy, lock_statements, page, plan_policy
from landing.policy import catalog
from tests import calls

PAGE = Path(__file__).parents[1] / "docs" / "permissions.md"
READING = ("Get", "List", "Describe", "Select", "BatchGet", "Detect", "AssumeRole")


def test_every_action_exists() -> None:
    for kind in KINDS:
        for action in (*kind.reads, *kind.writes):
            assert catalog.expand(action), f"{kind.name} declares {action}"


every_kind = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
PHASES = ("read", "apply", "going_on")
ENTERING = {"sts:AssumeRole"}

ELSEWHERE = {
    "landing.aws.conditional": {action for each in lock_statements("aws", EXAMPLE_LOCK) for action in each["Action"]},
    "landing.aws.simulator": {simulator.ACTION},
    "landing.aws.door": {"sts:GetCallerIdentity"},  # needs no permission (STS API reference)
}
"""What modules that belong to no kind may call."""

ONE = {
    "describe_stacks": "StackName",
    "describe_change_set": "ChangeSetName",  # only its status is read, which every page has
    "list_parents": "ChildId",
    "describe_organization_config_rule_statuses": "OrganizationConfigRuleNames",
}
"""Paged operations that answer with one item when they are called with this argument."""


@every_kind
def test_what_a_kind_may_call_is_declared(kind: Kind) -> None:
    """Every path is followed, also those that no story of the tests takes."""
    reading, all_of_it = calls.of_kind(type(kind), "read"), calls.of_kind(type(kind), *PHASES)
    assert reading.direct <= {*kind.reads}
    assert all_of_it.direct | all_of_it.besides <= {*kind.reads, *kind.writes}
    assert all_of_it.actions - all_of_it.direct <= {*ALWAYS, *(action for each in KINDS for action in each.reads)}


@every_kind
def test_what_a_kind_declares_is_called(kind: Kind) -> None:
    reading, all_of_it = calls.of_kind(type(kind), "read"), calls.of_kind(type(kind), *PHASES)
    assert {*kind.reads} <= reading.actions | reading.besides | (ENTERING if reading.enters else set())
    assert {*kind.writes} <= all_of_it.actions | all_of_it.besides | (ENTERING if all_of_it.enters else set())


def test_no_call_is_overlooked() -> None:
    """What no kind reaches is of the few modules that serve something else."""
    reached = {use for kind in KINDS for use in calls.of_kind(type(kind), *PHASES).uses}
    for module, method in calls.of_package() - reached:
        assert module in ELSEWHERE, f"{module} names {method}, which no kind reaches"
        actions = {
            calls.action_of(*call) for call in calls.methods()[method].items() if call[0] in ("s3", "iam", "sts")
        }
        assert actions <= ELSEWHERE[module]


def test_the_tree_asks_for_nothing_that_is_declared_nowhere() -> None:
    declared = {*ALWAYS, *(action for kind in KINDS for action in kind.reads)}
    everything = calls.Closure(Tree, [name for name in dir(Tree) if not name.startswith("__")])
    assert {*ALWAYS} <= everything.actions <= declared


def test_paged_answers_are_read_to_the_end() -> None:
    for where, method, arguments in calls.of_one_page():
        assert ONE.get(method) in arguments, f"{where}: {method} answers in pages: read them all with `Aws.listed`"


def test_the_plan_role_can_change_nothing() -> None:
    for statement in plan_policy()["Statement"]:
        actions = statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]]
        assert all(action.split(":")[1].startswith(READING) for action in actions)


def test_the_policies_fit_into_a_role() -> None:
    for policy in (plan_policy(), apply_policy(lock=EXAMPLE_LOCK)):
        assert len(json.dumps(policy, separators=(",", ":"))) <= 6_144, "a managed policy has at most 6,144 characters"


def test_the_lock_is_allowed_where_it_is_and_only_there() -> None:
    added = [each for each in apply_policy(lock=EXAMPLE_LOCK)["Statement"] if each not in apply_policy()["Statement"]]
    assert {action: each["Resource"] for each in added for action in each["Action"]} == {
        "s3:DeleteObject": "arn:aws:s3:::example-landing-lock/landing.lock",
        "s3:GetObject": "arn:aws:s3:::example-landing-lock/landing.lock",
        "s3:PutObject": "arn:aws:s3:::example-landing-lock/landing.lock",
        "s3:ListBucket": "arn:aws:s3:::example-landing-lock",
    }
    assert all(catalog.expand(action) for each in added for action in each["Action"])


def test_the_page_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run: python -m landing.permissions > docs/permissions.md"
