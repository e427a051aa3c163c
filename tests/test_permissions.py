"""The generated IAM policies, and the page that shows them."""

from __future__ import annotations

import json
from pathlib import Path

from landing.kinds import KINDS
from landing.permissions import EXAMPLE_LOCK, apply_policy, page, plan_policy
from landing.policy import catalog

PAGE = Path(__file__).parents[1] / "docs" / "permissions.md"
READING = ("Get", "List", "Describe", "Select", "BatchGet", "Detect", "AssumeRole")


def test_every_action_exists() -> None:
    for kind in KINDS:
        for action in (*kind.reads, *kind.writes):
            assert catalog.expand(action), f"{kind.name} declares {action}"


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
