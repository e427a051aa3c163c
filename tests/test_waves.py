"""Waves: the canary first, then a gate, then the rest; what fails or is cut off stops there, and the next run goes on."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest

from landing.aws import since
from landing.cli import run as command
from landing.core.errors import ImpossiblePlan
from landing.core.model import Action, Address, Change, Diagnostic, Scope
from landing.engine.apply import Result
from landing.engine.order.unique_names import refuse_impossible
from landing.engine.plan import Plan, still_to_do
from landing.library import Library
from landing.organization import WAVE_TAG, Cover, Organization
from landing.report.plan_markdown import render as markdown
from landing.report.plan_text import render
from landing.report.style import Style
from landing.runs.gates import Gates
from landing.runs.waves import apply_in_waves, planned_waves
from landing.sandbox import Sandbox
from landing.services.base import Kind, Kinds
from tests.cloud import BY_NAME, Cloud, Cut, DyingAws
from tests.samples import LIBRARY, SMALL

Load = Callable[[str], Organization]
STACKS = [BY_NAME[name] for name in ("organization", "trusted_access", "unit", "account", "stack_set")]
SET = Address("stack_set", "setting")
HOME, FAR = "eu-west-1", "us-east-1"
WAVES = "deployment: {waves: [{name: canary, target: {units: [workloads/dev]}, gate: {approval: person}}]}\n"
ONE = SMALL + WAVES + "baselines: {setting: {target: {units: [root]}, parameters: {value: one}}}\n"
TWO = ONE.replace("value: one", "value: two")
CANARY, REST = {"shop-dev"}, {"log-archive", "security-tooling", "shop-prod"}


def run(
    cloud: Cloud,
    kinds: Iterable[Kind] = STACKS,
    *,
    approved: Collection[str] = (),
    aws: Any = None,
    now: datetime = datetime(2026, 11, 29, 12, tzinfo=UTC),
) -> Result:
    """Plan and apply in waves, as the command does."""
    kinds = list(kinds)
    plan = cloud.plan(kinds)

    def again() -> Collection[Change]:
        return still_to_do(plan, cloud.observe(kinds))

    def parts(some: Collection[Change]) -> Result:
        return cloud.apply(kinds, changes=some, aws=aws)

    gates = Gates(cloud.organization, cloud.open(read_only=False), lambda: now, approved)
    return apply_in_waves(
        cloud.organization,
        plan.changes,
        parts,
        again,
        gates.closed,
        begin=gates.begins,
        done=gates.done,
        kinds=Kinds(kinds),
    )


def values(cloud: Cloud, region: str = HOME) -> dict[str, str]:
    """The value of the setting in each account that has one."""
    found = {}
    for key, account_id in cloud.open().tree.account_ids.items():
        client = cloud.sandbox.session(account_id, region=region).client("ssm")
        got = client.get_parameters(Names=["/tests/setting"])["Parameters"]
        found |= {key: str(got[0]["Value"])} if got else {}
    return found


def live(cloud: Cloud) -> Any:
    sets = cloud.sandbox.world.states["cloudformation"][cloud.sandbox.management_account_id, HOME].stack_sets.values()
    return next(one for one in sets if one.name == "landing-setting" and one.status == "ACTIVE")


@pytest.fixture(scope="module")
def worlds(load_text: Load) -> dict[str, bytes]:
    """The accounts without the stack set, with it in the canary, and with it everywhere."""
    with Sandbox(organization=True) as sandbox:
        cloud = Cloud(sandbox, load_text(ONE))
        assert cloud.apply(STACKS[:-1]).complete
        found = {"bare": sandbox.dump()}
        result = run(cloud)
        assert result.held
        found["canary"] = sandbox.dump()
        assert run(cloud, approved=["canary"]).complete
        assert cloud.plan(STACKS).changes == ()
        return {**found, "done": sandbox.dump()}


@pytest.fixture
def world(worlds: dict[str, bytes], load_text: Load) -> Iterator[Callable[[str, str], Cloud]]:
    with Sandbox() as sandbox:

        def enter(name: str, text: str) -> Cloud:
            sandbox.load(worlds[name])
            return Cloud(sandbox, load_text(text))

        yield enter


def test_a_new_stack_set_comes_to_the_canary_first(world: Callable[[str, str], Cloud]) -> None:
    cloud = world("bare", ONE)
    first = run(cloud, approved=["canary"])
    assert first.held
    assert first.wave == "canary"
    assert not first.complete
    assert first.not_started == [SET]
    assert "the yes was given before it was done" in first.held.text
    assert set(values(cloud)) == CANARY == set(values(cloud, FAR))
    unapproved = run(cloud)
    assert unapproved.held
    assert unapproved.held.code == "LZ541"
    assert set(values(cloud)) == CANARY
    assert run(cloud, approved=["canary"]).complete
    assert set(values(cloud)) == CANARY | REST
    assert cloud.plan(STACKS).changes == ()
    assert len(live(cloud).targets) == 2  # the canary's unit stays one, and is within the root


def test_an_update_comes_to_the_canary_first(world: Callable[[str, str], Cloud]) -> None:
    cloud = world("done", TWO)
    first = run(cloud)
    assert first.held
    assert first.not_started == [SET]
    assert values(cloud) == {**dict.fromkeys(REST, "one"), "shop-dev": "two"} == values(cloud, FAR)
    (left,) = cloud.plan(STACKS).changes
    assert left.before
    assert left.after
    assert {site.partition("/")[0] for site in left.before["instances"]} == REST
    assert BY_NAME["stack_set"].under_way(left) == "6 instances wait for a later wave"
    assert run(cloud, approved=["canary"]).complete
    assert values(cloud) == dict.fromkeys(CANARY | REST, "two") == values(cloud, FAR)
    assert cloud.plan(STACKS).changes == ()


def test_a_plan_says_in_which_waves_its_changes_are_made(world: Callable[[str, str], Cloud]) -> None:
    cloud = world("done", TWO)
    plain = cloud.plan(STACKS)
    plan = replace(plain, waves=planned_waves(cloud.organization, plain.changes))
    text = render(plan, cloud.organization, Style())
    assert "    wave: canary, then rest\n" in text
    assert "  Wave              canary: 1 change; then: nothing of it left or failed, a person's yes\n" in text
    assert "  Wave              rest: 1 change\n" in text
    assert "                    (1 of these is a further part of what is made in several waves)\n" in text
    data = plan.to_json()
    assert (data["format_version"], plain.to_json()["format_version"]) == ("5.5", "5.4")
    assert [(wave["name"], wave["changes"]) for wave in data["waves"]] == [("canary", [str(SET)]), ("rest", [str(SET)])]
    assert Plan.from_json(json.loads(json.dumps(data))) == plan
    brief = markdown(plan, cloud.organization)
    assert "1. `canary: 1 change" in brief
    assert "\n1 of these is a further part" in brief
    assert planned_waves(replace(cloud.organization, waves=()), plain.changes) == ()


def test_waves_of_other_words_reach_what_targets_mean(load_text: Load) -> None:
    text = ONE.replace("units: [workloads/dev]", "tags: {env: dev}")
    organization = load_text(text)
    assert [organization.wave_at(f"account/{key}") for key in ("shop-dev", "shop-prod")] == [0, 1]
    assert organization.wave_at("unit/workloads/dev") == 1  # who joins it carries no tag yet
    assert organization.in_waves(Cover(("workloads",), ())) == (
        Cover((), ("shop-dev",)),
        Cover(("workloads/prod",), ()),
    )


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("name: canary", "name: rest", "LZ491"),
        ("}]}\n", "}, {name: canary, target: {accounts: [shop-prod]}}]}\n", "LZ491"),
        ("}]}\n", "}, {name: more, target: {units: [workloads]}}]}\n", "LZ492"),
        ("}]}\n", "}, {name: more, target: {accounts: [shop-dev]}}]}\n", "LZ492"),
        ("units: [workloads/dev]", "accounts: [management]", "LZ493"),
        ("units: [workloads/dev]", "units: [root]", "LZ493"),
        ("units: [workloads/dev]", "units: [nowhere]", "LZ301"),
        ("approval: person", "high_findings: 0", "LZ494"),
        ("approval: person", "denials_per_minute: 0", "LZ494"),
        ("approval: person", "approval: nobody", "LZ203"),
        ("approval: person", "approval: person, minutes: 30", "LZ494"),
        ("approval: person", "approval: person, minutes: 20161", "LZ206"),
        ("name: canary, ", "", "LZ202"),
    ],
)
def test_waves_that_cannot_be_made_are_refused(
    problems: Callable[..., list[Diagnostic]], old: str, new: str, code: str
) -> None:
    assert old in WAVES
    assert [each.code for each in problems(text=SMALL + WAVES.replace(old, new))] == [code]


def test_a_canary_that_fails_stops_the_rest(world: Callable[[str, str], Cloud]) -> None:
    cloud = world("bare", ONE)
    client = cloud.sandbox.session(cloud.open().tree.account_ids["shop-dev"], region=HOME).client("ssm")
    client.put_parameter(Name="/tests/setting", Type="String", Value="mine")
    for _ in range(2):
        result = run(cloud, approved=["canary"])
        assert SET in result.failed
        assert "shop-dev/eu-west-1" in result.failed[SET].text
        assert result.not_started == [SET]
        assert values(cloud) == {"shop-dev": "mine"}
    client.delete_parameter(Name="/tests/setting")
    assert run(cloud).held
    assert values(cloud) == {"shop-dev": "one"}
    assert run(cloud, approved=["canary"]).complete


def test_an_update_that_fails_in_the_canary_stops_the_rest(world: Callable[[str, str], Cloud]) -> None:
    cloud = world("done", TWO)
    cloud.sandbox.faults.fail("ssm", "PutParameter", code="TooManyUpdates", message="not now", times=2, status=400)
    first = run(cloud, approved=["canary"])
    assert SET in first.failed
    assert values(cloud) == dict.fromkeys(CANARY | REST, "one")
    assert {site for site in states(cloud) if site[0] in REST} == {(key, "OUTDATED") for key in REST}
    (left,) = cloud.plan(STACKS).changes
    assert BY_NAME["stack_set"].narrowed(left, [Scope("shop-dev")])
    assert BY_NAME["stack_set"].narrowed(left, [Scope("shop-prod")]) is None  # it waits, whatever --target says


def test_an_account_that_is_to_move_into_the_canary_has_what_is_new_with_it(world: Callable[[str, str], Cloud]) -> None:
    cloud = world("done", TWO.replace("unit: workloads/prod", "unit: workloads/dev"))
    first = run(cloud, approved=["canary"])  # it moves with the rest
    assert first.held, first.failed
    assert {key for key, value in values(cloud).items() if value == "two"} == {"shop-dev", "shop-prod"}
    assert run(cloud, approved=["canary"]).complete
    assert cloud.plan(STACKS).changes == ()
    assert set(values(cloud).values()) == {"two"}


NOBODY = "unit: workloads/prod, tags: {env: dev}"
"""Where the account of the canary's unit is in another."""


