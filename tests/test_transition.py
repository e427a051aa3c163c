"""While a plan is applied, nothing passes that is blocked both before and after it; or the plan says so."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from landing.core.model import Address, Change, Resource
from landing.engine.observe import Observation
from landing.engine.order.graph import TIGHTENED, Step, build
from landing.engine.order.phases import Known, Phase
from landing.engine.plan import Origin, Plan, make
from landing.guardrails.attachment_model import Model
from landing.guardrails.exposure import dangers
from landing.guardrails.in_force import Documents, State, ids_for, levels, nodes_to
from landing.guardrails.transition import Weakness, weaknesses
from landing.organization import ROOT, Guardrail, Held, Organization, Target
from landing.policy import RCP, SCP, evaluate
from landing.services.organizations.attachments import FULL_ACCESS
from tests.cloud import BY_NAME
from tests.samples import SMALL
from tests.test_graph import orders

KINDS = [BY_NAME[name] for name in ("unit", "policy", "attachments", "account")]
PLACES = (ROOT, "security", "workloads", "workloads/prod", "workloads/dev")
MOVING = ("shop-prod", "shop-dev")
ROLES = ("role/one", "role/two")


HERE = {"shop-prod": "workloads/prod", "shop-dev": "workloads/dev"}
EVERYWHERE, PROD = Target(units=(ROOT,)), Target(units=("workloads/prod",))
DEV = Target(units=("workloads/dev",))


def statement(effect: str, action: str | list[str], **condition: Any) -> dict[str, Any]:
    found: dict[str, Any] = {"Effect": effect, "Action": action, "Resource": "*"}
    return {**found, "Condition": condition} if condition else found


def role(name: str) -> dict[str, Any]:
    return {"ArnNotLike": {"aws:PrincipalArn": f"arn:aws:iam::*:{name}"}}


DENIES = (
    statement("Deny", "sqs:CreateQueue"),
    statement("Deny", "sqs:DeleteQueue"),
    statement("Deny", "sqs:CreateQueue", **role(ROLES[0])),
    statement("Deny", "sqs:CreateQueue", **role(ROLES[1])),
    statement("Deny", ["sqs:*", "sns:*"], StringNotEquals={"aws:RequestedRegion": "eu-west-1"}),
    statement("Deny", ["sqs:*", "sns:*"], StringNotEquals={"aws:RequestedRegion": ["eu-west-1", "us-east-1"]}),
)
ALLOWS = (
    statement("Allow", "sqs:*"),
    statement("Allow", "sqs:CreateQueue"),
    statement("Allow", ["sns:*", "sqs:DeleteQueue"]),
)
REQUESTS = [
    {"principal": f"arn:aws:iam::000000000004:{who}", "action": action, "context": {"aws:RequestedRegion": region}}
    for who in ROLES
    for action in ("sqs:CreateQueue", "sqs:DeleteQueue", "sns:Publish")
    for region in ("eu-west-1", "us-east-1", "ap-south-1")
]

denying = st.lists(st.sampled_from(DENIES), min_size=1, max_size=2, unique_by=str)
allowing = st.lists(st.sampled_from(ALLOWS), min_size=1, max_size=2, unique_by=str)
targets = st.builds(
    Target,
    units=st.lists(st.sampled_from(PLACES), max_size=2, unique=True).map(tuple),
    accounts=st.lists(st.sampled_from(MOVING), max_size=1).map(tuple),
)


def guardrails(*documents: st.SearchStrategy[list[dict[str, Any]]], names: str = "pqrs") -> Any:
    texts = st.one_of(*documents).map(lambda found: {"Version": "2012-10-17", "Statement": found})
    return st.dictionaries(st.sampled_from(names), st.tuples(texts, targets), max_size=len(names))


@dataclass(frozen=True)
class Config:
    """What differs between two configs."""

    rails: dict[str, tuple[dict[str, Any], Target]]
    places: dict[str, str]
    closed: frozenset[str] = frozenset()
    strict: frozenset[str] = frozenset()

    def of(self, base: Organization) -> Organization:
        accounts = {
            key: replace(account, unit=self.places.get(key, account.unit), full_access=key not in self.strict)
            for key, account in base.accounts.items()
        }
        units = {key: replace(unit, full_access=key not in self.closed) for key, unit in base.units.items()}
        rails = {key: Guardrail(key, key, SCP, "", document, target) for key, (document, target) in self.rails.items()}
        return replace(base, accounts=accounts, units=units, guardrails=rails)


places = st.fixed_dictionaries({account: st.sampled_from(PLACES) for account in MOVING})
DENYING = st.builds(Config, guardrails(denying), places)
ANY = st.builds(
    Config,
    guardrails(denying, allowing),
    places,
    st.frozensets(st.sampled_from(PLACES[1:]), max_size=2),
    st.frozensets(st.sampled_from(MOVING), max_size=1),
)


@pytest.fixture(scope="module")
def base(load_text: Callable[[str], Organization]) -> Organization:
    return load_text(SMALL)


def resources(organization: Organization) -> dict[Address, Resource]:
    """A config as if it had been applied."""
    return {resource.address: resource for kind in KINDS for resource in kind.desired(organization)}


def planned(before: Organization, after: Organization) -> tuple[dict[Address, Resource], Plan]:
    """What AWS would show, and the plan; FullAWSAccess of an account is read only where the config has a say in it."""
    live, wanted = resources(before), resources(after)
    for key in MOVING:
        address = Address("attachments", f"account/{key}")
        shown = set(live[address].attributes["policies"] if address in live else ()) - {FULL_ACCESS}
        named = address in wanted and FULL_ACCESS in wanted[address].attributes["policies"]
        if before.accounts[key].full_access and (named or not after.accounts[key].full_access):
            live[address] = replace(wanted[address], attributes={"policies": sorted({FULL_ACCESS, *shown})})
        elif address in live:
            live[address] = replace(live[address], attributes={"policies": sorted(shown)})
    return live, make(Observation(wanted, live, ()), Origin())


class World:
    """A model of AWS, and which of the requests it blocks."""

    def __init__(self, organization: Organization, live: dict[Address, Resource]) -> None:
        before = State.of({address: resource.attributes for address, resource in live.items()})
        names = {*organization.guardrails, *before.policies}
        self.organization = organization
        self.model = Model(before, {FULL_ACCESS: SCP, **dict.fromkeys(names, SCP)}, organization)
        self.documents = Documents(ids_for(organization, {})[0])
        self.parents = {unit.key: unit.parent for unit in organization.units.values()}

    def blocked(self, account: str) -> set[int]:
        path = [*nodes_to(self.model.units[account], self.parents), f"account/{account}"]
        attached, policies = self.model.attached, self.model.policies
        found = levels(self.organization, path, attached, policy_type=SCP, policies=policies, documents=self.documents)
        return {number for number, request in enumerate(REQUESTS) if evaluate(found, request).blocked}


def walked(
    before: Organization, after: Organization, seed: int, slots: int | None = None
) -> tuple[list[str], list[Weakness]]:
    """(what passes on the way though both ends block it, what the check says) for one order of the plan's steps."""
    if slots:
        after = replace(after, limits={SCP: {"attached": slots}})
    live, plan = planned(before, after)
    graph = build(plan.changes, Known.of(after))
    ends = [World(after, each) for each in (live, resources(after))]
    always = {account: ends[0].blocked(account) & ends[1].blocked(account) for account in MOVING}
    world = World(after, live)
    passed = []
    for step in orders(graph, seed):
        change = graph.steps[step]
        for _ in world.model.states(change):
            for account in MOVING:
                less = always[account] - world.blocked(account)
                passed += [f"{account} after {step}: {REQUESTS[number]}" for number in less]
    for account in MOVING:
        assert world.blocked(account) == ends[1].blocked(account)
    return passed, list(weaknesses(after, live, plan.changes, {}))


