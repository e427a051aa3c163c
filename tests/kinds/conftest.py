"""A cloud for each test of a kind: an organization that holds nothing but its management account."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator

import pytest

from landing.organization import Organization
from landing.sandbox import Sandbox
from landing.services.base import Kind
from landing.services.registry import KINDS
from tests.cloud import Cloud

At = Callable[[str], Cloud]
BEFORE = ("organization", "trusted_access", "unit", "account", "governed_service")
"""Kinds that a service needs before its own."""


def of_service(service: str) -> list[Kind]:
    """The kinds of a service, and those before them."""
    return [kind for kind in KINDS if kind.name in BEFORE or kind.service == service]


def converged(cloud: Cloud, kinds: Collection[Kind]) -> Cloud:
    """The same cloud once these kinds are applied, and nothing is left to change."""
    result = cloud.apply(kinds)
    assert result.complete, result.failed
    assert cloud.plan(kinds).changes == ()
    return cloud


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(organization=True) as sandbox:
        yield sandbox


@pytest.fixture
def at(sandbox: Sandbox, load_text: Callable[[str], Organization]) -> At:
    """The cloud of a config text."""
    return lambda text: Cloud(sandbox, load_text(text))