@pytest.mark.parametrize(
    "comes",
    [
        lambda text: text.replace(
            "  shop-dev:", "  web: {name: Web, email: w@example.com, unit: workloads/dev}\n  shop-dev:"
        ),
        lambda text: text.replace("unit: workloads/prod, tags: {env: prod}", "unit: workloads/dev, tags: {env: prod}"),
        lambda text: text.replace("units: [workloads/dev]", "accounts: [web]").replace(
            "  shop-dev:", "  web: {name: Web, email: w@example.com, unit: workloads/prod}\n  shop-dev:"
        ),
    ],
    ids=["made", "moved", "made, and named by itself"],
)
def test_a_canary_in_which_nobody_is_yet_comes_with_the_rest(
    world: Callable[[str, str], Cloud], load_text: Load, comes: Callable[[str], str]
) -> None:
    cloud = world("done", ONE.replace("unit: workloads/dev, tags: {env: dev}", NOBODY))
    assert run(cloud, approved=["canary"]).complete
    text = comes(TWO.replace("unit: workloads/dev, tags: {env: dev}", NOBODY))
    cloud = Cloud(cloud.sandbox, load_text(text))
    first = run(cloud)
    assert first.held, first.failed
    assert set(values(cloud).values()) == {"one"}
    result = run(cloud, approved=["canary"])
    assert result.complete, result.failed
    assert set(values(cloud).values()) == {"two"}
    assert cloud.plan(STACKS).changes == ()