SHARED = st.dictionaries(
    st.sampled_from("pqrs"), denying.map(lambda found: {"Version": "2012-10-17", "Statement": found})
)


@st.composite
def rearranged(draw: st.DrawFn) -> tuple[Config, Config]:
    """Configs with the same texts at other places, and other accounts."""
    texts = draw(SHARED)
    first, second = ({name: (text, draw(targets)) for name, text in texts.items()} for _ in range(2))
    return Config(first, draw(places)), Config(second, draw(places))


@st.composite
def rewritten(draw: st.DrawFn) -> tuple[Config, Config]:
    """Configs with other texts at the same units, and accounts elsewhere."""
    where = {name: replace(draw(targets), accounts=()) for name in draw(st.sets(st.sampled_from("pqrs")))}
    first, second = (
        {name: ({"Version": "2012-10-17", "Statement": draw(denying)}, target) for name, target in where.items()}
        for _ in range(2)
    )
    return Config(first, draw(places)), Config(second, draw(places))


@settings(max_examples=80)
@given(st.one_of(rearranged(), rewritten()), st.integers(0, 9))
def test_what_moves_or_is_rewritten_never_lets_anything_through(
    base: Organization, ends: tuple[Config, Config], seed: int
) -> None:
    before, after = (each.of(base) for each in ends)
    assert walked(before, after, seed) == ([], [])


