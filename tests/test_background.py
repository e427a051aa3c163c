"""Accounts that join or move: apply waits for what AWS deploys to them by itself, and a plan right after is empty."""

from __future__ import annotations

import json
import signal
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from landing.core.model import Action, Address, Change
from landing.engine.apply import Result, apply
from landing.engine.background import settle
from landing.engine.journal import Event
from landing.engine.stop import Stop
from landing.organization import Organization
from landing.runs.history import KILLED, records
from landing.sandbox import Sandbox
from tests.cloud import BY_NAME, Cloud
from tests.gate import SECONDS, Gate, Process, gated
from tests.samples import SMALL

KINDS = [BY_NAME[name] for name in ("organization", "trusted_access", "unit", "account", "stack_set")]
SET = Address("stack_set", "setting")
TEXT = SMALL + "baselines:\n  setting: {target: {units: [workloads]}, parameters: {value: one}}\n"
JOINED = TEXT.replace("accounts:\n", "accounts:\n  shop-new: {name: New, email: n@example.com, unit: workloads/dev}\n")
LEFT = TEXT.replace("unit: workloads/dev,", "unit: security,")
MANY = "".join(f"  more-{n}: {{name: More {n}, email: m{n}@example.com, unit: workloads/prod}}\n" for n in range(4))
Load = Callable[[str], Organization]


@pytest.fixture(scope="module")
def worlds(load_text: Load) -> dict[str, bytes]:
    """With the stack set in both shops; and the same, with shop-dev where it gets none."""
    found = {}
    for text in (TEXT, LEFT):
        with Sandbox() as sandbox:
            assert Cloud(sandbox, load_text(text)).apply(KINDS).complete
            found[text] = sandbox.dump()
    return found


@pytest.fixture
def at(worlds: dict[str, bytes], load_text: Load) -> Iterator[Callable[..., Cloud]]:
    """The cloud of a config text, in which another text was applied before."""
    with Sandbox() as sandbox:

        def build(text: str, before: str = TEXT, latency: int = 30) -> Cloud:
            sandbox.load(worlds[before])
            sandbox.world.clock.latency = latency
            return Cloud(sandbox, load_text(text))

        yield build


def run_of(
    cloud: Cloud, heard: Callable[[Event, Stop], object] = lambda event, stop: None
) -> tuple[Result, list[Event]]:
    """An apply of all there is to do; `heard` may ask it to stop."""
    aws, events = cloud.open(read_only=False), list[Event]()
    stop = Stop(aws)

    def listen(event: Event) -> None:
        events.append(event)
        heard(event, stop)

    return apply(cloud.organization, aws, cloud.plan(KINDS).changes, stop=stop, listeners=[listen]), events


def live(cloud: Cloud) -> Any:
    states = cloud.sandbox.world.states["cloudformation"]
    return next(one for state in states.values() for one in state.stack_sets.values() if one.name == "landing-setting")


def settled(events: list[Event]) -> list[tuple[str, str]]:
    return [(event.type, event.address) for event in events if event.type.startswith("settle")]


@pytest.mark.parametrize(("text", "before"), [(JOINED, TEXT), (TEXT, LEFT), (LEFT, TEXT)], ids=["new", "in", "out"])
def test_a_plan_right_after_an_account_came_or_went_is_empty(at: Callable[..., Cloud], text: str, before: str) -> None:
    cloud = at(text, before)
    result, events = run_of(cloud)
    assert result.complete, result.unsettled
    assert settled(events) == [("settle_start", str(SET)), ("settle_complete", str(SET))]
    plan = cloud.plan(KINDS)
    assert (plan.changes, plan.gaps) == ((), ())


def test_many_accounts_are_waited_for_with_as_many_calls_as_one(at: Callable[..., Cloud]) -> None:
    counts = []
    for text in (JOINED, JOINED.replace("accounts:\n", "accounts:\n" + MANY)):
        cloud = at(text, latency=1)
        result, _ = run_of(cloud)
        assert result.complete, result.unsettled
        aws = cloud.open(read_only=False)
        before = Counter(aws.calls)
        assert settle(cloud.organization, aws, BY_NAME, result.done, stop=Stop(aws), tell=lambda event: None) == {}
        made = Counter(aws.calls) - before
        counts.append({name: count for (service, name), count in made.items() if service == "cloudformation"})
    assert counts[0] == counts[1] == {"DescribeStackSet": 1, "ListStackSetOperations": 1, "ListStackInstances": 1}


def test_nothing_is_asked_when_no_account_came(at: Callable[..., Cloud]) -> None:
    cloud = at(TEXT.replace("name: Shop Dev", "name: Other"))
    _, events = run_of(cloud)
    assert [event.message for event in events if event.type == "phase_start"] == ["verify"]


def test_nothing_is_asked_of_a_stack_set_that_was_made_in_the_same_run(load_text: Load) -> None:
    """It was begun after the accounts, and waited for itself."""
    wanted = load_text(TEXT)
    made = [Change(Action.CREATE, one.address, None, one.attributes) for kind in KINDS for one in kind.desired(wanted)]
    assert list(BY_NAME["stack_set"].set_off(wanted, made)) == []
    assert list(BY_NAME["stack_set"].set_off(wanted, [one for one in made if one.address != SET])) == [SET]