def test_what_a_service_has_in_the_account_that_administers_it_comes_last(load_text: Load) -> None:
    organization = load_text(ONE.replace("units: [workloads/dev]", "accounts: [security-tooling]"))
    there = Scope("security-tooling", HOME)
    kinds = [Address("stack", "alarms", there), Address("guardduty_members", "organization", there)]
    waves = planned_waves(organization, [Change(Action.CREATE, each, None, {}) for each in kinds])
    assert [(wave.name, [each.kind for each in wave.changes]) for wave in waves] == [
        ("canary", ["stack"]),
        ("rest", ["guardduty_members"]),
    ]


@pytest.mark.parametrize("unit", ["workloads/dev", "workloads/prod"])
def test_the_first_rollout_leaves_an_account_that_a_wave_names_until_it_is_made(load_text: Load, unit: str) -> None:
    """Whether the unit of the account has others or not; it comes with the rest, and a stack set with it."""
    waves = "units: [workloads/dev]}, gate: {approval: person}}"
    more = f"{waves}, {{name: early, target: {{units: [security], accounts: [web]}}, gate: {{approval: person}}}}"
    if unit == "workloads/dev":
        more = more.replace("units: [workloads/dev]", "accounts: [shop-dev]")
    web = f"  web: {{name: Web, email: w@example.com, unit: {unit}}}\n  shop-dev:"
    text = ONE.replace(waves, more).replace("  shop-dev:", web)
    with Sandbox(organization=True) as sandbox:
        cloud = Cloud(sandbox, load_text(text))
        for approved in ([], ["canary"], ["canary", "early"]):
            result = run(cloud, approved=approved)
            assert not result.failed, result.failed
            if result.complete:
                break
        assert cloud.plan(STACKS).changes == ()
        assert set(values(cloud)) == {*CANARY, *REST, "web"}