@settings(max_examples=80)
@given(DENYING, DENYING, st.integers(0, 9))
def test_nothing_passes_on_the_way_that_both_ends_block(
    base: Organization, before: Config, after: Config, seed: int
) -> None:
    passed, told = walked(before.of(base), after.of(base), seed)
    assert not passed or told, passed


@settings(max_examples=80)
@given(ANY, ANY, st.integers(0, 9))
def test_with_lists_of_what_is_allowed_it_holds_or_is_said(
    base: Organization, before: Config, after: Config, seed: int
) -> None:
    passed, told = walked(before.of(base), after.of(base), seed)
    assert not passed or told, passed


@settings(max_examples=80)
@given(DENYING, DENYING, st.integers(0, 9))
def test_without_free_slots_it_holds_or_is_said(base: Organization, before: Config, after: Config, seed: int) -> None:
    passed, told = walked(before.of(base), after.of(base), seed, 3)
    assert not passed or told, passed


@st.composite
def redistributed(draw: st.DrawFn) -> tuple[Config, Config]:
    """Configs whose statements go from policies to others, most of them at the same places."""
    where = {name: replace(draw(targets), accounts=()) for name in "pqr"}
    ends = []
    for _ in range(2):
        texts: dict[str, list[dict[str, Any]]] = {name: [DENIES[1]] for name in where}
        for each in DENIES[0], DENIES[2], DENIES[4]:
            for name in draw(st.sets(st.sampled_from("pqr"), max_size=2)):
                texts[name].append(each)
        where = {name: draw(st.sampled_from([at, at, at, PROD])) for name, at in where.items()}
        ends.append(Config({name: (text(*texts[name]), at) for name, at in where.items()}, HERE))
    return ends[0], ends[1]


@settings(max_examples=150)
@given(redistributed(), st.integers(0, 9), st.integers(0, 5))
def test_what_needs_no_leave_lets_nothing_through_even_where_a_step_fails(
    base: Organization, ends: tuple[Config, Config], seed: int, failing: int
) -> None:
    before, after = (each.of(base) for each in ends)
    live, plan = planned(before, after)
    after = replace(after, held=held_in(live, plan))
    if dangers(after, plan.changes):
        return
    graph = build(plan.changes, Known.of(after))
    world = World(after, live)
    always = {account: world.blocked(account) for account in MOVING}
    bad: set[Step] = set()
    for number, step in enumerate(orders(graph, seed)):
        needed = graph.needs[step] | (graph.needs[TIGHTENED] if TIGHTENED in graph.needs[step] else set())
        if number == failing or needed & bad:
            bad.add(step)
            continue
        for _ in world.model.states(graph.steps[step]):
            assert all(always[account] <= world.blocked(account) for account in MOVING)


@settings(max_examples=150)
@given(DENYING, DENYING, st.sampled_from(["account.shop-prod", "account.shop-dev", "account.*"]))
def test_what_needs_no_leave_lets_nothing_through_where_only_accounts_are_meant(
    base: Organization, before: Config, after: Config, target: str
) -> None:
    live, plan = planned(before.of(base), after.of(base))
    organization = replace(after.of(base), held=held_in(live, plan))
    changes = plan.only([target]).changes
    if dangers(organization, changes):
        return
    world = World(organization, live)
    always = {account: world.blocked(account) for account in MOVING}
    for step, change in build(changes, Known.of(organization)).steps.items():
        for _ in world.model.states(change):
            pass
        assert step.address.kind in ("account", "policy", "attachments")
    assert all(always[account] <= world.blocked(account) for account in MOVING)


