"""Letting go: the mark is taken off, and nothing is destroyed."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

import pytest

from landing.cli import run
from landing.core.errors import WrongPlan, WrongUsage
from landing.core.model import MARK, Action, Address, Change, Resource, counts_of
from landing.engine.drift import Status, report
from landing.engine.observe import Observation
from landing.engine.plan import Origin, Plan, make, still_to_do
from landing.organization import Organization
from landing.report import plan_markdown, plan_text
from landing.report.style import Style
from landing.sandbox import Sandbox
from tests.cloud import Cloud, Story
from tests.report import samples
from tests.samples import FULL, MACIE, SMALL

GUARDED = SMALL + "guardrails:\n  no-root: {target: {units: [workloads/dev]}}\n"
LEFT = "".join(line for line in SMALL.splitlines(keepends=True) if "dev: {" not in line)
REMOVED = "removed: [policy.no-root, unit.workloads/dev, account.shop-dev]\n"


def live(*, owned: bool = True, forgotten: bool = True) -> Observation:
    resource = Resource(Address("unit", "a"), {"name": "A", MARK: owned}, owned=owned, forgotten=forgotten)
    return Observation({}, {resource.address: resource}, ())


def forgetting() -> Plan:
    return replace(make(live(), Origin()), made_from=samples.ORIGIN)


def test_what_the_config_lets_go_of_is_forgotten_and_not_destroyed() -> None:
    (change,) = forgetting().changes
    assert (change.action, change.before, change.after) == (
        Action.FORGET,
        {"name": "A", MARK: True},
        {"name": "A", MARK: False},
    )
    assert counts_of([change])[Action.FORGET] == 1


def test_it_is_told_as_what_it_is() -> None:
    plan = forgetting()
    assert plan_text.counts_line(plan) == "Plan: 0 to add, 0 to change, 0 to destroy, 1 to forget."
    text = plan_text.render(plan, samples.organization(), Style())
    assert "will no longer be managed: each stays as it is" in text
    assert "  . unit.a\n" in text
    assert "- `.` `unit.a`" in plan_markdown.render(plan, samples.organization())
    assert plan.to_json()["resource_changes"][0]["change"]["actions"] == ["forget"]
    assert Plan.from_json(json.loads(json.dumps(plan.to_json()))).changes == plan.changes
    found = report(samples.organization(), plan)
    assert (found.drifted, [finding.status for finding in found.findings]) == ((), [Status.UNMANAGED])


def test_a_saved_plan_forgets_only_what_the_config_lets_go_of() -> None:
    plan = forgetting()
    assert [change.action for change in still_to_do(plan, live())] == [Action.FORGET]
    assert still_to_do(plan, live(owned=False, forgotten=False)) == ()
    with pytest.raises(WrongPlan, match="does not let go"):
        still_to_do(plan, live(forgotten=False))
    (change,) = plan.changes
    deletion = Change(Action.DELETE, change.address, change.before, None)
    with pytest.raises(WrongPlan, match="lets go of it"):
        still_to_do(replace(plan, changes=(deletion,)), live())


def test_nothing_is_written_but_that_the_mark_goes(load_text: Callable[[str], Organization]) -> None:
    with Sandbox() as sandbox:
        assert Cloud(sandbox, load_text(GUARDED)).apply().complete
        cloud = Cloud(sandbox, load_text(LEFT + REMOVED))
        plan = cloud.plan()
        assert [(str(change.address), change.action) for change in plan.changes] == [
            ("account.shop-dev", Action.FORGET),
            ("policy.no-root", Action.FORGET),
            ("unit.workloads/dev", Action.FORGET),
        ]
        aws = cloud.open(read_only=False)
        assert cloud.apply(aws=aws, changes=plan.changes).complete
        assert aws.writes == aws.calls["organizations", "UntagResource"] == 3
        for text in (LEFT + REMOVED, LEFT):
            again = Cloud(sandbox, load_text(text)).plan()
            assert again.changes == ()
            assert [policy.nodes for policy in again.foreign if policy.name == "no-root"]


def test_a_service_that_is_let_go_of_stays_as_it_is(creation: Story, load_text: Callable[[str], Organization]) -> None:
    text = FULL.replace(MACIE, "")
    with Sandbox() as sandbox:
        sandbox.load(creation.end)
        plan = Cloud(
            sandbox,
            load_text(
                text
                + "removed: [governed_service.macie, 'macie_suppression.*', 'macie_allow_list.*', 'macie_identifier.*', 'macie_job.*']\n"
            ),
        ).plan()
    concerned = {str(each.address): each.action for each in plan.changes if "macie" in str(each.address)}
    assert concerned == {"governed_service.macie": Action.FORGET}
    assert {"macie", "macie_administrator"} <= {address.kind for address in plan.unmanaged}


def test_an_address_that_means_nothing_is_wrong_usage_in_every_command(organization) -> None:
    with pytest.raises(WrongUsage, match=r"^unit\.nope is no address that the config declares or AWS holds") as error:
        Observation({}, {}, ()).raise_if_unknown(organization(), ["unit.nope"])
    assert error.value.exit_code == 64


def test_an_address_is_not_declared_and_removed(problems) -> None:
    found = problems("removed: [unit.security, nonsense, 'policy.old-*']\n")
    assert [problem.code for problem in found] == ["LZ331", "LZ332"]


def test_what_is_declared_is_not_forgotten(config, tmp_path, monkeypatch, capsys) -> None:
    config()
    monkeypatch.chdir(tmp_path)
    assert run(["forget", "unit.security", "--sandbox"]) == 5
    assert "unit.security: the config declares it" in capsys.readouterr().err