def test_other_regions_come_to_the_canary_first(world: Callable[[str, str], Cloud], load_text: Load) -> None:
    cloud = world("done", ONE.replace("target: {units: [root]}", f"regions: [{FAR}], target: {{units: [root]}}"))
    assert run(cloud, approved=["canary"]).complete
    assert values(cloud) == {}
    cloud.organization = load_text(
        TWO.replace("target: {units: [root]}", f"regions: [{HOME}], target: {{units: [root]}}")
    )
    assert run(cloud).held
    assert values(cloud) == {"shop-dev": "two"}
    assert {key: value for key, value in values(cloud, FAR).items() if key in REST} == dict.fromkeys(REST, "one")
    assert run(cloud, approved=["canary"]).complete
    assert values(cloud) == dict.fromkeys(CANARY | REST, "two")
    assert values(cloud, FAR) == {}


def test_a_target_that_becomes_smaller_leaves_nobody_without_until_the_next_run(
    world: Callable[[str, str], Cloud],
) -> None:
    cloud = world("done", TWO.replace("target: {units: [root]}", "target: {units: [workloads]}"))
    assert run(cloud).held
    assert values(cloud) == {**dict.fromkeys(REST, "one"), "shop-dev": "two"}
    (left,) = cloud.plan(STACKS).changes
    notes = [*BY_NAME["stack_set"].notes(cloud.organization, left)]
    assert "AWS deletes every stack below root: those of workloads go too, and are made anew" in notes
    assert not [*BY_NAME["stack_set"].impossible(left, {})]
    result = run(cloud, approved=["canary"])
    assert result.complete, result.failed
    assert values(cloud) == dict.fromkeys(["shop-dev", "shop-prod"], "two")
    assert cloud.plan(STACKS).changes == ()


def test_a_target_does_not_become_smaller_where_something_outlives_its_stack(load_text: Load) -> None:
    vault = SMALL + "baselines: {backup-vault: {target: {units: [workloads]}}}\n"
    with Sandbox(organization=True) as sandbox:
        assert Cloud(sandbox, load_text(vault)).apply(STACKS).complete
        cloud = Cloud(sandbox, load_text(vault.replace("units: [workloads]", "units: [workloads/prod]")))
        (change,) = cloud.plan(STACKS).changes
        with pytest.raises(ImpossiblePlan, match="those of workloads/prod too, and what outlives its stack"):
            refuse_impossible(cloud.kinds, [change], {})


def test_of_the_wave_that_makes_the_organization_nothing_is_noted(load_text: Load) -> None:
    with Sandbox() as sandbox:
        cloud = Cloud(sandbox, load_text(WATCHED))
        gates(cloud, BEGAN).begins(0)
        assert not sandbox.calls["organizations", "TagResource"]