def test_an_account_that_leaves_what_is_allowed_there_alone_is_asked_about(base: Organization) -> None:
    rails = {"p": (text(ALLOWS[0]), PROD)}
    before = Config(rails, HERE, closed=frozenset({"workloads/prod"}))
    after = Config(rails, {**HERE, "shop-prod": "workloads/dev"})
    live, plan = planned(before.of(base), after.of(base))
    organization = replace(after.of(base), held=held_in(live, plan))
    changes = plan.only(["account.shop-prod"]).changes
    assert [*dangers(organization, changes).get(Address("account", "shop-prod"), ())] == ["weaken"]
    assert [address.kind for address in dangers(organization, plan.changes)] == ["attachments"]


@pytest.mark.parametrize(
    ("was", "will", "asked"),
    [
        pytest.param({"q": (0, PROD), "p": (1, DEV)}, {"q": (0, PROD), "p": (0, DEV)}, False, id="a text comes along"),
        pytest.param({"q": (0, PROD)}, {}, True, id="dropped where it leaves"),
        pytest.param({"q": (0, PROD)}, {"q": (1, PROD)}, True, id="loosened where it leaves"),
        pytest.param({"q": (0, PROD), "p": (0, DEV)}, {"q": (1, PROD), "p": (0, DEV)}, True, id="its text not known"),
        pytest.param({"q": (0, PROD), "p": (0, DEV)}, {"q": (0, PROD), "p": (0, DEV)}, False, id="as declared"),
        pytest.param({"q": (0, EVERYWHERE)}, {}, False, id="still there"),
    ],
)
def test_an_account_that_is_meant_alone_moves_with_what_is_to_block_there(
    base: Organization, was: dict[str, tuple[int, Target]], will: dict[str, tuple[int, Target]], *, asked: bool
) -> None:
    before, after = (
        Config({name: (text(DENIES[number]), at) for name, (number, at) in rails.items()}, places)
        for rails, places in ((was, HERE), (will, {**HERE, "shop-prod": "workloads/dev"}))
    )
    live, plan = planned(before.of(base), after.of(base))
    organization = replace(after.of(base), held=held_in(live, plan))
    changes = plan.only(["account.shop-prod"]).changes
    assert ("weaken" in dangers(organization, changes).get(Address("account", "shop-prod"), ())) is asked
    graph = build(plan.changes, Known.of(organization))
    moving = graph.needs[Step(Address("account", "shop-prod"), 0)]
    assert moving == {step for step in graph.steps if step.address.name == "p" and step.stage == 0}


def held_in(live: dict[Address, Resource], plan: Plan) -> Held:
    """As a run reads it."""
    changed = {change.address for change in plan.changes}
    return Held(
        {each.name: tuple(live[each].attributes["policies"]) for each in live if each.kind == "attachments"},
        frozenset(each.name for each in live if each.kind == "policy" and each not in changed),
        frozenset(each.name for each in changed if each.kind == "policy"),
    )


def plan_of(base: Organization, before: Config, after: Config) -> tuple[dict[Address, Resource], tuple[Change, ...]]:
    live, plan = planned(before.of(base), after.of(base))
    return live, plan.changes


