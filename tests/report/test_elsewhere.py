"""A region that is added: what it gets as other regions have it is a line each."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import chdir
from dataclasses import replace
from functools import cache
from math import ceil
from pathlib import Path

import pytest

from landing.cli.profiles import RECOMMENDED, written
from landing.config import load
from landing.core.model import Address
from landing.engine.observe import Observation, desired_of
from landing.engine.plan import Origin, Plan, make
from landing.guardrails.effects import effects
from landing.library import Library, shipped
from landing.organization import Organization
from landing.report.diff import BRIEF, Detail
from landing.report.elsewhere import CREATED as TEMPLATE
from landing.report.elsewhere import MANY, lines
from landing.report.plan_text import render
from landing.report.style import Style
from landing.sandbox import Sandbox
from tests.cloud import Cloud, Story
from tests.samples import FULL

ADDED = "eu-north-1"
Added = Callable[[str], tuple[Plan, Organization]]
CREATED = TEMPLATE.format(ADDED, "eu-west-1")
COLUMNS, LINES = 120, 50
GOVERNED = "governed_regions: [eu-west-1, eu-central-1, us-east-1"


def test_what_stands_in_other_regions_is_a_line_each(creation: Story, load_text: Callable[[str], Organization]) -> None:
    with Sandbox() as sandbox:
        sandbox.load(creation.end)
        cloud = Cloud(sandbox, load_text(FULL.replace(", us-east-1]", f", us-east-1, {ADDED}]", 1)))
        plan = cloud.plan()
    brief = render(plan, cloud.organization, Style()).splitlines()
    start = next(index for index, line in enumerate(brief) if CREATED in line)
    lines = brief[start + 1 : brief.index("", start)]
    assert all(line.startswith("  + ") and f"/{ADDED} (" in line for line in lines)
    named = {name.partition("@")[0] for line in lines for name in line[4:].partition(" (")[0].split(", ")}
    created = {str(each.address) for each in plan.changes if f"{each.address.kind}.{each.address.name}" in named}
    created = {each for each in created if each.endswith(f"/{ADDED}")}
    assert len(created) > MANY
    assert not [line for line in brief if any(line.startswith(f"  # {address} ") for address in created)]
    for whole in ({"expand": ("all",)}, {"limit": 0}):
        text = render(plan, cloud.organization, Style(), **whole)  # type: ignore[arg-type]
        assert CREATED not in text
        assert all(f"  # {address} will be created" in text for address in created)


def of_profile(folder: Path, profile: str, *, more: str = "") -> Organization:
    """The starter config of a profile; `more` are governed regions besides."""
    config = folder / "config"
    config.mkdir(parents=True)
    for file in (shipped() / "config").glob("*.yaml"):
        text = written(file.read_text(encoding="utf-8"), profile)
        (config / file.name).write_text(text.replace(GOVERNED, GOVERNED + more), encoding="utf-8")
    with chdir(folder):  # as somebody stands in it
        return load(Path("config"), Library.load(shipped()))[0]


@pytest.fixture(scope="module")
def region_added(tmp_path_factory: pytest.TempPathFactory) -> Added:
    """The plan of a region more, by the profile that the starter config is of."""
    return cache(lambda profile: _region_added(tmp_path_factory.mktemp(profile), profile))


def _region_added(folder: Path, profile: str) -> tuple[Plan, Organization]:
    before, after = of_profile(folder / "before", profile), of_profile(folder / "after", profile, more=f", {ADDED}")
    live, desired = desired_of(before), desired_of(after)
    plan = make(Observation(desired, live, ()), Origin())
    told = effects(after, live, plan.changes, {})
    return replace(plan, effects=told.sentences, effects_in_brief=told.in_brief), after


@pytest.mark.parametrize(("profile", "screens"), [(RECOMMENDED, 2), ("regulated", 2.5)])
def test_a_region_that_is_added_takes_two_screens_and_with_everything_half_a_one_more(
    region_added: Added, profile: str, screens: float
) -> None:
    plan, organization = region_added(profile)
    brief = render(plan, organization, Style(width=COLUMNS))
    assert sum(max(1, ceil(len(line) / COLUMNS)) for line in brief.splitlines()) <= screens * LINES
    whole = render(plan, organization, Style(width=COLUMNS), detail=Detail(0))
    told = [f"effect: {sentence}" for each in plan.effects.values() for sentence in each]
    assert len(told) > 3 * brief.count("effect: ")
    assert all(sentence in whole for sentence in told)
    opened = render(plan, organization, Style(width=COLUMNS), expand=("policy.deny-regions",))
    assert all(sentence in opened for sentence in told)


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> tuple[Plan, Organization]:
    """The first plan with everything on, in an AWS account in which nothing is."""
    organization = of_profile(tmp_path_factory.mktemp("first"), "regulated")
    plan = make(Observation(desired_of(organization), {}, ()), Origin())
    told = effects(organization, {}, plan.changes, {})
    return replace(plan, effects=told.sentences, effects_in_brief=told.in_brief), organization


def test_the_first_plan_with_everything_is_one_that_somebody_can_review(first: tuple[Plan, Organization]) -> None:
    plan, organization = first
    brief, whole = (render(plan, organization, Style(width=COLUMNS), detail=detail) for detail in (BRIEF, Detail(0)))
    lines = brief.splitlines()
    assert len(lines) < 400
    assert sum(max(1, ceil(len(line) / COLUMNS)) for line in lines) < 500
    assert len(whole.splitlines()) > 3 * len(lines)
    assert all(f"  # {each.address} will be created" in whole for each in plan.changes if each.address.kind == "policy")
    for account in organization.accounts.values():
        (row,) = (line for line in lines if line.startswith(f"    + {account.key} ") and account.name in line)
        assert account.email in row
        assert account.unit in row
    for change in plan.changes:  # each is named, or counted where it is one of several
        kind, name = change.address.kind, change.address.name
        head = next(line for line in lines if line.startswith((f"  # {kind} (", f"  # {kind}.{name}")))
        assert "will be created" in head
        assert str(change.source) in head or "more)" in head


def test_effects_on_accounts_that_are_there_have_examples_and_on_new_ones_when_asked(
    first: tuple[Plan, Organization],
) -> None:
    plan, organization = first
    brief = render(plan, organization, Style(width=COLUMNS))
    assert "effect: e.g. " not in brief
    for address, sentences in plan.effects_in_brief.items():
        told = " above" if f"{address} will be created, as " in brief else sentences[0]
        assert told in brief
    opened = render(plan, organization, Style(width=COLUMNS), expand=("attachments.root",))
    assert all(f"effect: {sentence}" in opened for sentence in plan.effects[Address("attachments", "root")])
    live = {each.address: each for each in desired_of(organization).values() if each.address.kind == "account"}
    settled = effects(organization, live, plan.changes, {}).in_brief
    root = settled.get(Address("attachments", "root"), plan.effects[Address("attachments", "root")])
    assert any(sentence.startswith("e.g. ") for sentence in root)


def test_stack_sets_that_change_alike_show_it_once(region_added: Added) -> None:
    plan, organization = region_added(RECOMMENDED)
    changed = [str(each.address) for each in plan.changes if each.address.kind == "stack_set"]
    assert len(changed) > 1
    brief, whole = (render(plan, organization, Style(), detail=detail) for detail in (BRIEF, Detail(0)))
    for address in changed[1:]:
        assert f"  # {address} will be updated in-place, as {changed[0]} above" in brief
        assert f"  # {address} will be updated in-place\n" in whole
    assert brief.count("reach: ") == whole.count("reach: ") == len(changed)


def test_many_are_a_line_for_each_line_of_the_config(region_added: Added) -> None:
    plan, _ = region_added(RECOMMENDED)
    rules = [each for each in plan.changes if each.address.kind == "config_rule"]
    few, folded = (
        lines(rules),
        lines([replace(each, address=_at(each.address, account)) for each in rules for account in "abcd"]),
    )
    assert [line.partition(" ")[0] for line in few] == [str(each.address) for each in rules]
    names = ", ".join(f"config_rule.{each.address.name}" for each in rules)
    assert folded == [f"{names}@{account}/{ADDED} ({rules[0].source})" for account in "abcd"]


def _at(address: Address, account: str) -> Address:
    return replace(address, scope=replace(address.scope, account=account))
