"""Stacks of another config as `stacks` of this one: which can be said, and what is told of the others."""

from __future__ import annotations

from typing import Any

import pytest

from landing.core.model import Address, Resource, Scope
from landing.importing.draft import DraftStack, LeftOut
from landing.importing.live_stacks import stacks

TEMPLATE = {"Parameters": {"Id": {"Type": "String"}}, "Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}}


def stack(place: str, value: str = "a", requires: tuple[Address, ...] = (), key: str = "hub") -> Resource:
    scope = Scope(*place.split("/"))
    parameters = {"Id": value, "HomeRegion": "eu-west-1"}
    return Resource(Address("stack", key, scope), {"template": TEMPLATE, "parameters": parameters}, requires)


def drafted(*found: Resource, **ids: str) -> tuple[list[DraftStack], list[LeftOut]]:
    def resolve(value: Any) -> Any:
        return {name: ids.get(text, text) for name, text in value.items()}

    left: list[LeftOut] = []
    return list(stacks(resolve, {each.address: each for each in found}, left)), left


def test_those_of_a_key_are_one_entry() -> None:
    (made,), left = drafted(*(stack(f"{account}/{region}") for account in ("b", "a") for region in ("r2", "r1")))
    assert (made.key, made.accounts, made.regions, left) == ("hub", ("a", "b"), ("r1", "r2"), [])


def test_ids_are_written_and_what_is_known_at_the_call_is_not() -> None:
    (made,), _ = drafted(stack("a/r1", "token"), token="111122223333")
    assert made.parameters == {"Id": "111122223333"}


@pytest.mark.parametrize(
    "found", [(stack("a/r1"), stack("b/r1", "other")), (stack("a/r1"), stack("a/r2"), stack("b/r1"))]
)
def test_what_one_entry_cannot_say_is_told(found: tuple[Resource, ...]) -> None:
    made, (left,) = drafted(*found)
    assert not made
    assert left.what == "stack.hub"


def test_outputs_that_a_stack_was_given_are_told_of() -> None:
    (made,), (left,) = drafted(stack("a/r1", requires=(Address("stack", "other", Scope("b", "r1")),)))
    assert made.parameters == {"Id": "a"}
    assert left.what == "outputs of other that stack.hub is given"


def test_the_share_of_a_stack_set_is_no_stack_of_its_own() -> None:
    share = Resource(Address("stack_set", "hub"), {"template": TEMPLATE, "parameters": {}})
    assert drafted(share, stack("management/r1")) == ([], [])
