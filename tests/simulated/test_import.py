"""A living organization as a config: what it says is what is there, and to take it over writes marks and no more."""

from __future__ import annotations

import random
from dataclasses import replace
from math import ceil
from pathlib import Path

import pytest

from landing.core.model import Action
from landing.importing.draft import Asked, Draft
from landing.importing.live import read, stranger
from landing.importing.live_services import with_services
from landing.importing.output import Written, write_folder
from landing.sandbox import Sandbox
from landing.sandbox.services.organizations.state import organization_of
from landing.services.organizations.declaration import SERVICE
from landing.services.registry import KINDS, SERVICES
from tests.cloud import Cloud, QuickAws
from tests.simulated.configs import Size
from tests.simulated.seeding import fill
from tests.simulated.server import Simulated
from tests.simulated.strangers import policies_of, settle
from tests.simulated.watched import watch

CARRIED = (*SERVICE.kinds, *(kind for service in SERVICES if service.settings_of for kind in service.kinds))
"""The kinds that an import is about."""
REGION, OTHER = "eu-west-1", "eu-central-1"
STRANGER = stranger(REGION)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "seed" in metafunc.fixturenames:
        only = metafunc.config.getoption("--seed")
        metafunc.parametrize("seed", range(metafunc.config.getoption("--runs")) if only is None else [only])


def imported(sandbox: Sandbox, folder: Path, seed: int) -> tuple[Draft, Written]:
    """The config of what a world holds; which account plays which part is said."""
    live, dice = organization_of(sandbox.world, sandbox.management_account_id), random.Random(seed)
    assert live is not None
    members = sorted(each for each in live.members if each != live.management_account)
    archive, tooling = dice.choice(members), dice.choice(members)
    regions = (REGION, OTHER) if dice.random() < 0.5 else (REGION,)
    if dice.random() < 0.6:
        watch(sandbox, dice, tooling if dice.random() < 0.9 else archive, regions)
    aws = QuickAws(STRANGER)
    draft = read(STRANGER, aws, Asked("corp", REGION, regions, "", archive, tooling))
    found = with_services(aws, draft, write_folder(draft, folder), folder)
    return found.draft, found.written


def test_a_plan_of_what_was_imported_only_adopts_and_then_there_is_nothing_to_do(seed: int, tmp_path: Path) -> None:
    with Sandbox() as sandbox:
        settle(sandbox.world, random.Random(seed))
        _, written = imported(sandbox, tmp_path / "org", seed)
        cloud = Cloud(sandbox, written.organization, kinds=CARRIED)
        plan = cloud.plan(CARRIED)
        assert {change.action for change in plan.changes} <= {Action.ADOPT}
        carried = {"organizations", *written.organization.services}
        assert not [gap for gap in plan.gaps if (KINDS[gap.kind].service or "organizations") in carried]
        aws = cloud.open(read_only=False)
        result = cloud.apply(aws=aws, changes=plan.changes)
        assert result.complete, (result.failed, result.blocked)
        assert cloud.plan(CARRIED).changes == ()
        wrote = {name for _, name in aws.calls if not name.startswith(("Describe", "Get", "List", "Assume"))}
        assert wrote <= {"TagResource"}


def test_keys_do_not_depend_on_the_order_of_answers(tmp_path: Path) -> None:
    with Sandbox() as sandbox:
        live = settle(sandbox.world, random.Random(3))
        before, _ = imported(sandbox, tmp_path / "before", 3)
        for each in (live.units, live.members, live.policies):
            turned = dict(reversed(each.items()))
            each.clear()
            each.update(turned)
        for unit in live.units.values():
            unit.units, unit.accounts = dict(reversed(unit.units.items())), dict(reversed(unit.accounts.items()))
        after, _ = imported(sandbox, tmp_path / "after", 3)
    assert _sorted(after) == _sorted(before)


def _sorted(draft: Draft) -> Draft:
    return replace(draft, left_out=tuple(sorted(draft.left_out, key=str)))


def test_ten_thousand_accounts_take_the_calls_of_a_plan_and_one_a_policy(tmp_path: Path) -> None:
    size = Size(accounts=10_000, units=100, policies=40, regions=1)
    with Simulated() as sandbox:
        fill(sandbox.world, size.organization(tmp_path))
        policies_of(sandbox.world, size.policies)
        principal = "account.amazonaws.com"
        sandbox.session().client("organizations").enable_aws_service_access(ServicePrincipal=principal)
        aws = QuickAws(STRANGER)
        draft = read(STRANGER, aws, Asked(home_region=REGION, regions=(REGION,)))
    assert (len(draft.accounts), len(draft.units), len(draft.policies)) == (size.accounts, size.units, size.policies)
    assert any("only --contacts reads them" in each.why for each in draft.left_out)
    calls = dict(aws.calls)
    tags = ceil((size.accounts + size.units + size.policies) / 100)
    assert calls.pop(("organizations", "ListAccounts")) == size.accounts // 20
    assert calls.pop(("resourcegroupstaggingapi", "GetResources")) <= tags + 1
    assert calls.pop(("organizations", "DescribePolicy")) == size.policies
    assert calls.pop(("organizations", "ListTargetsForPolicy")) <= 2 * size.policies
    assert calls.pop(("organizations", "ListOrganizationalUnitsForParent")) <= 1.5 * size.units + 6
    assert calls.pop(("organizations", "ListPoliciesForTarget")) == size.units + 1
    assert sum(calls.values()) <= 15, calls
