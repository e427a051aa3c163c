"""New accounts wait in the quarantine unit until the stack sets that cover it stand in them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from landing.core.model import Action, Address, Diagnostic
from landing.engine.observe import desired_of
from landing.engine.plan import still_to_do
from landing.guardrails.effects import effects
from landing.guardrails.exposure import refuse_unsafe
from landing.organization import NEW_TAG, Organization
from landing.sandbox import Sandbox
from landing.services.stacks import instances
from tests.cloud import BY_NAME, Cloud, Cut, DyingAws
from tests.samples import SMALL

Load = Callable[[str], Organization]
NAMES = (
    "organization", "policy_type", "trusted_access", "governed_region", "unit", "policy", "attachments", "account",
    "stack_set", "release",
)  # fmt: skip
KINDS = [BY_NAME[name] for name in NAMES]
HOME, FAR = "eu-west-1", "us-east-1"
BEFORE = (
    SMALL.replace("organization:\n", "organization:\n  new_accounts: {quarantine: quarantine}\n").replace(
        "units:\n", "units:\n  quarantine: {name: Quarantine}\n", 1
    )
    + """
guardrails:
  deny-all-suspended: {target: {units: [quarantine]}}
baselines:
  setting: {target: {units: [root]}}
"""
)
"""SMALL with a quarantine; its two shops are there already when the tests begin."""
WEB = "  shop-web: {name: Shop Web, email: sw@example.com, unit: workloads/dev}\n"
TEXT = BEFORE.replace("  shop-dev: {", f"{WEB}  shop-dev: {{")
RELEASE, ACCOUNT = Address("release", "shop-web"), Address("account", "shop-web")
SET = Address("stack_set", "setting")


@pytest.fixture(scope="module")
def world(load_text: Load) -> bytes:
    with Sandbox(organization=True) as sandbox:
        cloud = Cloud(sandbox, load_text(BEFORE))
        result = cloud.apply(KINDS)
        assert result.complete, (result.failed, result.blocked)
        assert cloud.plan(KINDS).changes == ()
        return sandbox.dump()


@pytest.fixture
def cloud(world: bytes, load_text: Load) -> Iterator[Cloud]:
    with Sandbox() as sandbox:
        sandbox.load(world)
        yield Cloud(sandbox, load_text(TEXT))


def unit(cloud: Cloud, key: str = "shop-web") -> str:
    return cloud.open().tree.accounts[key].unit


def new(cloud: Cloud, key: str = "shop-web") -> bool:
    aws = cloud.open()
    return NEW_TAG in aws.tree.tags_of(aws.tree.accounts[key].id)


def by_hand(cloud: Cloud, to: str, key: str = "shop-web") -> None:
    """Somebody moves an account."""
    cloud.move(key, to)


def by_another(cloud: Cloud) -> None:
    """Somebody makes the account, without a tag."""
    cloud.sandbox.session().client("organizations").create_account(Email="sw@example.com", AccountName="Shop Web")
    cloud.sandbox.world.clock.advance(cloud.sandbox.world, 1_000)


def settled(cloud: Cloud) -> None:
    assert cloud.plan(KINDS).changes == ()
    assert (unit(cloud), new(cloud)) == ("workloads/dev", False)


def fails(cloud: Cloud, times: int | None = None) -> None:
    """No stack of the setting can be made."""
    cloud.sandbox.faults.fail("ssm", "PutParameter", code="TooMany", message="not now", times=times, status=400)


def left(cloud: Cloud) -> Cloud:
    """A run after which the account is in quarantine: its stack could not be made."""
    fails(cloud)
    result = cloud.apply(KINDS)
    assert RELEASE in result.failed
    cloud.sandbox.faults.clear()
    return cloud


def places(cloud: Cloud) -> set[str]:
    """Where shop-web has been, as the sandbox has it."""
    tree, moved = cloud.open().tree, cloud.sandbox.world.events
    wanted = tree.accounts["shop-web"].id
    found = [each.detail for each in moved if each.name == "account-moved" and each.account == wanted]
    return {tree.node_key(node) for detail in found for node in detail.values()}


def test_an_account_waits_in_quarantine_until_its_stacks_stand(cloud: Cloud) -> None:
    plan = cloud.plan(KINDS)
    assert [change.address for change in plan.changes] == [ACCOUNT, RELEASE]
    release = plan.changes[1]
    assert SET in release.requires
    assert [*BY_NAME["release"].notes(cloud.organization, release)] == [
        "created in quarantine, then moved to workloads/dev once 1 stack set stands in it"
    ]
    assert any("release.shop-web" in line for line in BY_NAME["account"].notes(cloud.organization, plan.changes[0]))
    seen: list[tuple[str, str]] = []

    def look(event: Any) -> None:
        if event.type == "apply_start" and event.address == str(RELEASE):
            seen.append((unit(cloud), str(new(cloud))))

    result = cloud.apply(KINDS, listeners=[look])
    assert result.complete, (result.failed, result.unsettled)
    assert seen == [("quarantine", "True")]
    settled(cloud)
    assert cloud.apply(KINDS).done == []


def test_a_plan_says_what_is_not_waited_for(load_text: Load) -> None:
    """What names the account by itself comes when it is out."""
    text = TEXT.replace(
        "  setting: {", "  account-baseline: {target: {units: [root], exclude: {accounts: [shop-dev]}}}\n  setting: {"
    )
    with Sandbox(organization=True) as sandbox:
        cloud = Cloud(sandbox, load_text(text))
        release = next(change for change in cloud.plan(KINDS).changes if change.address == RELEASE)
        notes = [*BY_NAME["release"].notes(cloud.organization, release)]
    assert notes == [
        "created in quarantine, then moved to workloads/dev once 1 stack set stands in it",
        "waited for where AWS has them already, and taken over in workloads/dev: account-baseline",
    ]


@pytest.mark.parametrize("pause", [0, 1_000])
def test_wherever_a_run_is_cut_off_it_ends_the_same(cloud: Cloud, pause: int) -> None:
    """Whether the next one sees the account in the root already, or finds what asked for it."""
    places = set()
    for _ in range(20):
        try:
            assert cloud.apply(KINDS, aws=DyingAws(cloud.organization, writes=0, after_effect=True)).complete
        except Cut:
            cloud.sandbox.world.clock.advance(cloud.sandbox.world, pause)
            if "shop-web" in cloud.open().tree.accounts:
                places.add((unit(cloud), new(cloud)))
            continue
        break
    at_first = {("root", True)} if pause else set()
    assert places == {*at_first, ("quarantine", True), ("workloads/dev", True), ("workloads/dev", False)}
    settled(cloud)


def test_a_saved_plan_can_be_made_wherever_it_was_cut_off(cloud: Cloud) -> None:
    plan = cloud.plan(KINDS)
    for _ in range(20):
        changes = still_to_do(plan, cloud.observe(KINDS))
        aws = DyingAws(cloud.organization, writes=0, after_effect=True)
        try:
            assert cloud.apply(KINDS, aws=aws, changes=changes).complete
        except Cut:
            continue
        break
    assert still_to_do(plan, cloud.observe(KINDS)) == ()
    settled(cloud)


def test_where_a_stack_fails_the_account_stays_and_what_failed_is_said(cloud: Cloud) -> None:
    fails(cloud)
    result = cloud.apply(KINDS)
    said = str(result.failed[RELEASE])
    assert "shop-web stays in quarantine: setting/" in said
    assert (unit(cloud), new(cloud)) == ("quarantine", True)
    plan = cloud.plan(KINDS)
    assert [change.address for change in plan.changes] == [RELEASE, SET]
    change = plan.changes[0]
    assert change.before is not None
    assert (change.action, change.before["unit"]) == (Action.UPDATE, "quarantine")
    assert set(change.before["instances"]) == {f"setting/{HOME}", f"setting/{FAR}"}
    assert any("not yet: setting/" in line for line in BY_NAME["release"].notes(cloud.organization, change))
    assert not cloud.apply(KINDS).complete, "it fails still"
    assert unit(cloud) == "quarantine"
    cloud.sandbox.faults.clear()
    result = cloud.apply(KINDS)
    assert result.complete, result.failed
    settled(cloud)


def test_what_leaving_does_to_requests_is_shown_and_needs_no_leave(cloud: Cloud) -> None:
    left(cloud)
    observation = cloud.observe(KINDS)
    changes = cloud.plan(KINDS).changes
    told = effects(cloud.organization, observation.live, changes, cloud.open().tree.account_ids).sentences
    assert any("permitted" in line or "no longer" in line for line in told[RELEASE]), told
    refuse_unsafe(cloud.organization, changes, ())


def test_an_account_that_somebody_moves_out_comes_back_until_its_stacks_stand(cloud: Cloud) -> None:
    left(cloud)
    by_hand(cloud, "security")
    plan = cloud.plan(KINDS)
    assert {ACCOUNT, RELEASE} <= {change.address for change in plan.changes}
    fails(cloud)
    cloud.apply(KINDS)
    assert unit(cloud) == "quarantine"
    cloud.sandbox.faults.clear()
    assert cloud.apply(KINDS).complete
    settled(cloud)


def test_where_somebody_has_moved_it_to_its_unit_only_the_tag_goes(cloud: Cloud) -> None:
    left(cloud)
    by_hand(cloud, "workloads/dev")
    change = next(change for change in cloud.plan(KINDS).changes if change.address == RELEASE)
    assert "already" in next(iter(BY_NAME["release"].notes(cloud.organization, change)))
    assert cloud.apply(KINDS).complete
    settled(cloud)


def test_who_is_put_into_quarantine_by_somebody_is_no_new_account(cloud: Cloud) -> None:
    """It is moved back as any account is, and that needs leave."""
    by_hand(cloud, "quarantine", "shop-prod")
    changes = [each for each in cloud.plan(KINDS).changes if each.address.name == "shop-prod"]
    assert [(each.address.kind, (each.before or {})["unit"]) for each in changes] == [("account", "quarantine")]


def test_one_that_is_adopted_there_is_released_like_a_new_one(cloud: Cloud) -> None:
    """Tags show late, also those of an account of ours that is minutes old."""
    by_another(cloud)
    by_hand(cloud, "quarantine")
    plan = cloud.plan(KINDS)
    assert {change.address: change.action for change in plan.changes}[ACCOUNT] is Action.ADOPT
    result = cloud.apply(KINDS)
    assert result.complete, result.failed
    settled(cloud)


def test_one_that_others_have_made_goes_to_its_unit(cloud: Cloud) -> None:
    """As Account Factory does, or somebody in the console: it may be in use."""
    by_another(cloud)
    changes = cloud.plan(KINDS).changes
    assert [(each.address, (each.before or {})["unit"]) for each in changes] == [(ACCOUNT, "root")]
    assert cloud.apply(KINDS).complete
    settled(cloud)
    assert "quarantine" not in places(cloud)


def test_control_tower_enrols_it_after_its_release(load_text: Load) -> None:
    tower = "services:\n  control_tower: {baselines: [{units: [workloads/dev]}]}\n"
    desired = desired_of(load_text(TEXT + tower))
    assert RELEASE in desired[Address("control_tower_enrolment", "workloads/dev")].requires


@pytest.mark.parametrize("begun", [False, True])
def test_without_the_setting_they_go_to_their_units_at_once(cloud: Cloud, load_text: Load, begun: bool) -> None:
    """Also those that were made while it was there."""
    if begun:
        left(cloud)
    without = Cloud(cloud.sandbox, load_text(TEXT.replace("  new_accounts: {quarantine: quarantine}\n", "")))
    plan = without.plan(KINDS)
    assert RELEASE not in {change.address for change in plan.changes}
    assert without.apply(KINDS).complete
    settled(without)


def test_the_setting_that_comes_later_moves_nobody(cloud: Cloud, load_text: Load) -> None:
    without = Cloud(cloud.sandbox, load_text(TEXT.replace("  new_accounts: {quarantine: quarantine}\n", "")))
    with pytest.raises(Cut):
        without.apply(KINDS, aws=DyingAws(without.organization, writes=0, after_effect=True))
    cloud.sandbox.world.clock.advance(cloud.sandbox.world, 1_000)
    assert unit(cloud) == "root"
    (change,) = cloud.plan(KINDS).changes
    assert change.address == ACCOUNT
    assert cloud.apply(KINDS).complete
    settled(cloud)


def test_another_unit_is_the_quarantine_of_those_that_wait(cloud: Cloud, load_text: Load) -> None:
    left(cloud)
    other = TEXT.replace("{quarantine: quarantine}", "{quarantine: fresh}").replace(
        "  quarantine: {name: Quarantine}\n", "  quarantine: {name: Quarantine}\n  fresh: {name: Fresh}\n"
    )
    moved = Cloud(cloud.sandbox, load_text(other))
    assert moved.apply(KINDS).complete
    settled(moved)


def test_a_target_without_the_release_leaves_it_in_quarantine(cloud: Cloud) -> None:
    plan = cloud.plan(KINDS)
    only = plan.only([str(ACCOUNT)])
    assert [change.address for change in only.changes] == [ACCOUNT]
    assert cloud.apply(KINDS, changes=only.changes).complete
    assert unit(cloud) == "quarantine"
    later = cloud.plan(KINDS)
    assert [change.address for change in later.only([str(RELEASE)]).changes] == [RELEASE]
    assert cloud.apply(KINDS, changes=later.changes).complete
    settled(cloud)
    assert {change.address for change in plan.only([str(RELEASE)]).changes} == {ACCOUNT, RELEASE}


def test_many_are_waited_for_by_one_listing_of_each_stack_set(cloud: Cloud, load_text: Load) -> None:
    many = "".join(f"  web-{n}: {{name: Web {n}, email: w{n}@example.com, unit: workloads/dev}}\n" for n in range(4))
    crowd = Cloud(cloud.sandbox, load_text(TEXT.replace(WEB, many)))
    aws = crowd.open(read_only=False)
    result = crowd.apply(KINDS, aws=aws)
    assert result.complete, result.failed
    assert {unit(crowd, f"web-{n}") for n in range(4)} == {"workloads/dev"}
    one = Cloud(cloud.sandbox, load_text(TEXT.replace(WEB, many + WEB)))
    alone = one.open(read_only=False)
    assert one.apply(KINDS, aws=alone).complete
    of_four, of_one = (
        sum(count for call, count in each.calls.items() if "ListStackInstances" in call) for each in (aws, alone)
    )
    assert of_four <= of_one + 2


def test_roles_and_invited_accounts_and_those_that_live_there_are_not_quarantined(load_text: Load) -> None:
    text = TEXT.replace(WEB, WEB.replace("unit: workloads/dev", "unit: quarantine")).replace(
        "  shop-dev: {", "  guest: {name: Guest, id: '555555555555', unit: workloads/dev, join: invite}\n  shop-dev: {"
    )
    organization = load_text(text)
    assert [key for key in organization.accounts if organization.is_quarantined(key)] == ["shop-prod", "shop-dev"]


@pytest.mark.parametrize(
    ("before", "after", "code", "words"),
    [
        ("quarantine: quarantine}", "quarantine: quarantin}", "LZ301", "there is no unit `quarantin`"),
        ("quarantine: quarantine}", "quarantine: root}", "LZ481", "cannot wait in the root"),
        ("{target: {units: [quarantine]}}", "{target: {units: [security]}}", "LZ482", "no guardrail is attached"),
        ("{units: [root]}", "{units: [workloads]}", "LZ482", "no stack set covers it"),
    ],
)
def test_what_is_wrong_with_the_setting(
    problems: Callable[..., list[Diagnostic]], before: str, after: str, code: str, words: str
) -> None:
    text = TEXT.replace("setting:", "audit:").replace("{target: {units: [root]}}", "{blueprint: security_audit_role, target: {units: [root]}}")  # fmt: skip
    text = text.replace("setting", "audit")
    found = problems(text=text.replace(before, after))
    assert code in {each.code for each in found}
    assert any(words.replace("setting", "audit") in each.message for each in found), found


def test_of_a_large_stack_set_each_account_is_asked_for_by_itself(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And a plan asks only for what went wrong, whoever waits."""
    monkeypatch.setattr(instances, "LIST_ALL_BELOW", 0)
    left(cloud)
    change = next(each for each in cloud.plan(KINDS).changes if each.address == RELEASE)
    assert change.before is not None
    assert {site: what.partition(":")[0] for site, what in change.before["instances"].items()} == {
        f"setting/{HOME}": "failed",
        f"setting/{FAR}": "cancelled",
    }
    assert cloud.apply(KINDS).complete
    settled(cloud)
