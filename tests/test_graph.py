"""The order of changes: requirements first, nothing loosened early, and never less protected on the way."""

from __future__ import annotations

import random
from typing import Any

from landing.core.model import Action, Address, Change
from landing.engine.order.graph import Graph, Step, build
from landing.services.organizations.attachments import Attachments
from landing.services.organizations.unit import OrganizationalUnit

UNIT, ATTACHED = OrganizationalUnit(), Attachments()


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
        done += [step] if step in graph.steps else []
    return done


def test_many_steps_that_wait_for_many_others_need_few_edges() -> None:
    moves = [Change(Action.UPDATE, Address("account", f"a{n}"), {"unit": "v"}, {"unit": "u"}) for n in range(500)]
    swaps = [
        Change(Action.UPDATE, ATTACHED.address(f"unit/u{n}"), {"policies": ["old"]}, {"policies": ["new"]})
        for n in range(500)
    ]
    graph = build([*moves, *swaps])
    assert sum(map(len, graph.waits.values())) < 6 * len(graph.steps)
    order = [(step.address.kind, step.stage) for step in orders(graph, 2)]
    assert order.index(("attachments", 1)) > max(n for n, step in enumerate(order) if step[0] == "account")


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


def test_an_account_moves_after_what_guards_its_unit_but_before_what_stops_guarding() -> None:
    node, account = ATTACHED.address("unit/u"), Address("account", "a")
    swap = Change(Action.UPDATE, node, {"policies": ["old"]}, {"policies": ["new"]})
    graph = build([swap, Change(Action.UPDATE, account, {"unit": "v"}, {"unit": "u"}, requires=(node,))])
    assert [(s.address, s.stage) for s in orders(graph, 1)] == [(node, 0), (account, 0), (node, 1)]


def test_an_account_that_a_new_guardrail_names_may_move_at_the_same_time() -> None:
    """The move waits for what tightens, that for the policy, and the policy for no more than the account's id."""
    node, account, policy = ATTACHED.address("root"), Address("account", "a"), Address("policy", "p")
    text = {"content": {"Statement": []}}
    graph = build([
        Change(Action.UPDATE, account, {"unit": "u"}, {"unit": "v"}),
        Change(Action.CREATE, policy, None, text, requires=(account,)),
        Change(Action.UPDATE, node, {"policies": []}, {"policies": ["p"]}, requires=(policy,)),
    ])  # fmt: skip
    assert [step.address for step in orders(graph, 0)] == [policy, node, account]
    graph = build([Change(Action.CREATE, policy, None, text, requires=(account,)), change(account)])
    assert [step.address for step in orders(graph, 0)] == [account, policy]