GUARDS = [BY_NAME[name] for name in ("organization", "policy_type", "unit", "account", "policy", "attachments")]
GUARDED = SMALL + WAVES + "guardrails:\n  no-root: {target: {units: [workloads/dev, workloads/prod, security]}}\n"


def attached(cloud: Cloud) -> dict[str, set[str]]:
    """The policies of ours by the nodes that have some."""
    found = {
        address.name: set(each["policies"]) - {"FullAWSAccess"}
        for address, each in cloud.state([BY_NAME["attachments"]]).items()
    }
    return {node: policies for node, policies in found.items() if policies}


def test_guardrails_are_attached_in_waves_and_nothing_is_weaker_meanwhile(load_text: Load) -> None:
    with Sandbox(organization=True) as sandbox:
        cloud = Cloud(sandbox, load_text(GUARDED))
        assert cloud.apply(GUARDS[:4]).complete
        first = run(cloud, GUARDS)
        assert first.held
        assert attached(cloud) == {"unit/workloads/dev": {"no-root"}}
        assert {"attachments.unit/workloads/prod", "attachments.unit/security"} <= set(map(str, first.not_started))
        assert run(cloud, GUARDS, approved=["canary"]).complete
        nodes = {"unit/workloads/dev", "unit/workloads/prod", "unit/security"}
        assert attached(cloud) == {node: {"no-root"} for node in nodes}

        other = GUARDED.replace("no-root: {", "no-leaving: {")
        cloud = Cloud(sandbox, load_text(other))
        assert run(cloud, GUARDS).held
        assert attached(cloud) == {
            **{node: {"no-root"} for node in nodes},
            "unit/workloads/dev": {"no-leaving", "no-root"},
        }
        assert run(cloud, GUARDS, approved=["canary"]).complete
        assert attached(cloud) == {node: {"no-leaving"} for node in nodes}
        assert cloud.plan(GUARDS).changes == ()

        above = other.replace("units: [workloads/dev, workloads/prod, security]", "units: [root]")
        cloud = Cloud(sandbox, load_text(above))
        assert run(cloud, GUARDS).held  # it reaches everybody, and comes last with all that goes
        assert attached(cloud) == {node: {"no-leaving"} for node in nodes}
        assert run(cloud, GUARDS, approved=["canary"]).complete
        assert attached(cloud) == {"root": {"no-leaving"}}


def test_a_plan_says_that_a_new_text_comes_to_all_nodes_at_once(load_text: Load) -> None:
    with Sandbox(organization=True) as sandbox:
        cloud = Cloud(sandbox, load_text(GUARDED))
        assert cloud.apply(GUARDS).complete
        client, policy = sandbox.session().client("organizations"), cloud.open().tree.policies["no-root"].id
        text = {"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Action": "s3:PutBucketAcl", "Resource": "*"}}
        client.update_policy(PolicyId=policy, Content=json.dumps(text))

        def notes(target: str, **parameters: Any) -> list[str]:
            organization = load_text(GUARDED.replace("units: [workloads/dev, workloads/prod, security]", target))
            given = replace(organization.guardrails["no-root"], parameters=parameters)
            organization = replace(organization, guardrails={**organization.guardrails, "no-root": given})
            changes = {str(each.address): each for each in Cloud(sandbox, organization).plan(GUARDS).changes}
            found = BY_NAME["policy"].notes(organization, changes["policy.no-root"])
            return [each for each in found if each.startswith("waves: ")]

        for target in ("units: [workloads/dev, security]", "units: [root]", "accounts: [shop-dev, shop-prod]"):
            (note,) = notes(target)
            assert (
                "at once, in rest: what follows from other settings or from its file comes everywhere at once" in note
            )
        (note,) = notes("units: [root]", roles=["admin"])
        assert "in rest: to try other parameters in canary first, attach the `policy` there by a guardrail of" in note
        assert notes("units: [workloads/dev]") == notes("units: [workloads/prod, security]") == []


