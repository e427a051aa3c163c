"""Names that AWS gives once, given up and taken in one run: the same end wherever the run is cut off."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from landing.core.errors import ImpossiblePlan
from landing.core.model import Action, Address, Attributes, Change, Resource
from landing.engine.apply import refresh
from landing.engine.order.graph import build, halfway
from landing.engine.order.unique_names import refuse_impossible
from landing.engine.plan import Plan
from landing.organization import Organization
from landing.report import plan_text
from landing.report.style import Style
from landing.sandbox import Sandbox
from landing.services.base import temporary_name
from landing.services.registry import KINDS
from tests.cloud import BY_NAME, Cloud, Cut, DyingAws
from tests.samples import SMALL

ORGANIZED = [BY_NAME[name] for name in ("organization", "policy_type", "unit", "policy", "attachments", "account")]
RAILS = """
guardrails:
  first: {policy: no-leaving, name: First, target: {units: [root]}}
  second: {policy: no-root, name: Second, target: {units: [workloads]}}
  third: {policy: deny-iam-users, name: Third, target: {units: [security]}}
"""
BASE = SMALL + RAILS
UNITS = "  security: {name: Security}\n  spare: {name: Spare}\n  workloads:"


def edited(text: str, *pairs: tuple[str, str]) -> str:
    for old, new in pairs:
        assert old in text, old
        text = text.replace(old, new)
    return text


SPARED = edited(BASE, ("  security: {name: Security}\n  workloads:", UNITS))
AFTER = {
    "two units exchange their names": edited(BASE, ("Prod}\n      dev: {name: Dev", "Dev}\n      dev: {name: Prod")),
    "a ring of three units": edited(
        SPARED,
        ("security: {name: Security}", "security: {name: Spare}"),
        ("spare: {name: Spare}", "spare: {name: Workloads}"),
        ("name: Workloads\n    units", "name: Security\n    units"),
    ),
    "a new unit takes a name": edited(
        BASE, ("prod: {name: Prod}", "prod: {name: Old}\n      fresh: {name: Prod}"), ("workloads/prod,", "workloads/fresh,")
    ),
    "a unit takes the name of one that goes": edited(
        BASE,
        ("      prod: {name: Prod}\n      dev: {name: Dev}", "      dev: {name: Prod}"),
        ("unit: workloads/prod", "unit: workloads/dev"),
    ),
    "units are exchanged between parents": edited(
        BASE,
        ("security: {name: Security}", "security: {name: Security, units: {prod: {name: Prod}}}"),
        ("      prod: {name: Prod}\n      dev: {name: Dev}", "      dev: {name: Prod}"),
        ("unit: workloads/prod", "unit: security/prod"),
    ),
    "two policies exchange their names": edited(
        BASE, ("name: First", "name: Second"), ("no-root, name: Second", "no-root, name: First")
    ),
    "a ring of three policies, two of which exchange their texts": edited(
        BASE,
        ("no-leaving, name: First", "no-root, name: Second"),
        ("no-root, name: Second, target: {units: [workloads", "no-leaving, name: Third, target: {units: [workloads"),
        ("deny-iam-users, name: Third", "deny-iam-users, name: First"),
    ),
    "a policy with another key takes the name of one that goes": edited(BASE, ("  second:", "  other:")),
    "policies swap names, and one goes elsewhere": edited(
        BASE,
        ("name: First, target: {units: [root]}", "name: Third, target: {units: [workloads]}"),
        ("name: Third, target: {units: [sec", "name: First, target: {units: [sec"),
    ),
}  # fmt: skip
every_case = pytest.mark.parametrize("text", AFTER.values(), ids=AFTER)


@pytest.fixture(scope="module")
def worlds(load_text: Callable[[str], Organization]) -> dict[str, bytes]:
    """The world in which each beginning is in force."""
    found = {}
    for text in (BASE, SPARED):
        with Sandbox(organization=True) as sandbox:
            assert Cloud(sandbox, load_text(text)).apply(ORGANIZED).complete
            found[text] = sandbox.dump()
    return found


@pytest.fixture
def sandbox(worlds: dict[str, bytes], request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    with Sandbox(organization=True) as sandbox:
        yield sandbox


def begin(sandbox: Sandbox, worlds: dict[str, bytes], text: str, load_text: Callable[[str], Organization]) -> Cloud:
    sandbox.load(worlds[SPARED if "spare" in text else BASE])
    return Cloud(sandbox, load_text(text))


@every_case
def test_it_ends_the_same_wherever_it_is_cut_off(
    text: str, sandbox: Sandbox, worlds: dict[str, bytes], load_text: Callable[[str], Organization]
) -> None:
    cloud = begin(sandbox, worlds, text, load_text)
    first = cloud.plan(ORGANIZED)
    assert first.changes
    result = cloud.apply(ORGANIZED, changes=first.changes)
    assert result.complete, result.failed
    straight = cloud.state(ORGANIZED)
    assert cloud.plan(ORGANIZED).changes == ()
    for writes in range(1, 100):
        cloud = begin(sandbox, worlds, text, load_text)
        try:
            cloud.apply(
                changes=first.changes,
                aws=DyingAws(cloud.organization, writes=writes - 1, after_effect=True),
                parallelism=1,
            )
        except Cut:
            saved = refresh(cloud.organization, cloud.open(), first)
            resumed = cloud.apply(changes=saved if writes % 2 else cloud.plan(ORGANIZED).changes)
            assert not resumed.failed, resumed.failed
            assert cloud.state(ORGANIZED) == straight
        else:
            assert writes > 2
            return
    raise AssertionError("no end")


def unit(key: str, before: str, after: str, **rest: object) -> Change:
    sides: list[Attributes | None] = [{"name": name, "managed": True} if name else None for name in (before, after)]
    action = Action.CREATE if not before else Action.UPDATE if after else Action.DELETE
    return Change(action, Address("unit", key), *sides, **rest)  # type: ignore[arg-type]


def names(changes: list[Change]) -> list[tuple[str, str]]:
    """Key and name of each step, in the order in which they are made; no name for what is deleted."""
    graph = build(changes)
    return [(step.address.name, (graph.steps[step].after or {}).get("name", "")) for step in graph.order()]


def test_a_name_is_given_up_before_it_is_taken() -> None:
    chain = [unit("a", "A", "B"), unit("b", "B", "C"), unit("c", "C", ""), unit("d", "", "A")]
    assert names(chain) == [("c", ""), ("b", "C"), ("a", "B"), ("d", "A")]


def test_a_ring_is_opened_by_one_temporary_name_always_the_same() -> None:
    ring = [unit("a", "A", "B"), unit("b", "B", "C"), unit("c", "C", "A")]
    wanted = [("a", temporary_name(Address("unit", "a"))), ("c", "A"), ("b", "C"), ("a", "B")]
    for turn in range(3):
        assert names(ring[turn:] + ring[:turn]) == wanted
    assert halfway(ring)[Address("unit", "a")] == [{"name": wanted[0][1], "managed": True}]
    assert not halfway(ring)[Address("unit", "b")]


def test_names_that_differ_by_case_are_one_and_those_below_other_units_are_not() -> None:
    assert names([unit("a", "", "Work"), unit("b", "work", "Old")]) == [("b", "Old"), ("a", "Work")]
    assert names([unit("x/a", "", "Work"), unit("y/b", "Work", "Old")]) == [("x/a", "Work"), ("y/b", "Old")]


def test_a_target_takes_with_it_who_gives_up_the_name() -> None:
    plan = Plan((unit("a", "", "Work"), unit("b", "Work", "Old"), unit("c", "", "C")))
    assert [change.address.name for change in plan.only(["unit.a"]).changes] == ["a", "b"]


def test_a_name_that_something_unmanaged_keeps_is_refused_when_planned() -> None:
    address = Address("unit", "Dev")
    live = {address: Resource(address, {"name": "Dev", "managed": False}, owned=False)}
    with pytest.raises(ImpossiblePlan, match=r"unit\.a: unit\.Dev has the name dev \(units directly below root\)"):
        refuse_impossible(BY_NAME, [unit("a", "A", "Dev")], live)
    refuse_impossible(BY_NAME, [unit("a", "A", "Dev"), unit("Dev", "Dev", "")], live)
    with pytest.raises(ImpossiblePlan, match=r"unit\.a: unit\.Dev has the name dev"):
        refuse_impossible(BY_NAME, [unit("a", "A", "DEV")], live)


def account(key: str, before: str, after: str) -> Change:
    sides: list[Attributes | None] = [{"email": email} if email else None for email in (before, after)]
    action = Action.CREATE if not before else Action.UPDATE if after else Action.DELETE
    return Change(action, Address("account", key), *sides)


def test_an_account_keeps_its_email_address_closed_or_not() -> None:
    live = {Address("account", "a"): Resource(Address("account", "a"), {"email": "A@x.org"})}
    with pytest.raises(ImpossiblePlan) as refused:
        refuse_impossible(BY_NAME, [account("a", "A@x.org", "b@x.org"), account("b", "", "a@x.org")], live)
    assert "account.b: account.a has the name a@x.org (e-mail address of an account) and keeps it" in str(refused.value)
    with pytest.raises(ImpossiblePlan, match="keeps it"):
        refuse_impossible(BY_NAME, [account("a", "A@x.org", ""), account("b", "", "a@x.org")], live)
    refuse_impossible(BY_NAME, [account("a", "A@x.org", "a@X.org")], live)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_a_temporary_name_frees_the_name_and_keeps_the_rest(kind: object, full: Organization) -> None:
    name = getattr(kind, "name", "")
    for resource in BY_NAME[name].desired(full):
        had = set(BY_NAME[name].unique_names(resource.address, resource.attributes))
        renamed = BY_NAME[name].renamed(resource.address, resource.attributes)
        if renamed is None:
            continue
        assert had
        assert not had & set(BY_NAME[name].unique_names(resource.address, renamed))
        assert {**renamed, "name": resource.attributes["name"]} == resource.attributes


def test_a_unit_whose_key_changes_is_marked_anew(
    sandbox: Sandbox, worlds: dict[str, bytes], load_text: Callable[[str], Organization]
) -> None:
    text = edited(BASE, ("  security: {name: Security}", "  safe: {name: Security}"), ("unit: security}", "unit: safe}"),
                  ("units: [security]", "units: [safe]"))  # fmt: skip
    cloud = begin(sandbox, worlds, text, load_text)
    assert cloud.apply(ORGANIZED).complete
    renamed = Cloud(sandbox, load_text(edited(text, ("  safe: {name: Security}", "  safe: {name: Safe}"))))
    (change,) = renamed.plan(ORGANIZED).changes
    assert (change.action, change.address.name) == (Action.UPDATE, "safe")


def test_the_plan_says_which_name_goes_by_way_of_another(
    sandbox: Sandbox, worlds: dict[str, bytes], load_text: Callable[[str], Organization]
) -> None:
    cloud = begin(sandbox, worlds, AFTER["two units exchange their names"], load_text)
    text = plan_text.render(cloud.plan(ORGANIZED), cloud.organization, Style())
    [line] = [line for line in text.splitlines() if "for a while" in line]
    known = [temporary_name(Address("unit", f"workloads/{key}")) for key in ("prod", "dev")]
    assert any(f"called {name} (" in line for name in known), line
    cloud = begin(sandbox, worlds, AFTER["a new unit takes a name"], load_text)
    assert "for a while" not in plan_text.render(cloud.plan(ORGANIZED), cloud.organization, Style())