def test_what_is_not_over_in_time_is_said_and_the_next_run_waits_on(at: Callable[..., Cloud]) -> None:
    cloud = at(JOINED + "timeouts: {stack_set: 30s}\n", latency=200)
    result, events = run_of(cloud)
    assert (result.failed, result.complete) == ({}, False)
    assert "is not done after 30s; `timeouts: {stack_set: …}`" in result.unsettled[SET].text
    assert settled(events)[-1] == ("settle_errored", str(SET))
    patient = Cloud(cloud.sandbox, at(JOINED, latency=200).organization)
    assert [str(change.address) for change in patient.plan(KINDS).changes] in ([str(SET)], ["account.shop-new"])


def test_what_aws_does_not_begin_is_said_and_the_next_run_makes_it(at: Callable[..., Cloud]) -> None:
    cloud = at(JOINED)

    def forget(event: Event, _: Stop) -> None:
        if (event.type, event.address) == ("apply_complete", "account.shop-new"):
            found = live(cloud)
            (new,) = [site for site in found.instances if found.instances[site].detailed == "PENDING"][:1]
            for site in [site for site in found.instances if site[0] == new[0]]:
                del found.instances[site]
            for operation in list(found.operations.values())[1:]:
                cloud.sandbox.world.clock.forget(("stack-set-operation", found.id, operation.id))
                del found.operations[operation.id]

    result, _ = run_of(cloud, forget)
    assert "AWS has not begun to deploy to shop-new, and is not done after 15m" in result.unsettled[SET].text
    assert cloud.apply(KINDS).complete
    assert cloud.plan(KINDS).changes == ()


def test_what_aws_fails_at_is_said_and_the_next_run_mends_it(at: Callable[..., Cloud]) -> None:
    cloud = at(TEXT, LEFT)
    account_id = cloud.open().tree.account_ids["shop-dev"]
    client = cloud.sandbox.session(account_id, region="eu-west-1").client("ssm")
    client.put_parameter(Name="/tests/setting", Type="String", Value="mine")
    result, _ = run_of(cloud)
    assert "LZ509" in result.unsettled[SET].text
    assert "shop-dev/eu-west-1: failed" in result.unsettled[SET].text
    client.delete_parameter(Name="/tests/setting")
    assert cloud.apply(KINDS).complete
    assert cloud.plan(KINDS).changes == ()


def test_one_wish_to_stop_ends_the_waiting_and_what_was_done_is_verified(at: Callable[..., Cloud]) -> None:
    cloud = at(JOINED, latency=100)
    result, events = run_of(cloud, lambda event, stop: event.type == "settle_start" and stop.ask(signal.SIGINT))
    assert result.interrupted
    assert result.unsettled[SET].text.startswith("interrupted while AWS deploys")
    assert (result.failed, result.unverified) == ({}, None)
    assert [event.message for event in events if event.type == "phase_start"] == ["settle", "verify"]
    assert cloud.apply(KINDS).complete
    assert cloud.plan(KINDS).changes == ()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def ends(forked: Path) -> Callable[..., int]:
    def ends(*arguments: str) -> int:
        process = Process(*arguments, start=[str(forked / "landing")])
        code = process.ends()
        assert code in (0, 2), process.told
        return code

    return ends


def test_the_shipped_config_and_one_more_account(folder: Path, ends: Callable[..., int]) -> None:
    with gated(folder):
        ends("init", ".")
        ends("apply", "--auto-approve")
        accounts = folder / "config" / "accounts.yaml"
        joined = "\n  newcomer: {name: Newcomer, email: aws+newcomer@example.com, unit: workloads/nonprod}\n"
        accounts.write_text(accounts.read_text() + joined)
        assert ends("plan", "--detailed-exitcode") == 2
        ends("apply", "--auto-approve")
        assert ends("plan", "--detailed-exitcode") == 0
    found = json.loads((Path(records(Path(".landing/runs"))[0].folder) / "summary.json").read_text())
    assert (found["outcome"], found["unsettled"]) == ("applied", {})
    assert {"settle", "verify"} <= set(found["phases"])


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_the_record_tells_what_aws_was_at(
    folder: Path, config: Callable[..., Path], ends: Callable[..., int], number: signal.Signals
) -> None:
    text = TEXT.replace("setting: {target: {units: [workloads]}, parameters: {value: one}}",
                        "security-audit-role: {target: {units: [workloads]}}")  # fmt: skip
    config(text)
    with gated(folder) as gate:
        ends("apply", "--auto-approve")
        config(text.replace("accounts:\n", "accounts:\n  shop-new: {name: N, email: n@example.com, unit: workloads}\n"))
        process = held_while_settling(gate)
        process.send(number)
        if number == signal.SIGINT:
            assert process.says("Interrupt received.")
            gate.opened.set()
        assert process.ends() == (130 if number == signal.SIGINT else -signal.SIGKILL)
        gate.opened.set()
        (found, *_) = records(Path(".landing/runs"))
        if number == signal.SIGKILL:
            assert (found.outcome, found.phase) == (KILLED, "settle")
        else:
            assert (found.outcome, found.changes["done"]) == ("interrupted", 1)
            assert list(found.unsettled) == ["stack_set.security-audit-role"]
        ends("apply", "--auto-approve")
        assert ends("plan", "--detailed-exitcode") == 0


def held_while_settling(gate: Gate) -> Process:
    """An apply that has asked whether AWS is done, and gets no answer."""
    gate.hold = "CreateAccount"
    process = Process("apply", "--auto-approve")
    assert gate.reached.wait(SECONDS), process.told
    creating, gate.opened = gate.opened, threading.Event()
    gate.reached.clear()
    gate.hold = "ListStackSetOperations"
    creating.set()
    assert gate.reached.wait(SECONDS), process.told
    return process