QUARANTINED = (
    TWO.replace("organization:\n", "organization:\n  new_accounts: {quarantine: quarantine}\n")
    .replace("units:\n", "units:\n  quarantine: {name: Quarantine}\n", 1)
    .replace("  shop-dev: {", "  shop-web: {name: Shop Web, email: sw@example.com, unit: workloads/dev}\n  shop-dev: {")
    + "guardrails: {deny-all-suspended: {target: {units: [quarantine]}}}\n"
)
RELEASED = [
    BY_NAME[name]
    for name in (
        "organization", "policy_type", "trusted_access", "unit", "policy", "attachments", "account", "stack_set",
        "release",
    )
]  # fmt: skip


def test_a_new_account_leaves_quarantine_in_the_last_wave(world: Callable[[str, str], Cloud]) -> None:
    """Even one of the canary: a release is a move, and what is to stand in the account comes to it in that wave."""
    cloud = world("done", QUARANTINED)
    first = run(cloud, RELEASED)
    assert first.held
    release = Address("release", "shop-web")
    assert release in first.not_started
    assert values(cloud) == {**dict.fromkeys(REST, "one"), "shop-dev": "two"}
    assert "shop-web" not in cloud.open().tree.accounts
    last = run(cloud, RELEASED, approved=["canary"])
    assert last.complete, (last.failed, last.blocked)
    assert cloud.open().tree.accounts["shop-web"].unit == "workloads/dev"
    assert set(values(cloud).values()) == {"two"}
    assert "shop-web" in values(cloud)
    assert cloud.plan(RELEASED).changes == ()


def states(cloud: Cloud) -> set[tuple[str, str]]:
    """Account and status of each instance."""
    keys = cloud.open().tree.account_keys
    return {(keys[account], one.status) for (account, _), one in live(cloud).instances.items()}


@pytest.mark.parametrize(("name", "text", "before"), [("bare", ONE, {}), ("done", TWO, dict.fromkeys(REST, "one"))])
@pytest.mark.parametrize("after_effect", [False, True])
def test_a_run_cut_off_anywhere_goes_on_in_the_same_order(
    world: Callable[[str, str], Cloud], name: str, text: str, before: dict[str, str], after_effect: bool
) -> None:
    ends = []
    for writes in range(99):
        cloud = world(name, text)
        dying = DyingAws(cloud.organization, writes=writes, after_effect=after_effect)
        saved = cloud.plan(STACKS)
        try:
            run(cloud, approved=["canary"], aws=dying)
        except Cut:
            ends.append(writes)
        else:
            break
        assert {key: each for key, each in values(cloud).items() if key in REST} == before
        assert still_to_do(saved, cloud.observe(STACKS))
        assert run(cloud).held
        assert {key: each for key, each in values(cloud).items() if key in REST} == before
        assert values(cloud)["shop-dev"] == ("two" if text is TWO else "one")
    assert ends
    cloud = world("canary" if text is ONE else name, text)
    done = [] if text is ONE else [run(cloud)]
    for writes in range(99):
        found = cloud.sandbox.dump()
        try:
            run(cloud, approved=["canary"], aws=DyingAws(cloud.organization, writes=writes, after_effect=after_effect))
        except Cut:
            again = run(cloud, approved=["canary"])  # what runs still may be the canary's: nobody can have looked at it
            again = again if again.complete else run(cloud, approved=["canary"])
            assert again.complete, (writes, again, cloud.plan(STACKS).changes[0].before["instances"])
            assert cloud.plan(STACKS).changes == ()
            assert len(set(values(cloud).values())) == 1
            cloud.sandbox.load(found)
        else:
            break
    assert len(done) < 2


WATCHED = ONE.replace("approval: person", "denials_per_minute: 20, high_findings: 1, minutes: 30")
WATCHED += """services:
  log_archive: {}
  cloudtrail: {cloudwatch_logs: true}
  alarms: {email: [a@example.com], trail_alarms: true}
  security_hub: {}
"""
BEGAN = datetime(2026, 11, 29, 12, tzinfo=UTC)
LATER = BEGAN + timedelta(minutes=31)


def gates(cloud: Cloud, now: datetime) -> Gates:
    return Gates(cloud.organization, cloud.open(read_only=False), lambda: now)


def code(found: Diagnostic | None) -> str:
    return found.code if found else ""


def denied(cloud: Cloud, count: int, at: datetime) -> None:
    """So many requests in a minute, as the metric of the alarms has it."""
    namespace, name = since.DENIALS
    cloud.sandbox.session(region=HOME).client("cloudwatch").put_metric_data(
        Namespace=namespace, MetricData=[{"MetricName": name, "Timestamp": at, "Value": 1.0} for _ in range(count)]
    )


