"""The order of changes: requirements first, nothing loosened early, and never less protected on the way."""

from __future__ import annotations

import random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from landing.graph import Graph, Step, build
from landing.kinds.attachments import Attachments
from landing.kinds.policy import OrganizationPolicy
from landing.kinds.unit import OrganizationalUnit
from landing.model import Action, Address, Change, Resource
from landing.plan import compare

UNIT, POLICY, ATTACHED = OrganizationalUnit(), OrganizationPolicy(), Attachments()


def change(address: Address, action: Action = Action.CREATE, **rest: Any) -> Change:
    sides = {Action.CREATE: (None, {}), Action.UPDATE: ({}, {"x": 1}), Action.DELETE: ({}, None)}
    before, after = sides[action]
    return Change(action, address, before, after, **rest)


def orders(graph: Graph, seed: int) -> list[Step]:
    """One of the orders that the graph allows."""
    dice, sorter, ready, done = random.Random(seed), graph.sorter(), [], []
    while sorter.is_active():
        ready += sorter.get_ready()
        step = ready.pop(dice.randrange(len(ready)))
        sorter.done(step)
        done.append(step)
    return done


def test_a_unit_is_replaced_by_create_move_delete() -> None:
    old, new, account = UNIT.address("old"), UNIT.address("new"), Address("account", "a")
    graph = build([
        change(old, Action.DELETE),
        change(account, Action.UPDATE, requires=(new,), releases=(old,)),
        change(new),
    ])  # fmt: skip
    assert [step.address for step in orders(graph, 0)] == [new, account, old]


def test_parents_are_created_before_and_deleted_after_their_children() -> None:
    a, b = UNIT.address("a"), UNIT.address("a/b")
    assert [s.address for s in orders(build([change(b, requires=(a,)), change(a)]), 0)] == [a, b]
    gone = [change(a, Action.DELETE), change(b, Action.DELETE, releases=(a,))]
    assert [s.address for s in orders(build(gone), 0)] == [b, a]


def test_an_account_comes_after_what_guards_its_unit_but_before_what_stops_guarding() -> None:
    node, account = ATTACHED.address("unit/u"), Address("account", "a")
    swap = Change(Action.UPDATE, node, {"policies": ["old"]}, {"policies": ["new"]})
    graph = build([swap, change(account, requires=(node,))])
    assert [(s.address, s.stage) for s in orders(graph, 1)] == [(node, 0), (account, 0), (node, 1)]


UNITS = {"root": "", "a": "root", "b": "root", "a/c": "a"}
POLICIES = ("p", "q", "r")


def path(unit: str) -> list[str]:
    return [unit, *path(UNITS[unit])] if unit else []


def world(attached: dict[str, frozenset[str]], unit: str) -> dict[Address, Resource]:
    """Attachments of every node and one account, as the kinds describe them."""
    found = {}
    for node, policies in attached.items():
        name = node if node == "root" else f"unit/{node}"
        needs = tuple(POLICY.address(policy) for policy in policies)
        resource = Resource(ATTACHED.address(name), {"policies": sorted(policies)}, needs)
        found[resource.address] = resource
    needs = tuple(ATTACHED.at_unit(node) for node in path(unit))
    account = Resource(Address("account", "x"), {"unit": unit}, needs)
    for policy in {p for policies in attached.values() for p in policies}:
        found[POLICY.address(policy)] = Resource(POLICY.address(policy), {"name": policy})
    return found | {account.address: account}


def guarded(attached: dict[str, set[str]], unit: str) -> set[str]:
    return {policy for node in path(unit) for policy in attached[node]}


SETS = st.fixed_dictionaries({node: st.frozensets(st.sampled_from(POLICIES)) for node in UNITS})


@settings(max_examples=300)
@given(SETS, SETS, st.sampled_from(list(UNITS)), st.sampled_from(list(UNITS)), st.integers(0, 99))
def test_no_account_is_less_guarded_on_the_way_than_before_and_after(
    before: dict[str, frozenset[str]], after: dict[str, frozenset[str]], unit: str, moved: str, seed: int
) -> None:
    live, wanted = world(before, unit), world(after, moved)
    changes = [c for a in sorted({*live, *wanted}) if (c := compare(wanted.get(a), live.get(a)))]
    graph = build(changes)
    now, where = {node: set(policies) for node, policies in before.items()}, unit
    always = guarded(now, unit) & guarded({n: set(p) for n, p in after.items()}, moved)
    existing = {p for policies in before.values() for p in policies}
    for step in orders(graph, seed):
        stage = graph.steps[step]
        match step.address.kind:
            case "attachments":
                assert stage.after is not None
                now[step.address.name.removeprefix("unit/")] = set(stage.after["policies"])
            case "account":
                where = moved
            case "policy":
                existing ^= {step.address.name}
        assert always <= guarded(now, where), [str(s.address) for s in graph.steps]
        assert {p for policies in now.values() for p in policies} <= existing
    assert now == {node: set(policies) for node, policies in after.items()}