def text(*statements: dict[str, Any]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def test_a_statement_that_moves_to_another_policy_is_there_all_the_while(base: Organization) -> None:
    before = Config({"p": (text(DENIES[0], DENIES[1]), EVERYWHERE), "q": (text(DENIES[4]), EVERYWHERE)}, HERE)
    after = Config({"p": (text(DENIES[1]), EVERYWHERE), "q": (text(DENIES[4], DENIES[0]), EVERYWHERE)}, HERE)
    live, plan = planned(before.of(base), after.of(base))
    graph = build(plan.changes)
    assert [(step.address.name, graph.phases[step]) for step in graph.order()] == [
        ("q", Phase.TIGHTEN),
        ("p", Phase.LOOSEN),
    ]
    assert not list(weaknesses(after.of(base), live, plan.changes, {}))
    assert {*dangers(after.of(base), plan.changes)} == {Address("policy", "p")}, "of AWS nothing is known"
    assert not dangers(replace(after.of(base), held=held_in(live, plan)), plan.changes)


def test_two_statements_that_change_places_go_by_texts_with_both(base: Organization) -> None:
    before = Config({"p": (text(DENIES[0]), EVERYWHERE), "q": (text(DENIES[1]), EVERYWHERE)}, HERE)
    after = Config({"p": (text(DENIES[1]), EVERYWHERE), "q": (text(DENIES[0]), EVERYWHERE)}, HERE)
    live, changes = plan_of(base, before, after)
    graph = build(changes)
    assert [(step.address.name, step.stage) for step in graph.order()] == [("p", 0), ("q", 0), ("p", 1), ("q", 1)]
    middle = graph.steps[Step(Address("policy", "p"), 0)].after
    assert middle is not None
    assert middle["content"]["Statement"] == [DENIES[1], DENIES[0]]
    assert not list(weaknesses(after.of(base), live, changes, {}))


def test_one_policy_alone_changes_at_once(base: Organization) -> None:
    before, after = (Config({"p": (text(DENIES[n]), EVERYWHERE)}, HERE) for n in (0, 1))
    graph = build(plan_of(base, before, after)[1])
    assert list(graph.phases.values()) == [Phase.SWITCH]


def test_texts_too_long_to_hold_both_are_said(base: Organization) -> None:
    long = [f"arn:aws:iam::*:role/{'x' * 60}{number}" for number in range(70)]
    far = [
        statement("Deny", f"sqs:{verb}Queue", ArnNotLike={"aws:PrincipalArn": long}) for verb in ("Create", "Delete")
    ]
    before = Config({"p": (text(far[0]), EVERYWHERE), "q": (text(far[1]), EVERYWHERE)}, HERE)
    after = Config({"p": (text(far[1]), EVERYWHERE), "q": (text(far[0]), EVERYWHERE)}, HERE)
    live, changes = plan_of(base, before, after)
    [found, *_] = weaknesses(after.of(base), live, changes, {})
    assert found.actions == ("sqs:CreateQueue",)
    assert "on the way, sqs:CreateQueue, blocked before and after, passes for a moment in" in str(found)


def test_a_policy_that_loosens_and_spreads_is_attached_with_its_new_text(base: Organization) -> None:
    before = Config({"p": (text(DENIES[4]), Target(units=("security",)))}, HERE)
    after = Config({"p": (text(DENIES[5]), Target(units=("security", "workloads")))}, HERE)
    graph = build(plan_of(base, before, after)[1])
    assert [(step.address.kind, graph.phases[step]) for step in graph.order()] == [
        ("policy", Phase.RELEASE),
        ("attachments", Phase.SPREAD),
    ]


def test_a_list_of_what_is_allowed_is_narrowed_before_another_is_widened(base: Organization) -> None:
    rail = {"p": (text(ALLOWS[0]), Target(units=("workloads",)))}
    before = Config(rail, HERE, closed=frozenset({"workloads"}))
    after = Config({"p": (text(ALLOWS[0]), PROD)}, HERE, closed=frozenset({"workloads/prod"}))
    live, changes = plan_of(base, before, after)
    graph = build(changes, Known.of(after.of(base)))
    first = [step.address.name for step in graph.order() if graph.phases[step] is Phase.TIGHTEN]
    assert first == ["unit/workloads/prod", "unit/workloads/prod"]
    assert not list(weaknesses(after.of(base), live, changes, {}))


def test_with_a_slot_free_a_policy_is_replaced_without_a_gap_and_without_one_it_is_said(base: Organization) -> None:
    before, after = (Config({name: (text(DENIES[0]), PROD)}, HERE) for name in "pq")
    live, changes = plan_of(base, before, after)
    assert not list(weaknesses(after.of(base), live, changes, {}))
    full = replace(after.of(base), limits={kind: {"attached": 2} for kind in (SCP, RCP)})
    found = list(weaknesses(full, live, changes, {}))
    assert {each.account for each in found} == {"shop-prod"}