def test_a_gate_that_watches_asks_what_came_since_the_wave_began(world: Callable[[str, str], Cloud]) -> None:
    cloud = world("done", WATCHED)
    tooling = cloud.open().tree.account_ids["security-tooling"]
    assert code(gates(cloud, BEGAN).closed(1, 1)) == "LZ543"  # the metric tells nothing, whatever the reason
    denied(cloud, 99, BEGAN - timedelta(minutes=10))
    assert "denied 99 requests" in str(gates(cloud, BEGAN).closed(1, 1))  # nothing was made: how it has been lately
    gates(cloud, BEGAN).begins(0)
    early = gates(cloud, BEGAN + timedelta(minutes=29)).closed(1, 1)
    assert early
    assert (early.code, "until 2026-11-29T12:30:00Z" in early.message) == ("LZ544", True)
    assert code(gates(cloud, LATER).closed(1, 1)) == "LZ543"
    denied(cloud, 20, BEGAN + timedelta(minutes=5))
    refused = gates(cloud, LATER).closed(1, 1)
    assert refused
    assert refused.code == "LZ543"
    assert "GetFindings" in refused.message  # Security Hub is not enabled there
    hub = cloud.sandbox.session(tooling, region=HOME).client("securityhub")
    hub.enable_security_hub(EnableDefaultStandards=False)
    found = [finding(tooling, 1, "LOW", LATER), finding(tooling, 2, "HIGH", BEGAN - timedelta(minutes=1))]
    hub.batch_import_findings(Findings=[*found, finding(tooling, 3, "HIGH", BEGAN + timedelta(minutes=1))])
    assert gates(cloud, LATER).closed(1, 1) is None
    hub.batch_import_findings(Findings=[finding(tooling, 4, "CRITICAL", BEGAN + timedelta(minutes=2))])
    assert "more than 1 new findings" in str(gates(cloud, LATER).closed(1, 1))
    denied(cloud, 1, BEGAN + timedelta(minutes=5))
    assert "denied 21 requests" in str(gates(cloud, LATER).closed(1, 1))
    days = LATER + timedelta(days=3)
    over = gates(cloud, days).closed(1, 1)
    assert over
    assert "denied 21 requests" in over.message
    assert "remove the tag landing:wave of the root" in over.help  # nothing else lets it be forgotten
    for value in ("canary", "canary soon", "canary 9999-12-31T23:59:59Z"):
        root = cloud.open().tree.target_id("root")
        client = cloud.sandbox.session().client("organizations")
        client.tag_resource(ResourceId=root, Tags=[{"Key": WAVE_TAG, "Value": value}])
        assert "does not say when a wave began" in str(gates(cloud, days).closed(1, 1))
    gates(cloud, LATER).done()
    assert code(gates(cloud, BEGAN + timedelta(days=1)).closed(1, 1)) == "LZ543"


def test_what_nothing_answers_yet_is_passed_by_a_persons_yes_alone(world: Callable[[str, str], Cloud]) -> None:
    cloud = world("done", WATCHED)
    told: list[str] = []
    given = replace(gates(cloud, BEGAN), approved=["canary"], passed=told.append)
    found = gates(cloud, BEGAN).closed(1, 1)
    assert found
    assert "look yourself, then landing apply --approve-wave canary" in found.help
    assert "given before it was done" in str(given.closed(1, 0))  # nobody can have looked
    assert not told
    assert given.closed(1, 1) is None
    assert ["LandingGuardrailDenials" in each for each in told] == [True, False]  # no metric, and no Security Hub
    given.begins(0)
    assert code(given.closed(1, 1)) == "LZ544"  # time is waited for
    denied(cloud, 99, BEGAN + timedelta(minutes=5))
    assert code(replace(given, now=lambda: LATER).closed(1, 1)) == "LZ542"  # and an answer counts


