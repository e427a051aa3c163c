"""A role goes to another account: one plan, one apply, and nothing left to do."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest

from landing.core.errors import ImpossiblePlan
from landing.core.model import Action
from landing.engine.order.unique_names import refuse_impossible
from landing.engine.plan import Origin, make
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
    text = _without(FULL, "security_incident_response")  # its subscription ends with its administrator
    text = _without(text, "security_lake") if role == "log_archive" else text  # as it never moves
    moved = Cloud(sandbox, load_text(text.replace(f"{role}: {was}", f"{role}: {account}")), creation.roles)
    result = moved.apply()
    assert result.complete, {str(address): str(why) for address, why in result.failed.items()}
    plan = moved.plan()
    assert [str(change.address) for change in plan.changes] == []
    assert plan.gaps == ()
    if role == "log_archive":
        lakes = sandbox.session(moved.open().tree.account_ids[was]).client("securitylake").list_data_lakes()
        assert lakes["dataLakes"] == [], "the service that the config has dropped went where it was"


def _without(text: str, service: str) -> str:
    return re.sub(rf"  {service}:\n(    .*\n)+", "", text)


def test_a_lake_keeps_the_log_archive_where_it_is(
    sandbox: Sandbox, creation: Story, load_text: Callable[[str], Organization]
) -> None:
    moved = Cloud(
        sandbox, load_text(FULL.replace("log_archive: log-archive", "log_archive: shop-prod")), creation.roles
    )
    kinds = [kind for kind in moved.kinds if kind.service == "security_lake"]
    plan = moved.plan(kinds)
    gone = {str(each.address) for each in plan.changes if each.action is Action.DELETE}
    assert {f"security_lake.organization@log-archive/{region}" for region in ("eu-west-1", "us-east-1")} <= gone
    with pytest.raises(ImpossiblePlan, match="AWS deletes its lake when it is dismissed"):
        refuse_impossible(moved.kinds, plan.changes, {})
    (change,) = [each for each in plan.changes if each.address.kind == "security_lake_administrator"]
    result = moved.apply(changes=(change,))
    assert "Another account is the delegated administrator" in str(result.failed[change.address])
    lakes = sandbox.session(moved.open().tree.account_ids["log-archive"]).client("securitylake").list_data_lakes()
    assert {each["createStatus"] for each in lakes["dataLakes"]} == {"COMPLETED"}


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


def test_a_membership_keeps_its_administrator(
    sandbox: Sandbox, creation: Story, load_text: Callable[[str], Organization]
) -> None:
    """Why no role moves while there is one: AWS cancels the subscription with the administrator that it goes by."""
    moved = Cloud(
        sandbox,
        load_text(FULL.replace("security_tooling: security-tooling", "security_tooling: shop-dev")),
        creation.roles,
    )
    kinds = [each for each in moved.kinds if each.name in ("delegated_administrator", "incident_response_membership")]
    observed = moved.observe(kinds)
    plan = make(observed, Origin())
    with pytest.raises(
        ImpossiblePlan, match=r"security-ir\.amazonaws\.com has one .* security-tooling: dismiss it first"
    ):
        refuse_impossible(moved.kinds, plan.changes, observed.live)
    (change,) = [each for each in plan.changes if each.address.name.startswith("security-ir.")]
    result = moved.apply(changes=(change,))
    assert "DELEGATED_ADMINISTRATOR_EXISTS_FOR_THIS_SERVICE" in str(result.failed[change.address])
    held = sandbox.session(moved.open().tree.account_ids["security-tooling"], region="eu-west-1").client("security-ir")
    assert [each["membershipStatus"] for each in held.list_memberships()["items"]] == ["Active"]
