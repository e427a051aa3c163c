"""A role goes to another account: one plan, one apply, and nothing left to do."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest

from landing.organization import Organization
from landing.sandbox import Sandbox
from tests.cloud import Cloud, Story
from tests.samples import FULL


@pytest.fixture
def sandbox(creation: Story) -> Iterator[Sandbox]:
    with Sandbox() as sandbox:
        sandbox.load(creation.end)
        yield sandbox


@pytest.mark.parametrize(
    ("role", "was", "account"),
    [("log_archive", "log-archive", "shop-prod"), ("security_tooling", "security-tooling", "shop-dev")],
)
def test_one_apply_moves_a_role(
    sandbox: Sandbox, creation: Story, load_text: Callable[[str], Organization], role: str, was: str, account: str
) -> None:
    text = re.sub(
        r"  security_incident_response:\n(    .*\n)+", "", FULL
    )  # its subscription ends with its administrator
    moved = Cloud(sandbox, load_text(text.replace(f"{role}: {was}", f"{role}: {account}")), creation.roles)
    result = moved.apply()
    assert result.complete, {str(address): str(why) for address, why in result.failed.items()}
    plan = moved.plan()
    assert [str(change.address) for change in plan.changes] == []
    assert plan.gaps == ()


def test_a_dismissal_is_waited_for(sandbox: Sandbox, creation: Story, load_text: Callable[[str], Organization]) -> None:
    moved = Cloud(
        sandbox,
        load_text(FULL.replace(": security-tooling,", ": shop-dev,").replace(": security-tooling}", ": shop-dev}")),
        creation.roles,
    )
    kinds = [kind for kind in moved.kinds if kind.name == "guardduty_administrator"]
    sandbox.faults.stale("guardduty", "ListOrganizationAdminAccounts", reads=2)
    assert moved.apply(changes=moved.plan(kinds).changes, parallelism=1).complete
    assert moved.plan(kinds).changes == ()