def test_a_persons_yes_hides_nothing_that_is_answered(world: Callable[[str, str], Cloud]) -> None:
    """Where it cannot be read when the wave began, how it has been lately is asked all the same."""
    cloud = world("done", WATCHED)
    given = replace(gates(cloud, BEGAN), approved=["canary"])
    both = gates(cloud, BEGAN).closed(1, 1)
    assert both
    assert all(word in both.message for word in ("LandingGuardrailDenials", "GetFindings"))  # what the yes is about
    assert code(replace(gates(cloud, BEGAN), agreed="canary").closed(1, 1)) == "LZ543"  # said before that was told
    denied(cloud, 99, BEGAN - timedelta(minutes=5))
    root = cloud.open().tree.target_id("root")
    client = cloud.sandbox.session().client("organizations")
    client.tag_resource(ResourceId=root, Tags=[{"Key": WAVE_TAG, "Value": "canary soon"}])
    assert "denied 99 requests" in str(given.closed(1, 1))
    cloud.sandbox.faults.reject("organizations", "ListTagsForResource", code="AccessDeniedException")
    assert "denied 99 requests" in str(given.closed(1, 1))


def test_a_wave_with_another_name_by_now_is_watched_as_long(world: Callable[[str, str], Cloud]) -> None:
    cloud = world("done", WATCHED)
    gates(cloud, BEGAN).begins(0)
    renamed = replace(cloud.organization, waves=(replace(cloud.organization.waves[0], name="first"),))
    asked = Gates(renamed, cloud.open(read_only=False), lambda: BEGAN + timedelta(minutes=29))
    assert "wave canary began at 2026-11-29T12:00:00Z, and is watched until" in str(asked.closed(1, 1))


def finding(account: str, number: int, severity: str, created: datetime) -> dict[str, Any]:
    at = created.strftime("%Y-%m-%dT%H:%M:%S.000Z")
    return {
        "SchemaVersion": "2018-10-08",
        "Id": f"finding-{number}",
        "ProductArn": f"arn:aws:securityhub:{HOME}:{account}:product/{account}/default",
        "GeneratorId": "check",
        "AwsAccountId": account,
        "CreatedAt": at,
        "UpdatedAt": at,
        "Title": "A finding",
        "Description": "What was found",
        "Resources": [{"Type": "AwsS3Bucket", "Id": "arn:aws:s3:::b"}],
        "Severity": {"Label": severity},
        "Types": ["Software and Configuration Checks"],
    }


def test_the_metric_is_that_of_the_alarms(library: Library) -> None:
    (made,) = library.rendered([("trail_alarms", {})])
    assert made.template
    assert json.dumps(dict(zip(("MetricName", "MetricNamespace"), reversed(since.DENIALS), strict=True)))[
        1:-1
    ] in json.dumps(made.template, sort_keys=True)


def test_the_command_stops_says_why_and_goes_on_with_the_same_plan(
    world: Callable[[str, str], Cloud], config: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    cloud = world("done", TWO)
    config(TWO)
    copytree(LIBRARY / "blueprints", tmp_path / "blueprints")
    monkeypatch.chdir(tmp_path)
    assert command(["plan", "--out", "plan.json"]) == 0
    assert "  Wave              canary: " in capsys.readouterr().out
    assert command(["apply", "plan.json", "--auto-approve", "--approve-wave", "first"]) == 64
    assert "there is no wave first" in capsys.readouterr().err
    assert command(["apply", "plan.json", "--auto-approve"]) == 4
    said = capsys.readouterr()
    assert "Apply stopped after wave canary." in said.out
    assert (
        "a person has to say yes after wave canary (look at it, then landing apply --approve-wave canary)" in said.err
    )
    assert values(cloud) == {**dict.fromkeys(REST, "one"), "shop-dev": "two"}
    assert command(["status"]) == 0
    assert "Waves: canary is made; LZ541 wave rest does not begin" in capsys.readouterr().out
    assert command(["drift"]) == 0
    assert "6 instances wait for a later wave" in capsys.readouterr().out
    monkeypatch.setattr("sys.stdin", StringIO("no\n"))
    assert command(["apply", "plan.json"]) == 5
    assert "Wave canary is done. Do you want to go on with wave rest?" in capsys.readouterr().err
    assert command(["apply", "plan.json", "--auto-approve", "--wave", "canary", "--approve-wave", "canary"]) == 4
    assert "Apply stopped before the next wave." in capsys.readouterr().out
    monkeypatch.setattr("sys.stdin", StringIO("yes\n"))
    assert command(["apply", "plan.json"]) == 0
    assert set(values(cloud).values()) == {"two"}
    assert command(["apply"]) == 0
    assert "No changes" in capsys.readouterr().err
