"""Every resource type of the sandbox lives: made, in sync, changed in every property and back, deleted for good."""

from __future__ import annotations

from typing import Any

import pytest

from landing.sandbox.services.cloudformation import types
from tests.sandbox.cloud import Cloud, refused, source
from tests.sandbox.lives import LIVES, Life
from tests.sandbox.stacks import Stack, template

CENTRAL = {"SecurityHub::ConfigurationPolicy", "SecurityHub::PolicyAssociation"}
"""Need a delegated administrator, and are checked with it."""
REFERENCE = "CloudFormation Template reference: AWS::"
BY_THEMSELVES = [
    pytest.param(life, id=life.type, marks=source(REFERENCE + life.type)) for life in LIVES if life.type not in CENTRAL
]


@pytest.fixture
def cloud(in_process: Cloud) -> Cloud:
    return in_process


def _stack(cloud: Cloud, life: Life, name: str = "life") -> tuple[Stack, Any]:
    def at(*states: dict[str, Any]) -> dict[str, Any]:
        properties: dict[str, Any] = {}
        for state in (life.least, *states):
            properties |= state
        return template(**life.around, Thing=(life.type, properties))

    return Stack(cloud, name), at


def test_every_type_is_checked() -> None:
    assert {f"AWS::{life.type}" for life in LIVES} == {kind.name for kind in types.every()}


@pytest.mark.parametrize("life", BY_THEMSELVES)
def test_the_least_is_enough(cloud: Cloud, life: Life) -> None:
    life.needs(cloud)
    stack, at = _stack(cloud, life)
    assert stack.create(at()) == "CREATE_COMPLETE", stack.reasons()
    assert stack.drift() == {}


@pytest.mark.parametrize("life", [param for param in BY_THEMSELVES if param.values[0].full or param.values[0].changed])
def test_every_property_changes_in_place_and_back(cloud: Cloud, life: Life) -> None:
    life.needs(cloud)
    stack, at = _stack(cloud, life)
    assert stack.create(at(life.full)) == "CREATE_COMPLETE", stack.reasons()
    assert stack.drift() == {}, stack.differences("Thing")
    before = stack.resources()
    states = [(life.changed,), (life.full, life.changed), (), (life.full,)]
    last = at(life.full)
    for state in states:
        if at(*state) == last:
            continue
        last = at(*state)
        assert stack.update(last) == "UPDATE_COMPLETE", stack.reasons()
        assert stack.resources() == before
        assert stack.drift() == {}, (state, stack.differences("Thing"))


@pytest.mark.parametrize("life", BY_THEMSELVES)
def test_what_is_deleted_is_gone(cloud: Cloud, life: Life) -> None:
    life.needs(cloud)
    stack, at = _stack(cloud, life)
    assert stack.create(at(life.full)) == "CREATE_COMPLETE", stack.reasons()
    assert stack.delete() == "DELETE_COMPLETE"
    again, _ = _stack(cloud, life, "again")
    assert again.create(at(life.full)) == "CREATE_COMPLETE", again.reasons()
    refused("ValidationError", stack.client.describe_stacks, StackName="life")
