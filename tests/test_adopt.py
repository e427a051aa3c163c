"""Taking ownership: an action of its own, listed wherever changes are, and nothing but a mark in AWS."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from landing.core.errors import WrongPlan
from landing.core.model import MARK, Action, Address, Attributes, Change, Resource, counts_of
from landing.engine.drift import Status, report
from landing.engine.observe import Observation
from landing.engine.plan import Origin, Plan, make, still_to_do
from landing.organization import Organization
from landing.report import drift_text, plan_markdown, plan_text
from landing.report.apply_text import expected
from landing.report.style import Style
from landing.sandbox import Sandbox
from tests.cloud import BY_NAME, Cloud, Story
from tests.report import samples
from tests.samples import SMALL


def unit(key: str, *, marked: bool = True, name: str = "A") -> Resource:
    return Resource(Address("unit", key), {"name": name, MARK: marked}, owned=marked, source=samples.at(3))


def seen(desired: list[Resource], live: list[Resource]) -> Observation:
    return Observation({r.address: r for r in desired}, {r.address: r for r in live}, ())


def plan_of(*changes: Change) -> Plan:
    return Plan(changes, made_from=samples.ORIGIN)


def adoption(kind: str, name: str, **more: Any) -> Change:
    after: Attributes = {"name": name, MARK: True, **more}
    return Change(Action.ADOPT, Address(kind, name), {**after, MARK: False}, after, source=samples.at(7))


def rename(name: str) -> Change:
    sides = {"name": "before", MARK: False}, {"name": name, MARK: True}
    return Change(Action.UPDATE, Address("unit", name), *sides, source=samples.at(9))


def test_what_lacks_only_the_mark_is_adopted_and_what_differs_besides_is_changed_and_adopted() -> None:
    found = make(
        seen([unit("a"), unit("b", name="B")], [unit("a", marked=False), unit("b", marked=False)]), Origin()
    ).changes
    assert [(c.address.name, c.action, c.adopts) for c in found] == [
        ("a", Action.ADOPT, True),
        ("b", Action.UPDATE, True),
    ]
    assert counts_of(found) == {Action.CREATE: 0, Action.UPDATE: 1, Action.DELETE: 0, Action.ADOPT: 2, Action.FORGET: 0}


def test_the_file_has_terraforms_words_and_is_read_back() -> None:
    made = plan_of(adoption("unit", "a"), rename("b"))
    entries = [entry["change"] for entry in made.to_json()["resource_changes"]]
    assert [(entry["actions"], entry["importing"]) for entry in entries] == [
        (["no-op"], {"id": "a"}),
        (["update"], {"id": "b"}),
    ]
    assert Plan.from_json(json.loads(json.dumps(made.to_json()))).changes == made.changes


def test_a_saved_plan_cannot_call_a_change_an_adoption() -> None:
    now = seen([unit("a", name="new")], [unit("a", marked=False, name="old")])
    (change,) = make(now, Origin()).changes
    with pytest.raises(WrongPlan, match="adopt is not what leads there"):
        still_to_do(plan_of(replace(change, action=Action.ADOPT)), now)


def test_counts_have_a_part_for_adoptions_only_where_there_are_any() -> None:
    assert plan_text.counts_line(plan_of(rename("b"), adoption("unit", "a"))) == (
        "Plan: 0 to add, 1 to change, 0 to destroy, 2 to adopt."
    )
    assert plan_text.counts_line(samples.empty()) == "Plan: 0 to add, 0 to change, 0 to destroy."
    told = expected([rename("b"), adoption("unit", "a")]).more["changes"]
    assert told == {"add": 0, "change": 1, "import": 2, "remove": 0, "forget": 0, "total": 2, "operation": "plan"}


def test_every_adoption_is_listed_and_many_are_folded_by_kind() -> None:
    few = plan_of(rename("b"), adoption("unit", "a"))
    text = plan_text.render(few, samples.organization(), Style())
    assert "  = unit.a (config/organization.yaml:7:3)\n" in text
    assert "  # (adopted besides: " in text
    assert "  Adopts        2   unit 2\n" in text
    many = plan_of(*(adoption("account", f"a{n:02}", unit="root") for n in range(30)), adoption("unit", "x"))
    text = plan_text.render(many, samples.organization(), Style())
    assert "  = account (30): a00, a01, a02, a03, a04 … and 25 more (--expand account)\n" in text
    assert "  = unit (1): x\n" in text
    for shown in ({"expand": ("account",)}, {"limit": 0}):
        assert "  = account.a29 (" in plan_text.render(many, samples.organization(), Style(), **shown)


def test_markdown_lists_them_and_has_a_column() -> None:
    text = plan_markdown.render(plan_of(rename("b"), adoption("unit", "a")), samples.organization())
    assert "0 to add, 1 to change, 0 to destroy, 2 to adopt" in text
    assert "| `unit` | 0 | 1 | 0 | 2 |" in text
    assert "- `=` `unit.a (config/organization.yaml:7:3)`" in text
    assert "adopt" not in plan_markdown.render(samples.plan(), samples.organization())


def test_what_is_not_adopted_is_counted_and_no_drift() -> None:
    found = report(samples.organization(), plan_of(adoption("unit", "a")))
    assert found.drifted == ()
    assert [(f.status, f.diff) for f in found.findings] == [(Status.UNADOPTED, ((MARK, True, False),))]
    text = drift_text.render(found, samples.organization(), Style())
    assert "not adopted 1: there and as declared, without our mark; landing apply adopts them: unit 1" in text
    assert "No drift." in text


def test_adopting_writes_nothing_but_tags(creation: Story) -> None:
    with Sandbox() as sandbox:
        sandbox.load(creation.end)
        cloud = Cloud(sandbox, creation.organization)
        tree = cloud.open().tree
        own = [policy.id for policy in tree.policies.values() if policy.marked]
        ids = [unit.id for unit in tree.units.values()] + [each.id for each in tree.accounts.values()] + own
        client = sandbox.session().client("organizations")
        for each in ids:
            client.untag_resource(ResourceId=each, TagKeys=["landing:id"])
        plan = cloud.plan()
        assert {change.action for change in plan.changes} == {Action.ADOPT}
        assert len(plan.changes) == len(ids)
        aws = cloud.open(read_only=False)
        result = cloud.apply(aws=aws, changes=plan.changes)
        assert result.complete, result.failed
        assert (aws.writes, aws.calls["organizations", "TagResource"]) == (len(ids), len(ids))
        assert cloud.plan().changes == ()


def test_a_mark_of_what_was_never_on_is_made_and_that_of_what_is_there_is_adopted(
    load_text: Callable[[str], Organization],
) -> None:
    """A service is there as soon as it may work across the organization; an account with stacks has no such sign."""
    more = SMALL + "services: {inspector: {}, detective: {}}\n"
    with Sandbox() as sandbox:
        assert Cloud(sandbox, load_text(SMALL)).apply().complete
        sandbox.session().client("organizations").enable_aws_service_access(ServicePrincipal="inspector2.amazonaws.com")
        cloud = Cloud(sandbox, load_text(more))
        marks = {each.address.name: each.action for each in cloud.plan([BY_NAME["governed_service"]]).changes}
        assert marks == {"inspector": Action.ADOPT, "detective": Action.CREATE}
        assert cloud.apply([BY_NAME["governed_service"]]).complete
        assert cloud.plan([BY_NAME["governed_service"]]).changes == ()

        stack = "stacks: {setting: {accounts: [shop-dev], regions: [eu-west-1], parameters: {value: one}}}\n"
        cloud, kinds = Cloud(sandbox, load_text(SMALL + stack)), [BY_NAME["governed_account"]]
        assert [(str(c.address), c.action) for c in cloud.plan(kinds).changes] == [
            ("governed_account.shop-dev", Action.CREATE)
        ]
        assert cloud.apply(kinds).complete
        assert cloud.plan(kinds).changes == ()
