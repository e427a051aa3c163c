"""Stack sets: what runs is joined, only what failed is tried again, and what is not ours or cannot be reached is said."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from landing.core.errors import ImpossiblePlan, Refused, StalePlan, WrongPlan
from landing.core.model import Action, Address, Change, Gap, Resource, Scope, Severity
from landing.engine.observe import Observation, needed_for, observe
from landing.engine.plan import Origin, Plan, make, still_to_do
from landing.organization import Organization
from landing.report.plan_text import counts_line, render
from landing.report.style import Style
from landing.sandbox import Sandbox
from landing.sandbox.world import regions
from landing.services.base import Kinds
from landing.services.stacks.stack_set import NESTED
from tests.cloud import BY_NAME, Cloud, Cut, DyingAws
from tests.samples import SMALL

KIND = BY_NAME["stack_set"]
KINDS = [BY_NAME[name] for name in ("organization", "trusted_access", "unit", "account", "stack_set")]
HOME, FAR, OPT_IN = "eu-west-1", "us-east-1", "me-south-1"
EVERYWHERE = [(account, region) for account in ("shop-prod", "shop-dev") for region in (HOME, FAR)]
SET = Address("stack_set", "setting")
NAME = "landing-setting"
TEXT = SMALL + "baselines:\n  setting: {target: {units: [workloads]}, parameters: {value: one}}\n"
TWO = TEXT.replace("value: one", "value: two")
FARTHER = TEXT.replace("[eu-west-1, us-east-1]", "[eu-west-1, us-east-1, me-south-1]")
Load = Callable[[str], Organization]


@pytest.fixture(scope="module")
def worlds(load_text: Load) -> dict[str, bytes]:
    """The accounts without the stack set, and with it."""
    with Sandbox(organization=True) as sandbox:
        cloud = Cloud(sandbox, load_text(TEXT))
        assert cloud.apply(KINDS[:-1]).complete
        bare = sandbox.dump()
        assert cloud.apply(KINDS).complete
        return {"bare": bare, "done": sandbox.dump()}


@pytest.fixture
def bare(worlds: dict[str, bytes], load_text: Load) -> Iterator[Cloud]:
    with Sandbox() as sandbox:
        sandbox.load(worlds["bare"])
        yield Cloud(sandbox, load_text(TEXT))


@pytest.fixture
def cloud(bare: Cloud, worlds: dict[str, bytes]) -> Cloud:
    """With the stack set in both shops, in both Regions."""
    bare.sandbox.load(worlds["done"])
    return bare


def member(cloud: Cloud, account: str, service: str, region: str = HOME) -> Any:
    account_id = cloud.open().tree.account_ids[account]
    return cloud.sandbox.session(account_id, region=region).client(service)  # type: ignore[call-overload]


def in_the_way(cloud: Cloud, account: str, region: str = HOME) -> None:
    """Something of that name is there already: the stack cannot be built."""
    member(cloud, account, "ssm", region).put_parameter(Name="/tests/setting", Type="String", Value="mine")


def out_of_the_way(cloud: Cloud, account: str, region: str = HOME) -> None:
    member(cloud, account, "ssm", region).delete_parameter(Name="/tests/setting")


def value(cloud: Cloud, account: str, region: str = HOME) -> str:
    found = member(cloud, account, "ssm", region).get_parameters(Names=["/tests/setting"])["Parameters"]
    return str(found[0]["Value"]) if found else ""


def live(cloud: Cloud) -> Any:
    """The stack set as the sandbox has it."""
    states = cloud.sandbox.world.states["cloudformation"]
    sets = states[cloud.sandbox.management_account_id, HOME].stack_sets.values()
    return next(one for one in sets if one.name == NAME and one.status == "ACTIVE")


def operations(cloud: Cloud) -> list[tuple[str, set[tuple[str, str]]]]:
    """Action, and account and Region of each instance, of every operation; the oldest first."""
    keys = {account_id: key for key, account_id in cloud.open().tree.account_ids.items()}
    return [
        (operation.action, {(keys[account], region) for account, region in operation.results})
        for operation in live(cloud).operations.values()
    ]


def in_sync(cloud: Cloud) -> None:
    plan = cloud.plan([KIND])
    assert (plan.changes, plan.gaps) == ((), ())


def the_change(cloud: Cloud) -> Change:
    (change,) = cloud.plan([KIND]).changes
    assert change.address == SET
    return change


@pytest.mark.parametrize("operation", ["CreateStackSet", "CreateStackInstances", "UpdateStackSet", "DeleteStackSet"])
def test_a_lost_answer_starts_nothing_twice(bare: Cloud, load_text: Load, operation: str) -> None:
    bare.sandbox.faults.lose("cloudformation", operation)
    for text in (TEXT, TWO):
        found = Cloud(bare.sandbox, load_text(text))
        result = found.apply([KIND])
        assert result.complete, result.failed
        in_sync(found)
    assert [action for action, _ in operations(bare)] == ["CREATE", "UPDATE"]
    assert Cloud(bare.sandbox, load_text(SMALL)).apply([KIND]).complete
    in_sync(Cloud(bare.sandbox, load_text(SMALL)))


@pytest.mark.parametrize("latency", [1, 30])
def test_what_a_killed_run_began_is_joined_and_not_begun_again(bare: Cloud, load_text: Load, latency: int) -> None:
    bare.sandbox.world.clock.latency = latency
    for text in (TEXT, TWO):
        found = Cloud(bare.sandbox, load_text(text))
        for _ in range(20):
            try:
                result = found.apply([KIND], aws=DyingAws(found.organization, writes=0, after_effect=True))
            except Cut:
                continue
            assert result.complete, result.failed
            break
        in_sync(found)
    both = {(account, region) for account in ("shop-prod", "shop-dev") for region in (HOME, FAR)}
    assert operations(bare) == [("CREATE", both), ("UPDATE", both)]


def test_a_running_operation_is_seen_waited_for_and_looked_at_again(cloud: Cloud) -> None:
    cloud.sandbox.world.clock.latency = 50
    client = cloud.open(read_only=False).client("cloudformation")
    live(cloud).instances[cloud.open().tree.account_ids["shop-dev"], FAR].detailed = "CANCELLED"
    client.update_stack_set(StackSetName=NAME, UsePreviousTemplate=True, Description="another's")
    change = the_change(cloud)
    assert change.before is not None
    assert change.before["instances"] == {"*": "an operation is running"}
    assert KIND.severity_of(cloud.organization, change) is Severity.LOW
    plan = cloud.plan([KIND])
    assert plan.at_work == plan.changes != ()
    assert counts_line(plan) == "Plan: 0 to add, 0 to change, 0 to destroy, 1 under way."
    assert "an apply waits for that" in "\n".join(KIND.notes(cloud.organization, change))
    assert cloud.apply([KIND]).complete
    in_sync(cloud)


def test_an_operation_that_begins_in_between_is_waited_for(cloud: Cloud, load_text: Load) -> None:
    cloud.sandbox.faults.reject(
        "cloudformation", "UpdateStackSet", code="OperationInProgressException", times=2, status=409
    )
    changed = Cloud(cloud.sandbox, load_text(TWO))
    assert changed.apply([KIND]).complete
    assert value(changed, "shop-dev", FAR) == "two"


def test_an_operation_without_end_is_given_up_and_joined_later(bare: Cloud, load_text: Load) -> None:
    bare.sandbox.world.clock.latency = 10_000
    hasty = Cloud(bare.sandbox, load_text(TEXT + "timeouts: {stack_set: 2m}\n"))
    reason = hasty.apply([KIND]).failed[SET].text
    assert "of stack set landing-setting is not done after 2m; run again to resume" in reason
    assert "`timeouts: {stack_set: …}`" in reason
    bare.sandbox.world.clock.advance(bare.sandbox.world, 1_000)
    assert hasty.apply([KIND]).complete
    assert len(operations(bare)) == 1


def test_a_failure_names_account_region_and_reason_and_only_it_is_tried_again(bare: Cloud) -> None:
    in_the_way(bare, "shop-dev", FAR)
    result = bare.apply([KIND])
    assert "shop-dev/us-east-1: " in result.failed[SET].text
    assert "already exists" in result.failed[SET].text
    assert "shop-prod" not in result.failed[SET].text
    before = the_change(bare).before
    assert before is not None
    assert list(before["instances"]) == ["shop-dev/us-east-1"]
    assert before["instances"]["shop-dev/us-east-1"].startswith("failed: ")
    first = len(operations(bare))
    assert not bare.apply([KIND]).complete, "it is in the way still"
    out_of_the_way(bare, "shop-dev", FAR)
    assert bare.apply([KIND]).complete
    assert operations(bare)[first:] == [("UPDATE", {("shop-dev", FAR)})] * 2, "each attempt has an id of its own"
    in_sync(bare)


def test_too_many_failures_stop_the_rollout(bare: Cloud, load_text: Load) -> None:
    strict = Cloud(
        bare.sandbox, load_text(TEXT.replace("parameters:", "deployment: {failure_tolerance: 0}, parameters:"))
    )
    in_the_way(strict, "shop-dev")
    reason = strict.apply([KIND]).failed[SET].text
    assert "FAILED: shop-dev/eu-west-1: " in reason
    out_of_the_way(strict, "shop-dev")
    assert strict.apply([KIND]).complete
    in_sync(strict)


@pytest.mark.parametrize("state", ["SUSPENDED", "CLOSED"])
def test_suspended_accounts_are_skipped(cloud: Cloud, load_text: Load, state: str) -> None:
    account = cloud.open().tree.account_ids["shop-dev"]
    cloud.sandbox.world.accounts[account].state = state
    in_sync(cloud)
    changed = Cloud(cloud.sandbox, load_text(TWO))
    result = changed.apply([KIND])
    assert result.complete, result.failed
    assert live(cloud).instances[account, HOME].detailed == "SKIPPED_SUSPENDED_ACCOUNT"
    in_sync(changed)
    gone = Cloud(cloud.sandbox, load_text(SMALL))
    assert gone.apply([KIND]).complete, "its instances are let go"
    in_sync(gone)


def test_what_failed_before_an_account_was_suspended_is_no_drift(cloud: Cloud) -> None:
    account = cloud.open().tree.account_ids["shop-dev"]
    instance = live(cloud).instances[account, HOME]
    instance.status, instance.detailed, instance.reason = "OUTDATED", "FAILED", "something"
    the_change(cloud)
    cloud.sandbox.world.accounts[account].state = "SUSPENDED"
    in_sync(cloud)


def enable(cloud: Cloud, account: str) -> None:
    account_id = cloud.open().tree.account_ids[account]
    regions.opt_ins(cloud.sandbox.world, account_id).statuses[OPT_IN] = "ENABLED"


def gaps(cloud: Cloud) -> list[Gap]:
    return list(cloud.plan([KIND]).gaps)


@pytest.mark.parametrize("start", ["bare", "done"])
def test_a_region_that_the_management_account_has_not_enabled_is_a_gap(
    cloud: Cloud, worlds: dict[str, bytes], load_text: Load, start: str
) -> None:
    cloud.sandbox.load(worlds[start])
    far = Cloud(cloud.sandbox, load_text(FARTHER))
    (gap,) = gaps(far)
    assert (gap.name, gap.scope) == ("setting", Scope("management", OPT_IN))
    assert "management has not enabled the Region me-south-1" in gap.reason
    result = far.apply([KIND])
    assert result.complete, result.failed
    assert value(far, "shop-dev") == "one"
    assert far.plan([KIND]).changes == ()
    for account in ("management", "shop-prod", "shop-dev"):
        enable(far, account)
    assert far.apply([KIND]).complete
    assert value(far, "shop-dev", OPT_IN) == "one"
    in_sync(far)


def test_an_account_that_has_not_enabled_a_region_is_a_gap_and_stops_nobody(cloud: Cloud, load_text: Load) -> None:
    strict = "deployment: {failure_tolerance: 0}, parameters:"
    far = Cloud(cloud.sandbox, load_text(FARTHER.replace("parameters:", strict)))
    enable(far, "management")
    enable(far, "shop-prod")
    result = far.apply([KIND])
    assert result.complete, result.failed
    assert value(far, "shop-prod", OPT_IN) == "one"
    (gap,) = gaps(far)
    assert (gap.name, gap.scope) == ("setting", Scope("shop-dev", OPT_IN))
    assert far.plan([KIND]).changes == ()
    changed = Cloud(
        cloud.sandbox, load_text(FARTHER.replace("parameters:", strict).replace("value: one", "value: two"))
    )
    result = changed.apply([KIND])
    assert result.complete, result.failed
    assert value(changed, "shop-prod", OPT_IN) == "two"
    gone = Cloud(cloud.sandbox, load_text(SMALL))
    result = gone.apply([KIND])
    assert result.complete, result.failed


def test_regions_are_asked_about_once_for_each_reason(cloud: Cloud, load_text: Load) -> None:
    far = Cloud(cloud.sandbox, load_text(FARTHER))
    enable(far, "management")
    assert far.apply([KIND]).complete
    aws = far.open()
    plan = make(observe(far.organization, aws, kinds=Kinds([KIND])), Origin())
    assert {gap.scope.account for gap in plan.gaps} == {"shop-prod", "shop-dev"}
    assert aws.calls["account", "ListRegions"] == 2, "the management account, and one member"


def test_an_inoperable_instance_says_what_to_delete(cloud: Cloud) -> None:
    account = cloud.open().tree.account_ids["shop-dev"]
    stack = live(cloud).instances[account, HOME].stack_id
    client = cloud.open(read_only=False).client("cloudformation")
    theirs = member(cloud, "shop-dev", "cloudformation")
    theirs.update_termination_protection(StackName=stack, EnableTerminationProtection=True)
    unit = cloud.open().tree.units["workloads"].id
    client.delete_stack_instances(
        StackSetName=NAME, Regions=[HOME], RetainStacks=False,
        DeploymentTargets={"OrganizationalUnitIds": [unit], "Accounts": [account], "AccountFilterType": "INTERSECTION"},
    )  # fmt: skip
    cloud.sandbox.world.clock.advance(cloud.sandbox.world, 1_000)
    before = the_change(cloud).before
    assert before is not None
    assert before["instances"]["shop-dev/eu-west-1"].startswith("inoperable: ")
    reason = cloud.apply([KIND]).failed[SET].text
    assert "shop-dev/eu-west-1: inoperable: " in reason
    assert f"Delete the stack {stack} there by hand" in reason
    assert (account, HOME) in live(cloud).instances, "the instance still leads to its stack"
    theirs.update_termination_protection(StackName=stack, EnableTerminationProtection=False)
    theirs.delete_stack(StackName=stack)
    cloud.sandbox.world.clock.advance(cloud.sandbox.world, 1_000)
    result = cloud.apply([KIND])
    assert result.complete, result.failed
    assert value(cloud, "shop-dev") == "one"
    in_sync(cloud)


@pytest.mark.parametrize(
    ("model", "tags", "why"),
    [
        ("SERVICE_MANAGED", [], "it has not the tag landing:managed=true"),
        ("SERVICE_MANAGED", [{"Key": "landing:managed", "Value": "false"}], "it has not the tag landing:managed=true"),
        ("SELF_MANAGED", [{"Key": "landing:managed", "Value": "true"}], "its permissions are self-managed"),
    ],
)
def test_a_stack_set_of_another_tool_is_left_alone_and_said(
    bare: Cloud, load_text: Load, model: str, tags: list[dict[str, str]], why: str
) -> None:
    planned = the_change(bare)
    client = bare.open(read_only=False).client("cloudformation")
    automatic = {"AutoDeployment": {"Enabled": False}} if model == "SERVICE_MANAGED" else {}
    body = '{"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}}'
    client.create_stack_set(StackSetName=NAME, TemplateBody=body, PermissionModel=model, Tags=tags, **automatic)
    before = live(bare)
    plan = bare.plan([KIND])
    assert plan.changes == ()
    (gap,) = plan.gaps
    assert gap.name == "setting"
    assert why in gap.reason
    result = bare.apply(changes=[planned])
    assert "LZ508" in result.failed[SET].text
    assert Cloud(bare.sandbox, load_text(SMALL)).plan([KIND]).changes == (), "unlisted is unmanaged"
    assert live(bare) == before
    assert before.body == body


def test_baselines_outlive_a_move_of_their_account(cloud: Cloud) -> None:
    assert live(cloud).retains
    assert "account" in KIND.waits_for
    preferences = next(iter(live(cloud).operations.values())).preferences
    assert preferences["ConcurrencyMode"] == "SOFT_FAILURE_TOLERANCE"
    assert live(cloud).managed_execution


@pytest.mark.parametrize(
    "change", [{"Transform": "AWS::Serverless-2016-10-31"}, {"Resources": {"S": {"Type": NESTED}}}]
)
def test_a_template_that_stack_sets_do_not_take_is_refused(load_text: Load, change: dict[str, Any]) -> None:
    organization = load_text(TEXT)
    assert list(KIND.check(organization)) == []
    deployment = organization.deployments["setting"]
    broken = replace(deployment, template={**deployment.template, **change})
    (problem,) = KIND.check(replace(organization, deployments={"setting": broken}))
    assert problem.code == "LZ348"


def stuck(cloud: Cloud, load_text: Load, *, failures: int) -> Cloud:
    """An update failed on one instance, and its rollback too; `failures` more are to come."""
    refuse(cloud, times=2)
    two = Cloud(cloud.sandbox, load_text(TWO))
    assert "not now" in two.apply([KIND]).failed[SET].text
    assert list(rollbacks(cloud)) == ["UPDATE_ROLLBACK_FAILED"]
    if failures:
        refuse(cloud, times=failures)
    return two


def refuse(cloud: Cloud, *, times: int) -> None:
    cloud.sandbox.faults.fail("ssm", "PutParameter", code="TooManyUpdates", message="not now", times=times, status=400)


def rollbacks(cloud: Cloud) -> dict[str, tuple[str, str]]:
    """Account and Region of the stacks that are not simply done, by their status."""
    found = {}
    for account in ("shop-prod", "shop-dev"):
        for region in (HOME, FAR):
            (stack,) = member(cloud, account, "cloudformation", region).describe_stacks()["Stacks"]
            if not stack["StackStatus"].endswith("_COMPLETE"):
                found[stack["StackStatus"]] = (account, region)
    return found


def values(cloud: Cloud) -> set[str]:
    return {value(cloud, account, region) for account in ("shop-prod", "shop-dev") for region in (HOME, FAR)}


def test_a_failed_rollback_is_continued_in_the_member(cloud: Cloud, load_text: Load) -> None:
    two = stuck(cloud, load_text, failures=0)
    change, first = the_change(two), len(operations(two))
    site = rollbacks(two)["UPDATE_ROLLBACK_FAILED"]
    notes = "\n".join(KIND.notes(two.organization, change))
    assert "by OrganizationAccountAccessRole, which needs cloudformation:ContinueUpdateRollback" in notes
    assert "/".join(site) in notes
    aws = two.open(read_only=False)
    result = two.apply([KIND], aws=aws)
    assert result.complete, result.failed
    assert aws.calls["cloudformation", "ListStackResources"] == 0, "nothing had to be skipped"
    assert operations(two)[first:] == [("UPDATE", {site})], "only this one is updated again"
    assert values(two) == {"two"}
    in_sync(two)


def test_what_a_member_cannot_roll_back_is_skipped_and_put_right(cloud: Cloud, load_text: Load) -> None:
    stuck(cloud, load_text, failures=1)
    account, region = rollbacks(cloud)["UPDATE_ROLLBACK_FAILED"]
    out_of_the_way(cloud, account, region)
    aws = cloud.open(read_only=False)
    result = cloud.apply([KIND], aws=aws)
    assert result.complete, result.failed
    assert values(cloud) == {"one"}
    assert aws.calls["cloudformation", "ListStackResources"] == 1
    assert cloud.plan([KIND], detect=True).changes == ()


def test_a_rollback_that_fails_for_good_in_a_member_says_why(cloud: Cloud, load_text: Load) -> None:
    two = stuck(cloud, load_text, failures=0)
    cloud.sandbox.faults.reject(
        "cloudformation", "ContinueUpdateRollback", code="ValidationError", message="not like this", times=2, status=400
    )
    site = "/".join(rollbacks(two)["UPDATE_ROLLBACK_FAILED"])
    reason = two.apply([KIND]).failed[SET].text
    assert f"{site}: its rollback: " in reason
    assert "the rollback fails again: not like this" in reason
    assert two.apply([KIND]).complete
    in_sync(two)


def test_a_member_that_cannot_be_entered_stops_no_rollout(cloud: Cloud, load_text: Load) -> None:
    two = stuck(cloud, load_text, failures=0)
    account, region = rollbacks(two)["UPDATE_ROLLBACK_FAILED"]
    cloud.sandbox.faults.reject("sts", "AssumeRole", code="AccessDenied", message="no way in", status=403)
    three = Cloud(cloud.sandbox, load_text(TEXT.replace("value: one", "value: three")))
    reason = three.apply([KIND]).failed[SET].text
    assert f"{account}/{region}: its rollback: " in reason
    assert "no way in" in reason
    assert values(three) == {"one", "three"} or values(three) == {"two", "three"}
    cloud.sandbox.faults.clear()
    assert three.apply([KIND]).complete
    assert values(three) == {"three"}
    in_sync(three)


def test_the_repair_of_a_member_that_is_cut_off_at_every_write_ends_the_same(cloud: Cloud, load_text: Load) -> None:
    two = stuck(cloud, load_text, failures=0)
    cloud.sandbox.world.clock.latency = 30
    before, saved = cloud.sandbox.dump(), two.plan([KIND])
    for writes in range(20):
        cloud.sandbox.load(before)
        try:
            result = two.apply([KIND], aws=DyingAws(two.organization, writes=writes, after_effect=True))
        except Cut:
            result = two.apply([KIND], changes=left_of(saved, two) if writes % 2 else None)
            assert not result.failed, result.failed
            assert values(two) == {"two"}
            in_sync(two)
        else:
            assert result.complete
            assert writes > 1
            return
    raise AssertionError


def all_stuck(cloud: Cloud, load_text: Load) -> Cloud:
    """An update failed on every instance, and its rollback too."""
    refuse(cloud, times=8)
    two = Cloud(cloud.sandbox, load_text(TWO))
    assert not two.apply([KIND]).complete
    assert statuses(two) == dict.fromkeys(EVERYWHERE, "UPDATE_ROLLBACK_FAILED")
    return two


def statuses(cloud: Cloud) -> dict[tuple[str, str], str]:
    return {
        (account, region): stack["StackStatus"]
        for account, region in EVERYWHERE
        for stack in member(cloud, account, "cloudformation", region).describe_stacks()["Stacks"]
    }


def narrowed(cloud: Cloud, *places: str) -> Plan:
    return cloud.plan([KIND]).only([f"{SET}@{place}" for place in places])


def left_of(plan: Plan, cloud: Cloud) -> tuple[Change, ...]:
    """What `apply` makes of a saved plan."""
    return still_to_do(Plan.from_json(json.loads(json.dumps(plan.to_json()))), cloud.observe([KIND]))


@pytest.mark.parametrize("places", [("shop-dev",), ("shop-dev/eu-west-1", "shop-dev/us-east-1")])
def test_one_account_alone_is_repaired_and_the_rest_later(
    cloud: Cloud, load_text: Load, places: tuple[str, ...]
) -> None:
    two = all_stuck(cloud, load_text)
    plan, first = narrowed(two, *places), len(operations(two))
    (change,) = plan.changes
    assert change.before is not None
    assert list(change.before["instances"]) == ["shop-dev/eu-west-1", "shop-dev/us-east-1"]
    assert f"# stack_set.setting (only in {', '.join(places)}) will be updated" in render(
        plan, two.organization, Style()
    )
    result = two.apply([KIND], changes=left_of(plan, two))
    assert result.complete, result.failed
    assert {site for _, sites in operations(two)[first:] for site in sites} == {("shop-dev", HOME), ("shop-dev", FAR)}
    assert {each for site, each in statuses(two).items() if site[0] == "shop-prod"} == {"UPDATE_ROLLBACK_FAILED"}
    assert (value(two, "shop-dev"), value(two, "shop-dev", FAR)) == ("two", "two")
    assert narrowed(two, "shop-dev").changes == ()
    rest = the_change(two).before
    assert rest is not None
    assert list(rest["instances"]) == ["shop-prod/eu-west-1", "shop-prod/us-east-1"]
    assert two.apply([KIND]).complete
    assert values(two) == {"two"}
    in_sync(two)


def test_one_account_alone_is_put_back_where_two_have_drifted(cloud: Cloud) -> None:
    for account in ("shop-dev", "shop-prod"):
        out_of_the_way(cloud, account)
    assert len(cloud.plan([KIND], detect=True).changes) == 1
    result = cloud.apply([KIND], changes=narrowed(cloud, "shop-dev").changes)
    assert result.complete, result.failed
    assert (value(cloud, "shop-dev"), value(cloud, "shop-prod")) == ("one", "")
    assert narrowed(cloud, "shop-dev").changes == ()
    assert len(narrowed(cloud, "shop-prod", "shop-dev").changes) == 1


def test_the_repair_of_one_account_that_is_cut_off_at_every_write_touches_no_other(
    cloud: Cloud, load_text: Load
) -> None:
    two = all_stuck(cloud, load_text)
    cloud.sandbox.world.clock.latency = 30
    before, place = cloud.sandbox.dump(), f"shop-dev/{HOME}"
    saved = narrowed(two, place)
    for writes in range(20):
        cloud.sandbox.load(before)
        aws, dead = DyingAws(two.organization, writes=writes, after_effect=True), False
        try:
            result = two.apply([KIND], aws=aws, changes=saved.changes)
        except Cut:
            dead = True
            again = left_of(saved, two) if writes % 2 else narrowed(two, place).changes
            result = two.apply([KIND], changes=again)
        assert not result.failed, result.failed
        assert value(two, "shop-dev") == "two"
        others = {status for site, status in statuses(two).items() if site != ("shop-dev", HOME)}
        assert others == {"UPDATE_ROLLBACK_FAILED"}
        assert narrowed(two, place).changes == ()
        if not dead:
            assert writes > 1
            return
    raise AssertionError


def test_a_narrowed_plan_whose_bounds_were_moved_is_refused(cloud: Cloud, load_text: Load) -> None:
    two = all_stuck(cloud, load_text)
    plan = narrowed(two, "shop-dev")
    (change,) = plan.changes
    for other in ((), (Scope("shop-prod"),), (Scope("shop-dev", HOME),), (Scope("shop-dev"), Scope("shop-prod"))):
        with pytest.raises((StalePlan, WrongPlan)):
            left_of(replace(plan, changes=(replace(change, only=other),)), two)
    whole = the_change(two)
    for after in (
        {**(whole.after or {}), "parameters": {"value": "evil"}},
        {**(whole.after or {}), "instances": {"": ""}},
    ):
        with pytest.raises(WrongPlan):
            left_of(replace(plan, changes=(replace(change, after=after),)), two)
    unit = Change(Action.UPDATE, Address("unit", "workloads"), {"name": "a"}, {"name": "b"}, only=(Scope("shop-dev"),))
    seen = Observation(
        {unit.address: Resource(unit.address, {"name": "b"})}, {unit.address: Resource(unit.address, {"name": "a"})}, ()
    )
    with pytest.raises(WrongPlan, match="changed as a whole"):
        still_to_do(Plan((unit,)), seen)


def test_a_change_of_the_set_itself_is_not_narrowed(cloud: Cloud, load_text: Load) -> None:
    with pytest.raises(ImpossiblePlan, match="its update of template is for all its accounts"):
        narrowed(Cloud(cloud.sandbox, load_text(TWO)), "shop-dev")
    with pytest.raises(ImpossiblePlan, match="its delete is for all"):
        narrowed(Cloud(cloud.sandbox, load_text(SMALL)), "shop-dev")


def test_what_is_narrowed_waits_for_what_runs_on_the_set(cloud: Cloud) -> None:
    cloud.sandbox.world.clock.latency = 50
    client = cloud.open(read_only=False).client("cloudformation")
    for account in ("shop-dev", "shop-prod"):
        live(cloud).instances[cloud.open().tree.account_ids[account], FAR].detailed = "CANCELLED"
    unit = [cloud.open().tree.units["workloads"].id]
    client.update_stack_instances(
        StackSetName=NAME,
        Regions=[HOME],
        DeploymentTargets={"OrganizationalUnitIds": unit, "AccountFilterType": "NONE"},
    )
    plan = narrowed(cloud, "shop-dev")
    assert [change.before and change.before["instances"] for change in plan.changes] == [
        {"*": "an operation is running"}
    ]
    first = len(operations(cloud))
    assert cloud.apply([KIND], changes=plan.changes).complete
    assert operations(cloud)[first:] == [("UPDATE", {("shop-dev", FAR)})]


def test_a_saved_plan_of_which_some_was_mended_is_gone_on_with_and_of_nothing_new(
    cloud: Cloud, load_text: Load
) -> None:
    two = all_stuck(cloud, load_text)
    change = the_change(two)
    before = change.before or {}
    first, *rest = before["instances"].items()
    assert KIND.begun(change, {**before, "instances": dict(rest)})
    assert KIND.begun(change, {**before, "instances": {"*": "an operation is running"}})
    assert not KIND.begun(change, {**before, "instances": {**before["instances"], "log-archive/eu-west-1": "drifted"}})
    assert not KIND.begun(change, {**before, "parameters": {"value": "three"}})
    assert not KIND.begun(
        replace(change, before={**before, "instances": dict(rest)}), {**before, "instances": dict([first])}
    )


def test_what_is_missing_where_none_is_to_be_any_more_is_not_made(cloud: Cloud, load_text: Load) -> None:
    account, unit = cloud.open().tree.account_ids["shop-prod"], cloud.open().tree.units["workloads"].id
    cloud.open(read_only=False).client("cloudformation").delete_stack_instances(
        StackSetName=NAME, Regions=[HOME], RetainStacks=False,
        DeploymentTargets={"OrganizationalUnitIds": [unit], "Accounts": [account], "AccountFilterType": "INTERSECTION"},
    )  # fmt: skip
    cloud.sandbox.world.clock.advance(cloud.sandbox.world, 1_000)
    assert (the_change(cloud).before or {})["instances"] == {"shop-prod/eu-west-1": "missing"}
    fewer = Cloud(cloud.sandbox, load_text(TEXT.replace("units: [workloads]}", "units: [workloads/dev]}")))
    result = fewer.apply([KIND])
    assert result.complete, result.failed
    assert (value(fewer, "shop-dev"), value(fewer, "shop-prod"), value(fewer, "shop-prod", FAR)) == ("one", "", "")
    in_sync(fewer)


def test_a_set_that_is_changed_or_gone_by_now_is_not_made_by_a_narrowed_change(cloud: Cloud, load_text: Load) -> None:
    two = all_stuck(cloud, load_text)
    changes = narrowed(two, "shop-dev").changes
    gone = Cloud(cloud.sandbox, load_text(SMALL))
    assert gone.apply([KIND]).complete
    assert "it is gone: plan again" in two.apply([KIND], changes=changes).failed[SET].text


@pytest.mark.parametrize(
    ("place", "why"),
    [
        ("shop-dve", "did you mean `shop-dev`"),
        ("nobody", "takes the key of an account"),
        ("log-archive", "does not reach log-archive"),
        ("management", "does not reach management"),
        (f"shop-dev/{OPT_IN}", "deployed to eu-west-1, us-east-1, and not to me-south-1"),
    ],
)
def test_an_account_that_a_set_does_not_reach_is_no_target(cloud: Cloud, place: str, why: str) -> None:
    tasks = needed_for(cloud.organization, [f"{SET}@{place}"])
    seen = observe(cloud.organization, cloud.open(), only={task for task in tasks if task[0] == KIND.name})
    with pytest.raises(Refused, match=re.escape(why)):
        seen.raise_if_unknown(cloud.organization, [f"{SET}@{place}"])
    seen.raise_if_unknown(cloud.organization, [f"{SET}@shop-dev", f"{SET}@shop-dev/{FAR}"])


@pytest.mark.parametrize(
    ("had", "has", "asked"),
    [
        (([], ["a", "b"]), ([], ["a"]), ["delete"]),
        (([], ["a"]), (["workloads"], []), ["delete"]),
        ((["workloads"], []), (["workloads", "security"], ["a"]), []),
        (([], ["a"]), ([], ["a", "b"]), []),
    ],
)
def test_taking_accounts_away_needs_leave_as_units_do(
    had: tuple[list[str], list[str]], has: tuple[list[str], list[str]], asked: list[str]
) -> None:
    before, after = (
        {"targets": {"units": units, "accounts": accounts}, "regions": ["eu-west-1"], "instances": {}}
        for units, accounts in (had, has)
    )
    change = Change(Action.UPDATE, Address("stack_set", "role"), before, after)
    assert list(KIND.dangers(change)) == asked
